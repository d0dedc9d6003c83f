"""The curve of Ed25519 in whole numbers (RFC 8032 §5.1), and the keys on it that fit what nobody signed."""

import functools

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
"""How many points a signer's key may be (L in RFC 8032)."""
Point = tuple[int, int]


@functools.lru_cache(maxsize=1024)
def decoded(data: bytes) -> Point:
    """Read as generously as OpenSSL does: y beyond P and a sign for x = 0 are let through.

    Raises:
        ValueError: these are not 32 bytes, or no point.
    """
    if len(data) != 32:
        raise ValueError("32 bytes")
    number = int.from_bytes(data, "little")
    y, odd = number % 2**255 % P, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        raise ValueError("no such point")
    return (-x % P if x % 2 != odd else x), y


def is_point(data: bytes) -> bool:
    """Whether there is such a point."""
    try:
        return bool(decoded(data))
    except ValueError:
        return False


def encoded(point: Point) -> bytes:
    """The one spelling of a point."""
    return (point[1] | point[0] % 2 << 255).to_bytes(32, "little")


BASE = decoded(bytes((0x58, *[0x66] * 31)))
"""The point that a secret number multiplies (B in RFC 8032)."""


def add(a: Point, b: Point) -> Point:
    """The sum of two points."""
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


@functools.lru_cache(maxsize=1024)
def order_divides(point: Point, doublings: int) -> bool:
    """Whether so many doublings end at the neutral point."""
    for _ in range(doublings):
        point = add(point, point)
    return point == (0, 1)


@functools.cache
def small_keys() -> tuple[bytes, ...]:
    """The eight points whose order divides 8, beginning with the neutral one: the multiples of one of order 8."""
    eighth = decoded(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"))
    points = [(0, 1)]
    while len(points) < 8:
        points.append(add(points[-1], eighth))
    return tuple(map(encoded, points))


def second_spellings() -> tuple[bytes, ...]:
    """The six other ways to write four of these points, each of which OpenSSL loads."""
    sign = 1 << 255
    numbers = (1 | sign, (P - 1) | sign, P, P | sign, P + 1, (P + 1) | sign)
    return tuple(number.to_bytes(32, "little") for number in numbers)
