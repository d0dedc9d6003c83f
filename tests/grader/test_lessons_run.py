"""Every lesson on a fresh kernel, top to bottom, demonstrations and all, as a learner would run it."""

import hashlib
import json
import re
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader import checks
from grader.course import masters as course
from tests.grader.helpers import (
    CHAPTERS,
    EXERCISES,
    NOT_WRITTEN,
    POINTS,
    REPO,
    judged,
    load_solution,
    solution_files,
    solved,
    student,
    write,
)

each_chapter = pytest.mark.parametrize("name", CHAPTERS)


@pytest.fixture
def went_well(request: pytest.FixtureRequest, name: str, everything: bool) -> Callable[[], None]:
    """Notes that a lesson has gone well. Skips it if nothing has changed since; but not in CI."""
    key = f"lessons/{request.function.__name__}/{name}"
    if not everything and request.config.cache.get(key, "") == fingerprint(name):
        pytest.skip("nothing of it has changed since it went well here")
    return lambda: request.config.cache.set(key, fingerprint(name))


@cache
def fingerprint(name: str) -> str:
    """A hash of all that a run of this lesson depends on: its master, the checks, both packages, what is installed."""
    digest = hashlib.sha256(sys.version.encode())
    files = [path for package in ("grader", "jwt_from_scratch") for path in (REPO / package).rglob("*")]
    files += [Path(__file__), REPO / "requirements.lock", REPO / "notebooks" / "source" / f"{name}.md"]
    for path in sorted(files):
        if path.is_file() and path.suffix != ".pyc" and not _is_of_another(path, name):
            digest.update(f"{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _is_of_another(path: Path, name: str) -> bool:
    """Whether it holds the checks of another lesson, or is on the far side of the sandbox."""
    far = {"batch", "classroom", "cli", "engine", "gradescope", "receipts", "reports", "site"}
    parts = path.relative_to(REPO).parts
    return not far.isdisjoint(parts[1:2]) or any(part in checks.chapters() and part != name for part in parts)


def executed(name: str, edition: Any, place: Path) -> Any:
    """The lesson after "Run All Cells"."""
    from nbclient import NotebookClient

    write(place, edition, f"{name}.ipynb")
    client = NotebookClient(
        edition, timeout=60, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": str(place)}}
    )
    client.execute()
    return edition


def outputs(notebook: Any) -> list[tuple[str, Any]]:
    return [(cell.source, output) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def checks_of(notebook: Any, name: str) -> list[Any]:
    return [
        cell for cell, ours in zip(notebook.cells, course.chapter(name).cells, strict=True) if ours.kind == course.CHECK
    ]


@pytest.mark.slow
@each_chapter
def test_a_solved_edition_runs_without_an_error_and_its_checks_give_full_points(
    name: str, tmp_path: Path, went_well: Callable[[], None]
) -> None:
    notebook = executed(name, solved(name), tmp_path)
    for source, output in outputs(notebook):
        assert output.output_type != "error", (source, output)
        assert output.get("name") != "stderr", (source, output)
    points = 0
    for cell in checks_of(notebook, name):
        (output,) = cell.outputs
        assert output.output_type == "execute_result"
        assert re.fullmatch(r"\d+", output.data["text/plain"])
        points += int(output.data["text/plain"])
        assert "<script" not in output.data["text/html"]
        assert f"{output.data['text/plain']} of {output.data['text/plain']} points" in output.data["text/html"]
    assert points == POINTS[name]
    nbgrader_gives_full_marks(notebook, name)
    figures_have_words(notebook)
    assert len(json.dumps(notebook)) < 2_000_000
    went_well()


def nbgrader_gives_full_marks(notebook: Any, name: str) -> None:
    """Its own rule for a cell's score, on the executed notebook: partial credit from the plain text."""
    from nbgrader.utils import determine_grade

    scores = [determine_grade(cell) for cell in checks_of(notebook, name)]
    assert scores == [(one.points, one.points) for one in course.chapter(name).exercises]


def figures_have_words(notebook: Any) -> None:
    figures = 0
    for _, output in outputs(notebook):
        html = output.get("data", {}).get("text/html", "")
        assert "<script" not in html
        # A figure without words would come as an image of its own.
        assert "image/png" not in output.get("data", {})
        for tag in re.findall(r"<img [^>]*>", html):
            figures += 1
            alt = re.search(r"alt='([^']+)'", tag)
            assert alt is not None
            assert len(alt[1].split()) >= 5
    assert figures >= 1


@pytest.mark.slow
@pytest.mark.in_ci
@each_chapter
def test_a_student_edition_stops_only_where_something_is_not_written(
    name: str, tmp_path: Path, went_well: Callable[[], None]
) -> None:
    notebook = executed(name, student(name), tmp_path)
    for source, output in outputs(notebook):
        assert output.get("name") != "stderr", (source, output)
        if output.output_type == "error":
            assert (output.ename, output.evalue) == ("NotImplementedError", NOT_WRITTEN), (source, output)
    for cell in checks_of(notebook, name):
        (output,) = cell.outputs
        assert output.data["text/plain"] == "0"
        assert "not attempted" in output.data["text/html"]
        assert "Traceback" not in output.data["text/html"]
    went_well()


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_a_check_answers_quickly(exercise: Any) -> None:
    """Under 100 ms is the promise: of processor time, and the best of five, so that a busy machine does not count.

    Public-key arithmetic in plain integers takes longer, and its exercises say so by the limit for one call.
    """
    function = load_solution(solution_files(exercise.name)[0])[exercise.name]
    limit = 0.1 if exercise.seconds <= 2 else 1.0
    assert any(_needs(exercise, function, f"quick {number}") < limit * _slower() for number in range(5))


def _slower() -> float:
    """By how much Python is slower here and now than where the promise was measured: 1 if it is not, 1.5 at most.

    Two programs on one processor's two threads slow each other down, and it counts as processor time.
    """
    started = time.process_time()
    for number in range(20_000):
        hashlib.sha256(b"%d" % number).digest()
    return min(1.5, max(1.0, (time.process_time() - started) / 0.0062))


def _needs(exercise: Any, function: Any, seed: str) -> float:
    """Seconds of processor time that a right answer takes to be judged."""
    started = time.process_time()
    assert judged(exercise, function, seed=seed).score == exercise.points
    return time.process_time() - started
