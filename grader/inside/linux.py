"""The few Linux calls that Python 3.11 does not have, each raising OSError with the call's name."""

import contextlib
import ctypes
import mmap
import os
import signal
import struct
from collections.abc import Iterator

NEW_MOUNTS, NEW_UTS, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USER, NEW_PIDS, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
NEW_CGROUP, NEW_TIME = 0x02000000, 0x00000080
"""Kinds of namespaces, unshare(2)."""

READ_ONLY, NO_SETUID, NO_DEVICES, NO_PROGRAMS, NO_ACCESS_TIMES = 1, 2, 4, 8, 1024
"""Flags of mount(2)."""
_BIND = 4096

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _CLEAR_ALL = 38, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 40

_libc = ctypes.CDLL(None, use_errno=True)


def read(file: str) -> bytes:
    """The text of a file in /proc. Python's own files take more steps, and a fork copies each page that they touch."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        pieces = []
        while piece := os.read(descriptor, 1 << 16):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def write(file: str, text: bytes) -> None:
    """Write to a file in /proc, all at once."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text)
    finally:
        os.close(descriptor)


def unshare(kinds: int) -> None:
    """Move this process into new namespaces of these kinds."""
    _check(_libc.unshare(kinds), "unshare")


def enter_namespace(descriptor: int, kind: int) -> None:
    """Enter the namespace of an open file from /proc/PID/ns."""
    _check(_libc.setns(descriptor, kind), "setns")


def mount(kind: str, place: str, flags: int, options: str = "") -> None:
    """Mount a new file system of this kind."""
    arguments = kind.encode(), place.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()
    _check(_libc.mount(*arguments), f"mount {kind} on {place}")


def put_over(source: str, place: str) -> None:
    """Bind-mount a file or folder over another one."""
    arguments = source.encode(), place.encode(), None, ctypes.c_ulong(_BIND), None
    _check(_libc.mount(*arguments), f"mount {source} on {place}")


def set_hostname(name: str) -> None:
    """Set the host name in this UTS namespace."""
    _check(_libc.sethostname(name.encode(), len(name)), "sethostname")


def set_dumpable(yes: bool) -> None:
    """Set whether processes of the same user may read this one's memory, and whether the user owns its /proc files."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, int(yes), 0, 0, 0), "prctl dumpable")


def die_with_parent(parent: int) -> None:
    """Be killed when the thread that started this process ends; exit now if it has ended already."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0), "prctl pdeathsig")
    if os.getppid() != parent:
        os._exit(1)


def no_new_privileges() -> None:
    """From now on, set-uid bits have no effect on programs that this process starts."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl no_new_privs")


def drop_capabilities() -> None:
    """Give up every capability, now and for programs started later."""
    for number in range(_LAST_CAPABILITY + 1):
        _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)  # its error is ignored: older kernels lack the newest ones
    _check(_libc.prctl(_PR_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0), "prctl ambient")
    header = struct.pack("<Ii", _CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, bytes(24)), "capset")


def hold_filter(instructions: bytes) -> int:
    """Put a seccomp filter into memory that is read-only here and in all processes forked from here.

    Returns its address.
    """
    size = mmap.PAGESIZE * (1 + (16 + len(instructions)) // mmap.PAGESIZE)
    writable = os.memfd_create("filter")
    readable = os.open(f"/proc/self/fd/{writable}", os.O_RDONLY)  # so that mprotect can't make its mapping writable
    try:
        os.ftruncate(writable, size)
        place = _map(None, size, mmap.PROT_READ, mmap.MAP_SHARED, readable)
        os.pwrite(writable, _filter(instructions, place), 0)
    finally:
        os.close(writable)
        os.close(readable)
    return place


@contextlib.contextmanager
def filter_at(instructions: bytes) -> Iterator[int]:
    """The address of a seccomp filter, which is in memory for as long as the block runs. See `hold_filter`."""
    held = ctypes.create_string_buffer(16 + len(instructions))
    held.raw = _filter(instructions, ctypes.addressof(held))
    yield ctypes.addressof(held)


def _filter(instructions: bytes, place: int) -> bytes:
    """A `struct sock_fprog`, seccomp(2), then the instructions, of eight bytes each, to be put at this address."""
    return struct.pack("HxxxxxxQ", len(instructions) // 8, place + 16) + instructions


def put_filter_on(number: int, place: int) -> None:
    """Load the filter that `hold_filter` put at this address. number: of seccomp(2). Needs no_new_privs."""
    _check(_libc.syscall(number, 1, 0, ctypes.c_void_p(place)), "seccomp")


def have_in_common(one: int, other: int) -> bool:
    """Whether two threads of different processes share memory, a table of open files, or a current folder: kcmp(2)."""
    import pyseccomp as seccomp

    kcmp = seccomp.resolve_syscall(seccomp.Arch.NATIVE, "kcmp")
    return any(_libc.syscall(kcmp, one, other, what, 0, 0) == 0 for what in (1, 2, 3))  # KCMP_VM, _FILES, _FS


def unshare_memory(start: int, size: int) -> None:
    """Replace memory that this process shares with others by a private copy."""
    held = ctypes.string_at(start, size)
    fixed = 0x10
    read_write, private = mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    _map(start, size, read_write, private | fixed, -1)
    ctypes.memmove(start, held, size)


def _map(place: int | None, size: int, rights: int, how: int, descriptor: int) -> int:
    _libc.mmap.restype = ctypes.c_void_p
    made: int = _libc.mmap(ctypes.c_void_p(place), ctypes.c_size_t(size), rights, how, descriptor, ctypes.c_long(0))
    _check(-1 if made == ctypes.c_void_p(-1).value else 0, "mmap")
    return made


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
