"""json_loads_strict: JSON with one meaning."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from ...judging.aspects import Aspect, bad, from_aspects, good, named, rare
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args
from ...judging.verdict import HALF
from .. import kit

RULES = {
    "1": "Whatever is JSON with one meaning comes back as the value it stands for: not only objects.",
    "2": "Only UTF-8 will do (RFC 8725 §3.7), without a byte order mark (RFC 8259 §8.1).",
    "3": "This is not JSON (RFC 8259).",
    "4": "NaN and Infinity are not JSON, though Python reads them (RFC 8259 §6).",
    "5": "A name occurs twice in one object, and readers disagree on which one counts (RFC 8259 §4).",
}
FINE = {
    "an empty object": b"{}",
    "an object": b'{"sub": "ada", "admin": false, "n": 7}',
    "objects in objects": b'{"a": {"b": [1, 2.5, null, "x"]}, "b": {"a": 1}}',
    "members that count as false": b'{"a": null, "b": [{"c": null}], "d": "", "e": [], "f": {}, "g": 0, "h": false}',
    "a list of what counts as false": b'[null, false, 0, "", [], {}, 0.0]',
    "whole numbers with a fraction": b'{"a": 1.0, "b": 2e3, "c": {"d": 10.00}}',
    "an empty list": b"[]",
    "a text": b'"just text"',
    "an empty text": b'""',
    "a number": b"-12",
    "zero": b"0",
    "true": b"true",
    "null": b"null",
    "letters outside ASCII": '{"name": "\u00c6gir \u2603 \U0001f701 \ufeff"}'.encode(),
    "escapes": b'{"e": "caf\\u00e9", "s": "\\ud83d\\ude00", "q": "\\"\\\\\\/\\b\\f\\n\\r\\t", "z": "a\\u0000b"}',
    "white space": b' {"a" :\t1,\r\n"A": 2 }\n',
    "numbers": b"[1e3, -0.5, 1.25E-2, 12345678901234567890]",
    "numbers of many digits": b"[1700000000.1234567, 1e-9, -0.1234567890123456, 0.0, -0.0, 1.0]",
    "NaN as a text": b'{"n": "NaN", "i": "Infinity", "m": "-Infinity", "t": "a NaN: -Infinity, NaN"}',
    "NaN as a name": b'{"NaN": 1, "Infinity": 2}',
    "a list that is 40 deep": b"[" * 40 + b"]" * 40,
    "long": b'{"a": "%b", "b": [%b1]}' % (b"x" * 9_000, b"1, " * 300),
}
NO_TWINS = {
    "the same name in two objects": b'[{"id": 1}, {"id": 1}]',
    "the same name inside": b'{"a": {"a": {"a": 1}}}',
    "equal values": b'{"a": 1, "b": 1, "c": [1, 1]}',
    "a name and its value": b'{"a": "a", "b": "a"}',
    "names that differ in case": b'{"role": 1, "Role": 2, "ROLE": 3}',
    "names that differ in spaces": b'{"a": 1, "a ": 2, " a": 3}',
    "names that Unicode calls alike": '{"\u00e9": 1, "e\u0301": 2, "1": 3, "\uff11": 4}'.encode(),
    "an empty name": b'{"": 1, "a": 2}',
}
TWINS = {
    "first and last": b'{"role":"user","n":1,"role":"admin"}',
    "side by side": b'{"role":"user","role":"admin"}',
    "with equal values": b'{"a":1,"a":1}',
    **{f"first {word.decode()}": b'{"a":%b,"a":1}' % word for word in (b"false", b"null", b"0", b'""', b"[]", b"{}")},
    "both null": b'{"a":null,"a":null}',
    "second false": b'{"a":true,"a":false}',
    "behind another": b'{"a":1,"b":2,"b":3}',
    "before another": b'{"a":1,"a":2,"b":3}',
    "around another, before a third": b'{"a":1,"b":2,"a":3,"c":4}',
    "three times": b'{"a":1,"b":2,"a":3,"c":4,"a":5}',
    "inside": b'{"deep":{"x":1,"y":2,"x":3}}',
    "in a list": b'[{"x":1,"x":2}]',
    "deep in both": b'{"a":[{"b":{"c":1,"c":2}}]}',
    "one written with an escape": b'{"a":1,"\\u0061":2}',
    "the empty name": b'{"":1,"":2}',
    "outside ASCII": '{"\u00e6":1,"\u00e6":2}'.encode(),
    "long": b'{"%b":1,"%b":2}' % (b"x" * 300, b"x" * 300),
    "with deep values": b'{"a":[[[[1]]]],"a":[[[[2]]]]}',
    "with objects as values": b'{"a":{"x":1},"a":{"y":2}}',
}
NO_JSON = (
    *(
        b"",
        b" ",
        b"{",
        b"}",
        b"[1",
        b'{"a"}',
        b'{"a":}',
        b"{'a': 1}",
        b'{"a": 1,}',
        b"[1,]",
        b'{"a": 1} x',
        b"{} {}",
        b"{}" * 11,
    ),
    *(
        b"{}\0",
        b"\0{}",
        b"\x0b{}",
        b"{}\x0c",
        b"\xc2\xa0{}",
        b"\xe2\x80\xa8{}",
        b'{"a":"\n"}',
        b'"\t"',
        b'"\0"',
        b'"abc',
    ),
    *(b"01", b"+1", b".5", b"1.", b"0x10", b"1_000", b"True", b"None", b"nul", b"{a: 1}", b"/**/ {}", b"{} // x"),
    *(
        b'"\\x41"',
        b'"\\u12"',
        b'{"a":1 "b":2}',
        b"(1)",
        b"NotANumber",
        b"undefined",
        b"{1: 2}",
        b'{"a": 1;}',
        b"{};",
        b"{},",
    ),
)


NO_UTF_8 = (
    *(b'{"name": "\xe6gir"}', b'"\xed\xa0\x80"', b'"\xc0\xa2"', b'"\xff"', b'{"a": "\xe2\x82"}'),
    b'"\xf5\x80\x80\x80"',
    b'"\\\xff"',  # what stands for the byte may make a good escape of the backslash
)


def world(source: random.Random) -> Any:
    """A number that differs from seed to seed."""
    return SimpleNamespace(number=source.randrange(10**6, 10**7))


def aspects(w: Any) -> list[Aspect]:
    """The one argument."""
    text = f'{{"n": {w.number}, "m": "x"}}'
    constants = {
        f"{word} {where}": form.format(word) for word in ("NaN", "Infinity", "-Infinity") for where, form in _PLACES
    }
    encodings = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
    return [
        Aspect(
            "data",
            good(*(named(name, data) for name, data in FINE.items()), rule="1"),
            good(named("a number that is new", text.encode()), rule="1"),
            rare(named("a number of 30 digits", b"1" + b"0" * 30), named("-0", b"-0"), rule="1"),
            good(*(named(name, data) for name, data in NO_TWINS.items()), rule="5"),
            bad("2", *(named(name, text.encode(name)) for name in encodings), *NO_UTF_8),
            bad("2", named("a byte order mark", text.encode("utf-8-sig")), named("a mark alone", b"\xef\xbb\xbf")),
            bad("3", *NO_JSON),
            bad("4", *(named(name, one.encode()) for name, one in constants.items())),
            bad("5", *(named(f"twice, {name}", data) for name, data in TWINS.items()), stake=HALF),
        )
    ]


_PLACES = (
    ("alone", "{}"),
    ("in an object", '{{"exp": {}}}'),
    ("in a list", "[{}]"),
    ("deep", '{{"a": [{{"b": {}}}]}}'),
)


def build(e: Any) -> Args:
    """The data."""
    return (e.data,)


def oracle(data: bytes) -> tuple[Any, set[str]]:
    """The value, and all rules that are broken; what can't be read breaks no other."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None, {"2"}
    if text.startswith("\ufeff"):
        return None, {"2"}
    broken: set[str] = set()

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(members)) != len(members):
            broken.add("5")
        return dict(members)

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=lambda name: broken.add("4"))
    except ValueError:
        return None, {"3"} if json.detect_encoding(data) == "utf-8" else {"2"}
    return value, broken


@dataclass(frozen=True)
class Read:
    """A right json_loads_strict, of parts that can be got wrong one by one."""

    decode: Callable[[bytes], Any] = lambda data: data.decode("utf-8")
    pairs: Callable[[list[tuple[str, Any]]], Any] | None = lambda members: _unique(members)
    constant: Callable[[str], Any] | None = lambda name: _refuse(name)
    after: Callable[[Any], Any] = lambda value: value

    def __call__(self, data: bytes) -> Any:
        """Read JSON."""
        return self.after(json.loads(self.decode(data), object_pairs_hook=self.pairs, parse_constant=self.constant))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("duplicate")
    return dict(pairs)


def _refuse(name: str) -> None:
    raise ValueError(name)


def _unless_true(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if members.get(name):
            raise ValueError("duplicate")
        members[name] = value
    return members


def _stripped(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name.strip() for name, _ in pairs}) != len(pairs):
        raise ValueError("duplicate")
    return dict(pairs)


READ = Read()

MISTAKES: Mistakes = {
    (RETURNS, "1"): {
        "An object comes back as None. What `object_pairs_hook` returns takes its place: return the dict.": replace(
            READ, pairs=lambda members: None
        ),
    },
    "1": {
        "JSON is not always an object: an array, a string or a number is a value too.": replace(READ, after=dict),
    },
    "2": {
        "Bytes in UTF-16 and UTF-32 are read too, as `json.loads` does when it is given bytes. Decode them as UTF-8 "
        "first.": replace(READ, decode=lambda data: data),
        "A byte order mark is swallowed, as 'utf-8-sig' does. 'utf-8' leaves it for the parser to refuse.": replace(
            READ, decode=lambda data: data.decode("utf-8-sig")
        ),
        "Bytes that are not UTF-8 are replaced, left out or guessed at, not refused, so readers differ.": replace(
            READ, decode=lambda data: data.decode("utf-8", "replace")
        ),
    },
    "4": {
        "NaN and Infinity still pass. `parse_constant` is called for them: raise ValueError there.": replace(
            READ, constant=None
        ),
        "null takes the place of NaN and Infinity. Raise ValueError in `parse_constant` instead.": replace(
            READ, constant=lambda name: None
        ),
    },
    "5": {
        "A name that occurs twice still passes. `object_pairs_hook` sees all members: raise ValueError there.": replace(
            READ, pairs=None
        ),
        "It accepts a name twice if its first value is false, null, 0 or empty. Ask whether the name is there, not "
        "whether its value counts as true.": replace(READ, pairs=_unless_true),
        "It compares names without the spaces around them; a name is exact, spaces included.": replace(
            READ, pairs=_stripped
        ),
    },
}

json_loads_strict = Exercise(
    name="json_loads_strict",
    points=10,
    spec="RFC 7515 §4, RFC 8259 §8.1, RFC 8725 §3.7",
    forbids=kit.ENCODERS,
    hints=(
        "Three things to refuse: bytes that are not UTF-8, names that occur twice in one object, and NaN and Infinity. "
        "`json.loads` can help with two of them, through hooks.",
        "`data.decode('utf-8')` first, so that nobody guesses the encoding. `object_pairs_hook` receives each object's "
        "members as a list of pairs, before any is lost; `parse_constant` is called for NaN and Infinity.",
        "Write `def unique(pairs): ...` that raises ValueError when `len(dict(pairs)) != len(pairs)` and returns the "
        "dict otherwise, and `def refuse(name): raise ValueError(name)`. Then "
        "`json.loads(data.decode('utf-8'), object_pairs_hook=unique, parse_constant=refuse)`.",
    ),
    rules=RULES,
    source=from_aspects(world, aspects, build, oracle, examples=((b'{"sub": "ada"}',),)),
    mistakes=MISTAKES,
)
