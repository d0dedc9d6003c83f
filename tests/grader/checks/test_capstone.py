"""decode_securely: what the rules earn, one after the other."""

from dataclasses import replace
from typing import Any

from grader import checks
from jwt_from_scratch.services.defences import decoder
from tests.grader.helpers import judged


def score(*without: str) -> int:
    exercise = checks.exercise_named("decode_securely")
    assert exercise is not None
    decode: Any = decoder(*without)
    allowed = replace(exercise, forbids=())  # the decoder is this project's own, which a learner may not call
    return judged(allowed, lambda token, keys, policy: decode(token, keys, policy)).score


def test_lesson_12_pays_rule_by_rule() -> None:
    """Form, key and signature earn little, each further rule earns no less, and no forgery earns anything."""
    later = ["typ", "types", "required", "times", "audience"]
    scores = [score(*later[count:]) for count in range(6)]
    assert scores == sorted(scores)
    assert 0 < scores[0] <= 8
    assert scores[3] < scores[4] <= 15 < scores[5] == 30
    assert [score(name) for name in ("signature", "algorithm", "own keys", "issuer's keys")] == [0, 0, 0, 0]
    assert all(0 < score(name) <= 15 for name in ("times", "audience"))
