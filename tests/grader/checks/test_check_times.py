"""check_times: nearly right functions, each refused for its own reason; a refusal that nobody hears."""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.checks.c03_claims import check_times as exercise
from grader.checks.c03_claims.check_times import TIMES
from grader.checks.c03_claims.common import SILENT
from grader.judging.result import FAILED, PARTIAL, PASSED
from tests.grader.helpers import judged

Function = Callable[..., Any]


def result_of(function: Function) -> Any:
    return judged(exercise, lambda claims, now, leeway: function(claims, now, leeway))


def saying(text: Callable[[str], str]) -> Function:
    def check(claims: dict[str, Any], now: float, leeway: float) -> None:
        if name := TIMES.at_fault(claims, now, leeway):
            raise ValueError(text(name))

    return check


@pytest.mark.parametrize(
    ("function", "least", "most", "says"),
    [
        (replace(TIMES, is_time=lambda v: type(v) in (int, float) and math.isfinite(v)), 8, 9, "10**400 fits into"),
        (replace(TIMES, clock=int), 8, 9, "is rounded"),
        (replace(TIMES, late=lambda exp, now, leeway: round(now - leeway) >= exp), 8, 9, "Rule 3"),
        (replace(TIMES, late=lambda e, now, leeway: now - leeway >= e or e > now + 10**9), 8, 9, "A far exp is"),
        (replace(TIMES, convert=float), 5, 8, "turns text into numbers"),
        (replace(TIMES, required=False), 4, 5, "A token without exp is taken"),
        (
            replace(TIMES, required=False, present=lambda claims, name: name == "exp" or name in claims),
            8,
            9,
            "A missing exp ends in a KeyError",
        ),
        (saying(lambda name: "bad exp, nbf or iat"), 2, 9, "names what is not at fault"),
        (saying(lambda name: "expired or too early"), 1, 9, "lacks the word exp"),
    ],
)
def test_what_is_nearly_right_is_refused(function: Function, least: int, most: int, says: str) -> None:
    result = result_of(function)
    assert least <= result.score <= most, result
    assert result.status == PARTIAL
    assert says in " ".join((*result.mistakes, *result.messages)), result


@pytest.mark.parametrize(
    "function",
    [
        replace(TIMES, is_time=lambda v: type(v) is int or (type(v) is float and abs(v) < 1.7e308)),
        saying(lambda name: f"{name}_in_past" if name == "exp" else f"bad_{name}"),
        saying(lambda name: f"{name}: {{'exp': 1, 'nbf': 2, 'iat': 3}}"),
    ],
)
def test_what_is_right_in_its_own_way_passes(function: Function) -> None:
    assert result_of(function).status == PASSED


def prints_and_returns(claims: dict[str, Any], now: float, leeway: float) -> None:
    if now - leeway >= claims["exp"]:
        print("expired")


def refuses_all(claims: dict[str, Any], now: float, leeway: float) -> None:
    raise ValueError("exp")


def prints_or_gives_the_claims(claims: dict[str, Any], now: float, leeway: float) -> Any:
    return None if TIMES.at_fault(claims, now, leeway) else claims


@pytest.mark.parametrize(
    "function", [lambda claims, now, leeway: None, prints_or_gives_the_claims], ids=["none", "none or the claims"]
)
def test_who_refuses_by_none_is_told_that_and_nothing_else(function: Function) -> None:
    result = result_of(function)
    assert (result.score, result.status) == (0, FAILED)
    assert result.mistakes == (SILENT,)
    assert not result.rows[0].right
    assert result.rows[0].got == "returned None"


def test_who_prints_in_place_of_refusing_earns_nothing() -> None:
    result = result_of(prints_and_returns)
    assert (result.score, result.status) == (0, FAILED)
    assert "No exp is refused for the time" in " ".join(result.mistakes)
    assert "it must raise ValueError" in result.messages[0]


def over_if_whole(exp: float, now: float, leeway: float) -> bool:
    return now - leeway > exp or (isinstance(exp, int) and now - leeway == exp)


@pytest.mark.parametrize(
    "function",
    [
        refuses_all,
        lambda claims, now, leeway: TIMES(claims, now, leeway / 2),
        replace(TIMES, late=over_if_whole),
        lambda claims, now, leeway: TIMES(claims, now, leeway) or claims["exp"] - now,
    ],
    ids=["all refused", "half of the leeway", "a float may be equal", "what is left"],
)
def test_what_is_like_a_known_mistake_is_not_named_so(function: Function) -> None:
    result = result_of(function)
    assert result.status != PASSED
    assert result.mistakes == ()


def test_who_asks_the_system_clock_is_told_so() -> None:
    (said,) = result_of(replace(TIMES, clock=lambda now: time.time())).mistakes
    assert "system clock" in said


def test_who_raises_elsewhere_and_takes_one_is_told_what_is_taken() -> None:
    for changes in ({"late": lambda exp, now, leeway: False}, {"early": lambda nbf, now, leeway: False}):
        (said,) = result_of(replace(TIMES, **changes)).mistakes
        assert "is refused for the time" in said


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"future": lambda iat, now, leeway: iat > now}, "not granted for iat"),
        ({"future": lambda iat, now, leeway: iat > now - leeway}, "iat stricter here"),
        ({"early": lambda nbf, now, leeway: now - leeway < nbf}, "nbf stricter here"),
        ({"early": lambda nbf, now, leeway: now < nbf}, "not granted for nbf"),
        ({"late": lambda exp, now, leeway: now + leeway >= exp}, "life shorter"),
        ({"missing": lambda claims: not claims.get("exp")}, "0 is a number"),
    ],
    ids=["iat, no leeway", "iat, taken off", "nbf, taken off", "nbf, no leeway", "exp, added", "exp 0"],
)
def test_a_leeway_that_is_wrong_for_one_claim_is_told_of_that_claim_alone(changes: Any, says: str) -> None:
    result = result_of(replace(TIMES, **changes))
    said = " ".join((*result.mistakes, *result.messages[1:]))
    assert says in said
    assert len(result.mistakes) + len(result.messages) == 2
    assert result.rows[0].cost == ("a part" if "missing" in changes else "all points")


def test_who_accepts_one_and_raises_all_others_is_not_told_to_raise() -> None:
    taking_no_infinity = replace(TIMES, is_time=lambda v: type(v) in (int, float) and v == v and v != math.inf)
    result = result_of(taking_no_infinity)
    assert result.status == PARTIAL
    assert "must be raised" not in " ".join(result.messages)
