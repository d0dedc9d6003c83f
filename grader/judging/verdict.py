"""What one answer has come to, and what it costs."""

from dataclasses import dataclass
from enum import IntEnum


class Stake(IntEnum):
    """What a wrong answer to a trial costs: its part of the points, half of what is earned, or all of it."""

    PART = 1
    HALF = 2
    ALL = 3


PART, HALF, ALL = Stake.PART, Stake.HALF, Stake.ALL

LAX, STRICT = "too lax", "too strict"
"""How a rule is not kept: a bad input got in, or a good one was refused."""

ARGUMENTS = "arguments"
"""The rule that every exercise has, and the key of the error: what came in belongs to the caller."""


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and if not, which error it is.

    Attributes:
        right: whether it is.
        key: equal keys mean the same error; for comparing, never for reading.
        says: completes "it must …" where the want's own text does not say enough.
        taken: of a bad input: whether it was accepted, and not merely refused in another way.
        state: how the rule is not kept: LAX, STRICT, or in words how it was refused in another way than it should be;
            "" where the answer is a value, and another one than it must be.
        call: of several calls: the number of the one that it is about.
        early: whether the trial never came to its point, because an earlier one of its calls went wrong.
        usually: what an outcome of this form usually means, whatever the exercise; a whole sentence.
    """

    right: bool
    key: str = ""
    says: str = ""
    taken: bool = False
    state: str = ""
    call: int = -1
    early: bool = False
    usually: str = ""


RIGHT = Verdict(right=True)
