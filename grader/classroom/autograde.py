"""`grader autograde`: the same as `nbgrader autograde`, but with many submissions graded at a time.

Workers grade all submissions (see `batch.workers`), and their Reports and cells are kept. Then this process runs
nbgrader's own converter on the kept results: it writes each notebook into `autograded/` and the scores into the
gradebook. So only one process writes to the gradebook, and both commands give the same result.
"""

import glob
import hashlib
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, BaseCell, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import rmtree
from sqlalchemy import select
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from ..batch.collect import Found
from ..batch.kept import Kept
from ..batch.workers import cells_beside, report_paths
from ..course.masters import CHECK
from ..engine.grade import Graded
from ..errors import ClassError
from . import order
from .classdir import ClassDir
from .late import refresh
from .marks import READ

_RECORDED = "recorded"
_CHECK_OF = 'check("{}")'
_SCORES = (
    select(SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score, READ.c.text)
    .join(Grade, Grade.cell_id == BaseCell.id)
    .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
    .outerjoin(READ, READ.c.notebook_id == SubmittedNotebook.id)
    .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
)


def submissions(folder: ClassDir, assignment: str, student: str = "*") -> list[Found]:
    """The submissions of an assignment, without files that are not taken. See `order.submissions`."""
    return [one for one in look_through(folder, assignment, student) if not one.not_taken]


def look_through(folder: ClassDir, assignment: str, student: str = "*") -> list[Found]:
    """The submissions of an assignment, and files that are not taken. See `order.submissions`."""
    return order.submissions(folder.root, folder.coursedir, assignment, student)


def kept(folder: ClassDir, found: Iterable[Found]) -> dict[Path, Kept]:
    """The places of the kept results, by the submission's path."""
    found = list(found)
    reports = folder.graded / "reports"
    paths = report_paths([one.name for one in found])
    return {
        one.path: Kept(reports / path, cells_beside(reports) / path) for one, path in zip(found, paths, strict=True)
    }


def regrade_only(exercise: str, before: Graded, now: Graded) -> Graded:
    """The earlier result, with the new result of this one exercise."""
    old = {one.name: one for one in before.report.exercises}
    exercises = [one if one.name == exercise else old.get(one.name, one) for one in now.report.exercises]
    old_checks = {cell.source: cell for cell in before.cells if cell.kind == CHECK}
    cells = [
        old_checks.get(cell.source, cell) if cell.kind == CHECK and cell.source != _CHECK_OF.format(exercise) else cell
        for cell in now.cells
    ]
    score = sum(one.score for one in exercises)
    return Graded(replace(now.report, exercises=exercises, score=score), cells)


class Recorder(Autograde):  # type: ignore[misc]
    """nbgrader's converter, applied to kept results. It skips those that are in the gradebook already."""

    folder: ClassDir
    results: dict[Path, Kept]
    done: Callable[[], None]
    force: bool
    scores: dict[str, list[str]]
    """What the gradebook has before; see `_scores`."""

    def prepared(self, path: Path) -> Graded:
        """This submission's kept result. `exporter` calls it."""
        return self.results[Path(self.coursedir.root) / path].read(self.folder.key)

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Whether this submission must be recorded: it is new, was graded again, or was only partly recorded."""
        self.notebooks: list[str] = [one for one in self.notebooks if Path(self.coursedir.root) / one in self.results]
        target = Path(self._format_dest(assignment_id, student_id))
        if not self.notebooks:
            return False
        if self.force or self._noted(assignment_id, student_id) != self._mark(assignment_id, student_id, self.scores):
            if target.exists():
                rmtree(str(target))
            return True
        self.done()
        return False

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Convert in one pass. nbgrader's first pass only sanitises, and here the notebook is harmless already."""
        self._sanitizing = False  # choose the preprocessors of nbgrader's second pass
        self._init_preprocessors()
        self._sanitizing = True  # read from `submitted/`, as in its first pass
        super(Autograde, self).convert_single_notebook(notebook_filename)

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """nbgrader's last step on a submission; after it, note that the submission is recorded."""
        super().set_permissions(assignment_id, student_id)
        scores = _scores(self.coursedir, assignment_id, student_id)
        self.folder.write_state(self._note(assignment_id, student_id), self._mark(assignment_id, student_id, scores))
        self.done()

    def _note(self, assignment: str, student: str) -> str:
        # A hash, because a folder's name may have a file name's maximal length, and writing adds a suffix to it.
        return f"{_RECORDED}/{assignment}/{hashlib.sha256(os.fsencode(student)).hexdigest()[:32]}"

    def _noted(self, assignment: str, student: str) -> str:
        try:
            return (self.folder.root / ".grader" / self._note(assignment, student)).read_text("utf-8")
        except OSError:
            return ""

    def _mark(self, assignment: str, student: str, scores: dict[str, list[str]]) -> str:
        """A hash of what is recorded: Reports, the class's points, the time of handing in, graded notebooks and scores.

        The notebooks show whether `nbgrader autograde` has run since, and the scores whether the gradebook is another
        one: a copy of last week that was put back, or one out of which the student was taken.
        """
        digest = hashlib.sha256()
        target = Path(self._format_dest(assignment, student))
        for notebook in self.notebooks:
            path = Path(self.coursedir.root) / notebook
            digest.update(self.results[path].report.read_bytes())
            digest.update(repr(sorted(self._book(assignment, path.stem).items())).encode())
            graded = target / path.name
            digest.update(hashlib.sha256(graded.read_bytes() if graded.is_file() else b"").digest())
        digest.update(repr(self.coursedir.get_existing_timestamp(self._format_source(assignment, student))).encode())
        digest.update("\n".join(sorted(scores.get(student, []))).encode())
        return digest.hexdigest()

    def _book(self, assignment: str, notebook: str) -> Any:
        books = self.__dict__.setdefault("_books", {})
        if (assignment, notebook) not in books:
            books[assignment, notebook] = self.folder.book(assignment, notebook)
        return books[assignment, notebook]


def _scores(coursedir: Any, assignment: str, student: str = "") -> dict[str, list[str]]:
    """What the gradebook has of each student, or of one: the automatic score of each cell, and of which text it is."""
    wanted = _SCORES.where(Assignment.name == assignment)
    if student:
        wanted = wanted.where(SubmittedAssignment.student_id == student)
    found: dict[str, list[str]] = {}
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        for who, *rest in gradebook.db.execute(wanted):
            found.setdefault(who, []).append(repr(rest))
    return found


class _OneStep(Session):
    """A session that commits once, at its end."""

    def commit(self) -> None:
        self.flush()

    def end(self) -> None:
        if self.is_active:  # otherwise a statement has failed, and its error is being raised
            super().commit()


@contextmanager
def _one_engine(coursedir: Any) -> Iterator[None]:
    """Let all of nbgrader's gradebook objects share a database engine, which checks its tables and course once.

    nbgrader opens the gradebook for each step of each submission and commits after each cell, which takes most of its
    time. Here each step still has a session of its own, but commits only at its end. nbgrader's warnings about its own
    sessions are suppressed.
    """
    first = Gradebook(coursedir.db_url, coursedir.course_id)

    def open_another(self: Any, db_url: str, course_id: str = "default_course", authenticator: Any = None) -> None:
        self.engine, self.course_id, self.authenticator = first.engine, course_id, authenticator
        self.db = scoped_session(sessionmaker(first.engine, class_=_OneStep))

    def close(self: Any) -> None:
        try:
            self.db().end()
        finally:
            self.db.remove()

    before = Gradebook.__init__, Gradebook.close
    Gradebook.__init__, Gradebook.close = open_another, close
    try:
        READ.create(first.engine, checkfirst=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        Gradebook.__init__, Gradebook.close = before
        first.close()


def record(folder: ClassDir, assignment: str, results: dict[Path, Kept], done: Callable[[], None], force: bool) -> None:
    """Write graded submissions of an assignment into `autograded/` and the gradebook.

    Raises:
        ClassError: nbgrader fails on some of them, or the gradebook can't be written. The text says which.
    """
    coursedir = folder.coursedir
    coursedir.assignment_id = assignment
    students = sorted({path.parent.parent.name for path in results})
    coursedir.student_id = glob.escape(students[0]) if len(students) == 1 else "*"
    recorder = Recorder(coursedir=coursedir, parent=folder.app)
    recorder.folder, recorder.results, recorder.done, recorder.force = folder, results, done, force
    try:
        with _one_engine(coursedir):
            recorder.scores = _scores(coursedir, assignment, students[0] if len(students) == 1 else "")
            recorder.start()
            refresh(coursedir, folder.app, assignment)
    except NbGraderException as error:
        raise ClassError(f"{assignment}: {str(error) or 'nbgrader refuses'}") from None
    finally:
        coursedir.student_id = "*"
