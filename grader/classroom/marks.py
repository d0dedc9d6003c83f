"""Keeps a mark by hand settled where what was marked has not changed.

nbgrader 0.9.6 asks for every mark again each time that a submission is recorded: also after a new deadline, other
points or an update of the course, when there is nothing new to read.
"""

import hashlib
import json
from typing import Any

from nbgrader.preprocessors import SaveAutoGrades
from sqlalchemy import Column, MetaData, String, Table, delete, insert, select

READ = Table(
    "grader_read",
    MetaData(),
    Column("notebook_id", String(32), primary_key=True),
    Column("text", String(64), nullable=False),
)
"""Our table in the gradebook: of each submitted notebook a SHA-256 of the text that was recorded last. It is beside the
marks, so that a copy of the gradebook that is put back has both as they were."""


class SaveScores(SaveAutoGrades):  # type: ignore[misc]
    """Takes the place of nbgrader's `SaveAutoGrades` in `nbgrader autograde`."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The unchanged notebook; the scores go into the gradebook."""
        self._text = _hash(nb)
        nb, resources = super().preprocess(nb, resources)
        return nb, resources

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """The unchanged cell; before the first one, the gradebook learns whether the text is another one."""
        if cell_index == 0:
            notebook = self.gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id)
            _ask_if_changed(self.gradebook, notebook, self._text)
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        return cell, resources

    def _add_score(self, cell: Any, resources: Any) -> None:
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        before = (grade.manual_score is not None and not grade.needs_manual_grade, grade.auto_score)
        super()._add_score(cell, resources)
        if before == (True, grade.auto_score):
            grade.needs_manual_grade = False
            self.gradebook.db.commit()


def _ask_if_changed(gradebook: Any, notebook: Any, text: str) -> None:
    """Ask for a notebook's marks if its text is another one; that and the text are noted in one step."""
    READ.create(gradebook.db.connection(), checkfirst=True)
    its_own = READ.c.notebook_id == notebook.id
    if gradebook.db.scalar(select(READ.c.text).where(its_own)) == text:
        return
    for grade in notebook.grades:
        if grade.manual_score is not None:
            grade.needs_manual_grade = True
    gradebook.db.execute(delete(READ).where(its_own))
    gradebook.db.execute(insert(READ).values(notebook_id=notebook.id, text=text))
    gradebook.db.commit()


def _hash(notebook: Any) -> str:
    """A hash of what decides a mark: text, pictures (they are in it), and what a written answer is worth."""
    cells = [(cell.cell_type, cell.source, _worth(cell.metadata.get("nbgrader", {}))) for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _worth(ours: Any) -> Any:
    """The points of an answer. Those of a check are in its score."""
    return ours.get("points") if ours.get("solution") else None
