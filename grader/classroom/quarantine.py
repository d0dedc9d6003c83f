"""Files beside a submitted notebook that must not be copied: links, pipes, devices, too much data.

nbgrader copies every file of a submission before any of our code sees the notebook; it follows links and waits for
pipes. If a hook fails, it goes on regardless. So this hook does not fail: a folder that can't be examined is moved away
as a whole.
"""

import functools
import logging
import os
import stat
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path

from ..files import DEEPEST, tree
from ..student import readable
from .times import TIMESTAMP, UnclearTime, class_zone, read_timestamp

FOLDER = "quarantine"
MAX_BYTES = 10_000_000
"""Bytes of one submission's files other than notebooks, together."""
MAX_FILES = 200

_log = logging.getLogger(__name__)


def before_autograde(assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's hook: it is called in the course directory, once for each submission."""
    for folder in {Path(notebook).parent for notebook in notebooks}:
        quarantine(folder, Path(FOLDER) / folder.parent.name / folder.name, zone_at(Path.cwd()))


@functools.cache
def zone_at(root: Path) -> tzinfo:
    """The class's time zone, from the configuration file in this course directory."""
    from .classdir import ClassDir

    return class_zone(ClassDir.at(root).app.config)


def quarantine(folder: Path, target: Path, zone: tzinfo = UTC) -> list[str]:
    """Move files that must not be copied out of a submission's folder. Returns their names.

    Args:
        folder: the submission's folder.
        target: the folder to which they are moved.
        zone: the class's time zone, for the time of handing in.
    """
    try:
        if folder.is_symlink() or folder.parent.is_symlink():
            raise OSError("a link in place of a folder")
        moved = [_move(path, folder, target) for path in _harmful(folder, zone)]
    except OSError:
        _move(folder, folder.parent, target.parent)
        folder.mkdir(parents=True, exist_ok=True)
        moved = [folder.name]
    return moved


def _harmful(folder: Path, zone: tzinfo) -> list[Path]:
    found, size, count = [], 0, 0
    for path, entry in list(_walk(folder)):
        if path.suffix == ".ipynb" and path.parent == folder:  # our exporter reads notebooks; they are not copied
            continue
        if stat.S_ISREG(entry.st_mode) and entry.st_nlink == 1 and not _bad_timestamp(path, folder, zone):
            size += entry.st_size
            count += 1
            if size <= MAX_BYTES and count <= MAX_FILES:
                continue
        found.append(path)
    return found


def _bad_timestamp(path: Path, folder: Path, zone: tzinfo) -> bool:
    """Whether this is a `timestamp.txt` that is ambiguous (then the submission is not late), or that was written by
    somebody else than us, the owner of `submitted/` or root."""
    if path != folder / TIMESTAMP:
        return False
    if path.lstat().st_uid not in (0, os.geteuid(), folder.parent.parent.stat().st_uid):
        return True
    try:
        read_timestamp(path, zone)
    except UnclearTime as error:
        where = readable(str(path), 200)
        _log.warning("%s goes into %s/, so this submission is not late: %s", where, FOLDER, error)
        return True
    return False


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything in the folder but folders, without following a link; of those only what lies too deep to be walked."""
    for found in tree(folder):
        path, entry = Path(found.path), found.stat(follow_symlinks=False)
        if not stat.S_ISDIR(entry.st_mode) or len(path.relative_to(folder).parts) > DEEPEST:
            yield path, entry


def _move(path: Path, folder: Path, target: Path) -> str:
    name = path.relative_to(folder)
    place = target / name
    number = 0
    while os.path.lexists(place):
        number += 1
        place = target / f"{name}.{number}"
    place.parent.mkdir(parents=True, exist_ok=True)
    path.rename(place)
    return str(name)
