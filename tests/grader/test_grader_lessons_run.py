"""Every lesson on a fresh kernel, top to bottom, demonstrations and all, as a learner would run it."""

import json
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from grader_helpers import (
    CHAPTERS,
    EXERCISES,
    NOT_WRITTEN,
    POINTS,
    judged,
    load_solution,
    solution_files,
    solved,
    student,
)

from grader.course import masters as course
from grader.course.masters import CHECK

each_chapter = pytest.mark.parametrize("name", CHAPTERS)
SECONDS = 20.0
"""What a lesson may take. Each runs in a few seconds; this is for a slow machine."""


@cache
def executed(name: str, kind: str, folder: str) -> tuple[Any, float]:
    """The lesson after "Run All Cells", and how long that took."""
    from nbclient import NotebookClient

    notebook = (solved if kind == "solved" else student)(name)
    place = Path(folder) / kind / name
    place.mkdir(parents=True)
    (place / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": str(place)}}
    )
    started = time.monotonic()
    client.execute()
    return notebook, time.monotonic() - started


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("lessons"))


def outputs(notebook: Any) -> list[tuple[str, Any]]:
    return [(cell.source, output) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.mark.slow
@each_chapter
def test_a_solved_edition_runs_without_an_error_and_its_checks_give_full_points(name: str, folder: str) -> None:
    notebook, seconds = executed(name, "solved", folder)
    for source, output in outputs(notebook):
        assert output.output_type != "error", (source, output)
        assert output.get("name") != "stderr", (source, output)
    points = 0
    for cell, ours in zip(notebook.cells, course.chapter(name).cells, strict=True):
        if ours.kind == CHECK:
            (output,) = cell.outputs
            assert output.output_type == "execute_result"
            assert re.fullmatch(r"\d+", output.data["text/plain"])
            points += int(output.data["text/plain"])
            assert "<script" not in output.data["text/html"]
            assert f"{output.data['text/plain']} of {output.data['text/plain']} points" in output.data["text/html"]
    assert points == POINTS[name]
    assert seconds < SECONDS


@pytest.mark.slow
@each_chapter
def test_a_student_edition_stops_only_where_something_is_not_written(name: str, folder: str) -> None:
    notebook, seconds = executed(name, "student", folder)
    for source, output in outputs(notebook):
        assert output.get("name") != "stderr", (source, output)
        if output.output_type == "error":
            assert (output.ename, output.evalue) == ("NotImplementedError", NOT_WRITTEN), (source, output)
    for cell, ours in zip(notebook.cells, course.chapter(name).cells, strict=True):
        if ours.kind == CHECK:
            (output,) = cell.outputs
            assert output.data["text/plain"] == "0"
            assert "not attempted" in output.data["text/html"]
            assert "Traceback" not in output.data["text/html"]
    assert seconds < SECONDS


@pytest.mark.slow
@each_chapter
def test_figures_have_words_and_a_lesson_is_not_heavy(name: str, folder: str) -> None:
    notebook, _ = executed(name, "solved", folder)
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
    assert len(json.dumps(notebook)) < 2_000_000


@pytest.mark.slow
@each_chapter
def test_nbgrader_would_give_full_marks_too(name: str, folder: str) -> None:
    """Its own rule for a cell's score, on the executed notebook: partial credit from the plain text."""
    from nbgrader.utils import determine_grade

    notebook, _ = executed(name, "solved", folder)
    scores = [
        determine_grade(cell)
        for cell, ours in zip(notebook.cells, course.chapter(name).cells, strict=True)
        if ours.kind == CHECK
    ]
    assert scores == [(one.points, one.points) for one in course.chapter(name).exercises]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_a_check_answers_quickly(exercise: Any) -> None:
    """Under 100 ms is the promise: of processor time, and the best of five, so that a busy machine does not count.

    Public-key arithmetic in plain integers takes longer, and its exercises say so by the limit for one call.
    """
    function = load_solution(solution_files(exercise.name)[0])[exercise.name]
    best = float("inf")
    for number in range(5):
        started = time.process_time()
        assert judged(exercise, function, seed=f"quick {number}").score == exercise.points
        best = min(best, time.process_time() - started)
    assert best < (0.1 if exercise.seconds <= 2 else 1.0)
