import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.classroom import setup
from tests.grader.classroom.helpers import hand_in
from tests.grader.helpers import cell_of, solved, student
from tests.grader.warm import end_workers, kept_workers
from tests.sharing import made_once


@pytest.fixture(scope="session", autouse=True)
def _workers_end() -> Iterator[None]:
    yield
    end_workers()


@pytest.fixture(autouse=True)
def _workers_are_kept() -> Iterator[None]:
    """A class's own way is tried here. So the workers that grade for it need not begin anew for each command."""
    with kept_workers():
        yield


@pytest.fixture(scope="session")
def fresh_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course directory as `grader class init` makes it; not to be changed."""
    return made_once(tmp_path_factory, "course", lambda new: setup.init(new, course_id="jwt", db_url=""))


@pytest.fixture
def root(fresh_class: Path, tmp_path: Path) -> Path:
    """A copy of it with three submissions: ada's is right, bob's half right, cy has written nothing."""
    copy = tmp_path / "course"
    shutil.copytree(fresh_class, copy)
    half = solved("01_encoding")
    cell_of(half, "b64u_decode").source = "def b64u_decode(text):\n    return b''"
    for notebook in (half, right := solved("01_encoding")):
        cell_of(notebook, "01_encoding-answer").source = "**Your answer**\n\nIt takes `=` and more."
    hand_in(copy, "ada", right)
    hand_in(copy, "bob", half)
    hand_in(copy, "cy", student("01_encoding"))
    return copy
