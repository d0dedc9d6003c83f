import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, x25519

import jwt_from_scratch as module
from jwt_from_scratch import (
    ClaimError,
    EncodingError,
    ExpiredError,
    JWTError,
    Key,
    KeyRefused,
    SignatureError,
    TokenError,
    sign,
    verify,
)
from tests.jwt_from_scratch.helpers import forge, key_for


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        (JWTError, ValueError),
        (EncodingError, JWTError),
        (KeyRefused, JWTError),
        (TokenError, JWTError),
        (SignatureError, TokenError),
        (ClaimError, JWTError),
        (ExpiredError, ClaimError),
    ],
)
def test_the_tree(child, parent):
    assert child.__base__ is parent


def test_no_other_branch_catches_a_claim():
    assert not issubclass(ClaimError, TokenError)
    assert not issubclass(EncodingError, TokenError)
    assert not issubclass(JWTError, TypeError)


def test_a_claim_error_names_its_claim():
    error = ClaimError("aud", "is not yours")
    assert error.claim == "aud"
    assert str(error) == "aud: is not yours"
    assert ExpiredError("exp", "over").claim == "exp"


def test_the_public_names():
    assert set(module.__all__) == {
        *("ClaimError", "EncodingError", "ExpiredError", "JWTError", "KeyRefused", "SignatureError", "TokenError"),
        *("Key", "KeySet", "Signed", "decode", "encode", "sign", "verify"),
        *("Issuer", "Unverified", "decode_from", "peek"),
    }
    for name in module.__all__:
        assert hasattr(module, name)


# -- what is not supported is named for what it is -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "says"),
    [
        ('{"payload":"","signatures":[]}', "JSON form (RFC 7515 §7.2)"),
        ("a.b.c.d.e", "encrypted token (RFC 7516)"),
        ("a.b", "three segments"),
    ],
)
def test_texts_that_are_no_compact_jws(token: str, says: str) -> None:
    with pytest.raises(TokenError) as caught:
        verify(token, key_for("HS256"))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("header", "says"),
    [({"alg": "HS256", "b64": True, "crit": ["b64"]}, "RFC 7797"), ({"alg": "HS256", "crit": ["x"]}, "uses crit")],
)
def test_extensions_are_named(header: dict, says: str) -> None:
    with pytest.raises(TokenError) as caught:
        verify(forge(header, {}, key_for("HS256")), key_for("HS256"))
    assert says in str(caught.value)


def test_a_detached_payload_is_named() -> None:
    header, _, signature = sign(b"payload", key_for("HS256")).split(".")
    with pytest.raises(SignatureError) as caught:
        verify(f"{header}..{signature}", key_for("HS256"))
    assert "detached (RFC 7515 App. F)" in str(caught.value)
    assert verify(sign(b"", key_for("HS256")), key_for("HS256")).payload == b""


@pytest.mark.parametrize(
    ("alg", "says"),
    [
        ("ES256K", "secp256k1, RFC 8812"),
        ("Ed448", "RFC 9864"),
        ("ML-DSA-65", "RFC 9964"),
        ("RSA-OAEP", "for encryption"),
        ("none", "no signature"),
        ("XS1", "'XS1' is not supported"),
    ],
)
def test_algorithms_are_named(alg: str, says: str) -> None:
    with pytest.raises(KeyRefused) as caught:
        Key.generate(alg)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("jwk", "says"),
    [
        ({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}, "ML-DSA, RFC 9964"),
        ({"kty": "OKP", "crv": "Ed448", "x": "AA"}, "the curve 'Ed448'"),
        ({"kty": "OKP", "crv": "X25519", "x": "AA"}, "the curve 'X25519'"),
        ({"kty": "OKP", "crv": "Ed448", "x": "AA", "alg": "EdDSA"}, "the curve 'Ed448'"),
        ({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}, "the curve 'secp256k1'"),
        ({"kty": "EC", "crv": 10**5000}, "missing, or not a string"),
        ({"kty": "OKP", "alg": "EdDSA"}, "missing, or not a string"),
        ({"kty": "oct", "k": "AA"}, "names no algorithm"),
        ({"k": "AA"}, "no kty"),
    ],
)
def test_keys_are_named(jwk: dict, says: str) -> None:
    with pytest.raises(KeyRefused) as caught:
        Key.from_jwk(jwk)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("private", "says"),
    [
        (ed448.Ed448PrivateKey.generate(), "Ed448"),
        (x25519.X25519PrivateKey.generate(), "X25519"),
        (ec.generate_private_key(ec.SECP256K1()), "secp256k1"),
    ],
)
def test_pems_are_named(private, says: str) -> None:
    spki = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(KeyRefused) as caught:
        Key.from_pem(spki)
    assert says in str(caught.value)
