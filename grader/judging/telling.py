"""What a learner reads: the sentences and the rows of a check's table."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..inside import calling
from ..inside.calling import Outcome
from .answering import final
from .diagnosis import Finding, findings, mistakes, size, telling
from .exercise import Exercise
from .play import as_row
from .result import COSTS, FAILED, NOT_ATTEMPTED, Result, Row
from .trial import Answer, Trial
from .verdict import ARGUMENTS
from .wants import Differs, InTurn, Plays, Refuses, Returns, Want
from .words import call_text, came, window

MAX_FINDINGS = 3
"""How many rules are spoken of at once."""
MAX_TEXTS = 3
"""How many inputs of one rule are named."""


@dataclass(frozen=True)
class Told:
    """The part of a result that is for reading."""

    messages: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def unwritten(exercise: Exercise, outcome: Outcome) -> Result:
    """The result for a stub, or for a function that calls one."""
    other = outcome.where.partition(",")[0]
    if exercise.is_class and other not in ("", "__init__"):
        return _nothing(exercise, NOT_ATTEMPTED, f"{exercise.name}.{other} is not written yet.")
    if exercise.is_class or other in ("", exercise.name):
        return _nothing(exercise, NOT_ATTEMPTED, f"{exercise.name} is not written yet.")
    return _nothing(exercise, FAILED, f"{exercise.name} calls {other}, which is not written yet.")


def _nothing(exercise: Exercise, status: str, message: str) -> Result:
    return Result(exercise.name, 0, exercise.points, status, (message,))


def tell(exercise: Exercise, trials: Sequence[Trial], answers: list[Answer]) -> Told:
    """What to say of these answers."""
    last = answers[-1].outcome
    if last.kind == calling.MISSING:
        return Told((f"{last.text}.",))
    if last.kind == calling.BAD_SIGNATURE:
        return Told((f"{exercise.name}: {last.text}.",))
    if final(last):
        return Told(_ended(exercise, answers[-1]), rows=_rows(exercise, answers, [answers[-1]]))
    found = findings(answers)
    if not found:
        return Told(rows=_rows(exercise, answers, []))
    named = {} if _says_true_to_all(answers) else mistakes(exercise, answers, found)
    explained = frozenset[str]().union(*named.values()) if named else frozenset[str]()
    telling_ones = [one.wrong[0] for one in found]
    return Told(
        _messages(exercise, answers, found[:MAX_FINDINGS], explained, bool(named)),
        tuple(named),
        _rows(exercise, answers, telling_ones),
    )


def _ended(exercise: Exercise, answer: Answer) -> tuple[str, ...]:
    """Of an answer after which nothing more was asked."""
    if answer.outcome.kind == calling.FORBIDDEN:
        return (f"{exercise.name}: {answer.outcome.text}, which this exercise forbids, because {exercise.because}.",)
    call = f"{call_text(exercise.name, answer.trial)}: {answer.outcome.text}; it must {answer.trial.want.text}."
    slow = answer.outcome.kind == calling.TIMED_OUT and exercise.slow
    return (call, exercise.slow) if slow else (call,)


def _messages(
    exercise: Exercise, answers: list[Answer], found: list[Finding], explained: frozenset[str], named: bool
) -> tuple[str, ...]:
    first = found[0].wrong[0]
    must = f": {first.verdict.says}" if _differs(first) else f"; it must {_must(first)}"
    said = [f"{_call(exercise, answers, first)}{must}."]
    if _says_true_to_all(answers):
        return (*said, "It says True to everything.")
    if _raises_for_all_valid(answers):
        said.append("It raises an exception for every valid input, so start with this one.")
    if first.verdict.usually and not named:
        said.append(first.verdict.usually)
    if named or not _all_mean(first.verdict.usually, found):
        said += [_rule(exercise, one) for one in found if one.rules and not one.rules <= explained]
    return tuple(dict.fromkeys(said))


def _all_mean(usually: str, found: list[Finding]) -> bool:
    """Whether all that is wrong has one and the same meaning, which has been said then."""
    return usually != "" and all(answer.verdict.usually == usually for one in found for answer in one.wrong)


def _call(exercise: Exercise, answers: list[Answer], answer: Answer) -> str:
    outcome = answer.outcome
    if isinstance(answer.trial.want, Plays) and outcome.kind == calling.RETURNED:
        call, got, _ = as_row(answer.trial.want.steps, outcome)
        return f"{exercise.name}: {call} {got}"
    space = " " if outcome.kind in (calling.RETURNED, calling.RAISED) else ": "
    return f"{call_text(exercise.name, answer.trial, _right_one(answers, answer))}{space}{came(answer)}"


def _differs(answer: Answer) -> bool:
    """Whether a large answer is told by its differences."""
    return isinstance(answer.trial.want, Differs) and bool(answer.verdict.says)


def _must(answer: Answer) -> str:
    return answer.verdict.says or answer.trial.want.text


def _rule(exercise: Exercise, finding: Finding) -> str:
    """A rule that is not kept: its sentence, and for which inputs."""
    if ARGUMENTS in finding.rules:
        return "The arguments belong to the caller, who may go on using them: work on a copy."
    numbers = ", ".join(dict.fromkeys(rule.partition(" ")[0] for rule in sorted(finding.rules)))
    sentences = " ".join(dict.fromkeys(exercise.rules[rule] for rule in sorted(finding.rules)))
    texts = list(dict.fromkeys(answer.trial.text for answer in finding.wrong))
    more = f" and {len(texts) - MAX_TEXTS} more" if len(texts) > MAX_TEXTS else ""
    return f"Rule {numbers}, {finding.state} ({'; '.join(texts[:MAX_TEXTS])}{more}): {sentences}"


def _right_one(answers: list[Answer], answer: Answer) -> Trial | None:
    """A call of the same surroundings that shows nothing else: what differs from it is what is particular."""
    base = answer.trial.base
    return next((one.trial for one in answers if one.trial.plain and one.trial.base == base), None)


def _says_true_to_all(answers: list[Answer]) -> bool:
    """Whether True is all that a function says which must answer yes or no."""
    true = Returns(True).packed
    wants = [want for one in answers for want in _wants(one)]
    yes_or_no = all(isinstance(want, Refuses) or (isinstance(want, Returns) and want.packed == true) for want in wants)
    return yes_or_no and all(outcome.packed == true for one in answers for outcome in one.outcomes)


def _wants(answer: Answer) -> tuple[Want, ...]:
    """What each call of a trial must give, where each has a want of its own."""
    want = answer.trial.want
    return want.wants if isinstance(want, InTurn) else (want,)


def _raises_for_all_valid(answers: list[Answer]) -> bool:
    kinds = [answer.outcome.kind for answer in answers if not answer.trial.bad]
    return len(kinds) > 1 and set(kinds) == {calling.RAISED}


def _rows(exercise: Exercise, answers: list[Answer], told: list[Answer]) -> tuple[Row, ...]:
    """Up to four wrong calls, of different rules first; then right ones to make three or more.

    The call that the message tells of is shown as whole as there is room for.
    """
    wrong = told[:4] + [one for one in sorted(telling(answers), key=size) if one.wrong and one not in told]
    chosen = wrong[: max(len(told[:4]), 2)]
    right = sorted((answer for answer in answers if not answer.wrong), key=size)
    valid = [answer for answer in right if not answer.trial.bad][:1]
    refused = [answer for answer in right if answer.trial.bad][: max(1, 3 - len(chosen))]
    return tuple(_row(exercise, answers, one, one in wrong[:1]) for one in [*chosen, *valid, *refused])


def _row(exercise: Exercise, answers: list[Answer], answer: Answer, whole: bool) -> Row:
    trial, want = answer.trial, answer.trial.want
    cost = COSTS[trial.stake if answer.costs else min(COSTS)] if answer.wrong else ""
    if isinstance(want, Plays) and answer.outcome.kind == calling.RETURNED:
        return Row(*as_row(want.steps, answer.outcome), not answer.wrong, cost)
    wants = window(answer.verdict.says or want.text, 200) if isinstance(want, Differs) else want.text
    particular = f"  # {trial.text}" if not trial.plain and trial.text else ""
    call = call_text(exercise.name, trial, _right_one(answers, answer), whole=whole)
    return Row(call, came(answer), f"{wants}{particular}", not answer.wrong, cost)
