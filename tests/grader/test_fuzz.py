"""Any value that a learner's function returns, and any message that its process sends, leads to a verdict."""

import contextlib
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.checks import Exercise
from grader.engine.grade import Grader, Options
from grader.engine.process import LearnerProcess
from grader.engine.sandbox import NONE
from grader.inside import calling
from grader.inside.calling import Outcome
from grader.inside.frames import Channel
from grader.inside.values import MAX_BITS, MAX_COLLIDING, NotPlain, pack, unpack
from grader.judging.answering import final
from grader.judging.judge import judge
from grader.judging.result import STATUSES, Result
from grader.learner.display import as_html, as_text
from tests.grader.helpers import EXERCISES, load_solution, solution_files, student

SEED = "fuzz"
SOME = settings(suppress_health_check=list(HealthCheck))
QUICK = settings(SOME, max_examples=settings.default.max_examples // 5)
"""A fifth of the examples, because these tests run for every exercise."""

# -- values -----------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(), max_size=6) | st.sampled_from(["", "\ud800", "\0", "x" * 5_000, "\u202e", "é.é.é"])
INTEGERS = st.integers(-2, 300) | st.sampled_from(
    [10**400, (1 << MAX_BITS) - 1, 1 - (1 << MAX_BITS), sys.hash_info.modulus, 2**63, 2**255 - 19]
)
KEYS = st.one_of(st.none(), st.booleans(), INTEGERS, st.floats(), TEXT, st.binary(max_size=3))
KEYS |= st.tuples(KEYS, KEYS)
COLLIDING = st.integers(1, MAX_COLLIDING).map(
    lambda count: {number * sys.hash_info.modulus: number for number in range(count)}
)
LEAVES = st.one_of(KEYS, st.binary(max_size=40), COLLIDING, st.integers(50, 60).map(lambda depth: nested(depth)))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
    ),
    max_leaves=12,
)
"""Values that the wire can transport, and others that it can't."""

CHANGES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5), VALUES), min_size=1, max_size=2)
"""Where a right answer is changed, how, and what comes in."""


def nested(depth: int) -> Any:
    value: Any = ""
    for number in range(depth):
        value = [value] if number % 2 else {"": value}
    return value


def parts(value: Any) -> list[Any]:
    """All lists, tuples and dicts in a value, the outermost first."""
    if isinstance(value, dict):
        return [value, *(part for one in value.values() for part in parts(one))]
    if isinstance(value, (list, tuple)):
        return [value, *(part for one in value for part in parts(one))]
    return []


def changed(value: Any, place: int, how: int, new: Any) -> Any:
    """A right answer, but for one of its parts: one missing, one more, one of another shape."""
    found = [one for one in parts(value) if one]
    if not found or how == 0:
        return (new, [value], (value,), {"": value}, {value: new} if is_key(value) else new)[place % 5]
    return replaced(value, found[place % len(found)], place, how, new)


def is_key(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def replaced(value: Any, part: Any, place: int, how: int, new: Any) -> Any:
    if value is part:
        return other(part, place, how, new)
    if isinstance(value, dict):
        return {key: replaced(one, part, place, how, new) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(replaced(one, part, place, how, new) for one in value)
    return value


def other(part: Any, place: int, how: int, new: Any) -> Any:
    if isinstance(part, dict):
        keys = list(part)
        key = keys[place % len(keys)]
        rest = {one: value for one, value in part.items() if one != key}
        return (new, rest, {**part, key: new}, {**part, new: 0} if is_key(new) else rest, {key: part}, keys)[how]
    items = list(part)
    place %= len(items)
    changes = (new, items[:place] + items[place + 1 :], [*items[:place], new, *items[place + 1 :]], [*items, new])
    made = (*changes, items[::-1], tuple(items) if isinstance(part, list) else items)[how]
    return type(part)(made) if how in (1, 2, 3, 4) else made


def test_a_right_answer_is_changed_in_many_ways() -> None:
    answer = ({"a": [1, 2]}, "x")
    made = {repr(changed(answer, place, how, None)) for place in range(6) for how in range(6)}
    assert "({}, 'x')" in made
    assert "({'a': [1]}, 'x')" in made
    assert "({'a': [None, 2]}, 'x')" in made
    assert len(made) > 15


# -- answers ----------------------------------------------------------------------------------------------------------


@cache
def right_answers(name: str) -> list[Outcome]:
    """What a right solution of the exercise of this name answers to each call."""
    exercise = next(one for one in EXERCISES if one.name == name)
    names = load_solution(solution_files(exercise.name)[0])
    came: list[Outcome] = []

    def ask(calls: Sequence[tuple[Any, ...]]) -> list[Outcome]:
        answers = [calling.invoke(names, exercise.name, args, exercise.seconds) for args in calls]
        came.extend(answers)
        return answers

    result = judge(exercise, ask, SEED)
    assert result.score == exercise.points
    return came


def returned(value: Any) -> Outcome:
    """What comes of a function that returns this."""
    try:
        return Outcome(calling.RETURNED, packed=pack(value))
    except NotPlain as error:
        return Outcome(calling.NOT_PLAIN, text=f"it returned something that can't be compared: {error}")


def judged(exercise: Exercise, answer: Callable[[int], Outcome]) -> Result:
    """The result for a function whose answers are those of `answer`."""
    count = iter(range(10**9))

    def ask(calls: Sequence[tuple[Any, ...]]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for _ in calls:
            outcomes.append(answer(next(count)))
            if final(outcomes[-1]):
                break
        return outcomes

    result = judge(exercise, ask, SEED)
    assert 0 <= result.score <= result.max_score == exercise.points
    assert result.status in STATUSES
    for text in (*result.messages, *result.mistakes, as_text(result), as_html(result)):
        text.encode("utf-8")
        assert len(text) < 50_000
    return result


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
@given(st.lists(VALUES, min_size=1, max_size=6))
@QUICK
def test_any_value_is_judged(exercise: Exercise, values: list[Any]) -> None:
    outcomes = [returned(value) for value in values]
    judged(exercise, lambda number: outcomes[number % len(outcomes)])


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
@given(st.lists(CHANGES, min_size=1, max_size=5))
@QUICK
def test_any_change_of_a_right_answer_is_judged(exercise: Exercise, changes: list[Any]) -> None:
    right = right_answers(exercise.name)

    def answer(number: int) -> Outcome:
        outcome = right[number % len(right)]
        if outcome.kind != calling.RETURNED:
            return outcome
        value = unpack(outcome.packed)
        for change in changes[number % len(changes)]:
            value = changed(value, *change)
        return returned(value)

    judged(exercise, answer)


# -- lies -------------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), INTEGERS.filter(lambda n: n < 10**400), st.floats(), TEXT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
KINDS = (*calling._KINDS, calling.CRASHED, "nonsense")
PACKED = VALUES.map(returned).map(lambda outcome: outcome.packed) | TEXT | JSON.map(json.dumps)
LIES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS) | JSON,
        "packed": PACKED | JSON,
        "names": st.lists(TEXT | st.sampled_from(["ValueError", "KeyError", "NotImplementedError"]), max_size=4) | JSON,
        "text": TEXT | st.sampled_from(["not written yet", "too large"]) | JSON,
        "where": TEXT | JSON,
        "printed": INTEGERS | JSON,
    }
)
"""What a process may send that only looks like the outcome of a call."""


class LyingChannel:
    """A wire that answers any request with the next of some lies; so do the forks behind it."""

    received = 0

    def __init__(self, lies: list[Any]) -> None:
        self._lies = lies
        self._id = 0

    def send(self, message: dict[str, Any], seconds: float | None = None) -> None:
        self._id = message.get("id", self._id)

    def send_descriptor(self, descriptor: int) -> None:
        """A fork says that it is there, and answers one question, unasked."""
        with contextlib.closing(Channel(socket.socket(fileno=os.dup(descriptor)))) as fork:
            fork.send({"ready": True})
            fork.send({"answers": [{**self._lie(), "id": 0}]})

    def readable(self, seconds: float | None) -> bool:
        return True

    def receive(self, seconds: float | None = None) -> dict[str, Any]:
        return {**self._lie(), "id": self._id}

    def _lie(self) -> dict[str, Any]:
        lie = self._lies[self._id % len(self._lies)]
        return dict(json.loads(json.dumps(lie))) if isinstance(lie, dict) else {}

    def close(self) -> None:
        """Nothing is open."""


class LyingZygote:
    """Starts processes that do nothing but lie."""

    level = NONE

    def __init__(self, lies: list[Any]) -> None:
        self._lies = lies

    def start(self, **options: Any) -> tuple[LyingChannel, int]:
        return LyingChannel(self._lies), os.getpid()

    def stop(self) -> dict[str, Any]:
        return {"why": ""}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
@given(st.lists(LIES | JSON, min_size=1, max_size=5))
@QUICK
def test_whatever_a_process_says_is_judged(exercise: Exercise, lies: list[Any]) -> None:
    process = LearnerProcess(LyingZygote(lies))  # type: ignore[arg-type]
    # After an invalid message the process is killed, and nothing more is asked.
    judged(exercise, lambda number: process.call(exercise.name, (), 1.0, ()))


RUNS = st.fixed_dictionaries(
    {"ok": JSON, "outputs": JSON | st.lists(st.fixed_dictionaries({"output_type": JSON, "ename": JSON, "data": JSON}))},
    optional={"timed_out": JSON},
)


@given(RUNS | JSON)
@settings(SOME, max_examples=200)
def test_whatever_a_process_says_of_a_cell_is_a_sentence_or_none(lie: Any) -> None:
    process = LearnerProcess(LyingZygote([lie]))  # type: ignore[arg-type]
    said = process.run_cell("x")
    assert said.isprintable()
    assert all(isinstance(output, dict) for output in process.outputs)


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grader() -> Any:
    with Grader(Options(level=NONE)) as made:
        yield made


CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | JSON,
        "source": TEXT | st.lists(TEXT | JSON, max_size=3) | JSON,
        "metadata": JSON | st.fixed_dictionaries({"nbgrader": JSON | st.fixed_dictionaries({"grade_id": JSON})}),
        "id": JSON,
        "outputs": JSON,
        "attachments": JSON,
    },
)
NOTEBOOKS = st.fixed_dictionaries({"cells": st.lists(CELLS | JSON, max_size=3) | JSON}, optional={"metadata": JSON})
FILES = st.binary(max_size=40) | (JSON | NOTEBOOKS).map(lambda data: json.dumps(data).encode())


@given(FILES)
@settings(SOME, max_examples=150)
def test_every_file_leaves_a_report(grader: Grader, tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "01_encoding.ipynb"
    report = told_of(grader, path, data)
    assert (report["status"], report["score"]) == ("unreadable", 0)
    assert report["message"]


@given(st.lists(CELLS, max_size=3), st.integers(0, 60))
@settings(SOME, max_examples=5)
def test_strange_cells_among_the_lessons_leave_a_report(
    grader: Grader, tmp_path_factory: pytest.TempPathFactory, cells: list[Any], place: int
) -> None:
    notebook = json.loads(json.dumps(student("00_start_here")))
    notebook["cells"][place:place] = cells
    path = tmp_path_factory.getbasetemp() / "00_start_here.ipynb"
    assert told_of(grader, path, json.dumps(notebook).encode())["status"] in ("graded", "not attempted")


def told_of(grader: Grader, path: Path, data: bytes) -> dict[str, Any]:
    path.write_bytes(data)
    report = grader.grade_or_say_why(path, name=path.name, student="").report.to_dict()
    json.dumps(report).encode("ascii")
    return report
