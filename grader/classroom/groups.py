"""A group's hand-in counts for each of its members who has handed in nothing of their own.

nbgrader 0.9.6 has no groups. So each such member gets a copy of the hand-in in `submitted/`, with its time, which is
then graded, shown and marked like their own. A note lists the copies. They are removed and made again in each run, so
that a member's own hand-in, or the group's next one, counts at once.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from pathlib import Path

from ..batch.attempts import Found
from ..files import new_beside, write_whole
from ..lms.roster import Roster
from ..student import StudentId
from .times import TIMESTAMP, UnclearTime, read_timestamp


def take_back(root: Path, submitted: Path, assignment: str) -> None:
    """Remove the copies of an earlier run. One that was changed since is the member's own hand-in, and stays.

    Raises:
        OSError: one can't be removed.
    """
    for who, digests in _read(root, assignment).items():
        folder = submitted / who / assignment
        if folder.is_symlink() or folder.parent.is_symlink():
            continue
        for name, digest in digests.items():
            if _digest(folder / name) == digest:
                (folder / name).unlink()
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            if not any(folder.parent.iterdir()):
                folder.parent.rmdir()


def hand_round(
    root: Path, submitted: Path, assignment: str, roster: Roster, own: Iterable[Found], zone: tzinfo
) -> list[Found]:
    """Copy the newest hand-in of each group to its members who have none. Returns the copies.

    Args:
        root: the course directory.
        submitted: the folder of the hand-ins.
        assignment: which assignment.
        roster: who is in which group.
        own: the students' own hand-ins, each in its place.
        zone: the class's time zone.

    Raises:
        OSError: one can't be copied.
    """
    handed_in: dict[str, list[Found]] = {}
    for one in own:
        handed_in.setdefault(one.student, []).append(one)
    copies = []
    plan: list[tuple[Path, Path]] = []
    notes: dict[str, dict[str, str]] = {}
    for giver, taker in _pairs(roster, handed_in, zone):
        folder = submitted / taker / assignment
        sources = [one.path for one in handed_in[giver]]
        time = sources[0].with_name(TIMESTAMP)
        found = [*sources, *([time] if time.is_file() and not time.is_symlink() else [])]
        new = [path for path in found if not os.path.lexists(folder / path.name)]  # never replace a member's file
        plan += [(path, folder / path.name) for path in new]
        notes[taker] = {path.name: _digest(path) for path in new}
        copies += [
            Found(folder / one.path.name, f"{taker}/{assignment}/{one.path.stem}", taker, master=one.master)
            for one in handed_in[giver]
        ]
    if notes or _note(root, assignment).exists():  # before copying: a file not in the note is a member's own
        write_whole(_note(root, assignment), json.dumps(notes, indent=1) + "\n")
    for source, target in plan:
        _copy(source, target)
    return copies


def copied(root: Path, assignment: str) -> set[str]:
    """The students who have a copy of their group's hand-in."""
    return {*_read(root, assignment)}


def _pairs(roster: Roster, handed_in: Mapping[str, list[Found]], zone: tzinfo) -> Iterator[tuple[str, str]]:
    """Pairs of a student with a hand-in and a member of the same group for whom it counts."""
    for members in roster.groups.values():
        givers = [who for who in members if who in handed_in]
        if givers:
            newest = max(givers, key=lambda who: (_moment(handed_in[who][0].path, zone), who))
            yield from ((newest, who) for who in members if who not in handed_in)


def _moment(path: Path, zone: tzinfo) -> float:
    """When a hand-in came in: by the collector's file, else by the notebook's own time."""
    try:
        return read_timestamp(path.with_name(TIMESTAMP), zone).timestamp()
    except (OSError, UnclearTime):
        return path.lstat().st_mtime


def _copy(source: Path, target: Path) -> None:
    """Copy a file with its time; it is whole or not there."""
    with new_beside(target) as part:
        shutil.copy2(source, part)


def _digest(path: Path) -> str:
    try:
        return "" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _note(root: Path, assignment: str) -> Path:
    return root / ".grader" / "groups" / f"{assignment}.json"


def _read(root: Path, assignment: str) -> dict[StudentId, dict[str, str]]:
    try:
        note = json.loads(_note(root, assignment).read_text("utf-8"))
        return {
            StudentId.parse(who): {name: digest for name, digest in digests.items() if Path(name).name == name}
            for who, digests in note.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):  # without a readable note, all files are hand-ins
        return {}
