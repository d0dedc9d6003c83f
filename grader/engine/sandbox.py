"""The second of the grading walls (docs/grading.md): the sandbox, and the grader's handle on the zygote inside it.

bubblewrap makes the outer layers: a read-only file system that shows only what `mounts` lists, a fixed environment, a
session of its own, and an end when the grader ends. The zygote's children make the inner layers, see `confine`.
"""

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from ..errors import SandboxError
from ..inside.frames import Channel, WireError
from . import cgroup, mounts

FULL, NONE = "full", "none"
"""The levels of isolation: everything described here, or only a separate process."""

START_SECONDS = 60.0
"""How long the zygote may take to start; it usually takes a second."""
MEMORY = 512 * 2**20
"""Bytes of memory for one submission, all its processes together."""

_PACKAGE = Path(__file__).resolve().parent.parent

_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "FONTCONFIG_FILE": "/etc/fonts.conf",  # otherwise matplotlib's first import prints a warning
    # The zygote must have no threads when it forks.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # Otherwise each thread of a server reserves 64 MB of address space, and eight of them reach the limit.
    "MALLOC_ARENA_MAX": "1",
}
_HOME = "/home/learner"
_FIRST_USER, _USERS_EACH = 1_879_048_192, 32
_LAST_USER, _FEW_USERS = 65_533, 14
_zygotes: Iterator[int] = itertools.count()
VARIABLES = (*_ENVIRONMENT, "HOME", "IPYTHONDIR", "MPLCONFIGDIR", "LD_LIBRARY_PATH")
"""The names of all environment variables that a learner's process has."""


class Zygote:
    """A zygote. It handles one submission at a time: `start` a learner's process, then `stop` it.

    Args:
        level: "full" or "none".
        demos: whether demonstrations will run; then more packages are imported beforehand.

    Raises:
        SandboxError: something that it needs is missing.
    """

    def __init__(self, level: str = FULL, demos: bool = False) -> None:
        self.level = level
        self.cgroups = cgroup.find() if level == FULL else cgroup.Cgroups()
        """Makes a control group for each submission, where that is possible."""
        self._group: cgroup.Group | None = None
        # A folder of its own: what others have put into a shared one would be read as settings.
        self._home = (
            None if level == FULL else tempfile.TemporaryDirectory(prefix="zygote-", ignore_cleanup_errors=True)
        )
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - see close()
        mine, theirs = socket.socketpair()
        with theirs:
            command = [*(_bubblewrap() if level == FULL else ()), *_python(level, theirs.fileno(), demos)]
            home = _HOME if self._home is None else self._home.name
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                pass_fds=[theirs.fileno()],
                env={**_ENVIRONMENT, "HOME": home, "IPYTHONDIR": f"{home}/.ipython", "MPLCONFIGDIR": f"{home}/.mpl"},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,
            )
        self._channel = Channel(mine)
        self._ready = False
        self.left_traces = False
        """Whether the last sealed process may have left something for the others, which must then not go on."""

    @property
    def counts(self) -> str:
        """What limits a submission's memory, in words."""
        return f"cgroup v{self.cgroups.version}" if self.cgroups.version else "watched"

    @property
    def shares(self) -> str:
        """What divides the processors among submissions, in words."""
        return f"cgroup v{self.cgroups.version}" if self.cgroups.shares else "by the system"

    def counted_processes(self) -> int:
        """How many processes are in the current submission's control group."""
        return self._group.size() if self._group else 0

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def start(self, *, hidden: tuple[str, ...] = (), home: str = "", memory: int = MEMORY) -> tuple[Channel, int]:
        """Fork a learner's process and return the wire to it, and its process id.

        Args:
            hidden: packages that it can't import.
            home: its folder, at level "none"; in the sandbox it always is `confine.HOME`.
            memory: bytes for all its processes together.

        Raises:
            SandboxError: it could not be set up.
        """
        self.wait()
        self.left_traces = False
        mine, theirs = socket.socketpair()
        request = {
            "do": "start",
            "packages": hidden,
            "hidden": mounts.places_of(hidden),
            "home": home,
            "memory": memory,
        }
        channel = Channel(mine)
        channel.name_senders()
        try:
            self._group = self.cgroups.group(memory)
            with theirs:
                self._channel.send({**request, "counted": self._group is not None}, START_SECONDS)
                self._channel.send_descriptor(theirs.fileno())
            if self._group:
                self._place(self._group, channel)
            pid = channel.sender(START_SECONDS)
            answer = channel.receive(START_SECONDS)
        except (WireError, OSError) as error:
            raise SandboxError(f"the sandbox broke: {error}") from None
        if answer.get("ready") is not True:
            raise SandboxError(f"the sandbox could not be set up: {answer.get('failed')}")
        return channel, pid

    def _place(self, group: cgroup.Group, channel: Channel) -> None:
        """Put a submission's first process into its control group, before the process does anything else."""
        events = group.open_events()
        try:
            self._channel.send_descriptor(events)
        finally:
            os.close(events)
        pid = channel.sender(START_SECONDS)
        channel.receive(START_SECONDS)
        with contextlib.ExitStack() as stack:
            entrances = group.add(pid)
            for entrance in entrances:
                stack.callback(os.close, entrance)
            channel.send({"enter": len(entrances)}, START_SECONDS)
            for entrance in entrances:
                channel.send_descriptor(entrance)

    def stop(self) -> dict[str, Any]:
        """Kill the learner's process and all that it started. Returns why it was killed before, and what is left."""
        said = self._ask({"do": "stop"})
        self._leave_group()
        return said

    @contextlib.contextmanager
    def sealed(self, pid: int) -> Iterator[None]:
        """In this block, only this process of the submission runs, and it can leave nothing for the others.

        Afterwards `left_traces` says whether it may have left something after all. Does nothing at level "none".

        Args:
            pid: its process id, in the grader's namespace.

        Raises:
            WireError: the process could leave something.
            SandboxError: the zygote is gone.
        """
        why = str(self._ask({"do": "seal", "pid": _number_inside(pid)})["why"])
        try:
            if why:
                raise WireError(why)
            yield
        finally:
            self.left_traces = bool(self._ask({"do": "unseal"})["traces"])

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._channel.send(request, START_SECONDS)
            return self._channel.receive(START_SECONDS)
        except WireError as error:
            raise SandboxError(f"the sandbox broke: {error}") from None

    def _leave_group(self) -> None:
        if self._group:
            self._group.close()
            self._group = None

    def _kill(self) -> None:
        """Kill bubblewrap and, in its first moments, its second process, which does not end with the first one yet."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)  # it leads a group, see start_new_session
        self._process.wait()

    def close(self) -> None:
        """End the zygote and everything in it."""
        self._channel.close()
        self._kill()
        self._errors.close()
        if self._home:
            self._home.cleanup()
        self._leave_group()

    def wait(self) -> None:
        """Wait until the zygote is ready.

        Raises:
            SandboxError: it does not start.
        """
        if self._ready:
            return
        failed = ""
        try:
            answer = self._channel.receive(START_SECONDS)
            failed = str(answer.get("failed", ""))
        except WireError as error:
            failed = str(error)
        if failed:
            self._kill()
            self._errors.seek(0)
            said = [line.strip() for line in self._errors.read().splitlines() if line.strip()]
            self.close()
            raise SandboxError(_explain(said[-1] if said else failed))
        self._ready = True


def _number_inside(pid: int) -> int:
    """A submission's process id in the zygote's PID namespace; 0 if the process has ended.

    The innermost namespace is the submission's own, the next one is the zygote's. See proc_pid_status(5), NSpid.
    """
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_bytes().splitlines():
            if line.startswith(b"NSpid:"):
                return int(line.split()[-2])
    return 0


def missing() -> str:
    """What the sandbox needs and this machine lacks, and how to get it; "" if nothing."""
    if not sys.platform.startswith("linux"):
        return "the sandbox needs Linux; grade in a Linux machine, a virtual one or WSL 2"
    if shutil.which("bwrap") is None:
        return "bubblewrap is missing; on Debian or Ubuntu: apt-get install bubblewrap"
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, RuntimeError, OSError):
        return "libseccomp is missing; on Debian or Ubuntu: apt-get install libseccomp2, then `pip install pyseccomp`"
    return ""


def _explain(said: str) -> str:
    if "ermission denied" in said and ("execvp" in said or sys.prefix in said):
        return f"the sandbox's user can't read Python ({said}); make {sys.prefix} readable for others"
    if any(word in said for word in ("namespace", "unshare", "not permitted", "uid map", "uid_map", "mount", "denied")):
        return (
            f"this system does not let the grader make namespaces ({said}). On Ubuntu 23.10 and later: "
            "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`; on older Debian: `sysctl "
            "kernel.unprivileged_userns_clone=1`; in a container: see docs/grading.md"
        )
    return f"the sandbox did not start: {said}"


def _python(level: str, descriptor: int, demos: bool) -> list[str]:
    course = mounts.COURSE if level == FULL else str(_PACKAGE.parent)
    code = f"import sys; sys.path.insert(0, {course!r}); from grader.inside.zygote import main; main()"
    program = mounts.program() if level == FULL else sys.executable
    return [program, "-I", "-c", code, str(descriptor), level, str(_unused_user()), *(["demos"] if demos else [])]


def _unused_user() -> int:
    """The user id that root's zygote takes: a different one for each, so that they share no limit that is per user.

    From a range that no convention uses (systemd's "Users, Groups, UIDs and GIDs"); in a container without such ids,
    from the few that are free below 65,534.
    """
    uid = _FIRST_USER + _USERS_EACH * os.getpid() + next(_zygotes) % _USERS_EACH
    there = _has_number("/proc/self/uid_map", uid) and _has_number("/proc/self/gid_map", uid)
    return uid if there else _LAST_USER - uid % _FEW_USERS


def _has_number(file: str, number: int) -> bool:
    """Whether this user or group id exists in our user namespace."""
    ranges = [tuple(map(int, line.split())) for line in Path(file).read_text().splitlines()]
    return any(first <= number < first + count for first, _, count in ranges)


def _bubblewrap() -> list[str]:
    if problem := missing():
        raise SandboxError(problem)
    try:
        shown, hidden = mounts.mounts(), mounts.hidden()
    except OSError as error:
        raise SandboxError(f"{error.filename}: {error.strerror}") from None
    rights = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    folders = [place for place, is_folder in hidden if is_folder]
    return [
        *("bwrap", "--die-with-parent", "--new-session"),
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        # As root, the zygote changes to an unused user; other users need a user namespace for what follows.
        *(rights if os.getuid() == 0 else ["--unshare-user"]),
        *(word for name, value in mounts.variables().items() for word in ("--setenv", name, value)),
        *(word for source, place in shown for word in _put("--ro-bind", source, place)),
        *(word for target, place in mounts.links() for word in _put("--symlink", target, place)),
        *(word for place in folders for word in ("--tmpfs", place)),
        *(word for place, is_folder in hidden if not is_folder for word in ("--ro-bind", os.devnull, place)),
        # The zygote mounts its own /proc over this one, and each submission's first process one over that.
        *("--dev", "/dev", "--dir", "/dev/shm", "--dir", _HOME, "--dir", "/tmp", "--bind", "/proc", "/proc"),  # noqa: S108
        # bubblewrap's file systems belong to the user who grades, and without root the learner's process runs as that
        # user. So they are made read-only.
        *(word for place in (*folders, "/dev", "/") for word in ("--remount-ro", place)),
        "--",
    ]


def _put(what: str, source: str, place: str) -> Iterator[str]:
    """bubblewrap's options to mount or link something. Its parent folders would else be private to one user."""
    for parent in reversed(Path(place).parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(parent))
    yield from (what, source, place)
