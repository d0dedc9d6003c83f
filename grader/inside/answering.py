"""Answers to a check's questions, by a fork of the learner's process that ends when it has given them.

So what a function remembers (a count of its calls, the arguments that it has seen) is forgotten with the fork, and one
that crashes or hangs takes nothing along: the learner's process stays as the cells left it. Each fork takes a socket of
its own off the wire, on which the questions come once it is ready: the learner's process never holds it, not even in a
hook that runs as it forks, and a fork can answer nobody else's questions. It can write to no file that the next one
reads, and talk to no process that stays.
"""

import contextlib
import os
import shutil
import signal
import socket
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, NoReturn

from . import confine, landlock, linux
from .calling import TIMED_OUT, invoke, waited_for_processor
from .frames import Channel, WireError
from .values import NotPlain, unpack

SLOW = 0.02
"""Seconds after which what has been answered is sent, if the checker does not want each answer at once."""

_SHARED_PLACES = (confine.HOME, "/tmp", "/dev/shm")  # noqa: S108 - where a file could be that is mapped


class Answering:
    """Forks answering processes from the learner's process, one after another.

    Args:
        namespace: where the learner's functions are.
        rules: the filter of system calls that an answering process puts on; None without a sandbox.
    """

    def __init__(self, namespace: dict[str, Any], rules: Any) -> None:
        self._namespace = namespace
        self._rules = rules
        self._folder = f"{confine.HOME}/.answering"
        self._files = _files_in_use() + 1  # and that folder

    def answer(self, checker: Channel) -> None:
        """Let a fork answer on a socket that the checker sends, and wait for its end.

        Args:
            checker: the wire on which the socket comes, and word when the checker wants the fork stopped.

        Raises:
            WireError: the checker is gone.
        """
        confined = self._rules is not None
        before = _children() if confined else set()
        if confined:
            os.makedirs(self._folder, 0o700, exist_ok=True)
            linux.adopt_orphans(True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a fork beside threads: whoever has threads must know
            taken, taking = os.pipe()
            child = os.fork()
        if child == 0:
            self._be_the_fork(checker)
        os.close(taking)
        os.read(taken, 1)  # ends when the fork has its socket, and closes all else: until then the wire is the fork's
        os.close(taken)
        _wait(child, checker)
        if confined:
            _end(_children() - before)
            linux.adopt_orphans(False)
            if left := os.listdir(self._folder):
                _remove(self._folder, left)

    def _be_the_fork(self, checker: Channel) -> NoReturn:
        try:
            descriptor = checker.receive_descriptor()
            channel = Channel(socket.socket(fileno=descriptor))
            confine.close_descriptors(keep=descriptor)
            if self._rules is not None:
                self._leave_no_notes()
            channel.send({"ready": True})
            _answer_all(channel, channel.receive(), self._namespace)
        except (WireError, OSError):
            pass
        finally:
            os._exit(0)

    def _leave_no_notes(self) -> None:
        if _files_in_use() > self._files:
            _unshare_memory()
        tempfile.tempdir = os.environ["TMPDIR"] = self._folder
        if landlock.version() > 0:
            landlock.write_only_in([self._folder], ["/dev"])
        self._rules.load()


def _answer_all(channel: Channel, request: dict[str, Any], namespace: dict[str, Any]) -> None:
    name, seconds, forbids = request["name"], request["seconds"], tuple(request["forbids"])
    answers: list[dict[str, Any]] = []
    sent = time.monotonic()
    for number, packed in enumerate(request["questions"]):
        try:
            answer = invoke(namespace, name, unpack(packed), seconds, forbids).to_dict()
        except NotPlain as error:
            answer = {"broken": str(error)}
        late = {"waited": waited_for_processor()} if answer.get("kind") == TIMED_OUT else {}
        answers.append({**answer, **late, "id": number})
        if request["at_once"] or time.monotonic() > sent + SLOW:
            channel.send_all(answers)
            answers, sent = [], time.monotonic()
        if late:
            break  # the checker asks no more
    channel.send_all(answers)


def _wait(child: int, checker: Channel) -> None:
    if hasattr(os, "pidfd_open"):  # without it the checker has to end the whole process
        ended = os.pidfd_open(child)
        try:
            if checker.readable_before(ended):
                checker.receive()
                os.kill(child, signal.SIGKILL)
        finally:
            os.close(ended)
    with contextlib.suppress(ChildProcessError):  # a learner's process may have told the kernel to bury them
        os.waitpid(child, 0)


def _children() -> set[int]:
    found: set[int] = set()
    for task in os.listdir("/proc/self/task"):
        with contextlib.suppress(OSError):
            found.update(map(int, Path(f"/proc/self/task/{task}/children").read_bytes().split()))
    return found


def _end(left: set[int]) -> None:
    """End what a fork left running; what these have started comes to us as they end."""
    before = _children() - left
    while left:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        left = _children() - before


def _remove(folder: str, names: list[str]) -> None:
    for name in names:
        shutil.rmtree(f"{folder}/{name}", ignore_errors=True)
        with contextlib.suppress(OSError):
            os.unlink(f"{folder}/{name}")


def _files_in_use() -> int:
    """How many files there are that could be mapped as memory, with or without a name."""
    used = 0
    for place in _SHARED_PLACES:
        with contextlib.suppress(OSError):
            found = os.statvfs(place)
            used += found.f_files - found.f_ffree
    return used


def _unshare_memory() -> None:
    """Make copies of the memory that this process shares with others: what it writes there, nobody else reads."""
    for line in Path("/proc/self/maps").read_bytes().splitlines():
        place, rights = line.split()[:2]
        start, end = (int(part, 16) for part in place.split(b"-"))
        if rights.endswith(b"s") and rights.startswith(b"r"):
            linux.unshare_memory(start, end - start)
