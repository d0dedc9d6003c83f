"""forge_null_signature: a token whose header asks for a signature that is not there."""

from dataclasses import replace
from typing import Any

from ...judging.aspects import from_aspects
from ...judging.exercise import RETURNS, Exercise
from . import forging
from .forging import Forge


def server(head: dict[str, Any], message: bytes, signature: bytes, old: str) -> str:
    """A server that insists on HS256, and compares a signature only if there is one."""
    return forging.not_hs256(head) or forging.not_empty(message, signature, old)


FORGE = Forge(header=lambda header: header, seal=lambda message, old: b"")

forge_null_signature = Exercise(
    name="forge_null_signature",
    points=3,
    spec="RFC 7515 §5.2",
    forbids=forging.FORBIDS,
    hints=(
        "This server insists on HS256, so the header stays as it is. Which signature does it never compare?",
        forging.TAKE_APART + " Keep the header segment. The third segment has no characters, but its dot is there.",
        "`header, payload, signature = token.split('.')`, then `return header + '.' + as_admin(payload) + '.'`.",
    ),
    rules=forging.RULES,
    source=from_aspects(
        forging.world,
        forging.aspects,
        forging.build,
        forging.oracle,
        wants_of_good=forging.passes(lambda args: server),
        examples=(("eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoicmVhZGVyIn0.AQID",),),
    ),
    mistakes={
        RETURNS: {
            **forging.mistakes(FORGE),
            "The header says none, and this server takes nothing but HS256. Leave the header as it is.": replace(
                FORGE, header=lambda header: {**header, "alg": "none"}
            ),
            "The old signature is still there, and it does not fit the new payload. The third segment must be "
            "empty.": replace(FORGE, seal=lambda message, old: old),
            "Zero bytes are not nothing: the third segment is a signature of 32 bytes here, which the server "
            "compares.": replace(FORGE, seal=lambda message, old: bytes(32)),
            "The third segment holds the word null. It must hold nothing: the token ends with its second dot.": replace(
                FORGE, seal=lambda message, old: b"null"
            ),
        }
    },
)
