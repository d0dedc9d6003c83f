"""Keeps a mark by hand settled where what was marked has not changed.

nbgrader 0.9.6 asks for every mark again each time that a submission is recorded: also after a new deadline, other
points or an update of the course, when there is nothing new to read.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import SaveAutoGrades

from ..files import read_small, write_whole

_HASH = 64
"""Characters of a SHA-256."""


class SaveScores(SaveAutoGrades):  # type: ignore[misc]
    """Takes the place of nbgrader's `SaveAutoGrades` in `nbgrader autograde`."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The unchanged notebook; the scores go into the gradebook, and then a hash of its text into `.grader/`."""
        ids = resources["nbgrader"]
        name = hashlib.sha256("/".join((ids["student"], ids["notebook"])).encode()).hexdigest()[:32]
        note = Path(self.parent.parent.coursedir.root) / ".grader" / "read" / ids["assignment"] / name
        text = _hash(nb)
        self._same = _noted(note) == text
        nb, resources = super().preprocess(nb, resources)
        if not self._same:  # the gradebook first: whoever is interrupted here is asked once too often
            write_whole(note, text)
        return nb, resources

    def _add_score(self, cell: Any, resources: Any) -> None:
        if not self._same:
            super()._add_score(cell, resources)
            return
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        before = (grade.manual_score is not None and not grade.needs_manual_grade, grade.auto_score)
        super()._add_score(cell, resources)
        if before == (True, grade.auto_score):
            grade.needs_manual_grade = False
            self.gradebook.db.commit()


def _noted(note: Path) -> str:
    try:
        return read_small(note, _HASH)
    except OSError:
        return ""


def _hash(notebook: Any) -> str:
    """A hash of what decides a mark: text, pictures (they are in it), and what a written answer is worth."""
    cells = [(cell.cell_type, cell.source, _worth(cell.metadata.get("nbgrader", {}))) for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _worth(ours: Any) -> Any:
    """The points of an answer. Those of a check are in its score."""
    return ours.get("points") if ours.get("solution") else None
