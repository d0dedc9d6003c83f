"""Lenient programs: right, except that one value (an argument, a member in it, or a helper's result) is read leniently.

A mutant changes code that is there. It can't show mistakes of leniency: stripping a text, truncating a number, taking
an empty value for a missing one. So each place in the input is changed by each of `READINGS`, and the right program is
called with the changed input.
"""

import itertools
import math
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from grader.inside import calling
from grader.inside.calling import Outcome
from grader.inside.values import NotPlain, pack, unpack
from grader.judging.answering import verdict_on
from grader.judging.exercise import Exercise
from grader.judging.trial import Args, Trial

from .measure import SEED

Reading = Callable[[Any], Any]
Place = tuple[str, ...]
"""The way to a place in a call: an argument's number or a helper's name, members' names, "[]" for a list's items."""

ABSENT = object()
HELPERS = ("json_loads_strict", "b64u_decode", "header_of", "open_with", "unseal")
MOST, ENOUGH = 120, 12
"""The most trials that are tried for a lenient program, and how many that refuse it are enough."""
OFTEN = 3
"""A place must occur in at least so many trials."""

_DIGITS = re.compile(r"\s*[-+]?[0-9_]+\s*")

READINGS: dict[type, dict[str, Reading]] = {
    str: {
        "strip": str.strip,
        "strip on the left": str.lstrip,
        "strip on the right": str.rstrip,
        "without a line break behind": lambda s: s[:-1] if s.endswith("\n") else s,
        "lower": str.lower,
        "upper": str.upper,
        "casefold": str.casefold,
        "NFC": lambda s: unicodedata.normalize("NFC", s),
        "NFKC": lambda s: unicodedata.normalize("NFKC", s),
        "without spaces": lambda s: s.replace(" ", ""),
        "without white space": lambda s: "".join(s.split()),
        "one space for many": lambda s: " ".join(s.split()),
        "its first word": lambda s: (s.split() or [""])[0],
        "its last word": lambda s: (s.split() or [""])[-1],
        "its first line": lambda s: (s.splitlines() or [""])[0],
        "without slashes behind": lambda s: s.rstrip("/"),
        "without = behind": lambda s: s.rstrip("="),
        "without dots behind": lambda s: s.rstrip("."),
        "without application/ before": lambda s: s.removeprefix("application/"),
        "without quotes": lambda s: s.strip("\"'"),
        "percent escapes read": unquote,
        "ASCII": lambda s: s.encode("ascii", "ignore").decode(),
        "before a comma": lambda s: s.partition(",")[0],
        "before a semicolon": lambda s: s.partition(";")[0],
        "before #": lambda s: s.partition("#")[0],
        "before ?": lambda s: s.partition("?")[0],
        "before a zero character": lambda s: s.partition("\0")[0],
        "without zero characters": lambda s: s.replace("\0", ""),
        "printable": lambda s: "".join(filter(str.isprintable, s)),
        "_ for -": lambda s: s.replace("-", "_"),
        "- for _": lambda s: s.replace("_", "-"),
        "without zeros before": lambda s: s.lstrip("0"),
        "without the usual port": lambda s: s.removesuffix(":443"),
        "https for http": lambda s: s.replace("http:", "https:", 1),
        "without www": lambda s: s.replace("www.", ""),
        "128 characters": lambda s: s[:128],
        "digits of any script": lambda s: "".join(str(unicodedata.digit(c, c)) for c in s),
        "a number": lambda s: int(s) if _DIGITS.fullmatch(s) else s,
        "as bytes": lambda s: s.encode("utf-8", "replace"),
        "as a list": lambda s: [s],
    },
    bytes: {
        "strip": bytes.strip,
        "strip on the right": bytes.rstrip,
        "without zeros behind": lambda b: b.rstrip(b"\0"),
        "without zeros before": lambda b: b.lstrip(b"\0"),
        "before a zero": lambda b: b.partition(b"\0")[0],
        "without white space": lambda b: b"".join(b.split()),
        "lower": bytes.lower,
        "without a byte order mark": lambda b: b.removeprefix(b"\xef\xbb\xbf"),
        "hexadecimal read": lambda b: bytes.fromhex(b.decode()),
        "Latin-1": lambda b: b.decode("latin-1").encode(),
        "UTF-8, replaced": lambda b: b.decode("utf-8", "replace").encode(),
        "UTF-8, ignored": lambda b: b.decode("utf-8", "ignore").encode(),
        "ASCII, ignored": lambda b: b.decode("ascii", "ignore").encode(),
        "\\n for \\r\\n": lambda b: b.replace(b"\r\n", b"\n"),
        "as text": lambda b: b.decode("utf-8", "replace"),
    },
    float: {
        "int": int,
        "round": round,
        "up": math.ceil,
        "infinity as very much": lambda x: math.copysign(1e300, x) if math.isinf(x) else x,
        "NaN as 0": lambda x: x if x == x else 0,
        "int if it is whole": lambda x: int(x) if x == int(x) else x,
    },
    int: {
        "abs": abs,
        "not under 0": lambda n: max(0, n),
        "float": float,
        "32 bits": lambda n: n & (2**32 - 1),
        "64 bits": lambda n: n & (2**64 - 1),
        "bool": lambda n: bool(n) if n in (0, 1) else n,
        "capped": lambda n: min(n, 10**12),
        "as text": str,
    },
    bool: {"int": int, "as text": lambda b: str(b).lower()},
    list: {
        "its first": lambda x: x[:1],
        "its last": lambda x: x[-1:],
        "its first three": lambda x: x[:3],
        "each once": lambda x: list({pack(one): one for one in x}.values()),
        "sorted": lambda x: sorted(x, key=pack),
        "backwards": lambda x: x[::-1],
        "its texts": lambda x: [one for one in x if isinstance(one, str)],
        "its objects": lambda x: [one for one in x if isinstance(one, dict)],
        "what is true in it": lambda x: [one for one in x if one],
        "what is not null": lambda x: [one for one in x if one is not None],
        "the only one": lambda x: x[0] if len(x) == 1 else x,
        "flat": lambda x: [one for each in x for one in (each if isinstance(each, list) else [each])],
        "all as text": lambda x: list(map(str, x)),
        "a tuple": tuple,
    },
    dict: {
        "names in small letters": lambda d: {str(name).lower(): one for name, one in d.items()},
        "names stripped": lambda d: {str(name).strip(): one for name, one in d.items()},
        "names as NFKC": lambda d: {unicodedata.normalize("NFKC", str(name)): one for name, one in d.items()},
        "- for _ in names": lambda d: {str(name).replace("_", "-"): one for name, one in d.items()},
        "what is not null": lambda d: {name: one for name, one in d.items() if one is not None},
        "what is true in it": lambda d: {name: one for name, one in d.items() if one},
        "sorted": lambda d: dict(sorted(d.items())),
        "backwards": lambda d: dict(reversed(d.items())),
    },
    object: {
        "absent if null": lambda x: ABSENT if x is None else x,
        "absent if false": lambda x: x or ABSENT,
        "null if false": lambda x: x or None,
        "empty text if null": lambda x: "" if x is None else x,
        "absent if no text": lambda x: x if isinstance(x, str) else ABSENT,
        "absent if no number": lambda x: x if type(x) in (int, float) else ABSENT,
        "absent if no list": lambda x: x if isinstance(x, list) else ABSENT,
        "empty if no object": lambda x: x if isinstance(x, dict) else {},
        "str": lambda x: x if isinstance(x, dict) else str(x),
    },
}
"""For each type, the lenient readings of its values; those under `object` are for all types."""


def refusals(
    exercise: Exercise, trials: list[Trial], namespace: dict[str, Any], kept: Collection[int] = ()
) -> Iterator[tuple[str, list[int]]]:
    """Each lenient program that some of these trials refuse: its place and reading, and the trials' numbers.

    Not all that refuse it are looked for; those that are kept come first.
    """
    if exercise.is_class:
        return
    tried = _Tried(exercise, trials, namespace)
    seen: set[tuple[int, ...]] = set()
    for place, values in tried.places().items():
        for name, reading in _READ.items():
            touched = [n for n, found in values.items() if any(_pack(reading(one)) != _pack(one) for one in found)]
            random.Random(SEED).shuffle(touched)
            touched.sort(key=lambda number: number not in kept)
            most = max(MOST, len(set(touched).intersection(kept)))
            refused = sorted(itertools.islice((n for n in touched[:most] if tried.refuses(n, place, reading)), ENOUGH))
            if refused and tuple(refused) not in seen:
                seen.add(tuple(refused))
                yield f"{'.'.join(place)} read: {name}", refused


@dataclass
class _Tried:
    """The right program's answers, cached by call."""

    exercise: Exercise
    trials: list[Trial]
    namespace: dict[str, Any]

    def __post_init__(self) -> None:
        self._outcomes: dict[str, Outcome] = {}
        self._rooted: dict[str, dict[str, list[Any]]] = {}
        self._names: set[str] = set()
        self._inputs = [[self._roots(args) for args in trial.calls] for trial in self.trials]
        found = Counter(name for calls in self._inputs for name in set(_names(calls)))
        self._names = {name for name, count in found.items() if count >= OFTEN}

    def places(self) -> dict[Place, dict[int, list[Any]]]:
        """For each place, the numbers of the trials that have it, with the values there; shallow places first."""
        found: dict[Place, dict[int, list[Any]]] = {}
        for number, calls in enumerate(self._inputs):
            for root, values in (item for roots in calls for item in roots.items()):
                for place, value in (one for each in values for one in self._in(each, (root,))):
                    found.setdefault(place, {}).setdefault(number, []).append(value)
        return {place: found[place] for place in sorted(found, key=len) if len(found[place]) >= OFTEN}

    def refuses(self, number: int, place: Place, reading: Reading) -> bool:
        """Whether a trial refuses the program with this reading of this place."""
        trial, (root, *rest) = self.trials[number], place
        asked = self._asked_helped if root in HELPERS else self._asked_otherwise
        return not all(
            verdict_on(self.exercise, one, [asked(args, root, tuple(rest), reading) for args in one.calls]).right
            for one in trial.parts or (trial,)
        )

    def _asked_otherwise(self, args: Args, root: str, rest: Place, reading: Reading) -> Outcome:
        read = [self._read(arg, rest, reading) if str(n) == root else arg for n, arg in enumerate(args)]
        return self._call(tuple(None if arg is ABSENT else arg for arg in read))

    def _asked_helped(self, args: Args, root: str, rest: Place, reading: Reading) -> Outcome:
        own = self.namespace[root]
        self.namespace[root] = lambda *given: self._read(own(*given), rest, reading)
        try:
            return self._call(args, again=True)
        finally:
            self.namespace[root] = own

    def _call(self, args: Args, again: bool = False) -> Outcome:
        packed = pack(args, in_order=True)
        if again or packed not in self._outcomes:
            function = self.namespace[self.exercise.name]
            outcome = calling.call(function, unpack(packed), self.exercise.seconds)
            if again:
                return outcome
            self._outcomes[packed] = outcome
        return self._outcomes[packed]

    def _roots(self, args: Args) -> dict[str, list[Any]]:
        """The arguments by their numbers, and the results of the given helpers during the call."""
        packed = pack(args, in_order=True)
        if packed not in self._rooted:  # a crowd asks again what its parts ask
            self._rooted[packed] = self._first_roots(args)
        return self._rooted[packed]

    def _first_roots(self, args: Args) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {name: [] for name in HELPERS if name in self.namespace}
        own = {name: self.namespace[name] for name in found}
        for name in found:
            self.namespace[name] = lambda *given, name=name: found[name].append(own[name](*given)) or found[name][-1]
        try:
            self._call(args)
        finally:
            self.namespace.update(own)
        return {str(n): [arg] for n, arg in enumerate(args)} | found

    def _in(self, value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
        yield place, value
        if isinstance(value, dict):
            for name, one in value.items():
                yield from self._in(one, (*place, self._step(name)))
        elif isinstance(value, list):
            for one in value:
                yield from self._in(one, (*place, "[]"))

    def _step(self, name: Any) -> str:
        return name.lower() if isinstance(name, str) and name.lower() in self._names else "*"

    def _read(self, value: Any, rest: Place, reading: Reading) -> Any:
        """A value with the reading applied to one place in it."""
        if not rest:
            return reading(value)
        if isinstance(value, dict):
            read = {
                name: self._read(one, rest[1:], reading) if self._step(name) == rest[0] else one
                for name, one in value.items()
            }
            return {name: one for name, one in read.items() if one is not ABSENT}
        if isinstance(value, list) and rest[0] == "[]":
            return [one for one in (self._read(one, rest[1:], reading) for one in value) if one is not ABSENT]
        return value


def _only(kind: type, reading: Reading) -> Reading:
    """A reading that leaves values unchanged that are of another type or can't be read so."""

    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            return value
        try:
            return reading(value)
        except (TypeError, ValueError, ArithmeticError, AttributeError):
            return value

    return read


def _names(value: Any) -> Iterator[str]:
    """The names of all members, in lower case."""
    if isinstance(value, dict):
        yield from (name.lower() for name in value if isinstance(name, str))
        value = list(value.values())
    for one in value if isinstance(value, (list, tuple)) else ():
        yield from _names(one)


_READ = {
    f"{kind.__name__}, {name}": _only(kind, reading)
    for kind, readings in READINGS.items()
    for name, reading in readings.items()
}


def _pack(value: Any) -> str:
    try:
        return pack(value, in_order=True)
    except NotPlain as error:
        return str(error)
