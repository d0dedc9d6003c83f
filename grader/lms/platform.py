"""The description of a learning platform; each platform is a file of data beside this one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache

FIELDS = ("id", "first_name", "last_name", "email", "lms_user_id", "login", "number", "github", "section", "group")
"""The fields of a student. `login` is the user name, `number` the school's student number."""


@dataclass(frozen=True)
class Column:
    """A column of a grade file: its title, and its content: one of `FIELDS`, "name" ("Lovelace, Ada") or ""."""

    title: str
    field: str = ""


@dataclass(frozen=True)
class GradeFile:
    """The format in which a platform imports grades.

    Attributes:
        columns: the columns before the grades, in a new file.
        points_row: the first cell of the row with the maxima; "" if there is no such row.
        title: a grade's title; `{name}` and `{points}` are filled in.
        points_in_title: a pattern that finds the maximum in a title.
        points_column: the title of the column with the maximum.
        quoted: whether every cell is in quotation marks.
        by_key: the columns of a file made without a roster, and their content, in which `{key}`, `{name}` and `{score}`
            are filled in. If none contains the score, a column for each lesson follows.
        remark: what a teacher must know about a new file.
    """

    columns: tuple[Column, ...]
    points_row: str = ""
    title: str = "{name}"
    points_in_title: str = ""
    points_column: str = ""
    quoted: bool = False
    by_key: tuple[tuple[str, str], ...] = ()
    remark: str = ""


@dataclass(frozen=True, eq=False)
class Platform:
    """A learning platform.

    Attributes:
        name: its name on the command line.
        title: its name for people.
        files: patterns of the file names in a download of all hand-ins. Their groups: `who`, a student's name or login
            or a group's name; `key`, the platform's own number for them; `head`, a part before it that also
            identifies them; `late`, if marked so; `time`, of handing in; `rest`, the student's own file name.
        key: which of `FIELDS` a `key` is; "" if it differs between assignments.
        within: a pattern of the folder around the hand-ins' folders.
        given: a pattern of the folders in a student's folder that hold what teachers gave or wrote.
        handed_in: a pattern of those that hold what was handed in, if only beside such a one the others are so meant.
        splits: the separator in `who` between the assignment's name and the student's, where only a roster can tell
            where the one ends.
        roster_only: whether these file names are so common that they count only for students in the roster.
        time: the format of times in file names, for `datetime.strptime`, in the platform's local time.
        zips_at_download: whether the times in its zip files are those of the download, not of handing in.
        roster: the columns of its rosters, in lower case, and which of `FIELDS` they are.
        known_by: columns that all of its rosters have, and no other platform's.
        ids: which of `FIELDS` becomes a student's id; the first one that is not empty.
        nobody: how rows of a roster begin that are not students, in lower case.
        log: the columns of a table that it can write beside the hand-ins: `key`, `time` and any of `FIELDS`.
        log_times: the formats of times in that table.
        grades: the format in which it imports grades; None if it does not.
    """

    name: str
    title: str
    files: tuple[str, ...] = ()
    key: str = ""
    within: str = ""
    given: str = ""
    handed_in: str = ""
    splits: str = ""
    roster_only: bool = False
    time: str = ""
    zips_at_download: bool = False
    roster: Mapping[str, str] = field(default_factory=dict)
    known_by: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    log: Mapping[str, str] = field(default_factory=dict)
    log_times: tuple[str, ...] = ()
    grades: GradeFile | None = None


def seconds(text: str, form: str, zone: tzinfo | None) -> float:
    """A platform's local time, in seconds since 1970; 0.0 if the text is not a time.

    Args:
        text: the time.
        form: its format, for `datetime.strptime`.
        zone: the platform's time zone; by default this machine's.
    """
    try:
        local = datetime.strptime(re.sub(r" (UTC|GMT)$", " +0000", text), form)
        aware = local if local.tzinfo else local.replace(tzinfo=zone) if zone else local.astimezone()
        return aware.astimezone(UTC).timestamp()  # one that UTC does not have is none, too
    except (ValueError, OverflowError, OSError):
        return 0.0


def matched(platform: Platform, name: str) -> dict[str, str]:
    """The groups of the first pattern that a hand-in's name fits; empty if none.

    On some platforms people choose their own names, and everywhere those of their files. So either may hold the
    platform's words once more, and nobody knows which of them are the platform's. Then what they say at last is there,
    too, where it differs: `last key`, `last time`.
    """
    for pattern in platform.files:
        if found := re.fullmatch(pattern, name):
            groups = {group: text for group, text in found.groupdict().items() if text is not None}
            last = re.fullmatch(_read_from_behind(pattern), name)
            others = {group: last[group] for group in ("key", "time") if last and group in groups}
            return groups | {f"last {group}": text for group, text in others.items() if text != groups[group]}
    return {}


@cache
def _read_from_behind(pattern: str) -> str:
    """The same pattern, in which a student's name ends as late as it can."""
    return re.sub(r"(\(\?P<who>[^()]*)\?\)", r"\1)", pattern)
