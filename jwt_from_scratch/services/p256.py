"""Lesson 06: P-256 with plain integers (FIPS 186-5, SEC 1), for the signing server and for learners who are stuck.

It is slow, and its running time depends on the secret: good to learn from, but never use it to sign.
"""

Point = tuple[int, int] | None
"""A point (x, y) of the curve, or None for the point at infinity."""

# NIST SP 800-186 §3.2.1.3: the curve y² = x³ + A·x + B over the field of FIELD elements; G has the prime order N.
FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
A = -3
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def point_add(p: Point, q: Point) -> Point:
    """The sum of two points of the curve (SEC 1 §2.2.1)."""
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0] and (p[1] + q[1]) % FIELD == 0:
        return None
    rise, run = (3 * p[0] ** 2 + A, 2 * p[1]) if p == q else (q[1] - p[1], q[0] - p[0])
    slope = rise * pow(run, -1, FIELD) % FIELD
    x = (slope**2 - p[0] - q[0]) % FIELD
    return x, (slope * (p[0] - x) - p[1]) % FIELD


def scalar_mul(k: int, p: Point) -> Point:
    """k times a point, for k ≥ 0, by doubling and adding."""
    total: Point = None
    while k:
        if k & 1:
            total = point_add(total, p)
        p = point_add(p, p)
        k >>= 1
    return total
