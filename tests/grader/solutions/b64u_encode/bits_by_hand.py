"""Bits as text, cut into sixes."""

import string

LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def b64u_encode(data: bytes) -> str:
    if not isinstance(data, (bytes, bytearray)):
        raise TypeError("bytes, please")
    bits = "".join(format(byte, "08b") for byte in data)
    bits += "0" * (-len(bits) % 6)
    return "".join(LETTERS[int(bits[i : i + 6], 2)] for i in range(0, len(bits), 6))
