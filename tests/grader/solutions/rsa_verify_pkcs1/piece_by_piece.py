"""The encoded message taken apart after all, but each byte of it looked at."""

import hashlib
import hmac
import math
from dataclasses import dataclass

DIGEST_INFO = bytes([0x30, 0x31, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32])


class BadSignature(Exception):
    pass


@dataclass
class PublicKey:
    n: int
    e: int

    @property
    def size(self) -> int:
        return math.ceil(self.n.bit_length() / 8)

    def open(self, signature: bytes) -> bytes:
        if len(signature) != self.size:
            raise BadSignature("length")
        s = int.from_bytes(signature, "big")
        if not 0 <= s < self.n:
            raise BadSignature("out of range")
        return pow(s, self.e, self.n).to_bytes(self.size, "big")

    def digest_in(self, signature: bytes) -> bytes:
        em = self.open(signature)
        end = self.size - 32 - len(DIGEST_INFO) - 1
        if em[0] != 0 or em[1] != 1 or em[end] != 0 or end < 10:
            raise BadSignature("frame")
        if any(byte != 255 for byte in em[2:end]):
            raise BadSignature("padding")
        if em[end + 1 : -32] != DIGEST_INFO:
            raise BadSignature("hash algorithm")
        return em[-32:]


def rsa_verify_pkcs1(n: int, e: int, message: bytes, signature: bytes) -> bool:
    try:
        found = PublicKey(n, e).digest_in(signature)
    except BadSignature:
        return False
    return hmac.compare_digest(found, hashlib.sha256(message).digest())
