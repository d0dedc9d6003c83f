"""`grader advice`: will everyone read this token?"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from .ending import fail


@click.command()
@click.argument("file", metavar="FILE|-", type=click.Path(allow_dash=True, path_type=Path))
def advice(file: Path) -> None:
    """Say which rules for minting a token breaks, and which libraries would not read it.

    FILE contains one token; '-' reads it from stdin, so that it is not in the shell's history. Nothing is verified,
    sent or stored, and the token itself is not printed.
    """
    from jwt_from_scratch import JWTError
    from jwt_from_scratch.services import advice as adviser

    from ..inside.values import plain_text

    try:
        found = adviser.advice(_read(file), now=time.time())
    except JWTError as error:
        fail(f"{file}: {error}")
    for one in found:
        click.echo(f"- {plain_text(str(one), 2000)}")
    date = adviser.measured()["date"]
    if not found:
        click.echo("every library that knows the algorithm reads such a token")
    click.echo(f"grader: nothing was verified; who reads what was measured on {date} (docs/interop.md)", err=True)


def _read(file: Path) -> str:
    from jwt_from_scratch.services.advice import MAX_TOKEN

    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(MAX_TOKEN + 1)
        else:
            with file.open("rb") as stream:
                data = stream.read(MAX_TOKEN + 1)
        return data.decode("utf-8")
    except UnicodeDecodeError:
        fail(f"{file}: this is no token: not UTF-8")
