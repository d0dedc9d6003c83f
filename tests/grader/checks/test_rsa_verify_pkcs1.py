"""Lesson 05: wrong functions that look right, each refused and told what is wrong with it."""

import hashlib
import hmac
import math
import re
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from grader_helpers import SEEDS, judged

from grader.checks import c05_rsa, exercise_named
from grader.checks.rsa_pool import PREFIX, encode
from grader.judging.result import FAILED, Result
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

Equal = Callable[[bytes, bytes], object]


def result_of(name: str, function: Callable[..., Any], seed: str = "self-paced") -> Result:
    one = exercise_named(name)
    assert one is not None
    return judged(one, function, seed)


def opening(equal: Equal) -> Callable[[int, int, bytes, bytes], bool]:
    """A verifier that is right but for how it compares what it opened with what it must be."""

    def rsa_verify_pkcs1(n: int, e: int, message: bytes, signature: bytes) -> bool:
        size, s = (n.bit_length() + 7) // 8, int.from_bytes(signature, "big")
        if len(signature) != size or s >= n:
            return False
        return bool(equal(pow(s, e, n).to_bytes(size, "big"), encode(message, size)))

    return rsa_verify_pkcs1


def pattern(ending: bytes) -> Equal:
    return lambda got, want: re.match(rb"(?s)\x00\x01\xff+\x00" + ending % re.escape(want[-51:]), got)


def but(start: int, stop: int) -> Equal:
    """All bytes are compared but some."""
    return lambda got, want: got[:start] + got[len(got) + stop :] == want[:start] + want[len(want) + stop :]


LENIENT: dict[str, tuple[Equal, str]] = {
    "the prefix": (but(-51, -32), "The 19 bytes before the hash are not looked at"),
    "the first byte": (lambda got, want: got[1:] == want[1:], "The first byte is not looked at"),
    "the 00 before the prefix": (but(-52, -51), "The byte between the ff and the prefix is not looked at"),
    "a line end": (pattern(b"%b$"), "In a regular expression `$`"),
    "what stands before the prefix": (pattern(b".*%b\\Z"), "anything may stand"),
    "all but the first ff": (
        lambda got, want: got[:10] == want[:10] and got.endswith(want[-52:]),
        "Only the first of the ff are looked at",
    ),
    "the first ff": (lambda got, want: got[:2] + got[3:] == want[:2] + want[3:], "The first ff is fe"),
    "the last ff": (but(-53, -52), "The last ff is fe"),
    "the first byte of the prefix": (but(-51, -50), "The first byte of the prefix is wrong"),
    "the last byte of the prefix": (but(-33, -32), "The last byte of the prefix is wrong"),
    "the first byte of the hash": (but(-32, -31), "The first byte of the hash is wrong"),
    "the last byte of the hash": (lambda got, want: got[:-1] == want[:-1], "The last byte of the hash is wrong"),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("what", LENIENT)
def test_who_does_not_look_at_a_part_of_the_encoded_message_is_told_which(what: str, seed: str) -> None:
    equal, says = LENIENT[what]
    result = result_of("rsa_verify_pkcs1", opening(equal), seed)
    assert (result.score, result.status) == (0, FAILED)
    assert says in " ".join((*result.messages, *result.mistakes))


def test_the_reader_who_forgets_the_prefix_has_the_rest_right() -> None:
    def rsa_verify_pkcs1(n: int, e: int, message: bytes, signature: bytes) -> bool:
        size = (n.bit_length() + 7) // 8
        s = int.from_bytes(signature, "big")
        if len(signature) != size or s >= n:
            return False
        o = pow(s, e, n).to_bytes(size, "big")
        start = b"\0\1" + b"\xff" * (size - 54) + b"\0"
        return o[: size - 51] == start and o[-32:] == hashlib.sha256(message).digest()

    result = result_of("rsa_verify_pkcs1", rsa_verify_pkcs1)
    assert (result.score, result.calls - result.right) == (0, 3)
    assert len(result.mistakes) == 1


def test_the_other_hash_of_32_bytes_has_its_registered_name() -> None:
    assert hashlib.new("sha512_256", b"").digest_size == 32
    assert c05_rsa.SHA512_256_PREFIX.hex(" ") == "30 31 30 0d 06 09 60 86 48 01 65 03 04 02 06 05 00 04 20"
    assert len(c05_rsa.SHA512_256_PREFIX) == len(PREFIX)


def test_a_fixed_exponent_is_told() -> None:
    right = opening(lambda got, want: got == want)
    result = result_of("rsa_verify_pkcs1", lambda n, e, message, signature: right(n, 65537, message, signature))
    assert result.score == 0
    assert result.mistakes[0].startswith("The exponent is fixed at 65537.")


def test_who_says_true_to_everything_is_told_that_and_no_more() -> None:
    always = result_of("rsa_verify_pkcs1", lambda *args: True)
    assert (always.score, always.mistakes) == (0, ())
    assert always.messages[1:] == ("It says True to everything.",)


def test_a_forgotten_return_is_told_and_no_more() -> None:
    right = opening(lambda got, want: got == want)
    result = result_of("rsa_verify_pkcs1", lambda *args: right(*args) or None)
    assert (result.score, result.mistakes) == (0, ())
    assert result.messages[1:] == ("It returned None, not False: return a bool.",)


# -- recover_modulus --------------------------------------------------------------------------------------------------


def differences(pairs: list[tuple[bytes, bytes]], e: int) -> list[int]:
    return [int.from_bytes(seal, "big") ** e - int.from_bytes(encode(text, len(seal)), "big") for text, seal in pairs]


def dividing_below(stop: int) -> Callable[[list[tuple[bytes, bytes]], int], int]:
    def recover_modulus(pairs: list[tuple[bytes, bytes]], e: int) -> int:
        found = math.gcd(*differences(pairs, e))
        for small in range(2, stop):
            while found % small == 0:
                found //= small
        return found

    return recover_modulus


@pytest.mark.parametrize("seed", SEEDS)
def test_who_stops_dividing_at_ten_is_told_to_go_on(seed: str) -> None:
    result = result_of("recover_modulus", dividing_below(10), seed)
    assert (result.score, result.status) == (0, FAILED)
    assert result.mistakes[0].startswith("The dividing stops too early")
    assert result_of("recover_modulus", dividing_below(1000), seed).score == 10


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda pairs, e: 3**1300, "no multiple of n"),
        (lambda pairs, e: math.lcm(*differences(pairs, e)), "a huge multiple of n"),
        (lambda pairs, e: differences(pairs, e)[0], "a huge multiple of n"),
    ],
)
def test_what_is_said_of_a_wrong_modulus_is_true(function: Callable[..., Any], says: str) -> None:
    result = result_of("recover_modulus", function)
    assert result.score == 0
    assert len(result.mistakes) == 1
    assert says in result.mistakes[0]


def test_a_power_without_end_and_a_division_without_end_are_told_what_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def endless(*args: Any) -> None:
        while True:
            pass

    for name, says in (("rsa_verify_pkcs1", "Use `pow(s, e, n)`."), ("recover_modulus", "below 1,000")):
        one = exercise_named(name)
        assert one is not None
        monkeypatch.setitem(vars(one), "seconds", 0.2)
        result = judged(one, endless)
        assert result.status == "timed out"
        assert says in result.messages[1]


# -- forge_confused ---------------------------------------------------------------------------------------------------


def sealed(header: bytes, payload: bytes, secret: bytes) -> str:
    text = f"{b64u_encode(header)}.{b64u_encode(payload)}"
    return f"{text}.{b64u_encode(hmac.digest(secret, text.encode(), 'sha256'))}"


def replaces_words(token: str, public_pem: bytes) -> str:
    header, payload, _ = map(b64u_decode, token.split("."))
    return sealed(header.replace(b"RS256", b"HS256"), payload.replace(b"visitor", b"admin"), public_pem)


def changes_only_what_is_there(token: str, public_pem: bytes) -> str:
    claims = json_loads_strict(b64u_decode(token.split(".")[1]))
    if "role" in claims:
        claims["role"] = "admin"
    return sealed(b'{"alg":"HS256"}', json_dumps(claims), public_pem)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("function", "says"),
    [
        (replaces_words, "A word is replaced wherever it stands"),
        (changes_only_what_is_there, "A token without a role gets none."),
    ],
)
def test_a_role_is_set_and_not_replaced(function: Callable[..., str], says: str, seed: str) -> None:
    result = result_of("forge_confused", function, seed)
    assert (result.score, result.status) == (0, FAILED)
    assert result.mistakes[0].startswith(says)


def test_why_a_library_is_forbidden_is_true_of_reading_too() -> None:
    def reads_with_a_library(token: str, public_pem: bytes) -> str:
        claims = jwt.decode(token, options={"verify_signature": False})
        return sealed(b'{"alg":"HS256"}', json_dumps(claims | {"role": "admin"}), public_pem)

    result = result_of("forge_confused", reads_with_a_library)
    assert (result.score, result.status) == (0, "forbidden")
    assert "because you make this token by hand" in result.messages[0]
    assert "__" not in result.messages[0]
