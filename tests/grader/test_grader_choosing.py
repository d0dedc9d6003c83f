"""Lesson 07's exercises: what they forbid, and what they leave to the learner."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from grader_helpers import judged

import jwt_from_scratch
from grader.checks import c07_choosing, exercise_named
from grader.checks.judge import PASSED
from jwt_from_scratch import algorithms

ATTEMPTS: dict[str, Callable[..., Any]] = {
    "PyJWT decodes": lambda token, jwk: jwt.decode(token, jwt.PyJWK.from_dict(jwk), algorithms=["EdDSA"]),
    "the reference decodes": lambda token, jwk: jwt_from_scratch.decode(token, jwt_from_scratch.Key.from_jwk(jwk)),
    "the reference checks the point": lambda token, jwk: algorithms.check_ed25519_point(bytes(32)),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_would_be_the_answer_is_forbidden(attempt: Callable[..., Any]) -> None:
    one = exercise_named("verify_ed25519")
    assert one is not None
    result = judged(one, attempt)
    assert (result.score, result.status) == (0, "forbidden")


def test_the_eight_points_and_their_six_other_spellings_are_distinct() -> None:
    keys = [*c07_choosing._small_keys(), *c07_choosing._second_spellings()]
    assert len(set(keys)) == 14
    points = {c07_choosing._point(key) for key in keys}
    assert len(points) == 8
    assert all(c07_choosing._order_divides(point, 3) for point in points)


def test_the_order_of_the_known_names_says_nothing() -> None:
    for names in (["RS256", "PS256"], ["PS256", "RS256"]):
        assert c07_choosing._choose(c07_choosing._scenario(verifiers_know=names)) == "PS256"


def test_a_right_answer_passes_whatever_the_seed() -> None:
    for name, function in (
        ("choose_algorithm", c07_choosing._choose),
        ("verify_ed25519", c07_choosing._ed25519_with()),
    ):
        one = exercise_named(name)
        assert one is not None
        for seed in range(20):
            # The checks' own functions take options behind the arguments; only the arguments are given.
            assert judged(one, lambda *args, f=function: f(*args), seed=f"choosing {seed}").status == PASSED
