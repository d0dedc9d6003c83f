"""All Reports of a batch as one table for a spreadsheet."""

import csv
import io
from collections.abc import Sequence

from ..report import Report

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""How a cell begins that a spreadsheet might take for a formula or a command."""


def summary_csv(reports: Sequence[Report]) -> str:
    """One line per Report, one column per exercise that occurs. No cell is ever taken for a formula."""
    exercises = list(dict.fromkeys(exercise.name for report in reports for exercise in report.exercises))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ("student", "chapter", "submission", "status", "score", "max_score", "sandbox", "message")
    writer.writerow([*head, *exercises])
    for report in reports:
        scores = {exercise.name: exercise.score for exercise in report.exercises}
        texts = [safe_cell(getattr(report, name)) for name in head]
        writer.writerow([*texts, *(scores.get(name, "") for name in exercises)])
    return out.getvalue()


def safe_cell(value: object) -> object:
    """A cell's value; a text that might be a formula gets an apostrophe in front, which spreadsheets hide."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
