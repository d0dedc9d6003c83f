"""FIPS 186-5 §6.4.2, step by step."""

import hashlib

FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


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


def on_curve(point) -> bool:
    if point is None:
        return False
    x, y = point
    return 0 <= x < FIELD and 0 <= y < FIELD and (y * y - (x * x * x - 3 * x + B)) % FIELD == 0


def ecdsa_verify(public, message, signature):
    if len(signature) != 64 or not on_curve(public):
        return False
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (1 <= r < N and 1 <= s < N):
        return False
    e = int.from_bytes(hashlib.sha256(message).digest(), "big")
    w = pow(s, -1, N)
    point = point_add(scalar_mul(e * w % N, G), scalar_mul(r * w % N, public))
    if point is None:
        return False
    return point[0] % N == r
