"""The checker's handle on a learner's process: start it, ask it, kill it, start it again where it was."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from types import TracebackType
from typing import Any

from ..calling import CRASHED, TIMED_OUT, Outcome
from ..values import pack, plain_text
from .frames import LATE, Channel, WireError

CELL_SECONDS = 20.0
"""How long one cell may run."""
START_SECONDS = 60.0
"""How long the process may take to start; a second is usual."""
GRACE = 2.0
"""Seconds beyond a limit that the process itself keeps, before it is killed."""
MAX_STARTS = 6
"""How often one submission's process is started before the rest of it is given up."""


class GaveUp(Exception):  # noqa: N818 - it says what happened
    """The submission kept ending its process."""


class LearnerProcess:
    """A process that has run some cells. When one kills it, a new one has run the same cells but that one."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True)
        self._history: list[str] = []
        self._starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None

    def __enter__(self) -> "LearnerProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._kill()
        self._folder.cleanup()

    def run_cell(self, source: str, seconds: float = CELL_SECONDS) -> str:
        """Run a cell. Returns "" when it ran to its end, else what went wrong, for people.

        Raises:
            GaveUp: the process has ended too often.
        """
        answer = self._ask({"do": "run", "source": source, "seconds": seconds}, seconds)
        if answer == LATE or (isinstance(answer, dict) and answer.get("timed_out")):
            return f"it did not end within {seconds:g} s"
        if isinstance(answer, str):
            return answer
        self._history.append(source)
        return "" if answer.get("ok") is True else _error_in(answer.get("outputs"))

    def call(self, name: str, args: tuple[Any, ...], seconds: float, forbids: tuple[str, ...]) -> Outcome:
        """Call a function that the cells defined.

        Raises:
            GaveUp: the process has ended too often.
        """
        request = {"do": "call", "name": name, "args": pack(args), "seconds": seconds, "forbids": list(forbids)}
        answer = self._ask(request, seconds)
        if isinstance(answer, str):
            if answer == LATE:
                return Outcome(TIMED_OUT, text="it did not return and had to be stopped")
            return Outcome(CRASHED, text="it ended the whole process")
        try:
            return Outcome.from_dict(answer)
        except (TypeError, ValueError, KeyError):
            self._kill()
            return Outcome(CRASHED, text="it answered with nonsense")

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any] | str:
        """The answer, or why there is none; then the process is dead, and the next question starts another."""
        try:
            channel = self._channel or self._start()
            channel.send(request, GRACE)
            return channel.receive(seconds + GRACE)
        except WireError as error:
            self._kill()
            return str(error)

    def _start(self) -> Channel:
        self._starts += 1
        if self._starts > MAX_STARTS:
            raise GaveUp("it ended its process again and again")
        mine, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-I", "-m", "grader.engine.child", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=self._folder.name,
                env=_environment(self._folder.name),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._channel = channel = Channel(mine)
        channel.receive(START_SECONDS)
        for source in self._history:
            channel.send({"do": "run", "source": source, "seconds": CELL_SECONDS}, GRACE)
            channel.receive(CELL_SECONDS + GRACE)
        return channel

    def _kill(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self._process.kill()
            self._process.wait()
            self._process = None


def _environment(home: str) -> dict[str, str]:
    """A fixed environment: nothing of ours reaches the learner's code."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": home,
    }


def _error_in(outputs: Any) -> str:
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict) and output.get("output_type") == "error":
            name, value = output.get("ename"), output.get("evalue")
            if isinstance(name, str) and isinstance(value, str):
                return plain_text(f"{name[:100]}: {value}", 160)
    return "it failed"
