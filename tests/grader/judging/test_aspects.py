"""Trials by construction: each value alone, in two surroundings, and an error where a trial tests nothing."""

from typing import Any

import pytest

from grader.judging.aspects import (
    ABSENT,
    BARE,
    FULL,
    Aspect,
    Unfit,
    bad,
    beside,
    from_aspects,
    good,
    joined,
    named,
    rare,
    written,
)
from grader.judging.exercise import parts_of
from grader.judging.trial import Trial
from grader.judging.verdict import ALL, PART
from grader.judging.wants import Raises, Returns
from tests.grader.judging.helpers import made, oracle


def source_of(*aspects: Aspect, oracle: Any = lambda *args: (args, set()), **options: Any) -> from_aspects:
    def build(e: Any) -> tuple[Any, ...]:
        return tuple(getattr(e, one.name) for one in aspects)

    return from_aspects(lambda source: None, lambda world: list(aspects), build, oracle, **options)


def trials_of(*aspects: Aspect, **options: Any) -> dict[str, Trial]:
    exercise = made(source=source_of(*aspects, **options))
    return {trial.label: trial for trial in exercise.all_trials("a")}


def test_each_value_stands_alone_in_both_surroundings() -> None:
    trials = {trial.label: trial for trial in made().all_trials("a")}
    assert trials["the plain case | bare"].args == (2, "")
    assert trials["the plain case | full"].args == (8, "x")
    assert trials["n: -2 | bare"].args == (-2, "")
    assert trials["n: -2 | full"].args == (-2, "x")
    assert trials["note: 'y' | full"].args == (8, "y")
    assert all(trial.base in (BARE, FULL) for trial in trials.values())


def test_a_trial_knows_its_rule_its_stake_and_what_it_wants() -> None:
    trials = {trial.label: trial for trial in made().all_trials("a")}
    below = trials["n: -2 | bare"]
    assert (below.bad, below.stake, below.rules, below.want) == (True, ALL, {"2"}, Raises(ValueError))
    zero = trials["n: 0 | full"]
    assert (zero.bad, zero.stake, zero.rules, zero.want) == (False, PART, {"2"}, Returns(0))


def test_a_trial_that_breaks_another_rule_than_its_own_is_an_error() -> None:
    for aspect in (Aspect("n", good(2), bad("1", -2)), Aspect("n", good(2, "two")), Aspect("n", good(2), bad("2", 3))):
        with pytest.raises(Unfit, match="was made for"):
            trials_of(aspect, Aspect("note", good("")), oracle=oracle)


def test_two_values_of_one_name_are_an_error() -> None:
    with pytest.raises(Unfit, match="two values called 1"):
        Aspect("n", good(1), bad("2", 1))
    assert [value.text for value in Aspect("n", good(1), bad("2", *beside("again", 1))).values] == ["1", "1, again"]


def test_a_value_may_depend_on_others_bring_them_along_and_go_across_them() -> None:
    trials = trials_of(
        Aspect("a", good(1, 2)),
        Aspect("b", good(named("more", lambda e: e.a + 10), named("less", lambda e: e.a - 10))),
        Aspect("c", good(0, 5), rare(named("nine", 9), along={"a": 7}), rare(named("wide", 3), across=("a",))),
    )
    assert trials["the plain case | bare"].args == (1, 11, 0)
    assert trials["the plain case | full"].args == (2, -8, 5)
    assert trials["c: nine | bare"].args == (7, 17, 9)
    assert trials["c: wide; a 1 | full"].args[0] == 1
    assert trials["c: wide; a 2 | full"].args[0] == 2


def test_a_shy_value_and_one_that_brings_others_are_never_surroundings() -> None:
    aspect = Aspect("a", good(9, shy=True), good(8, along={}), good(1))
    assert (aspect.bare.what, aspect.full.what) == (8, 1)
    assert Aspect("a", good(9, shy=True), good(1)).full.what == 1


def test_one_aspect_has_no_surroundings() -> None:
    trials = trials_of(Aspect("n", good(1, 2)))
    assert list(trials) == ["n: 1 | bare", "n: 2 | bare"]
    assert not any(trial.plain for trial in trials.values())


def test_lists_and_dicts_are_new_for_each_call() -> None:
    exercise = made(source=source_of(Aspect("n", good({"a": [1]})), Aspect("m", good(0, 1))))
    first, second = exercise.all_trials("a")[:2]
    assert first.args[0] == second.args[0]
    assert first.args[0] is not second.args[0]
    assert first.args[0]["a"] is not second.args[0]["a"]


def test_examples_and_rows_of_good_values_are_trials_too() -> None:
    trials = trials_of(
        Aspect("a", good(1, 2)), Aspect("b", good(3, 4)), together=({"a": "2", "b": "4"},), examples=((7, 8),)
    )
    assert trials["example 1"].args == (7, 8)
    assert trials["together a: 2; b: 4"].args == (2, 4)


def test_absent_is_a_value() -> None:
    assert Aspect("n", good(ABSENT)).values[0].text == "absent"


def test_sources_can_be_joined() -> None:
    by_hand = written(lambda chance: [Trial((1,), Returns(1), text="by hand")])
    source = joined(source_of(Aspect("a", good(1))), by_hand)
    assert [trial.text for trial in made(source=source).all_trials("a")] == ["a: 1", "by hand"]
    assert parts_of(source)[1] is by_hand
    assert parts_of(by_hand) == (by_hand,)


def test_a_call_is_as_rare_as_the_rarest_of_its_values() -> None:
    """What is tried across others' good values costs a part where one of those is rare; a bad input costs its own."""
    trials = trials_of(
        Aspect("a", good(1, 2), rare(3)),
        Aspect("b", good(0, 5), good(7, across=("a",)), bad("1", -1, stake=ALL, across=("a",))),
        oracle=lambda a, b: (a, {"1"} if b < 0 else set()),
    )
    assert trials["b: 7; a 1 | full"].stake == ALL
    assert trials["b: 7; a 3 | full"].stake == PART
    assert trials["b: -1; a 3 | full"].stake == ALL
