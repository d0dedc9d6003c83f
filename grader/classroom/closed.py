"""The class's directory is closed: other users of the machine can neither read it nor write to it.

It holds every mark, every submission and the secret that decides the checks' inputs. On a shared server, any student
could read an open directory, and replace a classmate's notebook.
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
"""Files and folders with marks or submissions. They are closed, too, in case somebody opens the directory later."""


def close_new(root: Path) -> None:
    """Close a new class's directory to all other users; if it has the setgid bit, only to users outside its group.

    A directory with the setgid bit (`chmod g+s`) is shared by a group on purpose.

    Raises:
        OSError: it can't be made, or belongs to another user.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.name == "posix":
        mode = stat.S_IMODE(root.stat().st_mode)
        root.chmod(mode & ~OTHERS if mode & stat.S_ISGID else 0o700)


def require_closed(root: Path) -> None:
    """Check that others can't look into a class's directory, and close the files in it.

    Raises:
        ClassError: the directory is open. The text has the command that closes it.
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
        except OSError:  # missing, or a colleague's; the directory itself is closed
            continue
