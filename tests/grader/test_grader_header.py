"""Lessons 02 to 04: wrong functions that are nearly right, each refused for its own reason; right ones pass."""

import hashlib
import hmac
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from grader_helpers import judged

from grader.checks import c02_hmac, c03_claims, c04_header, exercise_named
from grader.judging.result import FAILED, PARTIAL, PASSED, Result
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

Function = Callable[..., Any]


def result_of(name: str, function: Function) -> Result:
    one = exercise_named(name)
    assert one is not None
    return judged(one, lambda *args: function(*args))


def refused(name: str, function: Function, least: int, most: int, says: str) -> Result:
    """What the check finds; it must say this, as a known mistake or as a reason."""
    result = result_of(name, function)
    assert least <= result.score <= most, result
    assert result.status == (PARTIAL if result.score else FAILED)
    assert says in " ".join((*result.mistakes, *result.messages)), (result.mistakes, result.messages)
    return result


# -- check_times ------------------------------------------------------------------------------------------------------

_times = c03_claims._times_with


def converts(claims: dict[str, Any], now: float, leeway: float) -> None:
    times = {}
    for name in claims.keys() & {"exp", "nbf", "iat"}:
        try:
            times[name] = float(claims[name])
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{name}: no number") from None
        if not math.isfinite(times[name]):
            raise ValueError(f"{name}: not finite")
    _times()(times, now, leeway)


@pytest.mark.parametrize(
    ("function", "least", "most", "says"),
    [
        (_times(is_time=lambda v: type(v) in (int, float) and math.isfinite(v)), 8, 9, "10**400 fits into none"),
        (_times(is_time=lambda v: type(v) is int or (type(v) is float and abs(v) < 1e300)), 10, 10, ""),
        (_times(clock=int), 8, 9, "cuts the fraction off"),
        (_times(late=lambda exp, now, leeway: round(now - leeway) >= exp), 8, 9, "The time is rounded"),
        (_times(late=lambda exp, now, leeway: now - leeway >= exp or exp > now + 10**9), 8, 9, "A far exp is refused"),
        (converts, 6, 8, "turns text and True into numbers"),
        (_times(required=False), 4, 5, "A token without exp is taken"),
        (_times(required=False, present=lambda claims, name: name == "exp" or name in claims), 9, 9, "KeyError"),
        (_times(text=lambda name: "bad exp, nbf or iat"), 9, 9, "names claims that are not at fault"),
        (_times(text=lambda name: f"{name}_in_past" if name == "exp" else f"bad_{name}"), 10, 10, ""),
        (_times(text=lambda name: f"{name}: {{'exp': 1, 'nbf': 2, 'iat': 3}}"), 10, 10, ""),
    ],
)
def test_check_times_refuses_what_is_nearly_right(function: Function, least: int, most: int, says: str) -> None:
    if least == 10:
        assert result_of("check_times", function).status == PASSED
    else:
        refused("check_times", function, least, most, says)


# -- a refusal that nobody hears --------------------------------------------------------------------------------------


def prints_and_returns(claims: dict[str, Any], now: float, leeway: float) -> None:
    if now - leeway >= claims["exp"]:
        print("expired")
        return


def prints_or_gives_the_claims(claims: dict[str, Any], now: float, leeway: float) -> Any:
    if now - leeway >= claims["exp"]:
        print("expired")
        return None
    return claims


def none_or_the_claims(claims: dict[str, Any], issuer: str, audience: str) -> Any:
    if claims.get("iss") != issuer:
        return None
    aud = claims.get("aud")
    return claims if aud == audience or (isinstance(aud, list) and audience in aud) else None


def raises_once(claims: dict[str, Any], issuer: str, audience: str) -> Any:
    if "iss" not in claims:
        raise ValueError("iss")
    return none_or_the_claims(claims, issuer, audience)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("check_times", prints_and_returns),
        ("check_times", prints_or_gives_the_claims),
        ("check_times", _times(refuse=lambda: None)),
        ("check_parties", none_or_the_claims),
        ("check_parties", raises_once),
        ("check_parties", c03_claims._parties_with(refuse=lambda: None)),
        ("check_parties", lambda claims, issuer, audience: None),
    ],
)
def test_who_refuses_by_none_is_told_that_and_nothing_else(name: str, function: Function) -> None:
    result = result_of(name, function)
    assert (result.score, result.status) == (0, FAILED)
    assert result.mistakes == (c03_claims._SILENT,)
    assert not result.rows[0].right
    assert result.rows[0].got == "returned None"


def test_who_raises_elsewhere_and_takes_one_is_still_told_what_is_taken() -> None:
    for function in (_times(late=lambda exp, now, leeway: False), _times(early=lambda nbf, now, leeway: False)):
        (said,) = result_of("check_times", function).mistakes
        assert "never compared" in said


# -- check_parties ----------------------------------------------------------------------------------------------------

_parties = c03_claims._parties_with


@pytest.mark.parametrize(
    ("function", "least", "most", "says"),
    [
        (
            _parties(aud_has=lambda aud, audience: aud is None or c03_claims._strings_with(aud, audience)),
            4,
            5,
            "it opens every API",
        ),
        (_parties(get=lambda claims, name: claims[name]), 9, 9, "KeyError"),
        (_parties(text=lambda name: "iss or aud is wrong"), 9, 9, "names claims that are not at fault"),
        (_parties(text=lambda name: {"iss": "iss_mismatch", "aud": "bad_aud"}[name]), 10, 10, ""),
    ],
)
def test_check_parties_refuses_what_is_nearly_right(function: Function, least: int, most: int, says: str) -> None:
    if least == 10:
        assert result_of("check_parties", function).status == PASSED
    else:
        refused("check_parties", function, least, most, says)


# -- verify -----------------------------------------------------------------------------------------------------------

_verify = c04_header._verify_with


def right_verify(token: str, key: dict[str, Any], assertive: bool = False, size: Callable[[int], bool] = bool) -> Any:
    if not size(len(b64u_decode(key["k"])) if isinstance(key.get("k"), str) else 1):
        raise ValueError("key")
    try:
        return _verify()(token, key)
    except ValueError:
        assert not assertive
        raise


@pytest.mark.parametrize(
    ("function", "least", "most", "says"),
    [
        (_verify(text_only=False), 13, 14, "isinstance(key.get('k'), str)"),
        (_verify(as_text=True), 13, 14, "on texts is a TypeError"),
        (
            _verify(critical=("crit", "b64"), present=lambda header, name: header.get(name) is not None),
            13,
            14,
            "is not None` passes over null",
        ),
        (_verify(claims_are=lambda claims: claims.get("exp", 1e12) >= time.time()), 13, 14, "It looks at exp."),
        (_verify(claims_are=lambda claims: claims.get("exp") != "soon"), 14, 14, "values are not its business"),
        (_verify(header_is=lambda header, key: header.get("kid") == key.get("kid")), 0, 0, "kid is ignored here"),
        (_verify(header_is=lambda header, key: header.get("kid", "") in ("", key.get("kid"))), 0, 0, "kid is ignored"),
        (_verify(header_is=lambda header, key: header.get("typ") == "JWT"), 0, 0, "typ may be absent"),
        (lambda token, key: right_verify(token, key, size=lambda n: n <= 32), 0, 0, "may be longer than 32 bytes"),
        (lambda token, key: right_verify(token, key, assertive=True), 0, 0, "`assert` is not a refusal"),
    ],
)
def test_verify_refuses_what_is_nearly_right(function: Function, least: int, most: int, says: str) -> None:
    result = refused("verify", function, least, most, says)
    assert "A token without claims" not in " ".join(result.messages)


def test_verify_hs256_compares_no_texts_that_may_not_be_ascii() -> None:
    result = refused("verify_hs256", c02_hmac._verify_with(as_text=True), 8, 9, "on texts is a TypeError")
    assert len(result.mistakes) == 1


# -- the forgeries ----------------------------------------------------------------------------------------------------


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

    if not c04_header._not_text():
        pytest.skip("this Python came without a file that is no text")
    assert result_of("forge_kid", forge).score == 0


def test_a_payload_that_is_not_the_arguments_is_told_from_claims_that_are_gone() -> None:
    def forge(claims: dict[str, Any]) -> Result:
        return result_of("forge_none", c04_header._none_with(claims=lambda _: claims))

    noted = {"sub": "mallory", "role": "admin", "exp": int(time.time()) + 3600}
    assert "as if `payload` came from the notebook" in forge(noted).mistakes[0]
    assert "The other claims are gone" in forge({"role": "admin"}).mistakes[0]


def test_an_alg_that_is_null_is_not_one_that_is_missing() -> None:
    said = {
        "alg is null here": lambda header: header | {"alg": None},
        "The header has no alg any more": lambda header: {name: header[name] for name in header if name != "alg"},
    }
    for sentence, header in said.items():
        (mistake,) = result_of("forge_none", c04_header._none_with(header=header)).mistakes
        assert mistake.startswith(sentence)
