"""The students of a class with their names on learning platforms, and which student a name or number means."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import ClassError
from ..files import write_whole
from ..student import NotAnId, StudentId, readable
from .csvfile import CsvFile, read_csv
from .platform import FIELDS, Platform, seconds
from .platforms import PLATFORMS

Row = dict[str, str]
"""A row of a roster, by `FIELDS`; also "name", and GitHub's "identifier", which may hold any of the fields."""

_UNIQUE = ("id", "login", "email", "number", "lms_user_id", "github")
_OWN = {name: name for name in (*FIELDS, "name")}


def rows_of(path: Path) -> tuple[list[tuple[int, Row]], Platform | None]:
    """The rows of a roster with their line numbers, and the platform that wrote it; None for a teacher's own file.

    Raises:
        ClassError: the file is not a roster.
        OSError: it can't be read.
    """
    table = read_csv(path)
    titles = [_folded(title) for title in table.head]
    platform, own = _writer(titles), _own(titles)
    if platform is None and "id" not in own:
        there = ", ".join(map(readable, filter(None, table.head))) or "none"
        raise ClassError(f"{path}: no column called id, and not a roster of {_listed(PLATFORMS)} (there are: {there})")
    fields = [{**platform.roster, "group": "group"}.get(title, "") for title in titles] if platform else []
    fields = fields or [_OWN.get(title, "") for title in own]
    nobody = platform.nobody if platform else ()
    return list(_rows(table, fields, nobody)), platform


def columns_left_out(path: Path) -> list[str]:
    """The titles in a teacher's own file that say nothing to us; none of a platform's, whose files are full of such.

    Raises:
        ClassError: the file is not a table.
        OSError: it can't be read.
    """
    head = read_csv(path).head
    titles = [_folded(title) for title in head]
    if _writer(titles):
        return []
    return [title for title, name in zip(head, _own(titles), strict=True) if title.strip() and name not in _OWN]


def _writer(titles: list[str]) -> Platform | None:
    return next((one for one in PLATFORMS if one.known_by and {*one.known_by} <= {*titles}), None)


def _own(titles: list[str]) -> list[str]:
    return [title.replace(" ", "_") for title in titles]


def rows_in(table: CsvFile, platform: Platform) -> list[tuple[int, Row]]:
    """The rows of students in a file that a platform has exported, with their line numbers."""
    known = {**platform.log, **platform.roster}
    return list(_rows(table, [known.get(_folded(title), "") for title in table.head], platform.nobody))


def _rows(table: CsvFile, fields: list[str], nobody: tuple[str, ...] = ()) -> Iterator[tuple[int, Row]]:
    for number, cells in enumerate(table.rows[1:], start=2):
        row = {field: _cell(field, cell) for field, cell in zip(fields, cells, strict=False) if field}
        name = f"{row.get('last_name')}, {row.get('first_name')}"
        if any(row.values()) and not any(_folded(text).startswith(nobody) for text in (cells[0], name)):
            yield number, _with_names(row)


def _cell(field: str, text: str) -> str:
    """A cell's text, without the "#" that Brightspace puts in front of logins and numbers, so that they stay texts."""
    return text.strip().removeprefix("#") if field in ("login", "number") else text.strip()


def _with_names(row: Row) -> Row:
    """The row with first and last name, split from the name if only that is given."""
    last, comma, first = row.get("name", "").partition(",")
    if not comma:
        first, _, last = row.get("name", "").rpartition(" ")
    return {"first_name": first.strip(), "last_name": last.strip()} | row if row.get("name") else row


def _listed(platforms: Iterable[Platform]) -> str:
    return ", ".join(one.title for one in platforms if one.known_by)


def new_id(row: Row, platform: Platform | None) -> StudentId:
    """The id for a new student of a roster.

    Raises:
        NotAnId: nothing in the row can be an id.
    """
    problem = NotAnId("there is no id in it")
    for field in platform.ids if platform else ("id",):
        try:
            if row.get(field) or not platform:
                return StudentId.parse(row.get(field, ""))
        except NotAnId as error:
            problem = error
    raise problem


class Roster:
    """The students of a class, with their names and numbers on learning platforms."""

    def __init__(self, students: Mapping[str, Row] | None = None) -> None:
        self.students: dict[str, Row] = {who: dict(row) for who, row in (students or {}).items()}
        self.participants: dict[str, str] = {}
        """Student ids by the platform's number for one assignment, from the platform's table (`learn`)."""
        self.moments: dict[str, float] = {}
        """When each student's work came in, from the platform's table; seconds since 1970."""

    @classmethod
    def read(cls, path: Path) -> "Roster":
        """The roster that `write` wrote; an empty one if there is no file.

        Raises:
            ClassError: it is damaged.
        """
        try:
            students = json.loads(path.read_text("utf-8"))["students"]
            return cls({str(StudentId.parse(who)): dict(row) for who, row in students.items()})
        except FileNotFoundError:
            return cls()
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ClassError(f"{path}: damaged; delete it, and give `grader class roster` your lists again") from None

    def write(self, path: Path) -> None:
        """Write it to a file that only its owner can read.

        Raises:
            OSError: it can't be written.
        """
        write_whole(path, json.dumps({"students": self.students}, indent=1, ensure_ascii=False) + "\n")
        path.chmod(0o600)

    def add(self, who: str, row: Row) -> None:
        """Add or update a student. Empty fields of the row change nothing, except the group, which they clear."""
        known = self.students.setdefault(who, {})
        known |= {field: row[field] for field in FIELDS[1:] if row.get(field)}
        if "group" in row:
            known["group"] = row["group"]
        self._forget()

    def keep(self, students: Collection[str]) -> None:
        """Forget everybody but these."""
        self.students = {who: row for who, row in self.students.items() if who in students}
        self._forget()

    def _forget(self) -> None:
        for name in ("_values", "_names", "groups"):
            self.__dict__.pop(name, None)

    def shared(self, students: Collection[str]) -> list[str]:
        """A sentence on each login, number or address that one of these students has in common with somebody."""
        return [
            f"{' and '.join(sorted(ids))} have the same {field}, {readable(value)}: is it one person under two ids?"
            for (field, value), ids in self._values.items()
            if len(ids) > 1 and not ids.isdisjoint(students)
        ]

    def match(self, row: Row) -> str:
        """The student in a row of a platform's list; "" if there is none, or if several match."""
        for field in ("id", "login", "number", "lms_user_id", "github", "email"):
            if found := self._only(field, row.get(field, "")):
                return found
        return next(iter(self.called(row.get("identifier", ""), groups=False)), "")

    def called(self, name: str, groups: bool = True) -> tuple[str, ...]:
        """The student with this name, login, address or number, or a group's members; empty if none or ambiguous.

        Args:
            name: as a platform writes it; signs other than letters and digits may differ or be missing.
            groups: whether it may be a group's name.
        """
        for field in _UNIQUE:
            if found := self._only(field, name):
                return (found,)
        squashed = _squashed(name)
        same = self._names.get(squashed, set()) if squashed else set()
        if len(same) == 1:
            return tuple(same)
        return tuple(self.groups.get(squashed, ())) if groups and squashed and not same else ()

    def numbered(self, platform: Platform, key: str) -> str:
        """Whom a platform means by its own number; "" if that is not known."""
        return self._only(platform.key, key) if platform.key else self.participants.get(key, "")

    def whose(self, platform: Platform, groups: Mapping[str, str]) -> tuple[str, ...]:
        """The students who handed in a file, by the name that a platform gave it.

        Args:
            platform: the platform.
            groups: the groups of the pattern that matched the file's name; see `Platform.files`.
        """
        if found := self.numbered(platform, groups.get("key", "")):
            return (found,)
        if platform.splits:
            words = platform.splits.join(filter(None, (groups.get("head"), groups["who"]))).split(platform.splits)
            parts = (platform.splits.join(words[start:]) for start in range(len(words)))
            return next(filter(None, map(self.called, parts)), ())
        return self.called(groups["who"])

    def learn(self, path: Path, zone: tzinfo) -> bool:
        """Read participants and times from a platform's table beside the hand-ins. Returns whether it is such a table.

        Raises:
            OSError: it can't be read.
        """
        try:
            table = read_csv(path)
        except ClassError:
            return False
        titles = [_folded(title) for title in table.head]
        platform = next((one for one in PLATFORMS if _is_log(one, titles)), None)
        if platform is None:
            return False
        for _, row in _rows(table, [platform.log.get(title, "") for title in titles]):
            who = self.match(row) or next(iter(self.called(row.get("name", ""), groups=False)), "")
            moment = max((seconds(row.get("time", ""), form, zone) for form in platform.log_times), default=0.0)
            if who and (number := "".join(filter(str.isdigit, row.get("key", "")))):
                self.participants[number] = who
            if who and moment:
                self.moments[who] = max(moment, self.moments.get(who, 0.0))
        return True

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """The members of each group, by its name reduced to letters and digits."""
        members: defaultdict[str, list[str]] = defaultdict(list)
        for who, row in self.students.items():
            if row.get("group"):
                members[_squashed(row["group"])].append(who)
        return dict(members)

    @cached_property
    def _values(self) -> dict[tuple[str, str], set[str]]:
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for who, row in self.students.items():
            for field in _UNIQUE:
                if value := {**row, "id": who}.get(field):
                    found[field, _folded(value)].add(who)
        return found

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for who, row in self.students.items():
            first, last = row.get("first_name", ""), row.get("last_name", "")
            for name in (first + last, last + first):
                found[_squashed(name)].add(who)
        return found

    def _only(self, field: str, value: Any) -> str:
        found = self._values.get((field, _folded(value)), set()) if value else set()
        return next(iter(found)) if len(found) == 1 else ""


def _is_log(platform: Platform, titles: list[str]) -> bool:
    time = next((title for title, field in platform.log.items() if field == "time"), "")
    return bool(time) and time in titles


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _squashed(name: str) -> str:
    """A name reduced to letters and digits, without case, since platforms change the rest."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFC", name).casefold()))
