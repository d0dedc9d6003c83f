"""A graded submission as the notebook that formgrader and feedback show: the class's master with the student's cells.

Ids, points and checksums are the gradebook's, whatever the submission says; a check's cell carries the score, as
nbgrader reads partial credit.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from ..course.masters import ANSWER, CHECK, EXERCISE, Cell, Chapter, read_source
from ..engine.grade import Graded, Ran
from ..engine.rebuild import EXTRA
from ..reports.report import UNREADABLE, Report


@dataclass(frozen=True)
class BookCell:
    """What the gradebook says of a cell: its maximum (0 where it is not graded) and its checksum."""

    max_score: float
    checksum: str | None


Book = dict[str, BookCell]
"""By grade_id."""


def assemble(source: Path, graded: Graded, book: Book) -> Any:
    """The notebook of a graded submission.

    Args:
        source: the class's own version of the solved edition.
        graded: what grading found.
        book: what the gradebook says of its cells.

    Raises:
        CourseError: source is no lesson of this course.
    """
    chapter = read_source(source)
    notebook = nbformat.v4.reads(source.read_text("utf-8"))  # unvalidated: the whole is validated when it is written
    ran = _Ran(graded.cells)
    cells = [*_note(graded.report), *ran.extras("")]
    for cell, ours in zip(chapter.cells, notebook.cells, strict=True):
        cells.append(_cell(cell, ours, ran.of(cell), graded.report, chapter, book))
        cells += ran.extras(cell.id)
    notebook.cells = cells
    return notebook


def scaled(report: Report, name: str, max_score: float) -> float:
    """An exercise's score in the class's points: a class may have changed what it is worth."""
    found = next((one for one in report.exercises if one.name == name), None)
    return found.score * max_score / found.max_score if found and found.max_score else 0.0


class _Ran:
    """The graded cells by the master's cell that they belong to."""

    def __init__(self, cells: list[Ran]) -> None:
        self._own = {one.cell: one for one in cells if one.kind != EXTRA}
        self._extra: defaultdict[str, list[Ran]] = defaultdict(list)
        for one in cells:
            if one.kind == EXTRA:
                self._extra[one.cell].append(one)
        self._count = 0

    def of(self, cell: Cell) -> Ran | None:
        return self._own.get(cell.id)

    def extras(self, after: str) -> list[Any]:
        made = []
        for one in self._extra[after]:
            self._count += 1
            heading = nbformat.v4.new_markdown_cell("*A cell of the student's own:*", id=f"extra-{self._count}-note")
            outputs = [nbformat.from_dict(output) for output in one.outputs]
            made += [heading, nbformat.v4.new_code_cell(one.source, outputs=outputs, id=f"extra-{self._count}")]
        return made


def _note(report: Report) -> list[Any]:
    if report.status != UNREADABLE:
        return []
    reason = re.sub(r"([\\`*_<>\[\]$&])", r"\\\1", report.message)
    text = f"**This submission could not be graded:** {reason}. It counts as 0 until another one is handed in."
    return [nbformat.v4.new_markdown_cell(text, id="unreadable")]


def _cell(cell: Cell, ours: Any, ran: Ran | None, report: Report, chapter: Chapter, book: Book) -> Any:
    if "nbgrader" in ours.metadata and cell.id in book:
        ours.metadata.nbgrader["checksum"] = book[cell.id].checksum
        if ours.metadata.nbgrader.get("grade"):
            ours.metadata.nbgrader["points"] = book[cell.id].max_score
    if cell.kind in (EXERCISE, ANSWER):
        missing = "# This cell is not in the submission." if cell.is_code else "*There is no answer.*"
        ours.source = ran.source if ran else missing
    if cell.is_code:
        ours.outputs = [nbformat.from_dict(output) for output in ran.outputs] if ran else []
        ours.execution_count = None
    if cell.kind == CHECK:
        ours.outputs.append(_score(scaled(report, cell.name, ours.metadata.nbgrader["points"])))
    return ours


def _score(score: float) -> Any:
    return nbformat.v4.new_output("execute_result", data={"text/plain": f"{score:g}"}, execution_count=None)
