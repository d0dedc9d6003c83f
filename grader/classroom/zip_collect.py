"""`nbgrader zip_collect` in a class: our way of finding submissions, as nbgrader's two plugins.

The extractor extracts one notebook per student, the newest attempt; the collector describes these to nbgrader. So
nbgrader meets no unknown name, no second attempt (at which it would stop), and none of a student's other files, such as
a `timestamp.txt`. nbgrader writes that file itself, with the platform's time.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path, PurePosixPath
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin

from ..batch.attempts import Found, sorted_out
from ..batch.collect import in_an_archive
from ..batch.names import Origin, origin, owners
from ..lms.platform import matched
from ..lms.platforms import PLATFORMS
from ..lms.roster import Roster
from ..student import readable
from .classdir import roster_at, students_at
from .collected import time_of, write_note
from .order import notebook_of
from .times import class_zone

_A_MOMENT = 1.0
"""Seconds after the deadline: the assumed time of a hand-in of which the platform only says that it was late."""


class Extractor(ExtractorPlugin):  # type: ignore[misc]
    """Extracts each student's newest attempt from a folder of downloads."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Write the attempts that count to `extracted/STUDENT/NOTEBOOK.ipynb`, and note the files that do not."""
        coursedir, archive, zone = self.parent.coursedir, Path(archive_path), class_zone(self.config)
        students, roster = students_at(coursedir), roster_at(Path(coursedir.root))
        pattern = Collector(parent=self.parent).named_regexp
        beside = [path for path in sorted(archive.glob("*.csv")) if not _is_handed_in(path, pattern)]
        tables = [path.name for path in beside if roster.learn(path, zone)]
        called = _called(pattern, roster, zone)
        release = Path(coursedir.format_path(coursedir.release_directory, ".", coursedir.assignment_id))
        released = {path.stem for path in release.glob("*.ipynb")}
        with tempfile.TemporaryDirectory(prefix="unpacked-") as unpacked:
            there = in_an_archive(archive, Path(unpacked) / "files", _is_students(roster, students))
            there = [one for one in there if one.name not in tables]
            found = [_wanted(one, released) for one in sorted_out(there, called)]
            taken = [one for one in found if not one.not_taken]
            for one in taken:
                target = Path(extracted_path, one.student, f"{notebook_of(one, released)}.ipynb")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(one.path, target)
                when = one.times[0] or one.times[1]
                os.utime(target, (when, when))
        rest = [one for one in found if one.not_taken]
        self._say(taken, rest, students)
        write_note(Path(coursedir.root), coursedir.assignment_id, self._moments(taken, roster), rest)

    def _say(self, taken: Sequence[Found], rest: Sequence[Found], students: Iterable[str]) -> None:
        for one in rest:
            self.log.warning("Not taken: %s: %s", readable(one.name), one.not_taken)
        for one in taken if students else ():
            if one.student not in students:
                name = readable(one.student)
                self.log.warning("Not in the roster: %s, who is new in the class now (%s)", name, readable(one.name))
        if rest:
            self.log.warning("%d notebooks are taken, %d files are not", len(taken), len(rest))

    def _moments(self, taken: Sequence[Found], roster: Roster) -> dict[str, float]:
        """When each student's work came in, in seconds since 1970, if a platform says so."""
        moments = {one.student: one.times[0] for one in taken if one.stamped}
        moments |= {one.student: roster.moments[one.student] for one in taken if one.student in roster.moments}
        late = [one for one in taken if one.late and one.student not in moments]
        due = _deadline(self.parent.coursedir) if late else 0.0
        if due:
            return moments | {one.student: due + _A_MOMENT for one in late}
        for one in late:
            self.log.warning("Late, as its name says, but there is no deadline here: %s", readable(one.name))
        return moments


class Collector(FileNameCollectorPlugin):  # type: ignore[misc]
    """Tells nbgrader, for each extracted file, the student and the time."""

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """The student, the notebook and the time of a file, in the form that nbgrader expects."""
        path, coursedir = Path(submitted_file), self.parent.coursedir
        info = {"student_id": path.parent.name, "file_id": path.name}
        time = time_of(Path(coursedir.root), coursedir.assignment_id, path.parent.name)
        return {**info, "timestamp": time} if time else info


def _deadline(coursedir: Any) -> float:
    """The assignment's deadline, without extensions, in seconds since 1970; 0.0 if there is none."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        due = gradebook.find_assignment(coursedir.assignment_id).duedate
    return float(due.replace(tzinfo=UTC).timestamp()) if due else 0.0


def _is_handed_in(path: Path, pattern: str) -> bool:
    """Whether a table has the name of a hand-in: then a student wrote it, and may say in it whose everything is."""
    names = (one for one in PLATFORMS if not one.roster_only)  # the others' names are too common
    named = any(matched(one, path.stem) for one in names) or bool(pattern and re.match(pattern, path.name))
    return named or path.is_symlink()


def _is_students(roster: Roster, students: Iterable[str]) -> Callable[[str], bool]:
    def is_students(name: str) -> bool:
        start = origin(PurePosixPath(name), roster)
        return bool(start.known) or owners([start], [""])[0] in students

    return is_students


def _called(pattern: str, roster: Roster, zone: tzinfo) -> Callable[[PurePosixPath], Origin]:
    """A function that finds a file's student: by the class's own pattern if it has one, else by roster and platform."""

    def called(place: PurePosixPath) -> Origin:
        found = re.match(pattern, str(place)) if pattern else None
        named = found.groupdict().get("student_id") if found else None
        return Origin(named, known=roster.called(named)) if named else origin(place, roster, zone)

    return called


def _wanted(found: Found, released: set[str]) -> Found:
    """The file, marked as not taken if it is a notebook of another assignment."""
    if found.not_taken or found.problem:
        return replace(found, problem="", not_taken=found.not_taken or found.problem)
    if notebook_of(found, released):
        return found
    wanted = ", ".join(sorted(released))
    return replace(found, not_taken=f"a notebook of another lesson, or of none; wanted is {wanted}")
