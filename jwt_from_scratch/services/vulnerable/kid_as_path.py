"""VULNERABLE ON PURPOSE (lesson 04): `kid` names the file that the key is read from (RFC 8725 §3.10).

Keys lie in a folder, one to a file. But `folder / kid` leaves the folder when kid begins with a slash or climbs with
`..`, so the sender of a token may choose any file on this computer as the key.
"""

import hmac
from pathlib import Path
from typing import Any

from flask import Flask

from ...encoding import b64u_decode
from ..archive import archive_app, mac, read


def kid_as_path_app(key: dict[str, Any], folder: Path) -> Flask:
    """The archive, with a guard who fetches the seal that the letter tells him to fetch."""
    (folder / key["kid"]).write_bytes(b64u_decode(key["k"]))

    def verify(token: str) -> dict[str, Any]:
        header, payload, signature = token.split(".")
        head = read(header)
        if head.get("alg") != "HS256":
            raise ValueError("only HS256 is accepted")
        secret = (folder / head["kid"]).read_bytes()
        if not hmac.compare_digest(mac(secret, f"{header}.{payload}"), b64u_decode(signature)):
            raise ValueError("the signature does not fit")
        return read(payload)

    return archive_app(verify, key)
