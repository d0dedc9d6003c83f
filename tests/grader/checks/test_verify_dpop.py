"""verify_dpop and is_bound: what is told of a wrong ath and of a changed argument, and what an edge costs."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.checks.c13_proof import is_bound, verify_dpop
from grader.checks.c13_proof.is_bound import RIGHT as BOUND
from grader.checks.c13_proof.verify_dpop import RIGHT
from grader.judging.result import FAILED, PARTIAL
from jwt_from_scratch.encoding import b64u_encode
from tests.grader.helpers import judged


def sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (lambda token: sha256(token).hex(), "in hexadecimal"),
        (lambda token: b64u_encode(sha256(token).hex().encode()), "base64url of hexadecimal"),
        (lambda token: b64u_encode(sha256(token)) + "=", "the padding"),
        (lambda token: base64.b64encode(sha256(token)).decode(), "plain base64"),
        (lambda token: b64u_encode(hashlib.sha512(token.encode()).digest()), "No ath fits"),
        (lambda token: b64u_encode(sha256(token[:-1])), "No ath fits"),
        (sha256, "No ath fits"),
    ],
    ids=["hex", "hex in base64url", "padding", "base64", "sha512", "part", "bytes"],
)
def test_a_wrong_ath_is_named(form: Callable[[str], Any], says: str) -> None:
    result = judged(verify_dpop, replace(RIGHT, ath=lambda ath, token: token is None or ath == form(token)))
    assert (result.score, result.status) == (0, FAILED)
    assert says in result.mistakes[0]
    assert len(result.mistakes) == 1


def test_who_notes_the_jti_is_told_whose_part_that_is() -> None:
    result = judged(verify_dpop, replace(RIGHT, notes=True))
    assert result.status == PARTIAL
    assert result.mistakes[0].startswith("It changes `seen`")
    assert not any("work on a copy" in message for message in result.messages)
    assert "changed `seen`" in result.rows[0].got
    assert "leave `seen` as it was" in result.rows[0].wants


def test_who_looks_among_the_seconds_is_not_told_that_seen_is_never_looked_at() -> None:
    (said,) = judged(verify_dpop, replace(RIGHT, new=lambda jti, seen: jti not in seen.values())).mistakes
    assert said.startswith("It accepts every proof that is in seen")


@pytest.mark.parametrize(
    "fits", [lambda iat, now: now - 60 < iat <= now + 5, lambda iat, now: now - 60 <= iat < now + 5]
)
def test_a_refused_edge_costs_a_part(fits: Callable[[Any, int], bool]) -> None:
    in_time = RIGHT.iat
    result = judged(verify_dpop, replace(RIGHT, iat=lambda iat, now: in_time(iat, now) and fits(iat, now)))
    assert (result.score, result.status) == (14, PARTIAL)


@pytest.mark.parametrize(
    "program",
    [
        replace(RIGHT, typ=lambda typ: isinstance(typ, str) and typ.removeprefix("application/") == "dpop+jwt"),
        replace(RIGHT, iat=lambda iat, now: isinstance(iat, (int, float)) and now - 60 <= iat <= now + 5),
        replace(RIGHT, ath=lambda ath, token: not token or RIGHT.ath(ath, token)),
    ],
    ids=["application/", "a bool", "an empty token"],
)
@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_what_was_taken_is_refused_and_named(program: Any, seed: str) -> None:
    result = judged(verify_dpop, program, seed)
    assert (result.score, len(result.mistakes)) == (14, 1)


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_padding_behind_a_thumbprint_is_refused_and_named(seed: str) -> None:
    result = judged(
        is_bound, replace(BOUND, same=lambda jkt, own: isinstance(jkt, str) and jkt.rstrip("=") == own), seed
    )
    assert result.status == PARTIAL
    assert "padding" in result.mistakes[0]
