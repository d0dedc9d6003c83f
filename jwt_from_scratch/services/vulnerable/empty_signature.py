"""VULNERABLE ON PURPOSE (lesson 04): a signature is compared only if there is one.

The algorithm is fixed and the comparison takes constant time. But `signature and …` is false for an empty text, as if
that were a form field which somebody left out.
"""

import hmac
from typing import Any

from flask import Flask

from ...encoding import b64u_decode
from ..archive import archive_app, mac, read


def empty_signature_app(key: dict[str, Any]) -> Flask:
    """The archive, with a guard who looks closely at each seal that he finds."""

    def verify(token: str) -> dict[str, Any]:
        header, payload, signature = token.split(".")
        if read(header).get("alg") != "HS256":
            raise ValueError("only HS256 is accepted")
        expected = mac(b64u_decode(key["k"]), f"{header}.{payload}")
        if signature and not hmac.compare_digest(expected, b64u_decode(signature)):
            raise ValueError("the signature does not fit")
        return read(payload)

    return archive_app(verify, key)
