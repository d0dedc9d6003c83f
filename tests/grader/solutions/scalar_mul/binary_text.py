"""Bits from the first one, as text; k is reduced modulo the order before."""

from functools import reduce

FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def point_add(p, q):
    if p is None or q is None:
        return p if q is None else q
    if p[0] == q[0] and p != q:
        return None
    rise, run = (3 * p[0] ** 2 - 3, 2 * p[1]) if p == q else (q[1] - p[1], q[0] - p[0])
    slope = rise * pow(run, -1, FIELD) % FIELD
    x = (slope * slope - p[0] - q[0]) % FIELD
    return x, (slope * (p[0] - x) - p[1]) % FIELD


def scalar_mul(k: int, p):
    def next_bit(total, bit: str):
        total = point_add(total, total)
        return point_add(total, p) if bit == "1" else total

    return reduce(next_bit, format(k % N, "b"), None)
