"""All Reports of a batch as one table for a spreadsheet."""

import csv
import io
import re
from collections.abc import Sequence

from .report import Report
from .texts import printable

_FORMULA = re.compile(r"""(^|[;,:|])([\s"']*)(?=[=+\-@|%＝＋－＠])""")
"""Where a spreadsheet might see a formula or a command: at the beginning of a cell, or behind what separates cells
where the file is opened."""


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
    """A cell's value. A text has no control characters, and an apostrophe wherever a formula might begin.

    Spreadsheets hide the apostrophe. Quotes around a cell would be no help: where the file is opened with another
    separator, they stand in the middle.
    """
    return _FORMULA.sub(r"\1'\2", printable(value)) if isinstance(value, str) else value
