"""What a batch needs of whoever grades: this machine's processes (`workers`), or other machines (`farm`)."""

from dataclasses import dataclass, field
from typing import Protocol

from ..engine.grade import Graded
from .collect import Found
from .kept import Kept

MANY = 1_000_000
"""More jobs than anybody has room for: as many as there is room."""


@dataclass(order=True, slots=True)
class Task:
    """A submission of a batch that is to be graded.

    Attributes:
        number: its place in the batch.
        found: where it lies, and whose it is.
        kept: where what comes of it is kept.
        tries: how often it broke whoever graded it.
        alone: whether it is to be graded with nothing beside it.
    """

    number: int
    found: Found = field(compare=False)
    kept: Kept = field(compare=False)
    tries: int = field(default=0, compare=False)
    alone: bool = field(default=False, compare=False)


class Pool(Protocol):
    """Grades tasks, some at a time."""

    def resize(self, jobs: int) -> None:
        """From now on so many at a time at most. Nothing is being graded just now."""

    def has_room(self) -> bool:
        """Whether one more can be given."""

    def give(self, task: Task) -> None:
        """Take a task on."""

    def take(self) -> list[tuple[Task, Graded | None]]:
        """What has been graded, after a second at most; None for a task that broke whoever graded it.

        Raises:
            SandboxError: there is no sandbox.
        """

    def close(self) -> None:
        """End all that was started."""
