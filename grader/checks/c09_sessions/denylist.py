"""Denylist: tokens that are refused before they expire, by the pair that names each."""

import random
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from ...judging.aspects import written
from ...judging.exercise import RETURNS, Exercise, Fresh, Mistakes
from ...judging.play import ExpectedCall, another, does
from ...judging.trial import Trial
from ...judging.verdict import HALF, PART
from .. import kit
from .common import anything, plain, play

RULES = {
    "1 pair": "The pair (iss, jti) names a token. Another issuer's token with the same jti is another token, and two "
    "texts joined into one can be cut in another place.",
    "1 later": "Added again, a token is refused until the later of the two times, and it is one entry.",
    "2": "It is refused while now < exp, and not from exp on, when it is refused anyway (RFC 7519 §4.1.4). Times have "
    "fractions.",
    "3": "`size` counts the entries with now < exp. A list that only grows is a leak.",
    "4 exactly": "iss and jti are compared exactly (RFC 7519 §4.1.1, §4.1.7): equal texts, or another token.",
    "4 own": "A new list is empty, whatever other lists hold.",
    "5 add": "A token that no pair of texts names can't be listed. To say so loudly is better than to list nothing.",
    "5 blocked": "Of a token without a name nobody can say that it is not listed. ValueError, so that it is refused.",
}
BETWEEN = ("", "|", ":", "/", ".", "-", "_", " ", "#", ",", ", ", "::", "\n", "\0", '","', "', '")
"""What people, and formats, put between iss and jti to make one text of them."""
SELDOM = (*"\t\x1e\x1f@&=+;%$?~!", "\r\n", "##", "--", "__", "//", "||", "->", " - ")
"""The same, seldom used."""


def trials(source: random.Random) -> Iterator[Trial]:
    """All plays. In each, now never decreases."""
    w = SimpleNamespace(host=source.randbytes(2).hex(), exp=source.randrange(10_000, 20_000))
    w.here, w.there = f"https://{w.host}.example", f"https://{w.host}.example.net"
    w.jti, w.other = (f"Jti-{source.randbytes(3).hex()}.k\u00e9s" for _ in range(2))
    yield from _plain(w)
    yield from _pairs(w)
    yield from _times(w)
    yield from _again(w)
    yield from _sizes(w)
    yield from _names(w)


def adds(iss: Any, jti: Any, exp: float) -> ExpectedCall:
    """A step that lists a token."""
    return does("add", iss, jti, exp, gives=anything, must="take the entry without an exception")


def asks(iss: Any, jti: Any, now: float, gives: Any) -> ExpectedCall:
    """A step that asks whether a token is blocked."""
    return does("blocked", iss, jti, now, gives=gives)


def _plain(w: Any) -> Iterator[Trial]:
    yield plain("a listed token", adds(w.here, w.jti, w.exp), asks(w.here, w.jti, w.exp - 600, True))
    yield play("a new list", asks(w.here, "none", 1, False), rule="4 own", bad=True)
    yield play("the size of a new list", does("size", 1, gives=0), rule="3", bad=True)
    yield play(
        "the docstring's example",
        *(adds("https://hall.example", "7w", 1900), asks("https://hall.example", "7w", 1899, True)),
        *(asks("https://gym.example", "7w", 1899, False), does("size", 1899, gives=1), does("size", 1900, gives=0)),
    )
    yield play(
        "asked three times",
        *(adds(w.here, w.jti, w.exp), *[asks(w.here, w.jti, now, True) for now in (1, 2, 2)]),
        rule="2",
        stake=HALF,
    )
    # Each with a jti of its own, so that lists that share their entries make the same errors in any order.
    first, second = f"{w.jti}-1", f"{w.jti}-2"
    own = (adds(w.here, first, w.exp), another(), asks(w.here, first, 1, False))
    yield play("a second list", *own, rule="4 own", bad=True, stake=HALF)
    yield play(
        "a second list with its own entry",
        *(adds(w.here, second, w.exp), another(), adds(w.here, w.other, w.exp), asks(w.here, second, 1, False)),
        asks(w.here, w.other, 1, True),
        rule="4 own",
        bad=True,
    )
    sizes = (adds(w.here, w.jti, w.exp), another(), adds(w.here, w.other, w.exp), does("size", 1, gives=1))
    yield play("the size of a second list", *sizes, rule="3", bad=True)


def _pairs(w: Any) -> Iterator[Trial]:
    def apart(text: str, iss: str, jti: str, rule: str = "1 pair", **more: Any) -> Trial:
        steps = [asks(iss, jti, 5, False), asks(w.here, w.jti, 5, True), adds(iss, jti, w.exp + 9)]
        steps += [does("size", 5, gives=2), asks(iss, jti, w.exp + 1, True), asks(w.here, w.jti, w.exp + 1, False)]
        return play(text, adds(w.here, w.jti, w.exp), *steps, rule=rule, bad=True, **more)

    yield apart("another issuer's, same jti", w.there, w.jti, stake=HALF)
    yield apart("the same issuer's, another jti", w.here, w.other, stake=HALF)
    yield apart("exchanged", w.jti, w.here)
    for now in (-(10**12), -0.5, 0):
        yield play(f"not listed, at {now}", asks(w.here, w.jti, now, False), rule="1 pair", bad=True)
    for between in BETWEEN:
        yield play(
            f"joined with {between!r}",
            *(adds(f"{w.here}{between}a", "b", w.exp), asks(w.here, f"a{between}b", w.exp - 1, False)),
            *(asks(f"{w.here}{between}a", "b", w.exp - 1, True), does("size", w.exp - 1, gives=1)),
            rule="1 pair",
            bad=True,
        )
    pairs = [((f"{w.here}{one}a", "b"), (w.here, f"a{one}b")) for one in SELDOM]
    pairs.append((("1aaaaaaaaaa", "b"), ("1", "1aaaaaaaaaab")))  # the length of iss before it: 11 and 1
    listed, others = [adds(*pair, w.exp) for pair, _ in pairs], [asks(*pair, w.exp - 1, False) for _, pair in pairs]
    yield play("joined with what is seldom used", *listed, *others, rule="1 pair", bad=True)
    for text, listed_one, other in _spelled(w):
        steps = (adds(*listed_one, w.exp), asks(*other, 5, False), asks(*listed_one, 5, True))
        yield play(text, *steps, rule="4 exactly", bad=True)
    for one in kit.almost(w.here):
        yield apart(f"iss {one.text}", one.what, w.jti, rule="4 exactly")
    for one in kit.almost(w.jti):
        yield apart(f"jti {one.text}", w.here, one.what, rule="4 exactly")


def _spelled(w: Any) -> Iterator[tuple[str, tuple[str, str], tuple[str, str]]]:
    """Two pairs each that are alike in all that somebody may look at."""
    long = "https://long.example/" + "a" * 300
    yield "a long iss, another end", (f"{long}1", w.jti), (f"{long}2", w.jti)
    yield "a long jti, another end", (w.here, f"{long}1"), (w.here, f"{long}2")
    for one, other in (("7", "07"), ("7", "7.0"), ("7", "\u0667"), ("AQ", "AQ=="), ("AQ", "AR"), ("a-_", "a+/")):
        yield f"jti {one}, and {other} is another", (w.here, one), (w.here, other)


def _times(w: Any) -> Iterator[Trial]:
    """Blocked just before the end, and not any more at it and behind it."""
    exps: dict[str, float] = {"whole": w.exp, "half": w.exp + 0.5, "quarter": w.exp + 0.25, "a float": float(w.exp)}
    exps |= {"zero": 0, "under zero": -5, "a small part": 2.0**-20, "far": 1e300, "huge": kit.HUGE}
    for text, exp in exps.items():
        before = [exp - back for back in (0.75, 0.25, 2.0**-21) if isinstance(exp, float) or abs(exp) < 2**40]
        before = [now for now in (*before, exp - 1) if now < exp]
        after = [exp, *([exp + 0.25, exp + 0.75, exp + 1] if abs(exp) < 2**40 else []), *([3] if exp < 0 else [])]
        for now in before + after:
            there, gap = now < exp, _gap(now, exp)
            stake = HALF if (text, gap) == ("whole", "+1") else PART
            listed = adds(w.here, w.jti, exp)
            blocked, size = asks(w.here, w.jti, now, there), does("size", now, gives=int(there))
            yield play(f"blocked, exp {text}, {gap}", listed, blocked, rule="2", bad=not there, stake=stake)
            yield play(f"size, exp {text}, {gap}", listed, size, rule="3", bad=not there, stake=stake)

    late = (asks(w.here, w.jti, w.exp + 0.75, False), does("size", w.exp + 0.875, gives=0))
    yield play("three quarters, and over", adds(w.here, w.jti, w.exp + 0.75), *late, rule="2", bad=True)
    # Only what ends before a time that was asked for may be passed over.
    for back in (1, 0.125):
        yield play(
            f"added {back:g} before its end, when another was asked for",
            *(asks(w.here, w.other, w.exp - back, False), adds(w.here, w.jti, w.exp)),
            *(asks(w.here, w.jti, now, now < w.exp) for now in (w.exp - back, w.exp - 0.0625, w.exp)),
            rule="2",
        )


def _gap(now: float, exp: float) -> str:
    return "now" if now == exp else "far before" if abs(exp) > 2**40 else f"{now - exp:+g}"


def _again(w: Any) -> Iterator[Trial]:
    def twice(text: str, first: float, second: float, **more: Any) -> Trial:
        late, middle = max(first, second), (first + second) / 2
        steps = [asks(w.here, w.jti, middle, True), does("size", late - 0.125, gives=1)]
        steps.append(asks(w.here, w.jti, late - 0.125, True))
        return play(text, adds(w.here, w.jti, first), adds(w.here, w.jti, second), *steps, rule="1 later", **more)

    yield twice("later the second time", w.exp, w.exp + 500, stake=HALF)
    yield twice("earlier the second time", w.exp + 500, w.exp, stake=HALF)
    yield twice("later by a part", w.exp, w.exp + 0.5)
    yield twice("earlier by a part", w.exp + 0.5, w.exp)
    yield twice("from under zero", -1, 0)
    yield twice("to zero", 0, -1)
    yield twice("from -1", -1, -3)
    over = (*(asks(w.here, one, w.exp + 9, False) for one in (w.other, w.jti)), adds(w.here, w.jti, w.exp + 60))
    yield play(
        "again when it is over",
        *(adds(w.here, w.jti, w.exp), *over, asks(w.here, w.jti, w.exp + 10, True), does("size", w.exp + 11, gives=1)),
        rule="1 later",
    )
    yield play(
        "with other times, none of them over",
        *(adds(w.here, w.jti, w.exp + more) for more in (0, 60, 30)),
        does("size", 1, gives=1),
        rule="1 later",
    )
    same = [adds(w.here, w.jti, w.exp)] * 3
    ends = (does("size", 1, gives=1), asks(w.here, w.jti, 1, True))
    yield play("the same three times", *same, *ends, rule="1 later")
    yield play(
        "another token added again",
        *(adds(w.here, w.jti, w.exp), adds(w.here, w.other, w.exp), adds(w.here, w.other, w.exp + 99)),
        asks(w.here, w.other, w.exp + 1, True),
        rule="1 later",
    )


def _sizes(w: Any) -> Iterator[Trial]:
    entries = [(f"{w.jti}{number}", w.exp + number) for number in range(300)]
    yield play(
        "three hundred entries",
        *(adds(w.here, one, until) for one, until in entries),
        *(asks(w.here, one, w.exp - 1, True) for one, _ in entries),
        *(does("size", now, gives=gives) for now, gives in ((w.exp - 1, 300), (w.exp + 9, 290), (w.exp + 300, 0))),
        rule="3",
    )
    three = [(w.here, w.jti), (w.here, w.other), (w.there, w.jti)]
    together = (does("size", w.exp - 1, gives=3), does("size", w.exp, gives=0))
    yield play("three that end together", *(adds(*pair, w.exp) for pair in three), *together, rule="3")
    ends = {0.25: (w.here, "third"), 0: (w.here, w.jti), 100: (w.there, w.jti)}
    counts = ((-1, 3), (0, 2), (0.125, 2), (0.25, 1), (99.75, 1), (100, 0))
    yield play(
        "one over after the other",
        *(adds(*pair, w.exp + more) for more, pair in ends.items()),
        *(does("size", w.exp + now, gives=gives) for now, gives in counts),
        rule="3",
    )
    yield play(
        "asked again",
        *(adds(w.here, w.jti, w.exp), adds(w.here, w.other, w.exp + 9), does("size", 1, gives=2)),
        *(does("size", 1, gives=2), asks(w.here, w.jti, 1, True), does("size", w.exp, gives=1)),
        *(asks(w.here, w.jti, w.exp, False), asks(w.here, w.other, w.exp, True), does("size", w.exp, gives=1)),
        rule="3",
    )


def _names(w: Any) -> Iterator[Trial]:
    no_names = [*kit.falsy(), 7, True, 1.5, ["x"], {"x": 1}, b"x", ("x",)]
    pairs = [(f"jti {one!r}", w.here, one) for one in no_names] + [(f"iss {one!r}", one, w.jti) for one in no_names]
    for text, iss, jti in pairs:
        refused = (does("add", iss, jti, w.exp, gives=ValueError), does("size", 1, gives=0))
        yield play(f"add, {text}", *refused, rule="5 add", bad=True)
        unasked = (adds(w.here, w.jti, w.exp), asks(iss, jti, 1, ValueError), asks(w.here, w.jti, 1, True))
        yield play(f"blocked, {text}", *unasked, rule="5 blocked", bad=True)
    for one, other in (("", ""), (None, None), (7, ""), ([], {})):
        refused = (does("add", one, other, w.exp, gives=ValueError), does("size", 1, gives=0))
        yield play(f"add, iss {one!r} and jti {other!r}", *refused, rule="5 add", bad=True)
        yield play(
            f"blocked, iss {one!r} and jti {other!r}", asks(one, other, 1, ValueError), rule="5 blocked", bad=True
        )
    for text, jti in (("a space", " "), ("zero", "0"), ("None", "None"), ("a line break", "\n")):
        steps = (adds(w.here, jti, w.exp), asks(w.here, jti, 1, True), asks(jti, w.jti, 1, False))
        yield play(f"{text} is a name", *steps, rule="5 add")


class Denied:
    """A right Denylist; each mistake changes one of its methods."""

    def __init__(self) -> None:
        self.until: dict[Any, float] = {}

    def key(self, iss: Any, jti: Any) -> Any:
        """What an entry is kept under."""
        return iss, jti

    def is_name(self, name: Any) -> bool:
        """Whether this is a name that can be listed."""
        return isinstance(name, str) and name != ""

    def may_ask(self, name: Any) -> bool:
        """Whether this is a name that can be asked for."""
        return self.is_name(name)

    def over(self, exp: float, now: float) -> bool:
        """Whether an entry counts no more."""
        return exp <= now

    def kept(self, exp: float, before: float | None) -> float:
        """The time that is kept, of a new one and one that is there."""
        return exp if before is None else max(exp, before)

    def add(self, iss: Any, jti: Any, exp: float) -> None:
        """List a token."""
        if not (self.is_name(iss) and self.is_name(jti)):
            raise ValueError("a token is named by its iss and its jti")
        self.until[self.key(iss, jti)] = self.kept(exp, self.until.get(self.key(iss, jti)))

    def blocked(self, iss: Any, jti: Any, now: float) -> Any:
        """Whether it is listed."""
        if not (self.may_ask(iss) and self.may_ask(jti)):
            raise ValueError("a token is named by its iss and its jti")
        key = self.key(iss, jti)
        return key in self.until and not self.over(self.until[key], now)

    def size(self, now: float) -> int:
        """How many there are."""
        self.until = {key: exp for key, exp in self.until.items() if not self.over(exp, now)}
        return len(self.until)


def wrong(**methods: Callable[..., Any]) -> type:
    """Denied with some methods changed."""
    return type("Wrong", (Denied,), methods)


def _keyed(key: Callable[[str, str], Any]) -> type:
    return wrong(key=lambda self, iss, jti: key(iss, jti))


def _joins(between: str) -> type:
    return _keyed(lambda iss, jti: f"{iss}{between}{jti}")


def _pops(self: Any, iss: Any, jti: Any, now: float) -> bool:
    return bool(Denied.blocked(self, iss, jti, now) and self.until.pop(self.key(iss, jti)) > now)


def _zero_if_unlisted(self: Any, iss: Any, jti: Any, now: float) -> bool:
    listed = Denied.blocked(self, iss, jti, float("-inf"))
    return now < (self.until[iss, jti] if listed else 0)


def _in_loop(self: Any, now: float) -> int:
    for key, exp in self.until.items():
        if exp <= now:
            del self.until[key]
    return len(self.until)


class Rows(Denied):
    """Keeps a list of rows, one for each `add`."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, float]] = []

    def add(self, iss: Any, jti: Any, exp: float) -> None:
        """List a token once more."""
        if not (self.is_name(iss) and self.is_name(jti)):
            raise ValueError("no name")
        self.rows.append(((iss, jti), exp))

    def blocked(self, iss: Any, jti: Any, now: float) -> Any:
        """Whether one of the rows is it."""
        if not (self.is_name(iss) and self.is_name(jti)):
            raise ValueError("no name")
        return any(key == (iss, jti) and now < exp for key, exp in self.rows)

    def size(self, now: float) -> int:
        """How many rows there are."""
        return sum(now < exp for _, exp in self.rows)


def _shared() -> type:
    everyone: dict[Any, float] = {}
    return wrong(
        __init__=lambda self: setattr(self, "until", everyone),
        size=lambda self, now: sum(now < exp for exp in self.until.values()),
    )


MISTAKES: Mistakes = {
    RETURNS: {
        "A listed token is not blocked before its end. Hold exp against now, the argument, not against the "
        "clock: a test can choose it.": wrong(over=lambda self, exp, now: exp <= time.time()),
        "`blocked` answers None where it should answer False.": wrong(
            blocked=lambda self, iss, jti, now: Denied.blocked(self, iss, jti, now) or None
        ),
    },
    "1 pair": {
        "Another issuer's token with the same jti is blocked, too. The pair names a token.": _keyed(
            lambda iss, jti: jti
        ),
        "`blocked` takes a token that is not listed for one with exp 0, and blocks it below zero. Ask whether the "
        "pair is there.": wrong(blocked=_zero_if_unlisted),
        "Another token of the same issuer is blocked, too. The pair names a token.": _keyed(lambda iss, jti: iss),
        **{
            f"It joins iss and jti with {between!r} in between, and two pairs can give one text. Take the pair as the "
            "key: `(iss, jti)`.": _joins(between)
            for between in BETWEEN
        },
        "Exchanged, iss and jti give the same entry: their order is lost. Take a tuple: `(iss, jti)`.": _keyed(
            lambda iss, jti: frozenset([iss, jti])
        ),
    },
    "4 exactly": {
        "It compares the jti without regard to case. A jti is compared exactly.": _keyed(
            lambda iss, jti: (iss, jti.lower())
        ),
        "It compares the issuer without regard to case. An iss is compared exactly.": _keyed(
            lambda iss, jti: (iss.lower(), jti)
        ),
        "It strips spaces off the names. They are compared exactly.": _keyed(
            lambda iss, jti: (iss.strip(), jti.strip())
        ),
        "It strips the slash off the end of the issuer. An iss is compared exactly.": _keyed(
            lambda iss, jti: (iss.rstrip("/"), jti)
        ),
    },
    "2": {
        "At now = exp the token has expired already (RFC 7519 §4.1.4): blocked while now < exp.": wrong(
            over=lambda self, exp, now: exp < now
        ),
        "Fractions are cut off, of exp and of now. Times can have them (RFC 7519 §2, NumericDate).": wrong(
            kept=lambda self, exp, before: Denied.kept(self, int(exp), before),
            over=lambda self, exp, now: exp <= int(now),
        ),
        "now is cut to whole seconds, so the end comes late. Times can have fractions.": wrong(
            over=lambda self, exp, now: exp <= int(now)
        ),
        "exp is made whole, so the end comes early. Times can have fractions.": wrong(
            kept=lambda self, exp, before: Denied.kept(self, int(exp), before)
        ),
        "An exp of 0 counts as none. It is a time like any other.": wrong(
            over=lambda self, exp, now: not exp or exp <= now
        ),
        "`blocked` does not look at the time: an entry never ends there. From exp on nobody needs it, because the "
        "token is refused anyway.": wrong(
            blocked=lambda self, iss, jti, now: Denied.blocked(self, iss, jti, float("-inf"))
        ),
        "The first question removes the entry, so the second replay gets in. `blocked` only looks.": wrong(
            blocked=_pops
        ),
    },
    ("2", "3"): {
        "`add` takes 0 for the exp of a token that is not listed yet, and keeps that if the new one is below zero. "
        "Where nothing is listed the new exp holds.": wrong(
            kept=lambda self, exp, before: max(exp, 0 if before is None else before)
        ),
        "Entries never end: `blocked` and `size` do not look at the time. From exp on nobody needs the entry, because "
        "the token is refused anyway.": wrong(over=lambda self, exp, now: False),
    },
    "3": {
        "`size` counts entries that are over, too. Count those with now < exp; nobody needs the others.": wrong(
            size=lambda self, now: len(self.until)
        ),
        "`size` takes entries out of the dict that it goes through, which is a RuntimeError. Build a new dict with "
        "those that stay.": wrong(size=_in_loop),
    },
    "1 later": {
        "A second `add` with an earlier exp unblocks the token too soon. Keep the later one: `max`.": wrong(
            kept=lambda self, exp, before: exp
        ),
        "A second `add` with a later exp is ignored. Keep the later of the two: `max`.": wrong(
            kept=lambda self, exp, before: exp if before is None else before
        ),
        "The same token added twice counts twice, in `size`. A dict has each key once.": Rows,
    },
    ("5 add", "5 blocked"): {
        "Anything counts as a name, and a list or a dict is a TypeError in the key of a dict. Raise ValueError.": wrong(
            is_name=lambda self, name: True
        ),
        "Only None is refused. An empty text names nothing either, and a number is no jti: raise ValueError.": wrong(
            is_name=lambda self, name: name is not None
        ),
        "A name that is no text is taken. It must be a str (RFC 7519 §4.1.7): raise ValueError.": wrong(
            is_name=lambda self, name: bool(name)
        ),
        "An empty text is taken for a name. Every token without one would then share it: raise ValueError.": wrong(
            is_name=lambda self, name: isinstance(name, str)
        ),
    },
    "5 blocked": {
        "`blocked` says False of a token without a name, and so lets it in. Raise ValueError there too.": wrong(
            may_ask=lambda self, name: True, key=lambda self, iss, jti: (repr(iss), repr(jti))
        ),
        "`blocked` does not look at the names, and a list or a dict ends in a TypeError. Raise ValueError there "
        "too.": wrong(may_ask=lambda self, name: True),
    },
    "4 own": {
        "Every Denylist has the same entries: they are kept in the class, outside of it or in a default value. Begin "
        "anew in `__init__`.": Fresh(_shared),
    },
}

denylist = Exercise(
    name="Denylist",
    points=10,
    spec="RFC 7519 §4.1.1, §4.1.4, §4.1.7",
    hints=(
        "Which two claims together name a token, whatever its text looks like? And when does nobody need the entry any "
        "more?",
        "Keep a dict from the pair `(iss, jti)`, a tuple, to exp. A second `add` must not shorten what is there. "
        "`blocked` looks the pair up and compares exp with now; `size` first throws out what is over.",
        "`add`: check both names, then `self.until[iss, jti] = max(exp, self.until.get((iss, jti), exp))`. `blocked`: "
        "check, then `(iss, jti) in self.until and now < self.until[iss, jti]`. `size`: keep the items with "
        "`exp > now`, then `len`. The check of a name: `isinstance(name, str) and name != ''`, else ValueError.",
    ),
    rules=RULES,
    source=written(trials),
    mistakes=MISTAKES,
)
