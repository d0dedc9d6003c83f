"""The commands and options for pipelines: outputs, Gradescope, keys and receipts. `main.py` adds them to its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import BAD_INPUT

if TYPE_CHECKING:
    from ..reports.local_key import LocalKey

_OUTPUTS = {
    "json": "Write the Reports as one JSON array; '-' is stdout.",
    "junit": "Write JUnit XML: a suite per submission, a case per exercise.",
    "csv": "Write one line per submission, for a spreadsheet.",
    "gradescope": "Write Gradescope's results.json; for exactly one submission.",
}


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each format in `reports.forms`, with the format's name."""
    for form, text in reversed(_OUTPUTS.items()):
        command = click.option(f"--{form}", form, metavar="FILE|-", help=text)(command)
    return command


_KEY = click.option(
    *("--key", "key_file"),
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The course key that `grader keys init` made.",
)
_FOREIGN = click.option(
    "--unsafe-foreign-reports",
    is_flag=True,
    help="Believe Reports from another machine: whoever could write the files decides the scores.",
)


def _named(context: click.Context, option: click.Parameter, course: str) -> str:
    """A course's name: without one, a receipt would be any course's."""
    if not course.strip() or not course.isprintable():
        raise click.BadParameter("it is empty, or holds what can't be printed")
    return course


_ISSUER = click.option(
    *("--issuer", "issuer"),
    metavar="COURSE",
    required=True,
    callback=_named,
    help="What the course is called; the claim iss.",
)


@click.command("gradescope-zip")
@click.option(
    *("--out", "target"),
    metavar="FILE",
    default="autograder.zip",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it.",
)
@click.option("--chapter", default="", metavar="NAME", help="The only lesson to grade, such as 01_encoding.  [any]")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Let the container be the only wall; results say so.")
def gradescope_zip(target: Path, chapter: str, unsafe_no_sandbox: bool) -> None:
    """Make the zip file that Gradescope wants for an autograder."""
    from ..gradescope.package import make_zip

    make_zip(target, chapter, "none" if unsafe_no_sandbox else "full")
    click.echo(f"grader: {target}: upload it as the assignment's autograder", err=True)


@click.group()
def keys() -> None:
    """Look after the key that signs receipts."""


@keys.command("init")
@click.option(
    *("--out", "target"),
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it.  [course-key.json in your settings' folder]",
)
def keys_init(target: Path | None) -> None:
    """Make a course key: a private file that is yours alone, and beside it the public one that verifies receipts."""
    from ..receipts.keys import default_place, make_key

    private, public = make_key(target or default_place())
    click.echo(f"private: {private}  (back it up, show it to nobody)\npublic:  {public}  (give it to everybody)")


def _local(folder: Path, foreign: bool) -> LocalKey | None:
    """The key with which the Reports' MACs must have been made, or None to accept Reports without that check."""
    from ..reports.local_key import local_key

    if foreign:
        click.echo("grader: warning: what the Reports say is signed, whoever wrote them", err=True)
    return None if foreign else local_key((folder,))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_KEY
@_ISSUER
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where they go.  [FOLDER/receipts]")
@_FOREIGN
def receipts(folder: Path, key_file: Path, issuer: str, out: Path | None, unsafe_foreign_reports: bool) -> None:
    """Sign a receipt for each Report that this machine kept in a graded folder. Existing receipts are kept."""
    from ..receipts.issue import issue_all
    from ..receipts.keys import read_key

    local = _local(folder, unsafe_foreign_reports)
    done = issue_all(folder, read_key(key_file), issuer, out or folder / "receipts", local)
    for problem in done.problems:
        click.echo(f"grader: {problem}", err=True)
    click.echo(f"grader: {done.fresh + done.kept} receipts, {done.fresh} of them new", err=True)
    if done.is_bad:
        raise SystemExit(BAD_INPUT)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--student", metavar="NAME", required=True, help="Whose it is, as the Reports say.")
@_KEY
@_ISSUER
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file.  [in FOLDER/certificates]")
@_FOREIGN
def certificate(
    folder: Path, student: str, key_file: Path, issuer: str, out: Path | None, unsafe_foreign_reports: bool
) -> None:
    """Sign a certificate for a student who has handed in every lesson."""
    from ..receipts.certificate import certify
    from ..receipts.keys import read_key

    local = _local(folder, unsafe_foreign_reports)
    path = certify(folder, student, read_key(key_file), issuer, local, out)
    click.echo(f"grader: {path}", err=True)


@click.command("verify-receipt")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--jwks", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The course's public keys."
)
@click.option("--issuer", metavar="COURSE", help="The course that must have issued it.")
@click.option("--report", metavar="FILE", type=click.Path(path_type=Path), help="The Report that it must be for.")
def verify_receipt(file: Path, jwks: Path, issuer: str | None, report: Path | None) -> None:
    """Check a receipt or a certificate, and print what it says. Code 1 if it is not genuine."""
    from ..receipts.keys import read_jwks
    from ..receipts.verify import described, read_report, verified

    known = read_jwks(jwks)
    found = verified(file, known, issuer=issuer, report=read_report(report) if report else None)
    click.echo("\n".join(described(found)))


PIPELINE = (gradescope_zip, keys, receipts, certificate, verify_receipt)
"""The commands, for `main.py`."""
