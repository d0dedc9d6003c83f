"""The four cases in turn."""

FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
A = -3


def point_add(p, q):
    if p is None:
        return q
    if q is None:
        return p
    x1, y1 = p
    x2, y2 = q
    if x1 == x2:
        if (y1 + y2) % FIELD == 0:
            return None
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, FIELD)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, FIELD)
    x3 = (slope * slope - x1 - x2) % FIELD
    y3 = (slope * (x1 - x3) - y1) % FIELD
    return (x3, y3)
