"""is_safe_jku: the right program for every seed, and single characters and spellings that slip through."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.checks.c08_keys.is_safe_jku import RIGHT, is_safe_jku
from grader.judging.result import PARTIAL, PASSED
from tests.grader.helpers import judged


@pytest.mark.parametrize("seed", [f"keys {number}" for number in range(20)])
def test_the_right_program_passes_whatever_the_seed(seed: str) -> None:
    assert judged(is_safe_jku, lambda url, allowed: RIGHT(url, allowed), seed=seed).status == PASSED


@pytest.mark.parametrize("pattern", [r"[A-Za-z0-9+-._~%:/?=&]*", r"[A-z0-9\-._~%:/?=&]*", r"[\w\-.~%:/?=&]*"])
def test_a_pattern_that_lets_a_few_characters_more_through_is_noticed(pattern: str) -> None:
    program = replace(RIGHT, characters=lambda url: bool(re.fullmatch(pattern, url)))
    result = judged(is_safe_jku, lambda url, allowed: program(url, allowed))
    assert (result.score, result.status, len(result.mistakes)) == (9, PARTIAL, 1)


def lists_bad_ones(url: Any, allowed: list[str]) -> bool:
    if not isinstance(url, str) or any(c in url for c in "@\\# ") or not url.startswith("https://"):
        return False
    return "https://" + url[8:].split("/")[0].removesuffix(":443") in allowed


def by_parts(url: Any, allowed: list[str]) -> bool:
    if not isinstance(url, str) or not RIGHT.characters(url):
        return False
    parts = url.split("/")
    return parts[0] == "https:" and len(parts) > 2 and f"https://{parts[2]}".removesuffix(":443") in allowed


@pytest.mark.parametrize(("program", "named"), [(lists_bad_ones, 0), (by_parts, 1)])
def test_only_a_mistake_that_was_made_is_named(program: Callable[..., Any], named: int) -> None:
    result = judged(is_safe_jku, program)
    assert (result.score, len(result.mistakes)) == (9, named)
    assert result.messages
