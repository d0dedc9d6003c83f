"""A course directory: its paths, and nbgrader's configuration in it."""

import json
import os
import secrets
import sys
import traceback
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..engine.grade import Options
from ..errors import ClassError
from ..files import write_whole
from ..lms.roster import Roster
from ..reports.local_key import LocalKey, local_key
from ..student import readable
from .assemble import Book, BookCell

CONFIG = "nbgrader_config.py"
SAFE = "nbgrader_config.json"
SAFE_SETTINGS = {
    "Autograde": {"exporter_class": "grader.classroom.exporter.GradingExporter"},
    "GenerateFeedback": {"exporter_class": "grader.classroom.feedback.FeedbackExporter"},
}
"""nbgrader reads this file beside the other one. If that has an error, its stock exporter would run submitted code."""
_SECRET = Path(".grader") / "secret"
_ROSTER = Path(".grader") / "roster.json"


@dataclass(frozen=True)
class ClassDir:
    """A course directory made by `grader class init`."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> "ClassDir":
        """The course directory at root.

        Raises:
            ClassError: it is not a course directory.
        """
        if not (root / CONFIG).is_file():
            raise ClassError(f"{root}: not a course directory ({CONFIG} is missing); make one with `grader class init`")
        return cls(root.resolve())

    @cached_property
    def app(self) -> Any:
        """nbgrader's application, with the configuration of this directory."""
        from nbgrader.apps import NbGrader

        self.keep_safe()
        # For a gradebook that is not there, nbgrader calls the command `alembic`, whose folder may not be on PATH.
        beside, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
        if beside not in path.split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join([beside, path])
        before = Path.cwd()
        os.chdir(self.root)  # nbgrader looks for its configuration in the current folder
        try:
            app = NbGrader()
            app.log_level = "ERROR"
            # By itself it goes on without the settings if they have an error, and so without the sandbox.
            app.raise_config_file_errors = True
            app.initialize([], root=str(self.root))
        except (ClassError, OSError):
            raise
        except Exception as error:  # a teacher's own lines may raise anything
            raise ClassError(_broken(error)) from None
        finally:
            os.chdir(before)
        return app

    def keep_safe(self) -> None:
        """See to it that nbgrader's own commands grade with us or not at all, also where its settings have an error.

        Raises:
            ClassError: the file beside them is damaged.
            OSError: it can't be written.
        """
        file = self.root / SAFE
        try:
            there = json.loads(file.read_text("utf-8")) if file.exists() else {}
            safe = there | {name: there.get(name, {}) | ours for name, ours in SAFE_SETTINGS.items()}
        except (ValueError, TypeError, AttributeError):
            raise ClassError(f"{file}: these are no settings; remove the file, and it is made anew") from None
        if safe != there:
            write_whole(file, json.dumps(safe, indent=1) + "\n")

    @property
    def coursedir(self) -> Any:
        """nbgrader's object for the directory."""
        return self.app.coursedir

    @property
    def graded(self) -> Path:
        """The folder of the Reports, the cells as they ran, the summary and the overview."""
        return self.root / "graded"

    @property
    def key(self) -> LocalKey:
        """The key of the MACs of kept results: not the class secret, because that is in this directory, too."""
        return local_key((self.root,))

    def options(self, level: str, run_demos: bool = False) -> Options:
        """The options for grading this class's submissions: with its secret, and with cells kept to be shown."""
        return Options(level=level, run_demos=run_demos, secret=self.secret(), keep_cells=True, own_masters=False)

    def secret(self) -> str:
        """The class secret, made at first use. Only its owner can read the file; learner code never sees it.

        Raises:
            ClassError: the file can't be read or written.
        """
        path = self.root / _SECRET
        try:
            if not path.exists():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                    file.write(secrets.token_hex(32))
            return path.read_text("ascii").strip()
        except (OSError, UnicodeError) as error:
            raise ClassError(f"{path}: the class secret can't be read ({type(error).__name__})") from None

    @property
    def roster_file(self) -> Path:
        """The file with the students' names on learning platforms."""
        return self.root / _ROSTER

    def roster(self) -> Roster:
        """The students, as `grader class roster` has read them.

        Raises:
            CourseError: the file is damaged.
        """
        return roster_at(self.root)

    def source(self, assignment: str, notebook: str) -> Path:
        """The class's own master of a notebook."""
        folder = self.coursedir.format_path(self.coursedir.source_directory, ".", assignment)
        return Path(os.path.normpath(folder)) / f"{notebook}.ipynb"

    def book(self, assignment: str, notebook: str) -> Book:
        """A notebook's cells in the gradebook."""
        return read_book(self.coursedir.db_url, self.coursedir.course_id, assignment, notebook)

    def write_state(self, name: str, text: str) -> None:
        """Write a file in `.grader/`, for a later run of the grader."""
        write_whole(self.root / ".grader" / name, text)


def _broken(error: Exception) -> str:
    """What is wrong with the settings, and where: nbgrader reads those in the home folder, too."""
    frames = [(one.filename, one.lineno) for one in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or CONFIG, error.lineno))
    where = [f"{file}, line {line}" for file, line in frames if Path(file).name == CONFIG]
    place = where[-1] if where else CONFIG
    said = readable(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
    return f"{place}: the settings can't be read, and nothing is done without them ({said})"


def roster_at(root: Path) -> Roster:
    """The roster of the class in a course directory; see `ClassDir.roster`."""
    return Roster.read(root / _ROSTER)


def students_at(coursedir: Any) -> set[str]:
    """The ids of everybody in the class: in its gradebook or in its roster.

    Args:
        coursedir: nbgrader's object for the course directory.

    Raises:
        ClassError: the roster is damaged.
    """
    from nbgrader.api import Gradebook

    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        return {student.id for student in gradebook.students} | roster_at(Path(coursedir.root)).students.keys()


def read_book(db_url: str, course_id: str, assignment: str, notebook: str) -> Book:
    """A notebook's cells in the gradebook; none, if the notebook is not in it."""
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(db_url, course_id) as gradebook:
        try:
            found = gradebook.find_notebook(notebook, assignment)
        except MissingEntry:
            return {}
        points = {cell.name: cell.max_score for cell in found.grade_cells}
        return {cell.name: BookCell(points.get(cell.name, 0.0), cell.checksum) for cell in found.source_cells}
