"""Small exercises for the tests of judging."""

import random
from collections.abc import Callable
from typing import Any

from grader.judging.answering import asking
from grader.judging.aspects import ABSENT, Aspect, bad, from_aspects, good, rare
from grader.judging.exercise import RETURNS, Exercise, Mistakes
from grader.judging.judge import judge
from grader.judging.result import Result
from grader.judging.trial import Trial
from grader.judging.verdict import ALL, HALF

RULES = {
    "1": "Only whole numbers are asked about.",
    "2": "Nothing below zero is even or odd here.",
    "3": "The note does not matter.",
}


def aspects(world: Any) -> list[Aspect]:
    """The number and a note."""
    return [
        Aspect(
            "n", good(2, 8, rule="1"), rare(0, rule="2"), bad("1", "2", 2.0, stake=HALF), bad("2", -2, -4, stake=ALL)
        ),
        Aspect("note", good("", "x", rule="3"), rare("y", "z", rule="3")),
    ]


def oracle(n: Any, note: str) -> tuple[Any, set[str]]:
    """Twice the number, and the rules that are broken."""
    if type(n) is not int:
        return None, {"1"}
    return 2 * n, {"2"} if n < 0 else set()


def double(n: Any, note: str) -> int:
    """The right program."""
    if type(n) is not int:
        raise ValueError("whole numbers only")
    if n < 0:
        raise ValueError("not below zero")
    return 2 * n


MISTAKES: Mistakes = {
    RETURNS: {
        "It gives the number back as it came.": lambda n, note: n if oracle(n, note)[1] == set() else double(n, note)
    },
    "1": {"It never looks at the type.": lambda n, note: 2 * n if type(n) is not int else double(n, note)},
    "2": {"It takes what is below zero.": lambda n, note: 2 * n if type(n) is int else double(n, note)},
}


def made(**changes: Any) -> Exercise:
    """The exercise, with some fields changed."""
    options: dict[str, Any] = {
        "name": "double",
        "points": 10,
        "spec": "RFC 1",
        "hints": ("a", "b", "c"),
        "rules": RULES,
        "source": from_aspects(lambda source: None, aspects, lambda e: (e.n, e.note), oracle),
        "mistakes": MISTAKES,
    }
    return Exercise(**{**options, **changes})


def of_trials(*trials: Trial, **changes: Any) -> Exercise:
    """An exercise with these trials."""

    def source(chance: random.Random) -> Any:
        return [(trial.label, lambda proved, trial=trial: trial) for trial in trials]

    return made(source=source, mistakes=changes.pop("mistakes", {}), **changes)


def judged(exercise: Exercise, function: Callable[..., Any], seed: str = "a") -> Result:
    """The result for a function in this process."""
    return judge(exercise, asking(function, 1.0), seed)


__all__ = ["ABSENT", "double", "judged", "made", "of_trials", "oracle"]
