"""Many submissions, by several workers at a time. It can be interrupted anywhere, and goes on where it was.

Each Report is written as soon as it is there, by this process alone; one that is there already, of the same file and
made by the same grader, is not made again. A worker is a process with a zygote of its own. If a submission should
break one, that submission gets a Report that says so, and a new worker takes over.
"""

import contextlib
import gc
import hashlib
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from .. import isolated
from ..engine.budget import SUBMISSION_SECONDS
from ..engine.grade import Graded, Grader, Options, proved_grader
from ..engine.rebuild import chapter_named_in, read_regular
from ..errors import BadSubmission, SandboxError
from ..inside import linux
from ..reports.local_key import LocalKey, local_key
from ..reports.report import LONG, Alike, Report, not_taken, unreadable
from ..student import readable
from .collect import Found
from .farm import Farm
from .kept import Kept, NotOurs
from .pool import MANY, Pool, Task

PATIENCE = 2 * SUBMISSION_SECONDS
"""Seconds after which a worker that does not answer is replaced. It keeps the submission's own limit itself."""
MAX_TRIES = 2
"""How often a submission may break a worker."""


def grade_batch(
    submissions: Iterable[Found],
    folder: Path,
    options: Options,
    jobs: int,
    done: Callable[[Report, bool], None] = lambda report, fresh: None,
    *,
    key: LocalKey | None = None,
    not_ours: Callable[[Path], None] = lambda path: None,
    takes: Callable[[Found], bool] = lambda found: True,
    farm: Farm | None = None,
) -> list[Report]:
    """Grade submissions and write a Report for each.

    Args:
        submissions: what `collect` found.
        folder: where the Reports are, and those of an earlier run may be.
        options: how to grade.
        jobs: how many at a time.
        done: called for each Report; fresh says whether it was made now.
        key: what the Reports that are kept are sealed with; this machine's, if not given.
        not_ours: called for each file of an earlier run that is not believed, and made again.
        takes: which of them to grade; where a Report lies does not depend on it.
        farm: other machines that grade in the place of this one.

    Returns:
        The Reports, in the order of the submissions.

    Raises:
        SandboxError: the sandbox can't be set up or broke.
        OSError: a Report can't be written.
    """
    key = key or local_key((folder,))
    batch = _Batch(options, jobs, done, key, farm)
    try:
        return batch.run([task for task in _tasks(submissions, folder) if takes(task.found)], not_ours)
    finally:
        batch.close()


def cells_beside(folder: Path) -> Path:
    """Where the cells are kept that belong to the Reports in folder."""
    return folder.with_name("cells")


def _tasks(submissions: Iterable[Found], folder: Path) -> list[Task]:
    found = list(submissions)
    paths, cells = report_paths([one.name for one in found]), cells_beside(folder)
    return [
        Task(number, one, Kept(folder / path, cells / path))
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
    def __init__(
        self, options: Options, jobs: int, done: Callable[[Report, bool], None], key: LocalKey, farm: Farm | None
    ) -> None:
        self._options = replace(options, inputs_key=options.inputs_key or key.mac("inputs"))
        self._key = key
        self._pool: Pool = farm.pool(self._options) if farm else _Workers(self._options)
        jobs = MANY if farm else jobs
        self._jobs = jobs
        self._done = done
        self._reports: dict[int, Report] = {}
        self._alike = Alike()

    def run(self, tasks: list[Task], not_ours: Callable[[Path], None]) -> list[Report]:
        waiting = deque(task for task in tasks if not task.found.not_taken and not self._is_there(task, not_ours))
        again = self._work(waiting, min(self._jobs, len(waiting)))
        # What ran out of anything may have had too little of the machine: once more, with nothing beside it.
        self._work(deque(again), 1)
        for task in tasks:
            if task.found.not_taken:
                self._set_aside(task)
        return [self._reports[task.number] for task in tasks]

    def close(self) -> None:
        self._pool.close()

    def _set_aside(self, task: Task) -> None:
        """Write the Report on what is not taken; it replaces one of a time when it was."""
        found, level = task.found, self._options.level
        report = not_taken(found.not_taken, submission=found.name, student=found.student, sandbox=level)
        self._keep(task, Graded(report, []), fresh=True)

    def _is_there(self, task: Task, not_ours: Callable[[Path], None]) -> bool:
        """Whether an earlier run has kept this very grade, and nobody has touched it since."""
        kept, found = task.kept, task.found
        try:
            report = kept.read(self._key).report if self._options.keep_cells else kept.read_report(self._key)
            digest = hashlib.sha256(read_regular(found.path)).hexdigest()
        except NotOurs:
            not_ours(kept.report)
            return False
        except (OSError, BadSubmission):
            return False
        grading_id = self._options.grading_id(digest, found.student, found.master)
        if not report.grading_id or (report.grading_id, report.submission) != (
            grading_id,
            readable(found.name, LONG),
        ):
            return False
        self._keep(task, Graded(report, []), fresh=False)
        return True

    def _work(self, waiting: deque[Task], jobs: int) -> list[Task]:
        """Grade these, so many at a time. Returns those that ran out of something and deserve another try."""
        again: list[Task] = []
        self._pool.resize(jobs)
        busy = 0
        while waiting or busy:
            while waiting and self._pool.has_room():
                self._pool.give(waiting.popleft())
                busy += 1
            for task, graded in self._pool.take():
                busy -= 1
                beside_others = self._jobs > 1 and not task.alone
                if graded is None:
                    self._broken(task, again if beside_others else waiting)
                elif graded.ran_out and beside_others:
                    again.append(task)
                else:
                    self._keep(task, graded, fresh=True)
        for task in again:
            task.alone = True
        return again

    def _broken(self, task: Task, later: "list[Task] | deque[Task]") -> None:
        task.tries += 1
        if task.tries < MAX_TRIES:
            later.append(task)
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

    def _keep(self, task: Task, graded: Graded, fresh: bool) -> None:
        if fresh:
            graded = task.kept.write(graded, self._key, with_cells=self._options.keep_cells)
        self._reports[task.number] = self._alike.lean(graded.report)
        self._done(graded.report, fresh)


class _Workers:
    """The pool of this machine: processes, each with a submission at a time."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._workers: list[_Worker] = []

    def resize(self, jobs: int) -> None:
        while len(self._workers) > jobs:
            self._workers.pop().close()
        while len(self._workers) < jobs:
            self._workers.append(_Worker(self._options))

    def has_room(self) -> bool:
        return any(not worker.task for worker in self._workers)

    def give(self, task: Task) -> None:
        next(worker for worker in self._workers if not worker.task).give(task)

    def take(self) -> list[tuple[Task, Graded | None]]:
        taken = []
        for worker in self._ready():
            if task := worker.task:
                graded = worker.take()
                taken.append((task, graded))
                if graded is None:
                    self._workers[self._workers.index(worker)] = _Worker(self._options)
                    worker.close()
        return taken

    def close(self) -> None:
        self.resize(0)

    def _ready(self) -> list["_Worker"]:
        busy = [worker for worker in self._workers if worker.task]
        ends = {worker.connection: worker for worker in busy}
        answered = [ends[end] for end in wait(list(ends), timeout=1.0)]  # type: ignore[index]
        return answered or [worker for worker in busy if time.monotonic() > worker.until]


class _Worker:
    """A process that grades what it is given."""

    def __init__(self, options: Options) -> None:
        # Not by `multiprocessing`, whose processes look for modules in the current folder first.
        self.connection, theirs = Pipe()
        with theirs, _ctrl_c_waits():  # and for the worker it waits until `_work` knows what to do
            arguments = [str(theirs.fileno()), str(os.getpid())]
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*_command(), *arguments], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        with contextlib.suppress(OSError):  # it is gone; `take` will find out
            self.connection.send(options)
        self.task: Task | None = None
        self.until = 0.0

    def give(self, task: Task) -> None:
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
        self._process.wait()
        self.connection.close()


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _command() -> list[str]:
    return isolated.command(__name__, work_for_parent.__name__)


def work_for_parent() -> None:
    """What a worker's process calls: its arguments are the number of its connection and its parent's process."""
    descriptor, parent = map(int, sys.argv[1:])
    connection: Connection[Any, Any] = Connection(descriptor)
    with contextlib.suppress(EOFError):  # the parent has gone
        _work(connection, connection.recv(), parent)


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
    gc.freeze()  # what is there now stays, so no later search for garbage needs to look at it
    gc.set_threshold(50_000, 20, 100)  # what judging makes hardly ever is garbage in a cycle
    # From here on a broken sandbox is the doing of a submission: the connection ends, and the parent sees to it.
    with grader, contextlib.suppress(EOFError, BrokenPipeError, SandboxError):
        while True:
            connection.send(_grade(grader, connection.recv()))


def _grade(grader: Grader, found: Found) -> Graded:
    if found.problem:
        return grader.unreadable(found.problem, name=found.name, student=found.student)
    return grader.grade_or_say_why(found.path, name=found.name, student=found.student, master=found.master)
