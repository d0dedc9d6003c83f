"""Fractions put off to the end (Jacobian coordinates), and both multiples in one walk (Shamir's trick)."""

import hashlib

FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
INFINITY = (1, 1, 0)


def double(p):
    x, y, z = p
    if not y or not z:
        return INFINITY
    m = 3 * (x - z * z) * (x + z * z) % FIELD
    s = 4 * x * y * y % FIELD
    nx = (m * m - 2 * s) % FIELD
    return nx, (m * (s - nx) - 8 * y**4) % FIELD, 2 * y * z % FIELD


def add(p, q):
    if not p[2]:
        return q
    if not q[2]:
        return p
    (x1, y1, z1), (x2, y2, z2) = p, q
    u1, u2 = x1 * z2 * z2 % FIELD, x2 * z1 * z1 % FIELD
    s1, s2 = y1 * z2**3 % FIELD, y2 * z1**3 % FIELD
    if u1 == u2:
        return double(p) if s1 == s2 else INFINITY
    h, t = u2 - u1, s2 - s1
    x3 = (t * t - h**3 - 2 * u1 * h * h) % FIELD
    return x3, (t * (u1 * h * h - x3) - s1 * h**3) % FIELD, h * z1 * z2 % FIELD


def ecdsa_verify(public, message, signature):
    if len(signature) != 64 or public is None:
        return False
    x, y = public
    if x not in range(FIELD) or y not in range(FIELD) or (y**2 - x**3 + 3 * x - B) % FIELD:
        return False
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if r not in range(1, N) or s not in range(1, N):
        return False
    u = int.from_bytes(hashlib.sha256(message).digest()) * pow(s, -1, N) % N
    v = r * pow(s, -1, N) % N
    one, other = (*G, 1), (*public, 1)
    both = add(one, other)
    total = INFINITY
    for i in reversed(range(256)):
        total = double(total)
        match (u >> i & 1, v >> i & 1):
            case (1, 1):
                total = add(total, both)
            case (1, 0):
                total = add(total, one)
            case (0, 1):
                total = add(total, other)
    if total[2] == 0:
        return False
    return total[0] * pow(total[2], -2, FIELD) % FIELD % N == r
