"""Wrong solutions of lessons 10 to 14 by which a stranger got in, or which only a rare input shows, lose points."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.checks.c10_browser.csrf_ok import RIGHT as GUARD
from grader.checks.c10_browser.csrf_ok import csrf_ok
from grader.checks.c11_sso.endpoint import challenge_of
from grader.checks.c11_sso.pkce_pair import PAIR, pkce_pair
from grader.checks.c11_sso.refresh import REFRESH, refresh
from grader.checks.c11_sso.token_endpoint import CODE, token_endpoint
from grader.checks.c13_proof.is_bound import RIGHT as BOUND
from grader.checks.c13_proof.is_bound import is_bound
from grader.checks.c14_sealed.decrypt_jwe import RIGHT as DECRYPT
from grader.checks.c14_sealed.decrypt_jwe import decrypt_jwe
from grader.checks.c14_sealed.open_nested import RIGHT as NESTED
from grader.checks.c14_sealed.open_nested import open_nested
from grader.judging.exercise import Exercise
from jwt_from_scratch import peek
from tests.grader.helpers import judged

Program = Callable[..., Any]


def _by_method(request: dict[str, Any], grant: dict[str, Any], now: int) -> bool:
    verifier = request["code_verifier"]
    plain = request.get("code_challenge_method") == "plain"
    return bool((verifier if plain else challenge_of(verifier)) != grant["code_challenge"])


def _any_case(request: dict[str, Any], grant: dict[str, Any], now: int) -> bool:
    return bool(challenge_of(request["code_verifier"]).lower() != grant["code_challenge"].lower())


def _told_who(request: dict[str, Any], state: dict[str, Any], now: int) -> Any:
    response, after = CODE(request, state, now)
    if "error" in response:
        return response, after
    return response | {"id_token": response["id_token"] | {"sub": request.get("sub", "ada")}}, after


def _used_while_tokens_live(request: dict[str, Any], state: dict[str, Any], now: int) -> Any:
    return (CODE if state["refresh_tokens"] else CODE.without("used"))(request, state, now)


def _for_a_resource(request: dict[str, Any], state: dict[str, Any], now: int) -> Any:
    response, after = REFRESH(request, state, now)
    if "resource" in request and "error" not in response:
        response = response | {"access_token": response["access_token"] | {"aud": request["resource"]}}
    return response, after


def _referer(value: str, trusted: str) -> bool:
    return bool(re.match(trusted + r"(/|\Z)", value))


def _issuer_of_header(inner: str, iss: Any, issuers: Any) -> Any:
    return issuers.get(peek(inner).unverified_header.get("iss", iss))


def _once(program: Program) -> Program:
    there = set[str]()

    def wrong(*args: Any) -> Any:
        if repr(args) in there:
            raise ValueError("a second time")
        there.add(repr(args))
        return program(*args)

    return wrong


def _noted(claims: dict[str, Any], thumbprint: str) -> Any:
    return _ANSWERS.setdefault(repr(claims), BOUND(claims, thumbprint))


_ANSWERS: dict[str, Any] = {}
TAKEN: dict[str, tuple[Exercise, Program]] = {
    "the challenge is a verifier, if the request says plain": (token_endpoint, CODE.asking(pkce=_by_method)),
    "challenges in any case": (token_endpoint, CODE.asking(pkce=_any_case)),
    "the request says who has logged in": (token_endpoint, _told_who),
    "a used code works again, once its tokens are gone": (token_endpoint, _used_while_tokens_live),
    "the request says which API it is for": (refresh, _for_a_resource),
    "the trusted origin is a pattern": (csrf_ok, replace(GUARD, referer=_referer)),
    "the inner header chooses the issuer": (open_nested, replace(NESTED, jwk=_issuer_of_header)),
    "spaces around the plaintext are lost": (decrypt_jwe, replace(DECRYPT, finish=lambda text, header: text.strip())),
    "answers are kept by the claims alone": (is_bound, _noted),
    "the same bytes work once": (pkce_pair, _once(PAIR)),
}


@pytest.mark.parametrize("seed", ["a", "b"])
@pytest.mark.parametrize("name", TAKEN)
def test_it_has_no_full_marks(name: str, seed: str) -> None:
    _ANSWERS.clear()
    exercise, program = TAKEN[name]
    result = judged(exercise, lambda *args: program(*args), seed)
    assert result.score < exercise.points
