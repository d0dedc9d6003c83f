"""Asking a function, wherever it lives, all trials of its exercise, and the verdicts on what comes."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..inside import calling
from ..inside.calling import Outcome
from ..inside.values import copy_of
from .exercise import Exercise
from .result import CRASHED, FAILED, FORBIDDEN, MISSING, NOT_ATTEMPTED, TIMED_OUT
from .trial import Answer, Args, Trial
from .verdict import ARGUMENTS, RIGHT, Verdict

STATUS = {
    calling.MISSING: MISSING,
    calling.BAD_SIGNATURE: FAILED,
    calling.TIMED_OUT: TIMED_OUT,
    calling.FORBIDDEN: FORBIDDEN,
    calling.CRASHED: CRASHED,
    calling.NOT_WRITTEN: NOT_ATTEMPTED,
}
"""What an exercise is after an outcome that is final."""

Ask = Callable[[Sequence[Args]], list[Outcome]]
"""Calls the learner's function with each of these arguments in turn, wherever it lives; may stop at a final outcome."""


def answered(exercise: Exercise, trials: Sequence[Trial], ask: Ask) -> list[Answer]:
    """The answers to these trials, in their order, up to the first that is final."""
    answers: list[Answer] = []
    # Copied: whoever changes an argument changes a copy.
    outcomes = iter(ask([copy_of(args) for trial in trials for args in trial.calls]))
    for trial in trials:
        own = list(itertools.islice(outcomes, len(trial.calls)))
        answers.append(_answer(exercise, trial, own))
        if len(own) < len(trial.calls) or final(own[-1]):
            break
    return answers


def _answer(exercise: Exercise, trial: Trial, outcomes: list[Outcome]) -> Answer:
    """The answer to a trial; to a crowd, that to the first of its parts which is wrong, with all errors as its key."""
    if not trial.parts:
        return Answer(trial, outcomes, verdict_on(exercise, trial, outcomes))
    verdicts = [verdict_on(exercise, part, [one]) for part, one in zip(trial.parts, outcomes, strict=False)]
    first = next((number for number, verdict in enumerate(verdicts) if not verdict.right), None)
    if first is None:
        return Answer(trial, outcomes, RIGHT)
    keys = [verdict.key for verdict in verdicts]
    key = ARGUMENTS if set(keys) <= {"", ARGUMENTS} else repr(keys)
    return Answer(trial.parts[first], [outcomes[first]], replace(verdicts[first], key=key), crowd=trial)


def verdict_on(exercise: Exercise, trial: Trial, outcomes: list[Outcome]) -> Verdict:
    """The verdict on the outcomes of a trial's calls; a right answer is spoilt by arguments that came back changed."""
    for one in outcomes:
        if one.kind in calling.FINAL:
            return Verdict(False, one.kind, taken=True)
    verdict = trial.want.verdict(outcomes)
    if verdict.right:
        for one in outcomes:
            if one.changed and not exercise.may_change.issuperset(one.changed):
                return Verdict(False, ARGUMENTS, "leave its arguments as they are")
    return verdict


def final(outcome: Outcome) -> bool:
    """Whether to stop here."""
    return outcome.kind in calling.FINAL


def errors_of(exercise: Exercise, trials: Sequence[Trial], program: Callable[..., Any]) -> list[Answer]:
    """What a program of our own answers to these trials."""
    return answered(exercise, trials, asking(program, exercise.seconds))


def asking(program: Callable[..., Any], seconds: float) -> Ask:
    """Ask a function, or a class, that lives in this process. Ctrl-C during a call is a Ctrl-C."""
    return in_this_process(lambda args: calling.call(program, args, seconds))


def in_this_process(call: Callable[[Args], Outcome]) -> Ask:
    """Ask by a call in this process. Ctrl-C while it lasts is a Ctrl-C, and no answer."""

    def ask(calls: Sequence[Args]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for args in calls:
            outcomes.append(call(args))
            if calling.is_interrupt(outcomes[-1]):
                raise KeyboardInterrupt
            if final(outcomes[-1]):
                break
        return outcomes

    return ask
