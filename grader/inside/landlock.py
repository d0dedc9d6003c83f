"""Landlock (landlock(7)): a process gives up, for good, writing anywhere but where it says."""

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_PATH_BENEATH, _VERSION = 1, 1

_WRITE_FILE = 1 << 1
_CHANGE_FOLDERS = sum(1 << bit for bit in range(4, 13))  # REMOVE_DIR to MAKE_SYM
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_TCP = 0b11  # binding and connecting
_SCOPES = 0b11  # abstract UNIX sockets and signals

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """What this kernel knows of Landlock: 0 for nothing; 1 files, 2 moves, 3 truncation, 4 TCP, 6 signals."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, 0, _VERSION)))


def write_only_in(folders: Iterable[str], files_in: Iterable[str]) -> None:
    """From now on write only below these folders, and only to files that are there below files_in.

    TCP and signals to processes outside go with it, as far as the kernel knows how. Needs no_new_privs.

    Raises:
        OSError: the kernel has no Landlock, or a folder is missing.
    """
    known = version()
    rights = _WRITE_FILE | _CHANGE_FOLDERS | (_REFER if known >= 2 else 0) | (_TRUNCATE if known >= 3 else 0)
    words = [rights, *([_TCP] if known >= 4 else []), *([_SCOPES] if known >= 6 else [])]
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, struct.pack(f"{len(words)}Q", *words), 8 * len(words), 0))
    try:
        for folder in folders:
            _allow(ruleset, folder, rights)
        for folder in files_in:
            _allow(ruleset, folder, _WRITE_FILE)
        _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, folder: str, rights: int) -> None:
    with contextlib.closing(_Opened(folder)) as opened:
        _checked(_libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, opened.number), 0))


class _Opened:
    def __init__(self, folder: str) -> None:
        self.number = os.open(folder, os.O_PATH | os.O_CLOEXEC)

    def close(self) -> None:
        os.close(self.number)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return result
