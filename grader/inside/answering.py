"""Answers a check's questions (calls of the learner's function) in a fork of the learner's process, which then ends.

(Where the checker knows that the cells can keep nothing, see `engine.stateless`, the learner's process itself answers.)
So what a function remembers (a count of its calls, the arguments it has seen) is lost with the fork, and if it crashes
or hangs, the learner's process stays as the cells left it. Each fork receives a socket of its own over the wire. The
questions arrive there once the zygote has made sure that the fork can leave nothing behind for a later one (see
`sealing`). This file is the honest fork; one that a learner has changed gets no questions.
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
from .calling import FINAL, TIMED_OUT, invoke, to_watch
from .frames import Channel, WireError
from .limit import waited_for_processor
from .series import Series
from .values import NotPlain, untagged

SLOW = 0.02
"""Seconds for which answers are collected before they are sent, unless the checker wants each one at once."""
LARGE = 100_000
"""Characters of values in the answers that are collected; then they are sent, because a message has a maximal size."""

_SHARED_PLACES = (confine.HOME, "/tmp", "/dev/shm")  # noqa: S108 - where a mapped file can lie


class Answering:
    """Forks answering processes from the learner's process, one after another.

    Args:
        namespace: holds the learner's functions.
        seal: the address of the seccomp filter that an answering process loads; 0 without a sandbox.
    """

    def __init__(self, namespace: dict[str, Any], seal: int) -> None:
        self._namespace = namespace
        self._seal = seal
        self._files = _files_in_use()

    def answer(self, checker: Channel) -> None:
        """Have a fork answer on a socket that the checker sends, and wait for the fork's end.

        Args:
            checker: the wire; it carries that socket, and a message if the checker wants the fork stopped.

        Raises:
            WireError: the checker is gone.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that forking beside threads may deadlock: their risk, if they use threads
            taken, taking = socket.socketpair()  # no pipe, which others could open through /proc
            child = os.fork()
        if child == 0:
            self._be_the_fork(checker)
        taking.close()
        taken.recv(1)  # returns when the fork has its socket and closes the rest; until then it reads the wire
        taken.close()
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
            answer_all(channel, request, self._namespace)
            while self._seal:
                signal.pause()  # the zygote kills it: to end by itself could signal something to later forks
        except (WireError, OSError):
            pass
        finally:
            os._exit(0)


def _lead_nowhere() -> None:
    """Open /dev/null as descriptors 0, 1 and 2, which programs expect to be open."""
    for _ in range(3):
        os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)


def answer_all(channel: Channel, request: dict[str, Any], namespace: dict[str, Any]) -> None:
    """Answer questions, several in a message.

    Args:
        channel: the wire to the checker.
        request: the function's name, the questions, how they are to be asked, and the names of exceptions until one of
            which they are.
        namespace: holds the learner's functions.

    Raises:
        WireError: the checker is gone.
    """
    name, seconds = request["name"], request["seconds"]
    forbids = to_watch(namespace, name, tuple(request["forbids"]))
    until = set(request["until"])
    answers: list[dict[str, Any]] = []
    sent, size = time.monotonic(), 0
    with Series(seconds) as series:
        for number, question in enumerate(request["questions"]):
            try:
                answer = invoke(namespace, name, untagged(question), seconds, forbids, series=series).to_dict()
            except NotPlain as error:
                answer = {"broken": str(error)}
            late = {"waited": waited_for_processor()} if answer.get("kind") == TIMED_OUT else {}
            answers.append({**answer, **late, "id": number})
            size += len(answer.get("packed", ""))
            if request["at_once"] or size > LARGE or time.monotonic() > sent + SLOW:
                channel.send({"answers": answers})
                answers, sent, size = [], time.monotonic(), 0
            if answer.get("kind") in FINAL or not until.isdisjoint(answer.get("names", ())):
                break  # the checker asks no more
    if answers:
        channel.send({"answers": answers})


def _wait(child: int, checker: Channel) -> None:
    if hasattr(os, "pidfd_open"):  # without it the checker has to kill the learner's process, too
        ended = os.pidfd_open(child)
        try:
            if checker.readable_before(ended):
                checker.receive()
                os.kill(child, signal.SIGKILL)
        finally:
            os.close(ended)
    with contextlib.suppress(ChildProcessError):  # the learner's code may have set SIGCHLD to be ignored
        os.waitpid(child, 0)


def _files_in_use() -> int:
    """How many files exist that could be mapped as memory, deleted ones included."""
    used = 0
    for place in _SHARED_PLACES:
        with contextlib.suppress(OSError):
            found = os.statvfs(place)
            used += found.f_files - found.f_ffree
    return used


def _unshare_memory(seal: int) -> None:
    """Replace all memory shared with other processes by private copies, except the filter's, which is read-only."""
    for line in Path("/proc/self/maps").read_bytes().splitlines():
        place, rights = line.split()[:2]
        start, end = (int(part, 16) for part in place.split(b"-"))
        if rights.endswith(b"s") and rights.startswith(b"r") and start != seal:
            linux.unshare_memory(start, end - start)
