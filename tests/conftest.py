"""Settings for all tests: the same hypothesis examples on every run, and options to run only some tests."""

import gc
import os
import re
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from grader.isolated import SLOW

sys.modules[SLOW] = None  # type: ignore[assignment]  # as in all that the grader starts
gc.disable()  # until all tests are collected: none of that is garbage, and looking for some takes a third of the time
# In a shell's background Ctrl-C is ignored, and what a test starts would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
# A grader's key for these tests only, instead of this machine's. pytest's workers share it.
STATE = None if "PYTEST_XDIST_WORKER" in os.environ else Path(tempfile.mkdtemp(prefix="grader-tests-"))
if STATE:
    os.environ["XDG_STATE_HOME"] = str(STATE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lesson", metavar="NN", help="only what belongs to this lesson, such as 08")
    parser.addoption("--everything", action="store_true", help="what is marked in_ci, too; with CI=true it is implied")
    parser.addoption("--thorough", action="store_true", help="all seeds, examples, kills and submissions; for a night")


def pytest_configure(config: pytest.Config) -> None:
    """The one profile of hypothesis: the same examples on every run, without a time limit for each."""
    settings.register_profile(
        "repeatable",
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        max_examples=1000 if config.getoption("--thorough") else 60 if runs_everything(config) else 25,
    )
    settings.load_profile("repeatable")


def pytest_unconfigure() -> None:
    """Takes away what the tests kept in place of this machine's state."""
    if STATE:
        shutil.rmtree(STATE, ignore_errors=True)


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether the tests run with --thorough, which is meant for nightly runs."""
    return bool(request.config.getoption("--thorough"))


def runs_everything(config: pytest.Config) -> bool:
    """Whether what is marked in_ci runs, too, and more of what there is much of."""
    asked = any(map(config.getoption, ("--everything", "--thorough", "--lesson")))
    return asked or bool(os.environ.get("CI"))


@pytest.fixture(scope="session")
def everything(request: pytest.FixtureRequest) -> bool:
    """Whether all tests run, as in CI."""
    return runs_everything(request.config)


@pytest.fixture(scope="session")
def seeds(thorough: bool, everything: bool) -> tuple[str, ...]:
    """The seeds with which each solution and each known mistake is judged."""
    from tests.grader.helpers import SEEDS

    return SEEDS if thorough else SEEDS[:2] if everything else SEEDS[:1]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    lesson = config.getoption("--lesson")
    kept = [item for item in items if not lesson or _is_about(item, lesson)]
    if not runs_everything(config):
        kept = [item for item in kept if not item.get_closest_marker("in_ci")]
    if lesson and not kept:
        raise pytest.UsageError(f"no test belongs to lesson {lesson}; lessons have two digits, such as 08")
    left_out = set(items).difference(kept)
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = _dealt(kept, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def pytest_collection_finish() -> None:
    """What is there now stays to the end: it is not searched for garbage again, and a fork need not copy it."""
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not runs_everything(config):
        terminalreporter.write_line("Without the tests marked in_ci: CI runs them, and so does --everything.")


def _dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests with long files first, and spread evenly: each xdist worker begins with an equal part of the list.

    A file is long if one of its tests is marked slow. Its tests stay together, because they share fixtures.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    long = [own for own in files.values() if any(item.get_closest_marker("slow") for item in own)]
    quick = [item for own in files.values() if own not in long for item in own]
    stretches = [[item for own in long[number::workers] for item in own] for number in range(workers)]
    for number, stretch in enumerate(stretches):
        room = max((len(items) + number) // workers - len(stretch), 0)
        stretch += quick[:room]
        del quick[:room]
    return [item for stretch in stretches for item in stretch] + quick


def _values(item: pytest.Item) -> dict[str, Any]:
    call = getattr(item, "callspec", None)
    return call.params if call else {}


def _is_about(item: pytest.Item, lesson: str) -> bool:
    """Whether a test has the lesson or one of its exercises as a parameter, or is in an exercise's file."""
    from grader import checks

    chapter = next((name for name in checks.chapters() if name.startswith(f"{lesson}_")), lesson)
    names = [one.name for one in checks.exercises(chapter)] if chapter != lesson else []
    given = [getattr(value, "name", value) for value in _values(item).values()]
    found = {name for name in given if type(name) is str}
    files = {f"test_{re.sub('(?<=[a-z])(?=[A-Z])', '_', name).lower()}" for name in names}
    return bool(found & {chapter, *names}) or item.path.stem in files
