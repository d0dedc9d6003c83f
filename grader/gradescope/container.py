"""In Gradescope's container: grade the files in `submission/` and always write `results/results.json`."""

import tempfile
import traceback
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from ..batch.attempts import latest_only
from ..batch.collect import Found, in_a_students_folder
from ..batch.names import lesson_named_in, stem, without_mark
from ..engine.grade import Grader, Options, proved_grader
from ..errors import GraderError, SandboxError
from ..files import write_whole
from ..inside.values import plain_text
from ..reports.gradescope import as_json, failure, results
from ..reports.report import Report
from ..student import StudentId

_ONE = StudentId("student")
"""Whoever it is: the platform knows."""


class HandInError(GraderError):
    """It is not clear which file to grade. The text is for the student."""


def grade_into_results(root: Path, level: str, chapter: str) -> None:
    """Grade the one submission below root.

    Args:
        root: `/autograder`, or for tests another folder.
        level: how the submitted code is isolated: "full" or "none".
        chapter: the only lesson to grade, or "".
    """
    write_whole(root / "results" / "results.json", as_json(_outcome(root / "submission", level, chapter)))


def _outcome(submission: Path, level: str, chapter: str) -> dict[str, Any]:
    try:
        return results(_graded(submission, level, chapter))
    except HandInError as error:
        return failure(f"Nothing was graded: {error}")
    except SandboxError as error:
        return failure(
            f"Nothing was graded: this container can't keep the submitted code apart ({error}). "
            "For the teacher: docs/pipeline.md, under Gradescope, says what can be done."
        )
    except Exception as error:  # after any error, student and teacher must see that there is no grade
        traceback.print_exc()  # Gradescope shows it to the teacher alone
        return failure(f"Nothing was graded: the grader itself failed ({type(error).__name__}). Tell your teacher.")


def _graded(submission: Path, level: str, chapter: str) -> Report:
    with tempfile.TemporaryDirectory() as unpacked:
        found = _the_one(_everything(submission, Path(unpacked)), chapter)
        with proved_grader(Options(level=level)) as grader:
            report = _report(grader, found)
    if chapter and report.chapter not in ("", chapter):
        raise HandInError(f"this is the lesson {report.chapter}, and {chapter} is to be handed in.")
    return report


def _report(grader: Grader, found: Found) -> Report:
    if found.problem:
        return grader.unreadable(found.problem, name=found.name, student="").report
    return grader.grade_or_say_why(found.path, name=found.name, student="").report


def _everything(submission: Path, unpacked: Path) -> list[Found]:
    """All that was handed in, whatever its name: it is one student's, and of marked copies the newest counts."""
    there = in_a_students_folder(submission, unpacked)
    works = [f"{PurePosixPath(one.name).parent}/{without_mark(stem(_bare(one)))[0]}" for one in there]
    return [replace(one, student="") for one in latest_only([replace(one, student=_ONE) for one in there], works)]


def _bare(found: Found) -> str:
    return PurePosixPath(found.name).name


def _the_one(there: list[Found], chapter: str) -> Found:
    found = [one for one in there if not one.not_taken]
    names = ", ".join(plain_text(one.name, 100) for one in (found or there)[:10])
    if not found:
        raise HandInError(f"there is no notebook (.ipynb) in what was handed in{f', but: {names}' if there else ''}.")
    if len(found) > 1 and chapter:
        found = [one for one in found if lesson_named_in(_bare(one)) == chapter]
    if len(found) != 1:
        wanted = f"one with {chapter} in its name" if chapter else "one notebook"
        raise HandInError(f"hand in just {wanted}; there are: {names}.")
    return found[0]
