from pathlib import Path

import pytest
from grader_helpers import CHAPTERS, solved, student, write

from grader import lesson


@pytest.fixture(scope="session")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the solved editions in `solved/` and the student editions in `student/`."""
    folder = tmp_path_factory.mktemp("editions")
    for kind, make in (("solved", solved), ("student", student)):
        (folder / kind).mkdir()
        for name in CHAPTERS:
            write(folder / kind, make(name), f"{name}.ipynb")
    return folder


@pytest.fixture
def learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's folder as the working directory, and a lesson that has given no hints yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(lesson, "_state", {"hints": {}, "chapter": None})
    return tmp_path
