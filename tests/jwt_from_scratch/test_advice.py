"""What `advice` says about tokens, and about which it says nothing. tests/interop measures what libraries read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_from_scratch import JWTError, Key, encode, sign
from jwt_from_scratch.services.advice import MAX_TOKEN, RULES, advice, measured
from tests.jwt_from_scratch.helpers import NOW, b64u, hostile_values, key_for

KEY = Key.from_jwk({**key_for("HS256").to_jwk(private=True), "kid": "k"})
PLAIN = {"iss": "https://login.example", "sub": "ada", "aud": "shop", "iat": NOW - 5, "exp": NOW + 600}


def token(claims: str, header: str = '{"alg":"RS256","typ":"JWT","kid":"k"}') -> str:
    """A token's form; nothing is verified, so its signature is any bytes."""
    return f"{b64u(header)}.{b64u(claims)}.{b64u(b'signature')}"


def names(text: str, now: float | None = NOW) -> list[str]:
    return [one.rule.name for one in advice(text, now)]


def test_nothing_to_say() -> None:
    assert advice(encode(PLAIN, KEY), NOW) == []
    assert advice(f"\n {encode(PLAIN, KEY)} \n", NOW) == []
    assert (
        advice(token(json.dumps({**PLAIN, "deep": {"a": [{"b": [1, 2.5, None, True, "ü"]}]}, "n": 2**53 - 1})), NOW)
        == []
    )


@pytest.mark.parametrize(
    ("claims", "rule"),
    [
        ('{"exp":1.5}', "whole seconds"),
        ('{"exp":2000000000.0}', "whole seconds"),
        ('{"exp":2e9}', "whole seconds"),
        ('{"exp":2E+9}', "whole seconds"),
        ('{"exp":1,"nbf":0.5}', "whole seconds"),
        ('{"exp":1,"iat":1e3}', "whole seconds"),
        ('{"exp":253402300800}', "near times"),
        ('{"exp":99999999999999999999}', "near times"),
        ('{"exp":1,"nbf":0}', "near times"),
        ('{"exp":1,"nbf":-1}', "near times"),
        ('{"sub":"ada"}', "exp"),
        ("{}", "exp"),
        ('{"exp":1,"iat":1700000001}', "iat"),
        ('{"exp":1,"aud":["shop"]}', "one audience"),
        ('{"exp":1,"aud":[]}', "one audience"),
        ('{"exp":1,"n":9007199254740992}', "small numbers"),
        ('{"exp":1,"n":[{"m":-9007199254740993}]}', "small numbers"),
        ('{"exp":1,"n":1E400}', "small numbers"),
        ('{"exp":1,"n":-1E99999}', "small numbers"),
        ('{"exp":1,"n":{"t":["\\u0000"]}}', "no NUL"),
        ('{"exp":1,"Sub":"a","sub":"b"}', "distinct names"),
        ('{"exp":1,"EXP":2}', "distinct names"),
        ('{"exp":1,"constructor":"x"}', "tame names"),
        ('{"exp":1,"n":' + "[" * 22 + "]" * 22 + "}", "flat"),
        ('{"exp":1,"n":"' + "x" * 13_000 + '"}', "short"),
        ("[]", "claims"),
        ("text", "claims"),
        ('"ada"', "claims"),
    ],
)
def test_claims(claims: str, rule: str) -> None:
    assert names(token(claims)) == [rule]


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        ('{"alg":"ES384","kid":"k"}', "algorithm"),
        ('{"alg":"Ed25519","kid":"k"}', "algorithm"),
        ('{"alg":"none","kid":"k"}', "algorithm"),
        ('{"alg":"XS1","kid":"k"}', "algorithm"),
        ('{"alg":"RS256"}', "kid"),
        ('{"alg":"RS256","kid":"ключ"}', "plain kid"),
        ('{"alg":"RS256","kid":"k","typ":"at+jwt"}', "typ"),
        ('{"alg":"RS256","kid":"k","typ":"application/JWT"}', "typ"),
        ('{"alg":"RS256","kid":"k","typ":7}', "typ"),
        ('{"alg":"RS256","kid":"k","cty":"application/json"}', "cty"),
        ('{"alg":"RS256","kid":"k","iss":"x"}', "own members"),
        ('{"alg":"RS256","kid":"k","x5c":["' + "A" * 600 + '"]}', "short header"),
        ('{"alg":"RS256","kid":"k","b64":true,"crit":["b64"]}', "crit"),
        ('{"alg":"RS256","kid":"k","b64":false,"crit":["b64"]}', "crit"),
    ],
)
def test_headers(header: str, rule: str) -> None:
    assert names(token('{"exp":1}', header)) == [rule]


def test_forms() -> None:
    whole = encode(PLAIN, KEY)
    protected, payload, signature = whole.split(".")
    assert names(f"{protected}..{signature}") == ["compact"]
    flat = {"protected": protected, "payload": payload, "signature": signature}
    assert names(json.dumps(flat)) == ["compact"]
    assert names(json.dumps({"payload": payload, "signatures": [flat]})) == ["compact"]


def test_a_typ_in_lower_case_a_shared_secret_without_kid_and_a_clock_that_is_not_given_are_fine() -> None:
    assert names(token('{"exp":1}', '{"alg":"HS256","typ":"jwt"}')) == []
    assert names(token('{"exp":1,"iat":9999999999}'), None) == []


def test_advice_names_libraries_with_versions() -> None:
    versions = {f"{name} {version}".strip() for name, version in measured()["libraries"].items()}
    (one,) = advice(token('{"exp":1.5}'))
    assert one.refuse
    assert {*one.refuse, *one.misread} <= versions
    assert len(one.refuse) + len(one.misread) <= one.of <= 40
    assert "exp is not written as a whole number: refused by " in str(one)
    assert str(one).endswith(one.rule.says)
    (unknown,) = advice(token('{"exp":1}', '{"alg":"XS1","kid":"k"}'))
    assert "nobody was asked" in str(unknown)


def test_several_rules_come_in_their_order() -> None:
    found = names(token('{"iat":1.5,"aud":["a"],"n":1E400}', '{"alg":"EdDSA","x":1}'))
    assert found == sorted(found, key=[rule.name for rule in RULES].index)
    assert found == ["algorithm", "kid", "own members", "exp", "whole seconds", "one audience", "small numbers"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a",
            "a.b",
            "a.b.c",
            "a.b.c.d",
            "a.b.c.d.e",
            "{",
            "{}x",
            "....",
            "e30.e30.",
            "\u2028.\u2028.",
            "{" * 5000,
        ),
        *(token("{}", header) for header in ("[]", "7", "{", '{"alg":7}', '{"alg":NaN}', "{}", "[" * 5000)),
        "x" * (MAX_TOKEN + 1),
    ],
)
def test_what_is_no_signed_token_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(JWTError) as caught:
        advice(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [None, b"a.b.c", 7, ["a"]])
def test_what_is_no_text_is_a_mistake_of_the_caller(value) -> None:
    with pytest.raises(TypeError, match="must be str"):
        advice(value)


@pytest.mark.parametrize("number", ["1E999999999999999999999", "-1E-999999999999999999999", "9" * 5000])
def test_numbers_beyond_all_limits(number: str) -> None:
    """Either the payload is said to be none that we read, or the number to be long; nothing else is raised."""
    assert set(names(token(f'{{"exp":{number},"n":{number}}}'))) <= {
        "claims",
        "small numbers",
        "near times",
        "whole seconds",
    }


@given(
    st.dictionaries(st.sampled_from(["alg", "typ", "kid", "cty", "crit", "b64", "x"]), hostile_values), hostile_values
)
def test_it_never_raises_anything_else(header, claims) -> None:
    try:
        written = [json.dumps(one, default=str).encode() for one in (header, claims)]
    except (ValueError, TypeError):
        return
    try:
        found = advice(".".join((b64u(written[0]), b64u(written[1]), "AA")), NOW)
    except JWTError:
        return
    assert all("\n" not in str(one) for one in found)


def test_a_token_of_ours_may_need_advice() -> None:
    assert names(sign(b"bytes", KEY)) == ["claims"]
    assert names(encode({**PLAIN, "exp": NOW + 0.5}, KEY, typ="at+jwt")) == ["typ", "whole seconds"]


def test_what_was_measured_has_tokens_to_sign_anew() -> None:
    cases = measured()["cases"]
    signable = [one for one in cases.values() if "token" in one]
    assert len(signable) >= 50
    assert all(one["token"].count(".") == 2 and one["text"] for one in signable)
    assert all(
        set(one["refuse"] + one["misread"]) <= {*measured()["libraries"], "golang-jwt, RegisteredClaims"}
        for one in cases.values()
    )
