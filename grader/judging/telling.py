"""What a learner reads: the sentences and the rows of a check's table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..inside import calling
from ..inside.calling import Outcome
from .answering import Ask, final
from .diagnosis import Finding, Mistake, findings, mistakes, shown, size, telling
from .exercise import Exercise
from .memory import KEEPS, MOST, remembered
from .play import as_row
from .result import COSTS, FAILED, NOT_ATTEMPTED, Result, Row
from .trial import Answer, Trial
from .undefined import Explain, undefined
from .verdict import ARGUMENTS
from .wants import UNHEARD, Agree, Differs, InTurn, Plays, Refuses, Returns, Want
from .words import at, call_text, came, must, window

MAX_FINDINGS = 3
"""How many rules are spoken of at once."""
MAX_TEXTS = 3
"""How many inputs of one rule are named."""
MOST_HELD = 300
"""Characters of what is told of an argument that nobody can read."""


@dataclass(frozen=True)
class Told:
    """The part of a result that is for reading."""

    messages: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    messages_first: bool = False


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


def tell(
    exercise: Exercise, trials: Sequence[Trial], answers: list[Answer], explain: Explain, anew: Ask | None = None
) -> Told:
    """What to say of these answers; explain: of names that are not defined; anew: see `memory`."""
    last = answers[-1].outcome
    if last.kind == calling.MISSING:
        return Told((f"{last.text}.",))
    if last.kind == calling.BAD_SIGNATURE:
        return Told((f"{exercise.name}: {last.text}.",))
    if final(last):
        return Told(_ended(exercise, answers[-1]), rows=_rows(exercise, answers, [answers[-1]]))
    answers = answers if _refuses_by_value(answers) else list(map(_without_unheard, answers))
    found = findings(answers)
    if not found:
        return Told(rows=_rows(exercise, answers, []))
    lacking, nothing_else = undefined(shown(answers), explain)
    if nothing_else:
        return Told((lacking,))
    named = [] if _says_true_to_all(answers) else mistakes(exercise, answers, found)
    if kept := remembered(exercise, found, anew):
        return _of_memory(exercise, answers, kept, [one for one in found[:MOST] if one not in kept], named)
    # The dearest error is told first: by the mistake that explains it, or else by itself.
    messages_first = bool(named) and named[0].stake < found[0].stake
    return Told(
        (*_messages(exercise, answers, found, named), *filter(None, [lacking])),
        tuple(one.sentence for one in named),
        _rows(exercise, answers, [one.wrong[0] for one in found]),
        messages_first,
    )


def _of_memory(
    exercise: Exercise, answers: list[Answer], kept: list[Finding], left: list[Finding], named: list[Mistake]
) -> Told:
    """What to say of a function that keeps something, and of the rules that it breaks even so."""
    leaks = tuple(one.sentence for one in named if one.leaks)
    rules = [_rule(exercise, one) for one in left[:MAX_FINDINGS] if one.rules]
    return Told(
        (_first(exercise, answers, kept[0].wrong[0]), *([] if leaks else [KEEPS]), *rules),
        leaks,
        _rows(exercise, answers, [one.wrong[0] for one in kept + left]),
    )


def _refuses_by_value(answers: list[Answer]) -> bool:
    """Whether refusals are returned: nothing is ever raised, or they are no answers that a good input gets."""
    returned = {one.told.packed for one in answers if not one.trial.bad and one.told.kind == calling.RETURNED}
    refusals = {one.told.packed for one in answers if one.verdict.usually == UNHEARD}
    raises = any(outcome.kind == calling.RAISED for one in answers for outcome in one.outcomes)
    return not raises or refusals.isdisjoint(returned)


def _without_unheard(answer: Answer) -> Answer:
    if answer.verdict.usually != UNHEARD:
        return answer
    return answer._replace(verdict=replace(answer.verdict, usually=""))


def _ended(exercise: Exercise, answer: Answer) -> tuple[str, ...]:
    """Of an answer after which nothing more was asked."""
    if answer.outcome.kind == calling.FORBIDDEN:
        uses = f"{answer.outcome.text}{at(answer.outcome.where)}"
        return (f"{exercise.name}: {uses}, which this exercise forbids, because {exercise.because}.",)
    call = f"{call_text(exercise.name, answer.trial)}: {answer.outcome.text}; it must {answer.trial.want.text}."
    slow = answer.outcome.kind == calling.TIMED_OUT and exercise.slow
    return (call, exercise.slow) if slow else (call,)


def _messages(exercise: Exercise, answers: list[Answer], found: list[Finding], named: list[Mistake]) -> tuple[str, ...]:
    first = found[0].wrong[0]
    said = [_first(exercise, answers, first)]
    if _says_true_to_all(answers):
        return (*said, "It says True to everything.")
    if _raises_for_all_valid(answers):
        said.append("It raises an exception for every valid input, so start with this one.")
    if first.verdict.usually and not named:
        said.append(first.verdict.usually)
    if named or not _all_mean(first.verdict.usually, found):
        left = [one for one in found[:MAX_FINDINGS] if one.rules and not _explained(one, named)]
        said += [_rule(exercise, one) for one in left]
    return tuple(dict.fromkeys(said))


def _first(exercise: Exercise, answers: list[Answer], first: Answer) -> str:
    must = f": {first.verdict.says}" if _differs(first) else f"; it must {_must(exercise, first)}"
    return f"{_call(exercise, answers, first)}{must}."


def _explained(finding: Finding, named: list[Mistake]) -> bool:
    """Whether the mistakes that are named say all that there is to say of it.

    What leaks from object to object, or from call to call, spoils other values at random.
    """
    if not finding.state and any(one.leaks for one in named):
        return True
    labels = frozenset[str]().union(*(one.explained for one in named))
    return any(finding.rules <= one.rules for one in named) or labels.issuperset(
        answer.trial.label for answer in finding.wrong
    )


def _all_mean(usually: str, found: list[Finding]) -> bool:
    """Whether all that is wrong has one and the same meaning, which has been said then."""
    return usually != "" and all(answer.verdict.usually == usually for one in found for answer in one.wrong)


def _call(exercise: Exercise, answers: list[Answer], answer: Answer) -> str:
    outcome = answer.told
    if isinstance(answer.trial.want, Plays) and outcome.kind == calling.RETURNED:
        call, got, _ = as_row(answer.trial.want.steps, outcome)
        return f"{exercise.name}: {call} {got}"
    space = " " if outcome.kind in (calling.RETURNED, calling.RAISED) else ": "
    call = call_text(exercise.name, answer.trial, _right_one(answers, answer), at=answer.verdict.call)
    return f"{call}{space}{_came(exercise, answer)}"


def _came(exercise: Exercise, answer: Answer) -> str:
    """What came of the call, and of its arguments."""
    changed = f" and changed {_arguments(exercise, answer)}" if answer.verdict.key == ARGUMENTS else ""
    return came(answer) + changed


def _arguments(exercise: Exercise, answer: Answer) -> str:
    """Those that were changed and may not be."""
    spoilt = {at for outcome in answer.outcomes for at in outcome.changed} - exercise.may_change
    return " and ".join(f"`{name}`" for at, name in enumerate(exercise.parameters) if at in spoilt) or "an argument"


def _differs(answer: Answer) -> bool:
    """Whether a large answer is told by its differences."""
    verdict = answer.verdict
    return isinstance(answer.trial.want, Differs) and bool(verdict.says) and verdict.key != ARGUMENTS


def _must(exercise: Exercise, answer: Answer) -> str:
    if answer.verdict.key == ARGUMENTS:
        changed = _arguments(exercise, answer)
        left = f"{changed} as {'they were' if ' and ' in changed else 'it was'}"
        return f"{answer.trial.want.text}, and leave {left}"
    return answer.verdict.says or must(answer)


def _rule(exercise: Exercise, finding: Finding) -> str:
    """A rule that is not kept: how, for which inputs, and its sentence."""
    if ARGUMENTS in finding.rules:
        changed = _arguments(exercise, finding.wrong[0])
        return f"It changes {changed}. The arguments belong to the caller, who goes on using them: work on a copy."
    numbers = ", ".join(dict.fromkeys(rule.partition(" ")[0] for rule in sorted(finding.rules)))
    sentences = " ".join(dict.fromkeys(exercise.rules[rule] for rule in sorted(finding.rules)))
    texts = list(dict.fromkeys(answer.trial.text for answer in finding.wrong))
    more = f" and {len(texts) - MAX_TEXTS} more" if len(texts) > MAX_TEXTS else ""
    state = f", {finding.state}" if finding.state else " is not kept"
    # A text can have any sign in it, a semicolon, too.
    return f"Rule {numbers}{state} ({', '.join(f'“{text}”' for text in texts[:MAX_TEXTS])}{more}): {sentences}"


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
    wrong = told[:4] + sorted((one for one in telling(answers) if one.wrong and one not in told), key=size)
    chosen = wrong[: max(len(told[:4]), 2)]
    right = sorted((answer for answer in answers if not answer.wrong), key=size)
    valid = [answer for answer in right if not answer.trial.bad][:1]
    refused = [answer for answer in right if answer.trial.bad]
    most = len(chosen) + len(valid) + max(1, 3 - len(chosen))
    rows: dict[tuple[str, str], Row] = {}  # two that read alike (an empty text among other things) are shown once
    for one in [*chosen, *valid, *refused]:
        if len(rows) < most:
            row = _row(exercise, answers, one, one in wrong[:1])
            rows.setdefault((row.call, row.wants), row)
    return tuple(rows.values())


def _row(exercise: Exercise, answers: list[Answer], answer: Answer, whole: bool) -> Row:
    trial, want = answer.trial, answer.trial.want
    cost = COSTS[answer.cost] if answer.wrong else ""
    if isinstance(want, Plays) and answer.told.kind == calling.RETURNED:
        return Row(*as_row(want.steps, answer.told), not answer.wrong, cost)
    if answer.outcome.kind == calling.FORBIDDEN:  # what it was asked when it did that is no matter
        return Row(call_text(exercise.name, trial), came(answer), "do without it", False, cost)
    wants = _must(exercise, answer) if answer.wrong else want.text
    wants = window(wants, 200) if isinstance(want, Differs) else wants
    call = call_text(exercise.name, trial, _right_one(answers, answer), whole=whole, at=answer.verdict.call)
    return Row(
        f"{call}{_holds(exercise, answer)}",
        _came(exercise, answer),
        f"{wants}{_particular(answer)}",
        not answer.wrong,
        cost,
    )


def _particular(answer: Answer) -> str:
    """What is particular about a call, as a remark."""
    trial, call = answer.trial, answer.verdict.call
    if trial.plain or not trial.text:
        return ""
    turn = f", call {call + 1}" if isinstance(trial.want, InTurn | Agree) and call >= 0 else ""
    return f"  # {trial.text}{turn}"


def _holds(exercise: Exercise, answer: Answer) -> str:
    """What is in arguments that nobody can read, as a remark."""
    if exercise.holds is None:
        return ""
    held = exercise.holds(*answer.trial.calls[answer.verdict.call])
    return f"  # {window(held, MOST_HELD)}" if held else ""
