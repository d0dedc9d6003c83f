"""How a command ends: with an exit code, and with one line where something is wrong."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

OK, BELOW, REFUSED, BAD_INPUT, NO_SANDBOX, NOT_ALL_TAKEN, INTERRUPTED = 0, 1, 1, 2, 3, 4, 130
"""Exit codes. 0: done, whatever the score. 1: a check that was asked for failed (`--check`, `--fail-under`, a bad
receipt). 2: input that can't be used. 3: no sandbox. 4: done, but something that lay there was not taken, and it is
said what. 130: interrupted."""


def fail(text: str, code: int = BAD_INPUT) -> NoReturn:
    """End with one line on stderr."""
    click.echo(f"grader: {text}", err=True)
    sys.exit(code)


def ended(error: Exception) -> NoReturn:
    """End with what people can put right: one line and an exit code. Anything else is a fault of ours, and raised."""
    from ..batch.output_folder import ForeignFile
    from ..batch.run import Nothing
    from ..course.masters import CourseError
    from ..engine.sandbox import SandboxError
    from ..inside.values import plain_text
    from ..learner.saved import NotALesson
    from ..receipts.certificate import Incomplete
    from ..receipts.keys import KeyProblem
    from ..receipts.verify import Refused
    from ..refusals import sentence
    from ..reports.gradescope import NotOne
    from ..student import NotAnId

    if isinstance(error, CourseError | ForeignFile | Incomplete | KeyProblem | Nothing | NotAnId | NotOne):
        fail(str(error))
    if isinstance(error, NotALesson):
        fail(str(error).replace("`", ""))
    if isinstance(error, Refused):
        fail(f"refused: {error}", REFUSED)
    if isinstance(error, SandboxError):
        fail(f"{error}\n`--unsafe-no-sandbox` grades without one: only for code that you trust", NO_SANDBOX)
    if isinstance(error, BrokenPipeError):  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(OK)
    if said := sentence(error):
        fail(plain_text(said, 700))
    raise error
