"""Grading inside nbgrader: `nbgrader autograde` reads each submission through this exporter.

nbgrader makes two passes over a submission. In the first, this exporter reads the submitted file, grades it in the
sandbox and returns the class's master with the student's cells and the scores, so that nbgrader never parses the
submitted file. In the second, nbgrader reads that notebook, and its own preprocessors put the scores into the
gradebook.
"""

import atexit
import functools
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from traitlets import Bool, Unicode

from ..engine.grade import Graded, Grader, Options
from ..engine.sandbox import FULL
from ..errors import GraderError, SandboxError
from ..refusals import sentence
from .assemble import Book, assemble
from .classdir import ClassDir, read_book
from .closed import require_closed
from .order import newcomers, submissions

_UNCONFIGURED = "nbgrader_config.py has an error, or does not call configure(); nothing is graded without its settings"


class GradingExporter(NotebookExporter):
    """Turns a submitted notebook into a graded one."""

    def __init__(self, **options: Any) -> None:
        """Put `submitted/` in order, and let nbgrader look for notebooks again.

        nbgrader makes one exporter per run of its converter, after it has looked for notebooks and before it reads any.
        It may have found folders whose names are not ids; it would write them into the gradebook, or stop.
        """
        self._books: dict[tuple[str, str], Book] = {}
        super().__init__(**options)  # type: ignore[no-untyped-call]
        converter: Any = self.parent
        if not self.is_configured:
            self.log.error("%s", _UNCONFIGURED)
            raise NbGraderException(_UNCONFIGURED)
        if isinstance(converter, Autograde) and not hasattr(converter, "prepared"):
            put_in_order(converter)

    is_configured = Bool(False, help="Whether the class's settings were read; see `configure`.").tag(config=True)
    level = Unicode(FULL, help="The sandbox: 'full', or 'none' for code that you trust.").tag(config=True)

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        """The graded notebook as text, and nbgrader's resources.

        Raises:
            NbGraderException: the class's master is missing, its directory is open, or there is no sandbox.
        """
        converter: Any = self.parent
        if not converter._sanitizing:  # the second pass, over the notebook that we made
            return super().from_filename(filename, resources=resources, **options)
        ids = resources["nbgrader"]
        coursedir = converter.coursedir
        folder = Path(coursedir.format_path(coursedir.source_directory, ".", ids["assignment"]))
        source = folder / f"{ids['notebook']}.ipynb"
        try:
            graded = self._graded(Path(filename), ids["student"], source)
            notebook = assemble(source, graded, self._book(coursedir, ids["assignment"], ids["notebook"]))
        except GraderError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        resources["metadata"] = {"name": ids["notebook"], "path": "", "modified_date": f"{datetime.now():%B %d, %Y}"}
        return self.from_notebook_node(notebook, resources=resources, **options)

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        """The notebook as text, after the preprocessors.

        We made it, and nothing else uses it. So it is not copied for each preprocessor, and validated only once.
        """
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        return nbformat.writes(nb) + "\n", resources

    def _graded(self, path: Path, student: str, source: Path) -> Graded:
        converter: Any = self.parent
        if hasattr(converter, "prepared"):
            return converter.prepared(path)  # type: ignore[no-any-return]
        root = Path(converter.coursedir.root)
        require_closed(root)
        options = ClassDir(root).options(self.level)
        name = f"{student}/{path.parent.name}/{path.stem}"
        try:
            return _grader(options).grade_or_say_why(path, name=name, student=student, master=source)
        except SandboxError:  # in a long-running server the zygote may have ended
            _grader.cache_clear()
            return _grader(options).grade_or_say_why(path, name=name, student=student, master=source)

    def _book(self, coursedir: Any, assignment: str, notebook: str) -> Book:
        """A notebook's cells in the gradebook, read once per run."""
        key = (assignment, notebook)
        if key not in self._books:
            self._books[key] = read_book(coursedir.db_url, coursedir.course_id, assignment, notebook)
        return self._books[key]


def put_in_order(converter: Any) -> None:
    """Put `submitted/` in order for a converter, let it look again, and log which files are not taken.

    Raises:
        NbGraderException: there is no such assignment, or the folder can't be changed.
    """
    coursedir = converter.coursedir
    try:
        ClassDir(Path(coursedir.root)).keep_safe()
        found = submissions(Path(coursedir.root), coursedir, coursedir.assignment_id, coursedir.student_id)
    except (GraderError, OSError) as error:
        said = sentence(error) or str(error)
        converter.log.error("%s", said)
        raise NbGraderException(said) from None
    for said in newcomers(coursedir, found):
        converter.log.warning("%s", said)
    for one in found:
        if one.not_taken:
            converter.log.warning("Not taken: %s: %s", one.name, one.not_taken)
    converter.init_notebooks()
    taken = {str(one.path) for one in found if not one.not_taken}
    known = {place: [one for one in those if one in taken] for place, those in converter.assignments.items()}
    converter.assignments = {place: those for place, those in known.items() if those}


@functools.cache
def _grader(options: Options) -> Grader:
    """One grader, which has passed its self-test, for all submissions of a run."""
    grader = Grader(options)
    atexit.register(grader.__exit__, None, None, None)
    grader.prove()
    return grader
