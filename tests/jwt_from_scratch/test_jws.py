import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_from_scratch import EncodingError, JWTError, Key, KeySet, SignatureError, Signed, TokenError, sign, verify
from jwt_from_scratch.encoding import b64u_decode, json_dumps
from jwt_from_scratch.jws import MAX_TOKEN
from tests.jwt_from_scratch.helpers import (
    EC_NAMES,
    NAMES,
    NOW,
    PUBLIC_NAMES,
    b64u,
    forge,
    hostile_values,
    json_values,
    key_for,
    other_key,
)

FAST_NAMES = ("HS256", "ES256", "Ed25519", "RS256")


# -- sign and verify --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", NAMES)
def test_round_trip(alg):
    key = key_for(alg)
    for payload in (b"", b"\0", b"payload", bytes(range(256)), "ünï".encode()):
        token = sign(payload, key)
        signed = verify(token, key)
        assert isinstance(signed, Signed)
        assert signed == ({"alg": alg}, payload)
        assert (signed.header, signed.payload) == signed
        if alg in PUBLIC_NAMES:
            assert verify(token, key.public()) == signed


@given(payload=st.binary(max_size=300), alg=st.sampled_from(["HS256", "HS512", "ES256", "Ed25519"]))
def test_any_payload_round_trips(payload, alg):
    token = sign(payload, key_for(alg))
    assert verify(token, key_for(alg)).payload == payload
    assert token.isascii()
    assert token.count(".") == 2


@pytest.mark.parametrize("alg", NAMES)
def test_another_key_does_not_fit(alg):
    with pytest.raises(SignatureError):
        verify(sign(b"m", other_key(alg)), key_for(alg))


@pytest.mark.parametrize("alg", NAMES)
def test_a_key_for_another_algorithm_does_not_fit(alg):
    token = sign(b"m", key_for(alg))
    for other in NAMES:
        if other != alg:
            with pytest.raises(TokenError):
                verify(token, key_for(other))


def test_the_form_of_a_token():
    token = sign(b'{"a":1}', Key.from_secret(bytes(32), kid="k"), {"typ": "JWT"})
    header, payload, signature = token.split(".")
    assert json.loads(b64u_decode(header)) == {"alg": "HS256", "kid": "k", "typ": "JWT"}
    assert b64u_decode(payload) == b'{"a":1}'
    assert len(b64u_decode(signature)) == 32


def test_ecdsa_tokens_are_deterministic_and_have_twins():
    """A denylist keyed on a token's text misses the twin; key it on the jti or on the signed part."""
    key = key_for("ES256")
    token = sign(b"m", key)
    assert sign(b"m", key) == token
    start, _, signature = token.rpartition(".")
    raw = b64u_decode(signature)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    s = order - int.from_bytes(raw[32:], "big")
    twin = f"{start}.{b64u(raw[:32] + s.to_bytes(32, 'big'))}"
    assert twin != token
    assert verify(twin, key) == verify(token, key)


@pytest.mark.parametrize("payload", [None, "text", bytearray(b"x"), memoryview(b"x"), 7, {"a": 1}])
def test_sign_wants_bytes(payload, hs256):
    with pytest.raises(TypeError):
        sign(payload, hs256)


@pytest.mark.parametrize("key", [None, b"s" * 32, "secret", {"kty": "oct"}, KeySet([]), KeySet([key_for("HS256")])])
def test_sign_wants_a_key(key):
    with pytest.raises(TypeError):
        sign(b"m", key)


@pytest.mark.parametrize("key", [None, b"s" * 32, "secret", {"keys": []}, [key_for("HS256")], object()])
def test_verify_wants_a_key_or_a_set(key, hs256):
    with pytest.raises(TypeError):
        verify(sign(b"m", hs256), key)


@pytest.mark.parametrize("token", [None, 7, ["a.b.c"], {"a": 1}, bytearray(b"a.b.c"), memoryview(b"a.b.c")])
def test_a_token_is_text(token, hs256):
    with pytest.raises(TypeError):
        verify(token, hs256)
    with pytest.raises(TypeError):
        verify(sign(b"m", hs256).encode(), hs256)


@pytest.mark.parametrize("header", [[], "{}", 7, b"{}", [("typ", "JWT")], True])
def test_a_header_is_a_dict(header, hs256):
    with pytest.raises(TypeError):
        sign(b"m", hs256, header)


# -- the form of a token ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token", ["", ".", "..", "...", "a", "a.b", "a.b.c.d", "....", "a..b", "\n", "\ud800.\ud800.", "é.é.é"]
)
def test_malformed_tokens(token, hs256):
    with pytest.raises(JWTError):
        verify(token, hs256)


def test_three_segments_and_no_more(hs256):
    token = sign(b"m", hs256)
    header, payload, signature = token.split(".")
    for wrong in [
        *(f"{header}.{payload}", f"{header}..{signature}", f".{payload}.{signature}", f"{header}.{payload}."),
        *(token + ".", "." + token, token + "." + signature, f"{header}.{payload}.{signature}.{signature}.x"),
        *(token.replace(".", ",", 1), token.replace(".", " . "), token + " ", " " + token, token + "\n", token + "="),
        *(f"Bearer {token}", token.upper(), token[::-1], token + "\0", "\ufeff" + token, f'"{token}"'),
    ]:
        with pytest.raises(JWTError):
            verify(wrong, hs256)


def test_the_json_serialization_is_refused(hs256):
    header, payload, signature = sign(b"m", hs256).split(".")
    for form in (
        {"protected": header, "payload": payload, "signature": signature},
        {"payload": payload, "signatures": [{"protected": header, "signature": signature}]},
    ):
        with pytest.raises(JWTError):
            verify(json.dumps(form), hs256)


@pytest.mark.parametrize("size", [48_000, 49_000, 49_030])
def test_sizes_below_the_limit(size, hs256):
    assert len(verify(sign(bytes(size), hs256), hs256).payload) == size


def payload_for(length, pad, key):
    """A payload that gives a token of exactly this length, if the header {"x": "y" * pad} allows one."""
    room = length - len(sign(b"", key, {"x": "y" * pad}))
    size = room * 3 // 4
    return bytes(size) if len(b64u(bytes(size))) == room else None


def test_65536_characters_are_the_limit(hs256):
    assert MAX_TOKEN == 65_536
    seen = set()
    for length in (MAX_TOKEN - 1, MAX_TOKEN, MAX_TOKEN + 1):
        for pad in range(4):
            payload = payload_for(length, pad, hs256)
            if payload is None:
                continue
            seen.add(length)
            token = forge(json_dumps({"alg": "HS256", "x": "y" * pad}), payload, hs256)
            assert len(token) == length
            if length <= MAX_TOKEN:
                assert len(sign(payload, hs256, {"x": "y" * pad})) == length
                assert verify(sign(payload, hs256, {"x": "y" * pad}), hs256).payload == payload
                assert verify(token, hs256).payload == payload
            else:
                with pytest.raises(TokenError, match="65536"):
                    sign(payload, hs256, {"x": "y" * pad})
                with pytest.raises(TokenError, match="65536"):
                    verify(token, hs256)
    assert len(seen) == 3


# -- headers that verify refuses --------------------------------------------------------------------------------

BAD_HEADERS = [
    pytest.param(header, id=str(number))
    for number, header in enumerate(
        [
            *({}, [], None, 7, "HS256", True, ["HS256"], [{"alg": "HS256"}]),
            *({"typ": "JWT"}, {"Alg": "HS256"}, {"alg": None}, {"alg": 7}, {"alg": ["HS256"]}, {"alg": {"a": 1}}),
            *({"alg": ""}, {"alg": "hs256"}, {"alg": "HS256 "}, {"alg": "HS384"}, {"alg": "RS256"}, {"alg": True}),
            *({"alg": "none"}, {"alg": "None"}, {"alg": "NONE"}, {"alg": "nOnE"}, {"alg": "x" * 10_000}),
            *({"alg": "HS256", "kid": kid} for kid in (None, 7, [], {}, True, ["a"])),
            *({"alg": "HS256", "typ": typ} for typ in (None, 7, [], {}, False, ["JWT"])),
            *({"alg": "HS256", "cty": cty} for cty in (None, 7, [], {}, False, ["JWT"])),
            *({"alg": "HS256", "crit": crit} for crit in (None, [], ["b64"], ["exp"], "exp", 7, {}, True, "")),
            *({"alg": "HS256", "b64": b64} for b64 in (True, False, None, 0, "", [], "true")),
            {"alg": "HS256", "b64": False, "crit": ["b64"]},
        ]
    )
]


@pytest.mark.parametrize("header", BAD_HEADERS)
def test_bad_header(header, hs256):
    with pytest.raises(JWTError):
        verify(forge(header, b"{}", hs256), hs256)
    with pytest.raises(JWTError):
        verify(forge(header, b"{}", hs256), KeySet([hs256]))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"not json",
        b'{"alg":"HS256"} x',
        b'{"alg":"HS256","alg":"HS256"}',
        b'{"alg":"none","alg":"HS256"}',
        b'{"alg":"HS256","\\u0061lg":"none"}',
        b'\xef\xbb\xbf{"alg":"HS256"}',
        '{"alg":"HS256"}'.encode("utf-16"),
        '{"alg":"HS256"}'.encode("utf-16-le"),
        b'{"alg":"HS256","x":NaN}',
        b'{"alg":"HS256","x":1e999}',
        b'{"alg":"HS256","x":"\\ud800"}',
        b'{"alg":"HS256","x":"\xff"}',
        b'{"alg":"HS256","x":' + b"[" * 32 + b"]" * 32 + b"}",
        b'{"alg":"HS256","x":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"alg":"HS256","x":' + b"9" * 5000 + b"}",
        b"{'alg':'HS256'}",
    ],
)
def test_header_text_that_is_no_strict_json(text, hs256):
    with pytest.raises(EncodingError):
        verify(forge(text, b"{}", hs256), hs256)


@pytest.mark.parametrize(
    "extra",
    [
        {"jwk": {"kty": "oct", "k": b64u(b"m" * 32)}},
        {"jwk": {"kty": "oct", "k": b64u(b"m" * 32)}, "kid": "mallory"},
        {"jku": "https://example.org/keys"},
        {"x5u": "https://example.org/cert", "x5c": ["AAAA"], "x5t": "AA", "x5t#S256": "AA"},
    ],
)
def test_a_key_in_the_header_does_not_decide(extra, hs256):
    mallory = Key.from_secret(b"m" * 32)
    for key in (hs256, KeySet([Key.from_jwk({**hs256.to_jwk(True), "kid": "mallory"})])):
        with pytest.raises(SignatureError):
            verify(forge({"alg": "HS256", **extra}, b"{}", mallory), key)
    # Ignored also when the caller's own key made the signature.
    assert verify(forge({"alg": "HS256", **extra}, b"{}", hs256), hs256).payload == b"{}"


def test_a_public_key_in_the_header_does_not_decide():
    mallory = other_key("ES256")
    header = {"alg": "ES256", "jwk": mallory.to_jwk(), "jku": "https://example.org"}
    with pytest.raises(SignatureError):
        verify(forge(header, b"{}", mallory), key_for("ES256"))


def test_unknown_members_are_ignored(hs256):
    header = {
        "alg": "HS256",
        "x": 1,
        "": None,
        "exp": "soon",
        "crit ": [],
        "zip": "DEF",
        "enc": "A128GCM",
        "ALG": "none",
    }
    assert verify(forge(header, b"{}", hs256), hs256).header == header


@pytest.mark.parametrize("kid", ["", "a", "../../etc/passwd", "' OR 1=1 --", "ключ", "a" * 5000])
def test_a_single_key_ignores_the_kid(kid, hs256):
    token = forge({"alg": "HS256", "kid": kid}, b"{}", hs256)
    assert verify(token, hs256).header["kid"] == kid
    assert verify(token, Key.from_jwk({**hs256.to_jwk(True), "kid": "other"})).header["kid"] == kid
    with pytest.raises(JWTError) as caught:
        verify(token, KeySet([hs256]))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_alg_none_does_not_exist(hs256):
    payload = b64u('{"sub":"admin"}')
    for alg in ("none", "None", "NONE", "", "null"):
        header = b64u(json.dumps({"alg": alg}))
        signature = sign(b"m", hs256).rpartition(".")[2]
        for token in (f"{header}.{payload}.", f"{header}.{payload}.{signature}", f"{header}.{payload}"):
            for key in (hs256, key_for("ES256"), KeySet([hs256]), KeySet([])):
                with pytest.raises(JWTError):
                    verify(token, key)


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "Ed25519"])
def test_a_public_key_is_no_shared_secret(alg):
    """The classic confusion: sign with HS256 and the bytes of the public key."""
    public = key_for(alg).public()
    pem = public.to_pem()
    for secret in (pem, pem.strip(), json.dumps(public.to_jwk())):
        for name in ("HS256", "HS384", "HS512"):
            token = forge({"alg": name}, b"{}", Key.from_secret(secret.encode().ljust(64), name))
            for key in (public, key_for(alg), KeySet([public])):
                with pytest.raises(JWTError):
                    verify(token, key)


@pytest.mark.parametrize("alg", NAMES)
def test_an_empty_signature_never_fits(alg):
    start = sign(b"m", key_for(alg)).rpartition(".")[0]
    for signature in (b"", b"\0", bytes(32), bytes(64), bytes(132), bytes(256), b"\xff" * 64):
        with pytest.raises(SignatureError):
            verify(f"{start}.{b64u(signature)}", key_for(alg))


# -- sign can't emit what verify refuses ------------------------------------------------------------------------


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


REFUSED_EXTRAS = [
    pytest.param(extra, id=str(number))
    for number, extra in enumerate(
        [
            *({"crit": crit} for crit in (["b64"], [], None, "x")),
            *({"b64": b64} for b64 in (True, False, None)),
            *({"alg": alg} for alg in ("none", "HS384", "hs256", "", None, 7, ["HS256"])),
            *({"kid": kid} for kid in (None, 7, [], True)),
            *({"typ": typ} for typ in (None, 7, [], True)),
            *({"cty": cty} for cty in (None, 7, [], True)),
            *({"x": value} for value in (float("nan"), float("inf"), "\ud800", nested(32), nested(100_000), 10**5000)),
            {"\ud800": 1},
        ]
    )
]


@pytest.mark.parametrize("extra", REFUSED_EXTRAS)
def test_sign_refuses_the_header(extra, hs256):
    with pytest.raises(JWTError):
        sign(b"m", hs256, extra)


@pytest.mark.parametrize(
    "extra", [{7: 1}, {None: 1}, {b"x": 1}, {"x": b"y"}, {"x": {1}}, {"x": {7: 1}}, {"x": object()}]
)
def test_sign_can_not_write_the_header(extra, hs256):
    with pytest.raises(TypeError):
        sign(b"m", hs256, extra)


def test_a_header_agrees_with_the_key():
    key = Key.from_secret(bytes(32), kid="mine")
    assert verify(sign(b"m", key, {"alg": "HS256", "kid": "mine"}), key).header == {"alg": "HS256", "kid": "mine"}
    for extra in ({"kid": "other"}, {"kid": ""}, {"kid": "Mine"}, {"alg": "HS512"}, {"alg": "HS256", "kid": "x"}):
        with pytest.raises(TokenError):
            sign(b"m", key, extra)
    nameless = Key.from_secret(bytes(32))
    assert verify(sign(b"m", nameless, {"kid": "free"}), nameless).header["kid"] == "free"


def test_a_kid_that_is_no_text_for_json_is_refused():
    with pytest.raises(JWTError):
        sign(b"m", Key.from_secret(bytes(32), kid="\ud800"))


def test_sign_leaves_the_callers_header_alone(hs256):
    header = {"typ": "JWT"}
    sign(b"m", hs256, header)
    assert header == {"typ": "JWT"}


@given(
    st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "cty", "crit", "b64", "x", "jwk"]), hostile_values, max_size=3
    )
)
def test_what_sign_emits_verify_accepts(extra):
    key = key_for("HS256")
    try:
        token = sign(b"m", key, extra)
    except (JWTError, TypeError):
        return
    assert verify(token, key).payload == b"m"


@given(st.dictionaries(st.text(max_size=8), json_values, max_size=4))
def test_verify_returns_the_header_that_was_signed(extra):
    key = key_for("HS256")
    try:
        token = sign(b"m", key, extra)
    except JWTError:
        return
    assert verify(token, key).header == {"alg": "HS256", **extra}


# -- any change is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", FAST_NAMES)
def test_every_single_character_counts(alg):
    """Each position once: another character, one missing, one too many."""
    key = key_for(alg)
    token = sign(f'{{"exp":{NOW}}}'.encode(), key, {"typ": "JWT"})
    for position, character in enumerate(token):
        other = "B" if character != "B" else "C"
        for changed in (
            token[:position] + other + token[position + 1 :],
            token[:position] + token[position + 1 :],
            token[:position] + "A" + token[position:],
        ):
            if changed != token:
                with pytest.raises(JWTError):
                    verify(changed, key)


@given(st.data())
def test_no_mutation_survives(data):
    key = key_for(data.draw(st.sampled_from(["HS256", "Ed25519"])))
    token = sign(data.draw(st.binary(max_size=40)), key)
    position = data.draw(st.integers(0, len(token)))
    inserted = data.draw(st.text(max_size=3) | st.text(alphabet="AQgw-_.=", max_size=3))
    removed = data.draw(st.integers(0, 3))
    changed = token[:position] + inserted + token[position + removed :]
    if changed == token:
        return
    with pytest.raises(JWTError):
        verify(changed, key)


@given(alg=st.sampled_from(EC_NAMES), data=st.data())
def test_no_changed_ecdsa_bit_survives(alg, data):
    key = key_for(alg)
    start, _, signature = sign(b"m", key).rpartition(".")
    raw = bytearray(b64u_decode(signature))
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SignatureError):
        verify(f"{start}.{b64u(bytes(raw))}", key)


@given(
    st.text(max_size=60)
    | st.text(alphabet="eyJhbGciOiIUzN.-_=", max_size=60)
    | st.lists(st.binary(max_size=20).map(b64u), max_size=4).map(".".join)
    | st.lists(json_values.map(json.dumps).map(b64u), min_size=3, max_size=3).map(".".join)
)
def test_arbitrary_text_is_refused(token):
    for key in (key_for("HS256"), key_for("ES256"), KeySet([key_for("HS256")])):
        with pytest.raises(JWTError):
            verify(token, key)


@given(hostile_values)
def test_anything_as_a_token(value):
    with pytest.raises(JWTError if isinstance(value, str) else TypeError):
        verify(value, key_for("HS256"))


@given(header=json_values, payload=json_values)
def test_any_signed_json_is_accepted_or_refused(header, payload):
    key = key_for("HS256")
    if isinstance(header, dict):
        header = {"alg": "HS256", **header}
    try:
        signed = verify(forge(header, payload, key), key)
    except JWTError:
        return
    assert signed.header == header


@given(st.sampled_from(["alg", "kid", "typ", "cty", "crit", "b64", "jwk", "x5c"]), json_values)
def test_a_mutated_header_member(member, value):
    key = key_for("HS256")
    for chosen in (key, KeySet([key])):
        try:
            header = verify(forge({"alg": "HS256", member: value}, b"{}", key), chosen).header
        except JWTError:
            continue
        assert header["alg"] == "HS256"
        assert member not in ("crit", "b64")
        assert member not in ("alg", "kid", "typ", "cty") or isinstance(value, str)
