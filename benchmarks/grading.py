"""Grading whole submissions: this grader, stock `nbgrader autograde`, and `otter run`, on the same notebooks.

Each contestant grades solved editions of lessons 01 and 02 on one and the same processor core, start-up included:

* ours: `grader grade DIR --jobs 1`, in the sandbox, a Report for each submission on disk;
* class: one `grader autograde --jobs 1` over the batch in a course directory, in the sandbox; the scores go into a
  gradebook, SQLite and, where it is installed, PostgreSQL;
* nbgrader: one `nbgrader autograde` over the whole batch, which runs every cell, and writes its SQLite gradebook;
* otter: `otter run` for each submission, without a container, with tests that ask the same questions. It is
  installed in an environment of its own, `.bench/otter`, because its dependencies are its own business.

Then what a submission costs in a batch of 10 and of 1,000, and the memory of the grading process. And, for each
lesson, the same with `--run-demos`, where both run every cell. And each lesson beside an earlier commit (`before`),
which asked a sixth of today's questions.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import zipfile
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import before, postgres
from benchmarks.lines import Line
from grader import checks
from grader.course import editions as build
from grader.course import masters as course

LESSONS = ("01_encoding", "02_hmac")
ASSIGNMENT = "ps"
TARGETS = {"ours": 60.0, "class, SQLite": 40.0, "class, PostgreSQL": 30.0}
"""How many times nbgrader's throughput each of ours is to have at least."""
MEMORY_TARGETS = (91.0, 74.0)
"""MB that the command and its worker may use for 1,000 submissions."""
FLAT_TARGET = 1.3
"""How much dearer a submission may be in the large batch than in the small one."""
DEMOS_TARGET = 3.0
"""How many times nbgrader's throughput with demonstrations, in a lesson that does not mainly compute."""
COMPUTING = ("05_rsa", "06_ecdsa", "07_choosing", "12_capstone")
"""Lessons whose demonstrations mainly compute: that takes its time, whoever runs it."""
BEFORE_TARGET = 0.5
"""The time for one submission of each lesson, beside the earlier commit's."""
REPEATED = 5
"""How often a small batch is graded; the quickest run counts."""
OTTER = Path(".bench/otter")
DEMO_STUDENTS = 5
"""How many submissions of each lesson are graded with its demonstrations: nbgrader needs up to a quarter of a minute
for one."""


def run(console: Console, quick: bool) -> list[Line]:
    """Measure, print, and return what has a target."""
    count = 20 if quick else 100
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder)
        lines = [*_by_lesson(console, place), *_throughput(console, place, count, 2 if quick else 6)]
        lines += _scaling(console, place, quick)
        return lines if quick else lines + _demos(console, place)


# -- the contestants --------------------------------------------------------------------------------------------------


def ours(submissions: Path, out: Path, *options: str, python: Path = Path(sys.executable)) -> float:
    """Seconds for a whole batch, by the grader that this Python has installed."""
    command = [str(python), "-m", "grader", "grade", str(submissions), "--out", str(out), "--jobs", "1", *options]
    return _timed(command, cwd=out.parent)  # and not by the one in the current folder


def ours_in_a_class(place: Path, submissions: Path, db_url: str = "") -> float:
    """Seconds for the whole batch in a course directory that is made for it, with the lessons in one assignment."""
    from grader.classroom import setup

    shutil.rmtree(place, ignore_errors=True)
    folder = setup.init(place, course_id="bench", db_url=db_url)
    for name in LESSONS:
        _copy(place / "source" / name / f"{name}.ipynb", place / "source" / ASSIGNMENT)
    setup.generate(folder, ASSIGNMENT)
    for notebook in submissions.glob("*/*.ipynb"):
        _copy(notebook, place / "submitted" / notebook.parent.name / ASSIGNMENT)
    seconds = _timed([sys.executable, "-m", "grader", "autograde", ASSIGNMENT, "--jobs", "1"], cwd=place)
    graded = list((place / "autograded").glob(f"*/{ASSIGNMENT}/*.ipynb"))
    assert len(graded) == len(list(submissions.glob("*/*.ipynb"))), "not all were graded"
    return seconds


def _copy(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, folder)


def nbgrader(place: Path, submissions: Path, lessons: tuple[str, ...]) -> float:
    """Seconds for one `nbgrader autograde` over the batch, in a course that is made for it."""
    shutil.rmtree(place, ignore_errors=True)
    source = place / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    (place / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'bench'\nc.ExecutePreprocessor.timeout = 300\n", "utf-8"
    )
    for name in lessons:
        (source / f"{name}.ipynb").write_text(build.as_text(build.student(course.chapter(name))), "utf-8")
    nb = [sys.executable, "-m", "nbgrader"]
    _timed([*nb, "generate_assignment", ASSIGNMENT, "--create", "--force"], cwd=place)
    for student in submissions.iterdir():
        shutil.copytree(student, place / "submitted" / student.name / ASSIGNMENT)
    seconds = _timed([*nb, "autograde", ASSIGNMENT], cwd=place)
    graded = list((place / "autograded").glob(f"*/{ASSIGNMENT}/*.ipynb"))
    assert len(graded) == len(list(submissions.glob("*/*.ipynb"))), "nbgrader did not grade all"
    return seconds


def otter(place: Path, notebooks: list[Path]) -> float:
    """Seconds for one `otter run` per notebook."""
    program = _install_otter()
    seconds = 0.0
    for notebook in notebooks:
        work = place / f"otter-{notebook.parent.name}-{notebook.stem}"
        work.mkdir()
        _otter_autograder(work / "autograder.zip", notebook.stem)
        shutil.copy(notebook, work)
        seconds += _timed([program, "run", notebook.name, "-a", "autograder.zip", "--no-logo"], cwd=work)
        results = json.loads((work / "results.json").read_text("utf-8"))
        assert sum(test.get("score", 0) for test in results["tests"]) > 0, "otter did not grade"
    return seconds


def _install_otter() -> str:
    python = OTTER / "bin" / "python"
    if not (OTTER / "bin" / "otter").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(OTTER)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "otter-grader", "-e", ".[course]"], check=True, stderr=subprocess.PIPE)
    return str((OTTER / "bin" / "otter").absolute())


def _otter_autograder(path: Path, lesson: str) -> None:
    """otter's own format: one test file per exercise, which asks whether the check gives full points."""
    config = {"lang": "python", "autograder_dir": "."}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("otter_config.json", json.dumps(config))
        for exercise in checks.exercises(lesson):
            asks = f">>> check({exercise.name!r})\n{exercise.points}"  # a result shows as its bare score
            case = {"code": asks, "hidden": False, "locked": False, "points": exercise.points}
            suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
            test = {"name": exercise.name, "points": exercise.points, "suites": [suite]}
            text = f"OK_FORMAT = True\n\ntest = {test!r}\n"
            archive.writestr(f"tests/{exercise.name}.py", textwrap.dedent(text))


def _timed(command: list[str], cwd: Path | None = None) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=cwd,
        # nbgrader looks for `alembic`, and otter for `jupyter`, beside their own Python.
        env={**os.environ, "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=_one_core,
    )
    seconds = time.perf_counter() - started
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return seconds


def _one_core() -> None:
    with contextlib.suppress(AttributeError):  # not everywhere
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


# -- what is measured -------------------------------------------------------------------------------------------------


def make_submissions(place: Path, students: int, lessons: tuple[str, ...] = LESSONS) -> Path:
    """Solved editions, each a little different, so that no hash is met twice."""
    shutil.rmtree(place, ignore_errors=True)
    for number in range(students):
        for name in lessons:
            notebook = build.solved(course.chapter(name))
            notebook.metadata["student"] = f"student {number}"
            file = place / f"student-{number:04}" / f"{name}.ipynb"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(build.as_text(notebook), "utf-8")
    return place


def _throughput(console: Console, place: Path, count: int, otters: int) -> list[Line]:
    submissions = make_submissions(place / "submissions", count // len(LESSONS))
    notebooks = sorted(submissions.glob("*/*.ipynb"))
    seconds = {
        "ours": ours(submissions, place / "out") / count,
        **_before(place, count),
        "class, SQLite": ours_in_a_class(place / "class", submissions) / count,
        **_class_on_postgresql(place / "class-pg", submissions, count),
        "nbgrader": nbgrader(place / "course", submissions, LESSONS) / count,
        "otter": otter(place, notebooks[:otters]) / otters,
    }
    table = Table(title=f"{count} submissions of lessons 01 and 02, one core, start-up included")
    for heading in ("", "ms per submission", "faster than nbgrader by"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, each in seconds.items():
        table.add_row(name, f"{1000 * each:.0f}", f"{seconds['nbgrader'] / each:.1f} ×")
    console.print(table)
    return [
        Line(f"{name}: throughput, to nbgrader", seconds["nbgrader"] / seconds[name], target, at_least=True)
        for name, target in TARGETS.items()
        if name in seconds
    ]


def _before(place: Path, count: int) -> dict[str, float]:
    python = before.python()
    if python is None:
        return {}
    submissions = before.make_submissions(place / "submissions-before", count // len(LESSONS), LESSONS)
    return {f"ours at {before.COMMIT}": ours(submissions, place / "out-before", python=python) / count}


def _class_on_postgresql(place: Path, submissions: Path, count: int) -> dict[str, float]:
    where = postgres.binaries()
    if where is None:
        return {}
    with postgres.running(where) as url:
        return {"class, PostgreSQL": ours_in_a_class(place, submissions, url) / count}


def _scaling(console: Console, place: Path, quick: bool) -> list[Line]:
    """The cost of the next submission, at 10 and at many, and the memory that many take."""
    sizes = (10, 100) if quick else (10, 100, 1000)
    one = make_submissions(place / "one", 1, LESSONS[:1])
    start = min(ours(one, place / f"out-one-{number}") for number in range(REPEATED))
    table = Table(title="Batches of growing size (lesson 01, one core)")
    for heading in ("submissions", "seconds", "ms for each, start-up apart", "memory of the command", "of its worker"):
        table.add_column(heading, justify="right")
    each, memory, worker = {}, 0.0, 0.0
    for size in sizes:
        submissions = make_submissions(place / f"batch-{size}", size, LESSONS[:1])
        rounds = REPEATED if size == sizes[0] else 1  # a tenth of a second counts there
        seconds, memory, worker = min(_watched(submissions, place / f"out-{size}-{number}") for number in range(rounds))
        each[size] = (seconds - start) / (size - 1)
        table.add_row(str(size), f"{seconds:.1f}", f"{1000 * each[size]:.0f}", f"{memory:.0f} MB", f"{worker:.0f} MB")
    console.print(table)
    growth = each[sizes[-1]] / each[sizes[0]]
    return [
        Line(f"a submission's time, from a batch of {sizes[0]} to one of {sizes[-1]}", growth, FLAT_TARGET),
        Line(f"memory of the command, {sizes[-1]} submissions", memory, MEMORY_TARGETS[0], unit="MB"),
        Line(f"memory of its worker, {sizes[-1]} submissions", worker, MEMORY_TARGETS[1], unit="MB"),
    ]


def _watched(submissions: Path, out: Path) -> tuple[float, float, float]:
    """Seconds, and the most memory in MB that the command and its largest child (not the sandbox) had."""
    command = [sys.executable, "-m", "grader", "grade", str(submissions), "--out", str(out), "--jobs", "1"]
    started = time.perf_counter()
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_one_core)
    own = worker = 0.0
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            own = max(own, process.memory_info().rss / 1e6)
            worker = max([worker, *(child.memory_info().rss / 1e6 for child in process.children())])
        time.sleep(0.1)
    assert process.returncode == 0
    return time.perf_counter() - started, own, worker


def _by_lesson(console: Console, place: Path) -> list[Line]:
    """One solved edition of each lesson in a command of its own, and one of all of them: start-up included."""
    python = before.python()
    table = Table(title="One solved edition of each lesson, one core, start-up included")
    for heading in ("lesson", "trials", "ms", f"ms at {before.COMMIT}"):
        table.add_column(heading, justify="left" if heading == "lesson" else "right")
    lessons = course.chapter_names()
    known = tuple(name for name in lessons if python and (before.FOLDER / "notebooks" / f"{name}.ipynb").exists())
    for name in lessons:
        trials = sum(len(one.trials("bench")) for one in checks.exercises(name))
        earlier = _solved_before(place, python, (name,)) if python and name in known else None
        table.add_row(name, str(trials), f"{1000 * _solved(place, (name,)):.0f}", _ms(earlier))
    now, earlier = _solved(place, known), _solved_before(place, python, known) if python else None
    table.add_row(f"{len(known)} together", "", f"{1000 * now:.0f}", _ms(earlier), style="bold")
    console.print(table)
    if earlier is None:
        return []
    return [Line(f"one submission of each of {len(known)} lessons, to {before.COMMIT}", now / earlier, BEFORE_TARGET)]


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{1000 * seconds:.0f}"


def _solved(place: Path, lessons: tuple[str, ...]) -> float:
    return ours(make_submissions(place / "solved", 1, lessons), place / f"out-{'-'.join(lessons)}"[:200])


def _solved_before(place: Path, python: Path, lessons: tuple[str, ...]) -> float:
    submissions = before.make_submissions(place / "solved-before", 1, lessons)
    return ours(submissions, place / f"out-before-{'-'.join(lessons)}"[:200], python=python)


def _demos(console: Console, place: Path) -> list[Line]:
    table = Table(title=f"With every demonstration run, {DEMO_STUDENTS} submissions, one core, start-up included")
    for heading in ("lesson", "ours, ms each", "nbgrader, ms each", "ours is faster by"):
        table.add_column(heading, justify="left" if heading == "lesson" else "right")
    lines = []
    for name in course.chapter_names():
        submissions = make_submissions(place / "demos", DEMO_STUDENTS, (name,))
        mine = ours(submissions, place / f"out-demos-{name}", "--run-demos") / DEMO_STUDENTS
        theirs = nbgrader(place / "course", submissions, (name,)) / DEMO_STUDENTS
        table.add_row(name, f"{1000 * mine:.0f}", f"{1000 * theirs:.0f}", f"{theirs / mine:.1f} ×")
        if name not in COMPUTING:
            lines.append(Line(f"{name} with demonstrations, to nbgrader", theirs / mine, DEMOS_TARGET, at_least=True))
    console.print(table)
    return lines
