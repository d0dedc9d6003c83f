"""All Reports of a batch as one table for a spreadsheet."""

import csv
import io
from collections.abc import Sequence

from .report import Report
from .texts import printable

_FORMULA = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet might take for a formula or a command."""


def summary_csv(reports: Sequence[Report]) -> str:
    """One line per Report, one column per exercise that occurs. No cell is ever taken for a formula."""
    exercises = list(dict.fromkeys(exercise.name for report in reports for exercise in report.exercises))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ("student", "chapter", "submission", "status", "score", "max_score", "sandbox", "message")
    writer.writerow([*head, *map(safe_cell, exercises)])
    for report in reports:
        scores = {exercise.name: exercise.score for exercise in report.exercises}
        texts = [safe_cell(getattr(report, name)) for name in head]
        writer.writerow([*texts, *(scores.get(name, "") for name in exercises)])
    return out.getvalue()


def safe_cell(value: object) -> object:
    """A cell's value. A text has no control characters, and an apostrophe in front if it might be a formula.

    Spreadsheets hide the apostrophe.
    """
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
