from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.lti.tool import Tool
from tests.grader.lti.helpers import World, make_tool


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """A tool for all tests of a file."""
    return make_tool(tmp_path_factory.mktemp("lti") / "tool")


@pytest.fixture
def restored(folder: Tool) -> Iterator[None]:
    """Puts the tool's settings back."""
    before = folder.settings()
    yield
    folder.change(before)


@pytest.fixture
def world(folder: Tool) -> World:
    """The tool, with a clock of its own."""
    return World(folder)


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    """A tool for one test."""
    return make_tool(tmp_path / "tool")
