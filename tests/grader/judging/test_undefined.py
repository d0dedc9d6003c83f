"""A name that is not defined because its cell has not run: what is said of it. Points never depend on it."""

from collections.abc import Callable
from typing import Any

import pytest

from grader.inside.calling import RAISED, RETURNED, Outcome
from grader.inside.values import pack
from grader.judging.answering import asking
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.play import does
from grader.judging.result import Result
from grader.judging.trial import Trial
from grader.judging.wants import Plays, Raises, Returns
from tests.grader.judging.helpers import double, made, of_trials


def explain(name: str) -> str:
    return f"{name} is in a cell above." if name in ("helper", "base64") else ""


def told(function: Callable[..., Any], exercise: Exercise | None = None) -> Result:
    exercise = exercise or made()
    result = judge(exercise, asking(function, 1.0), "a", explain)
    without = judge(exercise, asking(function, 1.0), "a")
    assert (result.score, result.status, result.right, result.lost) == (
        without.score,
        without.status,
        without.right,
        without.lost,
    )
    return result


def test_when_a_name_of_the_notebook_is_all_that_is_missing_nothing_else_is_said() -> None:
    result = told(lambda n, note: helper(n))  # type: ignore[name-defined]  # noqa: F821
    assert result.messages == ("helper is in a cell above.",)
    assert (result.mistakes, result.rows, result.score) == ((), (), 0)


def test_what_else_is_wrong_is_said_too_and_first() -> None:
    result = told(lambda n, note: helper(n) if n == 0 else 2 * n)  # type: ignore[name-defined]  # noqa: F821
    assert result.messages[-1] == "helper is in a cell above."
    assert result.rows
    assert len(result.remarks) > 1


def test_another_name_is_a_mistake_of_the_function() -> None:
    result = told(lambda n, note: halp(n))  # type: ignore[name-defined]  # noqa: F821
    assert "raised NameError: name 'halp' is not defined" in result.messages[0]
    assert "above" not in " ".join(result.remarks)


@pytest.mark.parametrize(
    "error",
    [NameError("helper"), NameError(), UnboundLocalError("name 'helper' is not defined"), ValueError("name 'helper'")],
    ids=repr,
)
def test_only_the_text_that_python_gives_names_a_name(error: Exception) -> None:
    def raises(n: Any, note: str) -> int:
        raise error

    assert "above" not in " ".join(told(raises).remarks)


def test_a_right_answer_is_right_whatever_its_exception_says() -> None:
    def fakes(n: Any, note: str) -> int:
        try:
            return double(n, note)
        except ValueError:
            raise type("Mine", (ValueError, NameError), {})("name 'helper' is not defined") from None

    assert told(fakes).remarks == told(double).remarks == ()
    one = of_trials(Trial((1,), Returns(1), text="good"), Trial((2,), Raises(NameError), bad=True, text="bad"))
    assert told(lambda n: 1 if n == 1 else helper, one).remarks == ()  # type: ignore[name-defined]  # noqa: F821


STEPS = (does("put", 1, gives=None), does("get", gives=1))


@pytest.mark.parametrize(
    ("came", "is_said"),
    [
        ([(RAISED, ["NameError", "Exception"], "name 'base64' is not defined"), (RETURNED, None)], True),
        ([(RETURNED, None), (RAISED, ["NameError"], "name 'base64' is not defined")], True),
        ([(RETURNED, None), (RAISED, ["KeyError"], "name 'base64' is not defined")], False),
        ([(RETURNED, None), (RAISED, ["NameError"])], False),
        ([(RETURNED, None), (RAISED, "NameError", 7)], False),
        ([(RETURNED, None), (RAISED, ["NameError"], [7], 8)], False),
        ([(RETURNED, None)], False),
        ("nothing", False),
    ],
)
def test_in_a_class_the_steps_tell_of_it_and_may_say_anything(came: Any, is_said: bool) -> None:
    one = of_trials(Trial(((),), Plays(STEPS), text="a play"), name="Store")
    result = judge(one, lambda calls: [Outcome(RETURNED, packed=pack(came))], "a", explain)
    assert result.score == 0
    assert (result.messages == ("base64 is in a cell above.",)) == is_said
