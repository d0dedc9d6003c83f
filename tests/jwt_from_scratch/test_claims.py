"""The rules for claims, on `check_types` and `check_claims` and, for every refused value, through whole tokens."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_from_scratch import ClaimError, ExpiredError, JWTError, decode, encode
from jwt_from_scratch.claims import check_claims, check_types, expected
from tests.jwt_from_scratch.helpers import NOW, forge, hostile_values, json_values, key_for

TIMES = ("exp", "nbf", "iat")
TEXTS = ("iss", "sub", "jti")


def check(claims, **options):
    check_claims(claims, expected(**{"require": (), "now": NOW, **options}))


# -- types ------------------------------------------------------------------------------------------------------

NO_NUMBERS = ["", " ", "text", "1700000000", "1e3", [], ["x"], [1], {}, {"a": 1}, True, False, None]


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize("value", [*NO_NUMBERS, float("inf"), float("-inf"), float("nan")], ids=repr)
def test_a_time_is_a_finite_number(name, value):
    for rule in (check_types, check):
        with pytest.raises(ClaimError) as caught:
            rule({name: value})
        assert caught.value.claim == name
        assert not isinstance(caught.value, ExpiredError)
    with pytest.raises(JWTError):
        encode({"exp": NOW, name: value}, key_for("HS256"))


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize(
    "text",
    [
        *('""', '" "', '"text"', '"1700000000"', "[]", '["x"]', "[1700000000]", "{}", "true", "false", "null"),
        *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, "-" + "9" * 5000, "1_000", "0x10", "01"),
    ],
)
def test_a_token_with_a_time_of_another_form_is_refused(name, text):
    token = forge({"alg": "HS256"}, f'{{"{name}":{text}}}'.encode(), key_for("HS256"))
    with pytest.raises(JWTError):
        decode(token, key_for("HS256"), require=(), now=NOW)


@pytest.mark.parametrize(
    "value",
    [Decimal(NOW), Fraction(NOW), datetime.fromtimestamp(NOW, UTC), b"1700000000", 1j, object()],
    ids=lambda value: type(value).__name__,
)
def test_a_python_value_that_json_has_no_form_for(value):
    for name in TIMES:
        with pytest.raises(ClaimError):
            check_types({name: value})


@pytest.mark.parametrize("value", [0, -1, 1, 1.5, -0.0, NOW, NOW + 0.999, 1e300, -1e300, 10**400, -(10**400), 2**63])
def test_every_finite_number_is_a_time(value):
    check_types(dict.fromkeys(TIMES, value))


def test_integers_of_400_digits():
    """Bigger than any float, and still compared rightly."""
    far = 10**400
    check({"exp": far})
    check({"nbf": -far, "iat": -far})
    for now in (NOW, float(NOW), 1.7e308):
        check({"exp": far}, now=now)
        with pytest.raises(ExpiredError):
            check({"exp": -far}, now=now)
        for name in ("nbf", "iat"):
            with pytest.raises(ClaimError):
                check({name: far}, now=now, leeway=1e6)
    key = key_for("HS256")
    claims = {"exp": far, "nbf": -far, "iat": 0}
    assert decode(encode(claims, key), key, now=NOW) == claims


@pytest.mark.parametrize("name", TEXTS)
def test_iss_sub_and_jti_are_strings(name):
    for value in ("", "a", "https://example.org", "ß", "a" * 1000):
        check_types({name: value})
        check({name: value})
    for value in (None, True, False, 0, 7, 1.5, [], ["a"], {}, {"a": "b"}, b"a"):
        for rule in (check_types, check):
            with pytest.raises(ClaimError) as caught:
                rule({name: value})
            assert caught.value.claim == name
        if value != b"a":
            token = forge({"alg": "HS256"}, {name: value}, key_for("HS256"))
            with pytest.raises(ClaimError):
                decode(token, key_for("HS256"), require=(), now=NOW)
        with pytest.raises(ClaimError):
            encode({name: value}, key_for("HS256"))


def test_aud_is_a_string_or_an_array_of_strings():
    for value in ("", "api", ["api"], ["a", "b"], ["a", "a"], [""]):
        check_types({"aud": value})
    for value in (
        None,
        True,
        7,
        1.5,
        [],
        {},
        {"api": 1},
        [7],
        ["api", 7],
        ["api", None],
        [["api"]],
        [[]],
        b"api",
        {"a"},
    ):
        with pytest.raises(ClaimError) as caught:
            check_types({"aud": value})
        assert caught.value.claim == "aud"
        for audience in (None, "api", ["api"]):
            with pytest.raises(ClaimError):
                check({"aud": value}, audience=audience)
    for value in (None, True, 7, [], {}, ["api", 7], [["api"]]):
        for audience in (None, "api"):
            token = forge({"alg": "HS256"}, {"aud": value}, key_for("HS256"))
            with pytest.raises(ClaimError):
                decode(token, key_for("HS256"), require=(), audience=audience, now=NOW)


def test_other_claims_may_hold_anything():
    check({"scope": 7, "EXP": "never", "expires": None, "roles": [1, {"a": True}], "": "x", "nonce": False})


@pytest.mark.parametrize("name", [*TIMES, *TEXTS, "aud"])
def test_an_absent_claim_has_no_type(name):
    check_types({})
    check({})


# -- times ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exp", "leeway", "accepted"),
    [
        (NOW + 1, 0, True),
        (NOW, 0, False),
        (NOW - 1, 0, False),
        (NOW + 0.5, 0, True),
        (NOW - 0.5, 0, False),
        (NOW - 60, 60, False),
        (NOW - 59, 60, True),
        (NOW - 59.5, 60, True),
        (NOW - 61, 60, False),
        (NOW - 0.25, 0.5, True),
        (NOW - 0.5, 0.5, False),
        (0, 0, False),
        (-1, 0, False),
        (-(10**18), 0, False),
        (0, NOW, False),
        (0, NOW + 1, True),
    ],
)
def test_exp(exp, leeway, accepted):
    """Refused from the second exp on: now − leeway ≥ exp."""
    if accepted:
        check({"exp": exp}, leeway=leeway)
    else:
        with pytest.raises(ExpiredError) as caught:
            check({"exp": exp}, leeway=leeway)
        assert caught.value.claim == "exp"


@pytest.mark.parametrize("name", ["nbf", "iat"])
@pytest.mark.parametrize(
    ("value", "leeway", "accepted"),
    [
        (NOW, 0, True),
        (NOW - 1, 0, True),
        (NOW + 1, 0, False),
        (NOW + 0.5, 0, False),
        (NOW + 60, 60, True),
        (NOW + 61, 60, False),
        (NOW + 60.5, 60, False),
        (NOW + 0.5, 0.5, True),
        (0, 0, True),
        (-5, 0, True),
    ],
)
def test_nbf_and_iat(name, value, leeway, accepted):
    """Refused before that second: now + leeway < nbf, and iat > now + leeway."""
    if accepted:
        check({name: value}, leeway=leeway)
    else:
        with pytest.raises(ClaimError) as caught:
            check({name: value}, leeway=leeway)
        assert caught.value.claim == name
        assert not isinstance(caught.value, ExpiredError)


def test_now_is_the_clock_by_default():
    soon, past = time.time() + 100, time.time() - 100
    check({"exp": soon, "nbf": past, "iat": past}, now=None)
    with pytest.raises(ExpiredError):
        check({"exp": past}, now=None)
    for name in ("nbf", "iat"):
        with pytest.raises(ClaimError):
            check({name: soon}, now=None)


def test_now_zero_is_a_time_and_not_the_default():
    check({"exp": 1}, now=0)
    with pytest.raises(ExpiredError):
        check({"exp": 0}, now=0)
    with pytest.raises(ClaimError):
        check({"nbf": 1}, now=0)


@given(
    claims=st.fixed_dictionaries({}, optional={name: st.integers(-200, 200) | st.floats(-200, 200) for name in TIMES}),
    now=st.integers(-100, 100),
    leeway=st.integers(0, 50),
)
def test_the_three_rules_together(claims, now, leeway):
    refused = (
        ("exp" in claims and now - leeway >= claims["exp"])
        or ("nbf" in claims and now + leeway < claims["nbf"])
        or ("iat" in claims and claims["iat"] > now + leeway)
    )
    if refused:
        with pytest.raises(ClaimError):
            check(claims, now=now, leeway=leeway)
    else:
        check(claims, now=now, leeway=leeway)


# -- issuer and subject -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("claim", "option"), [("iss", "issuer"), ("sub", "subject")])
def test_issuer_and_subject_are_compared_exactly(claim, option):
    check({claim: "https://a.example"}, **{option: "https://a.example"})
    check({claim: "anything"})
    check({claim: ""}, **{option: ""})
    for other in (
        "https://a.example/",
        "HTTPS://A.EXAMPLE",
        "https://a.example ",
        "https://a",
        "",
        "https://ａ.example",
    ):
        with pytest.raises(ClaimError) as caught:
            check({claim: other}, **{option: "https://a.example"})
        assert caught.value.claim == claim
    for wanted in ("https://a.example", ""):
        with pytest.raises(ClaimError, match="missing"):
            check({}, **{option: wanted})


@pytest.mark.parametrize("option", ["issuer", "subject"])
@pytest.mark.parametrize("value", [7, True, b"a", ["a"], ("a",), {"a"}, {"a": 1}, object()])
def test_issuer_and_subject_are_text(option, value):
    for claims in ({}, {"iss": "a", "sub": "a"}):
        with pytest.raises(TypeError):
            check(claims, **{option: value})


# -- audience ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", ["api", ["api"], ("api",), {"api"}, frozenset({"api"}), ["x", "api"], {"api": 1}])
def test_audience_accepted(audience):
    for aud in ("api", ["api"], ["web", "api"]):
        check({"aud": aud}, audience=audience)


@pytest.mark.parametrize("audience", ["api", ["api"], ["api", "x"], [], (), set(), "", [""]])
@pytest.mark.parametrize("aud", ["web", ["web"], "API", "api ", "ap", "apiary", ["a", "p", "i"], ["api2"]])
def test_audience_for_someone_else(audience, aud):
    with pytest.raises(ClaimError) as caught:
        check({"aud": aud}, audience=audience)
    assert caught.value.claim == "aud"


def test_audience_in_the_token_and_not_given():
    for aud in ("api", ["api"], ""):
        with pytest.raises(ClaimError, match="audience="):
            check({"aud": aud})


@pytest.mark.parametrize("audience", ["api", ["api"], [], ""])
def test_audience_given_and_not_in_the_token(audience):
    with pytest.raises(ClaimError, match="missing"):
        check({"iss": "a"}, audience=audience)


@pytest.mark.parametrize(
    "audience", [7, True, b"api", 1.5, [7], ["api", None], [b"api"], [["api"]], object(), iter(["api"])]
)
def test_audience_type_errors(audience):
    for claims in ({}, {"aud": "api"}):
        with pytest.raises(TypeError):
            check(claims, audience=audience)


# -- require ----------------------------------------------------------------------------------------------------


def test_exp_is_required_by_default():
    with pytest.raises(ClaimError) as caught:
        check_claims({"sub": "a"}, expected(now=NOW))
    assert caught.value.claim == "exp"
    check_claims({"exp": NOW + 1}, expected(now=NOW))


def test_require_replaces_the_default():
    check({"sub": "a"}, require=["sub"])
    check({}, require=())
    check({"exp": NOW + 1, "x": None}, require={"exp", "x"})
    check({"x": 0}, require={"x": 1})
    for require in (["exp"], ["sub", "exp"], {"jti"}, ("",), frozenset({"x"})):
        with pytest.raises(ClaimError, match="required"):
            check({"sub": "a"}, require=require)


def test_a_claim_that_is_not_required_is_checked_all_the_same():
    with pytest.raises(ExpiredError):
        check({"exp": NOW}, require=())
    with pytest.raises(ClaimError):
        check({"exp": None}, require=())


@pytest.mark.parametrize("require", ["exp", "", b"exp", None, 7, True, [7], ["exp", None], [["exp"]], iter(["exp"])])
def test_require_type_errors(require):
    with pytest.raises(TypeError):
        check({"exp": NOW + 1}, require=require)


# -- leeway and now ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["leeway", "now"])
@pytest.mark.parametrize("value", ["60", b"60", True, False, [60], {}, 1j, Decimal(60), Fraction(60), object()])
def test_leeway_and_now_are_numbers(option, value):
    with pytest.raises(TypeError):
        check({"exp": NOW + 1}, **{option: value})


def test_leeway_may_not_be_none():
    with pytest.raises(TypeError):
        check({}, leeway=None)


def test_a_datetime_is_no_now():
    with pytest.raises(TypeError):
        check({}, now=datetime.now(UTC))


@pytest.mark.parametrize("option", ["leeway", "now"])
@pytest.mark.parametrize(
    "value", [float("inf"), float("-inf"), float("nan"), 10**400, -(10**400), 10**5000], ids=range(6)
)
def test_leeway_and_now_are_finite(option, value):
    with pytest.raises(JWTError):
        check({"exp": NOW + 1}, **{option: value})


@pytest.mark.parametrize("leeway", [-1, -0.001, -(10**10)])
def test_leeway_is_not_negative(leeway):
    with pytest.raises(JWTError):
        check({"exp": NOW + 1}, leeway=leeway)


def test_edges_of_the_float_range():
    check({"exp": 10**400}, now=1.7e308, leeway=1.7e308)
    check({"exp": 0}, now=-1.7e308, leeway=1.7e308)
    check({"nbf": 10**300, "iat": 10**300}, now=10**308, leeway=10**308)
    check({"exp": NOW + 1}, leeway=-0.0)


# -- nothing else ever escapes ----------------------------------------------------------------------------------

names = st.sampled_from([*TIMES, *TEXTS, "aud", "x"])


@given(st.dictionaries(names, hostile_values, max_size=4))
def test_any_claims_are_accepted_or_refused(claims):
    for options in ({}, {"issuer": "a", "audience": ["a"], "subject": "b", "leeway": 5}):
        try:
            check(claims, **options)
        except JWTError as error:
            assert "\n" not in str(error)  # noqa: PT017 - most draws raise nothing


options = st.sampled_from(["issuer", "audience", "subject", "require", "leeway", "now"])


@given(claims=st.dictionaries(names, json_values, max_size=4), options=st.dictionaries(options, hostile_values))
def test_any_options_are_accepted_or_refused(claims, options):
    try:
        check(claims, **options)
    except (JWTError, TypeError):
        return


def test_a_mistake_in_the_program_shows_before_the_token_is_looked_at():
    key = key_for("HS256")
    for options in (
        {"issuer": 7},
        {"audience": 7},
        {"subject": b"x"},
        {"require": "exp"},
        {"leeway": "1"},
        {"now": None, "typ": 1},
    ):
        with pytest.raises(TypeError):
            decode("not.a.token", key, **options)
