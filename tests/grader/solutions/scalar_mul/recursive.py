"""Half of k, doubled, and one more if k is odd."""

FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1


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
    if k == 0:
        return None
    half = scalar_mul(k // 2, p)
    twice = point_add(half, half)
    return point_add(twice, p) if k % 2 else twice
