"""`grader class init`: a course directory in which nbgrader's own commands work."""

import os
import sys
from pathlib import Path
from typing import Any

from ..course.editions import as_text, solved
from ..course.masters import course
from ..errors import ClassError
from ..files import write_whole
from ..refusals import sentence
from ..terminal import counting
from .classdir import CONFIG, ClassDir
from .closed import close_new, require_closed
from .times import named_zone

_CONFIG = """\
# Settings of nbgrader for this class. What the course needs is set by `configure`; add your own below.
from grader.classroom.settings import configure

c = get_config()  # noqa: F821
configure(c, course_id={course_id!r}, db_url={db_url!r}, timezone={timezone!r})
"""

_NOT_FOR_GIT = "# Marks, submissions and the class secret get into no repository by an oversight.\n*\n"


def init(root: Path, *, course_id: str, db_url: str, timezone: str = "UTC") -> ClassDir:
    """Make a course directory: configuration, sources, releases, gradebook. Existing files are not changed.

    Args:
        root: the directory, new or empty, or an incomplete course directory.
        course_id: the course's name in the gradebook and the exchange.
        db_url: an SQLAlchemy URL, or "" for a gradebook.db in root.
        timezone: the class's, such as Europe/Berlin.

    Raises:
        ClassError: root has other content, there is no such time zone, or the gradebook can't be used.
        OSError: root can't be written to.
    """
    if root.exists() and any(root.iterdir()) and not (root / CONFIG).is_file():
        raise ClassError(f"{root}: there is something else in it; name a new or an empty directory")
    named_zone(timezone)
    if not (root / CONFIG).is_file():
        close_new(root)
        write_whole(root / ".gitignore", _NOT_FOR_GIT)
        write_whole(root / CONFIG, _CONFIG.format(course_id=course_id, db_url=db_url, timezone=timezone))
        os.chmod(root / CONFIG, 0o600)  # a URL may hold a password
    folder = ClassDir.at(root)
    folder.secret()
    _create_gradebook(folder.coursedir)
    chapters = course()
    with counting("preparing lessons", len(chapters)) as done:
        for chapter in chapters:
            source = folder.source(chapter.name, chapter.name)
            if not source.exists():
                write_whole(source, as_text(solved(chapter)))
            if not _released(folder, chapter.name):
                generate(folder, chapter.name)
            done()
    require_closed(folder.root)
    return folder


def _create_gradebook(coursedir: Any) -> None:
    """Create the course's row now, because two commands at the same time might both try to."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SQLAlchemyError

    # nbgrader calls the command `alembic` for the version. It is beside our own, whose folder may not be on PATH.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    os.environ["PYTHONSAFEPATH"] = "1"
    for name in ("PYTHONPATH", "PYTHONHOME"):  # so that alembic finds the same modules as we do
        os.environ.pop(name, None)
    try:
        Gradebook(coursedir.db_url, coursedir.course_id).close()
    except (SQLAlchemyError, ImportError) as error:
        reason = sentence(error) or f"the gradebook can't be used: {str(error).splitlines()[0][:200]}"
        raise ClassError(reason) from None


def _released(folder: ClassDir, assignment: str) -> bool:
    release = Path(folder.coursedir.format_path(folder.coursedir.release_directory, ".", assignment))
    return (release / f"{assignment}.ipynb").is_file() and bool(folder.book(assignment, assignment))


def generate(folder: ClassDir, assignment: str) -> None:
    """Make the release of an assignment and its rows in the gradebook, as `nbgrader generate_assignment --force` does.

    Raises:
        ClassError: nbgrader fails.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException

    coursedir = folder.coursedir
    coursedir.assignment_id = assignment
    try:
        GenerateAssignment(coursedir=coursedir, parent=folder.app, force=True).start()
    except NbGraderException as error:
        raise ClassError(f"{assignment}: {str(error) or 'nbgrader refuses'}") from None
