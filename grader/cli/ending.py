"""How a command ends: with an exit code, and with one line where something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def problems() -> Iterator[None]:
    """What people can put right becomes one line and an exit code."""
    from ..batch.output_folder import ForeignFile
    from ..batch.run import Nothing
    from ..course.masters import CourseError
    from ..engine.sandbox import SandboxError
    from ..reports.gradescope import NotOne
    from ..student import NotAnId

    try:
        yield
    except (CourseError, ForeignFile, Nothing, NotAnId, NotOne) as error:
        fail(str(error))
    except SandboxError as error:
        fail(f"{error}\n`--unsafe-no-sandbox` grades without one: only for code that you trust", NO_SANDBOX)
    except BrokenPipeError:  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(OK)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
