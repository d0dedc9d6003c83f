"""Penalties for lateness, worked out from deadline, extension, rule and marks whenever they are used.

nbgrader 0.9.6 works a penalty out once, when a submission is graded. If the deadline, an extension or a mark changes
afterwards, its penalty stays as it was.
"""

import warnings
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor
from sqlalchemy.exc import SAWarning

from ..errors import ClassError
from .classdir import ClassDir
from .times import TIMESTAMP, UnclearTime, class_zone, for_gradebook, read_time, read_timestamp, show_time


class Penalties(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the place of nbgrader's `AssignLatePenalties` in `nbgrader autograde`."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The unchanged notebook; the penalty goes into the gradebook."""
        coursedir, ids = self.parent.parent.coursedir, resources["nbgrader"]
        refresh(coursedir, self.parent, ids["assignment"], [ids["student"]])
        return nb, resources


def refresh(coursedir: Any, parent: Any, assignment: str, students: Iterable[str] | None = None) -> None:
    """Bring the times and the penalties of an assignment's submissions up to date.

    Args:
        coursedir: nbgrader's object for the course directory.
        parent: the calling nbgrader object, whose configuration has the rule and the time zone.
        assignment: which assignment.
        students: their ids; by default all.
    """
    rule = AssignLatePenalties(parent=parent)
    rule.init_plugin()
    zone = class_zone(parent.config)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            if students is None:
                submissions = gradebook.find_assignment(assignment).submissions
            else:
                submissions = [gradebook.find_submission(assignment, student) for student in students]
        except MissingEntry:
            return
        for submission in submissions:
            _refresh_one(submission, rule, _handed_in(coursedir, submission, zone))
        gradebook.db.commit()


def _handed_in(coursedir: Any, submission: Any, zone: Any) -> datetime | None:
    """When it was handed in, by the collector's file; None if there is none that can be read."""
    folder = coursedir.format_path(coursedir.submitted_directory, submission.student.id, submission.assignment.name)
    try:
        return for_gradebook(read_timestamp(Path(folder) / TIMESTAMP, zone))
    except (OSError, UnclearTime):
        return None


def _refresh_one(submission: Any, rule: Any, timestamp: datetime | None) -> None:
    if timestamp is not None and submission.timestamp != timestamp:
        submission.timestamp = timestamp
    late = submission.total_seconds_late
    for notebook in submission.notebooks:
        penalty = None
        if late > 0:
            penalty = rule.plugin_inst.late_submission_penalty(submission.student.id, notebook.score, late)
        if penalty is not None:
            penalty = min(max(penalty, 0), notebook.score)
        if penalty != notebook.late_submission_penalty:
            notebook.late_submission_penalty = penalty


def deadline(folder: ClassDir, assignment: str, text: str = "", student: str = "") -> str:
    """Set the deadline of everybody or of one student. Returns it as text.

    Args:
        folder: the class.
        assignment: which assignment.
        text: the time; "none" removes the deadline; "" changes nothing.
        student: for an extension, the student's id.

    Raises:
        ClassError: no such assignment or student, or a time that is not clear.
    """
    coursedir, zone = folder.coursedir, class_zone(folder.app.config)
    moment = None if text in ("", "none") else for_gradebook(read_time(text, zone))
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            entry = gradebook.find_assignment(assignment)
            if text and student:
                _extend(gradebook, entry, student, moment)
            elif text:
                entry.duedate = moment
            gradebook.db.commit()
        except MissingEntry as error:
            raise ClassError(str(error)) from None
        said = _said(entry, zone)
    if text:
        refresh(coursedir, folder.app, assignment)
    return said


def _extend(gradebook: Any, entry: Any, student: str, moment: datetime | None) -> None:
    if entry.duedate is None:
        raise ClassError(f"{entry.name} has no deadline, so there is nothing to extend; set one first")
    gradebook.find_student(student)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # caused by nbgrader's own session; a teacher can't act on it
        submission = gradebook.update_or_create_submission(entry.name, student)
    submission.extension = None if moment is None else moment - entry.duedate


def _said(entry: Any, zone: Any) -> str:
    lines = [f"{entry.name}: {show_time(entry.duedate, zone) if entry.duedate else 'no deadline'}"]
    for one in entry.submissions if entry.duedate else ():
        if one.extension is not None:
            lines.append(f"  {one.student.id}: {show_time(one.duedate, zone)}")
    return "\n".join(lines)
