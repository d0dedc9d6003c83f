"""jwk_thumbprint: its own program against the RFCs and the reference module, what it forbids, what is told."""

import json
from collections.abc import Callable
from typing import Any

import joserfc.jwk
import pytest

from grader.checks.c08_keys.jwk_thumbprint import RIGHT, jwk_thumbprint
from grader.judging.result import PASSED
from jwt_from_scratch import Key
from tests.grader.helpers import REPO, judged

VECTORS = REPO / "tests" / "vectors"


@pytest.mark.parametrize(
    "attempt",
    [lambda jwk: Key.from_jwk(jwk, "RS256").thumbprint(), lambda jwk: joserfc.jwk.import_key(jwk).thumbprint()],
    ids=["the reference's", "joserfc's"],
)
def test_what_would_be_the_answer_is_forbidden(attempt: Callable[..., Any]) -> None:
    result = judged(jwk_thumbprint, attempt)
    assert (result.score, result.status) == (0, "forbidden")


def test_the_thumbprint_is_that_of_the_rfcs() -> None:
    rfc7638, rfc8037 = (json.loads((VECTORS / f"{name}.json").read_text("utf-8")) for name in ("rfc7638", "rfc8037"))
    assert RIGHT(rfc7638["key"]) == rfc7638["thumbprint"]
    assert RIGHT(rfc8037["key"]) == rfc8037["thumbprint"]["value"]


@pytest.mark.parametrize("alg", ["HS256", "RS256", "ES256", "ES512", "Ed25519"])
def test_the_thumbprint_is_that_of_the_reference_module(alg: str) -> None:
    key = Key.generate(alg)
    assert RIGHT(key.to_jwk(private=True)) == key.thumbprint()


@pytest.mark.parametrize("seed", [f"keys {number}" for number in range(20)])
def test_the_right_program_passes_whatever_the_seed(seed: str) -> None:
    assert judged(jwk_thumbprint, lambda jwk: RIGHT(jwk), seed=seed).status == PASSED


def test_the_order_of_members_reaches_the_learner() -> None:
    orders: set[tuple[str, ...]] = set()
    judged(jwk_thumbprint, lambda jwk: orders.add(tuple(jwk)))
    assert any(list(order) != sorted(order) for order in orders)


def test_a_thumbprint_in_another_form_is_told_by_its_form() -> None:
    for answer, says in (
        ("0f" * 32, "hexadecimal"),
        ("0f" * 20, "SHA-1"),
        (b"\x00" * 32, "These are bytes"),
        (7, "not int"),
        ("x" * 44, "43 characters"),
    ):
        assert says in " ".join(judged(jwk_thumbprint, lambda jwk, a=answer: a).messages)


def test_who_forgets_one_kind_or_escapes_nothing_keeps_a_part_and_who_hashes_labels_nothing() -> None:
    scores = {sentence: judged(jwk_thumbprint, wrong).score for sentence, wrong in _mistakes().items()}
    assert next(score for text, score in scores.items() if text.startswith("The JSON has no escapes")) == 4
    assert next(score for text, score in scores.items() if text.startswith("kty is compared without")) == 4
    assert next(score for text, score in scores.items() if text.startswith("The whole JWK is hashed")) == 0


def _mistakes() -> dict[str, Callable[..., Any]]:
    wrong = {text: one for programs in jwk_thumbprint.mistakes.values() for text, one in programs.items()}
    return {text: lambda jwk, one=one: one(jwk) for text, one in wrong.items()}
