"""forge_empty_key: a token under a key that the server does not have."""

from dataclasses import replace
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict

from ...inside.values import show
from ...judging.aspects import from_aspects
from ...judging.exercise import RETURNS, Exercise
from .. import kit
from . import forging
from .forging import Forge


def server(head: dict[str, Any], message: bytes, signature: bytes, old: str) -> str:
    """A server that looks its key up by kid, and takes an empty one where it finds none."""
    if wrong := forging.not_hs256(head):
        return wrong
    if not isinstance(head.get("kid"), str):
        return f"have a text as the header's kid (RFC 7515 §4.1.4), and not {show(head.get('kid'), 30)}"
    if head["kid"] == json_loads_strict(b64u_decode(old.split(".")[0])).get("kid"):
        return "have another kid in the header: the server knows this one, so it takes its real key"
    likely = {kit.mac(bytes(1), message): "its key is one zero byte"}
    return forging.not_sealed(b"", message, signature, old, likely, "the empty key")


FORGE = Forge(header=lambda header: {**header, "kid": "no such key"}, seal=lambda message, old: kit.mac(b"", message))

forge_empty_key = Exercise(
    name="forge_empty_key",
    points=3,
    spec="RFC 7518 §3.2",
    forbids=forging.FORBIDS,
    hints=(
        "The server looks its key up under the token's kid. What does it find for a kid that it has never heard of?",
        "Change kid to a name that no key has. Then the key is `b''`, no bytes at all, and you can compute the HMAC as "
        "well as the server.",
        "`signing_input = write({'alg': 'HS256', 'kid': 'no such key'}) + '.' + as_admin(payload)`; then "
        "`hmac.new(b'', signing_input.encode(), hashlib.sha256).digest()`, through `b64u_encode`, is the third "
        "segment.",
    ),
    rules=forging.RULES,
    source=from_aspects(
        forging.world,
        forging.aspects,
        forging.build,
        forging.oracle,
        wants_of_good=forging.passes(lambda args: server),
        examples=(("eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.e30.AQID",),),
    ),
    mistakes={
        RETURNS: {
            **forging.mistakes(FORGE),
            "kid is still the old one. The server knows it and takes its real key; name one that it does not "
            "know.": replace(FORGE, header=lambda header: header),
            "kid must be a text. null, or no kid at all, is not a name that a server looks up.": replace(
                FORGE, header=lambda header: {**header, "kid": None}
            ),
            "The signature is empty, but it is the key that must be: sign with `b''` as the key.": replace(
                FORGE, seal=lambda message, old: b""
            ),
            "An HMAC key is bytes: the empty one is `b''`, neither `''` nor None.": replace(
                FORGE,
                seal=lambda message, old: kit.mac("", message),  # type: ignore[arg-type]
            ),
            "The header says none, and this server takes nothing but HS256. Only kid changes.": replace(
                FORGE, header=lambda header: {**header, "alg": "none", "kid": "nobody"}
            ),
            "The signature is made of hexadecimal digits. Take `.digest()`, not `.hexdigest()`, and b64u_encode "
            "that.": replace(FORGE, seal=lambda message, old: kit.mac(b"", message).hex().encode()),
            "The old signature does not fit the new header and payload. Compute a new one, with `b''` as the "
            "key.": replace(FORGE, seal=lambda message, old: old),
        }
    },
)
