"""Lesson 14: what was taken and is refused, what a learner is told of it, and what a table shows of a token."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from grader.checks.c14_sealed import decrypt_jwe, disclosed_claims, open_nested
from grader.checks.c14_sealed.decrypt_jwe import RIGHT as DECRYPT
from grader.checks.c14_sealed.decrypt_jwe import _leaking
from grader.checks.c14_sealed.disclosed_claims import RIGHT as DISCLOSE
from grader.checks.c14_sealed.open_nested import RIGHT as NESTED
from grader.judging.result import FAILED, PARTIAL
from jwt_from_scratch.encoding import b64u_encode
from jwt_from_scratch.services.sealed import unseal
from tests.grader.helpers import judged


@pytest.mark.parametrize(
    "program",
    [
        replace(NESTED, text=lambda inner: inner.decode("ascii", "ignore")),
        replace(NESTED, text=lambda inner: inner.decode("utf-8", "ignore")),
        replace(NESTED, text=lambda inner: inner.decode().strip()),
        replace(NESTED, open=lambda token, key: unseal(token, key, ["dir", "A256GCM", "A128GCM"])),
        replace(NESTED, cty=lambda header: str(header.get("cty")).upper() == "JWT"),
    ],
    ids=["ASCII ignored", "UTF-8 ignored", "stripped", "A128GCM", "any case"],
)
@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_what_was_taken_is_refused_and_named(program: Any, seed: str) -> None:
    result = judged(open_nested, program, seed)
    assert (result.score, len(result.mistakes)) == (5, 1)


def test_media_types_are_not_compared_here() -> None:
    for prefix in ("application/", "APPLICATION/"):
        program = replace(NESTED, cty=lambda header, p=prefix: str(header.get("cty")).removeprefix(p.lower()) == "JWT")
        assert judged(open_nested, program).score == 5


def test_a_tag_that_is_not_caught_costs_a_part() -> None:
    result = judged(decrypt_jwe, replace(DECRYPT, decrypt=_leaking))
    assert (result.score, result.status) == (11, PARTIAL)
    assert "InvalidTag" in result.mistakes[0]


def _misspelled(key: bytes, nonce: bytes, sealed: bytes, first: str) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, sealed, frist.encode())  # type: ignore[name-defined]  # noqa: F821
    except Exception:
        raise ValueError("tag") from None


def _no_tag(key: bytes, nonce: bytes, sealed: bytes, first: str) -> bytes:
    return AESGCM(key).decrypt(nonce, sealed[:-16], first.encode())


def test_the_usual_slips_are_told_whether_the_error_is_caught_or_not_and_a_misspelled_name_is_thought_of() -> None:
    leaks, hides = (judged(decrypt_jwe, replace(DECRYPT, decrypt=one)) for one in (_no_tag, _misspelled))
    assert leaks.mistakes[0].startswith("Good tokens end in InvalidTag")
    assert "except Exception" in hides.mistakes[0]
    assert "misspelled" in hides.mistakes[0]
    assert "Usual slips" in leaks.mistakes[0]


@pytest.mark.parametrize(
    "digest",
    [
        lambda text: hashlib.sha256(text.encode()).hexdigest(),
        lambda text: b64u_encode(hashlib.sha256(text.upper().encode()).digest()),
    ],
    ids=["hexadecimal", "of another text"],
)
def test_where_no_disclosure_is_found_nothing_else_is_named(digest: Any) -> None:
    result = judged(disclosed_claims, replace(DISCLOSE, digest=digest))
    assert (result.score, result.status, len(result.mistakes)) == (0, FAILED, 1)
    assert result.mistakes[0].startswith("It refuses what is good as soon as something is shown")


def test_who_reads_three_parts_everywhere_is_told_so() -> None:
    result = judged(disclosed_claims, replace(DISCLOSE, counts=(3,)))
    assert result.mistakes[0].startswith("A disclosed element is refused")


def test_the_table_shows_what_a_token_holds() -> None:
    stray = judged(disclosed_claims, replace(DISCLOSE, stray=False)).rows[0]
    assert "disclosed: ['salt', 'role', 'admin']" in stray.call
    assert stray.cost == "all points"
    assert "inside: header {'alg': 'ES256'}, payload {" in judged(open_nested, lambda *a: 7).rows[0].call
    zipped = judged(decrypt_jwe, replace(DECRYPT, zipped=lambda header: False)).rows[0]
    assert "# header {'alg': 'dir', 'enc': 'A256GCM', 'zip': 'DEF'}" in zipped.call
