"""Canvas. Names of downloads: `lib/content_zipper.rb`. Gradebook: `lib/gradebook_exporter.rb`, `gradebook_importer.rb`.

A file's name has the student's sortable name, perhaps LATE, the user's number and the file's. It has no time. Where
students are anonymous there is neither name nor number but, behind "anon", five letters and digits.
"""

from .platform import Column, GradeFile, Platform

PLATFORM = Platform(
    name="canvas",
    title="Canvas",
    files=(
        r"(?:(?P<late>LATE)_)?(?P<who>anon_[A-Za-z0-9]{5})_(?:\d+_(?P<rest>.+)|text|link)",
        r"(?P<who>(?=[^_]*[^\W\d_])[^_]+)(?:_(?P<late>LATE))?_(?P<key>\d{3,})_(?:\d{3,}_(?P<rest>.+)|text|link)",
    ),
    key="lms_user_id",
    zips_at_download=True,
    roster={
        "student": "name",
        "lastname": "last_name",
        "firstname": "first_name",
        "id": "lms_user_id",
        "sis user id": "number",
        "sis login id": "login",
        "section": "section",
    },
    known_by=("id", "sis login id", "section"),
    ids=("login", "number", "lms_user_id"),
    nobody=("points possible", "student, test"),
    grades=GradeFile(
        columns=(
            Column("Student", "name"),
            Column("ID", "lms_user_id"),
            Column("SIS User ID", "number"),
            Column("SIS Login ID", "login"),
            Column("Section", "section"),
        ),
        points_row="    Points Possible",
        by_key=(("Student", "{name}"), ("ID", "{key}"), ("SIS Login ID", ""), ("Section", "")),
        remark="Canvas asks, for each title that it does not know, which assignment it is, or makes a new one",
    ),
)
