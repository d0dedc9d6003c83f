"""The four forgeries of lesson 04: files that are no text, and what a forger is told."""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.checks.c04_header import forge_kid, forge_none
from grader.checks.c04_header.forge_kid import files
from grader.checks.c04_header.forge_none import FORGE
from grader.judging.result import Result
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict
from tests.grader.helpers import judged


@pytest.mark.parametrize(
    "read",
    [
        lambda path: Path(path).read_text("utf-8").encode(),
        lambda path: Path(path).read_text("latin-1").encode(),
        lambda path: Path(path).read_text("latin-1").encode("latin-1"),
        lambda path: Path(path).read_text("utf-8", errors="replace").encode(),
        lambda path: Path(path).read_text("utf-8", errors="surrogateescape").encode(errors="surrogateescape"),
    ],
)
def test_forge_kid_wants_all_bytes_of_a_file_that_is_no_text(read: Callable[[str], bytes]) -> None:
    def forge(token: str, path: str) -> str:
        claims = json_loads_strict(b64u_decode(token.split(".")[1])) | {"role": "admin"}
        text = ".".join(b64u_encode(json_dumps(part)) for part in ({"alg": "HS256", "kid": path}, claims))
        return f"{text}.{b64u_encode(hmac.new(read(path), text.encode(), hashlib.sha256).digest())}"

    if "no text" not in files():
        pytest.skip("this Python came without a file that is no text")
    result = judged(forge_kid, forge)
    assert result.score == 0
    said = " ".join((*result.mistakes, *result.messages))
    assert "as text" in said or "(path: no text)" in said


def told(**changes: Any) -> Result:
    wrong = replace(FORGE, **changes)
    return judged(forge_none, lambda token: wrong(token))


def test_a_payload_that_is_not_the_arguments_is_told_from_claims_that_are_gone() -> None:
    noted = {"sub": "mallory", "role": "admin", "exp": int(time.time()) + 3600}
    assert "as if `payload` came from the notebook" in told(claims=lambda _: noted).mistakes[0]
    assert "The other claims are gone" in told(claims=lambda _: {"role": "admin"}).mistakes[0]


def test_an_alg_that_is_null_is_not_one_that_is_missing() -> None:
    (null,) = told(header=lambda header: header | {"alg": None}).mistakes
    (missing,) = told(header=lambda header: {n: v for n, v in header.items() if n != "alg"}).mistakes
    assert null.startswith("alg is null here")
    assert missing.startswith("The header has no alg any more")
