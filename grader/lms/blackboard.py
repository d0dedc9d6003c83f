"""Blackboard. Names of downloads and columns: its help, "Work Offline with Grade Data" and "Download Assignments".

At an import, a column without Blackboard's own number becomes a new text column without points.
"""

from .platform import Column, GradeFile, Platform

PLATFORM = Platform(
    name="blackboard",
    title="Blackboard",
    files=(r"(?P<head>.*?)_(?P<who>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<rest>.*))?",),
    splits="_",
    time="%Y-%m-%d-%H-%M-%S",
    roster={
        "last name": "last_name",
        "first name": "first_name",
        "username": "login",
        "user name": "login",
        "student id": "number",
    },
    known_by=("username", "last name", "first name"),
    ids=("login",),
    grades=GradeFile(
        columns=(
            Column("Last Name", "last_name"),
            Column("First Name", "first_name"),
            Column("Username", "login"),
            Column("Student ID", "number"),
        ),
        title="{name} [Total Pts: {points} Score]",
        points_in_title=r"\[Total Pts:(?: up to)? ([\d.,]+)[^]]*\]",
        quoted=True,
        by_key=(("Username", "{name}"),),
        remark="Blackboard knows a column by the number in its title; make the column there, download, and use --into",
    ),
)
