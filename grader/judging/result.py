"""What a check found, as data."""

from dataclasses import dataclass, field

from .verdict import ALL, HALF, PART, Stake

PASSED = "passed"
PARTIAL = "partial"
FAILED = "failed"
NOT_ATTEMPTED = "not attempted"
MISSING = "missing"
TIMED_OUT = "timed out"
FORBIDDEN = "forbidden"
CRASHED = "crashed"
STATUSES = (PASSED, PARTIAL, FAILED, NOT_ATTEMPTED, MISSING, TIMED_OUT, FORBIDDEN, CRASHED)
"""What can be said of an exercise."""

COSTS: dict[Stake, str] = {PART: "a part", HALF: "half the points", ALL: "all points"}
"""What one wrong answer costs, in words."""


@dataclass(frozen=True)
class Row:
    """One line of a check's table. Its cost is one of COSTS, or "" where nothing is lost."""

    call: str
    got: str
    wants: str
    right: bool
    cost: str


@dataclass(frozen=True)
class Result:
    """What a check found.

    Attributes:
        messages: what went wrong, one sentence each, for the learner.
        mistakes: the sentences of the known mistakes that explain it.
        rows: the most telling calls.
        right, calls: how many trials came out right, of how many.
        lost: which wrong answers cost more than their part, in words; or "".
        messages_first: whether the messages tell of what costs more than what the known mistakes explain.
    """

    name: str
    score: int
    max_score: int
    status: str
    messages: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    rows: tuple[Row, ...] = field(default=(), repr=False)
    right: int = 0
    calls: int = 0
    lost: str = ""
    messages_first: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """All that there is to say, the dearest first."""
        first, then = (self.messages, self.mistakes) if self.messages_first else (self.mistakes, self.messages)
        return (*first, *then)
