"""Tries k and -k for the second signature, since a signer may have written N - s in place of s."""

import hashlib

FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def point_add(p, q):
    if p is None or q is None:
        return p if q is None else q
    if p[0] == q[0] and p != q:
        return None
    rise, run = (3 * p[0] ** 2 - 3, 2 * p[1]) if p == q else (q[1] - p[1], q[0] - p[0])
    slope = rise * pow(run, -1, FIELD) % FIELD
    x = (slope * slope - p[0] - q[0]) % FIELD
    return x, (slope * (p[0] - x) - p[1]) % FIELD


def scalar_mul(k, p):
    total = None
    for bit in bin(k)[2:]:
        total = point_add(total, total)
        if bit == "1":
            total = point_add(total, p)
    return total


def recover_private_key(public, m1, sig1, m2, sig2):
    parts = [int.from_bytes(sig[i : i + 32], "big") for sig in (sig1, sig2) for i in (0, 32)]
    hashes = [int.from_bytes(hashlib.sha256(m).digest(), "big") for m in (m1, m2)]
    if parts[0] != parts[2] or hashes[0] == hashes[1] or parts[0] % N == 0:
        raise ValueError("no repeated nonce")
    for sign in (1, -1):
        difference = (parts[1] - sign * parts[3]) % N
        if difference:
            k = (hashes[0] - hashes[1]) * pow(difference, -1, N) % N
            d = (parts[1] * k - hashes[0]) * pow(parts[0], -1, N) % N
            if d > 0 and scalar_mul(d, G) == public:
                return d
    raise ValueError("no key fits")
