"""VULNERABLE ON PURPOSE (lesson 04): `crit` is ignored (RFC 7515 §4.1.11).

The signature is verified as it should be. But the issuer has put a rule into the header and has listed its name in
`crit`: a verifier that does not know this rule must refuse the token. This server does not know it, and accepts.
"""

import hmac
from typing import Any

from flask import Flask

from ...encoding import b64u_decode
from ..archive import archive_app, mac, read


def crit_ignored_app(key: dict[str, Any]) -> Flask:
    """The archive, with a guard who skips the lines that he can't read."""

    def verify(token: str) -> dict[str, Any]:
        header, payload, signature = token.split(".")
        if read(header).get("alg") != "HS256":
            raise ValueError("only HS256 is accepted")
        expected = mac(b64u_decode(key["k"]), f"{header}.{payload}")
        if not hmac.compare_digest(expected, b64u_decode(signature)):
            raise ValueError("the signature does not fit")
        return read(payload)

    return archive_app(verify, key)
