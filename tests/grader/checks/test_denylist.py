"""Denylist: parts of a second in both directions, names that are nearly equal, and each rule alone."""

from typing import Any

import pytest

from grader.checks.c09_sessions.denylist import Denied, denylist, wrong
from grader.inside.values import unpack
from grader.judging.result import PARTIAL, PASSED
from grader.judging.wants import Plays
from tests.grader.helpers import judged


@pytest.mark.parametrize("seed", [str(number) for number in range(8)])
def test_the_right_class_passes_whatever_the_seed(seed: str) -> None:
    assert judged(denylist, Denied, seed=seed).status == PASSED


def test_in_every_play_now_never_decreases_as_the_docstring_promises() -> None:
    for trial in denylist.all_trials("a"):
        assert isinstance(trial.want, Plays)
        nows: list[float] = []
        for step in trial.want.steps:
            nows = [] if step.method == "__init__" else nows
            nows += [step.args[-1]] if step.method in ("blocked", "size") else []
        assert nows == sorted(nows), trial.label


@pytest.mark.parametrize(
    "methods",
    [
        {"over": lambda self, exp, now: exp <= int(now)},
        {"kept": lambda self, exp, before: Denied.kept(self, int(exp), before)},
        {"key": lambda self, iss, jti: (iss.lower(), jti)},
        {"key": lambda self, iss, jti: f"{iss}\0{jti}"},
        {"over": lambda self, exp, now: exp < now},
        {"kept": lambda self, exp, before: max(exp, before or 0)},
    ],
    ids=["now cut", "exp cut", "iss in any case", "joined", "one moment too long", "0 where nothing is listed"],
)
def test_one_small_mistake_costs_a_part_and_is_named_alone(methods: dict[str, Any]) -> None:
    result = judged(denylist, wrong(**methods))
    assert (result.status, len(result.mistakes)) == (PARTIAL, 1)
    assert result.score >= 8


def test_a_list_that_all_share_is_told_and_nothing_that_follows_from_it() -> None:
    class AtClassLevel(Denied):
        until: dict[Any, float] = {}

        def __init__(self) -> None:
            pass

        def size(self, now: float) -> int:
            return sum(now < exp for exp in self.until.values())

    result = judged(denylist, AtClassLevel)
    assert "in a default value" in result.mistakes[0]
    assert not any(one.startswith("Rule") for one in result.messages)


def test_no_answer_that_is_a_value_is_called_too_lax() -> None:
    result = judged(denylist, wrong(size=lambda self, now: len(self.until) + 1))
    assert "Rule 3 is not kept" in " ".join(result.messages)


def test_what_a_step_must_do_is_said_in_words() -> None:
    result = judged(denylist, wrong(key=lambda self, iss, jti: jti))
    assert "it must return False." in result.messages[0]
    assert unpack('["i","0x1"]') == 1  # what such an answer looks like inside, and nobody should read
    assert not any('["i"' in text for text in result.messages)
