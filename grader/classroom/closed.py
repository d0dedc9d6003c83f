"""The class's directory belongs to the teacher: nobody else on the machine may look into it, or put anything there.

It holds every mark, every submission and the secret that decides the inputs. On a shared server an open one lets any
student read them, and put another notebook in a classmate's place.
"""

import os
import shlex
import stat
from pathlib import Path

from ..errors import ClassError

OTHERS = stat.S_IRWXO
_INSIDE = (
    *("submitted", "downloaded", "quarantine", "autograded", "graded", "feedback", ".grader"),
    *("gradebook.db", "gradebook.db-journal", "gradebook.db-wal", ".nbgrader.log", "grades.csv", "nbgrader_config.py"),
)
"""What holds marks or submissions; it is closed, too, should somebody open the directory."""


def close_new(root: Path) -> None:
    """Close a new class's directory: to everybody, or, where a group shares it on purpose, to all who are not in it.

    A directory that was made with the setgid bit (`chmod g+s`) is shared on purpose.

    Raises:
        OSError: it can't be made, or is somebody else's.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.name == "posix":
        mode = stat.S_IMODE(root.stat().st_mode)
        root.chmod(mode & ~OTHERS if mode & stat.S_ISGID else 0o700)


def require_closed(root: Path) -> None:
    """See to it that others can't look into a class's directory.

    Raises:
        ClassError: they can. The text has the command that closes it.
    """
    if os.name != "posix":
        return
    if stat.S_IMODE(root.stat().st_mode) & OTHERS:
        raise ClassError(
            f"{root}: everybody on this machine can get into this directory, to its marks and submissions; "
            f"close it with: chmod o-rwx {shlex.quote(str(root))}"
        )
    for name in _INSIDE:
        path = root / name
        try:
            entry = path.lstat()
            if not stat.S_ISLNK(entry.st_mode) and entry.st_mode & OTHERS:
                path.chmod(stat.S_IMODE(entry.st_mode) & ~OTHERS)
        except OSError:  # not there yet, or a colleague's: the directory is closed
            continue
