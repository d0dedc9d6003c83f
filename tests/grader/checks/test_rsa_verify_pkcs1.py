"""rsa_verify_pkcs1: wrong functions that look right, each refused and told what is wrong with it."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from grader.checks.c05_rsa import rsa_verify_pkcs1 as exercise
from grader.checks.c05_rsa.rsa_verify_pkcs1 import SHA512_256, oracle
from grader.checks.rsa_pool import PREFIX, encode
from grader.judging.result import FAILED, Result
from tests.grader.helpers import SEEDS, judged

Equal = Callable[[bytes, bytes], object]


def result_of(function: Callable[..., Any], seed: str = "self-paced") -> Result:
    return judged(exercise, function, seed)


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
    "the prefix": (but(-51, -32), "Other bytes pass for the 19 before the hash"),
    "the first byte": (lambda got, want: got[1:] == want[1:], "Another first byte passes"),
    "the 00 before the prefix": (but(-52, -51), "Another byte passes between the ff and the prefix"),
    "a line end": (pattern(b"%b$"), "as `$` does in a regular expression"),
    "what stands before the prefix": (pattern(b".*%b\\Z"), "accepts anything between"),
    "all but the first ff": (
        lambda got, want: got[:10] == want[:10] and got.endswith(want[-52:]),
        "Behind the first ff, other bytes",
    ),
    "the first ff": (lambda got, want: got[:2] + got[3:] == want[:2] + want[3:], "nothing but ff, as many as fit"),
    "the last ff": (but(-53, -52), "nothing but ff, as many as fit"),
    "the first byte of the prefix": (but(-51, -50), "Compare all of them with SHA256_PREFIX"),
    "the last byte of the prefix": (but(-33, -32), "Compare all of them with SHA256_PREFIX"),
    "the first byte of the hash": (but(-32, -31), "the 32 bytes of the message's SHA-256"),
    "the last byte of the hash": (
        lambda got, want: got[:-1] == want[:-1],
        "Another last byte of the hash passes",
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("what", LENIENT)
def test_who_does_not_look_at_a_part_of_the_encoded_message_is_told_which(what: str, seed: str) -> None:
    equal, says = LENIENT[what]
    result = result_of(opening(equal), seed)
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

    result = result_of(rsa_verify_pkcs1)
    assert result.score == 0
    assert len(result.mistakes) == 1
    assert "Other bytes pass for the 19 before the hash" in result.mistakes[0]


def test_the_other_hash_of_32_bytes_has_its_registered_name() -> None:
    assert hashlib.new("sha512_256", b"").digest_size == 32
    assert SHA512_256.hex(" ") == "30 31 30 0d 06 09 60 86 48 01 65 03 04 02 06 05 00 04 20"
    assert len(SHA512_256) == len(PREFIX)


def test_a_fixed_exponent_is_told() -> None:
    right = opening(lambda got, want: got == want)
    result = result_of(lambda n, e, message, signature: right(n, 65537, message, signature))
    assert result.score == 0
    assert result.mistakes[0].startswith("It refuses honest signatures under every e but 65537.")


def test_who_says_true_to_everything_is_told_that_and_no_more() -> None:
    always = result_of(lambda *args: True)
    assert (always.score, always.mistakes) == (0, ())
    assert always.messages[1:] == ("It says True to everything.",)


def test_a_forgotten_return_is_told_and_no_more() -> None:
    right = opening(lambda got, want: got == want)
    result = result_of(lambda *args: right(*args) or None)
    assert (result.score, result.mistakes) == (0, ())
    assert result.messages[1:] == ("It returned None, not False: return a bool.",)


def test_what_is_tried_is_what_the_reference_module_says() -> None:
    from jwt_from_scratch import Key
    from jwt_from_scratch.encoding import b64u_encode

    for trial in exercise.all_trials("reference"):
        n, e, message, signature = trial.args
        if e == 65537 and n.bit_length() == 2048:
            numbers = {"n": b64u_encode(n.to_bytes(256, "big")), "e": "AQAB"}
            key = Key.from_jwk({"kty": "RSA", "alg": "RS256", **numbers})
            assert key.verify(message, signature) is (not oracle(*trial.args)[1]), trial.text
