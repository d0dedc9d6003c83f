"""Invented Reports, for tests of the output formats."""

from typing import Any

from hypothesis import strategies as st

from grader.reports.report import ExerciseReport, Report

WILD = st.text(st.characters(), max_size=40) | st.sampled_from(
    [
        "=1+1",
        "\t=1",
        "+A1",
        "-1",
        "@SUM(A1)",
        "|cmd",
        "%x",
        " =1",
        "＝1",
        "<b>&amp;\"'",
        "]]>",
        "\0\x1b[31m",
        "\ud800",
        "\ufffe",
    ]
)
"""Texts that are worse than any in a real Report, whose texts are escaped before."""


def exercise(**changes: Any) -> ExerciseReport:
    """An exercise with full points."""
    fields = {"name": "b64u_encode", "score": 5, "max_score": 5, "status": "passed", "messages": [], "mistakes": []}
    return ExerciseReport(**{**fields, **changes})


def report(**changes: Any) -> Report:
    """A Report of ada's first lesson, with full points."""
    exercises = changes.pop("exercises", [exercise()])
    fields: dict[str, Any] = {
        **{"submission": "ada/01_encoding.ipynb", "student": "ada", "chapter": "01_encoding"},
        "score": sum(one.score for one in exercises),
        "max_score": sum(one.max_score for one in exercises),
        **{"status": "graded", "message": "", "exercises": exercises, "sha256": "ab" * 32, "sandbox": "full"},
        **{"layers": [], "seconds": 1.5, "versions": {}, "seed_id": "0" * 16, "grading_id": "1" * 16},
    }
    return Report(**{**fields, **changes})


def unreadable(**changes: Any) -> Report:
    """A Report on a file that could not be read."""
    fields = {"status": "unreadable", "message": "not a notebook", "exercises": [], "max_score": 25, "sha256": ""}
    return report(**{**fields, "grading_id": "", **changes})


@st.composite
def wild_reports(draw: Any) -> Report:
    """Reports whose every text is wild."""
    exercises = [
        exercise(
            name=draw(WILD),
            score=draw(st.integers(0, 5)),
            status=draw(WILD),
            messages=draw(st.lists(WILD, max_size=2)),
            mistakes=draw(st.lists(WILD, max_size=2)),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    names = ("submission", "student", "chapter", "status", "message", "sandbox", "grading_id")
    return report(exercises=exercises, **{name: draw(WILD) for name in names})
