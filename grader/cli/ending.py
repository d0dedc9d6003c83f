"""How a command ends: with an exit code and, after an error, with one line on stderr."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import click

from ..errors import BAD_INPUT, OK, GraderError


def fail(text: str, code: int = BAD_INPUT) -> NoReturn:
    """End with one line on stderr. What is in it of other people's names says nothing to the terminal."""
    from ..reports.texts import printable  # which loads the course

    lines = [printable(line) for line in text.split("\n")]
    click.echo("\n".join([f"grader: {lines[0]}", *lines[1:]]), err=True)
    sys.exit(code)


class Commands(click.Group):
    """Commands that report an error that people can put right in a sentence, not with a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Only here does an error become a line and an exit code."""
        try:
            return super().invoke(ctx)
        except GraderError as error:
            fail(error.sentence(), error.code)
        except BrokenPipeError:  # the reader of our output has closed it, as `head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(OK)
        except Exception as error:
            from ..refusals import sentence
            from ..student import readable

            if said := sentence(error):
                fail(readable(said, 700))
            raise
