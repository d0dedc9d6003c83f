"""A key that checks itself when it is made, and then says yes or no to tokens."""

import hmac
from dataclasses import dataclass

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_loads_strict


@dataclass(frozen=True)
class SharedKey:
    secret: bytes
    alg: str

    @classmethod
    def read(cls, jwk):
        try:
            kty, alg, k = jwk["kty"], jwk["alg"], jwk["k"]
            secret = b64u_decode(k)
        except (KeyError, TypeError) as error:
            raise ValueError("the key lacks something") from error
        if kty != "oct" or alg != "HS256":
            raise ValueError("not an HS256 key")
        if len(secret) not in range(32, 1 << 20):
            raise ValueError("a key of this length is no key")
        return cls(secret, alg)

    def sealed(self, token):
        """The signing input's own token, to be compared as text."""
        signing_input = token[: token.rindex(".")]
        return f"{signing_input}.{b64u_encode(hmac.digest(self.secret, signing_input.encode('ascii'), 'sha256'))}"


def mapping(segment):
    value = json_loads_strict(b64u_decode(segment))
    if not isinstance(value, dict):
        raise ValueError("a JSON object is needed")
    return value


def verify(token: str, key: dict) -> dict:
    shared = SharedKey.read(key)
    if token.count(".") != 2:
        raise ValueError("three segments")
    first, second, _ = token.split(".")
    header = mapping(first)
    for forbidden in ("crit", "b64"):
        if forbidden in header:
            raise ValueError(f"{forbidden} is not understood here")
    if "alg" not in header or header["alg"] != shared.alg:
        raise ValueError("alg")
    if not hmac.compare_digest(shared.sealed(token).encode(), token.encode()):
        raise ValueError("signature")
    return mapping(second)
