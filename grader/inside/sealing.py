"""The seal: questions go only to a process that runs alone and can leave nothing for a later one.

The answering process is forked by the learner's process, in which a learner may have changed all Python code: another
thread may pose as the fork, or the fork may keep what it should give up. So nothing it says is believed. The zygote
stops every other process of the submission, inspects the answering one, and kills it before the others go on. It looks
for open files, shared memory and a missing seccomp filter. If the process has changed files, which their times show,
or ended by itself, the learner's process is started anew.

The filter (`confine.answering_filter`) lies in read-only memory. The first filter allows no other one to be loaded,
and that memory can't be moved. So a process that has two filters, and still has that memory, has loaded ours.
"""

import contextlib
import os
import re
import select
import signal
import stat
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from . import confine, linux

SECONDS = 5.0
"""How long processes may take to stop or to end; they usually take microseconds."""

_STILL = (b"T", b"t", b"D", b"Z", b"X")
"""States, proc_pid_stat(5), in which a process that was sent SIGSTOP runs no code of its own."""
_ENDED = (b"Z", b"X")
_SHARED = re.compile(rb"^[0-9a-f]+-[0-9a-f]+ ...s .*$", re.MULTILINE)
_COARSE_CLOCK = 5
"""CLOCK_REALTIME_COARSE, clock_gettime(2), which `time` does not name. It goes on at each tick of the kernel, and its
time is what a changed file gets."""
_TICK = 20_000_000
"""Nanoseconds, more than from one tick to the next."""
_READ_ONLY = (b"/usr/", b"/opt/")
"""Folders whose files no process inside can write: shared mappings of these are harmless."""


class _File(NamedTuple):
    """What any change of a file alters: its ctime, and which file it is."""

    path: str
    number: int
    changed: int

    @classmethod
    def at(cls, path: str, about: os.stat_result) -> "_File":
        return cls(path, about.st_ino, about.st_ctime_ns)


class Seal:
    """Lets one process of a submission answer while the others are stopped.

    Args:
        rules: the seccomp filter that an answering process must have loaded.
        others: returns the ids of the submission's processes, except its first one, which is ours.
    """

    def __init__(self, rules: bytes, others: Callable[[], list[int]]) -> None:
        self.filter = linux.hold_filter(rules)
        """The filter's address, in every process that is forked from here."""
        self._memory = next(line for line in _shared(os.getpid()) if line.startswith(b"%x-" % self.filter))
        self._filters = _filters(os.getpid())
        self._others = others
        self._stopped: set[int] = set()
        self._answering = 0
        self._files: list[_File] = []
        self._pipes = False
        """Whether others have pipes open: any process can open these through /proc, and leave no sign of it."""

    def put_on(self, pid: int) -> str:
        """Stop all others, and say by what this process could leave something for one of them; "" if by nothing."""
        self._answering = pid
        try:
            if not self._stop_the_others():
                return "another process did not stop"
            if leak := next(self._leaks(pid), ""):
                return leak
            self._pipes = any(name.startswith("pipe:") for other in self._alive() for name in _open_files(other))
            self._files = self._look_at_files()
            _wait_for_a_time_after(max((one.changed for one in self._files), default=0))
            return ""
        except OSError:
            return "it ended"

    def take_off(self) -> bool:
        """Kill the answering process and those that it started, and let the others go on.

        Returns:
            Whether it may have left something for them: it ended by itself, by which it can say something, it has
            changed files, or they have pipes open.
        """
        end = time.monotonic() + SECONDS
        while new := [pid for pid in self._others() if pid not in self._stopped and not _has_ended(pid)]:
            for pid in new:
                _signal(pid, signal.SIGKILL)
            if time.monotonic() > end:
                return True
            _wait_for_the_end(new[0])
        try:
            ended = _exit_code(self._answering) != signal.SIGKILL
            traces = ended or self._pipes or self._look_at_files() != self._files
        except OSError:  # its parent has reaped it, and so may know how it ended
            traces = True
        for pid in self._stopped:
            _signal(pid, signal.SIGCONT)
        self._stopped, self._answering = set(), 0
        return traces

    def _look_at_files(self) -> list["_File"]:
        """All files that the submission can change, with their ctimes; also deleted ones that a process has still open.

        Raises:
            OSError: they can't be looked at.
        """
        there = next(iter(self._alive()), 0)
        waiting = [f"/proc/{there}/root{place}" for place in confine.PLACES_MIB] if there else []
        found = [_File.at(place, os.stat(place)) for place in waiting]
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    found.append(_File.at(entry.path, entry.stat(follow_symlinks=False)))
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        return found + [one for pid in self._alive() for one in _held_files(pid)]

    def _alive(self) -> list[int]:
        """The stopped processes that have not ended."""
        return [pid for pid in sorted(self._stopped) if not _has_ended(pid)]

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
        """By what a process could leave something.

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
    """What a process shares with another one."""
    if any(linux.have_in_common(pid, thread) for thread in _threads(other)):
        yield "it had memory or open files in common with others"
    if set(open_files) & set(_open_files(other)) or _are_under_way(other):
        yield "others could read its questions"


def _held_files(pid: int) -> Iterator[_File]:
    """The files and folders that a process has open or works in: through /proc others can open them, deleted or not."""
    for place in ("cwd", "exe", *(f"fd/{number}" for number in os.listdir(f"/proc/{pid}/fd"))):
        about = os.stat(f"/proc/{pid}/{place}")
        if stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode):
            yield _File.at(f"/proc/{pid}/{place}", about)


def _wait_for_a_time_after(changed: int) -> None:
    """Wait, for one tick at the most, so that a file that changes from now on gets another time than this one."""
    end = time.monotonic_ns() + _TICK
    while time.clock_gettime_ns(_COARSE_CLOCK) <= changed and time.monotonic_ns() < end:
        time.sleep(0.0002)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_for_the_end(pid: int) -> None:
    """Wait until a killed process has ended, for at most 0.1 s."""
    if not hasattr(os, "pidfd_open"):
        time.sleep(0.0001)
        return
    with contextlib.suppress(OSError):
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
    """The state of each thread of a process; nothing if it is gone."""
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            yield linux.read(f"/proc/{pid}/task/{thread}/stat").rpartition(b")")[2].split(maxsplit=1)[0]


def _has_ended(pid: int) -> bool:
    return all(state in _ENDED for state in _states(pid))


def _exit_code(pid: int) -> int:
    """The status of a process that has ended and is not reaped yet, as waitpid(2) would return it."""
    return int(linux.read(f"/proc/{pid}/stat").split()[-1])


def _filters(pid: int) -> int | None:
    """How many seccomp filters a process has; None before Linux 5.9, which does not say."""
    for line in linux.read(f"/proc/{pid}/status").splitlines():
        if line.startswith(b"Seccomp_filters:"):
            return int(line.split()[1])
    return None


def sees_filters() -> bool:
    """Whether this kernel says how many seccomp filters a process has."""
    return _filters(os.getpid()) is not None


def _shared(pid: int) -> list[bytes]:
    """The lines of /proc/PID/maps, proc_pid_maps(5), of memory that a process shares with others."""
    return _SHARED.findall(linux.read(f"/proc/{pid}/maps"))


def _open_files(pid: int) -> list[str]:
    found = []
    for number in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink(f"/proc/{pid}/fd/{number}"))
    return found


def _are_under_way(pid: int) -> bool:
    """Whether open files are in transit in one of a process's sockets: from outside they can't be inspected."""
    for number in os.listdir(f"/proc/{pid}/fdinfo"):
        with contextlib.suppress(FileNotFoundError):
            for line in linux.read(f"/proc/{pid}/fdinfo/{number}").splitlines():
                if line.startswith(b"scm_fds:") and line.split()[1] != b"0":
                    return True
    return False
