"""From answers to points.

A wrong answer whose stake is all points costs all of them: a plain valid input answered wrongly, a bad input
taken by which anybody gets in. So refusing everything earns nothing. Else each rule counts alike, by the share of its
trials that are right, and each rule of which a trial with half the points at stake is wrong halves what is earned.
Whoever is not right everywhere has a point less than full marks at least.
"""

from collections.abc import Sequence
from fractions import Fraction

from .exercise import Exercise
from .trial import Answer, Trial
from .verdict import ALL, HALF, Stake

Stakes = list[tuple[Stake, frozenset[str]]]
"""Of wrong answers: what is at stake, and their rules."""


def score(exercise: Exercise, trials: Sequence[Trial], answers: list[Answer]) -> int:
    """The points; what was not asked any more because an earlier answer was final counts as wrong."""
    wrong = [answer for answer in answers if answer.wrong]
    unasked = trials[len(answers) :]
    if not wrong and not unasked:
        return exercise.points
    stakes = [(answer.trial.stake, answer.trial.rules) for answer in wrong if answer.costs]
    stakes += [(trial.stake, trial.rules) for trial in unasked]
    if any(stake == ALL for stake, _ in stakes):
        return 0
    halves = len(_halved(stakes))
    return min(exercise.points - 1, int(exercise.points * _share(trials, answers)) >> halves)


def lost(answers: list[Answer]) -> str:
    """Which wrong answers cost more than their part, in words; "" if none does."""
    stakes = [(answer.trial.stake, answer.trial.rules) for answer in answers if answer.costs]
    alls, halves = sum(stake == ALL for stake, _ in stakes), len(_halved(stakes))
    said = [f"{alls} wrong answers cost all points" if alls > 1 else "one wrong answer costs all points"][
        : min(alls, 1)
    ]
    if halves:
        said.append(f"{halves} rules cost half each" if halves > 1 else "one rule costs half")
    return ", ".join(said)


def _halved(stakes: Stakes) -> frozenset[str]:
    """The rules of which something with half the points at stake is wrong."""
    return frozenset[str]().union(*(rules or {""} for stake, rules in stakes if stake == HALF))


def _share(trials: Sequence[Trial], answers: list[Answer]) -> Fraction:
    """The mean, over the rules, of the share of a rule's trials that are right; exact, whatever their order."""
    of_rule: dict[str, list[bool]] = {}
    right = [not answer.wrong for answer in answers] + [False] * (len(trials) - len(answers))
    for trial, good in zip(trials, right, strict=True):
        for rule in trial.rules or {""}:
            of_rule.setdefault(rule, []).append(good)
    return sum((Fraction(sum(one), len(one)) for one in of_rule.values()), Fraction()) / len(of_rule)
