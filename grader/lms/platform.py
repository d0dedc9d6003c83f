"""What there is to know of a learning platform; each is a file of data beside this one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache

FIELDS = ("id", "first_name", "last_name", "email", "lms_user_id", "login", "number", "github", "section", "group")
"""What is known of a student. `login` is the name that somebody types to log in, `number` the school's own number."""


@dataclass(frozen=True)
class Column:
    """A column of a grade file: its title, and what stands in it: one of `FIELDS`, "name" ("Lovelace, Ada") or ""."""

    title: str
    field: str = ""


@dataclass(frozen=True)
class GradeFile:
    """How a platform wants to have grades.

    Attributes:
        columns: what stands before the grades, in a file that is made anew.
        points_row: what stands first in the row with the points that can be had; "" if there is no such row.
        title: a grade's title; `{name}` and `{points}` are filled in.
        points_in_title: finds the points that can be had in a title.
        points_column: the column with the points that can be had.
        quoted: whether each cell stands in quotation marks.
        by_key: the columns of a file without a roster, and what stands in them: texts, with `{key}`, `{name}` and
            `{score}` filled in. Where the score is none of them, a column for each lesson follows.
        remark: what a teacher must know of a file that was made anew.
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
        name: what it is called on the command line.
        title: what people call it.
        files: patterns of what it calls a hand-in, in a download of all. Their groups: `who`, the name or login of a
            student or the name of a group; `key`, what the platform itself tells people apart by; `head`, what stands
            before and tells apart, too; `late`, if it says so; `time`, when it came in; `rest`, the student's own.
        key: which of `FIELDS` a `key` is; "" where it is another one for each assignment.
        within: what stands around each hand-in's folder, as a pattern.
        splits: between the assignment's name and a student's in `who`, where only a roster tells where one ends.
        roster_only: whether these names are too common to be believed of anybody who is not in the roster.
        time: how a time in a name is written, for `datetime.strptime`. It is the platform's local time.
        zips_at_download: whether the times in its zip files are those of the download, which say nothing of hand-ins.
        roster: the columns of its rosters, in small letters, and which of `FIELDS` they are.
        known_by: columns that all of its rosters have, and no other platform's.
        ids: which of `FIELDS` becomes a student's id; the first one that is there.
        nobody: what stands at the beginning of lines of a roster that are nobody's, in small letters.
        log: the columns of a table that it can write beside the hand-ins: `key`, `time` and any of `FIELDS`.
        log_times: how times are written in that table.
        grades: how it wants to have grades; None where it takes none.
    """

    name: str
    title: str
    files: tuple[str, ...] = ()
    key: str = ""
    within: str = ""
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
    """A platform's local time, in seconds since 1970; 0.0 if it is none.

    Args:
        text: the time.
        form: how it is written, for `datetime.strptime`.
        zone: the platform's zone; this machine's, if not given.
    """
    try:
        local = datetime.strptime(re.sub(r" (UTC|GMT)$", " +0000", text), form)
        aware = local if local.tzinfo else local.replace(tzinfo=zone) if zone else local.astimezone()
        return aware.timestamp()
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
