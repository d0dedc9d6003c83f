import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.engine.grade import Grader, Options
from grader.engine.sandbox import FULL, NONE, Zygote
from grader.learner import lesson
from tests.grader.helpers import CHAPTERS, sandbox_problem, solved, student, write
from tests.grader.warm import end_workers

# tests/browser runs lesson 10 with a real browser. Here it uses the model of a browser, which is quicker.
os.environ["JWT_COURSE_BROWSER"] = "model"


@pytest.fixture(scope="session", autouse=True)
def _workers_end() -> Iterator[None]:
    yield
    end_workers()


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
    """A learner's folder as the working directory, and no hints given yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(lesson, "_state", {"hints": {}, "chapter": None})
    return tmp_path


@pytest.fixture(scope="session")
def sandbox() -> None:
    """Skips the test if there can be no sandbox here."""
    if problem := sandbox_problem():
        pytest.skip(problem)


@pytest.fixture(scope="session", params=[FULL, NONE])
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    """A running zygote, once inside the sandbox and once without."""
    if request.param == FULL:
        request.getfixturevalue("sandbox")
    with Zygote(request.param) as running:
        yield running


@pytest.fixture(scope="session")
def grader_at_work() -> Iterator[Grader]:
    """A grader with a sandbox, or without one if there can be none here."""
    with Grader(Options(level=NONE if sandbox_problem() else FULL)) as running:
        yield running
