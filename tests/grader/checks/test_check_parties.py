"""check_parties: nearly right functions, each refused for its own reason; a refusal that nobody hears."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.checks.c03_claims import check_parties as exercise
from grader.checks.c03_claims.check_parties import PARTIES, _strings_with
from grader.checks.c03_claims.common import SILENT
from grader.judging.result import FAILED, PARTIAL, PASSED
from tests.grader.helpers import judged

Function = Callable[..., Any]


def result_of(function: Function) -> Any:
    return judged(exercise, lambda claims, issuer, audience: function(claims, issuer, audience))


def saying(**texts: str) -> Function:
    def check(claims: dict[str, Any], issuer: str, audience: str) -> None:
        try:
            PARTIES(claims, issuer, audience)
        except ValueError as error:
            raise ValueError(texts[str(error)[:3]]) from None

    return check


@pytest.mark.parametrize(
    ("function", "least", "most", "says"),
    [
        (
            replace(PARTIES, aud_has=lambda aud, audience: aud is None or _strings_with(aud, audience)),
            4,
            5,
            "it opens every API",
        ),
        (replace(PARTIES, get=lambda claims, name: claims[name]), 7, 9, "KeyError"),
        (saying(iss="iss or aud is wrong", aud="iss or aud is wrong"), 1, 9, "names what is not at fault"),
        (saying(iss="wrong issuer", aud="wrong audience"), 1, 9, "lacks the word"),
    ],
)
def test_what_is_nearly_right_is_refused(function: Function, least: int, most: int, says: str) -> None:
    result = result_of(function)
    assert least <= result.score <= most, result
    assert result.status == PARTIAL
    assert says in " ".join((*result.mistakes, *result.messages)), result


def test_a_text_may_name_the_claim_in_its_own_way() -> None:
    assert result_of(saying(iss="iss_mismatch", aud="bad_aud")).status == PASSED


def none_or_the_claims(claims: dict[str, Any], issuer: str, audience: str) -> Any:
    aud = claims.get("aud")
    names = [aud] if isinstance(aud, str) else aud
    strings = isinstance(names, list) and all(isinstance(one, str) for one in names)
    return claims if claims.get("iss") == issuer and strings and audience in names else None


def raises_once(claims: dict[str, Any], issuer: str, audience: str) -> Any:
    if "iss" not in claims:
        raise ValueError("iss")
    return none_or_the_claims(claims, issuer, audience)


@pytest.mark.parametrize("function", [none_or_the_claims, lambda claims, issuer, audience: None])
def test_who_refuses_by_none_is_told_that_and_nothing_else(function: Function) -> None:
    result = result_of(function)
    assert (result.score, result.status) == (0, FAILED)
    assert result.mistakes == (SILENT,)
    assert not result.rows[0].right
    assert result.rows[0].got == "returned None"


@pytest.mark.parametrize("function", [raises_once, lambda claims, issuer, audience: None])
def test_who_hardly_ever_raises_earns_nothing_and_is_told_what_is_wrong(function: Function) -> None:
    result = result_of(function)
    assert (result.score, result.status) == (0, FAILED)
    assert result.rows[0].got == "returned None"
    assert "must be raised, not returned" in " ".join((*result.messages, *result.mistakes)) or result.mistakes


def test_what_costs_all_points_is_told_and_shown_before_what_costs_a_part() -> None:
    function = replace(
        PARTIES,
        get=lambda claims, name: claims[name],
        aud_has=lambda aud, audience: isinstance(aud, (str, list)) and audience in aud,
    )
    result = result_of(function)
    assert result.score == 0
    assert "a longer string with our name in it passes" in result.remarks[0]
    assert result.rows[0].cost == "all points"
    assert "wrong answers cost all points" in result.lost


@pytest.mark.parametrize(
    "same",
    [
        lambda iss, issuer: re.match(f"{re.escape(issuer)}$", iss) is not None,
        lambda iss, issuer: unicodedata.normalize("NFC", iss) == issuer,
    ],
    ids=["a line break", "NFC"],
)
def test_who_raises_all_refusals_but_one_is_not_told_to_raise(same: Callable[[str, str], bool]) -> None:
    result = result_of(replace(PARTIES, iss_is=lambda iss, issuer: isinstance(iss, str) and same(iss, issuer)))
    assert result.status == PARTIAL
    assert "must be raised" not in " ".join(result.messages)
    assert "Rule 1, too lax" in result.messages[1]
