"""`nbgrader collect` in a class: who handed in, and when, the machine says, and not the hand-in.

A hand-in in the exchange is a folder of its student's, who may call it anything and change what is in it. So a folder
is taken only from its owner, a link stays a link, and what was changed after the time in its name came in when it was
changed: the system notes when, and only root could turn that back. One that can't be taken stops no other.
"""

import itertools
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NoReturn

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import ignore_patterns
from traitlets import Bool

from ..files import DEEPEST, open_to_read, write_whole
from ..refusals import NO_ROOM, sentence
from ..student import NotAnId, StudentId, readable
from .times import TIMESTAMP, UnclearTime, class_zone, read_time, read_timestamp

MAX_FILES = 1_000
"""Files and folders of one hand-in."""
_PIECE = 1_000_000
"""Bytes that are copied at a time."""
PATIENCE = 60.0
"""Seconds that `nbgrader submit` may take, and in which clocks may differ."""


class NotTaken(Exception):
    """A hand-in that is not taken. The text says why."""


@dataclass(frozen=True)
class HandIn:
    """A folder in the exchange.

    Attributes:
        path: where it is; what is there may be another folder a moment later.
        status: the folder itself, whose owner was looked at.
        moment: when it came in.
        changed: when something in it was changed last.
    """

    path: Path
    status: os.stat_result
    student: StudentId
    moment: datetime
    changed: datetime


class Collect(ExchangeCollect):  # type: ignore[misc]
    """Takes the place of nbgrader's collector."""

    by_name = Bool(
        False, help="Believe the time in a hand-in's name, as after an exchange was restored from a backup."
    ).tag(config=True)

    def init_src(self) -> None:
        """Find the hand-ins, and choose one for each student."""
        if not self.coursedir.course_id:
            self.fail("No course id specified. Re-run with --course flag.")
        inbound = Path(self.root, self.coursedir.course_id, "inbound")
        if not inbound.is_dir():
            self.fail(f"Course not found: {inbound}")
        by_student: dict[str, list[HandIn]] = {}
        for one in self._found(inbound):
            by_student.setdefault(one.student, []).append(one)
        due = self._due() if self.before_duedate else None
        self.src_records = [_chosen(those, due) for those in by_student.values()]

    def copy_files(self) -> None:
        """Copy the chosen ones into `submitted/`."""
        if not self.src_records:
            self.log.warning("No submissions of '%s' to collect", self.coursedir.assignment_id)
        for one in self.src_records:
            with self._or_said(one.path.name):
                self._collect(one)

    @contextmanager
    def _or_said(self, name: str) -> Iterator[None]:
        """Say why a hand-in can't be taken, and go on with the others.

        Raises:
            OSError: none of the others can be taken either, because the disk is full.
        """
        try:
            yield
        except (NotTaken, OSError) as error:
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise
            self.log.warning("Not taken: %s: %s", readable(name), readable(sentence(error) or str(error), 500))

    def _found(self, inbound: Path) -> Iterator[HandIn]:
        wanted, assignment = self.coursedir.student_id or "*", re.escape(self.coursedir.assignment_id)
        name = re.compile(rf"(?P<who>.+?)\+{assignment}\+(?P<time>.+?)(?:\+[\w=-]{{12}})?", re.ASCII)
        for entry in sorted(os.scandir(inbound), key=lambda one: one.name):
            if (parts := name.fullmatch(entry.name)) and fnmatchcase(parts["who"], wanted):
                with self._or_said(entry.name):
                    yield self._hand_in(Path(entry.path), parts["who"], parts["time"])

    def _hand_in(self, path: Path, who: str, time: str) -> HandIn:
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise NotTaken("not a folder")
        try:
            student = StudentId.parse(who)
        except NotAnId as error:
            raise NotTaken(str(error)) from None
        if self.check_owner and not _is_trusted(status.st_uid) and _user(status.st_uid) != who:
            raise NotTaken(f"it says that it is {who}'s, and belongs to {_user(status.st_uid)}")
        changed = _changed(path, status)
        return HandIn(path, status, student, self._moment(path, time, changed), changed)

    def _moment(self, path: Path, time: str, changed: datetime) -> datetime:
        """When it came in: as its name says, or when something in it was changed last, if that was later."""
        try:
            named = read_time(time, class_zone(self.config), bare=UTC).astimezone(UTC)
        except UnclearTime:
            return changed
        if self.by_name or (changed - named).total_seconds() <= PATIENCE:
            return named
        said = f"{changed:%Y-%m-%d %H:%M:%S} UTC"
        self.log.warning("%s was changed after that time, and counts from then: %s", readable(path.name), said)
        return changed

    def _due(self) -> datetime | None:
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                due = gradebook.find_assignment(self.coursedir.assignment_id).duedate
            except MissingEntry:
                return None
        return due.replace(tzinfo=UTC) if due else None

    def _collect(self, one: HandIn) -> None:
        course, name = self.coursedir, self.coursedir.assignment_id
        target = Path(course.format_path(course.submitted_directory, one.student, name))
        if os.path.lexists(target):
            there = _time_of(target)
            newer = self.update and (there is None or one.moment > there)
            if not (newer or (self.before_duedate and there != one.moment)):
                self.log.info("Submission already exists, use --update for newer ones: %s", one.student)
                return
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".collecting-") as part:
            whole = Path(part) / "files"
            self._copy(one, whole)
            if _changed(one.path, one.status) != one.changed:
                raise NotTaken("it was changed at this very moment; collect again")
            write_whole(whole / TIMESTAMP, f"{one.moment:%Y-%m-%d %H:%M:%S.%f} UTC\n")
            if self.coursedir.groupshared:
                _share(whole)
            if os.path.lexists(target):
                target.rename(Path(part) / "before")
            whole.rename(target)
        self.log.info("Collected: %s %s", one.student, name)

    def _copy(self, one: HandIn, target: Path) -> None:
        """Copy the regular files of a hand-in, and its links as links.

        Raises:
            NotTaken: it is too much, or there is something else in it.
            OSError: something in it can't be read, or a copy can't be written.
        """
        left = 1000 * self.coursedir.max_dir_size
        ignored = ignore_patterns(self.coursedir.ignore, self.coursedir.include, self.coursedir.max_file_size, self.log)
        for inside, folders, files, handle in _walk(one.path, one.status):
            (target / inside).mkdir()
            unwanted = set(ignored(str(one.path / inside), [*folders, *files]))
            for name in {*folders, *files} - unwanted:
                entry = os.stat(name, dir_fd=handle, follow_symlinks=False)
                if stat.S_ISLNK(entry.st_mode):
                    os.symlink(os.readlink(name, dir_fd=handle), target / inside / name)
                elif not stat.S_ISDIR(entry.st_mode) and inside / name != Path(TIMESTAMP):
                    left -= _copy_regular(name, handle, target / inside / name, left)
            folders[:] = [name for name in folders if name not in unwanted]


def _walk(folder: Path, status: os.stat_result) -> Iterator[tuple[Path, list[str], list[str], int]]:
    """Like `os.fwalk`, with places from the folder on; no link is followed, also if one takes a folder's place now.

    Raises:
        NotTaken: there is too much in it, or it is no longer the folder of this status.
        OSError: a folder in it can't be read.
    """
    walk = os.fwalk(folder, onerror=_fail, follow_symlinks=False)
    first = next(walk, None)
    if first is None or not os.path.samestat(os.fstat(first[3]), status):
        raise NotTaken("another took its place at this very moment; collect again")
    count = 0
    for place, folders, files, handle in itertools.chain([first], walk):
        inside = Path(place).relative_to(folder)
        count += len(folders) + len(files)
        if count > MAX_FILES or len(inside.parts) >= DEEPEST:
            raise NotTaken(f"more than {MAX_FILES:,} files, or {DEEPEST} folders in one another")
        yield inside, folders, files, handle


def _fail(error: OSError) -> NoReturn:
    raise error


def _chosen(those: list[HandIn], due: datetime | None) -> HandIn:
    in_time = [one for one in those if due and one.moment <= due]
    return max(in_time or those, key=lambda one: (one.moment, one.path.name))


def _user(number: int) -> str:
    import pwd  # not on Windows, where nbgrader's other commands look for this class, too

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _is_trusted(user: int) -> bool:
    """Whether it is somebody who may hand in for others: who collects, or root."""
    return user in (0, os.geteuid())


def _changed(folder: Path, status: os.stat_result) -> datetime:
    """When something in a folder was changed last, or it itself, as the system notes it (`st_ctime`).

    Raises:
        NotTaken, OSError: as `_walk`.
    """
    last = 0.0
    for _, folders, files, handle in _walk(folder, status):
        there = (os.stat(name, dir_fd=handle, follow_symlinks=False) for name in (*folders, *files))
        last = max(last, os.fstat(handle).st_ctime, *(one.st_ctime for one in there))
    return datetime.fromtimestamp(last, UTC)


def _copy_regular(name: str, folder: int, target: Path, most: int) -> int:
    """Copy a file that nobody can have exchanged for another meanwhile. Returns its size.

    Raises:
        NotTaken: it is no regular file, has a second name, or is larger.
        OSError: it can't be read, or the copy can't be written.
    """
    handle = open_to_read(name, folder=folder)
    with open(handle, "rb") as source:
        entry = os.fstat(handle)
        if not stat.S_ISREG(entry.st_mode) or entry.st_nlink > 1:
            raise NotTaken(f"{name!a} is no file of its own")
        if entry.st_size > most:
            raise NotTaken("too large")
        with target.open("wb") as file:
            for _ in range(0, entry.st_size, _PIECE):  # no further, if it grows meanwhile
                file.write(source.read(_PIECE))
    os.utime(target, ns=(entry.st_atime_ns, entry.st_mtime_ns))
    return entry.st_size


def _time_of(folder: Path) -> datetime | None:
    try:
        return read_timestamp(folder / TIMESTAMP, UTC).astimezone(UTC)
    except (OSError, UnclearTime):
        return None


def _share(folder: Path) -> None:
    for place, _, files in os.walk(folder):
        os.chmod(place, 0o2770)  # noqa: S103 - a class that a group of teachers shares
        for name in files:
            if not os.path.islink(path := os.path.join(place, name)):
                os.chmod(path, 0o660)
