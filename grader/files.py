"""Files that are either whole or not there."""

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAX_NOTEBOOK = 10_000_000
"""The largest notebook that the grader reads, in bytes."""


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a text (as UTF-8) or bytes to a temporary file beside path and rename it: readers never see half of it.

    Raises:
        OSError: the folder can't be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _named(path):
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with _named(path), os.fdopen(handle, "wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
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


def read_small(path: Path, most: int) -> str:
    """The text of a small regular file, at most `most` characters of it. Follows no link, waits for no pipe.

    Raises:
        OSError: it is not a regular file, or can't be read.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
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
