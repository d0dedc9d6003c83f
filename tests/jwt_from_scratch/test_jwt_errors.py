import pytest

import jwt_from_scratch as module
from jwt_from_scratch import (
    ClaimError,
    EncodingError,
    ExpiredError,
    JWTError,
    KeyRefused,
    SignatureError,
    TokenError,
)


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
