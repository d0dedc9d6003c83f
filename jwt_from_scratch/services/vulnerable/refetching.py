"""VULNERABLE ON PURPOSE (lesson 08): an unknown `kid` makes this server forget its keys and fetch them anew, each time.

The intention is good: after a rotation the new key is there at once. But anybody can write an unknown `kid` into a
token, as often as they like, and when a fetch fails there are no keys left.
"""

from typing import Any

from flask import Flask

from ... import JWTError, KeySet, decode
from ..jwks import get_jwks
from ..telescope import header_of, telescope_app


def refetching_app(url: str) -> Flask:
    """The telescope, with a check that asks this address whenever it does not know a key."""
    known = KeySet([])

    def check(token: str) -> dict[str, Any]:
        nonlocal known
        header = header_of(token)
        try:
            key = known.find(header["alg"], header.get("kid"))
        except JWTError:
            known = KeySet([])
            known = KeySet.from_jwks(get_jwks(url))
            key = known.find(header["alg"], header.get("kid"))
        return decode(token, key)

    return telescope_app(check)
