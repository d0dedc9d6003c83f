"""Which rules are not kept, and which known mistakes explain it.

A trial shows one rule alone, so an error belongs to a rule. A rule is too lax (a bad input got in), too strict (a good
neighbour of one was refused), or not kept in another way, which the verdict says. Nothing is said of a rule that is
kept.

A known mistake is named if, in the trials of the rules that it is for, it makes exactly the learner's errors. So its
sentence may claim only what those trials show. What it does elsewhere explains the learner's errors there, if they are
the same.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .answering import errors_of
from .exercise import RETURNS, Exercise, Fresh
from .trial import Answer
from .verdict import ARGUMENTS, LAX, STRICT, Stake

MAX_MISTAKES = 3
"""How many known mistakes are named at once."""


@dataclass(frozen=True)
class Finding:
    """What a rule (or several that can't be told apart) has come to, where it is not kept.

    Attributes:
        rules: the rules' names; none where the plain cases fail.
        state: how it is not kept, as a verdict says it.
        wrong: the answers that show it, the dearest first, of these the one with the shortest call.
    """

    rules: frozenset[str]
    state: str
    wrong: tuple[Answer, ...]

    @property
    def stake(self) -> Stake:
        """The most that one of its answers costs."""
        return self.wrong[0].cost


@dataclass(frozen=True)
class Mistake:
    """A known mistake that has been found.

    Attributes:
        sentence: what puts it right.
        rules: the rules that it is for.
        stake: the most that one of the answers costs which it explains.
        explained: the labels of all trials that it answers wrongly just as the learner did.
        leaks: whether it keeps something outside of its objects, or from call to call.
    """

    sentence: str
    rules: frozenset[str]
    stake: Stake
    explained: frozenset[str]
    leaks: bool = False

    def joined(self, other: "Mistake") -> "Mistake":
        """The same sentence for the rules of both."""
        stake, explained = max(self.stake, other.stake), self.explained | other.explained
        return Mistake(self.sentence, self.rules | other.rules, stake, explained, self.leaks or other.leaks)

    def explains(self, answers: Sequence[Answer]) -> bool:
        """Whether it explains all of them."""
        return all(answer.trial.label in self.explained for answer in answers)


def findings(answers: list[Answer]) -> list[Finding]:
    """The rules that are not kept, the dearest first. Only trials whose surroundings work tell anything of a rule."""
    found: dict[tuple[frozenset[str], str], list[Answer]] = {}
    for answer in shown(answers):
        found.setdefault((_rules(answer), answer.verdict.state), []).append(answer)
    made = [
        Finding(rules, state, tuple(sorted(wrong, key=lambda one: (-one.cost, size(one), one.trial.label))))
        for (rules, state), wrong in found.items()
    ]
    order = {STRICT: 0, LAX: 1}
    return sorted(made, key=lambda one: (-one.stake, bool(one.rules), order.get(one.state, 2), -len(one.wrong)))


def shown(answers: list[Answer]) -> list[Answer]:
    """The wrong answers that show something, and those that cost more than any of these: nothing is lost unsaid."""
    wrong = [answer for answer in telling(answers) if answer.wrong]
    most = max((answer.cost for answer in wrong), default=0)
    return wrong + [answer for answer in answers if answer.wrong and answer.cost > most]


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


def size(answer: Answer) -> int:
    """How long a call is to read."""
    return len(repr(answer.trial.args)) + 10_000 * len(answer.trial.more)


def mistakes(exercise: Exercise, answers: list[Answer], found: list[Finding]) -> list[Mistake]:
    """The known mistakes that explain the findings, the dearest first.

    One that explains several rules at once goes before one for each of them; what is explained needs no other.
    """
    broken = frozenset[str]().union(*(one.rules or {RETURNS} for one in found))
    named: dict[str, Mistake] = {}
    groups = [(frozenset([rules] if isinstance(rules, str) else rules), of) for rules, of in exercise.mistakes.items()]
    for own, programs in sorted(groups, key=lambda group: -len(group[0])):
        here = _shown_by(answers, own)
        wrong = [answer for answer in here if answer.wrong]
        # A smaller group says the same in other words, and what goes wrong in the plain cases goes wrong elsewhere.
        known = any(own < one.rules or (RETURNS in one.rules and one.explains(wrong)) for one in named.values())
        if known or not own & broken or not wrong:
            continue
        explains = ((text, program) for text, program in programs.items() if _same_errors(exercise, here, program))
        for sentence, program in itertools.islice(explains, 1):
            explained = _explained(exercise, answers, program)
            labels = frozenset(answer.trial.label for answer in explained)
            dearest = max((answer.cost for answer in explained), default=wrong[0].cost)
            new = Mistake(sentence, own, dearest, labels, isinstance(program, Fresh))
            named[sentence] = new.joined(named.get(sentence, new))
    return sorted(named.values(), key=lambda one: -one.stake)[:MAX_MISTAKES]


def _shown_by(answers: list[Answer], rules: frozenset[str]) -> list[Answer]:
    """The answers that show something of these rules, the wrong ones first because they part mistakes soonest."""
    if rules == {ARGUMENTS}:
        return [answer for answer in telling(answers) if answer.verdict.key == ARGUMENTS]
    here = [answer for answer in telling(answers) if (answer.trial.rules or {RETURNS}) & rules]
    return sorted(here, key=lambda answer: not answer.wrong)


def _same_errors(exercise: Exercise, answers: list[Answer], program: Callable[..., Any] | Fresh) -> bool:
    """Whether a wrong program answers all these trials as the learner did, as far as right and wrong go."""
    function = _function(program)
    return all(_same(exercise, answer, function) for answer in answers)


def _explained(exercise: Exercise, answers: list[Answer], program: Callable[..., Any] | Fresh) -> list[Answer]:
    """The wrong answers that a wrong program gives as well."""
    function = _function(program)
    return [answer for answer in answers if answer.wrong and _same(exercise, answer, function)]


def _function(program: Callable[..., Any] | Fresh) -> Callable[..., Any]:
    return program.make() if isinstance(program, Fresh) else program


def _same(exercise: Exercise, answer: Answer, function: Callable[..., Any]) -> bool:
    return errors_of(exercise, [answer.crowd or answer.trial], function)[0].verdict.key == answer.verdict.key
