"""The lessons as pages: the student edition's text with the solved edition's outputs, without solutions."""

import hashlib
import html
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat

from ..course import editions
from ..course.masters import Chapter, course
from ..files import write_whole
from ..gradescope.wheel import sources
from ..terminal import counting
from . import glossary
from .problem import SiteError

_OTHER = ("grader/notebooks/", "grader/site/", "grader/requirements.lock")
"""Files on which no lesson's output depends. (The lesson's own text is checked as well.)"""
_SECONDS = 300
"""How long one cell may run."""


def pages(cache: Path, scratch: Path, *, in_browser: bool) -> Iterator[tuple[str, str]]:
    """Each lesson's name, and its page as a notebook.

    Args:
        cache: the folder in which executed lessons are kept, so that they are not run again.
        scratch: a folder to run in.
        in_browser: whether the pages link to the edition that runs in a browser.

    Raises:
        SiteError: a lesson does not run.
        OSError: the cache can't be written to.
    """
    chapters = course()
    code = hashlib.sha256(b"".join(data for name, data in sources() if not name.startswith(_OTHER))).hexdigest()

    def executed(chapter: Chapter) -> Any:
        text = editions.as_text(editions.solved(chapter))
        kept = cache / f"{chapter.name}-{hashlib.sha256((code + text).encode()).hexdigest()[:16]}.ipynb"
        if not kept.is_file():
            write_whole(kept, _run(chapter, text, scratch))
        return nbformat.reads(kept.read_text("utf-8"), as_version=4)

    with counting("lessons", len(chapters)) as advance, ThreadPoolExecutor(2) as pool:
        for chapter, notebook in zip(chapters, pool.map(executed, chapters), strict=True):
            yield chapter.name, editions.as_text(page(chapter, notebook, in_browser=in_browser))
            advance()


def _run(chapter: Chapter, text: str, scratch: Path) -> str:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    notebook = nbformat.reads(text, as_version=4)
    folder = scratch / chapter.name
    folder.mkdir(parents=True)
    where = {"metadata": {"path": str(folder)}}
    try:
        NotebookClient(
            notebook, timeout=_SECONDS, kernel_name="python3", resources=where, extra_arguments=["--log-level=ERROR"]
        ).execute()
    except (CellExecutionError, CellTimeoutError) as error:
        last = str(error).strip().splitlines()[-1]
        raise SiteError(f"{chapter.name}: its solved edition does not run: {last}") from None
    return editions.as_text(notebook)


def page(chapter: Chapter, executed: Any, *, in_browser: bool) -> Any:
    """A lesson's page.

    Args:
        chapter: the lesson.
        executed: its solved edition, executed.
        in_browser: whether it links to the edition that runs in a browser.
    """
    shown = editions.student(chapter)
    for cell, run in zip(shown.cells, executed.cells, strict=True):
        is_given = cell.cell_type == "code" and cell.source == run.source
        if is_given and not cell.metadata.get("nbgrader", {}).get("grade"):  # the output of a check is the learner's
            cell.outputs = run.outputs
        elif cell.cell_type == "markdown":
            cell.source = glossary.linked(cell.source, chapter.name[:2])
        cell.metadata.pop("nbgrader", None)
    first = shown.cells[0]
    title, rest = first.source.split("\n", 1)
    first.source = f"{title}\n\n{_doors(chapter, in_browser=in_browser)}\n{rest}"
    shown.cells.append(nbformat.v4.new_markdown_cell(glossary.words(chapter.name[:2])))
    return shown


def _doors(chapter: Chapter, *, in_browser: bool) -> str:
    """Links to the lesson's notebook and, if there is one, to its browser edition."""
    name = html.escape(f"{chapter.name}.ipynb")
    start = f'<a class="door" href="../lite/lab/index.html?path={name}">Open in the browser</a> ' if in_browser else ""
    return f'<p class="doors">{start}<a class="door" href="../notebooks/{name}" download>Download</a></p>\n'
