"""disclosed_claims: what a learner is told is true of the program."""

import hashlib
from dataclasses import replace

from grader.checks.c14_sealed.disclosed_claims import RIGHT, disclosed_claims
from jwt_from_scratch.encoding import b64u_decode, b64u_encode
from tests.grader.helpers import judged


def test_who_takes_no_elements_is_not_told_that_the_hash_or_the_limit_is_wrong() -> None:
    result = judged(disclosed_claims, replace(RIGHT, lengths=((3,), ())))
    assert result.score == 0
    assert not [one for one in result.mistakes if "hashed" in one or "16,384" in one]


def test_a_wrong_hash_is_named_and_not_taken_for_a_wrong_limit() -> None:
    decoded = replace(RIGHT, digest=lambda text: b64u_encode(hashlib.sha256(b64u_decode(text)).digest()))
    result = judged(disclosed_claims, decoded)
    assert result.mistakes[0].startswith("It refuses what is good as soon as something is shown")
    assert not [one for one in result.mistakes if "16,384" in one]
