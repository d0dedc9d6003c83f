"""forge_none: a token that says that it needs no signature."""

from dataclasses import replace
from typing import Any

from ...inside.values import show
from ...judging.aspects import from_aspects
from ...judging.exercise import RETURNS, Exercise
from . import forging
from .forging import Forge


def server(head: dict[str, Any], message: bytes, signature: bytes, old: str) -> str:
    """A server that obeys alg none (RFC 7518 §3.6)."""
    if "alg" not in head:
        return "have an alg in the header, which must be 'none'"
    if head["alg"] != "none":
        return f"have exactly 'none' as the header's alg, and not {show(head['alg'], 30)}"
    return forging.not_empty(message, signature, old)


FORGE = Forge(header=lambda header: {**header, "alg": "none"}, seal=lambda message, old: b"")

forge_none = Exercise(
    name="forge_none",
    points=3,
    spec="RFC 7518 §3.6",
    forbids=forging.FORBIDS,
    hints=(
        "You write all three segments. What would the header of a token say that nobody signed?",
        forging.TAKE_APART + " The new header is `{'alg': 'none'}`. An unsigned token has an empty third segment.",
        "`header, payload, signature = token.split('.')`, then "
        "`return write({'alg': 'none'}) + '.' + as_admin(payload) + '.'`.",
    ),
    rules=forging.RULES,
    source=from_aspects(
        forging.world,
        forging.aspects_of_any,
        forging.build,
        forging.oracle,
        wants_of_good=forging.passes(lambda args: server),
        examples=(("eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoicmVhZGVyIn0.AQID",),),
    ),
    mistakes={
        RETURNS: {
            **forging.mistakes(FORGE),
            "alg is null here. The server waits for the text 'none'.": replace(
                FORGE, header=lambda header: {**header, "alg": None}
            ),
            "The algorithm's name is 'none', in small letters (RFC 7518 §3.6): names in a header are exact.": replace(
                FORGE, header=lambda header: {**header, "alg": "None"}
            ),
            "The header still says HS256, so the server will look for an HMAC. Change alg to 'none'.": replace(
                FORGE, header=lambda header: header
            ),
            "The header has no alg any more. It must have one, and it must say 'none'.": replace(
                FORGE, header=lambda header: {name: value for name, value in header.items() if name != "alg"}
            ),
            "The old signature is still there. An unsigned token has an empty third segment (RFC 7518 §3.6).": replace(
                FORGE, seal=lambda message, old: old
            ),
        }
    },
)
