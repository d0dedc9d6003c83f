"""A class with one step in each method, its own exception, structural matching."""

import hmac

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict


class Refused(ValueError):
    """A token that must not be trusted."""


class Verifier:
    def __init__(self, key: bytes) -> None:
        if len(key) * 8 < 256:
            raise Refused("weak key")
        self.key = key

    def algorithm(self, segment: bytes) -> None:
        match json_loads_strict(segment):
            case {"alg": "HS256"}:
                return
            case _:
                raise Refused("header")

    def seal(self, signing_input: str, seal: bytes) -> None:
        mine = hmac.digest(self.key, signing_input.encode("utf-8"), "sha256")
        difference = len(mine) ^ len(seal)
        for one, other in zip(mine, seal):
            difference |= one ^ other
        if difference:
            raise Refused("signature")

    def claims(self, segment: bytes) -> dict:
        match json_loads_strict(segment):
            case dict() as claims:
                return claims
        raise Refused("claims")


def verify_hs256(token, key):
    verifier = Verifier(key)
    try:
        header, payload, seal = token.split(".")
        decoded = [b64u_decode(segment) for segment in (header, payload, seal)]
    except ValueError as error:
        raise Refused("form") from error
    verifier.algorithm(decoded[0])
    verifier.seal(f"{header}.{payload}", decoded[2])
    return verifier.claims(decoded[1])
