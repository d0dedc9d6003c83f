"""The pool of RSA keys for checks: sound keys of the sizes that it promises, and no chapter."""

import random
from math import gcd

import pytest

from grader import checks
from grader.checks.rsa_pool import KEYS, LONG, ODD, SHORT, SMALL, SMALL_ODD, encode, quick_key, rsa_key
from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_encode
from tests.grader.helpers import judged


def uint(number: int) -> str:
    return b64u_encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


@pytest.mark.parametrize("bits", [2048, 2049, 3072])
@pytest.mark.parametrize("e", [3, 5, 17, 65537])
def test_a_key_signs_what_the_reference_module_verifies(bits: int, e: int) -> None:
    key = rsa_key(random.Random(7), e, bits)
    assert key.n.bit_length() == bits
    public = Key.from_jwk({"kty": "RSA", "alg": "RS256", "n": uint(key.n), "e": uint(e)})
    signature = key.sign(b"message")
    assert len(signature) == key.size
    assert public.verify(b"message", signature)
    assert key.sign_encoded(encode(b"message", key.size)) == signature


@pytest.mark.parametrize("bits", [2048, 2049, 3072])
@pytest.mark.parametrize("e", [3, 5, 17, 65537])
def test_a_key_of_many_primes_is_like_any_other_from_outside(bits: int, e: int) -> None:
    for seed in range(5):
        key = quick_key(random.Random(seed), e, bits)
        assert key.n.bit_length() == bits
        public = Key.from_jwk({"kty": "RSA", "alg": "RS256", "n": uint(key.n), "e": uint(e)})
        assert public.verify(b"message", key.sign(b"message"))
        assert not public.verify(b"another", key.sign(b"message"))


def test_the_primes_are_prime_and_fit_every_exponent() -> None:
    primes = (*SHORT, *ODD, *LONG, *SMALL, SMALL_ODD)
    assert len(set(primes)) == 16 + 49
    for prime in primes:
        assert all(pow(base, prime - 1, prime) == 1 for base in (2, 3, 5, 7, 11))
        assert gcd(prime - 1, 3 * 5 * 17 * 65537) == 1


def test_six_keys_share_no_prime() -> None:
    assert len({prime for key in KEYS for prime in (key.p, key.q)}) == 12
    assert {key.e for key in KEYS} == {3, 65537}
    assert all(key.n.bit_length() == 2048 for key in KEYS)


def test_a_seed_chooses_the_key() -> None:
    moduli = {rsa_key(random.Random(seed)).n for seed in range(50)}
    assert len(moduli) > 20
    assert rsa_key(random.Random(3)) == rsa_key(random.Random(3))


def test_the_pool_is_no_chapter() -> None:
    assert not any("pool" in name for name in checks.chapters())


@pytest.mark.parametrize("name", ["rsa_verify_pkcs1", "recover_modulus"])
def test_the_integer_exercises_allow_no_library(name: str) -> None:
    def with_the_library(*args: object) -> object:
        from cryptography.hazmat.primitives.asymmetric import rsa

        return rsa.RSAPublicNumbers(3, 15).public_key()

    one = checks.exercise_named(name)
    assert one is not None
    result = judged(one, with_the_library, "seed")
    assert (result.score, result.status) == (0, "forbidden")
