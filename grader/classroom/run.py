"""`grader autograde ASSIGNMENT`: find, grade, record."""

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from unicodedata import normalize

from ..batch.collect import Found
from ..batch.farm import Farm
from ..batch.kept import Kept, NotOurs
from ..batch.output_folder import refuse_foreign
from ..batch.run import grade_found, write_summaries
from ..engine.grade import Graded
from ..errors import ClassError, NothingFound
from ..reports.local_key import LocalKey
from ..reports.report import Report, not_taken
from ..terminal import counting
from .autograde import kept, look_through, record, regrade_only
from .classdir import ClassDir
from .closed import require_closed
from .order import newcomers


def run_class(
    folder: ClassDir,
    assignment: str,
    *,
    level: str,
    student: str = "*",
    exercise: str = "",
    jobs: int | None = None,
    run_demos: bool = False,
    force: bool = False,
    farm: Farm | None = None,
) -> list[Report]:
    """Grade the submissions of an assignment, and write them into `autograded/` and the gradebook.

    Files that are not taken have Reports, too, at the end of the list; these are not kept as files.

    Submissions that were graded and recorded before, and have not changed since, are skipped.

    Args:
        folder: the course directory.
        assignment: which assignment.
        level: the sandbox, "full" or "none".
        student: a pattern of the students' ids.
        exercise: grade this one again, and keep the scores of the others.
        jobs: how many at a time; by default one per processor.
        run_demos: run the demonstration cells too.
        force: grade and record everything again.
        farm: other machines that grade instead of this one.

    Raises:
        ClassError: no such assignment, a directory that is open to everybody, or nbgrader fails on a submission.
        NothingFound: no submissions.
        ForeignFile: there is a link in `graded/`, or a file that the grader did not write.
        SandboxError: the sandbox is missing, does not hold, or broke.
        OSError: a result can't be written.
    """
    require_closed(folder.root)
    refuse_foreign(folder.graded, assignments=[path.name for path in folder.source("x", "x").parent.parent.iterdir()])
    there = look_through(folder, assignment, student)
    found = [one for one in there if not one.not_taken]
    if not any(student == "*" or fnmatchcase(one.student, normalize("NFC", student)) for one in there):
        raise NothingFound(f"{assignment}: no submission of {'anybody' if student == '*' else student} in submitted/")
    results = kept(folder, found)
    new = newcomers(folder.coursedir, found)
    left = [one for one in there if one.not_taken]
    before = {one.path: _read(results[one.path], folder.key) for one in found} if exercise else {}
    if force or exercise:
        for one in found:
            results[one.path].report.unlink(missing_ok=True)
    reports = _grade(folder, found, results, before, exercise, level=level, jobs=jobs, run_demos=run_demos, farm=farm)
    if found:
        with counting("recording", len({one.path.parent for one in found})) as done:
            record(folder, assignment, results, done, force)
    reports += [not_taken(one.not_taken, submission=one.name, student=one.student, sandbox=level) for one in left]
    write_summaries(folder.graded / assignment, reports)
    for said in new:
        print(f"grader: {said}", file=sys.stderr)
    return reports


def _grade(
    folder: ClassDir,
    found: list[Found],
    results: dict[Path, Kept],
    before: dict[Path, Graded | None],
    exercise: str,
    *,
    level: str,
    jobs: int | None,
    run_demos: bool,
    farm: Farm | None,
) -> list[Report]:
    if exercise and not any(exercise in (one.name for one in old.report.exercises) for old in before.values() if old):
        raise ClassError(f"{exercise}: nobody was graded on an exercise of this name yet")
    reports = grade_found(found, folder.graded, folder.options(level, run_demos), jobs, folder.key, farm=farm)
    for one in found:
        if old := before.get(one.path):
            results[one.path].write(regrade_only(exercise, old, results[one.path].read(folder.key)), folder.key)
    return [results[one.path].read_report(folder.key) for one in found] if exercise else reports


def _read(result: Kept, key: LocalKey) -> Graded | None:
    try:
        return result.read(key)
    except (OSError, NotOurs):
        return None
