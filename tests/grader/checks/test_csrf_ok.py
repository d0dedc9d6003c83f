"""csrf_ok: what costs all the points and what a part."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.checks.c10_browser.csrf_ok import RIGHT, csrf_ok
from grader.judging.result import FAILED, PARTIAL, PASSED
from tests.grader.helpers import judged


@pytest.mark.parametrize("seed", [str(number) for number in range(8)])
def test_the_right_program_passes_whatever_the_seed(seed: str) -> None:
    assert judged(csrf_ok, lambda request, trusted: RIGHT(request, trusted), seed=seed).status == PASSED


@pytest.mark.parametrize(
    ("program", "least", "most"),
    [
        (replace(RIGHT, bearer=lambda value: value.startswith("Bearer ") and value[7:] != ""), 8, 9),
        (replace(RIGHT, custom=lambda headers: any(name.startswith("x-") for name in headers)), 8, 9),
        (replace(RIGHT, there=lambda headers, name: bool(headers.get(name))), 8, 9),
        (replace(RIGHT, origin=lambda value, trusted: value in (trusted, "null")), 0, 0),
        (replace(RIGHT, custom=lambda headers: True), 0, 0),
    ],
)
def test_letting_strangers_in_costs_everything_and_a_rare_input_a_part(
    program: Callable[..., Any], least: int, most: int
) -> None:
    result = judged(csrf_ok, lambda request, trusted: program(request, trusted))
    assert least <= result.score <= most
    assert result.status == (PARTIAL if result.score else FAILED)
    assert result.mistakes


def test_a_port_that_does_not_count_is_not_called_a_header_passed_over() -> None:
    def no_port(value: str, trusted: str) -> bool:
        return value.rsplit(":", 1)[0] == trusted.rsplit(":", 1)[0]

    result = judged(csrf_ok, lambda request, trusted: replace(RIGHT, origin=no_port)(request, trusted))
    assert (result.score, result.mistakes) == (0, ())
    assert any(text.startswith("Rule 4, too lax") for text in result.messages)
