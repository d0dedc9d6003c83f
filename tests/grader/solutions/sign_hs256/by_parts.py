"""A generator of segments, members in another order, hashes by hand."""

import hashlib
from collections.abc import Iterator

from jwt_from_scratch.encoding import b64u_encode, json_dumps

MINIMUM = 256 // 8


def mac(key: bytes, message: bytes) -> bytes:
    key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    for pad in (0x36, 0x5C):
        message = hashlib.sha256(bytes(b ^ pad for b in key) + message).digest()
    return message


def segments(claims: dict, key: bytes) -> Iterator[str]:
    header = b64u_encode(json_dumps({"typ": "JWT", "alg": "HS256"}))
    payload = b64u_encode(json_dumps(claims))
    yield header
    yield payload
    yield b64u_encode(mac(key, bytes(header + "." + payload, "ascii")))


def sign_hs256(claims: dict, key: bytes) -> str:
    if not len(key) >= MINIMUM:
        raise ValueError(f"an HS256 key has at least {MINIMUM} bytes, not {len(key)}")
    return ".".join(segments(claims, key))
