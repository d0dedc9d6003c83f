"""point_add: two points in, their sum out."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from jwt_from_scratch.services import p256
from jwt_from_scratch.services.p256 import FIELD, A, G, N, Point

from ...judging.aspects import written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Trial
from ...judging.verdict import ALL, PART
from ...judging.wants import InTurn, Returns
from .common import LIBRARIES, height, known, mirrored, multiple, point, scalar

RULES = {
    "1": "None is the point at infinity: added to a point, it changes nothing.",
    "2": "P and its mirror image lie one above the other; their sum is the point at infinity, None.",
    "3": "For one point twice the line is the tangent: rise 3x² + A, run 2y.",
    "4": "For two points with different x the line goes through both, whatever their y. The sum is the mirror image of "
    "the third point. All numbers stay whole: a division is `pow(run, -1, FIELD)`.",
}


def trials(source: random.Random) -> Iterator[Trial]:
    """Each case, with points that the seed chooses and with some that nobody meets by chance."""
    a, b, c = scalar(source), scalar(source), scalar(source)
    p, q, r = known(a), known(b), known(c)
    low, (first, second, third) = (0, height(0) or 0), same_height(source)
    rows: list[tuple[str, str, Point, Point]] = [
        ("", "two points", p, q),
        ("", "the same two, exchanged", q, p),
        ("", "two others", r, p),
        ("1", "a point and None", p, None),
        ("1", "None and a point", None, q),
        ("1", "None and None", None, None),
        ("1", "None and x = 0", None, low),
        ("1", "x = 0 and None", low, None),
        ("2", "a point and its mirror image", p, mirrored(p)),
        ("2", "a mirror image and its point", mirrored(q), q),
        ("2", "G and its mirror image", G, mirrored(G)),
        ("2", "x = 0, and its mirror image", low, mirrored(low)),
        ("3", "G twice", G, G),
        ("3", "a point twice", p, p),
        ("3", "another point twice", r, r),
        ("3", "x = 0 twice", low, low),
        ("3", "a point twice that gives x = 0", half := multiple(pow(2, -1, N), low), half),
        ("4", "G and 2G", G, point(2)),
        ("4", "2G and G", point(2), G),
        ("4", "G and a point", G, r),
        ("4", "P and -2P: this line touches the curve in P", p, point(-2 * a)),
        ("4", "2P and -P", point(2 * a), mirrored(p)),
        ("4", "x = 0 and a point", low, p),
        ("4", "a point and x = 0", q, low),
        ("4", "two points that give x = 0", p, p256.point_add(low, mirrored(p))),
        ("4", "two points of one height", first, second),
        ("4", "two others of one height", third, first),
        ("4", "two points of opposite height", first, mirrored(second)),
        ("4", "two others of opposite height", mirrored(second), third),
        ("4", "x with the same 16 bytes at the end", p, _beside(p, 2**128)),
        ("4", "x with the same 16 bytes at the beginning", p, _beside(p, 1)),
    ]
    for rule, text, one, two in rows:
        rare = "x = 0" in text or "height" in text
        want, rules = Returns(p256.point_add(one, two)), frozenset([rule] if rule else [])
        yield Trial(
            (one, two), want, rules, stake=PART if rare else ALL, text=text, base="two" * (not rule), plain=not rule
        )
    for text, more in {"P + Q, then P + R": (p, r), "P + Q, then R + Q": (r, q), "P + Q, then P + P": (p, p)}.items():
        wants = InTurn((Returns(p256.point_add(p, q)), Returns(p256.point_add(*more))))
        yield Trial((p, q), wants, stake=ALL, text=text, more=(more,))


def _beside(p: tuple[int, int], step: int) -> tuple[int, int]:
    """The next point whose x differs from p's by a few steps."""
    found = ((x, height(x)) for n in range(1, 999) if (x := p[0] + (n if p[0] < FIELD // 2 else -n) * step))
    return next((x, y) for x, y in found if y is not None)


def same_height(source: random.Random) -> list[tuple[int, int]]:
    """Three points of the curve with one y: x³ + Ax is the same for all three."""
    while True:
        x, y = known(scalar(source))
        square = (-3 * x * x - 4 * A) % FIELD
        root = pow(square, (FIELD + 1) // 4, FIELD)
        if root * root % FIELD == square:
            half = pow(2, -1, FIELD)
            return [(x, y), *(((sign * root - x) * half % FIELD, y) for sign in (1, -1))]


# -- known mistakes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Add:
    """A right point_add, of parts that can be got wrong one by one."""

    none: Callable[[Any, Any], Any] = lambda p, q: q if p is None else p
    opposite: Callable[[Any, Any], bool] = lambda p, q: p[0] == q[0] and (p[1] + q[1]) % FIELD == 0
    same: Callable[[Any, Any], bool] = lambda p, q: bool(p == q)
    tangent: Callable[[int, int], tuple[int, int]] = lambda x, y: (3 * x**2 + A, 2 * y)
    divide: Callable[[int, int], Any] = lambda rise, run: rise * pow(run, -1, FIELD) % FIELD
    reduce: Callable[[int], int] = lambda value: value % FIELD
    mirror: int = 1
    infinity: Any = None
    made: Callable[[Any], Any] = tuple

    def __call__(self, p: Any, q: Any) -> Any:
        """Add two points."""
        if p is None or q is None:
            return self.none(p, q)
        if self.opposite(p, q):
            return self.infinity
        rise, run = self.tangent(*p) if self.same(p, q) else (q[1] - p[1], q[0] - p[0])
        slope = self.divide(rise, run)
        x = slope * slope - p[0] - q[0]
        return self.made([self.reduce(x), self.reduce(self.mirror * (slope * (p[0] - x) - p[1]))])


ADD = Add()


def _never(p: Any, q: Any) -> bool:
    return False


MISTAKES: Mistakes = {
    RETURNS: {
        "The rest of the division is dropped (by `//`, or `int` of `/`), and with it the right answer. Divide by "
        "multiplying with the inverse, `pow(run, -1, FIELD)`.": replace(ADD, divide=lambda rise, run: rise // run),
        "It computes modulo N. Coordinates live modulo FIELD; N only counts how many points there are.": replace(
            ADD, divide=lambda rise, run: rise * pow(run, -1, N) % N, reduce=lambda value: value % N
        ),
        "This is the third point on the line. The sum is its mirror image: y with the other sign.": replace(
            ADD, mirror=-1
        ),
        "The coordinates are not reduced. Take both `% FIELD`, so that each point has one spelling.": replace(
            ADD, reduce=lambda value: value
        ),
        "A point is a tuple (x, y), not a list.": replace(ADD, made=list),
        "Adding x to x and y to y gives no point of the curve. The sum comes from the line.": lambda p, q: (
            None if p is None or q is None else ((p[0] + q[0]) % FIELD, (p[1] + q[1]) % FIELD)
        ),
    },
    "1": {
        "None plus a point is that point, not None: it plays the part of zero.": replace(ADD, none=lambda p, q: None),
        "None in either place ends in an error, for it has no coordinates. Look for it first.": replace(
            ADD, none=lambda p, q: (p[0], q[0])
        ),
        "None is right in the first place alone. Either of the two can be None, or both.": replace(
            ADD, none=lambda p, q: q if p is None else (p[0], q[0])
        ),
        "None is right in the second place alone. Either of the two can be None, or both.": replace(
            ADD, none=lambda p, q: p if q is None else (p[0], q[0])
        ),
    },
    "2": {
        "A point plus its mirror image ends in an error, for the run is zero. The sum is None: return it, before any "
        "division, where x1 == x2 and y1 + y2 is 0 modulo FIELD.": replace(ADD, opposite=_never),
        "The point at infinity is None here. (0, 0) is not on the curve.": replace(ADD, infinity=(0, 0)),
    },
    ("2", "3"): {
        "Equal x alone does not make them the same point: it may be the mirror image, and then the sum is "
        "None.": replace(ADD, same=lambda p, q: p[0] == q[0], opposite=_never),
        "Equal x alone does not make them mirror images: it may be the same point twice. Look at y, too.": replace(
            ADD, opposite=lambda p, q: p[0] == q[0]
        ),
    },
    "3": {
        "For P + P both differences are zero, and zero has no inverse. One point twice takes the tangent: "
        "rise 3x² + A, run 2y.": replace(ADD, same=_never),
        "The tangent's rise is 3x² + A, and A is -3 on this curve, not 0.": replace(
            ADD, tangent=lambda x, y: (3 * x**2, 2 * y)
        ),
        "The tangent's rise is 3x² + A, and A is -3 on this curve: 3x² - 3.": replace(
            ADD, tangent=lambda x, y: (3 * x**2 - A, 2 * y)
        ),
        "The tangent's run is 2y, not y.": replace(ADD, tangent=lambda x, y: (3 * x**2 + A, y)),
    },
    "4": {
        "Equal y alone does not make them one point: three points have the same y. Compare x, too.": replace(
            ADD, same=lambda p, q: p[1] == q[1]
        ),
        "Opposite y alone does not make them mirror images: their x must be equal, too.": replace(
            ADD, opposite=lambda p, q: (p[1] + q[1]) % FIELD == 0
        ),
    },
}

point_add = Exercise(
    name="point_add",
    points=5,
    spec="SEC 1 §2.2.1, NIST SP 800-186 Appendix A.1.1; for the place in JOSE, RFC 7518 §3.4",
    forbids=(*LIBRARIES, "jwt_from_scratch"),
    seconds=3,
    hints=(
        "There are four cases, and their order matters: one of the two is None; the two lie one above the other; they "
        "are the same point; all others. Only the last two need a slope.",
        "The slope is a fraction, and in this field you divide by multiplying with the inverse: `pow(run, -1, FIELD)`. "
        "For two different points rise and run are the differences of y and of x; for one point twice they are "
        "`3 * x * x + A` and `2 * y`. Reduce both new coordinates `% FIELD`.",
        "`if p is None: return q`, likewise q. `if x1 == x2 and (y1 + y2) % FIELD == 0: return None`. Then `slope = "
        "rise * pow(run, -1, FIELD) % FIELD`, `x = (slope * slope - x1 - x2) % FIELD` and `y = (slope * (x1 - x) - y1) "
        "% FIELD`.",
    ),
    rules=RULES,
    source=written(trials),
    mistakes=MISTAKES,
)
