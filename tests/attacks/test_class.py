"""The corpus handed in to a class: through stock `nbgrader autograde` in our course directory, and `grader autograde`.

test_attacks tests the walls with the whole corpus. This tests the class's code, so all submissions that are rendered
are handed in, and a few of each other category; with --thorough all.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.classdir import ClassDir
from grader.engine.sandbox import Zygote
from grader.errors import NOT_ALL_TAKEN, SandboxError
from grader.student import NotAnId, StudentId
from tests.attacks.corpus import Attack, corpus
from tests.attacks.harness import MOST_MEMORY, Canaries, adopt_orphans
from tests.grader.helpers import sandbox_problem, solved, write
from tests.sharing import fresh_course

pytestmark = [pytest.mark.slow, pytest.mark.in_ci]
COMMANDS = {
    "nbgrader autograde": (sys.executable, "-m", "nbgrader", "autograde"),
    "grader autograde": (sys.executable, "-c", "from grader.cli.main import main; main()", "autograde"),
}
SHARES = {"nbgrader autograde": 10, "grader autograde": 5}
"""By default every n-th submission of a category is handed in; fewer for nbgrader, which grades one at a time."""
NEIGHBOUR = "zz_neighbour"
LIMIT = 1_500


@dataclass
class ClassRun:
    """The outcome of grading a class: by assignment the command's end, by student and assignment the scores."""

    exit_codes: dict[str, int] = field(default_factory=dict)
    said: str = ""
    scores: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    stolen: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def chosen(every: int) -> list[Attack]:
    """The attacks that are handed in: those that fit into nbgrader's layout, a folder with a notebook.

    Args:
        every: take every n-th of each category, but only a quarter of that of the costly attacks on resources.
    """
    names = [one.student for one in corpus()]
    usable = [
        one
        for one in corpus()
        if names.count(one.student) == 1 and re.fullmatch(r"[\w.@ -]+", one.student, re.A) and _is_id(one.student)
    ]
    steps = {"rendering": 1, "resources": 1 if every == 1 else 4 * every}
    categories = dict.fromkeys(one.category for one in usable)
    return [
        one
        for category in categories
        for one in [one for one in usable if one.category == category][:: steps.get(category, every)]
    ]


def _is_id(name: str) -> bool:
    """Whether nbgrader's folders may have this name. tests/grader/classroom tests other names."""
    try:
        return StudentId.parse(name) == name
    except NotAnId:
        return False


def hand_in(attacks: list[Attack], canaries: Canaries, root: Path) -> list[Attack]:
    """Put the submissions into the layout of nbgrader. Returns those that could be."""
    there = []
    for attack in attacks:
        attack.make(canaries.root / "submissions", canaries.places)
        folder = canaries.root / "submissions" / attack.student
        target = root / "submitted" / attack.student / attack.chapter
        if folder.is_dir() and not folder.is_symlink():
            target.parent.mkdir(parents=True)
            shutil.move(folder, target)
            if os.path.lexists(target / f"{attack.chapter}.ipynb"):
                there.append(attack)
                continue
            shutil.rmtree(target.parent)
    return there


@pytest.fixture(scope="module", params=COMMANDS)
def graded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, thorough: bool
) -> Iterator[tuple[list[Attack], ClassRun]]:
    """A class graded by one of the commands."""
    try:
        Zygote().close()
    except SandboxError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no sandbox on this machine: {error}")
    canaries = Canaries()
    try:
        root = canaries.root / "class"
        environment = {**os.environ, "CANARY_VARIABLE": canaries.secrets["variable"], "NO_COLOR": "1"}
        environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        shutil.copytree(fresh_course(tmp_path_factory), root)
        attacks = hand_in(chosen(1 if thorough else SHARES[request.param]), canaries, root)
        for chapter in {one.chapter for one in attacks}:
            neighbour = root / "submitted" / NEIGHBOUR / chapter
            neighbour.mkdir(parents=True)
            write(neighbour, solved(chapter), f"{chapter}.ipynb")
        canaries.listen()
        adopt_orphans()
        yield attacks, run_class(COMMANDS[request.param], root, canaries, attacks, environment)
    finally:
        canaries.close()


def run_class(
    command: tuple[str, ...], root: Path, canaries: Canaries, attacks: list[Attack], environment: dict[str, str]
) -> ClassRun:
    before = {path: digest for path, digest in canaries.state().items() if "/class/" not in path}
    run = ClassRun()
    for chapter in sorted({one.chapter for one in attacks}):
        done = subprocess.run(
            [*command, chapter], cwd=root, env=environment, capture_output=True, timeout=LIMIT, check=False
        )
        run.exit_codes[chapter] = done.returncode
        run.said += (done.stdout + done.stderr).decode("utf-8", "replace")
    after = {path: digest for path, digest in canaries.state().items() if "/class/" not in path}
    run.changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    run.changed += canaries.left_behind()
    run.scores = scores_in(ClassDir.at(root))
    texts = {str(path): path.read_text("utf-8", "replace") for path in (root / "autograded").rglob("*.ipynb")}
    texts["the terminal"] = run.said
    for place, text in texts.items():
        stolen = [name for name, value in canaries.secrets.items() if value in text]
        run.stolen += [f"{name} in {place}" for name in stolen if "/autograded/neighbour/" not in place]
    outputs = {place: outputs_of(text) for place, text in texts.items() if place.endswith(".ipynb")}
    for attack in attacks:
        mine = outputs.get(str(root / "autograded" / attack.student / attack.chapter / f"{attack.chapter}.ipynb"), "")
        run.breaches += [attack.name] if attack.breach in mine else []
    return run


def outputs_of(text: str) -> str:
    """The printed outputs of a notebook's cells, without sources and tracebacks, which may contain `Attack.breach`."""
    import nbformat

    notebook = nbformat.reads(text, as_version=4)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return "".join(str(output) for output in outputs if output.output_type != "error")


def scores_in(folder: ClassDir) -> dict[tuple[str, str], dict[str, float]]:
    from nbgrader.api import Gradebook

    found: dict[tuple[str, str], dict[str, float]] = {}
    with Gradebook(folder.coursedir.db_url, folder.coursedir.course_id) as gradebook:
        for assignment in gradebook.assignments:
            for submission in assignment.submissions:
                for notebook in submission.notebooks:
                    grades = {grade.name.removesuffix("-check"): grade.auto_score for grade in notebook.grades}
                    found[submission.student.id, assignment.name] = grades
    return found


def total(grades: dict[str, Any]) -> float:
    return sum(score or 0 for name, score in grades.items() if not name.endswith("-answer"))


def test_nothing_stops_the_run(graded: tuple[list[Attack], ClassRun]) -> None:
    attacks, run = graded
    errors = [line for line in run.said.splitlines() if "ERROR" in line or "Error" in line]
    assert set(run.exit_codes.values()) <= {0, NOT_ALL_TAKEN}, (run.exit_codes, errors[:40], run.said[-2000:])
    assert len(attacks) >= 40
    assert {(one.student, one.chapter) for one in attacks} <= run.scores.keys()


def test_nobody_gains_anything_and_the_honest_lose_nothing(graded: tuple[list[Attack], ClassRun]) -> None:
    wrong = []
    for attack in graded[0]:
        grades = graded[1].scores[attack.student, attack.chapter]
        for name, (how, points) in attack.expect.scores.items():
            score = grades.get(name) if name else total(grades)
            if score is None or score > points or (how == "is" and score != points):
                wrong.append(f"{attack.name}: {name or 'the total'} is {score}, not {how} {points}")
    assert wrong == []


def test_the_neighbours_have_their_points(graded: tuple[list[Attack], ClassRun]) -> None:
    for (student, chapter), grades in graded[1].scores.items():
        if student == NEIGHBOUR and any(one.chapter == chapter for one in graded[0]):
            assert total(grades) == sum(one.points for one in exercises_of(chapter))


def exercises_of(chapter: str) -> Any:
    from grader import checks

    return checks.exercises(chapter)


def test_nothing_is_stolen_changed_or_left(graded: tuple[list[Attack], ClassRun]) -> None:
    run = graded[1]
    assert (run.stolen, run.breaches, run.changed) == ([], [], [])


COSTLY = ("pictures_in_every_cell", "text_in_every_cell", "outputs_in_every_cell", "cell_of_empty_lines")
COSTLY += ("answer_of_empty_lines", "solution_of_empty_lines", "two_thousand_twins", "texts_in_the_metadata")


MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
"""Runs a command from a small process, because Linux counts the memory of a large parent, too."""


def test_what_costs_most_to_show_stays_small(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The command and its workers need little memory, and the class's folder little disk space."""
    if problem := sandbox_problem():
        pytest.skip(problem)
    canaries = Canaries()
    root = tmp_path / "class"
    command = (sys.executable, "-c", "from grader.cli.main import main; main()")
    shutil.copytree(fresh_course(tmp_path_factory), root)
    for attack in (one for one in corpus() if one.name in COSTLY):
        path = attack.make(tmp_path, canaries.places)
        (root / "submitted" / attack.student).mkdir(parents=True)
        shutil.move(path.parent, root / "submitted" / attack.student / attack.chapter)
    canaries.close()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command, "autograde", "01_encoding"], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert {student for student, _ in scores_in(ClassDir.at(root))} == set(COSTLY)
    assert int(done.stdout.split()[-1]) * 1024 < MOST_MEMORY
    assert sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) < 200_000_000
