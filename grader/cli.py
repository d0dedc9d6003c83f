"""The `grader` command. Each subcommand is a few lines over the module that does the work."""

import sys
from pathlib import Path
from typing import NoReturn

import click

OK, BAD_INPUT = 0, 2
"""Exit codes: 0 for done (whatever the score), 1 for a failed `--check`, 2 for input that can't be used."""


def main() -> None:
    """Run the command; Ctrl-C ends it with a line, not a traceback."""
    try:
        cli(standalone_mode=True)
    except KeyboardInterrupt:
        fail("interrupted", 130)


def fail(text: str, code: int = BAD_INPUT) -> NoReturn:
    """End with one line on stderr."""
    click.echo(f"grader: {text}", err=True)
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jwt-from-scratch")
def cli() -> None:
    """Build, open and grade the course JWT from scratch."""


@cli.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a generated file is stale.")
@click.option("--solved", type=click.Path(file_okay=False, path_type=Path), help="Write the solved editions here.")
def build(check: bool, solved: Path | None) -> None:
    """Make the notebooks (and the README's table of lessons) from the masters in notebooks/source/."""
    from . import build as builder
    from .course import CourseError

    try:
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
    except CourseError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")


@cli.command()
@click.option(
    *("--dir", "folder"),
    default="work",
    type=click.Path(file_okay=False, path_type=Path),
    show_default=True,
    help="Where your copies are.",
)
@click.option("--copy-only", is_flag=True, help="Copy the missing lessons and stop there.")
@click.option("--port", default=8888, show_default=True, help="The first port to try.")
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
def start(folder: Path, copy_only: bool, port: int, no_browser: bool) -> None:
    """Open the course in JupyterLab, in your own copies of the lessons. Nothing of yours is ever overwritten."""
    from . import start as starter

    try:
        copied = starter.copy_missing(folder)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    click.echo(f"{folder}/: {len(copied)} lessons copied" if copied else f"{folder}/: your lessons are all there")
    if not copy_only:
        sys.exit(starter.run_lab(folder, port, no_browser))


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "json_file", metavar="FILE|-", help="Write the Reports as one JSON array; '-' is stdout.")
@click.option("--run-demos", is_flag=True, help="Run the demonstration cells too.")
def grade(paths: tuple[Path, ...], json_file: str | None, run_demos: bool) -> None:
    """Grade notebooks and print a table. PATHS are submitted .ipynb files of this course."""
    from .course import CourseError
    from .engine.grade import BadSubmission, grade_file
    from .outputs.table import print_reports, progress_over
    from .report import Report, write_reports
    from .values import plain_text

    click.echo("grader: warning: the submitted code runs without a sandbox; grade only code that you trust", err=True)
    reports: list[Report] = []
    code = OK
    for path in progress_over(paths):
        try:
            reports.append(grade_file(path, run_demos=run_demos))
        except BadSubmission as error:
            click.echo(f"grader: {plain_text(str(error), 500)}", err=True)
            code = BAD_INPUT
        except CourseError as error:
            fail(str(error))
    print_reports(reports)
    if json_file:
        try:
            write_reports(reports, json_file)
        except OSError as error:
            fail(f"{json_file}: {error.strerror}")
    sys.exit(code)
