"""Which rules are not kept, and which known mistakes explain it.

A trial shows one rule alone, so an error belongs to a rule. A rule is too lax (a bad input got in), too strict (a good
neighbour of one was refused), or refuses in another way than it should. Nothing is said of a rule that is kept.

A known mistake is named if, in the trials of the rules that it is for, it makes exactly the learner's errors. So its
sentence may claim only what those trials show.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .answering import errors_of
from .exercise import RETURNS, Exercise, Fresh
from .trial import Answer
from .verdict import ARGUMENTS, Stake

LAX, STRICT, OTHERWISE = "too lax", "too strict", "refused in another way"
MAX_MISTAKES = 3
"""How many known mistakes are named at once."""


@dataclass(frozen=True)
class Finding:
    """What a rule (or several that can't be told apart) has come to, where it is not kept.

    Attributes:
        rules: the rules' names; none where the plain cases fail.
        state: one of the constants above.
        wrong: the answers that show it, the shortest call first.
    """

    rules: frozenset[str]
    state: str
    wrong: tuple[Answer, ...]

    @property
    def stake(self) -> Stake:
        """The most that one of its answers costs."""
        return max(answer.trial.stake if answer.costs else Stake.PART for answer in self.wrong)


def findings(answers: list[Answer]) -> list[Finding]:
    """The rules that are not kept, the dearest first. Only trials whose surroundings work tell anything of a rule."""
    found: dict[tuple[frozenset[str], str], list[Answer]] = {}
    for answer in telling(answers):
        if answer.wrong:
            found.setdefault((_rules(answer), _state(answer)), []).append(answer)
    made = [
        Finding(rules, state, tuple(sorted(wrong, key=lambda answer: (size(answer), answer.trial.label))))
        for (rules, state), wrong in found.items()
    ]
    return sorted(made, key=lambda one: (bool(one.rules), -one.stake, one.state != STRICT, -len(one.wrong)))


def telling(answers: list[Answer]) -> list[Answer]:
    """The answers that show something: where a plain case fails, it does, and nothing else in its surroundings.

    Where all plain cases fail, they alone are left: start there.
    """
    dead = {answer.trial.base for answer in answers if answer.trial.plain and answer.wrong}
    bases = {answer.trial.base for answer in answers if answer.trial.plain}
    if dead and dead == bases:
        return [answer for answer in answers if answer.trial.plain or not answer.trial.rules]
    return [one for one in answers if (one.trial.plain or one.trial.base not in dead) and not one.verdict.early]


def _rules(answer: Answer) -> frozenset[str]:
    return frozenset([ARGUMENTS]) if answer.verdict.key == ARGUMENTS else answer.trial.rules


def _state(answer: Answer) -> str:
    if not answer.trial.bad:
        return STRICT
    return LAX if answer.verdict.taken else OTHERWISE


def size(answer: Answer) -> int:
    """How long a call is to read."""
    return len(repr(answer.trial.args)) + 10_000 * len(answer.trial.more)


def mistakes(exercise: Exercise, answers: list[Answer], found: list[Finding]) -> dict[str, frozenset[str]]:
    """The sentences of the known mistakes that explain the findings, each with the rules it is for.

    One mistake that explains several rules at once goes before one for each of them.
    """
    broken = frozenset[str]().union(*(one.rules or {RETURNS} for one in found))
    named: dict[str, frozenset[str]] = {}
    groups = [(frozenset([rules] if isinstance(rules, str) else rules), of) for rules, of in exercise.mistakes.items()]
    for own, programs in sorted(groups, key=lambda group: -len(group[0])):
        here = _shown_by(answers, own)
        explained = any(own < rules for rules in named.values())
        if explained or not own & broken or not any(answer.wrong for answer in here):
            continue
        explains = (sentence for sentence, program in programs.items() if _same_errors(exercise, here, program))
        if (sentence := next(explains, None)) is not None:
            named[sentence] = named.get(sentence, frozenset()) | own
    return dict(itertools.islice(named.items(), MAX_MISTAKES))


def _shown_by(answers: list[Answer], rules: frozenset[str]) -> list[Answer]:
    """The answers that show something of these rules, the wrong ones first because they part mistakes soonest."""
    here = [answer for answer in telling(answers) if (answer.trial.rules or {RETURNS}) & rules]
    return sorted(here, key=lambda answer: not answer.wrong)


def _same_errors(exercise: Exercise, answers: list[Answer], program: Callable[..., Any] | Fresh) -> bool:
    """Whether a wrong program answers all these trials as the learner did, as far as right and wrong go."""
    function = program.make() if isinstance(program, Fresh) else program
    return all(
        errors_of(exercise, [answer.crowd or answer.trial], function)[0].verdict.key == answer.verdict.key
        for answer in answers
    )
