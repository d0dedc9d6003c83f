"""`grader class grades`: a class's grades in a file that its learning platform imports.

The grades are in the class's points, including marks given by hand, extra credit and penalties. A penalty takes the
same share of each exercise as of the whole assignment, so the exercises add up to the assignment's grade.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from ..errors import ClassError
from ..files import write_whole
from ..lms.csvfile import read_csv
from ..lms.grades import Grade, filled, made, number
from ..lms.platform import Platform
from ..lms.roster import Roster
from ..student import readable
from .classdir import ClassDir
from .late import refresh


@dataclass(frozen=True)
class Written:
    """What was written: sentences for the user, and whether a grade has no place in the platform's file."""

    path: Path
    students: int
    remarks: Sequence[str]
    is_whole: bool


def write_grades(
    folder: ClassDir,
    platform: Platform,
    assignments: Sequence[str],
    *,
    exercises: bool = False,
    into: Path | None = None,
    titles: Mapping[str, str] | None = None,
    zeros: bool = False,
    out: Path | None = None,
) -> Written:
    """Write the grades of some assignments for a platform.

    Args:
        folder: the class.
        platform: the platform that will import the file.
        assignments: which; if empty, all to which somebody has handed in.
        exercises: a column for each exercise and written answer, in place of one for the assignment.
        into: a file that the platform has exported, to fill the grades in; by default a new file is made.
        titles: the title of a grade's column, by the grade's name.
        zeros: whether students who have handed in nothing get 0.
        out: the path of the result.

    Raises:
        ClassError: no such assignment, nothing handed in, or a grade has no column in the platform's file.
        OSError: a file can't be read or written.
    """
    target = out or folder.root / f"grades-{platform.name}.csv"
    with Gradebook(folder.coursedir.db_url, folder.coursedir.course_id) as gradebook:
        names = _chosen(gradebook, assignments)
    for name in names:
        refresh(folder.coursedir, folder.app, name)
    with Gradebook(folder.coursedir.db_url, folder.coursedir.course_id) as gradebook:
        roster = _everybody(folder.roster(), gradebook)
        entries = [gradebook.find_assignment(name) for name in names]
        grades = [one for entry in entries for one in _grades(entry, exercises)]
        remarks = list(_unread(entries))
    missing: Sequence[str] = ()
    if into:
        done = filled(platform, read_csv(into), roster, grades, titles or {}, zeros)
        table, missing = done.table, done.missing
        remarks += [_other_points(title, theirs, platform) for title, theirs in done.other_points.items()]
        if missing:
            remarks.append(f"graded, but not in {into}: {', '.join(map(readable, missing))}")
    else:
        table = made(platform, roster, grades, zeros)
        remarks += [platform.grades.remark] if platform.grades and platform.grades.remark else []
    write_whole(target, table.to_bytes())
    target.chmod(0o600)
    students = {who for grade in grades for who in grade.scores} - {*missing}
    return Written(target, len(students), remarks, not missing)


def _chosen(gradebook: Any, assignments: Sequence[str]) -> list[str]:
    known = {one.name: one for one in gradebook.assignments}
    if unknown := [name for name in assignments if name not in known]:
        raise ClassError(f"{unknown[0]}: there is no such assignment")
    names = [*dict.fromkeys(assignments)] or sorted(name for name, one in known.items() if _submissions(one))
    if not any(_submissions(known[name]) for name in names):
        raise ClassError("nothing was graded yet; `grader autograde` does that")
    return names


def _submissions(entry: Any) -> list[Any]:
    """The graded submissions: an extension alone creates an entry, too, but without a score."""
    return [one for one in entry.submissions if any(map(_is_scored, one.notebooks))]


def _is_scored(notebook: Any) -> bool:
    return any(one.auto_score is not None or one.manual_score is not None for one in notebook.grades)


def _everybody(roster: Roster, gradebook: Any) -> Roster:
    """The students of the gradebook, with what the roster has of them. Who was taken out of it is none any more."""
    roster.keep({student.id for student in gradebook.students})
    for student in gradebook.students:
        if student.id not in roster.students:
            fields = ("first_name", "last_name", "email", "lms_user_id")
            roster.add(student.id, {field: getattr(student, field) or "" for field in fields})
    return roster


def _grades(entry: Any, exercises: bool) -> Iterator[Grade]:
    totals = {one.student.id: _total(one) for one in _submissions(entry)}
    if not exercises:
        yield Grade(entry.name, entry.max_score, totals, entry.name)
        return
    raw = {one.student.id: one.score for one in _submissions(entry)}
    shares = {who: total / raw[who] if raw[who] else 0.0 for who, total in totals.items()}
    for notebook in entry.notebooks:
        for cell in notebook.grade_cells:
            if cell.max_score:
                scores = {grade.notebook.student.id: grade.score for grade in cell.grades if grade.score is not None}
                counted = {who: score * shares[who] for who, score in scores.items() if who in shares}
                yield Grade(f"{entry.name} {_exercise(entry.name, cell.name)}", cell.max_score, counted, entry.name)


def _exercise(assignment: str, cell: str) -> str:
    return cell.removeprefix(f"{assignment}-").removesuffix("-check")


def _total(submission: Any) -> float:
    return float(max(0.0, submission.score - submission.late_submission_penalty))


def _unread(entries: Sequence[Any]) -> Iterator[str]:
    for entry in entries:
        waiting: dict[bool, set[str]] = {False: set(), True: set()}
        for grade in (
            one for submission in _submissions(entry) for book in submission.notebooks for one in book.grades
        ):
            if grade.needs_manual_grade:
                waiting[grade.manual_score is not None].add(grade.notebook.student.id)
        if waiting[False]:
            yield f"{entry.name}: written answers that have no mark yet count 0: {_some(waiting[False])}"
        if waiting[True]:
            yield f"{entry.name}: marks by hand that count, and are to be looked at again: {_some(waiting[True])}"


def _some(students: Collection[str]) -> str:
    """How many, and the first names of them."""
    return f"{len(students)} ({', '.join(map(readable, sorted(students)[:5]))}{', ...' if len(students) > 5 else ''})"


def _other_points(title: str, theirs: float, platform: Platform) -> str:
    return (
        f"{readable(title)} is out of {number(theirs)} in {platform.title}, which is not what it is here; "
        "the points are written as they are here"
    )
