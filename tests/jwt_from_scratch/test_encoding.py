import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_from_scratch import EncodingError
from jwt_from_scratch.encoding import MAX_DEPTH, b64u_decode, b64u_encode, check_json, json_dumps, json_loads_strict
from tests.jwt_from_scratch.helpers import hostile_values, json_values, vectors


def cases(file, group):
    return [pytest.param(case, id=f"{number}-{case.get('why', case['text'])}") for number, case in
            enumerate(vectors(file)[group])]  # fmt: skip


# -- base64url --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("rfc7515")["base64url"], ids=lambda case: case["section"])
def test_rfc7515_base64url(case):
    assert b64u_encode(bytes(case["octets"])) == case["text"]
    assert b64u_decode(case["text"]) == bytes(case["octets"])


@pytest.mark.parametrize("case", cases("hostile_base64url", "refused"))
def test_a_spelling_that_is_not_canonical_is_refused(case):
    with pytest.raises(EncodingError):
        b64u_decode(case["text"])


@pytest.mark.parametrize("case", cases("hostile_base64url", "accepted"))
def test_canonical_spellings(case):
    assert b64u_decode(case["text"]) == bytes.fromhex(case["hex"])
    assert b64u_encode(bytes.fromhex(case["hex"])) == case["text"]


@given(st.binary(max_size=200))
def test_base64url_round_trip(data):
    text = b64u_encode(data)
    assert b64u_decode(text) == data
    assert not set(text) & set("+/=\n")


@given(st.text(max_size=20) | st.text(alphabet="AQgw-_+/= \n8", max_size=12))
def test_base64url_is_injective(text):
    """What is accepted at all is the one spelling that the encoder gives."""
    try:
        data = b64u_decode(text)
    except EncodingError:
        return
    assert b64u_encode(data) == text


def test_every_second_spelling_of_one_byte_is_refused():
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = []
    for first in alphabet:
        for second in alphabet:
            try:
                accepted.append(b64u_decode(first + second))
            except EncodingError:
                continue
    assert sorted(accepted) == [bytes([value]) for value in range(256)]


@pytest.mark.parametrize("value", [None, "QQ", bytearray(b"A"), memoryview(b"A"), 7, [65]])
def test_b64u_encode_wants_bytes(value):
    with pytest.raises(TypeError):
        b64u_encode(value)


@pytest.mark.parametrize("value", [None, b"QQ", bytearray(b"QQ"), 7, ["Q"]])
def test_b64u_decode_wants_text(value):
    with pytest.raises(TypeError):
        b64u_decode(value)


# -- JSON -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("hostile_json", "refused"))
def test_json_with_no_or_several_meanings_is_refused(case):
    with pytest.raises(EncodingError):
        json_loads_strict(case["text"].encode())


@pytest.mark.parametrize("case", cases("hostile_json", "accepted"))
def test_json_with_one_meaning(case):
    assert json_loads_strict(case["text"].encode()) == case["value"]


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":"\xff"}',
        b'{"a":"\xc0\xaf"}',  # an overlong solidus
        b'"\xed\xa0\x80"',  # half of a surrogate pair, as UTF-8 would write it
        b'"\xf4\x90\x80\x80"',  # beyond U+10FFFF
        b'"\xe2\x82"',  # cut off
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-16-le"),
        '{"a":1}'.encode("utf-16-be"),
        '{"a":1}'.encode("utf-32"),
        '{"a":1}'.encode("utf-32-be"),
        b"\xef\xbb\xbf{}",
        b"\xef\xbb\xbf",
    ],
)
def test_nothing_but_utf8_without_a_mark(data):
    with pytest.raises(EncodingError):
        json_loads_strict(data)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_32_is_the_last_one_read(opening, closing):
    def nested(depth):
        return (opening * depth + "0" + closing * depth).encode()

    assert MAX_DEPTH == 32
    json_loads_strict(nested(32))
    for depth in (33, 1000, 100_000):
        with pytest.raises(EncodingError):
            json_loads_strict(nested(depth))
    with pytest.raises(EncodingError):
        json_loads_strict((opening * 100_000).encode())


@pytest.mark.parametrize("make", [lambda inner: [inner], lambda inner: (inner,), lambda inner: {"a": inner}])
def test_depth_32_is_the_last_one_written(make):
    value = 0
    for _ in range(32):
        value = make(value)
    assert json_dumps(value)
    with pytest.raises(EncodingError):
        json_dumps(make(value))


@pytest.mark.parametrize(
    "function", [lambda: json_loads_strict(b"[[1.5]]"), lambda: json_dumps([[1.5]])], ids=["read", "write"]
)
def test_a_stack_that_is_nearly_full_is_no_fault_of_the_data(function):
    def deeper():
        function()
        deeper()

    with pytest.raises(RecursionError):
        deeper()


def test_a_string_that_does_not_end_is_looked_through_once():
    """Half a million quotes in it: to begin anew at each of them would take hours."""
    with pytest.raises(ValueError, match="not JSON"):
        json_loads_strict(b'["' + b"[" * (MAX_DEPTH + 1) + b'", "' + b'\\"' * 500_000)


def test_many_flat_members_are_not_deep():
    text = json.dumps([[1], {"a": {}}] * 100).encode()
    assert json_loads_strict(text) == [[1], {"a": {}}] * 100


def test_brackets_inside_strings_are_not_depth():
    assert json_loads_strict(b'"' + b"[" * 500 + b'"') == "[" * 500


def test_long_numbers():
    assert json_loads_strict(b"9" * 400) == 10**400 - 1
    for text in (b"9" * 5000, b"-" + b"9" * 5000, b'{"a":[' + b"1" * 5000 + b"]}"):
        with pytest.raises(EncodingError):
            json_loads_strict(text)
    with pytest.raises(EncodingError):
        json_dumps(10**5000)


@given(json_values)
def test_json_round_trip(value):
    data = json_dumps(value)
    again = json_loads_strict(data)
    assert again == value
    assert json_dumps(again) == data


def test_json_dumps_is_compact_utf8():
    assert json_dumps({"a": [1, "ä"], "b": None}) == '{"a":[1,"ä"],"b":null}'.encode()


@given(st.binary(max_size=80) | st.text(alphabet='{}[]:,"\\u0159eE+-.dD8aN ', max_size=30).map(str.encode))
def test_arbitrary_bytes_are_json_or_refused(data):
    try:
        value = json_loads_strict(data)
    except EncodingError:
        return
    assert value == json.loads(data.decode("utf-8"))
    assert json_loads_strict(json_dumps(value)) == value


@given(hostile_values)
def test_json_dumps_raises_nothing_else(value):
    try:
        data = json_dumps(value)
    except (EncodingError, TypeError):
        return
    json_loads_strict(data)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), [float("-inf")], "\ud800", {"\udfff": 1}, ["a", {"b": "x\ud83d"}]]
)
def test_json_dumps_refuses_what_the_reader_refuses(value):
    with pytest.raises(EncodingError):
        json_dumps(value)


def test_json_dumps_refuses_a_cycle():
    cycle = []
    cycle.append(cycle)
    with pytest.raises(EncodingError):
        json_dumps(cycle)
    circle = {}
    circle["self"] = circle
    with pytest.raises(EncodingError):
        json_dumps(circle)


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), [b"x"], {"a": {1: 2}}, {None: 1}, {True: 1}, {1.5: 1}])
def test_json_dumps_type_errors(value):
    with pytest.raises(TypeError):
        json_dumps(value)


@pytest.mark.parametrize("value", [None, "{}", bytearray(b"{}"), memoryview(b"{}"), {}])
def test_json_loads_strict_wants_bytes(value):
    with pytest.raises(TypeError):
        json_loads_strict(value)


def test_check_json_looks_at_names_and_values():
    check_json({"a": ["é", 1, None, True, 2.5]})
    for value in ("\ud800", {"\ud800": 1}, [["\udc00"]]):
        with pytest.raises(EncodingError):
            check_json(value)
    with pytest.raises(TypeError):
        check_json([{7: 1}])
