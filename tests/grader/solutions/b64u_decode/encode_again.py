"""Decode with binascii, encode again, compare."""

import binascii


def b64u_encode(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode().rstrip("=").replace("+", "-").replace("/", "_")


def b64u_decode(text: str) -> bytes:
    try:
        data = binascii.a2b_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if b64u_encode(data) == text:
        return data
    raise ValueError("not the one right spelling")
