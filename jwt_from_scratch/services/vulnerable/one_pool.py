"""VULNERABLE ON PURPOSE (lesson 08): the keys of all issuers lie in one pool (RFC 8725 §3.8).

The key is found by alg and kid, the signature is verified, and `iss` must be an issuer that is known. Nobody asks
whether the key is one of *that* issuer's.
"""

from typing import Any

from flask import Flask

from ... import KeySet, decode
from ..telescope import header_of, telescope_app


def one_pool_app(keys: dict[str, dict[str, Any]]) -> Flask:
    """The telescope, with a check that knows several issuers, each with a JWK set."""
    pool = KeySet.from_jwks({"keys": [jwk for jwks in keys.values() for jwk in jwks["keys"]]})

    def check(token: str) -> dict[str, Any]:
        header = header_of(token)
        claims = decode(token, pool.find(header["alg"], header.get("kid")))
        if claims.get("iss") not in keys:
            raise ValueError("an issuer that nobody knows")
        return claims

    return telescope_app(check)
