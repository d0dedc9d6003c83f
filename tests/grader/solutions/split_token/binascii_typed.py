"""binascii, a helper with type hints, a named tuple on the way and a plain tuple at the end."""

import binascii
import json
from typing import Any, NamedTuple


class Parts(NamedTuple):
    header: str
    payload: str
    signature: str


def unpad(part: str) -> bytes:
    standard = part.translate(str.maketrans("-_", "+/"))
    return binascii.a2b_base64(standard + "===")


def split_token(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    pieces = token.split(".")
    if len(pieces) != len(Parts._fields):
        raise ValueError(f"expected 3 parts, got {len(pieces)}")
    parts = Parts(*pieces)
    return json.loads(unpad(parts.header)), json.loads(unpad(parts.payload)), unpad(parts.signature)
