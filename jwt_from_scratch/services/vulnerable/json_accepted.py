"""VULNERABLE ON PURPOSE (lesson 04): the JSON serialization is taken where a compact token was meant (RFC 7515 §7.2.2).

The function that verifies is generous and reads either form. The program around it believes that every token has
three segments, and takes the claims from the second one. So two parts of one server read one text differently.
"""

import hmac
from typing import Any

from flask import Flask

from ...encoding import b64u_decode, json_loads_strict
from ..archive import archive_app, mac, read


def json_accepted_app(key: dict[str, Any]) -> Flask:
    """The archive, with one guard for the seal and another for the letter."""

    def check_signature(token: str) -> None:
        if token.startswith("{"):
            members = json_loads_strict(token.encode())
            header, payload, signature = members["protected"], members["payload"], members["signature"]
        else:
            header, payload, signature = token.split(".")
        if read(header).get("alg") != "HS256":
            raise ValueError("only HS256 is accepted")
        expected = mac(b64u_decode(key["k"]), f"{header}.{payload}")
        if not hmac.compare_digest(expected, b64u_decode(signature)):
            raise ValueError("the signature does not fit")

    def verify(token: str) -> dict[str, Any]:
        check_signature(token)
        return read(token.split(".")[1])

    return archive_app(verify, key)
