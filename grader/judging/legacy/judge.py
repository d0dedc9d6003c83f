# ruff: noqa
# mypy: ignore-errors
"""From outcomes to a result: the score, the status, the mistakes that explain it.

Scoring: a wrong answer on any valid input is 0 points, and so is taking a bad input that the exercise is all about;
otherwise points × (bad inputs refused ÷ bad inputs), halved for each grave one taken, and rounded down. So refusing
everything earns nothing. An exception of another kind is no refusal, but it takes nothing in either.
"""

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...inside import calling
from ...inside.calling import Outcome
from ...inside.values import pack, shorten, show, sketch, unpack
from .case import OVERNAMED, UNNAMED, UNSORTED, Exercise, Mistake, Trial
from .play import shown
from ..result import *
from ..result import Result, Row, PASSED, PARTIAL, FAILED, NOT_ATTEMPTED, MISSING, TIMED_OUT, FORBIDDEN, CRASHED

MAX_MISTAKES = 3
"""How many known mistakes are named at once."""

NOTHING, PART, HALF, ALL = "", "a part", "half the points", "all points"
"""What one wrong answer can cost."""

WHOLE = 600
"""Characters of an argument in the one call that is shown whole."""

# After one of these a further call tells nothing new, or costs another time limit.
_FINAL = {
    calling.MISSING: MISSING,
    calling.BAD_SIGNATURE: FAILED,
    calling.TIMED_OUT: TIMED_OUT,
    calling.FORBIDDEN: FORBIDDEN,
    calling.CRASHED: CRASHED,
}

_REFUSALS = (("ValueError",), ("AssertionError",), ("Exception",))
"""What people raise on purpose, and Python does not raise by itself where a value was not thought of."""

Call = Callable[[tuple[Any, ...]], Outcome]
"""Calls the learner's function with plain arguments, wherever that function lives."""


def judge(exercise: Exercise, call: Call, seed: str) -> Result:
    """Run an exercise's trials through call and judge them."""
    trials = exercise.case(seed).trials
    outcomes: list[Outcome] = []
    for trial in trials:
        # Packed and unpacked: whoever mutates an argument mutates a copy.
        outcomes.append(call(unpack(pack(trial.args, in_order=True))))
        if _final(outcomes[-1]) or not_written(outcomes):
            break
    if not_written(outcomes):
        return _unwritten(exercise, outcomes[-1])
    verdicts = [trial.verdict(outcome) for trial, outcome in zip(trials, outcomes, strict=False)]
    score = _score(exercise.points, trials, outcomes, verdicts)
    matches = _silent(exercise, seed, trials, outcomes) or _matching(exercise, seed, trials, verdicts)
    return Result(
        name=exercise.name,
        score=score,
        max_score=exercise.points,
        status=_status(score, exercise.points, outcomes[-1]),
        messages=_messages(exercise, trials, outcomes, verdicts, matches),
        mistakes=tuple(match.sentence for match in matches),
        rows=_rows(exercise, trials, outcomes, verdicts, _telling(trials, outcomes, verdicts, matches)),
        right=sum(not verdict for verdict in verdicts),
        calls=len(trials),
    )


def _final(outcome: Outcome) -> bool:
    """Whether to stop here. A value too large to compare costs as much again at each further call."""
    return outcome.kind in _FINAL or (outcome.kind == calling.NOT_PLAIN and outcome.text.endswith("too large"))


def not_written(outcomes: list[Outcome]) -> bool:
    """Whether a stub gave the last answer: its function is still as the lesson left it.

    A NotImplementedError of the learner's own, raised after some answers, is an answer like any other.
    """
    last = outcomes[-1]
    if last.kind == calling.NOT_WRITTEN:
        return True
    raised = last.kind == calling.RAISED and "NotImplementedError" in last.names
    return raised and (len(outcomes) == 1 or last.text == "not written yet")


def _unwritten(exercise: Exercise, outcome: Outcome) -> Result:
    other = outcome.where.partition(",")[0]
    if exercise.is_class and other not in ("", "__init__"):
        message = f"{exercise.name}.{other} is not written yet."
        return Result(exercise.name, 0, exercise.points, NOT_ATTEMPTED, (message,))
    if exercise.is_class or other in ("", exercise.name):
        return Result(exercise.name, 0, exercise.points, NOT_ATTEMPTED, (f"{exercise.name} is not written yet.",))
    message = f"{exercise.name} calls {other}, which is not written yet."
    return Result(exercise.name, 0, exercise.points, FAILED, (message,))


def _score(points: int, trials: list[Trial], outcomes: list[Outcome], verdicts: list[str]) -> int:
    costs = list(itertools.starmap(_cost, itertools.zip_longest(trials, outcomes, verdicts)))
    bad = sum(trial.bad for trial in trials)
    refused = sum(trial.bad and cost == NOTHING for trial, cost in zip(trials, costs, strict=True))
    if ALL in costs:
        return 0
    return points if not bad else points * refused // (bad << costs.count(HALF))


def _cost(trial: Trial, outcome: Outcome | None, verdict: str | None) -> str:
    """What the answer to this trial costs; the most, where there is none because an earlier one was the last."""
    if verdict == "":
        return NOTHING
    let_in = outcome is None or outcome.kind != calling.RAISED or trial.large
    if not trial.bad or (trial.vital and let_in):
        return ALL
    return HALF if trial.grave and let_in else PART


def _status(score: int, points: int, last: Outcome) -> str:
    if last.kind in _FINAL:
        return _FINAL[last.kind]
    return PASSED if score == points else PARTIAL if score else FAILED


@dataclass(frozen=True)
class _Match:
    """A known mistake that explains what the learner got wrong, and the trials that show it."""

    sentence: str
    trials: frozenset[int]


def _silent(exercise: Exercise, seed: str, trials: list[Trial], outcomes: list[Outcome]) -> list[_Match]:
    """The mistake of returning None in place of a refusal, if the exercise knows it: named alone, for others mislead.

    None is no input taken where good inputs give something else, nor is it known to be one where nothing is refused.
    """
    pairs = list(zip(trials, outcomes, strict=False))
    good = {outcome.packed for trial, outcome in pairs if not trial.bad and outcome.kind == calling.RETURNED}
    bad = [index for index, (trial, _) in enumerate(pairs) if trial.bad and not trial.rare]
    mute = frozenset(index for index in bad if outcomes[index].packed == "null")
    refuses = any(outcomes[index].names[:1] in _REFUSALS for index in bad)
    if not mute or not good or ("null" in good and refuses):
        return []
    return [_Match(one.sentence, mute) for one in exercise.case(seed).mistakes if one.silent]


def _matching(exercise: Exercise, seed: str, trials: list[Trial], verdicts: list[str]) -> list[_Match]:
    """The known mistakes whose every error the learner makes too, the most telling first.

    Mistakes that fail valid inputs must explain all the valid inputs that the learner fails, if need be together. Who
    fails every valid input shows nothing, unless one mistake alone does so too; who moreover fails them all alike shows
    nothing either where a bad input fails in that way. Of two mistakes, one contained in the other, only the larger is
    named: who takes every spelling also takes padding.
    """
    if not any(verdicts):
        return []
    errors = {index: verdict for index, verdict in enumerate(verdicts) if verdict}
    failed = {index for index in errors if not trials[index].bad}
    matching = [
        _Match(sentence, frozenset(wrong))
        for sentence, wrong in known_errors(exercise, seed)
        if wrong and all(errors.get(index) == verdict for index, verdict in wrong.items())
    ]
    of_none = _keeps_all_out(trials, verdicts) and not any(failed <= one.trials for one in matching)
    if of_none or not failed <= frozenset().union(*(one.trials for one in matching)):
        matching = [one for one in matching if all(trials[index].bad for index in one.trials)]
    alike = {errors[index] for index in failed}
    if of_none and len(alike) == 1:
        matching = [one for one in matching if any(errors[index] not in alike for index in one.trials)]
    telling = [one for one in matching if not any(one.trials < other.trials for other in matching)]
    if _says_true_to_all(trials, verdicts):
        telling = [one for one in telling if one.trials == errors.keys()]
    # First what costs all the points, then what explains most.
    costly = {i for i, trial in enumerate(trials) if trial.vital or trial.grave or not trial.bad}
    telling.sort(key=lambda one: (not one.trials & costly, -len(one.trials)))
    return telling[:MAX_MISTAKES]


def _says_true_to_all(trials: list[Trial], verdicts: list[str]) -> bool:
    """Whether True is all that a function says which must answer yes or no."""
    wants_and_verdicts = {(trial.wants, verdict) for trial, verdict in zip(trials, verdicts, strict=False)}
    return wants_and_verdicts == {("return True", ""), ("return False", f"{calling.RETURNED} {pack(True)}")}


def _keeps_all_out(trials: list[Trial], verdicts: list[str]) -> bool:
    """Whether no valid input at all came out right."""
    return all(verdict for trial, verdict in zip(trials, verdicts, strict=False) if not trial.bad)


@functools.lru_cache(maxsize=64)
def known_errors(exercise: Exercise, seed: str) -> tuple[tuple[str, dict[int, str]], ...]:
    """For each known mistake: its sentence, and its wrong verdicts by the index of the trial."""
    case = exercise.case(seed)
    return tuple((mistake.sentence, _errors_of(mistake, case.trials, exercise)) for mistake in case.mistakes)


def _errors_of(mistake: Mistake, trials: list[Trial], exercise: Exercise) -> dict[int, str]:
    wrong = {}
    for index, trial in enumerate(trials):
        outcome = calling.call(mistake.function, unpack(pack(trial.args, in_order=True)), exercise.seconds)
        if verdict := trial.verdict(outcome):
            wrong[index] = verdict
        if _final(outcome):
            break
    return wrong


def _messages(
    exercise: Exercise, trials: list[Trial], outcomes: list[Outcome], verdicts: list[str], matches: list[_Match]
) -> tuple[str, ...]:
    last = outcomes[-1]
    if last.kind == calling.MISSING:
        return (f"{last.text}.",)
    if last.kind == calling.BAD_SIGNATURE:
        return (f"{exercise.name}: {last.text}.",)
    wrong = [index for index, verdict in enumerate(verdicts) if verdict]
    if not wrong:
        return ()
    if last.kind == calling.FORBIDDEN:
        return (f"{exercise.name}: {last.text}, which this exercise forbids, because {exercise.because}.",)
    index, unexplained = _telling(trials, outcomes, verdicts, matches), _unexplained(trials, wrong, matches)
    trial, outcome = trials[index], outcomes[index]
    if trial.steps and outcome.kind == calling.RETURNED:
        row = _row(exercise, trial, outcome, verdicts[index], whole=False)
        reasons = () if matches else _reasons(trials, outcomes, wrong)
        return (f"{exercise.name}: {row.call} {row.got}; it must {row.wants}.", *reasons)
    # A predicate's verdict is a sentence of its own, unless a known mistake says it better. Of a large answer only the
    # first part is shown, which may be right; so the verdict stands there even then.
    silent = unexplained or not matches
    told = trial.judged and (silent or trial.large) and outcome.kind == calling.RETURNED
    must = verdicts[index] if told else ""
    space = " " if outcome.kind in (calling.RETURNED, calling.RAISED) else ": "
    sentence = f"{picture(exercise.name, trial)}{space}{came(outcome, trial)}; {must or f'it must {trial.wants}'}."
    if not silent:
        return (sentence,)
    if _says_true_to_all(trials, verdicts):
        return (sentence, "It says True to everything.")
    none = "It raises an exception for every valid input, so start with this one."
    first = [none] if _raised_for_all(trials, outcomes) else []
    if outcome.kind == calling.TIMED_OUT and exercise.slow:
        first = [exercise.slow]
    reasons = [] if verdicts[index] == UNSORTED or _no_bool(trial, outcome) else _reasons(trials, outcomes, wrong)
    return (sentence, *first, *_diagnosis(trial, outcome, verdicts[index]), *reasons)


def _raised_for_all(trials: list[Trial], outcomes: list[Outcome]) -> bool:
    valid = [outcome.kind for trial, outcome in zip(trials, outcomes, strict=False) if not trial.bad]
    return len(valid) > 1 and set(valid) == {calling.RAISED}


def _unexplained(trials: list[Trial], wrong: list[int], matches: list[_Match]) -> bool:
    """Whether the first wrong answer is one to a valid input that no known mistake accounts for."""
    return not trials[wrong[0]].bad and not any(wrong[0] in match.trials for match in matches)


def _telling(trials: list[Trial], outcomes: list[Outcome], verdicts: list[str], matches: list[_Match]) -> int:
    """The wrong trial to tell of, or -1. What must work comes first; a mistake on bad inputs is named beside it."""
    wrong = [index for index, verdict in enumerate(verdicts) if verdict]
    if not wrong or outcomes[-1].kind in _FINAL:
        return wrong[-1] if wrong else -1
    return wrong[0] if not matches or _unexplained(trials, wrong, matches) else min(matches[0].trials)


def _diagnosis(trial: Trial, outcome: Outcome, verdict: str) -> list[str]:
    """What a wrong outcome of this form usually means, whatever the exercise."""
    if outcome.kind == calling.NOT_PLAIN and (outcome.text.endswith((" type", "Error", "Exception"))):
        return ['It returns an exception. An exception has to be raised: `raise ValueError("...")`.']
    if outcome.kind == calling.NOT_PLAIN and outcome.text.endswith(" HASH"):
        return ["This is the hash object; `.digest()` gives its bytes."]
    if meant := _no_bool(trial, outcome):
        return [f"It {came(outcome, trial)}, not {meant}: return a bool."]
    if outcome.kind == calling.RETURNED and outcome.packed == "null" and not trial.bad:
        return ["It returned None. Is there a `return` on every path?"]
    if verdict == UNSORTED:
        return ["The right items, in another order: `sorted(...)` puts them in order."]
    if verdict == OVERNAMED:
        return ["The exception's text names claims that are not at fault, so nobody learns which one is."]
    if verdict == UNNAMED:
        return [f"It does refuse, but the exception's text lacks the word {trial.naming}, so nobody learns why."]
    if trial.bad and not trial.rare and trial.wants.startswith("return ") and outcome.kind == calling.RAISED:
        says = "is False" if trial.wants == "return False" else "is returned, too, as the docstring says"
        return [f"It raises an exception here. The answer to a bad input {says}."]
    if trial.bad and not trial.rare and outcome.names[:1] == ("AssertionError",):
        return ["`assert` is not a refusal: Python leaves it out when it runs with -O. Raise the exception."]
    if trial.bad and not trial.rare and outcome.kind == calling.RAISED:
        return ["It does refuse, but with another kind of exception than the docstring says."]
    return []


def _no_bool(trial: Trial, outcome: Outcome) -> str:
    """Where True or False is wanted and a value came that counts as the same: which one is meant. Else nothing."""
    meant = trial.wants.removeprefix("return ")
    if meant not in ("True", "False") or outcome.kind != calling.RETURNED:
        return ""
    value = unpack(outcome.packed)
    return meant if type(value) is not bool and str(bool(value)) == meant else ""


def _reasons(trials: list[Trial], outcomes: list[Outcome], wrong: list[int]) -> list[str]:
    """What the wrong trials could teach: the first valid input's reason, or else two of the bad inputs'.

    A function that fails for a reason of its own has not come to the point yet; one that refuses a valid input has.
    """
    valid = [index for index in wrong if not trials[index].bad]
    answered = [i for i in (valid[:1] or wrong) if outcomes[i].kind == calling.RETURNED or _refused(outcomes[i])]
    # None for a valid input is an answer forgotten; for a bad one it is the input taken.
    telling = [i for i in answered if trials[i].bad or outcomes[i].packed != "null"]
    return list(dict.fromkeys(trials[index].why for index in telling if trials[index].why))[:2]


def _refused(outcome: Outcome) -> bool:
    return outcome.kind == calling.RAISED and outcome.names[:1] == ("ValueError",)


def picture(name: str, trial: Trial, whole: bool = False) -> str:
    """The call as the learner would write it, each argument shortened; or if whole, each value in it."""
    if trial.steps:
        return f"{name}()"
    if trial.named:
        return f"{name}(...) for '{trial.named}'"
    if trial.large:
        return f"{name}({show(trial.args[0], 150)}, ...)"
    texts = [shorten(sketch(arg, 60), WHOLE) if whole else show(arg, 60) for arg in trial.args]
    return f"{name}({', '.join(texts)})"


def came(outcome: Outcome, trial: Trial) -> str:
    """What came of a call, for people."""
    if outcome.kind == calling.RETURNED:
        value = unpack(outcome.packed)
        large = trial.large and isinstance(value, tuple) and len(value) > 1
        return f"returned ({show(value[0])}, ...)" if large else f"returned {show(value)}"
    if outcome.kind == calling.RAISED:
        name = outcome.names[0] if outcome.names else "an exception"
        text = f": {outcome.text}" if outcome.text else ""
        return f"raised {name}{text}{f' ({outcome.where})' if outcome.where else ''}"
    return outcome.text


def _rows(
    exercise: Exercise, trials: list[Trial], outcomes: list[Outcome], verdicts: list[str], told: int
) -> tuple[Row, ...]:
    """Up to four wrong calls of different kinds, the one told of first; then right ones to make three or more.

    That one is shown as whole as there is room for, because what decides may stand anywhere in an argument.
    """
    wrong = sorted((i for i, verdict in enumerate(verdicts) if verdict), key=lambda i: (i != told, i))
    kinds = {(trials[i].why or trials[i].wants, verdicts[i][:20]): i for i in reversed(wrong)}
    chosen = sorted(kinds.values(), key=wrong.index)[:4]
    chosen += [i for i in wrong if i not in chosen][: max(0, 2 - len(chosen))]
    right = [index for index, verdict in enumerate(verdicts) if not verdict]
    chosen += right[:1] + [i for i in right if trials[i].bad][: max(1, 3 - len(chosen))]
    return tuple(_row(exercise, trials[i], outcomes[i], verdicts[i], i == told) for i in dict.fromkeys(chosen))


def _row(exercise: Exercise, trial: Trial, outcome: Outcome, verdict: str, whole: bool) -> Row:
    cost = _cost(trial, outcome, verdict)
    if trial.steps and outcome.kind == calling.RETURNED:
        return Row(*shown(trial.steps, outcome), not verdict, cost)
    # Of a large answer, what is wrong with it says more than what it must be.
    differs = trial.large and trial.judged and verdict and outcome.kind == calling.RETURNED
    wants = shorten(verdict.removeprefix("it must "), 200) if differs else trial.wants
    # Large calls look alike where they differ in what is not shown, so each has its reason beside it.
    reason = f"  # {trial.why}" if trial.large and trial.why else ""
    return Row(picture(exercise.name, trial, whole), came(outcome, trial), wants + reason, not verdict, cost)
