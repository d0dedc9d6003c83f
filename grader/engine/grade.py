"""One submission in, one Report out."""

import ast
import functools
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from ..checks import Exercise
from ..course.masters import ANSWER, CHECK, DEMO, EXERCISE, SETUP, Chapter, get_ready, read_source
from ..course.names import bound_names
from ..errors import BadSubmission, CourseError, SandboxError
from ..inside.calling import CRASHED, Outcome
from ..judging import library
from ..judging.answering import Ask
from ..judging.judge import judge
from ..judging.result import PASSED, Result
from ..judging.undefined import Explain
from ..learner.display import as_text
from ..reports.local_key import local_key
from ..reports.report import Report, make_report, unreadable, versions
from . import mounts, selftest
from .budget import SUBMISSION_SECONDS, Budget, Spent
from .process import GaveUp, LearnerProcess
from .rebuild import (
    AGAIN,
    EXTRA,
    NOTE,
    Step,
    Submission,
    chapter_named_in,
    lessons_named_by,
    read_regular,
    read_submission,
)
from .sandbox import FULL, Zygote
from .showing import fitted, shown, writable
from .stateless import keeps_nothing
from .written import Text

__all__ = ["Grader", "InUse", "Options", "proved_grader"]

_TRIES = 2


@dataclass(frozen=True)
class Options:
    """How submissions are graded.

    Attributes:
        level: "full", or "none" for no sandbox.
        layers: names of the sandbox's layers that passed the self-test, for the Reports.
        run_demos: run the demonstration cells too.
        secret: a class secret, of which the checks' inputs are made, so that nobody can know them beforehand.
        inputs_key: used if there is no class secret; without either, this machine's key.
        keep_cells: keep the cells and their outputs, to be shown to people.
        own_masters: most submissions are rebuilt on the course's own masters; false for a class, which has its own.
    """

    level: str = FULL
    layers: tuple[str, ...] = ()
    run_demos: bool = False
    secret: str = field(default="", repr=False)
    inputs_key: str = field(default="", repr=False)
    keep_cells: bool = False
    own_masters: bool = True

    def seed(self, sha256: str, student: str) -> str:
        """The seed of the checks' inputs.

        It contains the submission's own hash, so no submission can hold a table of answers to its inputs. It is an
        HMAC, so nobody can compute the inputs beforehand; grading the file again gives the same ones.
        """
        key = self.secret or self.inputs_key or local_key().mac("inputs")
        return hmac.new(key.encode(), json.dumps([student, sha256]).encode(), hashlib.sha256).hexdigest()

    def grading_id(self, sha256: str, student: str, master: Path | None = None) -> str:
        """An id of everything that decides this file's grade: the same id means the same grade."""
        parts = (sha256, student, self.level, str(self.run_demos), self.secret, *sorted(versions().items()))
        if master:
            parts += (hashlib.sha256(master.read_bytes()).hexdigest(),)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Ran:
    """One of the learner's cells, or one of the master's, as it was graded.

    Attributes:
        kind: as in `course.Cell`; or, for a cell that the learner added, "extra" (code) or "note" (Markdown).
        cell: the id of the master's cell; for an added cell, of the master's cell before it, or "".
        source: the learner's text, or the master's.
        outputs: its outputs, safe to be shown to people (see `showing`).
        attachments: the pictures of an answer or a note by name, as `data:` URIs (see `pictures`).
    """

    kind: str
    cell: str
    source: str
    outputs: list[dict[str, Any]]
    attachments: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Graded:
    """A graded submission.

    Attributes:
        report: its Report.
        cells: the cells as they ran, with `Options.keep_cells`.
        ran_out: whether a limit was reached, or a process died, in a way that may be due to a busy machine.
    """

    report: Report
    cells: list[Ran]
    ran_out: bool = False


class InUse(RuntimeError):
    """A Grader was asked to grade while it was grading."""


class Grader:
    """Grades submissions one after another, with one warm zygote.

    Raises:
        SandboxError: the sandbox can't be set up here.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._in_use = threading.Lock()
        self._zygote = Zygote(options.level, options.run_demos)
        try:
            if options.own_masters:
                get_ready()  # while the zygote starts
            self._zygote.wait()
        except BaseException:
            self._zygote.close()
            raise

    def __enter__(self) -> "Grader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote and all that it started."""
        self._zygote.close()

    def prove(self) -> None:
        """Attack the sandbox's layers; from now on the Reports list them.

        Raises:
            SandboxError: a layer does not hold.
        """
        if self._options.level == FULL:
            self._options = replace(self._options, layers=selftest.require(self._zygote))

    def grade(self, path: Path, *, name: str | None = None, student: str = "") -> Report:
        """Grade a notebook file and return its Report. See `grade_cells`."""
        return self.grade_cells(path, name=name, student=student).report

    def grade_cells(
        self, path: Path, *, name: str | None = None, student: str = "", master: Path | None = None
    ) -> Graded:
        """Grade a notebook file.

        Args:
            path: the submitted notebook.
            name: its name in the Report; by default its path.
            student: the student's id.
            master: a class's own master to rebuild it on.

        Raises:
            BadSubmission: the file can't be graded at all.
            SandboxError: the sandbox broke.
            CourseError: master is not a valid master.
            InUse: another thread is grading with this Grader.
        """
        # Two threads on one zygote would take each other's answers, and both submissions would lose points.
        if not self._in_use.acquire(blocking=False):
            raise InUse("a Grader grades one submission at a time; make another one for another thread")
        try:
            return self._grade_cells(path, name, student, master)
        finally:
            self._in_use.release()

    def _grade_cells(self, path: Path, name: str | None, student: str, master: Path | None) -> Graded:
        started = time.monotonic()
        data = read_regular(path)
        digest = hashlib.sha256(data).hexdigest()
        budget = Budget()
        try:
            with budget.thinking():
                submission = read_submission(path, data, read_source(master) if master else None)
                plain = not self._options.run_demos and _keeps_nothing(submission)
        except Spent as error:
            raise BadSubmission(f"{path}: {error}") from None
        seed = self._options.seed(digest, student)
        hidden = hidden_packages(submission.chapter, self._options.run_demos)
        place = mounts.library() if self._zygote.level == FULL else str(library.HERE)
        process = LearnerProcess(self._zygote, hidden, seconds=SUBMISSION_SECONDS, budget=budget, keeps_nothing=plain)
        with library.seen_at(place), process:
            results, cells = grade_submission(submission, process, seed, self._options.run_demos, budget)
        report = make_report(
            submission.chapter,
            results,
            submission=str(path) if name is None else name,
            student=student,
            sha256=digest,
            seed=seed,
            sandbox=self._zygote.level,
            layers=self._options.layers,
            seconds=time.monotonic() - started,
            grading_id=self._options.grading_id(digest, student, master),
            instead=submission.instead,
            expected="" if master else _another_lesson(str(path) if name is None else name, submission.chapter),
        )
        return Graded(report, cells if self._options.keep_cells else [], process.ran_out)

    def grade_or_say_why(self, path: Path, *, name: str, student: str, master: Path | None = None) -> Graded:
        """Grade a notebook file; if it can't be graded, the Report says why.

        Raises:
            SandboxError: the sandbox broke.
            CourseError: master is not a valid master.
        """
        try:
            return self.grade_cells(path, name=name, student=student, master=master)
        except BadSubmission as error:
            return self.unreadable(str(error).removeprefix(f"{path}: "), name=name, student=student)
        except (CourseError, InUse, SandboxError):
            raise
        except Exception as error:  # an error that we did not foresee must not end the batch
            reason = f"the grader failed on it ({type(error).__name__}), which is a fault of the grader"
            return self.unreadable(reason, name=name, student=student)

    def unreadable(self, reason: str, *, name: str, student: str) -> Graded:
        """The Report on a submission that can't be graded."""
        report = unreadable(
            reason,
            chapter_named_in(name),
            submission=name,
            student=student,
            sandbox=self._options.level,
            layers=self._options.layers,
        )
        return Graded(report, [])


def _keeps_nothing(submission: Submission) -> bool:
    ours = [step.source for step in submission.steps if step.kind == SETUP]
    theirs = [step.source for step in submission.steps if step.kind in (EXERCISE, EXTRA)]
    return keeps_nothing(ours, theirs, [exercise.name for exercise in submission.chapter.exercises])


def proved_grader(options: Options) -> Grader:
    """A grader that has passed the self-test, before its first submission.

    Raises:
        SandboxError: there is no sandbox, or it does not hold. If the machine was only short of resources, the test is
            tried again first.
    """
    for _ in range(_TRIES):
        try:
            grader = Grader(options)
            try:
                grader.prove()
            except SandboxError:
                grader.close()
                raise
            return grader
        except SandboxError as error:
            last = error
            time.sleep(1)
    raise last


def _another_lesson(name: str, chapter: Chapter) -> str:
    """The lesson named by the file, or else by its folder, if it is not this one; of several names, the first such."""
    return next((one for one in lessons_named_by(name) if one != chapter.name), "")


@functools.cache
def hidden_packages(chapter: Chapter, run_demos: bool) -> tuple[str, ...]:
    """The packages that could solve an exercise, except those that a setup cell (or demo that runs) imports."""
    running = (SETUP, DEMO) if run_demos else (SETUP,)
    used = {name for cell in chapter.cells if cell.kind in running for name in _imported(cell.source)}
    return tuple(name for name in mounts.ANSWERS if name not in used)


def _imported(source: str) -> list[str]:
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a demo with an IPython magic
        return []
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return [name.partition(".")[0] for name in names]


def grade_submission(
    submission: Submission, process: LearnerProcess, seed: str, run_demos: bool, budget: Budget
) -> tuple[list[Result], list[Ran]]:
    """Run a rebuilt submission and judge its exercises, in the chapter's order. Returns the cells that ran, too."""
    results: dict[str, Result] = {}
    broken: dict[str, str] = {}
    failed: list[str] = []
    cells = [_shown(ANSWER, cell, one) for cell, parts in submission.answers.items() for one in parts]
    exercises = {exercise.name: exercise for exercise in submission.chapter.exercises}
    gone = ""
    for step in submission.steps:
        if step.kind == DEMO and not run_demos:
            continue
        if step.kind == NOTE:
            cells.append(_shown(NOTE, step.cell, step))
            continue
        outputs: list[dict[str, Any]] = []
        try:
            if step.kind in (CHECK, AGAIN):
                exercise = exercises[step.name]
                ask = _gone(gone) if gone else _caller(process, exercise, budget)
                if step.kind == CHECK or results[step.name].status != PASSED:
                    found = _after(failed, _judged(exercise, ask, seed, budget, _explain(submission, run_demos)))
                    results[step.name] = max(results.get(step.name, found), found, key=lambda one: one.score)
            elif not gone:
                error = process.run_cell(step.source)
                outputs = shown(process.outputs, budget)
                if error and step.kind == EXERCISE:
                    broken[step.name] = error
                elif error and step.kind == EXTRA:
                    failed.append(error)
        except (GaveUp, Spent) as error:
            gone = f"was not run: {error}"
            if step.kind == CHECK:
                results[step.name] = judge(exercises[step.name], _gone(gone), seed)
        if step.kind != AGAIN:
            cells.append(Ran(step.kind, step.cell, writable(step.source), outputs))
    remarked = [_with_remarks(results[name], submission.notes[name], broken.get(name, "")) for name in exercises]
    cells = [replace(ran, source=fitted(ran.source, budget)) for ran in cells]  # after the answers, which come first
    return remarked, [_with_result(ran, submission.chapter, remarked) for ran in cells]


def _explain(submission: Submission, run_demos: bool) -> Explain:
    """What to say of a name that is not defined: where the notebook defines it."""

    def explain(name: str) -> str:
        demos = [] if run_demos else [cell.source for cell in submission.chapter.cells if cell.kind == DEMO]
        if any(name in bound_names(source) for source in demos):
            return f"{name} is not defined: it is from a demonstration cell, and those are not run when grading."
        exercises = {exercise.name for exercise in submission.chapter.exercises}
        if name in exercises.union(*(step.names.bound for step in submission.steps)):
            return f"{name} is not defined: the cell that defines it is missing, has failed, or comes later."
        return ""

    return explain


def _after(failed: list[str], result: Result) -> Result:
    """The result, with a note if cells that the learner added failed before it and may be the cause."""
    if not failed or result.status == PASSED:
        return result
    others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    message = f"A cell of your own failed before this check{others}: {failed[0]}."
    return replace(result, messages=(*result.messages, message))


def _shown(kind: str, cell: str, text: Text | Step) -> Ran:
    """A learner's Markdown cell, as something to show."""
    return Ran(kind, cell, writable(text.source), [], {writable(name): uri for name, uri in text.attachments.items()})


def _judged(exercise: Exercise, ask: Ask, seed: str, budget: Budget, explain: Explain) -> Result:
    """Judge one exercise.

    Raises:
        GaveUp, Spent, SandboxError: judging was stopped.
    """
    try:
        with budget.thinking():
            return judge(exercise, ask, seed, explain, _if_possible(ask))
    except (GaveUp, SandboxError):
        raise
    except Exception as error:  # an answer that a check did not foresee must not cost the other exercises
        reason = f"its check failed on an answer ({type(error).__name__}), which is a fault of the grader"
        return Result(exercise.name, 0, exercise.points, CRASHED, (f"{exercise.name}: {reason}.",))


def _if_possible(ask: Ask) -> Ask:
    """Asks in a fork of its own, of a process that no call has changed. Only words hang on it, and never a result."""

    def anew(calls: Sequence[tuple[Any, ...]]) -> list[Outcome]:
        try:
            return ask(calls)
        except (GaveUp, Spent):
            return []

    return anew


def _gone(why: str) -> Ask:
    return lambda calls: [Outcome(CRASHED, text=why)]


def _with_result(ran: Ran, chapter: Chapter, results: list[Result]) -> Ran:
    """A check's cell, with the check's result as its output."""
    if ran.kind != CHECK:
        return ran
    name = next(cell.name for cell in chapter.cells if cell.id == ran.cell)
    text = next(as_text(result) for result in results if result.name == name)
    return replace(ran, source=f'check("{name}")', outputs=[{"output_type": "stream", "name": "stdout", "text": text}])


def _caller(process: LearnerProcess, exercise: Exercise, budget: Budget) -> Ask:
    def ask(calls: Sequence[tuple[Any, ...]]) -> list[Outcome]:
        with budget.asking():
            outcomes = process.call_many(exercise.name, calls, exercise.seconds, exercise.forbids)
        for outcome in outcomes:
            budget.take_answer(outcome.packed)
        return outcomes

    return ask


def _with_remarks(result: Result, notes: list[str], error: str) -> Result:
    remarks = [*notes, *([f"The cell of {result.name} failed: {error}."] if error else [])]
    return replace(result, messages=(*remarks, *result.messages))
