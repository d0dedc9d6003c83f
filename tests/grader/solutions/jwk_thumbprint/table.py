"""A table, the course's own JSON."""

import hashlib

from jwt_from_scratch.encoding import b64u_encode, json_dumps

NEEDED = {"RSA": "e kty n", "EC": "crv kty x y", "OKP": "crv kty x", "oct": "k kty"}


def jwk_thumbprint(jwk: dict) -> str:
    kty = jwk.get("kty")
    if not isinstance(kty, str) or kty not in NEEDED:
        raise ValueError("unknown kty")
    members = {name: jwk.get(name) for name in NEEDED[kty].split()}
    if not all(isinstance(value, str) for value in members.values()):
        raise ValueError("a needed member is missing or no text")
    return b64u_encode(hashlib.sha256(json_dumps(members)).digest())
