"""A small sample of `make mutants`, and tests of its operators."""

import ast
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import checks
from grader.judging.aspects import written
from grader.judging.exercise import RETURNS, Exercise
from grader.judging.trial import Trial
from grader.judging.verdict import ALL, PART
from grader.judging.wants import Raises, Returns

from . import lenient, measure, operators
from .__main__ import SOLUTIONS, mutants_of, tally
from .choose import choose, shown_by
from .measure import HANGS, apart

SAMPLE = ("verify_hs256", "check_times", "find_key", "pkce_pair")
MOST, CALLS = 8, 100
"""The number of mutants of each solution, and of the calls that decide whether a mutant is wrong."""


@pytest.fixture(autouse=True)
def _submission() -> Iterator[None]:
    """Removes the module `submission`, as which programs are loaded, after each test."""
    yield
    sys.modules.pop("submission", None)


def named(name: str) -> Exercise:
    exercise = checks.exercise_named(name)
    assert exercise is not None
    return exercise


# -- what the trials refuse -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLE)
def test_the_trials_refuse_every_wrong_mutant_of_a_sample(name: str) -> None:
    found = tally(named(name), MOST, CALLS, kindly=name == "pkce_pair")
    assert found.survivors == []
    assert found.refused == found.wrong > MOST
    assert found.share == 1.0


def test_trials_that_are_too_few_let_mutants_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bad inputs, programs that accept too much are not refused; so the test above can fail."""
    monkeypatch.setattr(Exercise, "trials", lambda self, seed: [one for one in self.all_trials(seed) if not one.bad])
    found = tally(named("check_times"), MOST, 4 * CALLS, kindly=False)
    assert found.survivors
    assert found.refused < found.wrong
    assert found.share < 1.0


def test_the_sample_is_the_same_every_time_and_of_every_solution() -> None:
    exercise = named("route")
    first = mutants_of(exercise, 5)
    assert first == mutants_of(exercise, 5)
    assert {path for path, _, _ in first} == set((SOLUTIONS / "route").glob("*.py"))


# -- the operators ----------------------------------------------------------------------------------------------------

FILES = [path for name in SAMPLE for path in sorted((SOLUTIONS / name).glob("*.py"))]


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_mutants_differ_from_the_program_and_from_each_other(path: Path) -> None:
    source = path.read_text("utf-8")
    made = list(operators.mutants(source))
    texts = [text for _, text in made]
    assert len(texts) > 5
    assert len(set(texts)) == len(texts)
    assert ast.unparse(ast.parse(source)) not in texts
    for what, text in made:
        assert what.startswith("line ")
        compile(text, what, "exec")


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("if a < b:\n    raise E", ["if a <= b:", "if a < b:\n    pass"]),
        ("x = a == b", ["x = a != b", "x = str(a) == str(b)", "x = a[:1] == b[:1]", "x = True"]),
        ("x = a and b", ["x = a", "x = b", "x = a or b"]),
        ("x = not a", ["x = a"]),
        ("x = 0 <= a < b", ["x = 0 <= a", "x = 0 < a < b", "x = 0 <= a <= b"]),
        ("x = a in b", ["x = a not in b", "x = b.get(a)"]),
        ("x = a is None", ["x = a is not None", "x = not a"]),
        ("x = isinstance(a, str)", ["x = True", "x = bool(a)", "x = isinstance(a, str) or a is None"]),
        ("x = hmac.compare_digest(a, b)", ["x = True", "x = a[:len(b)] == b"]),
        ("x = b64u_decode(a)", ["x = b64u_decode(a.strip())"]),
        ("x = json_loads_strict(a)", ["x = __import__('json').loads(a)"]),
        ("x = d.get('a')", ["x = d['a']", "x = str(d.get('a'))", "x = d.get('A')"]),
        ("x = d['a']", ["x = d.get('a')"]),
        ("x = a + b", ["x = a - b", "x = a"]),
        ("x = a[1:]", ["x = a"]),
        ("x = 32", ["x = 33", "x = 31", "x = 0"]),
        ("x = now", ["x = int(now)", "x = round(now)"]),
        ("x = a if b else c", ["x = a", "x = c"]),
        ("x = all(a)", ["x = any(a)"]),
        ("x = a.lower().removeprefix('b')", ["x = a.removeprefix('b')", "x = a.lower()"]),
        (
            "if a:\n    x = 1\nif b:\n    x = 2",
            ["if a:\n    x = 1\nelif b:\n    x = 2", "if b:\n    x = 2\nif a:\n    x = 1"],
        ),
    ],
)
def test_each_operator_changes_what_it_is_for(source: str, changed: list[str]) -> None:
    texts = [text for _, text in operators.mutants(source)]
    for text in changed:
        assert any(one.startswith(text) for one in texts), (text, texts)


def test_annotations_and_decorators_are_left_alone() -> None:
    source = "@f(1)\ndef g(a: int = 3) -> tuple[0]:\n    return a"
    assert all("@f(1)" in text and "a: int" in text and "tuple[0]" in text for _, text in operators.mutants(source))


# -- measuring and choosing -------------------------------------------------------------------------------------------


def _leave() -> list[int]:
    raise SystemExit


@pytest.mark.parametrize(
    ("work", "answer"),
    [(lambda: [1, 2], [1, 2]), (lambda: [], []), (lambda: [1 // 0], [HANGS]), (_leave, [HANGS])],
)
def test_what_ends_in_an_error_of_its_own_is_no_answer(work: Callable[[], list[int]], answer: list[int]) -> None:
    assert apart(work) == answer


def test_who_sleeps_past_our_patience_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "PATIENCE", 0.2)
    assert apart(lambda: [int(time.sleep(60) is None)], 1) == [HANGS]


def test_who_loops_in_c_is_ended_after_a_few_times_what_a_right_program_takes() -> None:
    assert measure.timed(lambda: [3])[1] < 2 * measure.SLACK
    assert apart(lambda: [sum(range(10**12))], 0.5) == [HANGS]


# -- programs that are lenient in one place ---------------------------------------------------------------------------


def stripping() -> list[tuple[str, list[int]]]:
    """The lenient programs refused by three trials of a name and three of a name followed by a space."""
    trials = [Trial(({"name": f"ada{n}"}, n), Returns(f"ada{n}"), text=f"plain {n}") for n in range(3)]
    trials += [Trial(({"name": f"ada{n} "}, n), Raises(ValueError), bad=True, text=f"space {n}") for n in range(3)]
    exercise = replace(named("pkce_pair"), name="double", source=written(lambda chance: trials))

    def double(data: dict[str, str], number: int) -> str:
        if data["name"] != f"ada{number}":
            raise ValueError("another")
        return data["name"]

    return list(lenient.refusals(exercise, trials, {"double": double}))


def test_a_place_is_read_through_each_reading_and_the_trials_that_mind_are_named() -> None:
    found = dict(stripping())
    assert found["0.name read: str, strip"] == [3, 4, 5]
    assert [0, 1, 2] in found.values()
    assert not any("NFC" in what for what in found)


def test_a_member_that_is_absent_can_be_taken_from_a_dict_and_from_a_list() -> None:
    gone = lenient._only(object, lenient.READINGS[object]["absent if false"])
    assert gone(0) is lenient.ABSENT
    assert gone(7) == 7


def trials_of(rules: dict[str, int]) -> list[Trial]:
    """A plain case, and so many bad inputs for each rule."""
    plain = Trial((0,), Returns(0), stake=ALL, text="plain", base="bare", plain=True)
    return [plain] + [
        Trial((text,), Raises(), frozenset([rule]), True, PART, text, "bare")
        for rule, count in rules.items()
        for text in (f"{rule} {n}" for n in range(count))
    ]


def chosen(trials: list[Trial], refusals: list[list[int]]) -> dict[str, Any]:
    labels = choose(named("split_token"), trials, refusals)
    return {one.text: one for one in trials if one.label in labels}


def test_two_trials_are_kept_that_refuse_each_program() -> None:
    kept = chosen(trials_of({"1": 590}), [[7], [580, 581, 582], [580, 583], [HANGS]])
    assert {"plain", "1 6", "1 579", "1 582"} <= set(kept)
    assert len({"1 580", "1 581"} & set(kept)) >= 1


def test_one_trial_is_kept_that_refuses_each_program_where_there_are_more_values_than_room() -> None:
    kept = chosen(trials_of({"1": 1000}), [[7], [900, 901, 902], [900, 903], [HANGS]])
    assert {"plain", "1 6", "1 899"} <= set(kept)
    assert len(kept) <= 300


def test_a_rule_with_few_values_has_its_say_beside_one_with_many() -> None:
    kept = chosen(trials_of({"1": 5000, "2": 3, "3": 40}), [])
    assert len(kept) <= 300
    assert [sum(rule in one.rules for one in kept.values()) for rule in "23"] == [3, 40]


def test_a_known_mistake_is_known_by_what_shows_something_of_its_rules() -> None:
    """Not by another rule's trials, and not by trials among values whose plain case it fails."""
    trials = trials_of({"1": 2, "2": 2})
    assert shown_by(frozenset("1"), trials, [1, 2, 3, HANGS]) == [1, 2]
    assert shown_by(frozenset("1"), trials, [0, 1, 2]) == []
    assert shown_by(frozenset([RETURNS]), trials, [0, 1, 2]) == [0]
