"""`nbgrader export`: nbgrader's own columns, with penalties up to date and times in the class's zone."""

import csv
import io
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin

from ..files import write_whole
from ..reports.summary import safe_cell
from .late import refresh
from .times import class_zone, show_time

_COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


class Grades(ExportPlugin):  # type: ignore[misc]
    """A line for each student and assignment."""

    def export(self, gradebook: Any) -> None:
        """Write the table to the file of `--to`, by default `grades.csv`."""
        zone = class_zone(self.config)
        wanted, students = set(map(str, self.assignment)), set(map(str, self.student))
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(_COLUMNS)
        names = [one.name for one in gradebook.assignments if not wanted or one.name in wanted]
        for name in names:
            refresh(self.parent.coursedir, self.parent, name)
        gradebook.db.expire_all()
        for name in names:
            for student in gradebook.students:
                if not students or student.id in students:
                    table.writerow(_line(gradebook, gradebook.find_assignment(name), student, zone))
        target = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", target)
        write_whole(target, out.getvalue())
        target.chmod(0o600)


def _line(gradebook: Any, assignment: Any, student: Any, zone: Any) -> list[object]:
    due, handed_in, score, penalty = assignment.duedate, None, 0.0, 0.0
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        pass  # nothing was handed in, which scores 0
    else:
        due = submission.duedate if due else None
        handed_in, score, penalty = submission.timestamp, submission.score, submission.late_submission_penalty
    texts = (assignment.name, *(show_time(one, zone) if one else "" for one in (due, handed_in)), student.id)
    texts += tuple(one or "" for one in (student.last_name, student.first_name, student.email))
    numbers = (score, penalty, max(0.0, score - penalty), assignment.max_score)
    return [*map(safe_cell, texts), *map(float, numbers)]
