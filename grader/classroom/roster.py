"""Reads the students of a class, from a teacher's or a learning platform's CSV file, into class and gradebook."""

from collections.abc import Collection, Iterable
from pathlib import Path

from ..errors import ClassError
from ..lms.platform import FIELDS
from ..lms.roster import Roster, Row, columns_left_out, new_id, rows_of
from ..student import NotAnId, StudentId, readable
from .classdir import ClassDir

_IN_GRADEBOOK = ("first_name", "last_name", "email", "lms_user_id")
"""The fields of a student in nbgrader's gradebook."""
_NAMES = f"these names: {', '.join(FIELDS)}, or name for first and last name together"


def read_roster(path: Path, known: Roster | None = None) -> dict[StudentId, Row]:
    """The students in a CSV file, by id.

    Args:
        path: the file: with a column `id`, or as a learning platform exports it.
        known: the students already in the class, whom a platform's list may name differently.

    Raises:
        ClassError: the file is not a roster. The text names the line and says what is wrong.
        OSError: it can't be read.
    """
    known = known or Roster()
    students: dict[StudentId, Row] = {}
    rows, platform = rows_of(path)
    for number, row in rows:
        try:
            same = known.match(row) if platform else ""
            who = StudentId.parse(same) if same else new_id(row, platform)
        except NotAnId as error:
            raise ClassError(f"{path}, line {number}: {error}") from None
        if who in students:
            raise ClassError(f"{path}, line {number}: {who} is there twice")
        _refuse_twins(f"{path}, line {number}", who, students)
        students[who] = row
    if not students:
        raise ClassError(f"{path}: there are no students in it")
    return students


def _refuse_twins(where: str, who: StudentId, others: Iterable[str]) -> None:
    for other in others:
        if other != who and StudentId(other).twin_key == who.twin_key:
            raise ClassError(f"{where}: {who} and {readable(other)} differ in nothing but capitals or their Unicode")


def put(folder: ClassDir, students: dict[StudentId, Row]) -> int:
    """Put students into the gradebook and the class's roster, or update them. Returns how many are new.

    Who has been taken out of the gradebook leaves the roster, too.

    Raises:
        ClassError: there is a student with nearly the same id, or the class's roster is damaged.
        OSError: it can't be written.
    """
    from nbgrader.api import Gradebook

    roster = folder.roster()
    with Gradebook(folder.coursedir.db_url, folder.coursedir.course_id) as gradebook:
        before = {student.id for student in gradebook.students}
        for who in students.keys() - before:
            _refuse_twins("the gradebook", who, before)
        for who, fields in students.items():
            roster.add(who, fields)
            gradebook.update_or_create_student(
                str(who), **{field: fields[field] for field in _IN_GRADEBOOK if fields.get(field)}
            )
    roster.keep(before | students.keys())
    roster.write(folder.roster_file)
    return len(students.keys() - before)


def remarks(path: Path, students: Collection[str], before: Roster, roster: Roster) -> list[str]:
    """Sentences on what may be wrong with a list of students that was read.

    Args:
        path: the list.
        students: their ids.
        before: the class's roster as it was.
        roster: as it is, with them.
    """
    left_out, gone = columns_left_out(path), sorted(before.students.keys() - roster.students.keys())
    said = [f"not read: the columns {', '.join(map(readable, left_out))}; columns have {_NAMES}"] if left_out else []
    if gone:
        said.append(f"no longer in the roster, for they are not in the gradebook: {', '.join(map(readable, gone))}")
    return said + roster.shared(students)
