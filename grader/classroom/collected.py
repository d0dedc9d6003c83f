"""The collector's note: which students' work `nbgrader zip_collect` found, its time, and the files it did not take.

The note is in `.grader/`, where only the teacher writes. `grader autograde` reports from it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..batch.attempts import Found
from ..files import write_whole


def write_note(root: Path, assignment: str, moments: Mapping[str, float], not_taken: Sequence[Found]) -> None:
    """Note what a run of the collector found. This replaces an earlier run's note.

    Args:
        root: the course directory.
        assignment: which assignment.
        moments: when each student's work came in, in seconds since 1970, where that is known.
        not_taken: the files that it did not take.

    Raises:
        OSError: it can't be written.
    """
    times = {who: _as_text(moment) for who, moment in moments.items()}
    rest = [[one.name, one.student, one.not_taken] for one in not_taken]
    write_whole(_note(root, assignment), json.dumps({"times": times, "not_taken": rest}, indent=2) + "\n")


def time_of(root: Path, assignment: str, student: str) -> str:
    """The time of a student's work by the collector's note, in UTC; "" if unknown."""
    time = _read(root, assignment)["times"].get(student, "")
    return time if isinstance(time, str) else ""


def not_collected(root: Path, assignment: str) -> Iterator[Found]:
    """The files that the collector did not take, and why, as long as the downloads are there."""
    if not (root / "downloaded" / assignment / "archive").is_dir():
        return
    for name, student, reason in _read(root, assignment)["not_taken"]:
        yield Found(root, f"downloaded/{assignment}/archive/{name}", student, not_taken=reason)


def _note(root: Path, assignment: str) -> Path:
    return root / ".grader" / "collected" / f"{assignment}.json"


def _read(root: Path, assignment: str) -> dict[str, Any]:
    try:
        note = json.loads(_note(root, assignment).read_text("utf-8"))
        return {"times": dict(note["times"]), "not_taken": [tuple(map(str, one)) for one in note["not_taken"]]}
    except (OSError, ValueError, TypeError, KeyError):
        return {"times": {}, "not_taken": []}


def _as_text(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
