"""Errors of the machine (a full disk, a read-only folder, a locked gradebook) as one sentence for people.

Every command of `grader`, and each of nbgrader's in a class, takes its sentences from here.
"""

import errno
import os
import re
import sqlite3
import sys

_AGAIN = "then give the command again"
_NO_ROOM = f"there is no room left on the disk; make some, {_AGAIN}"
_PUT_BACK = (
    "`grader class init .` puts lessons into it, `grader class roster` students and `grader autograde` submissions; "
    "whom you took out of it, take out of autograded/, too"
)
_ERRNO = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: f"there is no room for a file of this size; make some, {_AGAIN}",
    errno.EROFS: "it can't be written to, for it is read-only; make it writable, or name another place",
    errno.EACCES: "permission denied; see whose it is and what its permissions are, or name another place",
    errno.EPERM: "permission denied; see whose it is and what its permissions are, or name another place",
}
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""What everything fails of, and not just this one file."""
_DATABASE = {
    "locked|busy": f"another program is writing into it; wait until that is done, or end it, {_AGAIN}",
    "readonly|read-only": "it can't be written to; see whose it and its folder are and what their permissions are",
    "unable to open": "it can't be opened; see that its folder is there, and that you may write to both",
    "malformed|not a database": f"it is damaged; keep the file, put your last copy in its place, {_AGAIN}",
    "full": _NO_ROOM,
    "i/o error": f"the disk fails, or there is no room left on it; see to that, {_AGAIN}",
    "no such (table|column)": "it is empty or of another version; copy it, then try `nbgrader db upgrade`",
}
"""SQLite's messages, as patterns, and what to tell the user."""


def sentence(error: BaseException) -> str:
    """What went wrong on the machine, and what to do now; "" for an error of any other kind.

    Args:
        error: an OSError, or an error of the gradebook: SQLite's, or SQLAlchemy's for any database.
    """
    if isinstance(error, OSError):
        return _of_system(error)
    if type(error).__module__ == "nbgrader.api" and error.__context__:  # it wraps a database's errors
        if type(error).__name__ == "MissingEntry":
            return f"not in the gradebook: {str(error).strip()[:200]}; {_PUT_BACK}"
        error = error.__context__
    database = sys.modules.get("sqlalchemy.exc")  # not imported here: unless it is loaded, the error is not its own
    if isinstance(error, sqlite3.Error) or (database and isinstance(error, database.SQLAlchemyError)):
        return of_database(str(getattr(error, "orig", None) or error), "the gradebook")
    return ""


def _of_system(error: OSError) -> str:
    if "No usable temporary directory" in str(error):  # Python's own words
        return f"there is no folder for temporary files that can be written to; make room in /tmp, {_AGAIN}"
    why = _ERRNO.get(error.errno or 0) or error.strerror or str(error) or type(error).__name__
    where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    return f"{where}: {why}" if where else why


def of_database(text: str, what: str) -> str:
    """What a database's error means, and what to do now.

    Args:
        text: the error's text.
        what: the database, for people.
    """
    line = (text.strip().splitlines() or ["it gives no reason"])[0][:200]
    why = next((said for pattern, said in _DATABASE.items() if re.search(pattern, line.casefold())), "")
    return f"{what} can't be used: {why} ({line})" if why else f"{what} can't be used: {line}"
