"""A graded submission as the notebook that formgrader and feedback show: the class's master with the student's cells.

Ids, points and checksums come from the gradebook, never from the submission. The output of a check's cell is the
score, which nbgrader reads as partial credit. The student's Markdown is already harmless HTML here, with its pictures,
so that any program can show the notebook safely.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from ..course.masters import ANSWER, CHECK, EXERCISE, TEXT_STUB, Cell, read_source
from ..engine.grade import Graded, Ran
from ..engine.rebuild import EXTRA, NOTE
from ..reports.report import UNREADABLE, Report
from .sanitise import Rendering, as_cell


@dataclass(frozen=True)
class BookCell:
    """A cell in the gradebook: its maximum (0 if it is not graded) and its checksum."""

    max_score: float
    checksum: str | None


Book = dict[str, BookCell]
"""By grade_id."""


def assemble(source: Path, graded: Graded, book: Book) -> Any:
    """The notebook of a graded submission.

    Args:
        source: the class's own version of the solved edition.
        graded: the graded submission.
        book: the notebook's cells in the gradebook.

    Raises:
        CourseError: source is not a lesson of this course.
    """
    chapter = read_source(source)
    notebook = nbformat.v4.reads(source.read_text("utf-8"))  # not validated here: the result is, when it is written
    ran = _Ran(graded.cells)
    cells = [*_note(graded.report), *ran.extras("")]
    for cell, ours in zip(chapter.cells, notebook.cells, strict=True):
        cells.append(_cell(cell, ours, ran, graded.report, book))
        cells += ran.extras(cell.id)
    notebook.cells = cells
    return notebook


def scaled(report: Report, name: str, max_score: float) -> float:
    """An exercise's score in the class's points, which may differ from the course's."""
    found = next((one for one in report.exercises if one.name == name), None)
    return found.score * max_score / found.max_score if found and found.max_score else 0.0


_ELSEWHERE = "*There is no answer here. What the student wrote elsewhere in the notebook stands where they put it.*"


class _Ran:
    """The graded cells, by the master's cell to which they belong."""

    def __init__(self, cells: list[Ran]) -> None:
        self._own = {one.cell: one for one in cells if one.kind not in (EXTRA, NOTE, ANSWER)}
        self._extra: defaultdict[str, list[Ran]] = defaultdict(list)
        self._answers: defaultdict[str, list[Ran]] = defaultdict(list)
        for one in cells:
            if one.kind in (EXTRA, NOTE):
                self._extra[one.cell].append(one)
            elif one.kind == ANSWER:
                self._answers[one.cell].append(one)
        self._notes = any(one.kind == NOTE for one in cells)
        self._rendering = Rendering()
        self._count = 0

    def of(self, cell: Cell) -> Ran | None:
        return self._own.get(cell.id)

    def answer(self, cell: Cell) -> str:
        """The text of an answer cell. If there is no answer it is the given text, by which nbgrader recognises that."""
        parts = self._answers[cell.id]
        if not parts:
            return _ELSEWHERE if self._notes else TEXT_STUB
        return as_cell("\n".join(self._rendering.html(one.source, one.attachments) for one in parts))

    def extras(self, after: str) -> list[Any]:
        made = []
        for one in self._extra[after]:
            self._count += 1
            name = f"extra-{self._count}"
            made.append(nbformat.v4.new_markdown_cell("*A cell of the student's own:*", id=f"{name}-note"))
            if one.kind == NOTE:
                text = as_cell(self._rendering.html(one.source, one.attachments))
                made.append(nbformat.v4.new_markdown_cell(text, id=name))
            else:
                outputs = [nbformat.from_dict(output) for output in one.outputs]
                made.append(nbformat.v4.new_code_cell(one.source, outputs=outputs, id=name))
        return made


def _note(report: Report) -> list[Any]:
    if not report.message:
        return []
    reason = re.sub(r"([\\`*_<>\[\]$&])", r"\\\1", report.message)
    if report.status == UNREADABLE:
        text = f"**This submission could not be graded:** {reason}. It counts as 0 until another one is handed in."
    else:
        text = f"**This is another lesson:** {reason}."
    return [nbformat.v4.new_markdown_cell(text, id="unreadable")]


def _cell(cell: Cell, ours: Any, graded: _Ran, report: Report, book: Book) -> Any:
    ran = graded.of(cell)
    if "nbgrader" in ours.metadata and cell.id in book:
        ours.metadata.nbgrader["checksum"] = book[cell.id].checksum
        if ours.metadata.nbgrader.get("grade"):
            ours.metadata.nbgrader["points"] = book[cell.id].max_score
    if cell.kind == EXERCISE:
        ours.source = ran.source if ran else "# This cell is not in the submission."
    if cell.kind == ANSWER:
        ours.source = graded.answer(cell)
    if cell.is_code:
        ours.outputs = [nbformat.from_dict(output) for output in ran.outputs] if ran else []
        ours.execution_count = None
    if cell.kind == CHECK:
        ours.outputs.append(_score(scaled(report, cell.name, ours.metadata.nbgrader["points"])))
    return ours


def _score(score: float) -> Any:
    return nbformat.v4.new_output("execute_result", data={"text/plain": f"{score:g}"}, execution_count=None)
