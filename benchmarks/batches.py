"""Large batches: what grows worse than the work in them.

* A class in which one in twenty loops for ever, by two jobs, against the time of a class in which nobody does and what
  the loops' own limits take, shared by the two.
* The same command again on finished work: made Reports, copies of one real one sealed by the grader's own code, beside
  notebooks of their own. Against what reading and hashing those files takes.
* `grader likeness` on ten times the submissions, against a tenth of them. Each has a function of its own.

Of the last two the processor's time counts, so that they may be measured beside other work; and their memory.
"""

import contextlib
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.grading import make_submissions
from benchmarks.lines import Line
from grader.batch.kept import Kept
from grader.batch.workers import cells_beside, report_paths
from grader.course import editions
from grader.engine.grade import Graded, Grader, Options
from grader.reports.local_key import local_key

LESSON, LOOPING = "01_encoding", "b64u_encode"
LOOP_TARGET = 1.3
AGAIN_TARGET = 1.5
"""Seconds of processor time for `FINISHED` Reports."""
LIKENESS_TARGET, MEMORY_TARGET = 15.0, 400
STUDENTS, FINISHED, ALIKE = 400, 10_000, 1_000
_GRADER = (sys.executable, "-m", "grader")


def run(console: Console, quick: bool) -> list[Line]:
    """Measure, print, and return what has a target."""
    table = Table(title="Large batches")
    for heading in ("", "submissions", "measured"):
        table.add_column(heading, justify="left" if not heading else "right")
    lines = []
    for measure in (_loops, _again, _likeness):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            done = measure(Path(folder), quick)
        table.add_row(done.what, f"{done.count:,}", done.said)
        lines += done.lines
    console.print(table)
    return lines


class Measured(NamedTuple):
    """What was measured, with how many submissions, what came out, and what has a target."""

    what: str
    count: int
    said: str
    lines: list[Line]


def _loops(place: Path, quick: bool) -> Measured:
    count = STUDENTS // 10 if quick else STUDENTS
    plain = make_submissions(place / "plain", count, (LESSON,))
    loops = make_submissions(place / "loops", count, (LESSON,))
    looping = sorted(loops.glob("*/*.ipynb"))[::20]
    for file in looping:
        _edit(file, LOOPING, lambda code: f"{code}\n\ndef {LOOPING}(data):\n    while True:\n        pass\n")
    alone = place / "alone"
    shutil.copytree(looping[0].parent, alone / "one")
    _timed("grade", alone, "--out", place / "out-alone", "--jobs", "1")
    report = json.loads(next((place / "out-alone" / "reports").rglob("*.json")).read_text("utf-8"))
    without = _timed("grade", plain, "--out", place / "out-plain", "--jobs", "2")
    with_loops = _timed("grade", loops, "--out", place / "out-loops", "--jobs", "2")
    ratio = with_loops / (without + len(looping) * report["seconds"] / 2)
    what = f"one in twenty loops ({report['seconds']:.0f} s each)"
    said = f"{with_loops:.0f} s, {without:.0f} s without loops"
    return Measured(what, count, said, [Line(f"{count} submissions, one in twenty loops", ratio, LOOP_TARGET)])


def _again(place: Path, quick: bool) -> Measured:
    count = FINISHED // 20 if quick else FINISHED
    make_finished(place, count)
    before = time.process_time()
    _read_all(place)
    floor = time.process_time() - before
    again, memory = _cpu(*_GRADER, "grade", place / "submitted", "--out", place / "out")
    said = f"{again / floor:.1f} × reading them, {memory:.0f} MB"
    lines = [Line(f"the same command again on {count:,} Reports", again, AGAIN_TARGET, unit="s")]
    return Measured("the same command again", count, said, lines)


def _likeness(place: Path, quick: bool) -> Measured:
    count = ALIKE // 5 if quick else ALIKE
    few, many = (_own_ways(place / str(size), size) for size in (count // 10, count))
    first, _ = _cpu(*_GRADER, "likeness", few, "--out", place / "few.html")
    second, memory = _cpu(*_GRADER, "likeness", many, "--out", place / "many.html")
    lines = [
        Line(f"likeness, from {count // 10:,} to {count:,}", second / first, LIKENESS_TARGET),
        Line(f"its memory, {count:,}", memory, MEMORY_TARGET, unit="MB"),
    ]
    return Measured("likeness", count, f"{first:.1f} s for a tenth, {second:.1f} s for all", lines)


# -- what is made -----------------------------------------------------------------------------------------------------


def make_finished(place: Path, count: int) -> None:
    """Submissions in `submitted/`, and in `out/` the Reports on them, as if all had been graded."""
    file = next(make_submissions(place / "one", 1, (LESSON,)).glob("*/*.ipynb"))
    options, key = Options(), local_key()
    with Grader(options) as grader:
        report = grader.grade(file, name=file.name)
    notebook = json.loads(file.read_text("utf-8"))
    names = [f"s{number:05}/{file.name}" for number in range(count)]
    reports = place / "out" / "reports"
    for name, path in zip(names, report_paths(names), strict=True):
        student = name.partition("/")[0]
        notebook["metadata"]["student"] = student
        data = json.dumps(notebook).encode()
        (place / "submitted" / student).mkdir(parents=True)
        (place / "submitted" / name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        own = {"sha256": digest, "grading_id": options.grading_id(digest, student)}
        one = Graded(replace(report, submission=name, student=student, **own), [])
        Kept(reports / path, cells_beside(reports) / path).write(one, key, with_cells=False)


def _read_all(place: Path) -> None:
    """The least that has to be done to know that nothing has changed."""
    for path in (place / "submitted").glob("*/*.ipynb"):
        hashlib.sha256(path.read_bytes()).hexdigest()
    for path in (place / "out" / "reports").glob("*/*.json"):
        json.loads(path.read_bytes())


def _own_ways(place: Path, count: int) -> Path:
    """Solutions, each with a helper that nobody else wrote."""
    make_submissions(place, count, (LESSON,))
    for number, file in enumerate(sorted(place.glob("*/*.ipynb"))):
        draw = random.Random(number)
        lines = [f"    x {draw.choice('+-*%&|')}= {draw.randrange(1, 99)}" for _ in range(30)]
        helper = "\n".join(["\n\ndef own(x):", *lines, "    return x\n"])
        _edit(file, LOOPING, lambda code, helper=helper: code + helper)  # type: ignore[misc]
    return place


def _edit(file: Path, exercise: str, change: Callable[[str], str]) -> None:
    notebook = nbformat.read(file, as_version=4)
    cell = next(one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == exercise)
    cell.source = change(cell.source)
    file.write_text(editions.as_text(notebook), "utf-8")


# -- what is measured -------------------------------------------------------------------------------------------------


def _timed(*arguments: str | Path) -> float:
    started = time.perf_counter()
    subprocess.run([*_GRADER, *map(str, arguments)], check=True, capture_output=True)
    return time.perf_counter() - started


def _cpu(*command: str | Path) -> tuple[float, float]:
    """Seconds of processor time of a command and all that it starts, and the most memory that it had, in MB."""
    before = os.times()
    process = psutil.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory = 0.0
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            memory = max(memory, process.memory_info().rss / 1e6)
        time.sleep(0.02)
    after = os.times()
    assert process.returncode == 0
    return sum(after[2:4]) - sum(before[2:4]), memory
