"""ecdsa_verify: wrong code that looks right from one call, what each costs, and what is said of it."""

import hashlib
import random
from collections.abc import Callable
from typing import Any

import pytest

from grader.checks.c06_ecdsa import ecdsa_verify as exercise
from grader.checks.c06_ecdsa.common import made_for, multiple
from grader.judging.result import PASSED, Result
from jwt_from_scratch.services import p256 as given
from jwt_from_scratch.services.p256 import FIELD, A, B, G, N
from tests.grader.helpers import judged


def result_of(function: Callable[..., Any]) -> Result:
    return judged(exercise, function)


def taught(
    length: Callable[[int], bool] = lambda size: size == 64,
    r_fits: Callable[[int], bool] = lambda r: 1 <= r < N,
    s_fits: Callable[[int], bool] = lambda s: 1 <= s < N,
    point: Callable[[int, int], bool] = lambda x, y: 0 <= x < FIELD and 0 <= y < FIELD and on_curve(x, y),
    none: bool = True,
    add: Callable[[Any, Any], Any] = given.point_add,
    answer: Callable[[bool], Any] = bool,
) -> Callable[..., Any]:
    """The lesson's own solution, with a rule to be got wrong."""

    def multiple(k: int, p: Any) -> Any:
        total = None
        while k:
            total = add(total, p) if k % 2 else total
            p, k = add(p, p), k // 2
        return total

    def ecdsa_verify(public: Any, message: bytes, signature: bytes) -> Any:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not length(len(signature)) or not (r_fits(r) and s_fits(s)) or (none and public is None):
            return answer(False)
        if public is not None and not point(*public):
            return answer(False)
        e, w = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, N)
        total = add(multiple(e * w % N, G), multiple(r * w % N, public))
        return answer(total is not None and total[0] % N == r)

    return ecdsa_verify


def on_curve(x: int, y: int) -> bool:
    return (y * y - (x**3 + A * x + B)) % FIELD == 0


def add_by_equality(p: Any, q: Any) -> Any:
    """Right on the curve. Off it, twice a point with y = 0 asks for the inverse of zero."""
    if p and q and p[0] == q[0] and p[1] == q[1] == 0:
        raise ValueError("base is not invertible for the given modulus")
    return given.point_add(p, q)


def anything(*_: int) -> bool:
    return True


@pytest.mark.parametrize(
    ("function", "score", "says"),
    [
        (taught(length=anything), 9, "zero bytes too many before s, or too few"),
        (taught(length=lambda size: size >= 64), 9, "A longer signature passes"),
        (taught(length=lambda size: size <= 64), 9, "A shorter signature passes"),
        (taught(length=lambda size: size in (63, 64)), 9, "A shorter signature passes"),
        (taught(length=lambda size: 60 <= size <= 64), 9, "A shorter signature passes"),
        (taught(r_fits=anything, s_fits=anything), 9, "s + N passes as another spelling of s"),
        (taught(s_fits=anything), 9, "“s + N in place of s”"),
        (taught(r_fits=lambda r: 1 <= r < FIELD, s_fits=lambda s: 1 <= s < FIELD), 9, "below N (not FIELD)"),
        (taught(point=on_curve), 8, "below 0 or from FIELD on"),
        # Who lets in a key that anyone can sign for loses half; who only stumbles over it, little.
        (taught(point=lambda x, y: 0 <= x < FIELD and 0 <= y < FIELD), 4, "A public point off the curve passes"),
        (taught(point=lambda x, y: 0 <= x < FIELD and 0 <= y < FIELD, add=add_by_equality), 9, "Rule 3, too lax"),
        (taught(point=anything, none=False), 0, "None passes for a public point"),
        (taught(point=anything, none=False, add=add_by_equality), 0, "None passes for a public point"),
    ],
)
def test_a_rule_that_is_left_out_costs_points_and_is_named(function: Callable[..., Any], score: int, says: str) -> None:
    result = result_of(function)
    assert result.score == score
    assert says in result.remarks[0] + " ".join(result.messages)


def test_who_checks_nothing_of_the_point_is_told_all_three_things() -> None:
    mistakes = result_of(taught(point=anything, none=False)).mistakes
    assert [next(one for one in mistakes if says in one) for says in ("None passes", "from FIELD on", "off the curve")]


def test_who_says_true_to_everything_is_told_that_and_no_more() -> None:
    result = result_of(lambda *_: True)
    assert (result.score, result.mistakes) == (0, ())
    assert result.messages[1:] == ("It says True to everything.",)


def test_no_word_of_r_plus_n_to_whom_it_did_not_pass() -> None:
    for function in (
        taught(r_fits=anything, s_fits=anything),
        taught(s_fits=anything),
        taught(r_fits=lambda r: r > 0, s_fits=lambda s: s > 0),
    ):
        assert "r + N" not in " ".join(result_of(function).mistakes)


def test_a_whole_number_in_place_of_a_bool_is_told_so() -> None:
    assert result_of(taught()).status == PASSED
    messages = result_of(taught(answer=int)).messages
    assert messages[1:] == ("It returned 1, not True: return a bool.",)


def test_multiples_are_those_of_the_lesson() -> None:
    chance = random.Random(6)
    for k in (1, 2, 3, 7, chance.randrange(N), N - 2):
        assert multiple(k, given.scalar_mul(5, G)) == given.scalar_mul(5 * k, G)


def test_what_is_computed_to_fit_fits_and_is_cheap() -> None:
    for seed in range(5):
        fits = made_for(random.Random(seed), b"message")
        assert taught()(*fits.call)
        e = int.from_bytes(hashlib.sha256(b"message").digest(), "big")
        assert all(number * pow(fits.s, -1, N) % N < 2**12 for number in (e, fits.r))
