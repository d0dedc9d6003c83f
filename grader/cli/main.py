"""The `grader` command. Each subcommand is a few lines over the module that does the work."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ..errors import BAD_INPUT, BELOW, INTERRUPTED, NO_SANDBOX, NOT_ALL_TAKEN, OK, NothingFound
from .advice import advice
from .ending import Commands, fail
from .farm import farm, farm_of, farm_options
from .lti import lti
from .pipeline import PIPELINE, output_options
from .publishing import site

if TYPE_CHECKING:
    from ..batch.collect import Found
    from ..batch.farm import Farm
    from ..engine.grade import Options
    from ..reports.report import Report


def main() -> None:
    """Run the command. An error that people can put right, or Ctrl-C, ends it with a line, not a traceback."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):  # click turns KeyboardInterrupt into Abort
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would show a traceback while Python ends
        fail("interrupted; a batch goes on when the same command is given again", INTERRUPTED)


def _level(unsafe_no_sandbox: bool) -> str:
    if unsafe_no_sandbox:
        click.echo("grader: warning: the code runs without a sandbox; grade only code that you trust", err=True)
    return "none" if unsafe_no_sandbox else "full"


_COURSE_DIR = click.option(
    "--dir", "folder", default=".", type=click.Path(path_type=Path), help="The course directory.  [.]"
)

_LEAST = click.option(
    *("--least", "least"),
    default=50,
    type=click.IntRange(1, 100),
    show_default=True,
    help="List pairs from here on, in %.",
)


LMS = ("canvas", "moodle", "blackboard")
"""The platforms that import grades. A test compares this with `lms`, which is not imported here to save time."""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jwt-from-scratch")
def cli() -> None:
    """Build, open and grade the course JWT from scratch."""


@cli.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a generated file is stale.")
@click.option("--solved", type=click.Path(file_okay=False, path_type=Path), help="Write the solved editions here.")
def build(check: bool, solved: Path | None) -> None:
    """Make the notebooks (and the README's table of lessons) from the masters in notebooks/source/."""
    from ..course import editions as builder

    if solved:
        for path in builder.write_solved(solved):
            click.echo(f"wrote {path}")
    elif check:
        stale = [path for path, _ in builder.stale_files()]
        for path in stale:
            click.echo(f"stale: {path}", err=True)
        if stale:
            fail("run `grader build` (or `make notebooks`) and commit the result", 1)
    else:
        written = builder.build()
        click.echo("\n".join(f"wrote {path}" for path in written) or "everything is up to date")


@cli.command()
@click.option(
    *("--dir", "folder"),
    default="work",
    type=click.Path(file_okay=False, path_type=Path),
    show_default=True,
    help="Where your copies are.",
)
@click.option("--copy-only", is_flag=True, help="Copy the missing lessons and stop there.")
@click.option(
    *("--renew", "renewed"),
    multiple=True,
    metavar="LESSON",
    help="Make a copy that is old or broken whole: what you wrote is carried over, the file as it was is kept.",
)
@click.option("--port", default=8888, show_default=True, help="The first port to try.")
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
def start(folder: Path, copy_only: bool, renewed: tuple[str, ...], port: int, no_browser: bool) -> None:
    """Open the course in JupyterLab, in your own copies of the lessons. Nothing of yours is ever overwritten."""
    from ..learner import start as starter

    for name in renewed:
        click.echo(f"{folder}/: {starter.renew(folder, name)}")
    copied = starter.copy_missing(folder)
    what = f"{len(copied)} lesson{'s' * (len(copied) != 1)} copied" if copied else "your lessons are all there"
    click.echo(f"{folder}/: {what}")
    for sentence in starter.problems(folder):
        click.echo(f"{sentence}.", err=True)
    if not copy_only:
        sys.exit(starter.run_lab(folder, port, no_browser))


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where a batch's results go.  [graded]")
@click.option("--jobs", type=click.IntRange(1), help="How many submissions at a time.  [one per processor]")
@click.option("--shard", metavar="I/N", help="Grade the Ith of N parts; see docs/grading.md.")
@farm_options
@output_options
@click.option("--lms", type=click.Choice(LMS), help="A batch of this platform's: write the grades for it, too.")
@click.option("--fail-under", type=click.IntRange(1, 100), metavar="PERCENT", help="Code 1 if a submission has less.")
@click.option("--run-demos", is_flag=True, help="Run the demonstration cells too.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Go on without a sandbox; only for code that you trust.")
def grade(
    paths: tuple[Path, ...],
    out: Path | None,
    jobs: int | None,
    shard: str | None,
    farm: str | None,
    farm_keys: Path | None,
    lms: str | None,
    fail_under: int | None,
    run_demos: bool,
    unsafe_no_sandbox: bool,
    **files: str | None,
) -> None:
    """Grade submissions of this course.

    PATHS are notebooks, or folders and zip files of submissions. Notebooks alone are graded one by one and
    shown as tables. Folders and zip files make a batch: one Report per submission, a summary.csv and an index.html
    in --out. A batch that was interrupted goes on when the same command is given again.
    """
    if not any(map(os.path.lexists, paths)) and not any((out, jobs, *files.values())):
        _nothing_there(paths)  # before a sandbox is started
    from ..engine.grade import Options
    from ..reports.forms import write_forms
    from ..reports.report import answerable, taken

    targets = {form: target for form, target in files.items() if target}
    if list(targets.values()).count("-") > 1:
        fail("only one output can go to stdout")
    options = Options(level=_level(unsafe_no_sandbox), run_demos=run_demos)
    elsewhere = farm_of(farm, farm_keys)
    if any((out, jobs, lms, shard, elsewhere)) or any(map(_is_batch, paths)):
        reports, code = _grade_batch(paths, out or Path("graded"), options, jobs, shard, elsewhere), OK
    else:
        reports, code = _grade_files(paths, options)
    write_forms(reports, targets)
    left_out = _grades_for(lms, reports, out or Path("graded")) if lms and not shard else []
    asked = taken(reports) if shard else answerable(reports)  # what else somebody has handed in, other shards know
    if code == OK and fail_under and not all(_is_enough(one, fail_under) for one in asked):
        code = BELOW
    sys.exit(code or _left_over(reports, is_part=bool(shard)) or (NOT_ALL_TAKEN if left_out else OK))


def _grades_for(lms: str, reports: list[Report], out: Path) -> list[str]:
    """Write the grades of a batch for the platform that named its files. Returns why some are in no grade file."""
    from ..files import write_whole
    from ..lms.grades import HandIn, by_key
    from ..lms.platforms import platform_called
    from ..reports.report import UNREADABLE, taken
    from ..student import readable

    unread = [one for one in taken(reports) if one.status == UNREADABLE]
    hand_ins = [
        HandIn(one.submission, one.chapter, one.score, one.max_score, one.expected)
        for one in taken(reports)
        if one.status != UNREADABLE
    ]
    files, left_out = by_key(platform_called(lms), hand_ins)
    left_out += [f"{one.submission}: it could not be graded, so it is in no grade file" for one in unread]
    for lesson, table in files.items():
        path = out / ("-".join(filter(None, ("grades", lms, lesson))) + ".csv")
        write_whole(path, table.to_bytes())
        click.echo(f"grader: {path}", err=True)
    for said in left_out:
        click.echo(f"grader: {readable(said, 700)}", err=True)
    return left_out


def _nothing_there(paths: tuple[Path, ...]) -> NoReturn:
    from ..student import readable

    for path in paths:
        click.echo(f"grader: {readable(str(path), 500)}: there is no such file", err=True)
    sys.exit(BAD_INPUT)


def _left_over(reports: list[Report], *, is_part: bool = False) -> int:
    """The exit code of a run without errors: were all files taken as submissions, or only some, or none?

    Where it is a part of a batch, the others may have some.
    """
    from ..reports.report import taken

    count = len(taken(reports))
    return OK if count == len(reports) else NOT_ALL_TAKEN if count or is_part else BAD_INPUT


def _is_enough(report: Report, percent: int) -> bool:
    return report.is_what_was_asked_for and 100 * report.score >= percent * report.max_score


def _is_batch(path: Path) -> bool:
    return os.path.isdir(path) or (path.suffix.lower() == ".zip" and os.path.isfile(path))


def _grade_files(paths: tuple[Path, ...], options: Options) -> tuple[list[Report], int]:
    from ..engine.grade import Grader
    from ..reports.report import UNREADABLE
    from ..reports.table import print_reports
    from ..student import readable

    with Grader(options) as grader:
        grader.prove()
        reports = [grader.grade_or_say_why(path, name=str(path), student="").report for path in paths]
    for report in reports:
        if report.status == UNREADABLE:
            click.echo(f"grader: {readable(f'{report.submission}: {report.message}', 500)}", err=True)
    print_reports([report for report in reports if report.status != UNREADABLE])
    return reports, BAD_INPUT if any(report.status == UNREADABLE for report in reports) else OK


def _grade_batch(
    paths: tuple[Path, ...], out: Path, options: Options, jobs: int | None, shard: str | None, farm: Farm | None
) -> list[Report]:
    from ..batch.run import WHOLE, Shard, run_batch
    from ..reports.table import print_batch

    try:
        part = Shard.parse(shard) if shard else WHOLE
    except ValueError as error:
        fail(f"--shard: {error}")
    reports = run_batch(paths, out, options, jobs, part, farm)
    print_batch(reports)
    if part == WHOLE:
        click.echo(f"grader: {out}/summary.csv, {out}/index.html, {out}/reports/", err=True)
    else:
        click.echo(f"grader: {out}/reports/; when all shards are done, the same without --shard merges them", err=True)
    return reports


@cli.command()
def doctor() -> None:
    """Attack each layer of the sandbox on this machine, and say what held."""
    from ..engine import selftest
    from ..engine.sandbox import Zygote
    from .layers import print_layers

    with Zygote() as zygote:
        layers = selftest.examine(zygote)
    print_layers(layers)
    if any(layer.failure for layer in layers):
        fail("the sandbox does not hold here", NO_SANDBOX)
    click.echo("grader: the sandbox holds", err=True)


@cli.command()
@click.argument("assignment")
@_COURSE_DIR
@click.option("--student", default="*", help="Only this student's; a pattern.")
@click.option("--exercise", default="", metavar="NAME", help="Grade one exercise anew and leave the others alone.")
@click.option("--jobs", type=click.IntRange(1), help="How many submissions at a time.  [one per processor]")
@click.option("--force", is_flag=True, help="Grade and record everything anew.")
@farm_options
@click.option("--run-demos", is_flag=True, help="Run the demonstration cells too.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Go on without a sandbox; only for code that you trust.")
def autograde(
    assignment: str,
    folder: Path,
    student: str,
    exercise: str,
    jobs: int | None,
    force: bool,
    farm: str | None,
    farm_keys: Path | None,
    run_demos: bool,
    unsafe_no_sandbox: bool,
) -> None:
    """Grade a class's submissions and write the scores into its gradebook, as `nbgrader autograde` does, but faster.

    Scores and comments that were given by hand stay. Submissions that have not changed since the last run are skipped.
    """
    from ..classroom.classdir import ClassDir
    from ..classroom.run import run_class
    from ..reports.table import print_batch

    level = _level(unsafe_no_sandbox)
    reports = run_class(
        ClassDir.at(folder),
        assignment,
        level=level,
        student=student,
        exercise=exercise,
        jobs=jobs,
        run_demos=run_demos,
        force=force,
        farm=farm_of(farm, farm_keys),
    )
    print_batch(reports)
    sys.exit(_left_over(reports))


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", default="likeness.html", type=click.Path(path_type=Path), show_default=True, help="The page.")
@_LEAST
def likeness(paths: tuple[Path, ...], out: Path, least: int) -> None:
    """Show whose solutions are alike, in folders or zip files of submissions.

    The page has the pairs, their scores, and the matching lines beside each other. It proves nothing: a person judges.
    """
    from tempfile import TemporaryDirectory

    from ..batch.run import submissions_in

    with TemporaryDirectory(prefix="likeness-") as unpacked, submissions_in(paths, Path(unpacked)) as found:
        _show_likeness(found, out, least)


def _show_likeness(found: list[Found], out: Path, least: int) -> None:
    from ..batch.likeness import compare
    from ..batch.likeness_page import likeness_html, print_likeness
    from ..files import write_whole

    result = compare(found, least / 100)
    write_whole(out, likeness_html(result))
    print_likeness(result)
    click.echo(f"grader: {out}", err=True)


@cli.group("class")
def class_() -> None:
    """Set up and look after a class that uses nbgrader."""


@class_.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--course-id", default="jwt-from-scratch", show_default=True, help="What the gradebook calls the course.")
@click.option("--db", default="", metavar="URL", help="The gradebook's SQLAlchemy URL.  [DIR/gradebook.db]")
@click.option("--timezone", default="UTC", show_default=True, help="The class's time zone, such as Europe/Berlin.")
def init(folder: Path, course_id: str, db: str, timezone: str) -> None:
    """Make a course directory: settings, sources, releases and a gradebook. What is there already stays."""
    from ..classroom import setup

    setup.init(folder, course_id=course_id, db_url=db, timezone=timezone)
    click.echo(f"{folder}/ is ready: `cd {folder}`, then `grader class roster FILE.csv` and `jupyter lab`", err=True)


@class_.command()
@click.argument("file", type=click.Path(path_type=Path))
@_COURSE_DIR
def roster(file: Path, folder: Path) -> None:
    """Put the students of a CSV file into the gradebook: your own, or as your learning platform exports it.

    These files are recognised: Canvas's gradebook, Moodle's participants, grades and grading worksheets, Blackboard's
    and Brightspace's grades, GitHub Classroom's roster. Your own needs a column id, and may have first_name, last_name,
    email, lms_user_id, login, number, github, section, group. Existing students are updated.
    """
    from ..classroom import roster
    from ..classroom.classdir import ClassDir

    course = ClassDir.at(folder)
    before = course.roster()
    students = roster.read_roster(file, before)
    new = roster.put(course, students)
    number = f"{len(students)} student{'s' * (len(students) != 1)}"
    click.echo(f"{number} in the list, {new} of them new in the class", err=True)
    for said in roster.remarks(file, students, before, course.roster()):
        click.echo(f"grader: {said}", err=True)


@class_.command()
@click.argument("assignment")
@click.argument("exercise", required=False)
@click.argument("worth", required=False, type=click.FloatRange(0, 10_000))
@_COURSE_DIR
def points(assignment: str, exercise: str | None, worth: float | None, folder: Path) -> None:
    """Show what an assignment's exercises are worth in this class, or change it; 0 drops one."""
    from ..classroom import points
    from ..classroom.classdir import ClassDir

    course = ClassDir.at(folder)
    if exercise and worth is not None:
        points.change(course, assignment, exercise, worth)
        click.echo(f"changed; `grader autograde {assignment}` brings the grades up to date", err=True)
    for name, value in points.read(course, assignment).items():
        click.echo(f"{value:6g}  {name}")


@class_.command()
@click.argument("assignment")
@click.argument("time", nargs=-1)
@click.option("--student", default="", help="This student's own deadline; it moves with everybody's.")
@_COURSE_DIR
def deadline(assignment: str, time: tuple[str, ...], student: str, folder: Path) -> None:
    """Show an assignment's deadline, or set it: `2026-10-19 12:00`, in the class's zone or with one; or `none`.

    Penalties follow at once.
    """
    from ..classroom.classdir import ClassDir
    from ..classroom.late import deadline

    click.echo(deadline(ClassDir.at(folder), assignment, " ".join(time), student))


@class_.command()
@click.argument("lms", type=click.Choice(LMS))
@click.argument("assignments", nargs=-1)
@click.option("--exercises", is_flag=True, help="A column for each exercise, in place of one for each assignment.")
@click.option("--into", type=click.Path(path_type=Path), metavar="FILE", help="Fill in what the platform has exported.")
@click.option("--column", "columns", multiple=True, metavar="NAME=TITLE", help="Where in that file a grade belongs.")
@click.option("--zeros", is_flag=True, help="Who has handed in nothing has 0.  [an empty cell]")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file.  [DIR/grades-LMS.csv]")
@_COURSE_DIR
def grades(
    lms: str,
    assignments: tuple[str, ...],
    exercises: bool,
    into: Path | None,
    columns: tuple[str, ...],
    zeros: bool,
    out: Path | None,
    folder: Path,
) -> None:
    """Write a class's grades as a learning platform imports them: in the class's points, as they count.

    Without ASSIGNMENTS, all to which somebody has handed in.
    """
    from ..classroom.classdir import ClassDir
    from ..classroom.grade_files import write_grades
    from ..lms.platforms import platform_called

    titles = {name: title for name, _, title in (one.partition("=") for one in columns)}
    done = write_grades(
        ClassDir.at(folder),
        platform_called(lms),
        assignments,
        exercises=exercises,
        into=into,
        titles=titles,
        zeros=zeros,
        out=out,
    )
    for remark in done.remarks:
        click.echo(f"grader: {remark}", err=True)
    click.echo(f"grader: {done.path}: grades of {done.students} students", err=True)
    sys.exit(OK if done.is_whole else NOT_ALL_TAKEN)


@class_.command()
@click.argument("assignment")
@click.argument("student")
@click.option("--exercise", default="", metavar="NAME", help="Only this one.")
@_COURSE_DIR
def variants(assignment: str, student: str, exercise: str, folder: Path) -> None:
    """Show the inputs that a student's submission meets. They derive from the class secret: for teachers only."""
    from ..classroom.classdir import ClassDir
    from ..classroom.variants import variants

    for name, calls in variants(ClassDir.at(folder), assignment, student, exercise).items():
        click.echo(name)
        for call, wants in calls:
            click.echo(f"  {call}\n      must {wants}")


@class_.command("likeness")
@click.argument("assignment")
@_COURSE_DIR
@click.option("--out", type=click.Path(path_type=Path), help="The page.  [DIR/graded/ASSIGNMENT/likeness.html]")
@_LEAST
def class_likeness(assignment: str, folder: Path, out: Path | None, least: int) -> None:
    """Show whose solutions of an assignment are alike. It proves nothing: a person judges."""
    from ..classroom.autograde import submissions
    from ..classroom.classdir import ClassDir
    from ..classroom.groups import copied

    course = ClassDir.at(folder)
    found = submissions(course, assignment)
    copies = copied(course.root, assignment)  # copies of a group's hand-in are alike for a good reason
    found = [one for one in found if one.student not in copies]
    if not found:
        raise NothingFound(f"{assignment}: no submissions")
    _show_likeness(found, out or course.graded / assignment / "likeness.html", least)


for _command in (advice, farm, lti, site, *PIPELINE):
    cli.add_command(_command)
