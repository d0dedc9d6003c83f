"""VULNERABLE ON PURPOSE (lesson 08): a key that comes along in the token's header is used (RFC 7515 §4.1.3).

The signature is verified as it should be. But it only proves that the signer has the private half of that key, and
anybody can make a pair of keys.
"""

from typing import Any

from flask import Flask

from ... import Key, KeySet, decode
from ..telescope import header_of, telescope_app


def embedded_jwk_app(jwks: dict[str, Any]) -> Flask:
    """The telescope, with a check that takes the key from the pass when there is one."""
    known = KeySet.from_jwks(jwks)

    def check(token: str) -> dict[str, Any]:
        header = header_of(token)
        key = Key.from_jwk(header["jwk"]) if "jwk" in header else known.find(header["alg"], header.get("kid"))
        return decode(token, key)

    return telescope_app(check)
