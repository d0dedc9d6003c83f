"""VULNERABLE ON PURPOSE (lesson 04): the token is decoded, and nothing is verified.

The author called the function that reads a token and took it for the one that checks it.
"""

from typing import Any

from flask import Flask

from ..archive import archive_app, read


def never_verified_app(key: dict[str, Any]) -> Flask:
    """The archive, with a guard who reads letters and looks at no seal."""

    def verify(token: str) -> dict[str, Any]:
        _header, payload, _signature = token.split(".")
        return read(payload)

    return archive_app(verify, key)
