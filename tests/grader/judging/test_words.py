from typing import Any

import pytest

from grader.inside.values import pack, unpack
from grader.judging.words import beside, in_order_of

CLAIMS = {"typ": "at+jwt", "iss": "https://login.example/a/long/path", "aud": "shop", "scope": "read write", "exp": 19}


@pytest.mark.parametrize(
    ("value", "other"),
    [
        ({**CLAIMS, "exp": 18}, CLAIMS),
        (CLAIMS, {**CLAIMS, "exp": 18}),
        ([1] * 50 + [3] + [1] * 50, [1] * 101),
        ([1] * 101, [1] * 50 + [3] + [1] * 50),
        ("a" * 200 + "b", "a" * 200 + "c"),
        (b"a" * 200 + b"b", b"a" * 200 + b"c"),
        (("a" * 60, {"b": ["c" * 60, 1]}), ("a" * 60, {"b": ["c" * 60, 2]})),
        ([1] * 100, [1] * 99),
    ],
    ids=["a member", "another", "an item", "of equal ones", "a text", "bytes", "deep inside", "one item more"],
)
def test_what_differs_stays_in(value: Any, other: Any) -> None:
    assert beside(value, other) != beside(other, value)
    assert len(beside(value, other)) <= 80


@pytest.mark.parametrize(
    "value", [CLAIMS, [1] * 100, "a" * 200, None, 10**3000], ids=["claims", "items", "a text", "None", "a large number"]
)
def test_what_does_not_differ_is_shortened(value: Any) -> None:
    assert beside(value, value) == beside(unpack(pack(value)), value)
    assert len(beside(value, value)) <= 72


def test_members_stand_in_the_others_order_and_keep_their_own_type() -> None:
    assert list(in_order_of(unpack(pack(CLAIMS)), CLAIMS)) == list(CLAIMS)
    assert beside({"b": 1, "a": 2, "c": [{"y": 1, "x": 2}]}, {"a": 2, "c": [{"x": 2, "y": 1}]}) == (
        "{'a': 2, 'c': [{'x': 2, 'y': 1}], 'b': 1}"
    )
    assert beside({True: "x"}, {1: "x"}) == "{True: 'x'}"
