"""verify, and verify_hs256 before it: nearly right functions, each refused for its own reason."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.checks.c02_hmac import verify_hs256
from grader.checks.c04_header import verify as exercise
from grader.checks.c04_header.verify import VERIFY, _unless
from grader.checks.compact import VERIFY as HS256
from grader.judging.result import FAILED, PARTIAL
from tests.grader.helpers import judged

Function = Callable[..., Any]


def asserts(token: str, key: dict[str, Any]) -> Any:
    try:
        return VERIFY(token, key)
    except ValueError:
        raise AssertionError from None


def short_keys_only(token: str, key: dict[str, Any]) -> Any:
    if len(key["k"]) > 43:
        raise ValueError("key")
    return VERIFY(token, key)


def same_or_no_kid(head: dict[str, Any], key: dict[str, Any]) -> bool:
    return head.get("kid", "") in ("", key.get("kid"))


@pytest.mark.parametrize(
    ("function", "least", "most", "says"),
    [
        (replace(VERIFY, text_only=False), 12, 14, "isinstance(key.get('k'), str)"),
        (replace(VERIFY, token=replace(VERIFY.token, compare_texts=True)), 12, 14, "on texts is a TypeError"),
        (
            replace(VERIFY, token=_unless(lambda head, name: head.get(name) is not None)),
            6,
            7,
            "A crit or b64 that is null passes",
        ),
        (
            replace(VERIFY, claims_are=lambda c: c.get("exp", 1e12) >= time.time()),
            0,
            14,
            "A token with an old exp is refused",
        ),
        (replace(VERIFY, same=lambda head, key: head.get("kid") == key.get("kid")), 0, 14, "kid is ignored here"),
        (replace(VERIFY, same=same_or_no_kid), 0, 14, "whoever calls verify has chosen the key"),
        (replace(VERIFY, same=lambda head, key: head.get("typ") == "JWT"), 0, 14, "typ may be absent"),
        (short_keys_only, 0, 14, "Rule 1, too strict"),
        (asserts, 0, 14, "`assert` is not a refusal"),
    ],
)
def test_what_is_nearly_right_is_refused(function: Function, least: int, most: int, says: str) -> None:
    result = judged(exercise, lambda token, key: function(token, key))
    assert least <= result.score <= most, result
    assert result.status == (PARTIAL if result.score else FAILED)
    assert says in " ".join((*result.mistakes, *result.messages)), result


def test_verify_hs256_compares_no_texts_that_may_not_be_ascii() -> None:
    wrong = replace(HS256, compare_texts=True)
    result = judged(verify_hs256, lambda token, key: wrong(token, key))
    assert 7 <= result.score <= 9
    (said,) = result.mistakes
    assert "on texts is a TypeError" in said
