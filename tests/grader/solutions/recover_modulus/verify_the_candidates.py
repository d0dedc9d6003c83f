"""Only three pairs; primes from a sieve; the result is tried on every pair."""

import hashlib
from math import gcd


def encoded(message: bytes, size: int) -> int:
    digest_info = (
        bytes.fromhex("30 31 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00 04 20") + hashlib.sha256(message).digest()
    )
    em = bytearray(b"\xff" * size)
    em[0:2] = b"\x00\x01"
    em[-len(digest_info) - 1] = 0
    em[-len(digest_info) :] = digest_info
    return int.from_bytes(em, "big")


def primes(limit: int) -> list[int]:
    sieve = [True] * limit
    for i in range(2, limit):
        if sieve[i]:
            yield i
            sieve[i * i :: i] = [False] * len(sieve[i * i :: i])


def recover_modulus(pairs: list, e: int) -> int:
    numbers = [(int.from_bytes(s, "big"), encoded(m, len(s))) for m, s in pairs]
    n = gcd(*(pow(s, e) - m for s, m in numbers[:3]))
    for p in primes(5000):
        while n % p == 0:
            n //= p
    if any(pow(s, e, n) != m for s, m in numbers):
        raise ValueError("not signed with one key")
    return n
