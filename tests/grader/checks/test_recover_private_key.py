"""recover_private_key: the nonce is not the key, and r's zero bytes are where their table says."""

import hashlib
from typing import Any

from grader.checks.c06_ecdsa import recover_private_key as exercise
from grader.checks.c06_ecdsa.recover_private_key import SHORT_NONCES
from jwt_from_scratch.services import p256 as given
from jwt_from_scratch.services.p256 import G, N
from tests.grader.helpers import judged


def test_the_nonce_in_place_of_the_key_is_told_so() -> None:
    def returns_k(public: Any, m1: bytes, sig1: bytes, m2: bytes, sig2: bytes) -> int:
        r, s1, q, s2 = (int.from_bytes(half, "big") for half in (sig1[:32], sig1[32:], sig2[:32], sig2[32:]))
        if r != q or m1 == m2:
            raise ValueError("no")
        e1, e2 = (int.from_bytes(hashlib.sha256(m).digest(), "big") for m in (m1, m2))
        k = (e1 - e2) * pow(s1 - s2, -1, N) % N
        d = (s1 * k - e1) * pow(r, -1, N) % N
        if given.scalar_mul(d, G) != public:
            raise ValueError("not the key")
        return k

    assert "Return d." in judged(exercise, returns_k).mistakes[0]


def test_the_short_nonces_give_an_r_that_begins_with_a_zero_byte() -> None:
    for nonce in SHORT_NONCES:
        point = given.scalar_mul(nonce, G)
        assert point is not None
        assert point[0] % N < 2**248
