"""Workers for the tests of batches. A worker is a process of its own, so what it does differently has a module."""

import contextlib
import hashlib
import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from grader import isolated
from grader.batch import workers as batch
from grader.batch.collect import Found
from grader.engine.grade import Graded, Options
from grader.errors import SandboxError
from grader.inside import calling
from grader.reports.report import ExerciseReport, Report, versions
from tests.grader.helpers import REPO

LOG = "log.txt"
"""Where the quick worker notes, beside the submission, when it began and ended which."""


def command(work: str) -> list[str]:
    """The command of a worker's process that does this module's `quick` or `fragile` in place of the real work."""
    code = (
        f"sys.path.append({str(REPO)!r}); from tests.grader.batch import stand_ins; from grader.batch import workers; "
        f"workers._work = stand_ins.{work}; workers.work_for_parent()"
    )
    return isolated.run(code)


class Forked:
    """The process of a quick worker, as a fork of this one: it has imported already what it needs."""

    def __init__(self, command: list[str], **others: Any) -> None:
        descriptor, parent = map(int, command)
        self.pid = os.fork()
        if self.pid == 0:
            with contextlib.suppress(BaseException):
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
                connection: Connection[Any, Any] = Connection(descriptor)
                quick(connection, connection.recv(), parent)
            os._exit(0)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        os.waitpid(self.pid, 0)


def quick(connection: Any, options: Options, parent: int) -> None:
    """Grades by the name of the submission and its content, in no time and without a sandbox."""
    try:
        while True:
            connection.send(_quick(connection.recv(), options))
    except EOFError:
        return


def _quick(found: Found, options: Options) -> Graded | str:
    data = found.path.read_bytes()
    _note(found, "begin")
    tried_before = (found.path.parent / LOG).read_text("utf-8").count(f"end {found.name}\n")
    if "dies" in found.name:
        os._exit(1)
    if "dies-once" in found.name.replace("@", "dies") and not tried_before:
        _note(found, "end")
        os._exit(1)
    if "hangs" in found.name:
        time.sleep(600)
    if "no-sandbox" in found.name:
        return "there is no sandbox"
    if "slow" in found.name:
        time.sleep(0.3)
    late = "late-always" in found.name or ("late" in found.name and not tried_before)
    _note(found, "end")
    status = calling.TIMED_OUT if late else "passed"
    digest = hashlib.sha256(data).hexdigest()
    report = Report(
        submission=found.name,
        student=found.student,
        chapter="01_encoding",
        score=0 if late else 5,
        max_score=5,
        status="graded",
        message="",
        exercises=[ExerciseReport("b64u_encode", 0 if late else 5, 5, status, [], [])],
        sha256=digest,
        sandbox=options.level,
        layers=[],
        seconds=0.0,
        versions=versions(),
        seed_id="",
        grading_id=options.grading_id(digest, found.student),
    )
    return Graded(report, [], ran_out=late)


def _note(found: Found, what: str) -> None:
    with (found.path.parent / LOG).open("a", encoding="utf-8") as file:
        file.write(f"{what} {found.name}\n")


_real_work, _real_grade = batch._work, batch._grade


def fragile(connection: Any, options: Options, parent: int) -> None:
    """The real worker, but some names break it."""
    batch._grade = _break_at_some
    _real_work(connection, options, parent)


def _break_at_some(grader: Any, found: Found) -> Graded:
    if "breaks-worker" in found.name:
        os._exit(1)
    if "breaks-sandbox" in found.name:
        raise SandboxError("the sandbox broke: the process ended")
    return _real_grade(grader, found)


def where(folder: Path) -> list[str]:
    """What the quick workers noted."""
    return (folder / LOG).read_text("utf-8").splitlines()
