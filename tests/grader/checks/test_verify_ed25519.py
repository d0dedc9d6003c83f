"""verify_ed25519: what it forbids, what is let in and what that costs."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

import jwt_from_scratch
from grader.checks.c07_choosing import verify_ed25519 as exercise
from grader.checks.c07_choosing.points import ORDER, decoded, order_divides, second_spellings, small_keys
from grader.checks.c07_choosing.tokens import Mixed
from grader.checks.c07_choosing.verify_ed25519 import NAMES, VERIFY, _leaks, _names
from grader.judging.result import PASSED
from jwt_from_scratch import algorithms
from tests.grader.helpers import judged

ATTEMPTS: dict[str, Callable[..., Any]] = {
    "PyJWT decodes": lambda token, jwk: jwt.decode(token, jwt.PyJWK.from_dict(jwk), algorithms=["EdDSA"]),
    "the reference decodes": lambda token, jwk: jwt_from_scratch.decode(token, jwt_from_scratch.Key.from_jwk(jwk)),
    "the reference checks the point": lambda token, jwk: algorithms.check_ed25519_point(bytes(32)),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_would_be_the_answer_is_forbidden(attempt: Callable[..., Any]) -> None:
    result = judged(exercise, attempt)
    assert (result.score, result.status) == (0, "forbidden")


def names_if(there: Callable[[dict[str, Any]], bool]) -> Callable[..., Any]:
    """verify_ed25519 with another question whether the JWK names its algorithm."""
    return replace(VERIFY, names=lambda jwk: _names(jwk) if there(jwk) else NAMES)


LEAKS = replace(VERIFY, refuse=_leaks)


@pytest.mark.parametrize(
    ("function", "score", "says"),
    [
        (names_if(lambda jwk: bool(jwk.get("alg"))), 6, "null, empty or 0 counts as absent"),
        (names_if(lambda jwk: jwk.get("alg") is not None), 6, "An alg of null counts as absent"),
        # Fourteen keys that anyone can sign for: who lets six in loses half, who lets all in everything.
        (replace(VERIFY, sound=lambda data: data not in small_keys()), 3, "in one spelling each"),
        (replace(VERIFY, sound=lambda data: True), 0, "Keys of small order pass"),
        (LEAKS, 6, "raises InvalidSignature"),
    ],
)
def test_verify_ed25519_pays_by_what_is_let_in(function: Callable[..., Any], score: int, says: str) -> None:
    result = judged(exercise, lambda token, jwk: function(token, jwk))
    assert result.score == score
    assert says in result.mistakes[0]


def test_an_exception_of_the_library_is_called_by_its_name() -> None:
    assert "raised Exception: InvalidSignature" in judged(exercise, lambda *args: LEAKS(*args)).messages[0]


def test_the_eight_points_and_their_six_other_spellings_are_distinct() -> None:
    keys = [*small_keys(), *second_spellings()]
    assert len(set(keys)) == 14
    points = {decoded(key) for key in keys}
    assert len(points) == 8
    assert all(order_divides(point, 3) for point in points)


def test_a_right_answer_passes_whatever_the_seed() -> None:
    for seed in range(20):
        assert judged(exercise, lambda token, jwk: VERIFY(token, jwk), seed=f"choosing {seed}").status == PASSED


def test_a_mixed_keys_signature_fits_however_a_verifier_takes_the_hash() -> None:
    """OpenSSL takes it modulo L, others as it is: with a key whose order is 8·L that is not the same."""
    key = Mixed(Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x07"))
    for message in (b"", b"one", b"two"):
        signature = key.sign(message)
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
        h = int.from_bytes(hashlib.sha512(signature[:32] + key.public + message).digest(), "little")
        assert h % 8 == h % ORDER % 8 == 0
