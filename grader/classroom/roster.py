"""The students of a class, from a CSV file into the gradebook."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from ..errors import ClassError
from ..inside.values import plain_text
from ..student import NotAnId, StudentId
from .classdir import ClassDir

FIELDS = ("id", "first_name", "last_name", "email", "lms_user_id")
"""The columns. Only the first is needed; it is also the name of the student's folder in `submitted/`."""


def read_roster(path: Path) -> dict[StudentId, dict[str, str]]:
    """The students in a CSV file, by id.

    Raises:
        ClassError: the file is no roster. The text names the line and says what is wrong.
        OSError: it can't be read.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ClassError(f"{path}: not UTF-8 text; save it as CSV UTF-8") from None
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text.partition("\n")[0], delimiters=",;\t")
    except csv.Error:  # a single column
        dialect = csv.excel
    rows = csv.DictReader(io.StringIO(text), dialect=dialect)
    names = {name: name.strip().casefold().replace(" ", "_") for name in rows.fieldnames or () if name}
    if "id" not in names.values():
        raise ClassError(f"{path}: no column called id (there are: {', '.join(names) or 'none'})")
    students: dict[StudentId, dict[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        values = {names[key]: (value or "").strip() for key, value in row.items() if key in names}
        if not any(values.values()):
            continue
        try:
            who = StudentId.parse(values["id"])
        except NotAnId as error:
            raise ClassError(f"{path}, line {number}: {error}") from None
        if who in students:
            raise ClassError(f"{path}, line {number}: {who} is there twice")
        _refuse_twins(f"{path}, line {number}", who, students)
        students[who] = {field: values[field] for field in FIELDS[1:] if values.get(field)}
    if not students:
        raise ClassError(f"{path}: there are no students in it")
    return students


def _refuse_twins(where: str, who: StudentId, others: Iterable[str]) -> None:
    for other in others:
        if other != who and StudentId(other).twin_key == who.twin_key:
            raise ClassError(f"{where}: {who} and {plain_text(other)} differ in nothing but capitals or their Unicode")


def put(folder: ClassDir, students: dict[StudentId, dict[str, str]]) -> int:
    """Put students into the gradebook, or update them. Returns how many are new.

    Raises:
        ClassError: somebody is there under nearly the same id, or the gradebook can't be written.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with Gradebook(folder.coursedir.db_url, folder.coursedir.course_id) as gradebook:
            before = {student.id for student in gradebook.students}
            for who in students.keys() - before:
                _refuse_twins("the gradebook", who, before)
            for who, fields in students.items():
                gradebook.update_or_create_student(str(who), **fields)
    except SQLAlchemyError as error:
        raise ClassError(f"the gradebook can't be written: {str(error).splitlines()[0][:200]}") from None
    return len(students.keys() - before)
