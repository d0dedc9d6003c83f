"""One trial: a call, or a few, and what must come of it."""

from typing import Any, NamedTuple

from ..inside.calling import Outcome
from .verdict import ARGUMENTS, PART, Stake, Verdict
from .wants import InTurn, Want

Args = tuple[Any, ...]


class Trial(NamedTuple):
    """One call and what must come of it.

    Attributes:
        args: the arguments, plain values; of a class exercise, the script of a play.
        want: what must come of it.
        rules: the rules that a bad input breaks, or whose good side a valid one shows; none where it shows several.
        bad: whether this is a bad input, to be refused.
        stake: what a wrong answer costs.
        text: what is particular about it, for people: "kid: null".
        base: among which good values a single one stands (see `aspects`), or "".
        plain: whether it is the plain case of its base: who fails it shows nothing of what else stands in that base.
        more: further calls in the same process, for wants that look at several.
        parts: of a crowd: the trials that it stands for, one call each; the first wrong one is answered wrongly.
    """

    args: Args
    want: Want
    rules: frozenset[str] = frozenset()
    bad: bool = False
    stake: Stake = PART
    text: str = ""
    base: str = ""
    plain: bool = False
    more: tuple[Args, ...] = ()
    parts: tuple["Trial", ...] = ()

    @property
    def calls(self) -> tuple[Args, ...]:
        """The arguments of all its calls, in turn."""
        return (self.args, *self.more)

    @property
    def label(self) -> str:
        """Names this trial among those of its exercise, whatever the seed."""
        return f"{self.text} | {self.base}" if self.base else self.text


def crowd(text: str, parts: list[Trial]) -> Trial:
    """Many values of one aspect and one rule as one trial, where there are more than can be tried one by one."""
    first, *others = parts
    more = tuple(one.args for one in others)
    return first._replace(want=parts[-1].want, text=text, base="", more=more, parts=tuple(parts))


class Answer(NamedTuple):
    """A trial, what came of its calls, and the verdict on that; of a crowd's part, the crowd, too."""

    trial: Trial
    outcomes: list[Outcome]
    verdict: Verdict
    crowd: Trial | None = None

    @property
    def wrong(self) -> bool:
        """Whether it is."""
        return not self.verdict.right

    @property
    def costs(self) -> bool:
        """Whether it costs the trial's stake: a bad input taken, a valid one answered wrongly.

        Else it costs a part: a bad input refused in another way, arguments changed under a right answer.
        """
        if not self.wrong or self.verdict.key == ARGUMENTS:
            return False
        return self.verdict.taken if self.trial.bad or isinstance(self.trial.want, InTurn) else True

    @property
    def cost(self) -> Stake:
        """What a wrong answer costs: its trial's stake, or a part."""
        return self.trial.stake if self.costs else PART

    @property
    def told(self) -> Outcome:
        """What came of the call that the verdict is about."""
        return self.outcomes[self.verdict.call]

    @property
    def outcome(self) -> Outcome:
        """What came of the last call that was made."""
        return self.outcomes[-1]
