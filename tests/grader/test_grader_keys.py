"""Lesson 08's exercises: their own rules against the vectors and the reference module, and what they forbid."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joserfc.jwk
import jwt
import pytest
from grader_helpers import judged

from grader.checks import c08_keys, exercise_named
from grader.judging.result import PASSED
from jwt_from_scratch import Key, KeySet

VECTORS = Path(__file__).resolve().parents[1] / "vectors"

ATTEMPTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "the reference's thumbprint": ("jwk_thumbprint", lambda jwk: Key.from_jwk(jwk, "RS256").thumbprint()),
    "joserfc's thumbprint": ("jwk_thumbprint", lambda jwk: joserfc.jwk.import_key(jwk).thumbprint()),
    "the reference's set": ("find_key", lambda jwks, header: KeySet.from_jwks(jwks).find(header["alg"]).to_jwk()),
    "PyJWT's set": ("find_key", lambda jwks, header: jwt.PyJWKSet.from_dict(jwks)),
}


@pytest.mark.parametrize(("name", "attempt"), ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_would_be_the_answer_is_forbidden(name: str, attempt: Callable[..., Any]) -> None:
    one = exercise_named(name)
    assert one is not None
    result = judged(one, attempt)
    assert (result.score, result.status) == (0, "forbidden")


def test_the_thumbprint_is_that_of_the_rfcs() -> None:
    rfc7638, rfc8037 = (json.loads((VECTORS / f"{name}.json").read_text("utf-8")) for name in ("rfc7638", "rfc8037"))
    assert c08_keys._thumbprint(rfc7638["key"]) == rfc7638["thumbprint"]
    assert c08_keys._thumbprint(rfc8037["key"]) == rfc8037["thumbprint"]["value"]


@pytest.mark.parametrize("alg", ["HS256", "RS256", "ES256", "ES512", "Ed25519"])
def test_the_thumbprint_is_that_of_the_reference_module(alg: str) -> None:
    key = Key.generate(alg)
    assert c08_keys._thumbprint(key.to_jwk(private=True)) == key.thumbprint()


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
                with pytest.raises(ValueError, match="exactly one"):
                    c08_keys._find(jwks, header)
            else:
                assert c08_keys._find(jwks, header) == expected


def test_a_right_answer_passes_whatever_the_seed() -> None:
    for name, function in (
        ("jwk_thumbprint", c08_keys._thumbprint),
        ("find_key", c08_keys._find),
        ("is_safe_jku", c08_keys._safe),
    ):
        one = exercise_named(name)
        assert one is not None
        for seed in range(20):
            # The checks' own functions take options behind the arguments; only the arguments are given.
            assert judged(one, lambda *args, f=function: f(*args), seed=f"keys {seed}").status == PASSED


def test_the_order_of_members_reaches_the_learner() -> None:
    one = exercise_named("jwk_thumbprint")
    assert one is not None
    orders: set[tuple[str, ...]] = set()
    judged(one, lambda jwk: orders.add(tuple(jwk)))
    assert any(list(order) != sorted(order) for order in orders)
