"""The sandbox's inner layers, one function each: what the processes inside give up.

bubblewrap makes the outer layers (an allowlisted read-only file system, a fixed environment); see `engine/sandbox.py`.
"""

import contextlib
import errno
import fcntl
import functools
import mmap
import os
import resource
import socket
import stat
import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import linux

UID = 1000
"""The learner's user id, as seen inside the user namespace."""

MIB = 2**20
HOME = "/home/learner"
PLACES_MIB = {HOME: 64, "/tmp": 32, "/dev/shm": 16}  # noqa: S108 - private to each submission
_FILES_PER_TMPFS = 4_000

LIMITS = {
    "RLIMIT_CPU": 120,  # seconds of one process
    "RLIMIT_NPROC": 64,  # processes and threads of one submission
    "RLIMIT_NOFILE": 256,
    "RLIMIT_FSIZE": 32 * MIB,
    "RLIMIT_CORE": 0,
    "RLIMIT_MEMLOCK": 0,
    "RLIMIT_MSGQUEUE": 0,
    "RLIMIT_RTPRIO": 0,
    "RLIMIT_NICE": 0,  # else who grades with a raised limit lets a submission go before everybody
    "RLIMIT_SIGPENDING": 256,
}
"""Hard limits of each process; `limit_resources` adds the one for memory."""
OPEN_FILES = 1024
"""Open files of all processes of a submission together: each may be a pipe, which takes 64 kB of kernel memory."""

SOCKET_BYTES = 416 * 1024
"""The kernel's buffers for one socket, in both directions (208 kB each by default). Where there is no control group,
each open socket is counted as that much memory; `own_world` keeps TCP from taking more."""

_NETWORK = {
    "core/somaxconn": "64",  # connections that a server has not accepted yet: each is a socket
    "ipv4/tcp_rmem": "4096 65536 131072",
    "ipv4/tcp_wmem": "4096 65536 131072",
}
"""sysctl settings of a submission's network namespace, which bound a socket's buffers. TCP's default is 10 MB."""
_USERS = {"max_inotify_instances": "16"}
"""sysctl settings of the sandbox's user namespace: several submissions may run as the same user outside."""

_SYSCALLS_CLOSED = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "process_madvise"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "mount_setattr", "move_mount", "open_tree"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "name_to_handle_at", "open_by_handle_at", "fanotify_init"),
    *("memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "semget", "semop"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open", "userfaultfd"),
    *("keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module", "kexec_load"),
    *("kexec_file_load", "reboot", "swapon", "swapoff", "acct", "quotactl", "syslog", "settimeofday", "clock_settime"),
    *("clock_adjtime", "adjtimex", "sethostname", "setdomainname", "iopl", "ioperm", "personality", "vhangup"),
    *("lookup_dcookie", "nfsservctl", "modify_ldt", "set_mempolicy", "mbind", "move_pages", "migrate_pages"),
    *("mremap", "inotify_add_watch"),  # without mremap libc copies; inotify would tell one process what another reads
)
_NOTES = (
    *("socket", "mq_open", "setpriority", "ioprio_set"),
    *("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"),
)
"""System calls by which an answering process could leave a message for a later one, other than in a file."""
_NOTES_ON_OTHERS = (
    *("prlimit64", "setpgid"),
    *("sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"),
)
"""The same, if they are applied to another process than the caller."""
_NOTIFY, _SET_LEASE = 1026, 1024
"""F_NOTIFY and F_SETLEASE, fcntl(2): they tell a process when another one opens or reads a file."""
_LIFETIMES = (1036, 1038)
"""F_SET_RW_HINT and F_SET_FILE_RW_HINT, fcntl(2): they store a few bits with a file."""
_SET_SECCOMP, _PUT_FILTER_ON = 22, 1
_NAMESPACES = (
    *(linux.NEW_USER, linux.NEW_MOUNTS, linux.NEW_PIDS, linux.NEW_NETWORK),
    *(linux.NEW_IPC, linux.NEW_UTS, linux.NEW_CGROUP, linux.NEW_TIME),
)
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)


def become(uid: int) -> None:
    """If we are root, become this user for good."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        linux.set_dumpable(True)  # otherwise root would still own the files in /proc/self


def own_user_namespace() -> None:
    """Enter new user, mount and PID namespaces. The next child is the first process of the new PID namespace."""
    uid, gid = os.getuid(), os.getgid()
    linux.unshare(linux.NEW_USER | linux.NEW_MOUNTS | linux.NEW_PIDS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{UID} {uid} 1"), ("gid_map", f"{UID} {gid} 1")):
        Path("/proc/self", name).write_text(text)


def own_world(hidden: Iterable[str]) -> None:
    """Give one submission its own network, IPC, host name and mounts, and hide these folders and files."""
    linux.unshare(linux.NEW_MOUNTS | linux.NEW_NETWORK | linux.NEW_IPC | linux.NEW_UTS)
    linux.set_hostname("sandbox")
    _loopback_up()
    mount_proc()
    _set("net", _NETWORK)
    for place, mib in PLACES_MIB.items():
        mount_tmpfs(place, mib * MIB)
    linux.put_over("/dev/null", "/dev/zero")  # a shared mapping of /dev/zero is memory that no count of ours sees
    for place in hidden:
        if not os.path.isdir(place):
            linux.put_over("/dev/null", place)
            continue
        linux.mount("tmpfs", place, linux.READ_ONLY | linux.NO_SETUID | linux.NO_DEVICES, "size=0,nr_inodes=1")


def limit_users() -> None:
    """Limit what the kernel counts per user, so that no submission uses up another's share."""
    _set("user", _USERS)


def _set(kind: str, values: dict[str, str]) -> None:
    for name, value in values.items():
        with contextlib.suppress(FileNotFoundError):  # some kernels lack some of them
            linux.write(f"/proc/sys/{kind}/{name}", value.encode("ascii"))


def mount_proc(rights: int = 0) -> None:
    """Mount a /proc of this PID namespace; with READ_ONLY no process can change another through it."""
    linux.mount("proc", "/proc", linux.NO_SETUID | linux.NO_DEVICES | linux.NO_PROGRAMS | rights)


def mount_tmpfs(place: str, size: int) -> None:
    """Mount a file system in memory, of at most `size` bytes and `_FILES_PER_TMPFS` files."""
    options = f"size={size},nr_inodes={_FILES_PER_TMPFS},mode=700"
    # Without access times: by reading a file, an answering process could leave a message for a later one.
    linux.mount("tmpfs", place, linux.NO_SETUID | linux.NO_DEVICES | linux.NO_ACCESS_TIMES, options)


def _loopback_up() -> None:
    get, change, up = 0x8913, 0x8914, 1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP: netdevice(7)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack("16xh14x", fcntl.ioctl(any_socket, get, request))
        fcntl.ioctl(any_socket, change, struct.pack("16sh14x", b"lo", flags | up))


def limit_resources(memory: int) -> None:
    """Set the limits of this process and its children. memory: bytes that one process may allocate from now on."""
    have = int(linux.read("/proc/self/statm").split()[0]) * resource.getpagesize()
    for name, value in {**LIMITS, "RLIMIT_AS": have + memory}.items():
        resource.setrlimit(getattr(resource, name), (value, value))
    linux.write("/proc/self/oom_score_adj", b"1000")  # if the machine runs short, this goes first


def close_descriptors(keep: int) -> None:
    """Close every descriptor but this one, and let 0, 1 and 2 be /dev/null."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.closerange(3, keep)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))


def answering_filter() -> bytes:
    """The instructions of a second seccomp filter, for a process that answers and must leave no note for a later one.

    With it, the process can send no signal, open no socket and change no other process's priority or limits. It may
    write files, but only in ways that change their times, which `sealing` compares.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refused = seccomp.ERRNO(errno.EPERM)
    for name in _known(_NOTES):
        rules.add_rule(refused, name)
    for name in _known(_NOTES_ON_OTHERS):
        rules.add_rule(refused, name, seccomp.Arg(0, seccomp.NE, 0))
    # Writing to a file through a shared mapping need not change its times.
    rules.add_rule(refused, "mmap", seccomp.Arg(3, seccomp.MASKED_EQ, mmap.MAP_SHARED, mmap.MAP_SHARED))
    for number in _LIFETIMES:
        rules.add_rule(refused, "fcntl", seccomp.Arg(1, seccomp.EQ, number))
    return _compiled(rules)


def _compiled(rules: Any) -> bytes:
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _known(names: Iterable[str]) -> list[str]:
    """Those system calls of the list that this architecture has."""
    import pyseccomp as seccomp

    return [name for name in names if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) != -1]


def put_answering_filter_on(place: int) -> None:
    """Load the seccomp filter at this address (`Seal.filter`)."""
    linux.put_filter_on(_seccomp(), place)


def put_filter_on(instructions: bytes) -> None:
    """Load the seccomp filter with these instructions."""
    with linux.filter_at(instructions) as place:
        linux.put_filter_on(_seccomp(), place)


@functools.cache  # asked first by the zygote, and so known in its forks
def _seccomp() -> int:
    """The number of seccomp(2)."""
    import pyseccomp as seccomp

    return int(seccomp.resolve_syscall(seccomp.Arch.NATIVE, "seccomp"))


def syscall_filter(only: int) -> bytes:
    """The seccomp filter's instructions. They are made once, before forking; a child only loads them.

    It refuses new namespaces, other processes' memory, memory that no limit counts, and sockets other than UNIX and
    IP. clone3 fails with ENOSYS, because a filter can't read its flags; libc then uses clone.

    Args:
        only: the address of the one further filter that may be loaded (see `sealing`).
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refused = seccomp.ERRNO(errno.EPERM)
    for name in _known(_SYSCALLS_CLOSED):
        rules.add_rule(refused, name)
    for place, value in enumerate((_PUT_FILTER_ON, 0, only)):
        rules.add_rule(refused, "seccomp", seccomp.Arg(place, seccomp.NE, value))
    rules.add_rule(refused, "prctl", seccomp.Arg(0, seccomp.EQ, _SET_SECCOMP))
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in _NAMESPACES:
        rules.add_rule(refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    for name in ("socket", "socketpair"):
        for family in range(max(_FAMILIES)):
            if family not in _FAMILIES:
                rules.add_rule(refused, name, seccomp.Arg(0, seccomp.EQ, family))
        rules.add_rule(refused, name, seccomp.Arg(0, seccomp.GT, max(_FAMILIES)))
    # Shared memory without a file can be dropped from the page tables and still exist, where no count of ours sees it.
    shared_anonymous = 0x01 | 0x20
    rules.add_rule(refused, "mmap", seccomp.Arg(3, seccomp.MASKED_EQ, shared_anonymous, shared_anonymous))
    # Threads that share memory but have files of their own: the zygote could not count those files.
    threads, files = 0x10000, 0x400
    rules.add_rule(refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, threads | files, threads))
    # F_SETPIPE_SZ would make a pipe larger than OPEN_FILES assumes.
    for number in (fcntl.F_SETPIPE_SZ, _NOTIFY, _SET_LEASE):
        rules.add_rule(refused, "fcntl", seccomp.Arg(1, seccomp.EQ, number))
    # A named pipe: reading from it leaves a trace that its times do not show.
    for place, name in enumerate(("mknod", "mknodat")):
        if name in _known((name,)):
            kind = seccomp.Arg(1 + place, seccomp.MASKED_EQ, stat.S_IFMT(0xFFFF), stat.S_IFIFO)
            rules.add_rule(refused, name, kind)
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        level = seccomp.Arg(1, seccomp.EQ, socket.SOL_SOCKET)
        rules.add_rule(refused, "setsockopt", level, seccomp.Arg(2, seccomp.EQ, option))
    rules.add_rule(refused, "ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFFFFFF, 0x5412))  # TIOCSTI
    _seccomp()
    return _compiled(rules)
