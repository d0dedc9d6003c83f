"""VULNERABLE ON PURPOSE (lesson 04): the header chooses the algorithm, and `none` is one (RFC 7518 §3.6).

`forbidden` is the repair that people tried first: a list of names to refuse. Names are compared exactly there and
without regard to case a line later, so another spelling passes.
"""

import hmac
from collections.abc import Collection
from typing import Any

from flask import Flask

from ...encoding import b64u_decode
from ..archive import archive_app, mac, read


def none_accepted_app(key: dict[str, Any], forbidden: Collection[str] = ()) -> Flask:
    """The archive, with a guard who asks the letter how to check its seal."""

    def verify(token: str) -> dict[str, Any]:
        header, payload, signature = token.split(".")
        alg = read(header)["alg"]
        if alg in forbidden:
            raise ValueError(f"{alg} is forbidden here")
        match alg.lower():
            case "none":
                fits = True
            case "hs256":
                expected = mac(b64u_decode(key["k"]), f"{header}.{payload}")
                fits = hmac.compare_digest(expected, b64u_decode(signature))
            case _:
                fits = False
        if not fits:
            raise ValueError("the signature does not fit")
        return read(payload)

    return archive_app(verify, key)
