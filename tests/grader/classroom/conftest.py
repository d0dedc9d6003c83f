import shutil
from pathlib import Path

import pytest

from tests.grader.classroom.helpers import hand_in
from tests.grader.helpers import cell_of, solved, student
from tests.sharing import fresh_course


@pytest.fixture(scope="session")
def fresh_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course directory made by `grader class init`, which tests must not change."""
    return fresh_course(tmp_path_factory)


@pytest.fixture
def root(fresh_class: Path, tmp_path: Path) -> Path:
    """A copy of it with three submissions: ada's is right, bob's is half right, cy's is empty."""
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
