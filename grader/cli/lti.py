"""The commands of `grader lti`: the course as a tool in a learning platform."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..errors import NOT_ALL_TAKEN
from .ending import fail

_MANY: dict[str, Any] = {"threads": 8, "ident": None, "connection_limit": 250, "asyncore_use_poll": True}
"""So many may send their forms slowly at the same time; waitress's own limit is 100, and then it serves nobody. Each of
them may fill as much of the disk as a request is long, so they are not thousands."""
_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))


@click.group()
def lti() -> None:
    """Let learning platforms (LTI 1.3) open the lessons, and get the scores."""


@lti.command()
@_FOLDER
@click.option("--url", required=True, help="Our address as browsers see it: https://…")
@click.option(
    *("--opens", "opens"),
    multiple=True,
    nargs=2,
    metavar="WORDS ADDRESS",
    help="A button that opens a lesson elsewhere, such as in a Hub; {lesson} stands for its name.",
)
def init(folder: Path, url: str, opens: tuple[tuple[str, str], ...]) -> None:
    """Make a tool: its key and its settings. Prints what to enter in the platform.

    For an existing tool, this changes the address and the buttons; its key and its platforms stay.
    """
    from ..lti.tool import Tool

    tool = Tool.init(folder, url, dict(opens))
    click.echo(tool.says())
    click.echo(f"{folder}/ is ready: enter these in the platform, then `grader lti register {folder} …`", err=True)


@lti.command()
@_FOLDER
@click.option("--issuer", required=True, help="The platform's issuer (iss, platform id).")
@click.option("--client-id", required=True, help="What the platform calls this tool.")
@click.option("--deployment", "deployments", required=True, multiple=True, help="A deployment id; may be repeated.")
@click.option("--auth", required=True, metavar="ADDRESS", help="The authentication request's address.")
@click.option("--token", required=True, metavar="ADDRESS", help="The access token's address.")
@click.option("--jwks", required=True, metavar="ADDRESS", help="The public key set's address.")
@click.option("--token-audience", default="", metavar="TEXT", help="The aud of what we sign for tokens.  [--token]")
@click.option(
    *("--frame", "frames"),
    multiple=True,
    metavar="ADDRESS",
    help="A page elsewhere in which the platform itself stands, and so our page, too; may be repeated.",
)
def register(
    folder: Path,
    issuer: str,
    client_id: str,
    deployments: tuple[str, ...],
    auth: str,
    token: str,
    jwks: str,
    token_audience: str,
    frames: tuple[str, ...],
) -> None:
    """Register a platform. A registered one gets these addresses, and the deployments and frames are added."""
    from ..lti.registry import Platform
    from ..lti.tool import Tool

    tool = Tool.at(folder)
    platform = Platform(issuer, client_id, deployments, auth, token, jwks, token_audience, frames)
    before = tool.settings()
    tool.change(before.registered(platform))
    click.echo(f"{issuer} may send learners, as client {client_id}", err=True)
    known = before.platform(platform.name)
    if known and replace(known, deployments=deployments, frames=frames) != platform:
        click.echo("it was registered with other addresses, and has these instead", err=True)


@lti.command()
@_FOLDER
@click.option("--port", default=8400, show_default=True, type=click.IntRange(1, 65535), help="Of 127.0.0.1.")
def serve(folder: Path, port: int) -> None:
    """Serve launches and hand-ins, on this machine only, for a web server with a certificate in front of it.

    Nothing is graded here. `grader grade DIR/submitted --out DIR/graded` and `grader lti push DIR` do the rest.
    """
    import logging

    from ..files import MAX_NOTEBOOK
    from ..lti.tool import Tool
    from ..lti.web import tool_app

    try:
        from waitress import serve as run
    except ModuleNotFoundError:
        fail("the package 'waitress' is missing; install the course with its extra: jwt-from-scratch[course,lti]")
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    tool = Tool.at(folder)
    tool.cookie_key  # noqa: B018 - so that an error in the key is reported now
    app = tool_app(tool)
    try:
        run(app, host="127.0.0.1", port=port, max_request_body_size=2 * MAX_NOTEBOOK, **_MANY)
    except OSError as error:
        fail(f"127.0.0.1:{port}: {error.strerror}; name another port with --port")


@lti.command()
@_FOLDER
@click.argument("students", metavar="[ID]...", nargs=-1)
def who(folder: Path, students: tuple[str, ...]) -> None:
    """Say which learners some ids are, or all of them: id, name, platform's own id, platform, lessons.

    Columns have a tab between them. There is no more than what the platform sent with a hand-in.
    """
    from ..lti.tool import Tool
    from ..lti.who import learners

    for one in learners(Tool.at(folder), students):
        click.echo("\t".join((one.student, one.name or "-", one.sub, one.issuer, ", ".join(one.lessons))))


@lti.command()
@_FOLDER
@click.option("--lower", is_flag=True, help="Send a score also where the platform has a higher one.")
def push(folder: Path, lower: bool) -> None:
    """Send the score of each Report in DIR/graded to the platform that its learner came from, once.

    After an interruption, run it again. Scores that a platform did not accept are listed, and the exit code is 4.
    """
    from ..lti.push import push as send
    from ..lti.scores import Sender
    from ..lti.tool import Tool

    tool = Tool.at(folder)
    done = send(tool, Sender(tool.key()), lower=lower)
    for problem in done.problems:
        click.echo(f"grader: {problem}", err=True)
    click.echo(
        f"grader: {done.sent} scores sent, {done.known} were there, {done.kept} lower ones kept back, "
        f"{done.waiting} hand-ins not graded yet, {done.nowhere} without a column",
        err=True,
    )
    if done.problems:
        sys.exit(NOT_ALL_TAKEN)
