"""scalar_mul: a number and a point in, the multiple out; the learner's own point_add does the adding."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from jwt_from_scratch.services import p256
from jwt_from_scratch.services.p256 import FIELD, G, N, Point

from ...judging.aspects import written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Trial
from ...judging.verdict import ALL
from ...judging.wants import InTurn, Returns
from .common import LIBRARIES, known, mirrored, point, scalar

RULES = {
    "1": "k times a point is the point added to itself, k of them. See that point_add passes its own check.",
    "2": "Nothing added up is the point at infinity, None; and infinity added to itself stays infinity.",
    "3": "k may be N or larger; after N steps the points begin again, and N times any of them is None.",
}
SMALL = (
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    11,
    13,
    15,
    16,
    17,
    23,
    255,
    256,
    257,
    0xAAAA,
    0x5555,
    0xFF00,
    65537,
    2**40 - 1,
    2**40,
)


def trials(source: random.Random) -> Iterator[Trial]:
    """Small k, whose bits differ in every way, are cheap; large ones are few."""
    a, b = scalar(source), scalar(source)
    p, q = known(a), known(b)
    yield _trial("", "k = 13", 13, p, point(13 * a))
    yield _trial("", "k = 1000, G", 1000, G, point(1000))
    for k in SMALL:
        yield _trial("1", f"k = {k}", k, p, point(k * a))
    middle, large = source.randrange(2**79, 2**80), source.randrange(N // 2, N)
    rows: list[tuple[str, str, int, Point, Point]] = [
        ("1", "80 bits", middle, q, point(middle * b)),
        ("1", "256 bits, G", large, G, point(large)),
        ("2", "k = 0", 0, p, None),
        ("2", "k = 0, G", 0, G, None),
        ("2", "k = 0, None", 0, None, None),
        ("2", "k = 1, None", 1, None, None),
        ("2", "k = 2, None", 2, None, None),
        ("2", "80 bits, None", middle, None, None),
        ("2", "more than N, None", N + middle, None, None),
        ("3", "k = N - 1", N - 1, p, point(-a)),
        ("3", "k = N", N, p, None),
        ("3", "k = 2N", 2 * N, q, None),
        ("3", "k = 2N + 3", 2 * N + 3, q, point(3 * b)),
        ("3", "520 bits", 2**519 + middle, G, point(2**519 + middle)),
    ]
    for rule, text, k, one, result in rows:
        yield _trial(rule, text, k, one, result)
    for text, (k, one, result) in {
        "2P, then 2 times its mirror image": (2, mirrored(p), point(-2 * a)),
        "2P, then 3P": (3, p, point(3 * a)),
    }.items():
        wants = InTurn((Returns(point(2 * a)), Returns(result)))
        yield Trial((2, p), wants, stake=ALL, text=text, more=((k, one),))


def _trial(rule: str, text: str, k: int, p: Point, result: Point) -> Trial:
    rules = frozenset([rule] if rule else [])
    return Trial((k, p), Returns(result), rules, stake=ALL, text=text, base="two" * (not rule), plain=not rule)


# -- known mistakes ---------------------------------------------------------------------------------------------------

add = p256.point_add


@dataclass(frozen=True)
class Multiply:
    """A right scalar_mul, of parts that can be got wrong one by one. It takes the last bit first."""

    reduce: Callable[[int], int] = lambda k: k
    start: Callable[[Any], Any] = lambda p: None
    goes_on: Callable[[int], bool] = lambda k: k > 0
    bits: Callable[[str], str] = lambda bits: bits[::-1]
    early: bool = False
    zero: Callable[[Any], Any] = lambda p: None

    def __call__(self, k: int, p: Any) -> Any:
        """Multiply a point."""
        if k == 0:
            return self.zero(p)
        total = self.start(p)
        bits = self.bits(f"{self.reduce(k):b}")
        for bit in bits if self.goes_on(1) else bits[:-1]:
            if self.early:
                p = add(p, p)
            if bit == "1":
                total = add(total, p)
            if not self.early:
                p = add(p, p)
        return total


MUL = Multiply()


def _coordinates(k: int, p: Point) -> Any:
    return p and (k * p[0] % FIELD, k * p[1] % FIELD)


MISTAKES: Mistakes = {
    RETURNS: {
        "k times a point is not k times its coordinates: it is the point added to itself with point_add.": _coordinates,
        "The bits are taken from the wrong end: while p is doubled, the last bit of k comes first.": replace(
            MUL, bits=lambda bits: bits
        ),
        "It comes out as 2k times p: p is doubled before it is added, or the total once more behind the last "
        "bit.": replace(MUL, early=True),
        "The highest bit of k is never added. Go on until no bit is left.": replace(MUL, goes_on=lambda k: k > 1),
        "Nothing is ever doubled, so each 1 among k's bits counts as one p, wherever it stands. Double at each "
        "bit.": lambda k, p: MUL(k.bit_count(), p),
        "It comes out as (k + 1) times p. The total starts at None, not at p, and each bit counts once.": replace(
            MUL, start=lambda p: p
        ),
        "It comes out as (k - 1) times p, once too few.": lambda k, p: MUL(k - 1, p) if k else None,
    },
    "2": {
        "0 times a point is not the point. Nothing added up is the point at infinity, None.": replace(
            MUL, zero=lambda p: p
        ),
        "0 times a point is None, the point at infinity. (0, 0) is not on the curve.": replace(
            MUL, zero=lambda p: (0, 0)
        ),
    },
    "3": {
        "k is reduced modulo FIELD. The multiples of a point repeat after N of them; FIELD is for "
        "coordinates.": replace(MUL, reduce=lambda k: k % FIELD),
        "It looks at 256 bits of k only. Go on until no bit of k is left.": replace(MUL, reduce=lambda k: k % 2**256),
    },
}

scalar_mul = Exercise(
    name="scalar_mul",
    points=5,
    spec="SEC 1 §2.2.1; for the key pair that it makes, RFC 7518 §6.2",
    forbids=(*LIBRARIES, "jwt_from_scratch.services.p256.scalar_mul"),
    seconds=3,
    slow="k has 77 digits, so adding one by one never ends: double. And a function that calls itself twice for one k "
    "computes everything twice: keep the result, and double that.",
    hints=(
        "Adding the point k times would never end: k has 77 digits. Doubling goes faster: from P to 2P, 4P, 8P, 16P "
        "takes four additions. Which of these do you need for 13P?",
        "13 is 1101 in binary, so 13P = 8P + 4P + P. Walk through the bits of k, the lowest first, double "
        "the point at each step, and add it to a total where the bit is 1. The total starts at None.",
        "`total = None`, then `while k > 0:` with `if k % 2 == 1: total = point_add(total, p)`, `p = point_add(p, p)`, "
        "`k = k // 2`; at the end `return total`. If it fails although it looks right, see whether `point_add` passes "
        "its own check; `given.point_add` works here, too.",
    ),
    rules=RULES,
    source=written(trials),
    mistakes=MISTAKES,
)
