"""A known mistake is named where it makes exactly the learner's errors in the trials of its rule, and nowhere else."""

from typing import Any

from grader.judging.exercise import RETURNS
from tests.grader.judging.helpers import MISTAKES, double, judged, made

NEVER_TYPE, BELOW, AS_IT_CAME = (
    "It never looks at the type.",
    "It takes what is below zero.",
    ("It gives the number back as it came."),
)


def test_each_mistake_is_named_by_itself() -> None:
    for programs in MISTAKES.values():
        for sentence, program in programs.items():
            result = judged(made(), program)
            assert result.mistakes == (sentence,)
            assert result.score < 10


def test_two_mistakes_in_different_rules_are_both_named() -> None:
    assert set(judged(made(), lambda n, note: 2 * n).mistakes) == {NEVER_TYPE, BELOW}


def test_a_mistake_that_explains_only_a_part_of_a_rules_errors_is_not_named() -> None:
    def only_minus_two(n: Any, note: str) -> Any:
        return -4 if type(n) is int and n == -2 else double(n, note)

    result = judged(made(), only_minus_two)
    assert result.mistakes == ()
    assert "Rule 2, too lax" in " ".join(result.messages)
    assert "Nothing below zero" in " ".join(result.messages)


def test_nothing_is_said_of_a_rule_that_is_kept() -> None:
    result = judged(made(), lambda n, note: 2 * n if type(n) is int else double(n, note))
    assert "Rule 1" not in " ".join((*result.messages, *result.mistakes))
    assert "whole numbers" not in " ".join(result.messages)


def test_too_strict_is_told_from_too_lax_and_from_refused_in_another_way() -> None:
    def strict(n: Any, note: str) -> Any:
        if note in ("y", "z"):
            raise ValueError("no notes")
        return double(n, note)

    def otherwise(n: Any, note: str) -> Any:
        if type(n) is not int:
            raise KeyError(n)
        return double(n, note)

    assert "Rule 3, too strict (“note: 'y'”, “note: 'z'”)" in " ".join(judged(made(), strict).messages)
    assert "It does refuse, but with another kind of exception" in " ".join(judged(made(), otherwise).messages)


def test_where_the_plain_case_of_one_surrounding_fails_the_other_still_tells() -> None:
    def stumbles_over_the_note(n: Any, note: str) -> Any:
        if note:
            raise KeyError(note)
        return 2 * n if type(n) is int else double(n, note)

    result = judged(made(), stumbles_over_the_note)
    assert result.score == 0
    assert BELOW in result.mistakes
    assert result.messages[0].startswith("double(8, 'x') raised KeyError")


def test_where_only_one_plain_case_fails_it_is_told_of() -> None:
    result = judged(made(), lambda n, note: double(n, note) if note != "x" else 7)
    assert result.score == 0
    assert result.messages[0] == "double(8, 'x') returned 7; it must return 16."


def test_where_every_plain_case_fails_they_alone_are_spoken_of() -> None:
    result = judged(made(), lambda n, note: 7)
    assert result.score == 0
    assert "it must return 4" in result.messages[0] or "it must return 16" in result.messages[0]
    assert not any(message.startswith("Rule") for message in result.messages)


def test_a_mistake_for_all_plain_cases() -> None:
    assert judged(made(), MISTAKES[RETURNS][AS_IT_CAME]).mistakes == (AS_IT_CAME,)  # type: ignore[arg-type]


def test_a_mistake_of_several_rules_goes_before_those_of_each() -> None:
    both = {("1", "2"): {"Nothing at all is refused.": lambda n, note: 2 * n}, **MISTAKES}
    assert judged(made(mistakes=both), lambda n, note: 2 * n).mistakes == ("Nothing at all is refused.",)
    assert judged(made(mistakes=both), MISTAKES["2"][BELOW]).mistakes == (BELOW,)  # type: ignore[arg-type]
