"""A function that keeps something from call to call is told that, and no mistake that it did not make."""

import contextlib
import linecache
from types import ModuleType
from typing import Any

import pytest

from grader.checks.c07_choosing import verify_ed25519
from grader.checks.c10_browser import storage_risks
from grader.checks.c11_sso import pkce_pair
from grader.inside import calling
from grader.judging.answering import asking
from grader.judging.judge import judge
from grader.judging.memory import KEEPS
from grader.judging.result import Result
from tests.grader.helpers import load_solution, solution_files

Cell = dict[str, Any]


def cell(name: str, state: str, body: str, **names: Any) -> Cell:
    """The namespace after a cell that wraps a right solution, as `right`, in a function with some state."""
    source = f"{state}\n\ndef {name}(*args):\n    {body}\n"
    module, file = ModuleType("cell"), f"<cell of {name}: {state} {body}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    vars(module).update(names)
    vars(module)["right"] = load_solution(solution_files(name)[0])[name]
    exec(compile(source, file, "exec"), vars(module))
    return vars(module)


def judged(exercise: Any, names: Cell) -> Result:
    def anew(calls: Any) -> list[calling.Outcome]:
        found = (calling.invoke_anew(names, exercise.name, args, exercise.seconds) for args in calls)
        return [one for one in found if one]

    return judge(exercise, asking(names[exercise.name], exercise.seconds), "memory", anew=anew)


@pytest.mark.parametrize(
    ("exercise", "state", "body"),
    [
        (
            verify_ed25519,
            "SEEN = {}",
            "return SEEN.setdefault(args[0], None) or SEEN.update({args[0]: right(*args)}) or SEEN[args[0]]",
        ),
        (pkce_pair, "SEEN = {}", "return SEEN.setdefault(args[0][:32], right(*args))"),
        (
            pkce_pair,
            "import functools\n@functools.cache\ndef seen(): return {}",
            "return seen().setdefault(args[0][:32], right(*args))",
        ),
        (storage_risks, "FOUND = set()", "FOUND.update(right(*args)); return sorted(FOUND)"),
    ],
    ids=["a cache", "a cache by a part", "a cached function", "a set that grows"],
)
def test_it_is_told_of_its_memory_and_of_nothing_else(exercise: Any, state: str, body: str) -> None:
    result = judged(exercise, cell(exercise.name, state, body))
    assert result.score < exercise.points
    assert result.messages[1] == KEEPS
    assert result.mistakes == ()


@pytest.mark.parametrize(
    "line",
    [
        "DONE.append('an act')",
        "DONE += ['more of it']",
        "left = DONE.append('in an assignment')",
        "for one in 'ab': DONE.append(one)",
        "DONE[:] = ['a slice']",
        "left: object = DONE.insert(0, 'annotated')",
        "def helper(left=DONE.append('a default')): pass",
        "@DONE.append\ndef helper(): pass",
        "class Helper:\n    DONE.append('a class')",
        "with DONE[0]: pass",
    ],
)
def test_what_a_cell_does_besides_is_not_done_twice(line: str) -> None:
    DONE: list[Any] = [contextlib.nullcontext()]
    names = cell("pkce_pair", f"SEEN = {{}}\n{line}", "return SEEN.setdefault(args[0][:32], right(*args))", DONE=DONE)
    before = list(DONE)
    result = judged(pkce_pair, names)
    assert result.messages[1] == KEEPS
    assert before == DONE


def test_a_table_is_not_emptied_of_what_fills_it() -> None:
    state = "WRONG = {}\nfor size in range(300): WRONG[size] = ('', '')"
    result = judged(pkce_pair, cell("pkce_pair", state, "return WRONG.get(len(args[0]), right(*args))"))
    assert result.score < pkce_pair.points
    assert KEEPS not in result.messages


def test_a_mistake_without_memory_is_named_as_ever() -> None:
    result = judged(pkce_pair, cell("pkce_pair", "SEEN = {}", "return right(*args)[::-1]"))
    assert KEEPS not in result.messages
    assert result.score == 0


def test_a_rule_that_is_broken_from_the_first_call_on_is_told_as_well() -> None:
    body = "if len(args[0]) < 32: return ('', '')\n    return SEEN.setdefault(args[0][:32], right(*args))"
    result = judged(pkce_pair, cell("pkce_pair", "SEEN = {}", body))
    assert result.messages[1] == KEEPS
    assert "Rule 3" in result.messages[2]
