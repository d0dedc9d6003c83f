"""check_times: claims, the time and a leeway in; ValueError that names the claim, or None."""

import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from ...judging.aspects import ABSENT, Aspect, Named, bad, from_aspects, good, joined, named, named_ones, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, HALF
from ...judging.wants import Want
from .. import kit
from .common import SILENT, TRUE, names_one_of, passes

NAMES = ("exp", "nbf", "iat")
DAY = 86_400
RULES = {
    "1": "exp must be there: without it a token is good for ever. nbf and iat may be absent.",
    **{
        f"2 {name}": f"{name} must be a finite int or float where it is there (RFC 7519 §2): no text, no list, no "
        "null, and neither true nor false."
        for name in NAMES
    },
    "3": "A token is refused from exp on, and leeway later: now - leeway >= exp (RFC 7519 §4.1.4).",
    "4": "A token is good from nbf on, and leeway earlier: refused when now + leeway < nbf (RFC 7519 §4.1.5).",
    "5": "A token may not come from the future: refused when iat > now + leeway.",
    "6": "Claims other than exp, nbf and iat do not matter.",
}
_NEARLY = ("Exp", "EXP ", " exp", "exp\n", "expires", "exp_")
CLOCK = {"exp": "3", "nbf": "4", "iat": "5"}
"""The rule about each claim and the time."""


def world(source: random.Random) -> Any:
    """A time that is far ahead, and a leeway.

    Who asks the real clock takes what has just expired, unlike those who refuse everything for some other reason.
    """
    return SimpleNamespace(now=4_000_000_000 + source.randrange(200_000_000), leeway=310 + source.randrange(200))


def aspects(w: Any) -> list[Aspect]:
    """The time, the leeway, the three claims, and others."""
    others: list[dict[str, Any]] = [
        {"sub": "ada", "role": None},
        {"jti": "exp", "expires": "soon"},
        {"iss": 7, "sub": [], "aud": False, "jti": None},
        {"EXP": 0, "Nbf": kit.HUGE, "iat ": "x"},
        {"nbf.": None, "": 1},
        {"exp2": False, "auth_time": None, "updated_at": "x"},
        {"nested": {"exp": 0, "nbf": 10**12}},
        {"now": math.nan, "leeway": math.inf},
    ]
    near = named("names nearly ours", lambda e: dict.fromkeys(_NEARLY, e.now + e.leeway + DAY))
    now, *parts = kit.parts_of_a_second(w.now)
    return [
        Aspect("now", good(now, rule="3"), rare(*parts, named("a float", float(w.now)), rule="3"), full=0),
        Aspect(
            "leeway",
            good(0, named("some", w.leeway), rule="3"),
            rare(0.5, 1, named("an hour", 3600), named("a month", 2_592_000), rule="3"),
        ),
        exp_aspect(required=True),
        not_before_aspect("nbf"),
        not_before_aspect("iat"),
        Aspect("others", good({}, rule="6"), good(*others, near, rule="6")),
    ]


def at(offset: float, name: str) -> Named:
    """A time counted from the edge: the first that is refused for exp, the last that is taken for the others."""
    sign = -1 if name == "exp" else 1
    return named(f"the edge {offset:+g}" if offset else "the edge", lambda e: e.now + sign * e.leeway + offset)


def exp_aspect(required: bool) -> Aspect:
    """The claim exp, which may have to be there.

    In the full surroundings each claim is a day and more from the edge on its good side, however the leeway is counted:
    who gets one claim's leeway wrong makes no error where another claim is looked at.
    """
    alone = {"iat": ABSENT, "nbf": ABSENT}
    then = {"now": 0, "leeway": 1, **alone}  # when true and false, taken for 1 and 0, lie ahead
    numbers = {**kit.no_times(10**12), "bytes of digits": b"99999999999"}
    milliseconds = named("in milliseconds", lambda e: int(e.now + 60) * 1000)
    return Aspect(
        "exp",
        good(at(600, "exp"), named("tomorrow", lambda e: e.now + e.leeway + DAY), at(DAY, "exp"), rule="3"),
        good(at(1, "exp"), rule="3", across=("now", "leeway")),
        rare(at(0.25, "exp"), at(0.5, "exp"), rule="3", across=("now", "leeway")),
        rare(named("a quarter of the leeway ago", lambda e: e.now - 100), rule="3", along={"leeway": 400}),
        rare(named("in forty years", lambda e: e.now + 40 * 365 * DAY), rule="3"),
        rare(milliseconds, 1e300, named("10**400", kit.HUGE), rule="2 exp", shy=True),
        rare(named("0, before it", 0), 1, 0.5, rule="3", along=then),
        bad("3", at(0, "exp"), at(-0.25, "exp"), at(-0.5, "exp"), at(-1, "exp"), across=("now", "leeway")),
        bad("3", 0, -1, 0.0, named("one", 1), -1e300, named("-(10**400)", -kit.HUGE)),
        bad("3", at(-DAY, "exp"), stake=ALL),
        bad("1", ABSENT, stake=HALF, across=("others",)) if required else good(ABSENT, rule="1", shy=True),
        bad("2 exp", *named_ones(numbers), along=alone),
        bad("2 exp", named("true, before 1", True), named("false, before 1", False), along=then),
        full=1,
    )


def not_before_aspect(name: str) -> Aspect:
    """The claim nbf or iat."""
    clock, number = CLOCK[name], f"2 {name}"
    alone = {"exp": lambda e: e.now + 10 * DAY}
    return Aspect(
        name,
        good(ABSENT, rule="1"),
        good(named("yesterday", lambda e: e.now - e.leeway - DAY), at(-DAY, name), rule=clock),
        good(at(-1, name), rule=clock, across=("now", "leeway")),
        rare(at(0, name), at(-0.25, name), rule=clock, across=("now", "leeway")),
        rare(0, -1, 1.5, named("a second ago", lambda e: e.now - 1), rule=clock),
        rare(named("a quarter of the leeway ahead", lambda e: e.now + 100), rule=clock, along={"leeway": 400}),
        rare(-1e300, named("-(10**400)", -kit.HUGE), named("in milliseconds, long ago", 10**9), rule=number, shy=True),
        bad(clock, at(0.25, name), at(0.5, name), at(1, name), across=("now", "leeway"), along=alone),
        bad(clock, at(DAY, name), stake=ALL, along=alone),
        bad(clock, 1e300, named("10**400", kit.HUGE), along=alone),
        bad(clock, named("in milliseconds", lambda e: int(e.now) * 1000), along=alone),
        bad(number, *named_ones(kit.no_times(1000))),
    )


def by_hand(source: random.Random) -> Iterator[Trial]:
    """What shows in several calls, and a life that the leeway on both sides is longer than."""
    w = world(source)
    claims = {"exp": w.now + 5, "nbf": w.now}
    fine, late = passes(None, (claims,)), names_one_of({"exp"}, NAMES)
    early, past, grace = (claims, w.now, 0), (claims, w.now + 5, 0), (claims, w.now + 5, w.leeway)
    yield kit.in_turn("one token at two times", (early, fine), (grace, fine), (past, late))
    short = {"exp": w.now - w.leeway + 1, "nbf": w.now + w.leeway, "iat": w.now + w.leeway}
    yield Trial((short, w.now, w.leeway), passes(None, (short,)), frozenset(["3"]), text="a life within the leeway")
    last = ({"exp": w.now + 1}, w.now + 0.75, 0)
    yield Trial(last, passes(None, last), frozenset(["3"]), text="a quarter of a second left")
    for name in NAMES:  # to subtract a float from it is an OverflowError
        times = {"exp": w.now + 10 * DAY, name: kit.HUGE}
        want = passes(None, (times,)) if name == "exp" else names_one_of({name}, NAMES)
        rules, text = frozenset([CLOCK[name]]), f"{name}: 10**400, and a float for now"
        yield Trial((times, w.now + 0.5, 0), want, rules, bad=name != "exp", text=text)


def build(e: Any) -> Args:
    """The claims, now and leeway."""
    times = {name: getattr(e, name) for name in NAMES if getattr(e, name) is not ABSENT}
    return {**e.others, **times}, e.now, e.leeway


def oracle(claims: dict[str, Any], now: float, leeway: float) -> tuple[Any, set[str]]:
    """All rules that the claims break."""
    broken = set() if "exp" in claims else {"1"}
    for name in NAMES:
        if name in claims:
            broken |= broken_by(name, claims[name], now, leeway)
    return None, broken


def broken_by(name: str, value: Any, now: float, leeway: float) -> set[str]:
    """The rule that one of the three claims breaks, if any."""
    if type(value) not in (int, float) or not -math.inf < value < math.inf:
        return {f"2 {name}"}
    late = now - leeway >= value if name == "exp" else value > now + leeway
    return {CLOCK[name]} if late else set()


def _refused(broken: frozenset[str], args: Args) -> Want:
    at_fault = {"1": "exp", "3": "exp", "4": "nbf", "5": "iat"}
    return names_one_of({at_fault.get(rule) or rule.removeprefix("2 ") for rule in broken}, NAMES)


def is_finite(value: Any) -> bool:
    """Whether a number is finite, for those of any size."""
    return bool(-math.inf < value < math.inf)


@dataclass(frozen=True)
class Times:
    """A right check_times, of parts that can be got wrong one by one."""

    required: bool = True
    missing: Callable[[dict[str, Any]], bool] = lambda claims: "exp" not in claims
    present: Callable[[dict[str, Any], str], bool] = lambda claims, name: name in claims
    is_time: Callable[[Any], bool] = lambda value: type(value) in (int, float) and is_finite(value)
    convert: Callable[[Any], Any] | None = None
    clock: Callable[[float], float] = lambda now: now
    late: Callable[[Any, float, float], bool] = lambda exp, now, leeway: now - leeway >= exp
    early: Callable[[Any, float, float], bool] = lambda nbf, now, leeway: now + leeway < nbf
    future: Callable[[Any, float, float], bool] = lambda iat, now, leeway: iat > now + leeway
    accept: bool | None = None
    skip_iat: bool = False

    def __call__(self, claims: dict[str, Any], now: float, leeway: float) -> Any:
        """Look at the claims."""
        if name := self.at_fault(claims, self.clock(now), leeway):
            raise ValueError(f"{name}: refused")
        return self.accept

    def at_fault(self, claims: dict[str, Any], now: float, leeway: float) -> str:
        """The first claim that is wrong, or ""."""
        if self.required and self.missing(claims):
            return "exp"
        values = {name: claims[name] for name in NAMES if self.present(claims, name)}
        if self.convert is not None:
            values = {name: self.convert(value) for name, value in values.items()}
        elif no_times := [name for name, value in values.items() if not self.is_time(value)]:
            return no_times[0]
        tests = {"exp": self.late, "nbf": self.early, "iat": self.future}
        if self.skip_iat and "nbf" in values:
            values.pop("iat", None)
        return next((name for name, value in values.items() if tests[name](value, now, leeway)), "")


TIMES = Times()


def _of_each(sentences: dict[str, Times]) -> Mistakes:
    """Mistakes about numbers, for each of the three claims by itself."""
    return {f"2 {name}": dict(sentences) for name in NAMES}


MISTAKES: Mistakes = {
    RETURNS: {TRUE: replace(TIMES, accept=True)},
    (RETURNS, "3"): {
        "It asks the system clock. The time to go by is the argument `now`.": replace(
            TIMES, clock=lambda now: time.time()
        ),
    },
    tuple(rule for rule in RULES if rule != "6"): {SILENT: lambda claims, now, leeway: None},
    "1": {
        "A token without exp is taken, and it is good for ever. Here exp is required.": replace(TIMES, required=False),
        "A missing exp ends in a KeyError. Refuse it with a ValueError that names exp.": replace(
            TIMES, required=False, present=lambda claims, name: name == "exp" or name in claims
        ),
    },
    **_of_each(
        {
            "true and false pass as times: Python takes them for 1 and 0. Refuse them by their type, "
            "`type(value)`.": replace(
                TIMES, is_time=lambda value: isinstance(value, (int, float)) and is_finite(value)
            ),
            "NaN and infinity are floats. Every comparison with NaN is false, so such a claim refuses nothing. Refuse "
            "both, in each of the three claims.": replace(TIMES, is_time=lambda value: type(value) in (int, float)),
            "A claim that is no time reaches the comparison: text and null end in a TypeError, true counts as 1, and "
            "NaN refuses nothing. Look at the type first.": replace(TIMES, is_time=lambda value: True),
            "`float(...)` turns text into numbers. A time must be a number already (RFC 7519 §4.1.4): two readers of "
            "the same token must not differ.": replace(TIMES, convert=float),
            "`int(...)` turns text into numbers and cuts fractions off. A time must be a number already.": replace(
                TIMES, convert=int
            ),
            "null is taken for a missing claim. A claim that is there must be a number: ask `name in claims`.": replace(
                TIMES, present=lambda claims, name: claims.get(name) is not None
            ),
            "A claim that counts as false (null, '', False, 0) is skipped, as `if claims.get(...)` does. Ask `name in "
            "claims`.": replace(TIMES, present=lambda claims, name: bool(claims.get(name))),
            "`float`, `math.isfinite`, `isnan`, `isinf`, `/` and arithmetic with a float make a float of an int, and "
            "10**400 fits into none: OverflowError. Compare instead: `-math.inf < value < math.inf`.": replace(
                TIMES, is_time=lambda value: type(value) in (int, float) and math.isfinite(value)
            ),
        }
    ),
    ("2 nbf", "4"): {
        "No nbf is refused, whatever it is. See that it is a number, and hold it against now.": replace(
            TIMES, present=lambda claims, name: name in claims and name != "nbf"
        ),
    },
    ("2 iat", "5"): {
        "No iat is refused, whatever it is. See that it is a number, and hold it against now.": replace(
            TIMES, present=lambda claims, name: name in claims and name != "iat"
        ),
    },
    "3": {
        "It takes whole numbers only. A NumericDate may have a fraction (RFC 7519 §2), so allow float.": replace(
            TIMES, is_time=lambda value: type(value) is int
        ),
        'An exp of 0 is refused, in a token whose second has not come. 0 is a number: ask `"exp" in claims`, not '
        '`claims.get("exp")`, and not whether it is above 0.': replace(
            TIMES, missing=lambda claims: not claims.get("exp")
        ),
        "A token is taken at the very second of exp. It is refused on or after exp: `>=` (RFC 7519 §4.1.4).": replace(
            TIMES, late=lambda exp, now, leeway: now - leeway > exp
        ),
        "Leeway is not granted for exp: a token that expired less than leeway ago must still pass.": replace(
            TIMES, late=lambda exp, now, leeway: now >= exp
        ),
        "Leeway makes the token's life shorter here. It must make it longer: `now - leeway >= exp`.": replace(
            TIMES, late=lambda exp, now, leeway: now + leeway >= exp
        ),
        "No exp is refused for the time, so an expired token is good for ever.": replace(
            TIMES, late=lambda exp, now, leeway: False
        ),
        "exp is compared with `now > exp`: no leeway, and a token still passes at the very second of exp. Refuse "
        "`now - leeway >= exp`.": replace(TIMES, late=lambda exp, now, leeway: now > exp),
        "A far exp is refused. How long a token may live is not this function's business.": replace(
            TIMES, late=lambda exp, now, leeway: now - leeway >= exp or exp > now + 10**9
        ),
        "A fraction of now or of exp is rounded, so a token lives on for part of a second. Compare both as they "
        "are.": replace(TIMES, clock=int),
    },
    "4": {
        "A token is good from nbf on, that second included: refuse only `now + leeway < nbf`.": replace(
            TIMES, early=lambda nbf, now, leeway: now + leeway <= nbf
        ),
        "Leeway is not granted for nbf: `now + leeway < nbf`.": replace(
            TIMES, early=lambda nbf, now, leeway: now < nbf
        ),
        "Leeway makes nbf stricter here. It must make it milder: `now + leeway < nbf`.": replace(
            TIMES, early=lambda nbf, now, leeway: now - leeway < nbf
        ),
        "No nbf is refused for the time, so a token is good before its time.": replace(
            TIMES, early=lambda nbf, now, leeway: False
        ),
    },
    "5": {
        "Leeway makes iat stricter here. It must make it milder: `iat > now + leeway`.": replace(
            TIMES, future=lambda iat, now, leeway: iat > now - leeway
        ),
        "Leeway is not granted for iat: `iat > now + leeway`. Two clocks differ for iat as they do for exp.": replace(
            TIMES, future=lambda iat, now, leeway: iat > now
        ),
        "A token may be used in the second in which it was issued: refuse only `iat > now + leeway`.": replace(
            TIMES, future=lambda iat, now, leeway: iat >= now + leeway
        ),
        "No iat is refused for the time, so a token from the future gets in.": replace(
            TIMES, future=lambda iat, now, leeway: False
        ),
        "iat is let through where nbf is there, too, as by an `elif`. Look at each of them.": replace(
            TIMES, skip_iat=True
        ),
    },
}

check_times = Exercise(
    name="check_times",
    points=10,
    spec="RFC 7519 §2, §4.1.4 to §4.1.6",
    forbids=kit.ENCODERS,
    hints=(
        "Two questions for each of the three claims, in this order: is it a number at all, and does the clock agree? "
        "And exp has a third: is it there?",
        "`True` is a kind of int in Python, so ask `type(value) in (int, float)`. NaN and infinity are floats; "
        "`-math.inf < value < math.inf` is false for both. Then compare as the docstring says, and put the claim's "
        "name into each ValueError.",
        'If `"exp" not in claims`, raise `ValueError("exp: missing")`. Then `for name in ("exp", "nbf", "iat")`: if '
        "`name in claims` and the value is not a finite number, raise `ValueError(f'{name}: not a number')`. Then "
        "three comparisons: `now - leeway >= claims['exp']`; `'nbf' in claims and now + leeway < claims['nbf']`; "
        "`'iat' in claims and claims['iat'] > now + leeway`.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(
            world,
            aspects,
            build,
            oracle,
            wants_of_good=passes,
            wants_of_bad=_refused,
            examples=(({"exp": 1000, "nbf": 900}, 999, 0), ({"exp": 1000, "nbf": 900}, 1000, 0)),
        ),
        written(by_hand),
    ),
    mistakes=MISTAKES,
)
