"""Whom questions are told: a process that runs alone and can leave nothing for another. The zygote sees to that.

What forks is the learner's process, and whatever is written in Python there a learner may have changed: a thread of
it may take the fork's place, or the fork keep what it should give up. So nothing that it says is believed. The zygote
stops every other process of the submission, looks at the one that is to answer, and ends it before the others go on.
It looks for what could outlast it: open files, memory in common, and a filter of system calls that is not ours. What it
changes in files shows in their times, and how it ends is seen, too: then the submission's process begins anew.

That filter lies in memory that nobody can write. The first filter lets no other one be put on, and that memory not be
moved. So whoever has two filters, and still has that memory, has put on ours.
"""

import contextlib
import os
import re
import select
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from . import confine, linux

SECONDS = 5.0
"""How long processes may take to stop, or to end; microseconds are usual."""

_STILL = (b"T", b"t", b"D", b"Z", b"X")
"""States, proc_pid_stat(5), in which a process that a signal has told to stop runs no more code of its own."""
_ENDED = (b"Z", b"X")
_SHARED = re.compile(rb"^[0-9a-f]+-[0-9a-f]+ ...s .*$", re.MULTILINE)
_TICK = 20_000_000
"""Nanoseconds in which two changes of a file may get the same time."""
_READ_ONLY = (b"/usr/", b"/opt/")
"""Where files lie that nobody inside can write: what of them is memory may be shared."""


class _File(NamedTuple):
    """What cannot stay as it was when a file changes: its time of change, and what it is."""

    path: str
    number: int
    changed: int

    @classmethod
    def at(cls, path: str, about: os.stat_result) -> "_File":
        return cls(path, about.st_ino, about.st_ctime_ns)


class Seal:
    """Has one process of a submission answer while the others stand still.

    Args:
        rules: the filter of system calls that a process that answers must have put on.
        others: numbers of the submission's processes, but for its first one, which is ours.
    """

    def __init__(self, rules: Any, others: Callable[[], list[int]]) -> None:
        with tempfile.TemporaryFile() as file:
            rules.export_bpf(file)
            file.seek(0)
            self.filter = linux.hold_filter(file.read())
            """Where the filter is, in every process that is forked from here."""
        self._memory = next(line for line in _shared(os.getpid()) if line.startswith(b"%x-" % self.filter))
        self._filters = _filters(os.getpid())
        self._others = others
        self._stopped: set[int] = set()
        self._answering = 0
        self._files: list[_File] = []

    def put_on(self, pid: int) -> str:
        """Stop all others, and say what this process could leave for one of them; "" if nothing."""
        self._answering = pid
        try:
            if not self._stop_the_others():
                return "another process did not stop"
            if leak := next(self._leaks(pid), ""):
                return leak
            self._files = self._look_at_files()
            if self._files and (young := max(one.changed for one in self._files) + _TICK - time.time_ns()) > 0:
                time.sleep(min(young, _TICK) / 1e9)  # so that a change shows
            return ""
        except OSError:
            return "it ended"

    def take_off(self) -> bool:
        """End what answered and what it started, and let the others go on.

        Returns:
            Whether they can see more of it than that it was: it ended by itself, which can say something, or it has
            changed files.
        """
        end = time.monotonic() + SECONDS
        while new := [pid for pid in self._others() if pid not in self._stopped and not _has_ended(pid)]:
            for pid in new:
                _signal(pid, signal.SIGKILL)
            if time.monotonic() > end:
                return True
            _wait_for_the_end(new[0])
        try:
            traces = _exit_code(self._answering) != signal.SIGKILL or self._look_at_files() != self._files
        except OSError:  # somebody has buried it, and may know
            traces = True
        for pid in self._stopped:
            _signal(pid, signal.SIGCONT)
        self._stopped, self._answering = set(), 0
        return traces

    def _look_at_files(self) -> list["_File"]:
        """All files that the submission can change, and when that was.

        Raises:
            OSError: they can't be looked at.
        """
        there = next((pid for pid in sorted(self._stopped) if not _has_ended(pid)), 0)
        waiting = [f"/proc/{there}/root{place}" for place in confine.PLACES_MIB] if there else []
        found = [_File.at(place, os.stat(place)) for place in waiting]
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    found.append(_File.at(entry.path, entry.stat(follow_symlinks=False)))
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        return found

    def _stop_the_others(self) -> bool:
        end = time.monotonic() + SECONDS
        while True:
            found = {pid for pid in self._others() if pid != self._answering}
            for pid in found:
                _signal(pid, signal.SIGSTOP)
            if found == self._stopped and all(state in _STILL for pid in found for state in _states(pid)):
                return True
            if time.monotonic() > end:
                return False
            if found == self._stopped:
                time.sleep(0.00005)
            self._stopped = found

    def _leaks(self, pid: int) -> Iterator[str]:
        """What could outlast a process.

        Raises:
            OSError: it has ended.
        """
        if len(os.listdir(f"/proc/{pid}/task")) != 1:
            yield "it had threads"
        if self._filters is not None and _filters(pid) != self._filters + 2:
            yield "it could still tell others"
        if not self._memory_is_its_own(_shared(pid)):
            yield "it had memory in common with others"
        open_files = _open_files(pid)
        if len(open_files) != 1 or not open_files[0].startswith("socket:"):
            yield "it had other files open"
        for other in self._stopped:
            try:
                yield from _leaks_to(other, pid, open_files)
            except OSError:
                if not _has_ended(other):
                    raise
        if os.listdir("/dev/pts") != ["ptmx"]:
            yield "a terminal was open"

    def _memory_is_its_own(self, shared: list[bytes]) -> bool:
        others = [line for line in shared if line != self._memory]
        return self._memory in shared and all(line.split(maxsplit=5)[-1].startswith(_READ_ONLY) for line in others)


def _leaks_to(other: int, pid: int, open_files: list[str]) -> Iterator[str]:
    """What a process and another one have in common."""
    if any(linux.have_in_common(pid, thread) for thread in _threads(other)):
        yield "it had memory or open files in common with others"
    if set(open_files) & set(_open_files(other)) or _are_under_way(other):
        yield "others could read its questions"


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_for_the_end(pid: int) -> None:
    """Until a process that was killed has ended, or for a moment."""
    if not hasattr(os, "pidfd_open"):
        time.sleep(0.0001)
        return
    with contextlib.suppress(ProcessLookupError):
        ended = os.pidfd_open(pid)
        try:
            poller = select.poll()
            poller.register(ended, select.POLLIN)
            poller.poll(100)
        finally:
            os.close(ended)


def _threads(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(name) for name in os.listdir(f"/proc/{pid}/task")]
    return []


def _states(pid: int) -> Iterator[bytes]:
    """How each thread of a process is; none of one that is gone."""
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            yield Path(f"/proc/{pid}/task/{thread}/stat").read_bytes().rpartition(b")")[2].split(maxsplit=1)[0]


def _has_ended(pid: int) -> bool:
    return all(state in _ENDED for state in _states(pid))


def _exit_code(pid: int) -> int:
    """How a process has ended that nobody has buried yet, as waitpid(2) would say."""
    return int(Path(f"/proc/{pid}/stat").read_bytes().split()[-1])


def _filters(pid: int) -> int | None:
    """How many filters of system calls a process has on; None before Linux 5.9, which does not say."""
    for line in Path(f"/proc/{pid}/status").read_bytes().splitlines():
        if line.startswith(b"Seccomp_filters:"):
            return int(line.split()[1])
    return None


def sees_filters() -> bool:
    """Whether this kernel says which filters a process has on."""
    return _filters(os.getpid()) is not None


def _shared(pid: int) -> list[bytes]:
    """The lines of a process's map of memory, proc_pid_maps(5), about what it shares with others."""
    return _SHARED.findall(Path(f"/proc/{pid}/maps").read_bytes())


def _open_files(pid: int) -> list[str]:
    found = []
    for number in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink(f"/proc/{pid}/fd/{number}"))
    return found


def _are_under_way(pid: int) -> bool:
    """Whether open files are waiting in one of a process's sockets: whose they are, nobody can see."""
    for number in os.listdir(f"/proc/{pid}/fdinfo"):
        with contextlib.suppress(FileNotFoundError):
            for line in Path(f"/proc/{pid}/fdinfo/{number}").read_bytes().splitlines():
                if line.startswith(b"scm_fds:") and line.split()[1] != b"0":
                    return True
    return False
