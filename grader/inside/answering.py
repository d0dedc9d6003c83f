"""Answers to a check's questions, by a fork of the learner's process that is ended when it has given them.

So what a function remembers (a count of its calls, the arguments that it has seen) is forgotten with the fork, and one
that crashes or hangs takes nothing along: the learner's process stays as the cells left it. Each fork takes a socket of
its own off the wire, on which the questions come once the zygote has seen that it can leave nothing for another (see
`sealing`). Here is how an honest one comes to that; another gets no questions.
"""

import contextlib
import os
import signal
import socket
import time
import warnings
from pathlib import Path
from typing import Any, NoReturn

from . import confine, linux
from .calling import FINAL, TIMED_OUT, invoke, waited_for_processor
from .frames import Channel, WireError
from .values import NotPlain, unpack

SLOW = 0.02
"""Seconds after which what has been answered is sent, if the checker does not want each answer at once."""

_SHARED_PLACES = (confine.HOME, "/tmp", "/dev/shm")  # noqa: S108 - where a file could be that is mapped


class Answering:
    """Forks answering processes from the learner's process, one after another.

    Args:
        namespace: where the learner's functions are.
        seal: where the filter of system calls lies that an answering process puts on; 0 without a sandbox.
    """

    def __init__(self, namespace: dict[str, Any], seal: int) -> None:
        self._namespace = namespace
        self._seal = seal
        self._files = _files_in_use()

    def answer(self, checker: Channel) -> None:
        """Let a fork answer on a socket that the checker sends, and wait for its end.

        Args:
            checker: the wire on which the socket comes, and word when the checker wants the fork stopped.

        Raises:
            WireError: the checker is gone.
        """
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

    def _be_the_fork(self, checker: Channel) -> NoReturn:
        try:
            descriptor = checker.receive_descriptor()
            channel = Channel(socket.socket(fileno=descriptor))
            os.closerange(0, descriptor)
            os.closerange(descriptor + 1, os.sysconf("SC_OPEN_MAX"))
            if self._seal:
                if _files_in_use() > self._files:
                    _unshare_memory(self._seal)
                confine.put_answering_filter_on(self._seal)
            channel.send({"ready": True})
            request = channel.receive()
            _lead_nowhere()
            _answer_all(channel, request, self._namespace)
            while self._seal:
                signal.pause()  # the zygote ends it: whoever ends by itself could say something by that
        except (WireError, OSError):
            pass
        finally:
            os._exit(0)


def _lead_nowhere() -> None:
    """Let 0, 1 and 2 lead nowhere, where a program expects them to be open."""
    for _ in range(3):
        os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)


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
        if answer.get("kind") in FINAL:
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


def _files_in_use() -> int:
    """How many files there are that could be mapped as memory, with or without a name."""
    used = 0
    for place in _SHARED_PLACES:
        with contextlib.suppress(OSError):
            found = os.statvfs(place)
            used += found.f_files - found.f_ffree
    return used


def _unshare_memory(seal: int) -> None:
    """Make copies of the memory that this process shares with others, but for that place, which nobody can write."""
    for line in Path("/proc/self/maps").read_bytes().splitlines():
        place, rights = line.split()[:2]
        start, end = (int(part, 16) for part in place.split(b"-"))
        if rights.endswith(b"s") and rights.startswith(b"r") and start != seal:
            linux.unshare_memory(start, end - start)
