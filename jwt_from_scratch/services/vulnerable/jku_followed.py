"""VULNERABLE ON PURPOSE (lesson 08): the token says where its key is to be fetched from (RFC 7515 §4.1.2).

So its sender decides whom this server asks, before any signature has been checked: the sender's own host, which has the
sender's key, or a service that only this machine can reach. `allow` may look at the address first, and `redirects` says
how often an answer may send the request elsewhere.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask

from ... import KeySet, decode
from ..jwks import get_jwks
from ..telescope import header_of, telescope_app


def jku_followed_app(
    jwks: dict[str, Any], allow: Callable[[str], bool] = lambda url: True, redirects: int = 3
) -> Flask:
    """The telescope, with a check that goes and gets the key where the pass says."""

    def check(token: str) -> dict[str, Any]:
        header = header_of(token)
        if "jku" not in header:
            keys = KeySet.from_jwks(jwks)
        elif allow(header["jku"]):
            keys = KeySet.from_jwks(get_jwks(header["jku"], redirects))
        else:
            raise ValueError("no keys are fetched from there")
        return decode(token, keys.find(header["alg"], header.get("kid")))

    return telescope_app(check)
