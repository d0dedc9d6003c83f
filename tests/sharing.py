"""What is costly to make is made once, however many processes the tests are spread over."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of this run of the tests; who asks first has it made, the others wait. It is not to be changed.

    Args:
        factory: pytest's own.
        name: of the folder, the same in each process.
        make: fills the folder, which is empty.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, unfinished = base / name, base / f"{name}.unfinished"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def fresh_course(factory: pytest.TempPathFactory) -> Path:
    """A course directory as `grader class init` makes it."""
    from grader.classroom import setup

    return made_once(factory, "course", lambda new: setup.init(new, course_id="jwt", db_url=""))
