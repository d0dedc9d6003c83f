"""The Report: what grading one submission found, as one JSON document. Every other output derives from it."""

import hashlib
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .checks.judge import NOT_ATTEMPTED, Result
from .course import Chapter
from .files import write_whole
from .values import shorten

GRADED = "graded"
"""The status of a submission in which something was attempted; else it is "not attempted"."""

SCHEMA = Path(__file__).with_name("report.schema.json")
"""The JSON schema of a Report."""


@dataclass(frozen=True)
class ExerciseReport:
    """What grading one exercise found. What is the learner's in a text is printable ASCII, and short."""

    name: str
    score: int
    max_score: int
    status: str
    messages: list[str]
    mistakes: list[str]


@dataclass(frozen=True)
class Report:
    """What grading one submission found.

    Attributes:
        submission: the path as it was given.
        chapter: such as "01_encoding".
        status: "graded" or "not attempted".
        sandbox: how the learner's code was isolated; "none" for not at all.
        seconds: how long it took.
        versions: of Python and of the packages that decide a grade.
        seed_id: names the seed of the inputs without telling it.
    """

    submission: str
    chapter: str
    score: int
    max_score: int
    status: str
    exercises: list[ExerciseReport]
    sandbox: str
    seconds: float
    versions: dict[str, str]
    seed_id: str

    def to_dict(self) -> dict[str, Any]:
        """The Report as JSON can carry it; it fits `SCHEMA`."""
        return asdict(self)


def make_report(
    submission: str, chapter: Chapter, results: Sequence[Result], *, seed: str, sandbox: str, seconds: float
) -> Report:
    """Sum up the results of one submission."""
    attempted = any(result.status != NOT_ATTEMPTED for result in results)
    return Report(
        submission=submission,
        chapter=chapter.name,
        score=sum(result.score for result in results),
        max_score=chapter.points,
        status=GRADED if attempted else NOT_ATTEMPTED,
        exercises=[_exercise(result) for result in results],
        sandbox=sandbox,
        seconds=round(seconds, 3),
        versions=_versions(),
        seed_id=hashlib.sha256(f"seed id of {seed}".encode()).hexdigest()[:16],
    )


def _exercise(result: Result) -> ExerciseReport:
    return ExerciseReport(
        name=result.name,
        score=result.score,
        max_score=result.max_score,
        status=result.status,
        messages=[shorten(message, 500) for message in result.messages],
        mistakes=list(result.mistakes),
    )


def _versions() -> dict[str, str]:
    packages = {name: version(name) for name in ("jwt-from-scratch", "cryptography")}
    return {"python": platform.python_version(), **packages}


def write_reports(reports: Sequence[Report], target: str) -> None:
    """Write the Reports as one JSON array to a file, or to stdout for "-".

    Raises:
        OSError: the file can't be written.
    """
    text = json.dumps([report.to_dict() for report in reports], indent=2) + "\n"
    path = Path(target)
    if target == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
    elif path.exists() and not path.is_file():  # a pipe or a device, such as /dev/stdout: not to be replaced
        path.write_text(text, "utf-8")
    else:
        write_whole(path, text)
