"""The commands of `grader farm`, and the options for using a farm in other commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .ending import fail

if TYPE_CHECKING:
    from ..batch.farm import Farm

_Command = TypeVar("_Command", bound=Callable[..., Any])
_KEYS = click.option(
    *("--keys", "keys"), required=True, type=click.Path(file_okay=False, path_type=Path), help="The farm's keys."
)


def farm_options(command: _Command) -> _Command:
    """Add `--farm` and `--farm-keys`; see `farm_of`."""
    keys = click.option(
        "--farm-keys", type=click.Path(file_okay=False, path_type=Path), help="The folder with the farm's keys."
    )
    where = click.option("--farm", metavar="ADDRESS", help="Grade on other machines: tls://HOST:PORT of a scheduler.")
    return where(keys(command))


def farm_of(address: str | None, keys: Path | None) -> Farm | None:
    """The farm given by these options, or None."""
    from ..batch.farm import Farm

    if not address and not keys:
        return None
    if not address or not keys:
        fail("--farm and --farm-keys belong together")
    return Farm(address, keys)


@click.group()
def farm() -> None:
    """Grade on several machines that share no folder."""


@farm.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a farm's keys in DIR. Copy DIR to each of its machines. Anyone with the keys can run code on all of them."""
    from ..batch.farm_keys import DAYS, make

    make(folder)
    click.echo(f"{folder}/: good for {DAYS} days; keep it as you keep a password", err=True)


@farm.command()
@_KEYS
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8786, show_default=True, type=click.IntRange(1, 65535))
def scheduler(keys: Path, host: str, port: int) -> None:
    """Run a farm's scheduler, until Ctrl-C. It accepts only connections with the farm's keys."""
    from ..batch.farm_keys import run_scheduler

    sys.exit(run_scheduler(keys, host, port))


@farm.command()
@click.argument("address")
@_KEYS
@click.option("--jobs", type=click.IntRange(1), help="How many submissions at a time.  [one per processor]")
def worker(address: str, keys: Path, jobs: int | None) -> None:
    """Grade for the scheduler at ADDRESS, until Ctrl-C. If the scheduler ends, the worker waits for it."""
    from ..batch.farm_keys import run_worker
    from ..batch.run import processors

    run_worker(keys, address, jobs or processors())
