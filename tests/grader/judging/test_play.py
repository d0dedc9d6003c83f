"""Exercises that are classes: plays of method calls, judged like any other answer."""

from typing import Any

import pytest

from grader.engine.process import LearnerProcess
from grader.engine.sandbox import NONE, Zygote
from grader.inside import calling
from grader.inside.calling import MISSING, RETURNED, Outcome
from grader.inside.values import pack
from grader.judging.exercise import Exercise, Fresh
from grader.judging.play import Earlier, ExpectedCall, another, does, first_wrong, script
from grader.judging.result import FAILED, NOT_ATTEMPTED, PARTIAL, PASSED
from grader.judging.trial import Trial
from grader.judging.verdict import ALL, PART
from grader.judging.wants import Plays
from tests.grader.helpers import judged
from tests.grader.judging.helpers import of_trials


class Counter:
    """A right answer to the exercise below."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def add(self, name: str) -> str:
        if not name:
            raise ValueError("no name")
        self.counts[name] = self.counts.get(name, 0) + 1
        return name.upper()

    def count(self, name: str) -> int:
        return self.counts.get(name.lower(), 0)


class TakesAll(Counter):
    """Refuses nothing."""

    def add(self, name: str) -> str:
        return super().add(name) if name else ""


def shared() -> type:
    """A class that keeps its state on itself, so a new object knows the old one's."""
    kept: dict[str, int] = {}

    class Shared(Counter):
        def __init__(self) -> None:
            self.counts = kept

    return Shared


SHARED = "The dict belongs to the class; make one in __init__."
LENIENT = "An empty name must raise ValueError."
RULES = {"1": "A count starts at nothing.", "2": "An empty name is refused."}


def plays(text: str, rule: str, *steps: ExpectedCall, bad: bool = False) -> Trial:
    return Trial(script(steps), Plays(steps), frozenset([rule]), bad, PART if bad else ALL, text)


def counted(name: str) -> Trial:
    return plays(
        f"{name}, twice",
        "1",
        does("add", name, gives=lambda value, before: value.isupper(), must="return it in capitals"),
        does("add", name, gives=name.upper()),
        does("count", Earlier(1), gives=2),
    )


TRIALS = (
    counted("ann"),
    counted("bo"),
    plays(
        "a new object",
        "1",
        *(does("add", "ann", gives="ANN"), another(), does("count", "ann", gives=0)),
        *(does("add", "ann", gives="ANN"), does("count", "ann", gives=1)),
    ),
    plays("empty, counted", "2", does("add", "", gives=ValueError), does("count", "", gives=0), bad=True),
    plays("empty, behind", "2", does("count", "dee", gives=0), does("add", "", gives=ValueError), bad=True),
)


def made(*trials: Trial) -> Exercise:
    mistakes = {"1": {SHARED: Fresh(shared)}, "2": {LENIENT: TakesAll}}
    return of_trials(*(trials or TRIALS), name="Counter", rules=RULES, mistakes=mistakes)


def test_a_right_class_earns_all_points() -> None:
    result = judged(made(), Counter)
    assert (result.score, result.status, result.messages) == (10, PASSED, ())
    result = judged(made(counted("ann")), Counter)
    assert result.rows[0].call == "add('ann'); #1 add('ann'); count(#1)"


def test_a_known_mistake_is_named() -> None:
    for wrong, sentence, score in ((shared(), SHARED, 0), (TakesAll, LENIENT, 5)):
        result = judged(made(), wrong)
        assert (result.score, result.mistakes) == (score, (sentence,))
        assert result.status == (PARTIAL if score else FAILED)


def test_the_first_wrong_step_is_what_people_read() -> None:
    class Forgets(Counter):
        def count(self, name: str) -> int:
            return 1

    result = judged(made(counted("ann")), Forgets)
    assert result.messages[0] == "Counter: add('ann'); #1 add('ann'); count(#1) returned 1; it must return 2."
    assert "A count starts at nothing." in " ".join(result.messages)


def test_bad_plays_are_counted_one_by_one() -> None:
    class Half(Counter):
        def count(self, name: str) -> int:
            if not name:
                raise KeyError(name)
            return super().count(name)

    result = judged(made(), Half)
    assert (result.score, result.status) == (7, PARTIAL)


def test_a_predicate_that_stumbles_over_the_answer_refuses_it() -> None:
    class Numbers(Counter):
        def add(self, name: str) -> Any:
            return 7

    result = judged(made(counted("ann")), Numbers)
    assert "it must return it in capitals" in result.messages[0]


def test_a_stub_a_function_and_a_missing_method_are_said_to_be() -> None:
    class Stub:
        def add(self, name: str) -> str:
            raise NotImplementedError("not written yet")

    assert judged(made(counted("ann")), Stub).status == NOT_ATTEMPTED
    outcome = calling.invoke({"Counter": lambda: None}, "Counter", (), 1.0)
    assert (outcome.kind, outcome.text) == (MISSING, "Counter is of type function, not a class")
    outcome = calling.invoke({"f": Counter}, "f", (1,), 1.0)
    assert (outcome.kind, outcome.text) == (MISSING, "f is a class, not a function")
    assert "has no attribute 'add'" in judged(made(counted("ann")), type("Counter", (), {})).messages[0]


def test_the_method_that_is_not_written_is_named() -> None:
    class Begun(Counter):
        def count(self, name: str) -> int:
            raise NotImplementedError("not written yet")

    result = judged(made(), Begun)
    assert (result.status, result.messages) == (NOT_ATTEMPTED, ("Counter.count is not written yet.",))


def test_a_class_that_cannot_be_made_without_arguments_has_failed() -> None:
    class Wants(Counter):
        def __init__(self, name: str) -> None:
            super().__init__()

    result = judged(made(), Wants)
    assert (result.score, result.status) == (0, FAILED)
    assert "Counter() raised TypeError" in result.messages[0]


@pytest.mark.parametrize("answer", [None, [], [1], [(RETURNED,)], [("returned", 1)] * 9, {}, "x"])
def test_nonsense_in_place_of_results_is_a_wrong_answer(answer: Any) -> None:
    steps = (does("add", "ann", gives="ANN"),)
    assert first_wrong(steps, Outcome(RETURNED, packed=pack(answer)))[1]


def test_a_play_crosses_the_wall_in_one_call() -> None:
    source = (
        "class Counter:\n    def add(self, n):\n        return n\n    def boom(self):\n        raise KeyError('k')\n"
    )
    steps = (("add", ((False, 3),)), ("add", ((True, 0),)), ("boom", ()))
    with Zygote(NONE) as zygote, LearnerProcess(zygote) as learner:
        zygote.wait()
        assert learner.run_cell(source) == ""
        outcome = learner.call("Counter", steps, 2.0, ())
    came = [
        ("returned", 3),
        ("returned", 3),
        ("raised", ["KeyError", "LookupError", "Exception", "BaseException"], "'k'"),
    ]
    assert outcome.packed == pack(came)


def test_a_play_may_go_on_with_a_second_object() -> None:
    apart = plays(
        "two objects", "1", does("add", "ann", gives="ANN"), another(), does("count", Earlier(0), gives=0), bad=True
    )
    assert judged(made(counted("ann"), apart), Counter).status == PASSED

    class Everybodys(Counter):
        made: list[int] = []

        def count(self, name: str) -> int:
            return super().count(name) or len(self.made)

        def __init__(self) -> None:
            super().__init__()
            self.made.append(1)

    result = judged(made(apart), Everybodys)
    assert (result.score, result.status) == (0, FAILED)
    assert result.messages[0] == "Counter: #0 add('ann'); a new object; count(#0) returned 2; it must return 0."


def test_a_predicates_own_reason_is_what_the_step_must_do() -> None:
    def longer(value: str, before: list[Any]) -> bool | str:
        return len(value) > 3 or "it must return more than three characters"

    result = judged(made(plays("long", "1", does("add", "ann", gives=longer, must="return something good"))), Counter)
    assert result.messages[0] == "Counter: add('ann') returned 'ANN'; it must return more than three characters."
    assert result.rows[0].wants.startswith("return more than three characters")
