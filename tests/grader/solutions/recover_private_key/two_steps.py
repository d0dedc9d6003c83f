"""First the nonce, then the key."""

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


def number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def recover_private_key(public, m1, sig1, m2, sig2):
    r, s1 = number(sig1[:32]), number(sig1[32:])
    r2, s2 = number(sig2[:32]), number(sig2[32:])
    if r != r2:
        raise ValueError("two nonces")
    if m1 == m2:
        raise ValueError("one message")
    e1 = number(hashlib.sha256(m1).digest())
    e2 = number(hashlib.sha256(m2).digest())
    k = (e1 - e2) * pow(s1 - s2, -1, N) % N
    d = (s1 * k - e1) * pow(r, -1, N) % N
    if public is None or scalar_mul(d, G) != public:
        raise ValueError("not the key of this public point")
    return d
