"""recover_modulus: what is said of a wrong modulus is true, and the pairs are what their names say."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from grader.checks import exercise_named
from grader.checks.c05_rsa import recover_modulus as exercise
from grader.checks.c05_rsa.recover_modulus import FIXED, LEAVES, TWO_LEAVE_10007, fixed_pair, quotient
from grader.checks.rsa_pool import encode
from grader.judging.result import FAILED, Result
from tests.grader.helpers import SEEDS, judged


def result_of(function: Callable[..., Any], seed: str = "self-paced") -> Result:
    return judged(exercise, function, seed)


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
    result = result_of(dividing_below(10), seed)
    assert (result.score, result.status) == (0, FAILED)
    assert result.mistakes[0].startswith("The dividing stops too early")
    assert result_of(dividing_below(1000), seed).score == 10


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda pairs, e: 3**1300, "no multiple of n"),
        (lambda pairs, e: differences(pairs, e)[0], "a huge multiple of n"),
    ],
)
def test_what_is_said_of_a_wrong_modulus_is_true(function: Callable[..., Any], says: str) -> None:
    result = result_of(function)
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


def test_the_chosen_pairs_leave_what_their_table_says() -> None:
    for factor, numbers in LEAVES.items():
        assert math.gcd(*(quotient(fixed_pair(one), FIXED) for one in numbers)) == factor
    assert math.gcd(*(quotient(fixed_pair(one), FIXED) for one in TWO_LEAVE_10007)) == 10007


def test_two_pairs_are_not_enough() -> None:
    assert (
        result_of(lambda pairs, e: dividing_below(1000)(pairs[:2], e))
        .mistakes[0]
        .startswith("What comes out is what the first two pairs leave")
    )
    assert result_of(lambda pairs, e: dividing_below(1000)(pairs[:3], e)).score == 10
