"""The self-test's attacks from inside the sandbox. Each function attacks one layer and returns "" if the layer held.

`grader.engine.selftest` runs this file's text in a learner's process, as if a learner had written it.
"""

import contextlib
import ctypes
import errno
import functools
import gc
import mmap
import os
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MIB = 2**20


def namespaces(theirs: dict[str, int]) -> str:
    """Is any namespace the grader's?"""
    shared = [name for name, inode in theirs.items() if os.stat(f"/proc/self/ns/{name}").st_ino == inode]
    return f"shared with the grader: {', '.join(shared)}" if shared else ""


def user(grader_is_root: bool) -> str:
    """Are we root, here or outside, or can we become root?"""
    outside = int(Path("/proc/self/uid_map").read_text().split()[1])
    if os.getuid() == 0 or (grader_is_root and outside == 0):
        return "it runs as root"
    return _should_fail("setuid(0)", lambda: os.setuid(0))


def files(canary: str, readable: list[str]) -> str:
    """Can we read a file of the grader's, or write where other processes read?"""
    strange = sorted(set(os.listdir("/")) - set(readable))
    if strange:
        return f"visible: {', '.join(strange)}"
    shared = ("/tmp", "/dev/shm")  # noqa: S108 - its own, or so it should be
    if others := [f"{place}/{name}" for place in shared for name in os.listdir(place)]:
        return f"not its own: {', '.join(others)}"
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    own = (*shared, os.path.expanduser("~"))
    places = ["/usr", "/etc", "/opt", "/opt/course", os.path.dirname(os.__file__), *mounts]
    for place in (place for place in places if os.path.isdir(place) and place not in own):
        if said := _should_fail(f"writing in {place}", functools.partial(Path(place, "x").write_text, "x")):
            return said
    return _should_fail("reading the grader's file", lambda: Path(canary).read_text())


def environment(names: list[str]) -> str:
    """Is there any variable besides the fixed ones?"""
    strange = sorted(set(os.environ) - set(names))
    return f"variables: {', '.join(strange)}" if strange else ""


def processes(grader: int) -> str:
    """Can we see or signal a process that is not ours?"""
    seen = [name for name in os.listdir("/proc") if name.isdigit()]
    if len(seen) > 2:
        return f"{len(seen)} processes are visible"
    return _should_fail("a signal to the grader", lambda: os.kill(grader, 0))


def network(port: int) -> str:
    """Can we reach the grader's loopback or another address, and does our own loopback work?"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), 1).close()
    lines = Path("/proc/net/dev").read_text().splitlines()[2:]
    if names := [name for name in (line.partition(":")[0].strip() for line in lines) if name != "lo"]:
        return f"network interfaces: {', '.join(names)}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        if said := _should_fail("a packet to another host", lambda: datagram.sendto(b"x", ("192.0.2.1", 9))):
            return said
    return _should_fail("the grader's port", lambda: socket.create_connection(("127.0.0.1", port), 1).close())


def capabilities() -> str:
    """Have we any capability, or can a program bring one?"""
    lines = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    held = [name for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb") if int(lines[name], 16)]
    return f"not empty: {', '.join(held)}" if held else "" if lines["NoNewPrivs"] == "1" else "set-uid programs work"


def syscalls() -> str:
    """Does a refused system call work?"""
    libc = ctypes.CDLL(None, use_errno=True)
    calls: dict[str, Callable[[], Any]] = {
        "unshare(CLONE_NEWUSER)": lambda: libc.unshare(0x10000000),
        "unshare(CLONE_NEWNET)": lambda: libc.unshare(0x40000000),
        "ptrace": lambda: libc.ptrace(0, 0, 0, 0),
        "memfd_create": lambda: libc.memfd_create(b"x", 0),
        "shmget": lambda: libc.shmget(0, 4096, 0o1600),
        "mount": lambda: libc.mount(b"x", b"/tmp", b"tmpfs", 0, None),
        "personality": lambda: libc.personality(0x0040000),
        "add_key": lambda: libc.syscall(248 if os.uname().machine == "x86_64" else 217, b"user", b"x", b"y", 1, -3),
    }
    for name, call in calls.items():
        if call() != -1 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            return f"{name} answered"
    if said := _should_fail("shared memory without a file", lambda: mmap.mmap(-1, 4096)):
        return said
    for family in (socket.AF_NETLINK, socket.AF_PACKET, 40):
        if said := _should_fail(
            f"a socket of family {int(family)}", functools.partial(socket.socket, family, socket.SOCK_RAW)
        ):
            return said
    return ""


def limits(hard: dict[str, int]) -> str:
    """Can a limit be raised or exceeded?"""
    for name, value in hard.items():
        number = getattr(resource, name)
        if resource.getrlimit(number)[1] != value:
            return f"{name} is {resource.getrlimit(number)[1]}, not {value}"
        if said := _should_fail(
            f"raising {name}", functools.partial(resource.setrlimit, number, (value + 1, value + 1))
        ):
            return said
    return _should_fail("a bigger file", _write_too_much) or _processes_beyond(hard["RLIMIT_NPROC"])


def priority() -> str:
    """Can we get the processor before others?"""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, before - 1)
    if os.getpriority(os.PRIO_PROCESS, 0) != before:
        return "its priority was raised"
    for policy in (os.SCHED_FIFO, os.SCHED_RR):
        raised = functools.partial(os.sched_setscheduler, 0, policy, os.sched_param(1))
        if said := _should_fail("real-time scheduling", raised):
            return said
    return ""


def disk() -> str:
    """Can the home folder be filled beyond its size?"""
    written = 0
    with contextlib.suppress(OSError):
        for number in range(20):
            with open(f"fill-{number}", "wb") as file:
                os.posix_fallocate(file.fileno(), 0, 8 * MIB)
            written += 8
    for path in Path().glob("fill-*"):
        path.unlink()
    return f"{written} MB were there" if written > 64 else ""


def memory() -> str:
    """Can one process allocate more than its limit?"""
    try:
        bytearray(2048 * MIB)
    except MemoryError:
        return ""
    return "2 GB were there"


def balloon() -> None:
    """Fill memory in several processes that share pages, and hide them as well as possible. The zygote must kill it."""
    kept = [os.urandom(MIB) * 12]
    for _ in range(3):
        if os.fork() == 0:
            _hide()
            with contextlib.suppress(BaseException):
                kept.append(os.urandom(MIB) * 12)
                time.sleep(20)
            os._exit(0)
    time.sleep(20)


def _hide() -> None:
    """Take a process name that is not valid text, end the first thread, and go on in another."""
    libc = ctypes.CDLL(None)
    libc.prctl(15, b"\xff\xfe \n", 0, 0, 0)  # PR_SET_NAME
    ends = ctypes.c_int(60 if os.uname().machine == "x86_64" else 93)  # exit(2), of one thread
    threading.Thread(target=_grow).start()
    libc.syscall(ends, 0)


def _grow() -> None:
    kept = os.urandom(MIB) * 12
    time.sleep(20)
    del kept


def sockets() -> None:
    """Fill sockets that nobody reads, some of them open in no process. The zygote must kill it."""
    for _ in range(3):
        if os.fork() == 0:
            with contextlib.suppress(BaseException):
                _fill_sockets()
            os._exit(0)
    _fill_sockets()


def _fill_sockets() -> None:
    server = socket.socket(socket.AF_UNIX)
    server.bind("")
    server.listen(4096)
    kept: list[socket.socket] = []
    with contextlib.suppress(OSError):
        while True:  # until the queue is full
            with socket.socket(socket.AF_UNIX) as client:
                client.setblocking(False)
                client.connect(server.getsockname())
                _fill(client)
    with contextlib.suppress(OSError):
        while True:  # until the limit on open files
            kept += socket.socketpair()
            _fill(kept[-1])
            _fill(kept[-2])
    time.sleep(20)


def _fill(one: socket.socket) -> None:
    one.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            one.send(bytes(32_768))


NOTES = ("note", "/tmp/note", "/dev/shm/note")  # noqa: S108 - its own


def prepare_notes() -> None:
    """Before any question, prepare a file, shared memory and open files, in which a fork could leave something."""
    Path("shared").write_bytes(bytes(4096))
    with open("shared", "r+b") as file:
        globals()["_memory"] = mmap.mmap(file.fileno(), 4096)
    for place in NOTES:
        Path(place).write_text("")
    globals()["_pipe"] = os.pipe2(os.O_NONBLOCK)
    globals()["_seen"] = 0
    globals()["_priority"] = os.getpriority(os.PRIO_PROCESS, 0)  # not 0 if the grader itself runs under `nice`


def leave_notes(in_files: bool) -> str:
    """While answering one question: leave something for the next."""
    globals()["_seen"] = 1
    globals()["_memory"][0] = 1
    attempts: list[Callable[[], Any]] = [
        lambda: os.write(globals()["_pipe"][1], b"x"),
        lambda: os.kill(os.getppid(), 0),
        lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), os.getpriority(os.PRIO_PROCESS, 0) + 1),
        lambda: socket.socket(socket.AF_UNIX),
        lambda: Path(f"/proc/{os.getppid()}/oom_score_adj").write_text("999"),
    ]
    if in_files:
        attempts = [
            *(functools.partial(Path(place).write_text, "x") for place in NOTES),
            lambda: Path("new").mkdir(),
            lambda: os.chmod("shared", 0o640),
            lambda: os.utime("shared", (1, 1)),
            lambda: os.setxattr("shared", "user.note", b"x"),
        ]
    for attempt in attempts:
        with contextlib.suppress(OSError):
            attempt()
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
    return ""


def find_notes() -> str:
    """While answering the next question: is any of it there?"""
    found = [place for place in NOTES if Path(place).read_text()]
    about = os.stat("shared")
    found += [
        name
        for name, there in {
            "a variable": globals()["_seen"],
            "shared memory": globals()["_memory"][0] or Path("shared").read_bytes()[0],
            "a folder": Path("new").exists(),
            "a file's mode": about.st_mode & 0o777 == 0o640,
            "a file's time": about.st_mtime == 1,
            "a file's attributes": os.listxattr("shared"),
            "a priority": os.getpriority(os.PRIO_PROCESS, os.getppid()) != globals()["_priority"],
            "what the kernel is told": Path(f"/proc/{os.getppid()}/oom_score_adj").read_text().strip() != "1000",
            "a process": len([name for name in os.listdir("/proc") if name.isdigit()]) > 3,
        }.items()
        if there
    ]
    with contextlib.suppress(OSError):
        if os.read(globals()["_pipe"][0], 1):
            found.append("a pipe")
    return f"kept from one question to the next: {', '.join(found)}" if found else ""


def take_over() -> None:
    """Have the learner's process itself answer in place of a fork, as code could that knows ours."""
    answering = next(type(one) for one in gc.get_objects() if type(one).__name__ == "Answering")
    ours = answering.answer.__globals__

    def answer(self: Any, checker: Any) -> None:
        channel = ours["Channel"](socket.socket(fileno=checker.receive_descriptor()))
        channel.send({"ready": True})
        ours["_answer_all"](channel, channel.receive(), self._namespace)

    answering.answer = answer


def stubborn() -> None:
    """Ignore every signal and loop for ever."""
    import signal

    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
    time.sleep(60)


def detach() -> bool:
    """Leave a daemon behind: a process whose parent has ended."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    os.wait()
    return True


def answers(hidden: list[str], course_files: list[str]) -> str:
    """Can we find the checks, the masters or a package that solves an exercise?"""
    import importlib

    for name in (*hidden, "grader.checks", "grader.course.masters"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
            return f"{name} can be imported"
    there = [entry.path for entry in _everything("/") if _is_an_answer(entry, hidden, course_files)]
    return f"there: {', '.join(there[:10])}" if there else ""


def _everything(place: str) -> Iterator[os.DirEntry[str]]:
    waiting = [place]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False) and entry.path not in ("/proc", "/dev", "/sys"):
                    waiting.append(entry.path)


def _is_an_answer(entry: os.DirEntry[str], hidden: list[str], course_files: list[str]) -> bool:
    """Whether this is such a file or package, and not the empty folder that hides it."""
    if entry.name.partition(".")[0] not in hidden and entry.name not in course_files:
        return False
    in_packages = os.path.basename(os.path.dirname(entry.path)) in ("site-packages", "dist-packages")
    if entry.is_dir():
        is_package = in_packages or os.path.isfile(os.path.join(entry.path, "__init__.py"))
        return entry.name in hidden and is_package and bool(os.listdir(entry.path))
    return entry.is_file() and (in_packages or entry.name in course_files)


def _should_fail(what: str, attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except (OSError, ValueError):
        return ""
    return f"{what} worked"


def _write_too_much() -> None:
    try:
        with open("big", "wb") as file:
            file.truncate(resource.getrlimit(resource.RLIMIT_FSIZE)[0] + 1)
    finally:
        Path("big").unlink(missing_ok=True)


def _processes_beyond(count: int) -> str:
    stop = threading.Event()
    started = []
    try:
        for _ in range(count + 1):
            thread = threading.Thread(target=stop.wait)
            thread.start()
            started.append(thread)
    except RuntimeError:
        return ""
    finally:
        stop.set()
        for thread in started:
            thread.join()
    return f"more than {count} processes and threads at a time"
