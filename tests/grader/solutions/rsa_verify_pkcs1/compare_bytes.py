"""The expected message built once, compared as bytes."""

import hashlib

SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def rsa_verify_pkcs1(n: int, e: int, message: bytes, signature: bytes) -> bool:
    size = (n.bit_length() + 7) // 8
    if len(signature) != size:
        return False
    s = int.from_bytes(signature, "big")
    if s >= n:
        return False
    tail = SHA256_PREFIX + hashlib.sha256(message).digest()
    expected = b"\x00\x01" + b"\xff" * (size - 3 - len(tail)) + b"\x00" + tail
    return pow(s, e, n).to_bytes(size, "big") == expected
