"""The zygote: a warm process that forks one learner's process per submission and runs no learner's code itself.

`grader.engine.sandbox` starts it, inside bubblewrap or (level "none") plainly, and talks to it over a socket:

    start   fork a learner's process, which serves the socket sent with it    →  nothing; the child says "ready"
    stop    kill the learner's process and all that it started               →  {"why": …, "left": processes}
    seal    let only this one of its processes run (see `sealing`)           →  {"why": …}
    unseal  kill that process, let the others go on                          →  {"traces": whether it left any}

It has imported what lessons import, so a fork takes milliseconds. It must stay single-threaded: a lock that another
thread holds at a fork stays locked in the child. It holds no check, no secret and no other submission. When the
grader ends, its socket closes and the zygote exits; as it is the first process of a PID namespace, the kernel then
kills all that it forked.
"""

import contextlib
import gc
import importlib
import os
import shutil
import signal
import socket
import sys
from typing import Any

from . import child, confine, linux
from .frames import Channel, WireError
from .sealing import Seal
from .shell import make_shell, warm_up

PRELOADED = (
    *("base64", "datetime", "hashlib", "hmac", "json", "secrets"),
    *("cryptography.hazmat.primitives.serialization", "cryptography.hazmat.primitives.asymmetric.ec"),
    *("cryptography.hazmat.primitives.asymmetric.ed25519", "cryptography.hazmat.primitives.asymmetric.rsa"),
    "jwt_from_scratch",
)
FOR_DEMONSTRATIONS = (
    *("matplotlib.pyplot", "matplotlib_inline.backend_inline", "flask", "sqlite3", "ssl", "urllib.request"),
    "jwt_from_scratch.services.http",
)
"""What only demonstrations import. It is more than half of the zygote's memory, and the more memory, the slower a fork.
"""
WATCH_SECONDS = 0.05
"""The interval at which the memory of a learner's processes is added up."""


def main() -> None:
    """Serve a socket. Arguments: its descriptor, "full" or "none", the user id to become, and perhaps "demos"."""
    descriptor, confined, uid = int(sys.argv[1]), sys.argv[2] == "full", int(sys.argv[3])
    preloaded = PRELOADED + (FOR_DEMONSTRATIONS if "demos" in sys.argv[4:] else ())
    channel = Channel(socket.socket(fileno=descriptor))
    try:
        own_pids = _settle(uid) if confined else -1
    except OSError as error:
        channel.send({"failed": str(error)})
        return
    with contextlib.suppress(WireError):
        ZygoteProcess(channel, own_pids, preloaded).serve()
    if not confined:
        _remove_settings()
    os._exit(0)


def _remove_settings() -> None:
    """Remove the folders that were made for this process, because a grader that was killed can't."""
    for name in ("IPYTHONDIR", "MPLCONFIGDIR"):
        shutil.rmtree(os.environ[name], ignore_errors=True)
    with contextlib.suppress(OSError):
        os.rmdir(os.environ["HOME"])


def _settle(uid: int) -> int:
    """Become an unprivileged user, and the first process of new namespaces. Returns the PID namespace's descriptor."""
    confine.become(uid)
    confine.own_user_namespace()
    if inside := os.fork():
        os.waitpid(inside, 0)
        os._exit(0)
    confine.mount_proc()
    confine.limit_users()
    for place in (confine.HOME, "/tmp"):  # noqa: S108 - what is imported here may want to write a cache
        confine.mount_tmpfs(place, 8 * confine.MIB)
    return os.open("/proc/self/ns/pid", os.O_RDONLY)


class ZygoteProcess:
    """The forking process's own loop."""

    def __init__(self, channel: Channel, own_pids: int, preloaded: tuple[str, ...]) -> None:
        self._channel = channel
        self._own_pids = own_pids
        self._confined = own_pids >= 0
        self._seal = Seal(confine.answering_filter(), self._learners) if self._confined else None
        self._rules = confine.syscall_filter(self._seal.filter) if self._seal else None
        self._shell = make_shell()
        for name in preloaded:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        warm_up(self._shell)
        child.loaded()
        gc.collect()
        gc.freeze()  # otherwise the first garbage collection in each child would copy every page
        self._child = 0
        self._memory = 0
        self._events = -1  # the open file in which the kernel counts out-of-memory kills, if there is a control group
        self._why = ""

    def serve(self) -> None:
        """Answer requests until the grader closes the socket.

        Raises:
            WireError: it has closed the socket.
        """
        self._channel.send({"ready": True})
        while True:
            watching = bool(self._child) and self._confined and not self._why
            if not self._channel.readable(WATCH_SECONDS if watching else None):
                self._watch()
                continue
            request = self._channel.receive()
            if request["do"] == "start":
                descriptor = self._channel.receive_descriptor()
                self._events = self._channel.receive_descriptor() if request["counted"] else -1
                self._start(request, descriptor)
            elif request["do"] == "seal":
                self._channel.send({"why": self._seal.put_on(request["pid"]) if self._seal else ""})
            elif request["do"] == "unseal":
                self._channel.send({"traces": self._seal.take_off() if self._seal else False})
            else:
                self._channel.send(self._stop())

    def _start(self, request: dict[str, Any], descriptor: int) -> None:
        self._why, self._memory = "", request["memory"]
        if self._confined:
            linux.unshare(linux.NEW_PIDS)  # takes effect for the next child
        self._child = os.fork()
        if self._child == 0:
            _begin(request, descriptor, self._shell, self._rules, self._seal.filter if self._seal else 0)
        if self._confined:
            linux.enter_namespace(self._own_pids, linux.NEW_PIDS)
        os.close(descriptor)

    def _stop(self) -> dict[str, Any]:
        if self._child:
            self._kill()
            os.waitpid(self._child, 0)
            self._child = 0
        if self._events >= 0:
            self._why = self._why or ("memory" if killed_for_memory(self._events) else "")
            os.close(self._events)
            self._events = -1
        return {"why": self._why, "left": len(_others()) if self._confined else 0}

    def _kill(self) -> None:
        # When the first process of a PID namespace dies, so do all others. Without a namespace, kill the process group.
        if not self._confined:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child, signal.SIGKILL)
        os.kill(self._child, signal.SIGKILL)

    def _learners(self) -> list[int]:
        """The submission's processes, except its first one."""
        return [pid for pid in _others() if pid != self._child]

    def _watch(self) -> None:
        others = _others()
        if self._has_too_much(others):
            self._why = "memory"
        elif sum(open_files(pid) for pid in others if pid != self._child) > confine.OPEN_FILES:
            self._why = "files"
        if self._why:
            self._kill()

    def _has_too_much(self, others: list[int]) -> bool:
        if self._events >= 0:
            return killed_for_memory(self._events)
        held = sockets(self._child) * confine.SOCKET_BYTES
        return held + sum(map(resident, others)) > self._memory < held + sum(map(proportional, others))


def killed_for_memory(events: int) -> bool:
    """Whether the kernel has killed a process for lack of memory. events: open memory.events or oom_control file."""
    counts = dict(line.split() for line in os.pread(events, 4096, 0).splitlines())
    return int(counts.get(b"oom_kill", 0)) > 0


def _others() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def resident(pid: int) -> int:
    """Bytes of memory of a process, with its page tables. Shared pages count fully, so for a fork it is too high."""
    return _kilobytes(pid, "status", (b"RssAnon:", b"RssShmem:", b"VmSwap:", b"VmPTE:")) or 0


def proportional(pid: int) -> int:
    """The same with each shared page divided by its number of users, so that a sum over processes counts it once.

    Private pages alone would not do: a process that allocates and then forks has hardly any.
    """
    found = _kilobytes(pid, "smaps_rollup", (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:"))
    return resident(pid) if found is None else found  # a process may hide this file, but not `resident`'s


def open_files(pid: int) -> int:
    """How many files and sockets a process has open; if it hides them, the most that it may have."""
    try:
        return max((len(os.listdir(f"{place}/fd")) for place in _threads(pid)), default=0)
    except PermissionError:
        return confine.LIMITS["RLIMIT_NOFILE"]
    except OSError:  # it has ended
        return 0


def sockets(pid: int) -> int:
    """How many sockets a process's network namespace has, including those not yet accepted or sent to a process."""
    try:
        first = linux.read(f"/proc/{pid}/net/sockstat").splitlines()[0]
        return int(first.split()[2])
    except (OSError, ValueError, IndexError):
        return 0


def _threads(pid: int) -> list[str]:
    """The /proc folders of a process and its threads: if its first thread has ended, only the latter say anything."""
    with contextlib.suppress(OSError):
        return [f"/proc/{pid}", *(f"/proc/{pid}/task/{thread}" for thread in os.listdir(f"/proc/{pid}/task"))]
    return []


def _kilobytes(pid: int, file: str, fields: tuple[bytes, ...]) -> int | None:
    """The sum of these lines of a file in /proc, in bytes; None if they can't be read or are missing."""
    for place in (f"/proc/{pid}", *_threads(pid)[1:]):
        with contextlib.suppress(OSError):
            # As bytes, because a process's name need not be valid text.
            lines = [line for line in linux.read(f"{place}/{file}").splitlines() if line.startswith(fields)]
            if lines:
                return 1024 * sum(int(line.split()[1]) for line in lines)
    return None


def _begin(request: dict[str, Any], descriptor: int, shell: Any, rules: bytes | None, seal: int) -> None:
    """The first process of a submission: set up its namespaces, fork the learner's process, reap orphans."""
    channel = Channel(socket.socket(fileno=descriptor))
    try:
        if request["counted"]:
            _join_group(channel)
        if rules is not None:
            confine.close_descriptors(keep=descriptor)
            confine.own_world(request["hidden"])
            learner = os.fork()
            if learner:
                _be_init(learner)
            os.chdir(confine.HOME)
            confine.limit_resources(request["memory"])
            confine.mount_proc(linux.READ_ONLY)
            linux.no_new_privileges()
            linux.drop_capabilities()
            confine.put_filter_on(rules)
        else:
            confine.close_descriptors(keep=descriptor)
            os.chdir(request["home"])
            os.environ.update(HOME=request["home"], TMPDIR=request["home"])
        os.setsid()
        os.umask(0o077)
    except BaseException as error:
        channel.send({"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)
    child.serve(channel, shell, tuple(request["packages"]), seal)


def _join_group(channel: Channel) -> None:
    """Have the grader put us into a control group, and do our part of it.

    Raises:
        OSError: we did not get in.
    """
    channel.send({"place": True})  # the grader learns our process id from it
    for _ in range(channel.receive()["enter"]):
        entrance = channel.receive_descriptor()
        os.write(entrance, b"0")
        os.close(entrance)


def _be_init(learner: int) -> None:
    """Wait for the learner's process, then exit; the kernel then kills what is left in the PID namespace."""
    linux.no_new_privileges()
    linux.drop_capabilities()
    linux.set_dumpable(False)
    os.closerange(0, 256)
    while True:
        with contextlib.suppress(InterruptedError):
            if os.wait()[0] == learner:
                os._exit(0)


if __name__ == "__main__":
    main()
