"""All Reports of a batch as one table for a spreadsheet."""

import csv
import io
import re
from collections.abc import Sequence

from .report import Report
from .texts import printable

_FORMULA = re.compile(r"""(^|[;,:|])([\s"']*)(?=[=+\-@|%＝＋－＠])""")
"""Where a spreadsheet might see a formula or a command: at a cell's beginning, or after a character that the program
opening the file takes for a separator."""


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
    """A cell's value, in which a text has no control characters, and an apostrophe wherever a formula might begin.

    Spreadsheets hide the apostrophe. Quoting the cell would not help: for a program that uses another separator, the
    quotation marks would be in the middle of a cell.
    """
    return _FORMULA.sub(r"\1'\2", printable(value)) if isinstance(value, str) else value
