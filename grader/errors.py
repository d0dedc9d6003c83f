"""Errors that people can put right: a base class with a command's exit code, and a subclass for each kind.

A subclass that only one subpackage raises is defined there. Exceptions that are caught where they are raised are not
of this class.
"""

from typing import ClassVar

OK, BELOW, REFUSED, BAD_INPUT, NO_SANDBOX, NOT_ALL_TAKEN, INTERRUPTED = 0, 1, 1, 2, 3, 4, 130
"""Exit codes. 0: done, whatever the score. 1: a check that was asked for failed (`--check`, `--fail-under`, a bad
receipt). 2: input that can't be used. 3: no sandbox. 4: done, but some of the submitted files were not graded; the
output lists them. 130: interrupted."""


class GraderError(Exception):
    """An error that people can put right. Its text says what is wrong, in which file or exercise, and what to do."""

    code: ClassVar[int] = BAD_INPUT
    """The exit code of a command that ends with it."""

    def sentence(self) -> str:
        """The text that the command line prints."""
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
        """The text, and how to grade without a sandbox."""
        return f"{self}\n`--unsafe-no-sandbox` grades without one: only for code that you trust"
