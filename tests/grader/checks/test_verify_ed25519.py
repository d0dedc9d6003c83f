"""Lesson 07's exercises: what they forbid, and what they leave to the learner."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from grader_helpers import judged

import jwt_from_scratch
from grader.checks import c07_choosing, exercise_named
from grader.judging.result import PASSED, Result
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


def result_of(name: str, function: Callable[..., Any]) -> Result:
    one = exercise_named(name)
    assert one is not None
    return judged(one, lambda *args: function(*args))


def names_if(there: Callable[[dict[str, Any]], bool]) -> Callable[..., Any]:
    """verify_ed25519 with another question whether the JWK names its algorithm."""
    return c07_choosing._ed25519_with(
        names=lambda jwk: c07_choosing._allowed_names(jwk) if there(jwk) else ["Ed25519", "EdDSA"]
    )


def leaks(token: str, jwk: dict[str, Any]) -> Any:
    return c07_choosing._ed25519_with(escapes=True)(token, jwk)


@pytest.mark.parametrize(
    ("function", "score", "says"),
    [
        (names_if(lambda jwk: bool(jwk.get("alg"))), 6, "null, empty or 0 counts as absent"),
        (names_if(lambda jwk: jwk.get("alg") is not None), 6, "An alg of null counts as absent"),
        # Fourteen keys that anyone can sign for: who lets six in loses half, who lets all in everything.
        (
            c07_choosing._ed25519_with(
                point=c07_choosing._refuse_unless(lambda data: data not in c07_choosing._small_keys())
            ),
            3,
            "in one spelling each",
        ),
        (c07_choosing._ed25519_with(point=lambda data: None), 0, "The key is never looked at"),
        (leaks, 6, "raises InvalidSignature"),
    ],
)
def test_verify_ed25519_pays_by_what_is_let_in(function: Callable[..., Any], score: int, says: str) -> None:
    result = result_of("verify_ed25519", function)
    assert result.score == score
    assert says in result.mistakes[0]


def test_an_exception_of_the_library_is_called_by_its_name() -> None:
    assert "raised Exception: InvalidSignature" in result_of("verify_ed25519", leaks).messages[0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"zero": False}, "0 counts as no limit"),
        ({"limit": lambda size, limit: size < limit}, "exactly as long as"),
        ({"limit": lambda size, limit: -(-size * 4 // 3) <= limit}, "The base64url text is measured"),
    ],
)
def test_a_limit_that_is_read_wrongly_is_named_and_no_other(options: dict[str, Any], says: str) -> None:
    result = result_of(
        "choose_algorithm",
        lambda scenario: c07_choosing._choose(
            scenario, allow=lambda name, facts: c07_choosing._allowed(name, facts, **options)
        ),
    )
    assert result.score < 8
    assert len(result.mistakes) == 1
    assert says in result.mistakes[0]


def test_a_tuple_is_no_list_and_an_empty_text_not_none() -> None:
    for options, says in (
        ({"known": (list, tuple, set)}, "A tuple is taken"),
        ({"key": "truthy"}, "An empty `key_alg` counts as none"),
    ):
        result = result_of("choose_algorithm", lambda scenario, o=options: c07_choosing._choose(scenario, **o))
        assert result.score == 7
        assert says in result.mistakes[0]


def test_who_goes_by_the_list_of_known_names_hears_of_their_order_only() -> None:
    def by_the_list(scenario: dict[str, Any]) -> Any:
        return c07_choosing._choose(scenario, order=c07_choosing._as_listed(scenario))

    result = result_of("choose_algorithm", by_the_list)
    assert len(result.mistakes) == 1
    assert "order of `verifiers_know`" in result.mistakes[0]
    assert "HS256 can also make it" not in " ".join(result.messages)


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
