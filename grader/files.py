"""Files that are either whole or not there."""

import errno
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import AtWork

DEEPEST = 20
"""Folders inside each other that are looked into."""
MAX_NOTEBOOK = 10_000_000
"""The largest notebook that the grader reads, in bytes."""
MAX_FILE = 10_000_000
"""The largest of the other files that somebody else may have written, such as a Report or a receipt, in bytes."""


_HAS_LOCKS = os.name == "posix" and sys.platform != "emscripten"  # which has `fcntl`, without what locks
_TURN, _TURNS = 0.01, 500
"""Seconds between two attempts to get a turn (see `in_turn`), and how many are made."""


class TooLarge(OSError):
    """A file that is larger than any of its kind. It has no errno: the system's EFBIG is about room on the disk."""


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a text (as UTF-8) or bytes to a temporary file beside path and rename it: readers never see half of it.

    Raises:
        OSError: the folder can't be written to.
    """
    with new_beside(path) as temporary, _named(path):
        temporary.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def new_beside(path: Path) -> Iterator[Path]:
    """A new file beside path, under a name that nobody can have taken before. At the end it takes the place of path.

    Raises:
        OSError: the folder can't be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _named(path):
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")  # of 4 bytes a character
    os.close(handle)
    try:
        yield Path(temporary)
        with _named(path):  # there may be a folder of that name
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)  # after Ctrl-C it may have taken its place already
        raise


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Have an OSError in the block (a full disk) name this file, not the temporary one."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def write_new_secret(path: Path, text: str) -> None:
    """Write a secret to a file that only its owner can read. It is written whole or not at all, and replaces no file.

    Raises:
        FileExistsError: there is something at path.
        OSError: the folder can't be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _named(path):
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # only its owner can read it
    try:
        with _named(path), os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    finally:
        os.unlink(temporary)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Be the only process that works in a folder, until the end of this one at the latest.

    Where there are no such locks (Windows, a browser, some file systems of a network) nobody is kept out.

    Raises:
        AtWork: another one is at work in it.
        OSError: there is no such folder.
    """
    if not _HAS_LOCKS:
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not _locked(handle) or not os.path.samestat(os.fstat(handle), os.stat(folder)):
            raise AtWork(f"{folder}: another command is at work in it; wait for its end, then give this one again")
        yield
    finally:
        os.close(handle)


@contextmanager
def in_turn(folder: Path) -> Iterator[None]:
    """Wait until no other process and no other thread is in such a block for this folder, but not for ever.

    So what is read, changed and written in the block is not changed by others meanwhile. Where there are no such locks
    (see `alone_in`), or somebody keeps one for long, nobody is kept out.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY) if _HAS_LOCKS else -1
    except OSError:  # no such folder, or too many open files: writing will tell
        handle = -1
    try:
        for _ in range(_TURNS):
            if handle < 0 or _locked(handle):
                break
            time.sleep(_TURN)
        yield
    finally:
        if handle >= 0:
            os.close(handle)


def _locked(handle: int) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return not isinstance(error, BlockingIOError)
    return True


def tree(folder: Path, deepest: int = DEEPEST) -> Iterator["os.DirEntry[str]"]:
    """All that is in a folder and in those within, each folder before what is in it. No link is followed.

    A folder deeper than `deepest` is there, but nothing of what it holds: its author decides how deep it goes.

    Raises:
        OSError: a folder can't be read.
    """
    waiting = [(str(folder), 0)]
    while waiting:
        place, depth = waiting.pop()
        with os.scandir(place) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        yield from entries
        if depth < deepest:
            inner = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
            waiting += [(path, depth + 1) for path in reversed(inner)]


def open_to_read(path: str | Path, *, follow: bool = False, folder: int | None = None) -> int:
    """A descriptor of a file that somebody else may have put there: opening it waits for no pipe.

    Args:
        path: the file; what it is, a folder or a device perhaps, is still to be asked.
        follow: whether a link at the end of the path is followed, where the system can tell.
        folder: the descriptor of the folder in which a relative path begins.

    Raises:
        OSError: it can't be opened.
    """
    flags = ["O_NONBLOCK", "O_BINARY"] if follow else ["O_NONBLOCK", "O_BINARY", "O_NOFOLLOW"]
    return os.open(path, sum(getattr(os, one, 0) for one in flags), dir_fd=folder)  # and O_RDONLY, which is 0


def read_file(path: Path, most: int = MAX_FILE) -> bytes:
    """The bytes of a regular file of limited size. Waits for no pipe.

    Raises:
        TooLarge: it is larger.
        OSError: it can't be read, or is not a regular file.
    """
    with open(open_to_read(path, follow=True), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        data = file.read(most + 1)
    if len(data) > most:
        raise TooLarge(0, "too large", str(path))
    return data


def read_small(path: Path, most: int) -> str:
    """The text of a small regular file, at most `most` characters of it. Follows no link, waits for no pipe.

    Raises:
        OSError: it is not a regular file, or can't be read.
    """
    handle = open_to_read(path)
    with os.fdopen(handle, encoding="utf-8", errors="replace") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return file.read(most)


def write_to(target: str, text: str) -> None:
    """Write a text to the target of a command's option: a file, a pipe or a device, or stdout for "-".

    Raises:
        OSError: it can't be written; its filename is the target.
    """
    path = Path(target)
    if target == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        if path.exists() and not path.is_file():  # a pipe or a device, such as /dev/stdout: not to be replaced
            path.write_text(text, "utf-8")
        else:
            write_whole(path, text)
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from None
