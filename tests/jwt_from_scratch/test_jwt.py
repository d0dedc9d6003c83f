import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_from_scratch import (
    ClaimError,
    EncodingError,
    ExpiredError,
    JWTError,
    Key,
    KeyRefused,
    KeySet,
    SignatureError,
    TokenError,
    decode,
    encode,
    verify,
)
from tests.jwt_from_scratch.helpers import (
    NAMES,
    NOW,
    PUBLIC_NAMES,
    forge,
    hostile_values,
    json_values,
    key_for,
    other_key,
)

LATER = NOW + 3600


@pytest.mark.parametrize("alg", NAMES)
def test_round_trip(alg):
    key = key_for(alg)
    claims = {"iss": "a", "sub": "b", "aud": ["c", "d"], "exp": LATER, "nbf": NOW, "iat": NOW, "jti": "1", "x": [None]}
    token = encode(claims, key)
    options = {"issuer": "a", "subject": "b", "audience": "d", "typ": "jwt", "now": NOW}
    options["require"] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]
    assert decode(token, key, **options) == claims
    assert decode(token, KeySet([key]), **options) == claims
    assert verify(token, key).header == {"alg": alg, "typ": "JWT"}
    if alg in PUBLIC_NAMES:
        assert decode(token, key.public(), **options) == claims
    with pytest.raises(SignatureError):
        decode(token, other_key(alg), **options)


def test_the_example_of_the_package():
    key = Key.generate("HS256")
    token = encode({"sub": "ada", "exp": 2_000_000_000}, key)
    assert decode(token, key, now=1_900_000_000)["sub"] == "ada"


def test_encode_leaves_its_arguments_alone(hs256):
    claims, header = {"exp": LATER}, {"cty": "x"}
    encode(claims, hs256, header=header)
    assert (claims, header) == ({"exp": LATER}, {"cty": "x"})


# -- typ --------------------------------------------------------------------------------------------------------


def test_encode_typ(hs256):
    assert verify(encode({}, hs256), hs256).header == {"alg": "HS256", "typ": "JWT"}
    assert verify(encode({}, hs256, typ=None), hs256).header == {"alg": "HS256"}
    assert verify(encode({}, hs256, typ="at+jwt"), hs256).header["typ"] == "at+jwt"
    assert verify(encode({}, hs256, header={"typ": "at+jwt"}), hs256).header["typ"] == "at+jwt"


@pytest.mark.parametrize(
    ("in_token", "wanted", "accepted"),
    [
        ("JWT", "JWT", True),
        ("jwt", "JWT", True),
        ("JWT", "jwt", True),
        ("application/jwt", "JWT", True),
        ("JWT", "application/JWT", True),
        ("APPLICATION/JWT", "application/jwt", True),
        ("at+jwt", "application/AT+JWT", True),
        ("", "", True),
        ("JWT", "at+jwt", False),
        ("at+jwt", "jwt", False),
        ("JWT ", "JWT", False),
        ("text/jwt", "jwt", False),
        ("application/application/jwt", "jwt", False),
        ("application/", "jwt", False),
        ("", "jwt", False),
        ("jwt", "", False),
        ("\u212awt", "kwt", False),  # the Kelvin sign, which str.lower() turns into k
        ("J\u0130", "ji\u0307", False),
        ("jwt", "\ud800", False),
        (None, "JWT", False),
        (None, "", False),
        (None, None, True),
        ("anything", None, True),
    ],
)
def test_decode_typ(in_token, wanted, accepted, hs256):
    token = encode({"exp": LATER}, hs256, typ=in_token)
    if accepted:
        assert decode(token, hs256, typ=wanted, now=NOW)
    else:
        with pytest.raises(TokenError, match="typ"):
            decode(token, hs256, typ=wanted, now=NOW)


@pytest.mark.parametrize("typ", [7, b"JWT", ["JWT"], True])
def test_typ_is_text(typ, hs256):
    with pytest.raises(TypeError):
        encode({}, hs256, typ=typ)
    with pytest.raises(TypeError):
        decode(encode({"exp": LATER}, hs256), hs256, typ=typ, now=NOW)


# -- encode -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claims", [None, [], "{}", b"{}", 7, [("exp", 1)], True])
def test_claims_are_a_dict(claims, hs256):
    with pytest.raises(TypeError):
        encode(claims, hs256)


@pytest.mark.parametrize("header", [[], "x", 7, b"", [("typ", "JWT")]])
def test_a_header_is_a_dict(header, hs256):
    for typ in ("JWT", None):
        with pytest.raises(TypeError):
            encode({}, hs256, typ=typ, header=header)


@pytest.mark.parametrize("key", [None, b"s" * 32, "s" * 32, KeySet([])])
def test_encode_wants_a_key(key):
    with pytest.raises(TypeError):
        encode({}, key)


@pytest.mark.parametrize("claims", [{"x": b"y"}, {"x": {1}}, {7: 1}, {None: 1}, {"x": object()}, {"x": [{1: 2}]}])
def test_claims_that_json_has_no_form_for(claims, hs256):
    with pytest.raises(TypeError):
        encode(claims, hs256)


def nested(depth):
    value = 1
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "claims",
    [
        *({"x": float("nan")}, {"x": float("inf")}, {"x": "\ud800"}, {"\ud800": 1}, {"x": 10**5000}),
        *(nested(33), {"x": "y" * 60_000}),
    ],
    ids=range(7),
)
def test_encode_refuses_what_decode_refuses(claims, hs256):
    with pytest.raises(JWTError):
        encode(claims, hs256)


def test_depth_32_is_the_last_one(hs256):
    assert decode(encode(nested(32), hs256), hs256, require=()) == nested(32)


@pytest.mark.parametrize(
    "claims",
    [
        *({name: value} for name in ("iss", "sub", "jti") for value in (None, 7, ["a"])),
        *({"aud": value} for value in (None, 7, [], [7], {})),
        *({name: value} for name in ("exp", "nbf", "iat") for value in (None, "1", True, [1], float("inf"))),
    ],
    ids=str,
)
def test_encode_applies_the_type_rules(claims, hs256):
    with pytest.raises(ClaimError) as caught:
        encode(claims, hs256)
    assert caught.value.claim == next(iter(claims))


def test_encode_does_not_apply_the_time_rules(hs256):
    claims = {"exp": 1, "nbf": 10**12, "iat": 10**12}
    token = encode(claims, hs256)
    with pytest.raises(ExpiredError):
        decode(token, hs256)
    assert encode({}, hs256)


def test_encode_follows_the_rules_of_sign(hs256):
    for header in ({"crit": []}, {"b64": True}, {"alg": "none"}, {"alg": "HS512"}, {"typ": None}, {"kid": 7}):
        with pytest.raises(JWTError):
            encode({}, hs256, header=header)
    with pytest.raises(JWTError):
        encode({}, Key.from_secret(bytes(32), kid="a"), header={"kid": "b"})
    with pytest.raises(JWTError):
        encode({}, key_for("ES256").public())
    enc = Key.from_jwk({**key_for("ES256").to_jwk(True), "use": "enc"})
    with pytest.raises(KeyRefused):
        encode({}, enc)


@given(st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "x", "y"]), hostile_values))
def test_what_encode_emits_decode_reads(claims):
    """Times and audiences aside, whatever came out goes in again, and means the same."""
    key = key_for("HS256")
    try:
        token = encode(claims, key)
    except (JWTError, TypeError):
        return
    assert json.loads(verify(token, key).payload) is not None
    try:
        decode(token, key, require=(), now=NOW, audience=["a"] if "aud" in claims else None)
    except ClaimError as error:
        assert error.claim in ("exp", "nbf", "iat", "aud")  # noqa: PT017 - most draws raise nothing


@given(st.dictionaries(st.text(max_size=8).filter(lambda name: len(name) != 3), json_values, max_size=5))
def test_any_other_claims_round_trip(claims):
    key = key_for("HS256")
    assert decode(encode(claims, key), key, require=()) == claims


@given(st.text(max_size=3), st.characters(categories=["Cs"]), st.text(max_size=3))
def test_half_of_a_surrogate_pair_is_refused_in_names_and_values(before, half, behind):
    for claims in ({before + half + behind: 1}, {"name": before + half + behind}, {"list": [{"in": half}]}):
        with pytest.raises(EncodingError):
            encode(claims, key_for("HS256"))


# -- decode -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [[], None, 7, "text", True, [{"exp": LATER}], ["exp"], 1.5])
def test_the_root_is_an_object(payload, hs256):
    for require in ((), ("exp",)):
        with pytest.raises(TokenError):
            decode(forge({"alg": "HS256"}, payload, hs256), hs256, require=require, now=NOW)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"exp",
        b'{"exp":1',
        b'{"exp":1700009999,"exp":1}',
        b'{"exp":1700009999,"a":{"b":1,"b":1}}',
        b'\xef\xbb\xbf{"exp":1700009999}',
        '{"exp":1700009999}'.encode("utf-16"),
        '{"exp":1700009999}'.encode("utf-16-be"),
        '{"exp":1700009999}'.encode("utf-32"),
        b'{"exp":1e999}',
        b'{"exp":Infinity}',
        b'{"exp":NaN}',
        b'{"exp":' + b"9" * 5000 + b"}",
        b'{"exp":1700009999,"x":"\\ud800"}',
        b'{"exp":1700009999,"x":"\xff"}',
        b'{"exp":1700009999,"x":' + b"[" * 32 + b"]" * 32 + b"}",
        b'{"exp":1700009999,"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"exp":1700009999}{}',
    ],
)
def test_a_payload_that_is_no_strict_json(payload, hs256):
    token = forge({"alg": "HS256"}, payload, hs256)
    assert verify(token, hs256).payload == payload
    with pytest.raises(EncodingError):
        decode(token, hs256, now=NOW)


def test_the_signature_comes_first(hs256):
    """Claims of a token whose signature does not fit are not even looked at."""
    token = forge({"alg": "HS256"}, b"not json", Key.from_secret(b"m" * 32))
    with pytest.raises(SignatureError):
        decode(token, hs256)
    expired = encode({"exp": 1}, Key.from_secret(b"m" * 32))
    with pytest.raises(SignatureError):
        decode(expired, hs256)


def test_decode_passes_every_option_on(hs256):
    claims = {"iss": "i", "sub": "s", "aud": "a", "exp": NOW, "nbf": NOW, "iat": NOW}
    token = encode(claims, hs256)
    good = {"issuer": "i", "subject": "s", "audience": "a", "typ": "JWT", "leeway": 1, "now": NOW, "require": ["exp"]}
    assert decode(token, hs256, **good) == claims
    bad = {
        **{"issuer": "x", "subject": "x", "audience": "x", "typ": "x"},
        **{"leeway": 0, "now": NOW + 1, "require": ["jti"]},
    }
    for name, value in bad.items():
        with pytest.raises(JWTError):
            decode(token, hs256, **{**good, name: value})


def test_exp_is_required_unless_the_caller_says_otherwise(hs256):
    token = encode({"sub": "a"}, hs256)
    with pytest.raises(ClaimError, match="exp"):
        decode(token, hs256)
    assert decode(token, hs256, require=()) == {"sub": "a"}
    assert decode(token, hs256, require=["sub"]) == {"sub": "a"}
    with pytest.raises(TypeError):
        decode(encode({"exp": LATER}, hs256), hs256, require="exp", now=NOW)


def test_the_clock_is_the_default(hs256):
    now = time.time()
    assert decode(encode({"exp": now + 60}, hs256), hs256)
    with pytest.raises(ExpiredError):
        decode(encode({"exp": now - 1}, hs256), hs256)
    assert decode(encode({"exp": now - 1}, hs256), hs256, leeway=60)


@pytest.mark.parametrize(
    "options",
    [
        *({"issuer": 7}, {"audience": 7}, {"subject": b"s"}, {"typ": 7}, {"require": "exp"}, {"require": None}),
        *({"leeway": "0"}, {"leeway": None}, {"now": "0"}, {"now": True}, {"audience": [7]}, {"leeway": True}),
    ],
    ids=str,
)
def test_options_of_the_wrong_type(options, hs256):
    with pytest.raises(TypeError):
        decode(encode({"exp": LATER}, hs256), hs256, **{"now": NOW, **options})


@pytest.mark.parametrize(
    "options", [{"leeway": -1}, {"leeway": float("nan")}, {"now": float("inf")}, {"now": 10**400}], ids=range(4)
)
def test_options_out_of_range(options, hs256):
    with pytest.raises(JWTError):
        decode(encode({"exp": LATER}, hs256), hs256, **{"now": NOW, **options})


def test_options_are_named(hs256):
    with pytest.raises(TypeError):
        encode({}, hs256, "JWT")
    with pytest.raises(TypeError):
        decode(encode({"exp": LATER}, hs256), hs256, "issuer")
    with pytest.raises(TypeError):
        decode(encode({"exp": LATER}, hs256), hs256, algorithms=["HS256"])


@pytest.mark.parametrize("token", [None, 7, b"a.b.c", ["a.b.c"], {"a": 1}])
def test_a_token_is_text(token, hs256):
    with pytest.raises(TypeError):
        decode(token, hs256)


@pytest.mark.parametrize("key", [None, b"s" * 32, "s" * 32, {"kty": "oct"}, ["HS256"]])
def test_decode_wants_a_key_or_a_set(key, hs256):
    with pytest.raises(TypeError):
        decode(encode({"exp": LATER}, hs256), key)


def test_rotation():
    """Two signing keys in a published set: tokens of both are accepted, and after rotation only the newer one's."""
    old, new = Key.generate("ES256", kid="2024"), Key.generate("ES256", kid="2025")
    tokens = [encode({"exp": LATER}, key) for key in (old, new)]
    both = KeySet.from_jwks(KeySet([old, new]).to_jwks())
    assert [decode(token, both, now=NOW) for token in tokens] == [{"exp": LATER}] * 2
    one = KeySet.from_jwks(KeySet([new]).to_jwks())
    assert decode(tokens[1], one, now=NOW)
    with pytest.raises(KeyRefused, match="no key"):
        decode(tokens[0], one, now=NOW)


@given(st.binary(max_size=60) | json_values.map(json.dumps).map(str.encode))
def test_any_signed_payload_is_claims_or_refused(payload):
    key = key_for("HS256")
    token = forge({"alg": "HS256"}, payload, key)
    try:
        claims = decode(token, key, require=(), now=NOW)
    except JWTError:
        return
    assert claims == json.loads(payload)
    assert isinstance(claims, dict)


@given(hostile_values)
def test_anything_as_a_token(value):
    with pytest.raises(JWTError if isinstance(value, str) else TypeError):
        decode(value, key_for("HS256"))


def test_error_texts_are_one_line(hs256):
    texts = []
    for header in (
        {"alg": "a\nb"},
        {"alg": "x" * 9999},
        {"alg": "HS256", "kid": "a\nb"},
        {"alg": 7},
        {"alg": "HS256", "crit": "\n"},
    ):
        for payload in ({"exp": LATER, "iss": "\n", "aud": "a\nb"}, {"exp": "\n"}, {"sub": 7}):
            for key in (hs256, KeySet([hs256])):
                try:
                    decode(forge(header, payload, hs256), key, issuer="i", now=NOW)
                except JWTError as error:
                    texts.append(str(error))
    assert len(texts) == 30
    assert all(text and "\n" not in text and len(text) < 300 for text in texts)
