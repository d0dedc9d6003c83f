"""Many submissions, by several workers at a time. It can be interrupted anywhere, and goes on where it was.

Each Report is written as soon as it is there, by this process alone; one that is there already, of the same file and
made by the same grader, is not made again. A worker is a process with a zygote of its own. If a submission should
break one, that submission gets a Report that says so, and a new worker takes over.
"""

import contextlib
import hashlib
import itertools
import json
import multiprocessing
import os
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from ..engine.budget import SUBMISSION_SECONDS
from ..engine.grade import Graded, Grader, Options, SandboxError
from ..engine.rebuild import BadSubmission, chapter_named_in, read_regular
from ..files import write_whole
from ..inside import linux
from ..inside.calling import TIMED_OUT
from ..reports.report import Report, unreadable
from .collect import Found

PATIENCE = 2 * SUBMISSION_SECONDS
"""Seconds after which a worker that does not answer is replaced. It keeps the submission's own limit itself."""
MAX_TRIES = 2
"""How often a submission may break a worker."""


@dataclass(order=True)
class _Task:
    number: int
    found: Found = field(compare=False)
    report: Path = field(compare=False)
    cells: Path = field(compare=False)
    tries: int = field(default=0, compare=False)
    alone: bool = field(default=False, compare=False)


def grade_batch(
    submissions: Iterable[Found],
    folder: Path,
    options: Options,
    jobs: int,
    done: Callable[[Report, bool], None] = lambda report, fresh: None,
) -> list[Report]:
    """Grade submissions and write a Report for each.

    Args:
        submissions: what `collect` found.
        folder: where the Reports are, and those of an earlier run may be.
        options: how to grade.
        jobs: how many at a time.
        done: called for each Report; fresh says whether it was made now.

    Returns:
        The Reports, in the order of the submissions.

    Raises:
        SandboxError: the sandbox can't be set up or broke.
        OSError: a Report can't be written.
    """
    batch = _Batch(options, jobs, done)
    try:
        return batch.run(_tasks(submissions, folder))
    finally:
        batch.close()


def cells_beside(folder: Path) -> Path:
    """Where the cells are kept that belong to the Reports in folder."""
    return folder.with_name("cells")


def _tasks(submissions: Iterable[Found], folder: Path) -> list[_Task]:
    found = list(submissions)
    paths = report_paths([one.name for one in found])
    return [
        _Task(number, one, folder / path, cells_beside(folder) / path)
        for number, (one, path) in enumerate(zip(found, paths, strict=True))
    ]


def report_paths(names: Iterable[str]) -> list[str]:
    """Where the Reports on submissions of these names are, from the Reports' folder on."""
    taken: set[str] = set()
    paths = []
    for name in names:
        path = _report_name(name, taken)
        taken.add(path.casefold())
        paths.append(f"{path}.json")
    return paths


def _report_name(name: str, taken: set[str]) -> str:
    """A file name for the Report on this submission: its own where that is harmless, else made so by a hash."""
    parts = [part for part in name.split("/") if part]
    harmless = all(
        re.fullmatch(r"\w[\w.@ +-]{0,99}", part, re.ASCII) and not part.casefold().endswith((".", " ", ".json"))
        for part in parts
    )
    if harmless and 0 < len(parts) < 8 and name.casefold() not in taken:
        return "/".join(parts)
    readable = re.sub(r"[^A-Za-z0-9_]+", "_", name)[:60] or "submission"
    hashes = (hashlib.sha256(f"{name}\0{number}".encode("utf-8", "surrogatepass")) for number in itertools.count())
    proposed = (f"{readable}-{one.hexdigest()[:12]}" for one in hashes)
    return next(one for one in proposed if one.casefold() not in taken)


class _Batch:
    def __init__(self, options: Options, jobs: int, done: Callable[[Report, bool], None]) -> None:
        self._options = options
        self._jobs = jobs
        self._done = done
        self._reports: dict[int, Report] = {}
        self._workers: list[_Worker] = []

    def run(self, tasks: list[_Task]) -> list[Report]:
        waiting = deque(task for task in tasks if not self._is_there(task))
        again = self._work(waiting, min(self._jobs, len(waiting)))
        # What ran out of time may have had too little of the machine: once more, with nothing beside it.
        self._work(deque(again), 1)
        return [self._reports[task.number] for task in tasks]

    def close(self) -> None:
        for worker in self._workers:
            worker.close()

    def _is_there(self, task: _Task) -> bool:
        try:
            report = Report.from_dict(json.loads(task.report.read_text("utf-8")))
            digest = hashlib.sha256(read_regular(task.found.path)).hexdigest()
        except (OSError, ValueError, TypeError, KeyError, RecursionError, BadSubmission):
            return False
        grading_id = self._options.grading_id(digest, task.found.student, task.found.master)
        if not report.grading_id or report.grading_id != grading_id:
            return False
        if self._options.keep_cells and not task.cells.is_file():
            return False
        self._keep(task, Graded(report, []), fresh=False)
        return True

    def _work(self, waiting: deque[_Task], jobs: int) -> list[_Task]:
        """Grade these with so many workers. Returns those that ran out of time and deserve another try."""
        again: list[_Task] = []
        while len(self._workers) > jobs:
            self._workers.pop().close()
        while len(self._workers) < jobs:
            self._workers.append(_Worker(self._options))
        while waiting or any(worker.task for worker in self._workers):
            for worker in self._workers:
                if waiting and not worker.task:
                    worker.give(waiting.popleft())
            for worker in self._ready():
                task = worker.task
                if task is None:
                    continue
                graded = worker.take()
                if graded is None:
                    self._broken(worker, task, waiting)
                elif self._jobs > 1 and not task.alone and _ran_out(graded.report):
                    task.alone = True
                    again.append(task)
                else:
                    self._keep(task, graded, fresh=True)
        return again

    def _ready(self) -> list["_Worker"]:
        busy = [worker for worker in self._workers if worker.task]
        ends = {worker.connection: worker for worker in busy}
        answered = [ends[end] for end in wait(list(ends), timeout=1.0)]  # type: ignore[index]
        return answered or [worker for worker in busy if time.monotonic() > worker.until]

    def _broken(self, worker: "_Worker", task: _Task, waiting: deque[_Task]) -> None:
        self._workers[self._workers.index(worker)] = _Worker(self._options)
        worker.close()
        task.tries += 1
        if task.tries < MAX_TRIES:
            waiting.append(task)
            return
        report = unreadable(
            "the grader failed on it, twice",
            chapter_named_in(task.found.name),
            submission=task.found.name,
            student=task.found.student,
            sandbox=self._options.level,
            layers=self._options.layers,
        )
        self._keep(task, Graded(report, []), fresh=True)

    def _keep(self, task: _Task, graded: Graded, fresh: bool) -> None:
        if fresh and self._options.keep_cells:
            write_whole(task.cells, json.dumps([asdict(cell) for cell in graded.cells]) + "\n")
        if fresh:
            write_whole(task.report, json.dumps(graded.report.to_dict(), indent=2) + "\n")
        self._reports[task.number] = graded.report
        self._done(graded.report, fresh)


def _ran_out(report: Report) -> bool:
    return any(exercise.status == TIMED_OUT for exercise in report.exercises)


class _Worker:
    """A process that grades what it is given."""

    def __init__(self, options: Options) -> None:
        context = multiprocessing.get_context("spawn")
        resource_tracker.ensure_running()  # it would let Ctrl-C through again when it starts
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, options, os.getpid()), daemon=True)
        with _ctrl_c_waits():  # and for the worker it waits until `_work` knows what to do
            self._process.start()
        theirs.close()
        self.task: _Task | None = None
        self.until = 0.0

    def give(self, task: _Task) -> None:
        self.task = task
        self.until = time.monotonic() + PATIENCE
        with contextlib.suppress(OSError):  # it is gone; `take` will find out
            self.connection.send(task.found)

    def take(self) -> Graded | None:
        """What it found, or None if it broke.

        Raises:
            SandboxError: it has no sandbox.
        """
        self.task = None
        try:
            answer = self.connection.recv() if self.connection.poll() else None
        except (EOFError, OSError):
            return None
        if isinstance(answer, str):
            raise SandboxError(answer)
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(connection: "Connection[Any, Any]", options: Options, parent: int) -> None:
    """A worker's life: grade what comes until nothing more does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if sys.platform.startswith("linux"):
        linux.die_with_parent(parent)
    try:
        grader = proved_grader(options)
    except SandboxError as error:
        connection.send(str(error))
        return
    # From here on a broken sandbox is the doing of a submission: the connection ends, and the parent sees to it.
    with grader, contextlib.suppress(EOFError, BrokenPipeError, SandboxError):
        while True:
            connection.send(_grade(grader, connection.recv()))


def proved_grader(options: Options) -> Grader:
    """A grader whose zygote has been attacked, before it meets its first submission.

    Raises:
        SandboxError: there is no sandbox, or it does not hold. A machine that is short of something just now gets
            another try.
    """
    for _ in range(MAX_TRIES):
        try:
            grader = Grader(options)
            try:
                grader.prove()
            except SandboxError:
                grader.__exit__(None, None, None)
                raise
            return grader
        except SandboxError as error:
            last = error
            time.sleep(1)
    raise last


def _grade(grader: Grader, found: Found) -> Graded:
    if found.problem:
        return grader.unreadable(found.problem, name=found.name, student=found.student)
    return grader.grade_or_say_why(found.path, name=found.name, student=found.student, master=found.master)
