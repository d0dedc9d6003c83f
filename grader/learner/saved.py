"""A lesson as saved on disk: the learner's file, and the course's own edition to compare it with."""

import hashlib
import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import checks
from ..course.masters import NOTEBOOKS
from ..course.names import bound_names
from ..errors import GraderError
from ..inside.calling import STUB


class NotALesson(GraderError):
    """A file that is not a lesson of this course. The text is a sentence, in Markdown, that names it."""

    def sentence(self) -> str:
        """The text, for a terminal."""
        return str(self).replace("`", "")


@dataclass
class Saved:
    """A notebook file that is a lesson.

    Attributes:
        path: the file.
        chapter: which lesson it is, by its content and not by its file name.
        data: its bytes.
        notebook: its content, parsed from JSON.
        saved_at: when it was written, in seconds since 1970-01-01 UTC.
    """

    path: Path
    chapter: str
    data: bytes
    notebook: dict[str, Any]
    saved_at: float

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Its cells."""
        return [cell for cell in self.notebook["cells"] if isinstance(cell, dict)]

    @property
    def code(self) -> list[str]:
        """The sources of its code cells."""
        return [source_of(cell) for cell in self.cells if cell.get("cell_type") == "code"]

    def names_above(self, exercise: str) -> frozenset[str]:
        """The names that the code above an exercise's check binds."""
        above = itertools.takewhile(lambda code: f'check("{exercise}")' not in code, self.code)
        return frozenset[str]().union(*map(bound_names, above))

    @property
    def is_untouched(self) -> bool:
        """Whether there is nothing in it to grade: no exercise and no answer is written."""
        names = {exercise.name for exercise in checks.exercises(self.chapter)}
        given = {source_of(cell).strip() for cell in edition(self.chapter).cells}
        written = any(STUB not in code and names & bound_names(code) for code in self.code)
        texts = [cell for cell in self.cells if cell.get("cell_type") == "markdown"]
        return not written and all(is_as_given(cell) or source_of(cell).strip() in {"", *given} for cell in texts)


def read(path: Path) -> Saved:
    """Read a lesson's file.

    Raises:
        NotALesson: it can't be read, or is not a lesson.
    """
    try:
        data = path.read_bytes()
        saved_at = path.stat().st_mtime
        notebook = json.loads(data)
        cells = notebook["cells"]
        metadata = notebook.get("metadata", {}).get("jwt_from_scratch", {})
    except OSError as error:
        raise NotALesson(f"`{path.name}` can't be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotALesson(f"`{path.name}` is not a whole notebook: save it again (Ctrl-S).") from None
    named = metadata.get("chapter") if isinstance(metadata, dict) else None
    chapter = named if named in checks.chapters() else next((c for c in checks.chapters() if c in path.name), "")
    if not chapter or not isinstance(cells, list):
        raise NotALesson(f"`{path.name}` is no lesson of this course.")
    return Saved(path, chapter, data, notebook, saved_at)


def edition(chapter: str) -> Saved:
    """The course's own student edition of a lesson.

    Raises:
        NotALesson: it is damaged.
    """
    return read(NOTEBOOKS / f"{chapter}.ipynb")


def source_of(cell: dict[str, Any]) -> str:
    """A cell's text, which notebooks store as one string or as a list of lines."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def grade_id(cell: dict[str, Any]) -> str:
    """A cell's grade_id in nbgrader's metadata; "" if it has none."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    found = marks.get("grade_id") if isinstance(marks, dict) else None
    return found if isinstance(found, str) else ""


def is_as_given(cell: dict[str, Any]) -> bool:
    """Whether a cell's text is unchanged since some edition of the course: then its id is the hash of its text."""
    digest = hashlib.sha256(source_of(cell).encode("utf-8", "replace")).hexdigest()[:12]
    return digest == str(cell.get("id", "")).partition("-")[0]
