"""gcd of all the differences, small numbers divided out."""

import hashlib
import math

PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def recover_modulus(pairs: list[tuple[bytes, bytes]], e: int) -> int:
    found = 0
    for message, signature in pairs:
        size = len(signature)
        tail = PREFIX + hashlib.sha256(message).digest()
        m = int.from_bytes(b"\x00\x01" + b"\xff" * (size - 3 - len(tail)) + b"\x00" + tail, "big")
        s = int.from_bytes(signature, "big")
        found = math.gcd(found, s**e - m)
    for c in range(2, 1000):
        while found % c == 0:
            found //= c
    return found
