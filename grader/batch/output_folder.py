"""An output folder holds what the grader wrote and nothing else: a link in it would lead somewhere else."""

import os
import re
import stat
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ..errors import ForeignFile
from ..files import DEEPEST, tree

UNPACKED = ".unpacked"
_RESULTS = ("reports", "cells")
_FOLDERS = (*_RESULTS, "receipts", "certificates")
_UNFINISHED = re.compile(r"\..{1,40}\.[a-z0-9_]{8}", re.DOTALL)
"""What `files.new_beside` calls a file that is not yet finished."""
_WRITTEN = (".json", ".csv", ".html", ".xml", ".jwt")
"""The endings of what the grader's commands write on request, wherever a person wants it."""


def refuse_foreign(out: Path, targets: Sequence[Path] = (), assignments: Collection[str] = ()) -> None:
    """Look at an output folder before anything is graded.

    Args:
        out: the folder; it need not be there.
        targets: where the submissions are, whose authors may have put a link in the way to `out`.
        assignments: folders of a class's assignments that may be in it.

    Raises:
        ForeignFile: it is, or holds, a link or something else that was not written there by the grader.
        OSError: it can't be looked at.
    """
    for place in _way(out, targets):
        if os.path.islink(place):
            raise ForeignFile(f"{place}: a link; name the folder itself with --out, or remove the link")
    if os.path.lexists(out) and not out.is_dir():
        raise ForeignFile(f"{out}: not a folder; name another one with --out")
    for entry in _entries(out):
        place = out / entry.name
        unpacked = entry.name == UNPACKED or entry.name.startswith(f"{UNPACKED}-")
        if entry.is_dir(follow_symlinks=False) and (unpacked or entry.name in _FOLDERS or entry.name in assignments):
            if not unpacked:  # which is emptied, without following a link
                refuse_foreign_in(place)
        elif unpacked or entry.name in _FOLDERS or not _is_plain(entry):
            raise foreign(place)


def refuse_foreign_in(folder: Path) -> None:
    """Look at one of an output folder's own folders, such as `reports`, and all that is in it.

    Raises:
        ForeignFile: as above.
        OSError: it can't be looked at.
    """
    if folder.is_symlink():
        raise foreign(folder)
    for entry in tree(folder) if folder.is_dir() else ():
        is_folder = entry.is_dir(follow_symlinks=False) and not entry.name.endswith(".json")  # as a Report's file
        depth = len(Path(entry.path).relative_to(folder).parts)
        if depth > DEEPEST or not (is_folder or _is_plain(entry)):
            raise foreign(Path(entry.path))


def _way(out: Path, targets: Sequence[Path]) -> Iterator[Path]:
    """The folder, and those that lead to it from a folder of submissions."""
    absolute = Path(os.path.abspath(out))
    yield out
    for target in targets:
        root = Path(os.path.abspath(target))
        yield from (place for place in absolute.parents if place != root and place.is_relative_to(root))


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []


def _is_plain(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a regular file with one name, such as the grader writes."""
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # it has been finished by now: another shard writes into this folder, too
        return True
    is_hidden, name = entry.name.startswith("."), entry.name
    known = _UNFINISHED.fullmatch(name) if is_hidden else name.endswith(_WRITTEN)
    return bool(known) and stat.S_ISREG(status.st_mode) and status.st_nlink == 1


def foreign(place: Path) -> ForeignFile:
    """The error about something in an output folder that is none of ours."""
    what = "a link" if place.is_symlink() else "a folder" if place.is_dir() else "a file"
    return ForeignFile(
        f"{place}: {what} that no grader made there. Nothing was done; remove it, or name another folder with --out"
    )
