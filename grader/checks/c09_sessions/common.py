"""What the exercises of this lesson that are classes have in common."""

from typing import Any

from ...judging.play import ExpectedCall, script
from ...judging.trial import Trial
from ...judging.verdict import ALL, PART, Stake
from ...judging.wants import Plays


def play(text: str, *steps: ExpectedCall, rule: str = "", bad: bool = False, stake: Stake = PART) -> Trial:
    """One play; without a rule it shows several at once."""
    own = frozenset([rule]) if rule else frozenset[str]()
    return Trial(script(steps), Plays(steps), own, bad=bad, stake=stake, text=text)


def plain(text: str, *steps: ExpectedCall) -> Trial:
    """The plain case: whoever fails it shows nothing else."""
    return Trial(script(steps), Plays(steps), stake=ALL, text=text, plain=True)


def anything(value: Any, before: list[Any]) -> bool:
    """For a step whose answer does not matter, as long as it is no exception."""
    return True
