"""Several issuers, each with its own keys and rules; and what a token says before anything of it is verified."""

import copy
from typing import Any

import pytest

from jwt_from_scratch import (
    ClaimError,
    Issuer,
    JWTError,
    KeySet,
    SignatureError,
    TokenError,
    Unverified,
    decode_from,
    encode,
    peek,
)
from jwt_from_scratch.jws import MAX_TOKEN
from tests.jwt_from_scratch.helpers import b64u, forge, key_for, other_key

NOW = 1_900_000_000
ONE, OTHER = "https://one.example", "https://other.example"
ISSUERS = {
    ONE: Issuer(keys=key_for("ES256").public(), audience="depot"),
    OTHER: Issuer(keys=KeySet([key_for("Ed25519").public()]), audience="depot", typ="at+jwt", require=("exp", "sub")),
}


def claims(issuer: Any = ONE, **more: Any) -> dict[str, Any]:
    return {"iss": issuer, "aud": "depot", "exp": NOW + 60, **more}


def test_each_issuer_has_its_own_keys_and_rules() -> None:
    one = encode(claims(), key_for("ES256"))
    other = encode(claims(OTHER, sub="ada"), key_for("Ed25519"), typ="at+jwt")
    assert decode_from(one, ISSUERS, now=NOW) == claims()
    assert decode_from(other, ISSUERS, now=NOW) == claims(OTHER, sub="ada")


REFUSED = {
    "the other issuer's key": (claims(), "Ed25519", "JWT", TokenError),
    "the other issuer's name": (claims(OTHER, sub="ada"), "ES256", "at+jwt", JWTError),
    "the other's kind of token": (claims(OTHER, sub="ada"), "Ed25519", "JWT", TokenError),
    "without what the other asks for": (claims(OTHER), "Ed25519", "at+jwt", ClaimError),
    "another audience": ({**claims(), "aud": "shop"}, "ES256", "JWT", ClaimError),
    "expired": (claims(exp=NOW - 1), "ES256", "JWT", ClaimError),
    "an unknown issuer": (claims("https://evil.example"), "ES256", "JWT", ClaimError),
    "an issuer that is nearly one": (claims(ONE + "/"), "ES256", "JWT", ClaimError),
    "no issuer": ({"aud": "depot", "exp": NOW + 60}, "ES256", "JWT", ClaimError),
}


@pytest.mark.parametrize(("said", "alg", "typ", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_one_issuers_rules_are_not_the_others(said: dict, alg: str, typ: str, error: type[JWTError]) -> None:
    with pytest.raises(error):
        decode_from(encode(said, key_for(alg), typ=typ), ISSUERS, now=NOW)


def test_a_forged_signature_of_the_right_issuer_is_refused() -> None:
    with pytest.raises(SignatureError):
        decode_from(encode(claims(), other_key("ES256")), ISSUERS, now=NOW)


@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], [ONE], {}, {ONE: ONE}], ids=repr)
def test_an_iss_of_any_type_is_a_refusal(value: Any) -> None:
    token = forge({"alg": "ES256"}, claims(value), key_for("ES256"))
    with pytest.raises(JWTError):
        decode_from(token, ISSUERS, now=NOW)


@pytest.mark.parametrize("issuers", [None, [], ONE, {ONE: key_for("ES256")}, {ONE: None}])
def test_issuers_of_another_type_are_a_mistake_in_the_program(issuers: Any) -> None:
    with pytest.raises(TypeError, match="mapping from iss to Issuer"):
        decode_from(encode(claims(), key_for("ES256")), issuers)


# -- peek -------------------------------------------------------------------------------------------------------------


def test_peek_reads_what_nobody_signed() -> None:
    token = forge({"alg": "ES256", "kid": "k"}, claims(), key_for("ES256"))[:-8] + "AAAAAAAA"
    said = peek(token)
    assert said == Unverified({"alg": "ES256", "kid": "k"}, claims())
    assert repr(said).startswith("Unverified(unverified_header=")


def test_what_was_peeked_is_not_mistaken_for_claims() -> None:
    said: Any = peek(encode(claims(sub="ada"), key_for("ES256")))
    for use in (lambda: said["sub"], lambda: dict(said), lambda: [*said], lambda: "sub" in said, lambda: {**said}):
        with pytest.raises(TypeError):
            use()
    for name in ("claims", "payload", "header", "get", "sub"):
        assert not hasattr(said, name)
    with pytest.raises(AttributeError):
        said.unverified_claims = {}
    assert copy.deepcopy(said) == said


HEADER, BODY, TWICE = b64u('{"alg":"none"}'), b64u("{}"), b64u('{"a":1,"a":2}')


@pytest.mark.parametrize(
    "token",
    [
        *("", ".", "..", "a.b", "a.b.c.d", f"{HEADER}.{BODY}", f"{HEADER}..", f"{HEADER}.!.", f"{b64u('[]')}.{BODY}."),
        *(f"{HEADER}.{b64u('[]')}.", f"{HEADER}.{TWICE}.", f"{HEADER}.{b64u('x')}."),
        f"{HEADER}.{'A' * MAX_TOKEN}.",
    ],
)
def test_peek_refuses_what_has_not_the_form(token: str) -> None:
    with pytest.raises(JWTError):
        peek(token)


@pytest.mark.parametrize("token", [None, b"a.b.c", 1, ["a"]])
def test_peek_asks_for_text(token: Any) -> None:
    with pytest.raises(TypeError):
        peek(token)
