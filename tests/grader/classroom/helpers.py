"""Shared by the tests of classes: handing in, running commands, reading the gradebook."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from grader.classroom.classdir import ClassDir
from grader.cli import main
from tests.grader.helpers import write

LESSON = "01_encoding"
GRADER = (sys.executable, "-c", "from grader.cli.main import main; main()")
NBGRADER = (sys.executable, "-m", "nbgrader")


def hand_in(root: Path, student: str, notebook: Any, assignment: str = LESSON) -> Path:
    """Put a notebook where nbgrader collects it."""
    folder = root / "submitted" / student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    return write(folder, notebook, f"{assignment}.ipynb")


def run(command: tuple[str, ...], root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a course directory; our own ones in this process, which has imported nbgrader already."""
    if command is GRADER:
        return _run_here(root, *arguments)
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        [*command, *arguments], cwd=root, env=environment, capture_output=True, text=True, timeout=600, check=False
    )


def _run_here(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    out, err = io.StringIO(), io.StringIO()
    keep = mock.patch.dict(os.environ)  # undo a command's changes, which are meant for its child processes
    with keep, contextlib.chdir(root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main.cli.main([*arguments], prog_name="grader", standalone_mode=False)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def autograded(root: Path, *arguments: str, assignment: str = LESSON) -> str:
    """Run `grader autograde` and assert that it succeeds. Returns its output."""
    done = run(GRADER, root, "autograde", assignment, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


def gradebook(root: Path) -> Any:
    """nbgrader's gradebook of a course directory."""
    from nbgrader.api import Gradebook

    coursedir = ClassDir.at(root).coursedir
    return Gradebook(coursedir.db_url, coursedir.course_id)


def book(root: Path) -> dict[str, Any]:
    """All submissions in the gradebook, without row ids and times."""
    found: dict[str, Any] = {}
    with gradebook(root) as open_book:
        for assignment in open_book.assignments:
            for submission in assignment.submissions:
                for notebook in submission.notebooks:
                    name = f"{submission.student.id}/{assignment.name}/{notebook.name}"
                    found[name] = {
                        "penalty": notebook.late_submission_penalty,
                        "grades": {
                            one.name: (one.auto_score, one.manual_score, one.extra_credit, one.needs_manual_grade)
                            for one in notebook.grades
                        },
                        "comments": {one.name: (one.auto_comment, one.manual_comment) for one in notebook.comments},
                    }
    return found


def grades(root: Path, student: str, assignment: str = LESSON) -> dict[str, Any]:
    """A student's automatic scores."""
    all_grades = book(root)[f"{student}/{assignment}/{assignment}"]["grades"]
    return {name.removesuffix("-check"): values[0] for name, values in all_grades.items()}
