"""Shared by the grader's tests: the editions, submissions made from them, and the command line."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat

from grader import checks
from grader.checks import Exercise
from grader.cli import main
from grader.course import editions as build
from grader.course import masters as course
from grader.engine.sandbox import Zygote
from grader.errors import SandboxError
from grader.inside import calling
from grader.inside.calling import Outcome
from grader.judging.answering import final
from grader.judging.judge import judge
from grader.judging.result import Result
from tests.grader.warm import forked

REPO = Path(__file__).resolve().parents[2]
SOLUTIONS = Path(__file__).resolve().parent / "solutions"
SEEDS = ("self-paced", "one", "two/ada", "\u00e6")
EXERCISES = tuple(one for chapter in checks.chapters() for one in checks.exercises(chapter))
CHAPTERS = course.chapter_names()
SYLLABUS = {
    "00_start_here": 5,
    "01_encoding": 25,
    "02_hmac": 25,
    "03_claims": 20,
    "04_header": 27,
    "05_rsa": 35,
    "06_ecdsa": 30,
    "07_choosing": 15,
    "08_keys": 25,
    "09_sessions": 20,
    "10_browser": 20,
    "11_sso": 23,
    "12_capstone": 30,
    "13_proof": 25,
    "14_sealed": 35,
}
POINTS = {name: SYLLABUS[name] for name in CHAPTERS}
"""The points of each chapter, repeated here on purpose, so that nobody changes them by mistake."""
NOT_WRITTEN = "not written yet"


@cache
def _solved_text(name: str) -> str:
    return build.as_text(build.solved(course.chapter(name)))


@cache
def _student_text(name: str) -> str:
    return build.as_text(build.student(course.chapter(name)))


def solved(name: str) -> Any:
    """A fresh copy of a chapter's solved edition."""
    return nbformat.reads(_solved_text(name), as_version=4)


def student(name: str) -> Any:
    """A fresh copy of a chapter's student edition."""
    return nbformat.reads(_student_text(name), as_version=4)


def cell_of(notebook: Any, grade_id: str) -> Any:
    """The cell with this grade_id."""
    found = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id]
    assert len(found) == 1, grade_id
    return found[0]


def position(notebook: Any, grade_id: str) -> int:
    """The index of the cell with this grade_id."""
    return notebook.cells.index(cell_of(notebook, grade_id))


def code(source: str) -> Any:
    """A code cell, as if a learner had added it."""
    return nbformat.v4.new_code_cell(source)


def write(folder: Path, notebook: Any, name: str = "submission.ipynb") -> Path:
    """Write a notebook without validating it."""
    path = folder / name
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def stripped(notebook: Any) -> Any:
    """The notebook as saved by an editor that does not know nbgrader: without metadata and ids."""
    bare = copy.deepcopy(notebook)
    bare.metadata = nbformat.from_dict({"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for cell in bare.cells:
        cell.metadata = nbformat.from_dict({})
        cell.pop("id", None)
    bare.nbformat_minor = 4
    return bare


def solution_files(exercise: str) -> list[Path]:
    """The files of an exercise's correct solutions, written in different ways."""
    return sorted((SOLUTIONS / exercise).glob("*.py"))


def load_solution(path: Path) -> dict[str, Any]:
    """Run a solution file. Returns its namespace."""
    module = ModuleType(path.stem)
    exec(compile(path.read_text("utf-8"), str(path), "exec"), vars(module))
    return vars(module)


@cache
def sandbox_problem() -> str:
    """Why there can be no sandbox here, or "". In CI that is an error, not a reason to skip."""
    try:
        with Zygote() as zygote:
            zygote.wait()
    except SandboxError as error:
        if os.environ.get("CI"):
            raise
        return str(error)
    return ""


def judged(
    exercise: Exercise,
    function: Callable[..., Any] | None,
    seed: str = "self-paced",
    shared: bool = False,
    **others: Any,
) -> Result:
    """The check's result for this function, called in this process; `shared`: as in a notebook (see `calling.invoke`).

    If the exercise is a class, the function is used for each of its methods.
    """
    answer = function
    if exercise.is_class and function is not None and not isinstance(function, type):
        answer = type(exercise.name, (), {"__getattr__": lambda self, name: function})
    namespace = {exercise.name: answer, **others}

    def ask(calls: Sequence[tuple[Any, ...]]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for args in calls:
            outcomes.append(calling.invoke(namespace, exercise.name, args, exercise.seconds, exercise.forbids, shared))
            if final(outcomes[-1]):
                break
        return outcomes

    return judge(exercise, ask, seed)


def grader(
    *arguments: str | Path, env: dict[str, str] | None = None, first: Callable[[], object] = lambda: None
) -> subprocess.CompletedProcess[str]:
    """Run the `grader` command in a process of its own, which has imported it already and does something first."""
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **(env or {})}
    return forked(lambda: (first(), main.main()), ["grader", *map(str, arguments)], Path.cwd(), environment)


def python(code_text: str, **options: Any) -> str:
    """The output of some Python run in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", code_text], capture_output=True, text=True, timeout=120, check=False, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def deep(folder: Path, count: int) -> None:
    """Folders inside each other, more than Python can walk by calling itself; by steps, for the path grows too long."""
    folder.mkdir(parents=True, exist_ok=True)
    make = f"import os\nos.chdir({str(folder)!r})\nfor _ in range({count}):\n    os.mkdir('a'); os.chdir('a')"
    subprocess.run([sys.executable, "-I", "-c", make], check=True)
