"""The verifier of lessons 04 to 07, each built on the one before, and lesson 02's compression function of SHA-256."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_from_scratch import JWTError, Key, encode
from jwt_from_scratch.services.forgeries import forgeries, replay
from jwt_from_scratch.services.sha256 import padding, step
from jwt_from_scratch.services.verifier import fits_04, fits_05, fits_06, verifier
from tests.jwt_from_scratch.helpers import hostile_values, key_for

SO_FAR = {"04_header": fits_04, "05_rsa": fits_05, "06_ecdsa": fits_06}
KNOWN = {"04_header": {"HS256"}, "05_rsa": {"HS256", "RS256"}, "06_ecdsa": {"HS256", "RS256", "ES256"}}


@pytest.mark.parametrize("lesson", SO_FAR)
def test_every_forgery_so_far_is_refused(lesson: str) -> None:
    assert len(forgeries(upto=lesson)) > 20
    right, _, of = str(replay(verifier(SO_FAR[lesson]), upto=lesson)).split()[:3]
    assert right == of


@pytest.mark.parametrize("lesson", SO_FAR)
@pytest.mark.parametrize("alg", ["HS256", "HS512", "RS256", "PS256", "ES256", "ES384", "Ed25519"])
def test_it_knows_the_algorithms_that_were_built_and_no_others(lesson: str, alg: str) -> None:
    key, verify = key_for(alg), verifier(SO_FAR[lesson])
    token, jwk = encode({"sub": "ada"}, key), key.to_jwk(private=alg.startswith("HS"))
    if alg in KNOWN[lesson]:
        assert verify(token, jwk) == {"sub": "ada"}
    else:
        with pytest.raises(ValueError, match="not a key that this verifier can use"):
            verify(token, jwk)


@given(member=st.sampled_from(["kty", "alg", "crv", "x", "y", "n", "e", "k"]), value=hostile_values)
def test_a_broken_key_is_a_value_error(member: str, value: object) -> None:
    for alg in ("HS256", "RS256", "ES256"):
        key = key_for(alg)
        jwk = key.to_jwk(private=alg == "HS256")
        if member in jwk and jwk[member] != value:
            with pytest.raises(ValueError):  # noqa: PT011 - the lessons promise no more
                verifier(fits_06)(encode({}, key), {**jwk, member: value})


def test_a_weak_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        fits_04({"kty": "oct", "alg": "HS256", "k": "AQ"}, b"", b"")
    with pytest.raises(ValueError, match="at least 2048 bits"):
        fits_05({"kty": "RSA", "alg": "RS256", "n": "AQAB", "e": "AQAB"}, b"", b"")
    with pytest.raises(ValueError, match="32 bytes"):
        fits_06({"kty": "EC", "crv": "P-256", "alg": "ES256", "x": "AQ", "y": "AQ"}, b"", b"")
    with pytest.raises(JWTError):
        Key.from_jwk({"kty": "oct", "alg": "HS256", "k": "AQ"})


@given(st.binary(max_size=300))
def test_the_steps_are_sha256(data: bytes) -> None:
    state = [int(0x100000000 * (p**0.5 % 1)) for p in (2, 3, 5, 7, 11, 13, 17, 19)]  # FIPS 180-4 §5.3.3
    padded = data + padding(len(data))
    assert len(padded) % 64 == 0
    for start in range(0, len(padded), 64):
        state = step(state, padded[start : start + 64])
    assert b"".join(word.to_bytes(4, "big") for word in state) == hashlib.sha256(data).digest()
