"""Moodle. Names of downloads: `mod/assign/classes/downloader.php`. Grading worksheet: `mod/assign/feedback/offline`.
Grade import: docs.moodle.org, "Grade import", and "Upload users" for the columns of people.

The number in a file's name is a participant's, for one assignment only; the grading worksheet says who that is.
"""

from .platform import Column, GradeFile, Platform

PLATFORM = Platform(
    name="moodle",
    title="Moodle",
    files=(r"(?P<who>[^_].*?)_(?P<key>\d+)_assignsubmission_[a-z]+(?:_(?P<rest>.*))?",),
    zips_at_download=True,
    roster={
        "first name": "first_name",
        "firstname": "first_name",
        "last name": "last_name",
        "surname": "last_name",
        "lastname": "last_name",
        "full name": "name",
        "username": "login",
        "email address": "email",
        "email": "email",
        "id number": "number",
        "idnumber": "number",
    },
    known_by=("email address",),
    ids=("login", "number", "email"),
    log={
        "identifier": "key",
        "full name": "name",
        "email address": "email",
        "id number": "number",
        "username": "login",
        "last modified (submission)": "time",
    },
    log_times=("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M"),
    grades=GradeFile(
        columns=(
            Column("First name", "first_name"),
            Column("Last name", "last_name"),
            Column("Username", "login"),
            Column("ID number", "number"),
            Column("Email address", "email"),
        ),
        points_column="maximum grade",
        by_key=(("Identifier", "Participant {key}"), ("Grade", "{score}"), ("Last modified (grade)", "")),
        remark="in Moodle's grade import, map 'Email address' to 'Email address' and each grade to its grade item",
    ),
)
