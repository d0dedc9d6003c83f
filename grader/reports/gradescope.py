"""A Report as Gradescope's results.json (gradescope-autograders.readthedocs.io, "Autograder Specifications").

Such a file is about one submission. Every format in it is set to "text", because Gradescope would render the text at
the top as HTML by default.
"""

import json
from collections.abc import Sequence
from typing import Any

from ..errors import GraderError
from .report import ExerciseReport, Report, taken
from .texts import printable, remarks, warning


class NotOneSubmission(GraderError):
    """There is not exactly one submission. The text says how many."""


def gradescope_json(reports: Sequence[Report]) -> str:
    """The text of results.json. Reports on files that were not taken are ignored.

    Raises:
        NotOneSubmission: there is no Report on a submission, or more than one.
    """
    those = taken(reports)
    if len(those) != 1:
        raise NotOneSubmission(f"Gradescope's results.json is for one submission, and there are {len(those)}")
    return as_json(results(those[0]))


def as_json(content: dict[str, Any]) -> str:
    """The result of `results` or `failure` as the text of a file."""
    return json.dumps(content, indent=2) + "\n"


def results(report: Report) -> dict[str, Any]:
    """The content of results.json for a Report."""
    on_top = [f"{report.score} of {report.max_score} points", printable(report.message), warning(report)]
    return {
        **_frame(report.score, "\n".join(filter(None, on_top))),
        "execution_time": report.seconds,
        "extra_data": {
            name: printable(getattr(report, name)) for name in ("chapter", "status", "sandbox", "sha256", "grading_id")
        },
        "tests": [_test(exercise) for exercise in report.exercises],
    }


def failure(reason: str) -> dict[str, Any]:
    """The content of a results.json that has no grade and says why."""
    return {**_frame(0, printable(reason)), "tests": []}


def _frame(score: int, output: str) -> dict[str, Any]:
    return {
        "score": score,
        "output": output,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
    }


def _test(exercise: ExerciseReport) -> dict[str, Any]:
    passed = exercise.score == exercise.max_score
    return {
        "name": printable(exercise.name),
        "name_format": "text",
        "score": exercise.score,
        "max_score": exercise.max_score,
        "status": "passed" if passed else "failed",
        "output": "\n".join([printable(exercise.status), *remarks(exercise)]),
        "output_format": "text",
        "visibility": "visible",
    }
