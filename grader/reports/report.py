"""The Report: the result of grading one submission, as a JSON document. Every other output derives from it."""

import functools
import hashlib
import hmac
import json
import platform
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields, replace
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar, get_origin

from ..course.masters import NOTEBOOKS, Chapter
from ..inside.values import shorten
from ..judging.result import NOT_ATTEMPTED, Result
from ..student import StudentId, readable
from .local_key import LocalKey

GRADED, UNREADABLE, NOT_TAKEN = "graded", "unreadable", "not taken"
"""A Report's status: the submission was graded (or, if nothing was attempted, it is "not attempted"); it can't be read;
or the file does not count as a submission: it is no notebook, an older attempt, or of a person without an id."""

LONG = 1_000
"""Characters of a path that a Report keeps."""

SCHEMA = Path(__file__).with_name("report.schema.json")
"""The JSON schema of a Report."""


@dataclass(frozen=True, slots=True)
class ExerciseReport:
    """The result of one exercise. Values of the learner's are quoted as short, printable ASCII."""

    name: str
    score: int
    max_score: int
    status: str
    messages: list[str]
    mistakes: list[str]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of grading one submission.

    Attributes:
        submission: the path as given; in a batch, relative to the batch's folder.
        student: the student's id in a batch; else "".
        chapter: such as "01_encoding"; "" for a file that can't be read and whose path does not say.
        status: "graded", "not attempted", "unreadable" or "not taken".
        message: why it is unreadable or not taken, or which lesson it is instead of the right one; else "".
        sha256: of the submitted file, in hex; "" if it can't be read.
        sandbox: how the learner's code was isolated: "full", or "none" for not at all.
        layers: the layers of the sandbox that passed the self-test.
        seconds: how long grading took.
        versions: of Python and of the packages that can influence a grade.
        seed_id: identifies the seed of the inputs without revealing it.
        grading_id: identifies everything that decides the grade; the same id means the same grade.
        expected: the lesson that the file's name says, if the notebook is another one; else "".
        mac: proves to the machine that kept this Report that it is unchanged; "" if it was not kept.
    """

    submission: str
    student: str
    chapter: str
    score: int
    max_score: int
    status: str
    message: str
    exercises: list[ExerciseReport]
    sha256: str
    sandbox: str
    layers: list[str]
    seconds: float
    versions: dict[str, str]
    seed_id: str
    grading_id: str
    expected: str = ""
    mac: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The Report as a JSON object that is valid by `SCHEMA`."""
        return {**_values(self), "exercises": [_values(one) for one in self.exercises]}

    def sealed(self, key: LocalKey) -> "Report":
        """The Report with its MAC."""
        return replace(self, mac=self._mac(key))

    def is_ours(self, key: LocalKey) -> bool:
        """Whether its MAC is valid: it was made with this key, and the Report has not changed since."""
        return hmac.compare_digest(self.mac.encode("utf-8", "replace"), self._mac(key).encode())

    def _mac(self, key: LocalKey) -> str:
        whole = {name: value for name, value in self.to_dict().items() if name != "mac"}
        return key.mac("report", json.dumps(whole, sort_keys=True, separators=(",", ":")).encode())

    @property
    def is_what_was_asked_for(self) -> bool:
        """Whether it is a grade, and of the lesson that the file's name says: `--fail-under` demands that."""
        return self.status not in (UNREADABLE, NOT_TAKEN) and not self.expected

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Report":
        """Read what `to_dict` wrote.

        Raises:
            TypeError, KeyError: `to_dict` writes no such thing.
        """
        exercises = [_typed(ExerciseReport, one) for one in data["exercises"]]
        return _typed(cls, {**data, "exercises": exercises})


_Made = TypeVar("_Made", Report, ExerciseReport)


def _typed(kind: type[_Made], data: dict[str, Any]) -> _Made:
    for name, wanted, newer in _TYPES[kind]:
        if newer and name not in data:
            continue
        if not isinstance(data[name], wanted):
            raise TypeError(f"{name} is of another type")
    return kind(**data)


def _types(kind: type[Any]) -> list[tuple[str, Any, bool]]:
    types = [(one, get_origin(one.type) or one.type) for one in fields(kind)]
    return [(one.name, (int, float) if is_ is float else is_, one.default is not MISSING) for one, is_ in types]


def _values(one: Report | ExerciseReport) -> dict[str, Any]:
    names, values = _VALUES[type(one)]
    return dict(zip(names, values(one), strict=True))


_VALUES = {kind: (names := [one.name for one in fields(kind)], attrgetter(*names)) for kind in (Report, ExerciseReport)}
"""Of each kind its fields, and what reads them all."""

_TYPES: dict[type[Any], list[tuple[str, Any, bool]]] = {kind: _types(kind) for kind in (Report, ExerciseReport)}
"""For each field: its name, its type, and whether older documents may lack it."""


def make_report(
    chapter: Chapter,
    results: Sequence[Result],
    *,
    submission: str,
    student: str,
    sha256: str,
    seed: str,
    sandbox: str,
    layers: Sequence[str],
    seconds: float,
    grading_id: str,
    expected: str = "",
    instead: str = "",
) -> Report:
    """Sum up the results of one submission.

    Args:
        chapter: the lesson that it was graded as.
        results: of its exercises.
        submission, student, sha256, seed, sandbox, layers, seconds, grading_id, expected: see `Report`.
        instead: the lesson whose exercises are in it, if it has none of the chapter's.
    """
    attempted = any(result.status != NOT_ATTEMPTED for result in results)
    return Report(
        submission=readable(submission, LONG),
        student=_id(student),
        chapter=chapter.name,
        score=sum(result.score for result in results),
        max_score=chapter.points,
        status=GRADED if attempted else NOT_ATTEMPTED,
        message=_of_another_lesson(chapter.name, expected, instead),
        exercises=[_exercise(result) for result in results],
        sha256=sha256,
        sandbox=sandbox,
        layers=list(layers),
        seconds=round(seconds, 3),
        versions=versions(),
        seed_id=hashlib.sha256(f"seed id of {seed}".encode()).hexdigest()[:16],
        grading_id=grading_id,
        expected=expected,
    )


def _of_another_lesson(chapter: str, expected: str, instead: str) -> str:
    if instead:
        return f"no exercise of {chapter} is in it, but those of {instead} are"
    return f"its name says {expected}, but the notebook is {chapter}" if expected else ""


def unreadable(
    reason: str, chapter: Chapter | None, *, submission: str, student: str, sandbox: str, layers: Sequence[str]
) -> Report:
    """The Report on a file that can't be graded. If the path names a chapter, it has that chapter's maximum."""
    return Report(
        submission=readable(submission, LONG),
        student=_id(student),
        chapter=chapter.name if chapter else "",
        score=0,
        max_score=chapter.points if chapter else 0,
        status=UNREADABLE,
        message=readable(reason),
        exercises=[],
        sha256="",
        sandbox=sandbox,
        layers=list(layers),
        seconds=0.0,
        versions=versions(),
        seed_id="",
        grading_id="",
    )


def not_taken(reason: str, *, submission: str, student: str, sandbox: str) -> Report:
    """The Report on a file that does not count as a submission. Its score and its maximum are 0."""
    report = unreadable(reason, None, submission=submission, student=student, sandbox=sandbox, layers=())
    return replace(report, status=NOT_TAKEN)


def taken(reports: Sequence[Report]) -> list[Report]:
    """The Reports on submissions, without those on files that were not taken."""
    return [report for report in reports if report.status != NOT_TAKEN]


def answerable(reports: Sequence[Report]) -> list[Report]:
    """The Reports to which `--fail-under` applies: on submissions; on files that were not taken, if their student has
    no submission; and on notebooks of a person without an id."""
    have = {report.student for report in taken(reports)}

    def is_open(one: Report) -> bool:
        return one.student not in have if one.student else one.submission.casefold().endswith(".ipynb")

    return [one for one in reports if one.status != NOT_TAKEN or is_open(one)]


def _id(student: str) -> str:
    return StudentId.parse(student) if student else ""


def _exercise(result: Result) -> ExerciseReport:
    return ExerciseReport(
        name=result.name,
        score=result.score,
        max_score=result.max_score,
        status=result.status,
        messages=[shorten(message, 500) for message in result.messages],
        mistakes=list(result.mistakes),
    )


@functools.cache
def versions() -> dict[str, str]:
    """The versions of Python and of the packages that decide a grade."""
    packages = {name: version(name) for name in ("jwt-from-scratch", "cryptography")}
    return {"python": platform.python_version(), **packages, "course": _fingerprint()}


def _fingerprint() -> str:
    """A hash of the course's files: masters, checks with their trials, grader and reference module."""
    import jwt_from_scratch

    digest = hashlib.sha256()
    here = Path(__file__).parent.parent
    for folder, pattern in (
        (NOTEBOOKS / "source", "*.md"),
        (here, "*.py"),
        (here / "checks" / "chosen", "*.json"),
        (Path(jwt_from_scratch.__path__[0]), "*.py"),
    ):
        for path in sorted(folder.rglob(pattern)):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


class Alike:
    """What many Reports have alike, once: so a batch of 100,000 takes a quarter of the memory."""

    def __init__(self) -> None:
        self._parts: dict[object, Any] = {}

    def lean(self, report: Report) -> Report:
        """The same Report; what it has in common with those before is one object with theirs."""
        return replace(
            report,
            chapter=self._one(report.chapter, report.chapter),
            layers=self._one(tuple(report.layers), report.layers),
            versions=self._one(tuple(report.versions.items()), report.versions),
            exercises=[self._exercise(one) for one in report.exercises],
        )

    def _exercise(self, one: ExerciseReport) -> ExerciseReport:
        if one.messages:  # which are about this submission
            return one
        shared: ExerciseReport = self._one((one.name, one.score, one.max_score, one.status, *one.mistakes), one)
        return shared

    def _one(self, key: object, part: Any) -> Any:
        return self._parts.setdefault(key, part)


def reports_json(reports: Sequence[Report]) -> str:
    """The Reports as one JSON array."""
    return json.dumps([report.to_dict() for report in reports], indent=2) + "\n"
