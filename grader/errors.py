"""What people can put right: one error, with the exit code of a command that it ends, and a subclass for each trade.

A subclass that only one room raises stands in that room. What is caught where it is raised is none of these.
"""

from typing import ClassVar

OK, BELOW, REFUSED, BAD_INPUT, NO_SANDBOX, NOT_ALL_TAKEN, INTERRUPTED = 0, 1, 1, 2, 3, 4, 130
"""Exit codes. 0: done, whatever the score. 1: a check that was asked for failed (`--check`, `--fail-under`, a bad
receipt). 2: input that can't be used. 3: no sandbox. 4: done, but something that lay there was not taken, and it is
said what. 130: interrupted."""


class GraderError(Exception):
    """Something that people can put right. The text says what it is, in which file or exercise, and what to do."""

    code: ClassVar[int] = BAD_INPUT
    """The exit code of a command that ends with it."""

    def sentence(self) -> str:
        """What the command line says of it."""
        return str(self)


class CourseError(GraderError):
    """The course: a master that contradicts itself or its checks, a lesson or a file that is not there."""


class ClassError(GraderError):
    """A class: its directory, its roster, its gradebook, its times."""


class NothingFound(GraderError):
    """There is nothing to work on: no submission, no Report."""


class ForeignFile(GraderError):
    """Something in an output folder that was not written there by the grader."""


class AtWork(GraderError):
    """Another command is at work where this one was to be."""


class BadSubmission(GraderError):
    """A file that can't be graded at all."""


class SandboxError(GraderError):
    """The sandbox is missing, does not hold, or broke."""

    code = NO_SANDBOX

    def sentence(self) -> str:
        """The text, and the way out."""
        return f"{self}\n`--unsafe-no-sandbox` grades without one: only for code that you trust"
