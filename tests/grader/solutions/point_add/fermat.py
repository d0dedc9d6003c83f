"""The inverse by Fermat's little theorem; the line written as y = slope·x + c, mirrored at the end."""

PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF


def divide(a: int, b: int) -> int:
    return a * pow(b % PRIME, PRIME - 2, PRIME) % PRIME


def point_add(p: tuple[int, int] | None, q: tuple[int, int] | None) -> tuple[int, int] | None:
    if not p or not q:
        return p or q
    (x1, y1), (x2, y2) = p, q
    if p == q:
        if y1 == 0:
            return None
        slope = divide(3 * (x1**2 - 1), 2 * y1)
    elif x1 == x2:
        return None
    else:
        slope = divide(y1 - y2, x1 - x2)
    c = (y1 - slope * x1) % PRIME
    x = (slope**2 - x1 - x2) % PRIME
    return x, -(slope * x + c) % PRIME
