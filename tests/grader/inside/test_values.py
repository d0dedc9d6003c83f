"""Plain values: what goes over the wall comes out equal, of equal types; everything else is refused."""

import json
import math
import struct
import sys
from collections import Counter, OrderedDict, defaultdict, namedtuple
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.inside.values import (
    MAX_BITS,
    MAX_COLLIDING,
    MAX_DEPTH,
    MAX_PACKED,
    MAX_VALUES,
    NotPlain,
    pack,
    plain_text,
    shorten,
    show,
    sketch,
    unpack,
)

# st.text() leaves out lone surrogates; a learner's string may well have them.
TEXT = st.one_of(st.text(), st.text(st.characters(), max_size=5), st.just("\ud800"), st.just("a\udfffb"))
KEYS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT, st.binary(), st.tuples(st.integers())
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**400), max_value=10**400),
    st.floats(),
    TEXT,
    st.binary(max_size=40),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.lists(inner, max_size=5).map(tuple), st.dictionaries(KEYS, inner, max_size=5)
    ),
    max_leaves=25,
)


def identical(one: Any, other: Any) -> bool:
    """Equal in every detail, written without any of the code under test."""
    if type(one) is not type(other):
        return False
    if type(one) is float:
        # The sign of zero counts; which of the many NaNs it is does not.
        return (math.isnan(one) and math.isnan(other)) or struct.pack("d", one) == struct.pack("d", other)
    if type(one) in (list, tuple):
        return len(one) == len(other) and all(map(identical, one, other))
    if type(one) is dict:
        return len(one) == len(other) and all(
            key in other and identical(value, other[key]) and any(identical(key, k) for k in other)
            for key, value in one.items()
        )
    return one == other


@given(VALUES)
@settings(max_examples=300)
@example(-0.0)
@example([float("nan"), float("inf"), -float("inf")])
@example({(1, "a"): {None: b"\xff", False: ()}})
@example(-(2**5000))
def test_what_is_packed_comes_out_again(value: Any) -> None:
    text = pack(value)
    back = unpack(text)
    assert identical(back, value)
    assert pack(back) == text
    assert text.isascii()
    assert pack(value) == pack(back)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (1, 1.0),
        (0.0, -0.0),
        ([1], (1,)),
        ([], ()),
        ({}, []),
        ("a", b"a"),
        ("", None),
        ({1: "x"}, {True: "x"}),
        ({1: "x"}, {"1": "x"}),
        ([["i", "0x1"]], [1]),
        ("0x1", 1),
        (["i", "0x1"], 1),
        ([None], [False]),
        (2**64, 2.0**64),
    ],
)
def test_values_of_other_types_are_not_the_same(one: Any, other: Any) -> None:
    assert pack(one) != pack(other)
    assert pack(one) != pack(other)


def test_nan_is_the_same_as_nan_because_an_answer_may_be_one() -> None:
    assert pack(float("nan")) == pack(float("nan"))


def test_the_order_of_a_dict_does_not_matter_and_that_of_a_list_does() -> None:
    assert pack({"a": 1, "b": 2}) == pack({"b": 2, "a": 1})
    assert pack([1, 2]) != pack([2, 1])


def test_arguments_keep_the_order_of_a_dict() -> None:
    for value in ({"b": 1, "a": 2}, {"a": 2, "b": 1}, [{"n": {"y": 1, "x": 2}}]):
        assert repr(unpack(pack(value, in_order=True))) == repr(value)


class Int(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Str(str):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Bytes(bytes):
    def hex(self, *_: Any) -> str:
        return "00"


class Liar:
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class Pretender:
    """Says that it is a str."""

    __class__ = str  # type: ignore[assignment]


class Colour(IntEnum):
    RED = 1


Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    "value",
    [
        Int(3),
        Str("x"),
        Bytes(b"x"),
        Liar(),
        Pretender(),
        Colour.RED,
        Pair(1, 2),
        OrderedDict(a=1),
        type("MyList", (list,), {})(),
        type("MyDict", (dict,), {})(),
        type("MyFloat", (float,), {})(1),
        object(),
        len,
        {1},
        frozenset(),
        bytearray(b"x"),
        memoryview(b"x"),
        1j,
        range(3),
        (x for x in ()),
        Ellipsis,
        NotImplemented,
        int,
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: (1, {"k": v})], ids=["bare", "list", "dict"])
def test_nothing_but_the_exact_built_in_types_passes(value: Any, wrap: Any) -> None:
    with pytest.raises(NotPlain):
        pack(wrap(value))


def test_a_lying_key_is_refused() -> None:
    with pytest.raises(NotPlain):
        pack({Liar(): 1})
    with pytest.raises(NotPlain):
        pack({Str("a"): 1})


@pytest.mark.parametrize(
    "value",
    [
        "x" * (MAX_PACKED + 1),
        b"x" * (MAX_PACKED + 1),
        [0] * MAX_VALUES,
        1 << MAX_BITS,
        -(1 << MAX_BITS),
        {1 << MAX_BITS: None},
        ["x" * (MAX_PACKED // 2)] * 3,
        dict.fromkeys(range(MAX_VALUES // 2)),
        [[[None] * 99] * 100],
    ],
    ids=["str", "bytes", "list", "int", "negative", "key", "shared", "dict", "lists"],
)
def test_too_large_is_refused(value: Any) -> None:
    with pytest.raises(NotPlain, match="too large"):
        pack(value)
    with pytest.raises(NotPlain, match="too large"):
        unpack(json.dumps(tagged(value)))


def tagged(value: Any) -> Any:
    """What `pack` would write if it had no limits."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, bytes)):
        return ["i", hex(value)] if isinstance(value, int) else ["b", value.hex()]
    if isinstance(value, dict):
        return ["d", *([tagged(key), tagged(one)] for key, one in value.items())]
    return ["l", *map(tagged, value)]


@pytest.mark.parametrize("text", ["x", "\u00e9", "\u20ac", "\U0001f600"])
def test_whatever_can_be_packed_can_be_unpacked_however_long_it_is_written(text: str) -> None:
    largest = text * (MAX_PACKED - 4)
    assert unpack(pack(largest)) == largest


def test_the_largest_integer_can_be_printed_and_is_itself_again() -> None:
    for value in ((1 << MAX_BITS) - 1, 1 - (1 << MAX_BITS)):
        assert unpack(pack(value)) == value
        assert str(value)


COLLIDING = [number * sys.hash_info.modulus for number in range(1, MAX_COLLIDING + 2)]


@pytest.mark.parametrize("keys", [COLLIDING, [(key, ()) for key in COLLIDING]], ids=["integers", "tuples"])
def test_keys_of_one_hash_are_few(keys: list[Any]) -> None:
    few = dict.fromkeys(keys[1:])
    assert unpack(pack(few)) == few
    with pytest.raises(NotPlain, match="hash"):
        pack(dict.fromkeys(keys))
    with pytest.raises(NotPlain, match="hash"):
        unpack(json.dumps(["d", *([json.loads(pack(key)), None] for key in keys)]))


def nested(depth: int, make: Any = lambda inner: [inner]) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = make(value)
    return value


@pytest.mark.parametrize("make", [lambda v: [v], lambda v: (v,), lambda v: {"k": v}], ids=["list", "tuple", "dict"])
def test_the_depth_has_a_limit_and_up_to_it_everything_works(make: Any) -> None:
    deepest = nested(MAX_DEPTH, make)
    assert identical(unpack(pack(deepest)), deepest)
    for depth in (MAX_DEPTH + 1, 500, 100_000):
        with pytest.raises(NotPlain, match="too deep"):
            pack(nested(depth, make))


def test_a_list_that_holds_itself_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(NotPlain):
        pack(circle)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from("ifbltd")),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=20,
)
TAGGED = st.recursive(
    st.one_of(
        st.sampled_from([None, True, "x"]),
        st.tuples(st.sampled_from("ifb"), st.one_of(st.text(max_size=6), st.sampled_from(["0x1p9999", "0x", "nan"]))),
        st.tuples(st.sampled_from("ifbltdx"), JSON),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: ["l", *items]),
        st.lists(st.lists(inner, min_size=1, max_size=3), max_size=3).map(lambda items: ["d", *items]),
    ),
    max_leaves=12,
)


def refuses_or_reads(text: str) -> None:
    try:
        value = unpack(text)
    except NotPlain:
        return
    assert identical(unpack(pack(value)), value)


@given(st.one_of(st.text(), JSON.map(json.dumps), TAGGED.map(json.dumps)))
@settings(max_examples=400)
@example('["f","0x1p99999"]')
@example('["i","zz"]')
@example('["b","0"]')
@example('["d",[["l"],null]]')
@example('["d",[1,2,3]]')
@example("[]")
@example("[[]]")
@example("[" * 5000)
@example('["l",' * 200 + "null" + "]" * 200)
@example("1" * 5000)
@example('{"i":1}')
@example('["i",1]')
@example('["f",1]')
@example('["i"]')
@example('["t","\\ud800"]')
def test_any_text_is_a_value_or_refused(text: str) -> None:
    refuses_or_reads(text)


def test_a_text_beyond_every_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(NotPlain, match="too large"):
        unpack('"' + "x" * (12 * MAX_PACKED) + '"')


@given(VALUES, st.integers(min_value=10, max_value=200))
def test_show_is_short_printable_ascii(value: Any, limit: int) -> None:
    text = show(value, limit)
    assert len(text) <= limit
    assert text.isascii()
    assert text.isprintable()


def test_a_sketch_keeps_the_structure_and_shortens_what_stands_in_it() -> None:
    for value in ({"a": [1, (2,), (), (3, "x")], "b": {}, "c": None}, [], (1,), "text", b"\x00", True):
        assert sketch(value, 72) == ascii(value)
    text = sketch({"key": ["x" * 100, {"y" * 100: "\u00e9"}], "last": 1}, 20)
    assert text.startswith("{'key': ['xxxxxxxxxx...xxxxx'")
    assert text.endswith(": '\\xe9'}], 'last': 1}")
    assert len(text) < 90


def test_show_takes_what_python_does_not_print() -> None:
    assert "too long to print" in show(10**5000)
    assert "too long to print" in show([10**5000])
    assert "\x1b" not in show("\x1b[31mred")


@given(st.text(st.characters(), max_size=2000), st.integers(min_value=10, max_value=400))
@example("\x1b]0;title\x07\r\n\u202e\ud800\x00", 300)
def test_plain_text_is_one_printable_line(text: str, limit: int) -> None:
    safe = plain_text(text, limit)
    assert len(safe) <= limit
    assert all(" " <= c <= "~" for c in safe)


def test_plain_text_keeps_what_is_harmless() -> None:
    assert plain_text("it's 5 < 6 & \\ fine") == "it's 5 < 6 & \\ fine"


@given(st.text(max_size=300), st.integers(min_value=4, max_value=100))
def test_shorten_keeps_both_ends(text: str, limit: int) -> None:
    short = shorten(text, limit)
    if len(text) <= limit:
        assert short == text
    else:
        head, tail = short.split("...", 1) if short.count("...") == 1 else (short[:1], short[-1:])
        assert len(short) == limit
        assert text.startswith(head)
        assert text.endswith(tail)


# -- what subclasses of built-in types hold ---------------------------------------------------------------------------


class Lies(dict):  # type: ignore[type-arg]
    """A dict whose methods lie about its content."""

    def items(self) -> Any:
        return [("lie", 1)]

    def __iter__(self) -> Any:
        return iter(["lie"])

    def __len__(self) -> int:
        return 1


class LyingText(str):
    def __str__(self) -> str:
        return "lie"

    def __len__(self) -> int:
        return 0

    __hash__ = None  # type: ignore[assignment]


class LyingList(list):  # type: ignore[type-arg]
    def __iter__(self) -> Any:
        return iter(["lie"])


class LyingInt(int):
    def __int__(self) -> int:
        return 0

    def __index__(self) -> int:
        return 0

    def bit_length(self) -> int:
        return 0


class Word(StrEnum):
    ONE = "one"


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (Pair(1, Pair(2, 3)), (1, (2, 3))),
        (OrderedDict(b=1, a=2), {"a": 2, "b": 1}),
        (defaultdict(list, x=[1]), {"x": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (Word.ONE, "one"),
        ({Word.ONE: Colour.RED}, {"one": 1}),
        (Colour.RED, 1),
        (Str("x"), "x"),
        (Int(3), 3),
        (Bytes(b"x"), b"x"),
        (type("MyFloat", (float,), {})(1.5), 1.5),
        (type("MyTuple", (tuple,), {})((True, 0)), (True, 0)),
        (Lies(true=1), {"true": 1}),
        (LyingText("true"), "true"),
        (LyingList(["true"]), ["true"]),
        (LyingInt(7), 7),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_subclass_holds_is_read_by_the_built_in_type(value: Any, held: Any) -> None:
    packed = pack(value, of_base=True)
    assert packed == pack(held)
    assert pack(unpack(packed)) == packed
    assert repr(unpack(packed)) == repr(held) or isinstance(held, dict)


@pytest.mark.parametrize(
    "value",
    [Liar(), Pretender(), object(), len, {1}, bytearray(b"x"), memoryview(b"x"), 1j, range(3), int, {"k": bytearray()}],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_value_of_any_kind_is_still_none(value: Any) -> None:
    with pytest.raises(NotPlain):
        pack(value, of_base=True)


def test_bool_stays_apart_from_int_in_subclasses_too() -> None:
    assert pack([True, Colour.RED, 1], of_base=True) == pack([True, 1, 1])


def test_two_keys_that_hold_the_same_are_no_dict() -> None:
    class Apart(str):
        __hash__ = object.__hash__

        def __eq__(self, other: object) -> bool:
            return self is other

    with pytest.raises(NotPlain, match="two keys"):
        pack({Apart("a"): 1, Apart("a"): 2}, of_base=True)


def test_a_type_that_lies_about_its_name_is_named_all_the_same() -> None:
    class Meta(type):
        @property
        def __name__(cls) -> str:  # type: ignore[override]
            raise RuntimeError

    with pytest.raises(NotPlain, match="Nameless"):
        pack(Meta("Nameless", (), {})(), of_base=True)
