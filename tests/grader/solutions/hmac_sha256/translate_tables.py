"""Translation tables for the pads."""

import hashlib

INNER = bytes(x ^ 0x36 for x in range(256))
OUTER = bytes(x ^ 0x5C for x in range(256))


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    if len(key) > 64:
        key = hashlib.sha256(key).digest()
    block = key + bytes(64 - len(key))
    inner = hashlib.sha256(block.translate(INNER))
    inner.update(message)
    outer = hashlib.sha256(block.translate(OUTER))
    outer.update(inner.digest())
    return outer.digest()
