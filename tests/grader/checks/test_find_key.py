"""find_key: its own program against the reference module, what it forbids, what costs how much."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest

from grader.checks.c08_keys.find_key import RIGHT, find_key, oracle
from grader.judging.result import FAILED, PARTIAL, PASSED
from jwt_from_scratch import Key, KeySet
from tests.grader.helpers import judged


@pytest.mark.parametrize(
    "attempt",
    [
        lambda jwks, header: KeySet.from_jwks(jwks).find(header["alg"]).to_jwk(),
        lambda jwks, header: jwt.PyJWKSet.from_dict(jwks),
    ],
    ids=["the reference's", "PyJWT's"],
)
def test_what_would_be_the_answer_is_forbidden(attempt: Callable[..., Any]) -> None:
    result = judged(find_key, attempt)
    assert (result.score, result.status) == (0, "forbidden")


def test_a_key_is_found_where_the_reference_module_finds_it() -> None:
    keys = [
        Key.generate(alg, kid=kid) for alg, kid in (("ES256", "a"), ("ES256", "b"), ("Ed25519", "a"), ("HS256", "c"))
    ]
    jwks = KeySet(keys).to_jwks(private=True)
    for alg in ("ES256", "Ed25519", "HS256", "RS256"):
        for kid in ("a", "b", "c", "d", None):
            header = {"alg": alg} | ({} if kid is None else {"kid": kid})
            try:
                expected = KeySet.from_jwks(jwks).find(alg, kid).to_jwk(private=True)
            except ValueError:
                assert oracle(jwks, header)[1]
                with pytest.raises(ValueError, match="exactly one"):
                    RIGHT(jwks, header)
            else:
                assert RIGHT(jwks, header) == expected
                assert oracle(jwks, header) == (expected, set())


@pytest.mark.parametrize("seed", [f"keys {number}" for number in range(20)])
def test_the_right_program_passes_whatever_the_seed(seed: str) -> None:
    assert judged(find_key, lambda jwks, header: RIGHT(jwks, header), seed=seed).status == PASSED


def first(found: list[Any], of_alg: list[Any]) -> Any:
    if not found:
        raise ValueError("none")
    return found[0]


def brings_its_own(jwks: Any, header: dict[str, Any]) -> Any:
    try:
        return RIGHT(jwks, header)
    except ValueError:
        if "jwk" in header:
            return header["jwk"]
        raise


@pytest.mark.parametrize(
    ("program", "least", "most"),
    [
        (replace(RIGHT, choose=first), 0, 0),
        (replace(RIGHT, has_kid=lambda header: bool(header.get("kid"))), 8, 9),
        (replace(RIGHT, kid_fits=lambda ours, theirs: str(ours) == str(theirs)), 8, 9),
        (replace(RIGHT, use_fits=lambda jwk: True), 0, 0),
        (brings_its_own, 0, 0),
    ],
)
def test_the_rule_costs_everything_and_a_rare_input_a_part(program: Callable[..., Any], least: int, most: int) -> None:
    result = judged(find_key, lambda jwks, header: program(jwks, header))
    assert least <= result.score <= most
    assert result.status == (PARTIAL if result.score else FAILED)
    assert result.mistakes


def test_who_goes_on_with_another_key_is_not_told_that_use_is_not_looked_at() -> None:
    """That is so only where no key fits: one mistake, and one sentence."""

    def goes_on(found: list[Any], of_alg: list[Any]) -> Any:
        return RIGHT.choose(found or of_alg, of_alg)

    result = judged(find_key, lambda jwks, header: replace(RIGHT, choose=goes_on)(jwks, header))
    assert result.mistakes[0].startswith("Where no key fits it goes on")
    assert len(result.mistakes) == 1
