"""A farm with 100,000 submissions, simulated: what the command and the scheduler keep in memory.

* The command: all that `grader grade --farm` does with submissions that were found, with a pool that answers at once,
  by a copy of one real Report in which names, hashes and some scores differ. Reports, table and page are written.
* The scheduler: Dask's own, with this command and one worker on loopback, as `grader farm` starts them. The
  submissions are ones that can't be read, so that a worker's answer costs nothing; everything else is real.

Memory is the most that the process had in RAM, as the kernel counts it. It grows with the number of submissions or it
does not, whatever else the machine does meanwhile, so one run tells.
"""

import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.grading import make_submissions
from benchmarks.lines import Line
from grader.batch import farm_keys
from grader.batch.collect import Found
from grader.batch.farm import Farm
from grader.batch.pool import Task
from grader.batch.run import grade_found, write_summaries
from grader.engine.grade import Graded, Grader, Options
from grader.reports.local_key import local_key

TARGET = 400
"""MB that the command, and the scheduler, may have."""
COUNTS = {"command": 100_000, "scheduler": 100_000}
QUICK = {"command": 5_000, "scheduler": 500}
LESSON = "01_encoding"
WINDOW = 256
"""Tasks that the simulated pool holds at a time: as a farm of 64 workers does."""


def run(console: Console, quick: bool) -> list[Line]:
    """Measure, print, and return what has a target."""
    table = Table(title="Memory in MB, after so many submissions")
    for heading in ("", "submissions", "at a tenth", "at the end"):
        table.add_column(heading, justify="left" if not heading else "right")
    lines = []
    for name, count in (QUICK if quick else COUNTS).items():
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            early, late = _command(Path(folder), count) if name == "command" else _scheduler(Path(folder), count)
        lines.append(Line(f"memory of a farm's {name}, {count:,} submissions", late, TARGET, unit="MB"))
        table.add_row(f"the {name}", f"{count:,}", f"{early:.0f}", f"{late:.0f}")
    console.print(table)
    return lines


# -- the command ------------------------------------------------------------------------------------------------------


def _command(place: Path, count: int) -> tuple[float, float]:
    """In a process of its own, whose memory is nobody else's."""
    make_submissions(place / "one", 1, (LESSON,))
    code = f"from benchmarks.farm import drive; drive({str(place)!r}, {count})"
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    early, late = json.loads(done.stdout)
    return early, late


def drive(folder: str, count: int) -> None:
    """Grade made submissions by a pool that answers at once; print the memory at a tenth of them, and the most."""
    place = Path(folder)
    with Grader(Options()) as grader:
        file = next(place.glob("one/*/*.ipynb"))
        graded = Graded(grader.grade(file, name=file.name, student="one"), [])
    pool = _AtOnce(graded, count // 10)
    names = (f"s{number:06}_{LESSON}.ipynb" for number in range(count))
    found = [Found(place / "submitted" / name, name, name[:7]) for name in names]
    reports = grade_found(found, place / "out", Options(), None, local_key(), farm=_Made(pool))
    write_summaries(place / "out", reports)
    assert len(list((place / "out" / "reports").iterdir())) == len(reports) == count
    print(json.dumps([pool.early, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3]))


class _Made(Farm):
    """A farm whose pool is made already."""

    def __init__(self, pool: "_AtOnce") -> None:
        super().__init__("", Path())
        object.__setattr__(self, "_pool", pool)

    def pool(self, options: Options) -> "_AtOnce":  # type: ignore[override]
        return self._pool  # type: ignore[attr-defined, no-any-return]


class _AtOnce:
    """A pool that has graded a submission as soon as it is asked."""

    def __init__(self, graded: Graded, early_at: int) -> None:
        self._graded, self._early_at = graded, early_at
        self._tasks: deque[Task] = deque()
        self.early = 0.0

    def resize(self, jobs: int) -> None:
        """See `Pool`."""

    def has_room(self) -> bool:
        """See `Pool`."""
        return len(self._tasks) < WINDOW

    def give(self, task: Task) -> None:
        """See `Pool`."""
        self._tasks.append(task)

    def take(self) -> list[tuple[Task, Graded | None]]:
        """See `Pool`."""
        taken: list[tuple[Task, Graded | None]] = [(task, self._of(task)) for task in self._tasks]
        self._tasks.clear()
        if not self.early and taken[-1][0].number >= self._early_at:
            self.early = psutil.Process().memory_info().rss / 1e6
        return taken

    def close(self) -> None:
        """See `Pool`."""

    def _of(self, task: Task) -> Graded:
        """A Report as it comes by the wire: nothing in it is shared with another one."""
        unlike = f"{task.number:064x}"
        text = json.dumps(replace(self._graded.report, sha256=unlike, seed_id=unlike[-16:]).to_dict())
        report = replace(self._graded.report.from_dict(json.loads(text)), submission=task.found.name)
        first, *others = report.exercises
        score = task.number % (first.max_score + 1)
        said = [] if score == first.max_score else [f"{unlike}: what is told of a wrong answer {unlike}"]
        exercises = [replace(first, score=score, messages=said), *others]
        return Graded(replace(report, exercises=exercises, student=task.found.student, grading_id=unlike[-16:]), [])


# -- the scheduler ----------------------------------------------------------------------------------------------------


def _scheduler(place: Path, count: int) -> tuple[float, float]:
    found = [Found(place, f"s{number:06}_{LESSON}.ipynb", f"s{number:06}", "made so") for number in range(count)]
    seen: list[float] = []
    with _farm(place) as (farm, scheduler):
        for size in (count // 10, count):
            grade_found(found[:size], place / str(size), Options(), None, local_key(), farm=farm)
            seen.append(scheduler.memory_info().rss / 1e6)
    early, late = seen
    return early, late


@contextlib.contextmanager
def _farm(place: Path) -> Iterator[tuple[Farm, psutil.Process]]:
    """A farm on loopback, and its scheduler's process."""
    keys = place / "keys"
    farm_keys.make(keys)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = f"tls://127.0.0.1:{port}"
    grader = [sys.executable, "-m", "grader", "farm"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {**os.environ, "TMPDIR": str(place)}}
    commands = [
        subprocess.Popen([*grader, *arguments, "--keys", str(keys)], **quiet)  # type: ignore[call-overload]
        for arguments in (["scheduler", "--port", port], ["worker", address, "--jobs", "1"])
    ]
    try:
        while not (children := psutil.Process(commands[0].pid).children()):
            time.sleep(0.1)
        yield Farm(address, keys), children[0]
    finally:
        for one in commands:
            one.terminate()
        for one in commands:
            one.wait(timeout=60)
