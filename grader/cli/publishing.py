"""`grader site`: the course as pages, and as an edition that runs in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from .ending import fail


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--source",
    type=click.Choice(["release", "registries"]),
    default="release",
    show_default=True,
    help="Where pinned files come from: Pyodide's release, or PyPI, which has no cryptography for browsers.",
)
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Where they are kept.")
@click.option("--pages-only", is_flag=True, help="Leave out the edition that runs in a browser.")
def site(folder: Path, source: str, cache: Path | None, pages_only: bool) -> None:
    """Make a static site in DIR: the lessons as pages, and under lite/ the course to run in a browser.

    An earlier site in DIR is replaced; a folder with other content is refused. Downloads and executed lessons are kept,
    so that a second run is quick, and an interrupted one goes on.
    """
    try:
        from ..site import build

        build.build(folder, cache or build.CACHE, source, pages_only=pages_only)
    except ModuleNotFoundError as error:
        fail(f"the package {error.name!r} is missing; install the course with what a site needs: [course,site]")
    click.echo(f"wrote {folder}; to look at it: python -m http.server --bind 127.0.0.1 --directory {folder}")
