"""A class with prepared hashes that are copied, and hashlib.new."""

import hashlib
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Mac:
    key: bytes
    inner: Any = field(init=False)
    outer: Any = field(init=False)

    def __post_init__(self) -> None:
        self.inner, self.outer = hashlib.new("sha256"), hashlib.new("sha256")
        key = self.key
        if len(key) > self.inner.block_size:
            key = hashlib.new("sha256", key).digest()
        key = key.ljust(self.inner.block_size, b"\x00")
        self.inner.update(bytes(map((0x36).__xor__, key)))
        self.outer.update(bytes(map((0x5C).__xor__, key)))

    def of(self, message: bytes) -> bytes:
        inner, outer = self.inner.copy(), self.outer.copy()
        for i in range(0, len(message), 7):
            inner.update(message[i : i + 7])
        outer.update(inner.digest())
        return outer.digest()


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC, RFC 2104."""
    return Mac(key).of(message)
