"""Shared by the tests of classes: handing in, running commands, reading the gradebook."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from nbgrader.apps.nbgraderapp import NbGraderApp

from grader.classroom import exporter
from grader.classroom.classdir import ClassDir
from grader.engine.sandbox import FULL
from tests.grader.helpers import write
from tests.grader.warm import forked, here

LESSON = "01_encoding"
GRADER = (sys.executable, "-c", "from grader.cli.main import main; main()")
NBGRADER = (sys.executable, "-m", "nbgrader")


def hand_in(root: Path, student: str, notebook: Any, assignment: str = LESSON) -> Path:
    """Put a notebook where nbgrader collects it."""
    folder = root / "submitted" / student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    return write(folder, notebook, f"{assignment}.ipynb")


def run(command: tuple[str, ...], root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a course directory: ours in this process, nbgrader in a fork of it, which has imported it."""
    if command is GRADER:
        return here(*arguments, folder=root)
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    if "autograde" in arguments and (root / "nbgrader_config.py").is_file():
        exporter._grader(ClassDir.at(root).options(FULL))  # a grader that is proved and warm, in the fork, too
    return forked(NbGraderApp.launch_instance, ["nbgrader", *arguments], root, environment)


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
