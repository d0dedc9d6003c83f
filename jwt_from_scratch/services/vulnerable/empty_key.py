"""VULNERABLE ON PURPOSE (lesson 04): for an unknown `kid` the key is empty, and an empty key is taken (RFC 7518 §3.2).

`get` with a default keeps the program from crashing. HMAC takes a key of any length, even none, and everyone knows
that one.
"""

import hmac
from typing import Any

from flask import Flask

from ...encoding import b64u_decode
from ..archive import archive_app, mac, read


def empty_key_app(key: dict[str, Any]) -> Flask:
    """The archive, with a guard who goes on without a seal of his own when he finds none."""
    secrets = {key["kid"]: b64u_decode(key["k"])}

    def verify(token: str) -> dict[str, Any]:
        header, payload, signature = token.split(".")
        head = read(header)
        if head.get("alg") != "HS256":
            raise ValueError("only HS256 is accepted")
        secret = secrets.get(head.get("kid", ""), b"")
        if not hmac.compare_digest(mac(secret, f"{header}.{payload}"), b64u_decode(signature)):
            raise ValueError("the signature does not fit")
        return read(payload)

    return archive_app(verify, key)
