"""This machine's own key: for the MACs of kept Reports, which nobody else can forge, and for seeds nobody can guess.

It is made at first use, in the user's state directory, readable by its owner alone. If it is lost, no work is lost:
submissions are graded again. It signs nothing for other machines; the course key does that (see `receipts`).
"""

import functools
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..files import open_to_read, write_new_secret

_BYTES = 32
_NAME = Path("jwt-from-scratch", "local-key")


@dataclass(frozen=True, repr=False, eq=False)
class LocalKey:
    """The key, and why it could not be kept in a file, if so.

    Attributes:
        problem: "" for a key that is kept, else the reason, for people.
    """

    _key: bytes
    problem: str = ""

    def mac(self, purpose: str, message: bytes = b"") -> str:
        """HMAC-SHA-256 (RFC 2104) in hex. Each purpose has its own key, derived from this one."""
        own = hmac.digest(self._key, purpose.encode(), hashlib.sha256)
        return hmac.new(own, message, hashlib.sha256).hexdigest()


def local_key(apart_from: Iterable[Path] = ()) -> LocalKey:
    """This machine's key; if none can be kept, a new one for this process alone.

    Args:
        apart_from: folders in which others may write, such as submissions' folders. A key in one of them is not used.
    """
    place = default_place()
    if place is None:
        return _throwaway("there is no home for it; set HOME or XDG_STATE_HOME")
    real = Path(os.path.realpath(place))
    for folder in apart_from:
        if real.is_relative_to(os.path.realpath(folder)):
            return _throwaway(f"{place} lies in {folder}, where submissions are")
    return _kept(place)


def default_place() -> Path | None:
    """A file in the user's state directory (XDG Base Directory Specification); None if the user has none."""
    state = os.environ.get("XDG_STATE_HOME", "")
    if os.path.isabs(state):
        return Path(state) / _NAME
    home = os.path.expanduser("~")
    return Path(home, ".local", "state") / _NAME if os.path.isabs(home) and home != os.sep else None


@functools.cache
def _kept(place: Path) -> LocalKey:
    try:
        if not os.path.lexists(place):
            _make(place)
        return LocalKey(_read(place))
    except OSError as error:
        return _throwaway(f"{place}: {error.strerror}")
    except ValueError as error:
        return _throwaway(f"{place}: {error}; remove it, and another one is made")


@functools.cache
def _throwaway(problem: str) -> LocalKey:
    return LocalKey(secrets.token_bytes(_BYTES), problem)


def _make(place: Path) -> None:
    try:
        write_new_secret(place, secrets.token_hex(_BYTES) + "\n")
    except FileExistsError:  # another process was quicker
        if not place.is_file():
            raise


def _read(place: Path) -> bytes:
    """The key in the file.

    Raises:
        OSError: it can't be opened, or is a link.
        ValueError: others can read it, or it is not a key.
    """
    handle = open_to_read(place)
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise ValueError("it is not a file of its own")
        if os.name == "posix" and (status.st_uid != os.geteuid() or status.st_mode & 0o077):
            raise ValueError("others can read it, or it belongs to another user")
        if os.name == "posix" and place.parent.stat().st_mode & 0o022:
            raise ValueError("others can write in its folder")
        text = file.read(200)
    key = bytes.fromhex(text.decode("ascii"))  # both raise ValueErrors
    if len(key) != _BYTES:
        raise ValueError("it is no key")
    return key
