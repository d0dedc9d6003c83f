"""A key object that can't exist unless it is good; small order found by a known multiple, by way of y alone."""

import functools

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict

P = (1 << 255) - 19
D = (-121665 * pow(121666, P - 2, P)) % P


class Refused(ValueError):
    pass


def doubled_y(y: int) -> int:
    """The y of 2A from the y of A: x squared follows from the curve's equation."""
    yy = y * y % P
    xx = (yy - 1) * pow(D * yy + 1, -1, P) % P
    return (yy + xx) * pow(2 + xx - yy, -1, P) % P


class Ed25519Key:
    def __init__(self, jwk: dict) -> None:
        match jwk:
            case {"kty": "OKP", "crv": "Ed25519", "x": str(x), "alg": "Ed25519" | "EdDSA" as alg}:
                self.names = {alg}
            case {"kty": "OKP", "crv": "Ed25519", "x": str(x)} if "alg" not in jwk:
                self.names = {"Ed25519", "EdDSA"}
            case _:
                raise Refused("not an Ed25519 key")
        raw = b64u_decode(x)
        if len(raw) != 32:
            raise Refused("32 bytes")
        y = int.from_bytes(raw[:31] + bytes([raw[31] & 0x7F]), "little")
        if y >= P:
            raise Refused("not canonical")
        if functools.reduce(lambda value, _: doubled_y(value), range(3), y) == 1:
            raise Refused("small order")
        self.public = Ed25519PublicKey.from_public_bytes(raw)

    def check(self, signing_input: str, seal: bytes) -> None:
        try:
            self.public.verify(seal, signing_input.encode("ascii"))
        except (InvalidSignature, UnicodeEncodeError):
            raise Refused("signature") from None


def verify_ed25519(token: str, jwk: dict) -> dict:
    key = Ed25519Key(jwk)
    if token.count(".") != 2:
        raise Refused("three segments")
    header, payload, seal = (b64u_decode(segment) for segment in token.split("."))
    match json_loads_strict(header):
        case {"crit": _} | {"b64": _}:
            raise Refused("crit, b64")
        case {"alg": str(alg)} if alg in key.names:
            key.check(token[: token.rindex(".")], seal)
        case _:
            raise Refused("header")
    match json_loads_strict(payload):
        case dict() as claims:
            return claims
    raise Refused("claims")
