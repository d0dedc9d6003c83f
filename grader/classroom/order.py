"""`submitted/` put in order before anything is graded: a folder for each student's id, each lesson under its own name.

nbgrader takes any folder's name for a student, shows it on its pages, and ignores every file that is not named exactly
like the lesson. So, before `grader autograde` or `nbgrader autograde` grades, a folder whose name is not an id is moved
to `quarantine/`, a name in another form of Unicode is normalised, and the newest attempt at each lesson, whatever its
name and however deep in folders and zip files, is put where nbgrader looks. Nothing is deleted, and each run lists the
files that do not count, with the reason.
"""

import filecmp
import itertools
import math
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..batch.attempts import MAX_LISTED, Found, is_platforms_own, is_regular, latest_only, lesson_of
from ..batch.collect import in_a_students_folder
from ..batch.names import lesson_named_in, stem
from ..errors import ClassError
from ..files import new_beside, tree
from ..refusals import NO_ROOM, sentence
from ..student import NotAnId, StudentId, readable
from .classdir import roster_at, students_at
from .collected import not_collected
from .groups import hand_round, take_back
from .quarantine import FOLDER, quarantine, zone_at

_SAME_SECOND = 3
"""Files whose times agree to so many decimals of a second have the same time: file systems round differently."""


def submissions(root: Path, coursedir: Any, assignment: str, student: str = "*") -> list[Found]:
    """Put `submitted/` in order. Returns an assignment's submissions, and the files that are not taken.

    Args:
        root: the course directory.
        coursedir: nbgrader's object for it.
        assignment: which assignment.
        student: a pattern of ids. Folders whose names are not ids are moved to quarantine in any case.

    Raises:
        ClassError: there is no such assignment.
        OSError: `submitted/` can't be put in order.
    """
    source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    masters = {path.stem: path for path in source.glob("*.ipynb")}
    if not masters:
        raise ClassError(f"{assignment}: there is no such assignment (no notebook in {source})")
    submitted = Path(coursedir.format_path(coursedir.submitted_directory, "x", "x")).parent.parent
    pattern = unicodedata.normalize("NFC", student)
    before = list(_in_quarantine(root, assignment))
    found = [*before, *_put_aside(root, submitted, assignment), *not_collected(root, assignment)]
    zone, roster = zone_at(root), roster_at(root)
    take_back(root, submitted, assignment)
    found += _misplaced(submitted, assignment, {path.parent.name for path in source.parent.glob("*/*.ipynb")})
    known = students_at(coursedir)
    twins = {StudentId(one).twin_key: one for one in known}
    own: list[Found] = []
    for place in sorted(submitted.glob(f"*/{_escaped(assignment)}")):
        try:
            who = StudentId.parse(place.parent.name)
        except NotAnId:  # a program's own folder, or one that can't be put aside
            continue
        if who not in known and (twin := twins.get(who.twin_key)):
            reason = f"the class has no {who}, but it has {twin}; rename the folder {who}, if it is {twin}'s"
            own.append(Found(place, f"{who}/{assignment}", who, not_taken=reason))
        elif fnmatchcase(who, pattern) or roster.students.get(who, {}).get("group"):
            own += _of_one_alone(root, place, who, masters, zone)
    taken = [one for one in own if not one.not_taken]
    own += hand_round(root, submitted, assignment, roster, taken, zone)
    return found + [one for one in own if fnmatchcase(one.student, pattern)]


def newcomers(coursedir: Any, found: Iterable[Found]) -> list[str]:
    """A sentence on each student among these who is not in the class yet; none for a class that has nobody yet."""
    known = students_at(coursedir)
    new = sorted({one.student for one in found if not one.not_taken} - known) if known else []
    return [f"Not in the roster: {who}, who is new in the class now" for who in new]


def _escaped(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


# -- folders ----------------------------------------------------------------------------------------------------------


def _put_aside(root: Path, submitted: Path, assignment: str) -> Iterator[Found]:
    """Move each folder that is not a student's into quarantine, and normalise the names of the others."""
    for entry in sorted(os.scandir(submitted), key=lambda one: one.name) if submitted.is_dir() else ():
        if entry.name.startswith(".") or not (entry.is_symlink() or entry.is_dir()):
            continue
        path = Path(entry.path)
        try:
            student = StudentId.parse(_readable(entry.name))
            problem = "a link, and links are not followed" if entry.is_symlink() else ""
        except NotAnId as error:
            student, problem = StudentId(""), str(error)
        try:
            if problem:
                target = _free(root / FOLDER / (student or StudentId(_readable(entry.name))).file_name)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.rename(target)
                reason = f"{problem}. It is in {target.relative_to(root)}; rename it and put it back"
                yield Found(target, readable(_readable(entry.name)), student, not_taken=reason)
            elif entry.name != student:
                _rename(path, submitted / student, assignment)
        except OSError as error:  # a folder that its own permissions keep where it is
            if error.errno in NO_ROOM:
                raise
            yield Found(path, readable(_readable(entry.name)), student, not_taken=_not_in_order(error))


def _misplaced(submitted: Path, assignment: str, assignments: Collection[str]) -> Iterator[Found]:
    """Files in `submitted/` or in a student's folder that are not in an assignment's folder."""
    for path in sorted((*submitted.glob("*"), *submitted.glob("*/*"))):
        student = path.parent.name if path.parent != submitted else ""
        other = lesson_named_in(path.name) not in ("", assignment) and assignment in assignments
        if path.name.startswith(".") or is_platforms_own(path.name) or other:
            continue
        if not path.is_dir() or (student and path.name not in assignments):
            place = f"submitted/{student or 'STUDENT'}/{assignment}/"
            reason = f"not in an assignment's folder; put it into {place}, if it belongs there"
            yield Found(path, readable(_readable(str(path.relative_to(submitted)))), student, not_taken=reason)


def _rename(path: Path, target: Path, assignment: str) -> None:
    """Give a student's folder its normalised name. If there is such a folder, its hand-ins become attempts there."""
    if not target.exists():
        path.rename(target)
        return
    for place in path.iterdir():
        goal = target / place.name
        place.rename(_free(goal / "another spelling of the name") if goal.is_dir() else _free(goal))
    path.rmdir()


def _readable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _free(path: Path) -> Path:
    """This path, or a similar one that does not exist yet."""
    number, free = 0, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


# -- one student's hand-ins -------------------------------------------------------------------------------------------


def _of_one_alone(root: Path, place: Path, student: StudentId, masters: dict[str, Path], zone: tzinfo) -> list[Found]:
    """The same as `_of_one`; if a student's folder can't be put in order, that is said, and stops nobody else.

    Raises:
        OSError: this machine can't write there at all.
    """
    try:
        return _of_one(root, place, student, masters, zone)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        return [Found(place, f"{student}/{place.name}", student, not_taken=_not_in_order(error))]


def _not_in_order(error: OSError) -> str:
    return f"it can't be put in order ({readable(sentence(error), 500)})"


def _of_one(root: Path, place: Path, student: StudentId, masters: dict[str, Path], zone: tzinfo) -> list[Found]:
    """Put one student's submissions of an assignment in their places. Returns them and the files not taken."""
    assignment, name = place.name, f"{student}/{place.name}"
    moved = quarantine(place, root / FOLDER / student / assignment, zone)
    why = f"moved to {FOLDER}/{name}: a link, a device, a time that is none or not the collector's, or too much"
    found = [Found(root / FOLDER, f"{name}/{readable(_readable(one))}", student, not_taken=why) for one in moved]
    with tempfile.TemporaryDirectory(prefix="unpacked-") as unpacked:
        there = in_a_students_folder(place, Path(unpacked) / "files")
        if not there and not found:
            return [Found(place, name, student, not_taken="an empty folder")]
        named = [replace(one, student=student) for one in there]
        for one, notebook in list(_chosen(named, place, masters)):  # before anything is moved
            if notebook:
                target = _in_place(one, place / f"{notebook}.ipynb")
                found.append(Found(target, f"{name}/{notebook}", student, master=masters[notebook]))
            else:
                found.append(replace(one, name=f"{name}/{one.name}"))
    return found


def _chosen(there: Sequence[Found], place: Path, masters: dict[str, Path]) -> Iterator[tuple[Found, str]]:
    """Each file with the notebook for which it counts, or with "" and the reason why it does not count."""
    lessons = [notebook_of(one, masters) for one in there]
    # A file in its place was once copied there, and counts as no older than the file it was copied from.
    dated = [_dated(one, _is_in(place, one, lesson)) for one, lesson in zip(there, lessons, strict=True)]
    chosen = latest_only(dated, [lesson or one.name for one, lesson in zip(there, lessons, strict=True)])
    best = dict(_taken(chosen, lessons))
    best |= {lesson: one for lesson, one in _taken(chosen, lessons) if is_regular(one.path)}
    for one, lesson in zip(chosen, lessons, strict=True):
        if one.not_taken:
            if not (lesson in best and _is_same(one.path, best[lesson].path)):
                yield one, ""
        elif one.problem:
            yield replace(one, problem="", not_taken=one.problem), ""
        elif not lesson:
            wanted = ", ".join(f"{name}.ipynb" for name in sorted(masters))
            yield replace(one, not_taken=f"a notebook of another lesson, or of none; here belongs {wanted}"), ""
        elif one is not best[lesson] or not (is_regular(one.path) or _is_in(place, one, lesson)):
            yield replace(one, not_taken="not a regular file"), ""
        else:
            yield one, lesson


def _taken(chosen: Sequence[Found], lessons: Sequence[str]) -> Iterator[tuple[str, Found]]:
    for one, lesson in zip(chosen, lessons, strict=True):
        if lesson and not one.not_taken and not one.problem:
            yield lesson, one


def _dated(found: Found, is_in_place: bool) -> Found:
    when = round(found.times[0], _SAME_SECOND)
    return replace(found, times=(when, math.inf if is_in_place else found.times[1]))


def notebook_of(found: Found, notebooks: Collection[str]) -> str:
    """The notebook of the assignment of which this file is an attempt; "" for none."""
    if found.not_taken:
        return ""
    text = stem(found.name.rpartition("/")[2]).casefold()
    named = [name for name in notebooks if name.casefold() in text]
    lesson = lesson_of(found)
    return max(named, key=len) if named else lesson if lesson in notebooks else ""


def _is_in(place: Path, found: Found, notebook: str) -> bool:
    return bool(notebook) and found.path == place / f"{notebook}.ipynb"


def _is_same(one: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _in_place(found: Found, target: Path) -> Path:
    """Copy the file to its place. An older attempt there is renamed, and keeps its time."""
    if found.path == target:
        return target
    when = found.times[0] or found.times[1]
    with new_beside(target) as whole:
        shutil.copyfile(found.path, whole)  # first: it may lie in a folder of the target's name
        os.utime(whole, (when, when))
        if os.path.lexists(target):
            target.rename(_free(target.with_name(f"{target.stem}-older{target.suffix}")))
    return target


def _in_quarantine(root: Path, assignment: str) -> Iterator[Found]:
    """Files that earlier runs moved to quarantine, as long as they are there."""
    for place in sorted((root / FOLDER).glob(f"*/{_escaped(assignment)}")):
        files = (Path(one.path) for one in tree(place) if not one.is_dir(follow_symlinks=False))
        for path in itertools.islice(files, MAX_LISTED):
            name = readable(_readable(str(path.relative_to(root))))
            yield Found(path, name, not_taken="put aside; look at it, then put it back under another name or delete it")
