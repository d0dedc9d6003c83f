"""A control group for each submission: the kernel limits its memory and processes, and its share of the processor.

The group also counts kernel memory (sockets, pipes, page tables, locks), which /proc does not show. Uses version 2
(cgroups(7)) if its memory controller is available, else version 1. The groups are made below the grader's own, whose
limits still hold. Where the grader may not make any, the zygote watches memory instead.
"""

import contextlib
import fcntl
import itertools
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..inside import confine

PROCESSORS = 2
"""How many processors one submission may keep busy."""
SHARE = 100
"""The `cpu.weight` of a submission, which counts when processors are short: the default, and the same for each."""
TCP_BYTES = 32 * 2**20
"""Bytes of TCP buffers for one submission, in version 1, which counts them separately."""

_LEAF = "jwt-grader"
_MEMBERS = "cgroup.procs"
_TASKS = "tasks"  # in version 1
_NAME = re.compile(r"jwt-grader-(\d+)-(\d+)-\d+")
_PERIOD = 100_000  # microseconds
_PROCESSES = confine.LIMITS["RLIMIT_NPROC"]
_numbers = itertools.count()


@dataclass(frozen=True)
class Hierarchy:
    """A folder in which we may make groups, the settings of a new group, and which of them are required.

    Attributes:
        events: the file in which the kernel counts out-of-memory kills; "" if another hierarchy has the memory.
        entrance: the file through which a process with one thread joins by itself, without a wait; "" if none.
    """

    folder: Path
    limits: dict[str, str]
    must: tuple[str, ...] = ()
    events: str = ""
    entrance: str = ""


class Group:
    """The group of one submission. `close` removes it.

    Raises:
        OSError: it can't be made.
    """

    def __init__(self, hierarchies: tuple[Hierarchy, ...], memory: int) -> None:
        name = f"{_LEAF}-{os.getpid()}-{_start_of(os.getpid())}-{next(_numbers)}"
        self._folders: list[Path] = []
        self._entrances: list[Path] = []
        self._events: Path | None = None
        try:
            for one in hierarchies:
                folder = one.folder / name
                folder.mkdir(0o755)
                self._folders.append(folder)
                self._entrances.append(folder / (one.entrance or _MEMBERS))
                for file, text in one.limits.items():
                    _write(folder / file, text.format(memory=memory), must=file in one.must)
                self._events = folder / one.events if one.events else self._events
        except OSError:
            self.close()
            raise

    def add(self, pid: int) -> list[int]:
        """Put a process into the group, together with all that it will start.

        Returns open files into which the process has still to write "0": to move another process, the kernel waits
        some ten milliseconds until nothing anywhere forks or ends.
        """
        for entrance in self._entrances:
            if entrance.name == _MEMBERS:
                entrance.write_text(str(pid))
        return [os.open(one, os.O_WRONLY | os.O_CLOEXEC) for one in self._entrances if one.name != _MEMBERS]

    def size(self) -> int:
        """How many processes are in the group, in each of its hierarchies."""
        return min(len((folder / _MEMBERS).read_text().split()) for folder in self._folders)

    def open_events(self) -> int:
        """The file in which the kernel counts out-of-memory kills, open for reading."""
        assert self._events is not None
        return os.open(self._events, os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        """Remove the group. What can't be removed now is removed when the next grader starts."""
        for folder in self._folders:
            for _ in range(20):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:  # its last process has not quite ended
                    time.sleep(0.005)


@dataclass(frozen=True)
class Cgroups:
    """Where groups can be made on this machine.

    Attributes:
        version: 2 or 1; 0 if no groups can be made.
        shares: whether the groups limit processors, too.
    """

    version: int = 0
    shares: bool = False
    hierarchies: tuple[Hierarchy, ...] = field(default=(), repr=False)

    def group(self, memory: int) -> Group | None:
        """A group for one submission with so many bytes of memory; None if none can be made."""
        return Group(self.hierarchies, memory) if self.hierarchies else None


def find() -> Cgroups:
    """Find out where groups can be made, by making one. Also remove groups left behind by graders that were killed."""
    for version, hierarchies in ((2, _version_2), (1, _version_1)):
        with contextlib.suppress(OSError):
            found = hierarchies()
            if any(one.events for one in found):
                for one in found:
                    _sweep(one.folder)
                Group(found, confine.MIB).close()
                shares = any(file in one.limits for one in found for file in ("cpu.weight", "cpu.shares"))
                return Cgroups(version, shares, found)
    return Cgroups()


def _version_2() -> tuple[Hierarchy, ...]:
    own = _own_folder("")
    if own is None:
        return ()
    place = own.parent if own.name == _LEAF else own
    available = (place / "cgroup.controllers").read_text().split()
    if "memory" not in available:
        return ()
    lock = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers may do this at once
        if "memory" not in (place / "cgroup.subtree_control").read_text().split():
            _make_room(place)
            for name in ("memory", "pids", "cpu"):
                _write(place / "cgroup.subtree_control", f"+{name}", must=name == "memory")
    finally:
        os.close(lock)
    limits = {"memory.max": "{memory}", "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": str(_PROCESSES)}
    limits |= {"cpu.weight": str(SHARE), "cpu.max": f"{PROCESSORS * _PERIOD} {_PERIOD}"}
    enabled = (place / "cgroup.subtree_control").read_text().split()
    limits = {file: text for file, text in limits.items() if file.split(".")[0] in enabled}
    return (Hierarchy(place, limits, ("memory.max",), "memory.events"),)


def _make_room(place: Path) -> None:
    """Move our processes out of a group below which we make others: in version 2 such a group has no processes.

    Raises:
        PermissionError: other processes are in it, or it is not ours.
    """
    if not (place / "cgroup.type").exists():  # the root group is exempt from that rule
        return
    processes = [int(pid) for pid in (place / "cgroup.procs").read_text().split()]
    first = [pid for pid in _ancestors(os.getpid()) if pid in processes][-1:]
    if not first or not all(first[0] in _ancestors(pid) for pid in processes):
        raise PermissionError("other processes are in the grader's control group")
    (place / _LEAF).mkdir(exist_ok=True)
    for pid in processes:
        _write(place / _LEAF / "cgroup.procs", str(pid), must=pid == os.getpid())


def _version_1() -> tuple[Hierarchy, ...]:
    memory, pids, cpu = (_own_folder(name) for name in ("memory", "pids", "cpu"))
    if memory is None:
        return ()
    limits = {
        "memory.limit_in_bytes": "{memory}",
        "memory.memsw.limit_in_bytes": "{memory}",
        "memory.kmem.tcp.limit_in_bytes": str(TCP_BYTES),
    }
    found = [Hierarchy(memory, limits, ("memory.limit_in_bytes",), "memory.oom_control", _TASKS)]
    if pids is not None and os.access(pids, os.W_OK):
        found.append(Hierarchy(pids, {"pids.max": str(_PROCESSES)}, entrance=_TASKS))
    if cpu is not None and os.access(cpu, os.W_OK):
        shares = {"cpu.shares": str(SHARE * 1024 // 100)}
        shares |= {"cpu.cfs_period_us": str(_PERIOD), "cpu.cfs_quota_us": str(PROCESSORS * _PERIOD)}
        found.append(Hierarchy(cpu, shares, entrance=_TASKS))
    return tuple(found)


def _own_folder(controller: str) -> Path | None:
    """The folder of our own group in this controller's hierarchy; for "", in version 2's only hierarchy."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == controller or (controller and controller in controllers.split(",")):
            for root, place in _mounts(controller):
                inner = os.path.relpath(path, root)
                if not inner.startswith(".."):
                    return Path(os.path.normpath(os.path.join(place, inner)))
    return None


def _mounts(controller: str) -> Iterator[tuple[str, str]]:
    """The mounts of this hierarchy: the group shown there, and the folder. See proc_pid_mountinfo(5)."""
    for line in Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines():
        words = line.split()
        kind, _, options = words[words.index("-") + 1 :][:3]
        if kind == ("cgroup" if controller else "cgroup2") and (not controller or controller in options.split(",")):
            yield words[3], words[4]


def _sweep(folder: Path) -> None:
    """Remove the groups of graders that have ended, unless processes are left in them."""
    for place in folder.iterdir():
        named = _NAME.fullmatch(place.name)
        if named and _start_of(int(named[1])) != int(named[2]):
            with contextlib.suppress(OSError):
                place.rmdir()


def _start_of(pid: int) -> int:
    """When a process started, in ticks since boot, which tells apart processes of the same id; 0 if it is gone."""
    return _stat(pid, 19)


def _ancestors(pid: int) -> list[int]:
    """The process, its parent, and so on up."""
    found = []
    while pid > 0:
        found.append(pid)
        pid = _stat(pid, 1)
    return found


def _stat(pid: int, field_after_name: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[field_after_name])
    except (OSError, ValueError, IndexError):
        return 0


def _write(file: Path, text: str, must: bool) -> None:
    try:
        file.write_text(text)
    except OSError:
        if must:
            raise
