"""One submission in, one Report out."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..calling import CRASHED, Outcome
from ..checks import Exercise
from ..checks.judge import Result, judge
from ..course import CHECK, DEMO, EXERCISE
from ..report import Report, make_report
from .process import GaveUp, LearnerProcess
from .rebuild import EXTRA, BadSubmission, Submission, read_submission

__all__ = ["BadSubmission", "grade_file", "grade_submission"]

SUBMISSION_SECONDS = 300.0
"""How long one submission may take altogether."""


def grade_file(path: Path, *, seed: str = "self-paced", run_demos: bool = False) -> Report:
    """Grade a notebook file.

    Args:
        path: the submitted notebook.
        seed: decides the inputs of the checks; a Report names it only by a hash.
        run_demos: run the demonstration cells too.

    Raises:
        BadSubmission: the file can't be graded at all.
    """
    started = time.monotonic()
    submission = read_submission(path)
    results = grade_submission(submission, seed, run_demos)
    return make_report(
        str(path), submission.chapter, results, seed=seed, sandbox="none", seconds=time.monotonic() - started
    )


def grade_submission(submission: Submission, seed: str, run_demos: bool) -> list[Result]:
    """Run a rebuilt submission and judge its exercises, in the order of its chapter."""
    results: dict[str, Result] = {}
    broken: dict[str, str] = {}
    exercises = {exercise.name: exercise for exercise in submission.chapter.exercises}
    end = time.monotonic() + SUBMISSION_SECONDS
    with LearnerProcess() as process:
        for step in submission.steps:
            if step.kind == DEMO and not run_demos:
                continue
            try:
                if time.monotonic() > end:
                    raise GaveUp(f"the submission took longer than {SUBMISSION_SECONDS:g} s")
                if step.kind == CHECK:
                    exercise = exercises[step.name]
                    results[step.name] = judge(exercise, _caller(process, exercise), seed)
                elif (error := process.run_cell(step.source)) and step.kind in (EXERCISE, EXTRA):
                    broken[step.name] = error
            except GaveUp as error:
                given_up = Outcome(CRASHED, text=f"was not run: {error}")
                for name in exercises.keys() - results.keys():
                    results[name] = judge(exercises[name], lambda args, gone=given_up: gone, seed)  # type: ignore[misc]
                break
    return [_with_remarks(results[name], submission.notes[name], broken.get(name, "")) for name in exercises]


def _caller(process: LearnerProcess, exercise: Exercise) -> Callable[[tuple[Any, ...]], Outcome]:
    return lambda args: process.call(exercise.name, args, exercise.seconds, exercise.forbids)


def _with_remarks(result: Result, notes: list[str], error: str) -> Result:
    remarks = [*notes, *([f"The cell of {result.name} failed: {error}."] if error else [])]
    return replace(result, messages=(*remarks, *result.messages))
