"""choose_algorithm: what is said of a wrong limit, of the order of the known names, and what a rare value costs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.checks.c07_choosing import choose_algorithm as exercise
from grader.checks.c07_choosing.choose_algorithm import CHOOSE, USUAL, _as_listed, _base64_fits
from grader.judging.result import PASSED, Result
from tests.grader.helpers import judged


def result_of(function: Callable[..., Any], seed: str = "self-paced") -> Result:
    # The checks' own programs are objects; a learner writes a function.
    return judged(exercise, lambda scenario: function(scenario), seed)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (replace(CHOOSE, no_limit=lambda limit: not limit), "0 counts as no limit"),
        (replace(CHOOSE, fits=lambda size, limit: size < limit), "exactly as long as"),
        (replace(CHOOSE, fits=_base64_fits), "The base64url text is measured"),
    ],
)
def test_a_limit_that_is_read_wrongly_is_named_and_no_other(function: Callable[..., Any], says: str) -> None:
    result = result_of(function)
    assert result.score < 8
    assert len(result.mistakes) == 1
    assert says in result.mistakes[0]


def test_a_tuple_is_no_list_and_an_empty_text_not_none() -> None:
    for function, says in (
        (replace(CHOOSE, is_list=lambda know: isinstance(know, (list, tuple, set, frozenset))), "A tuple is taken"),
        (replace(CHOOSE, new_key=lambda key_alg: not key_alg), "An empty `key_alg` counts as none"),
    ):
        result = result_of(function)
        assert result.score == 7
        assert says in result.mistakes[0]


def test_who_goes_by_the_list_of_known_names_hears_of_their_order_only() -> None:
    result = result_of(replace(CHOOSE, order=_as_listed))
    assert len(result.mistakes) == 1
    assert "order of `verifiers_know`" in result.mistakes[0]
    assert "HS256 can also make it" not in " ".join(result.messages)


def test_the_order_of_the_known_names_says_nothing() -> None:
    for names in (["RS256", "PS256"], ["PS256", "RS256"]):
        assert CHOOSE(USUAL | {"verifiers_know": names}) == "PS256"


def test_a_right_answer_passes_whatever_the_seed() -> None:
    for seed in range(20):
        assert result_of(CHOOSE, f"choosing {seed}").status == PASSED
