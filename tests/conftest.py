"""Settings for all tests: the same examples on every run, no time limit for one, and ways to run only some."""

import os
import re
import tempfile
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# The grader's own key for this machine: one for these tests alone. Workers of pytest share it.
os.environ.setdefault("XDG_STATE_HOME", tempfile.mkdtemp(prefix="grader-tests-"))

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.load_profile("repeatable")

ONE_SEED = "self-paced"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lesson", metavar="NN", help="only what belongs to this lesson, such as 08")
    parser.addoption("--one-seed", action="store_true", help="the checks with one of their seeds only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    lesson, one_seed = config.getoption("--lesson"), config.getoption("--one-seed")
    kept = [item for item in items if not one_seed or _values(item).get("seed", ONE_SEED) == ONE_SEED]
    kept = [item for item in kept if not lesson or _is_about(item, lesson)]
    if lesson and not kept:
        raise pytest.UsageError(f"no test belongs to lesson {lesson}; lessons have two digits, such as 08")
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _values(item: pytest.Item) -> dict[str, Any]:
    call = getattr(item, "callspec", None)
    return call.params if call else {}


def _is_about(item: pytest.Item, lesson: str) -> bool:
    """Whether a test takes the lesson, or one of its exercises, or is in the file of one."""
    from grader import checks

    chapter = next((name for name in checks.chapters() if name.startswith(f"{lesson}_")), lesson)
    names = [one.name for one in checks.exercises(chapter)] if chapter != lesson else []
    found = {str(getattr(value, "name", value)) for value in _values(item).values()}
    files = {f"test_{re.sub('(?<=[a-z])(?=[A-Z])', '_', name).lower()}" for name in names}
    return bool(found & {chapter, *names}) or item.path.stem in files
