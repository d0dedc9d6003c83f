"""`grader site DIR`: pages by Sphinx and myst-nb, the edition that runs in a browser by JupyterLite, in one folder."""

import io
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..course import editions
from ..course.masters import NOTEBOOKS, chapter_names
from . import glossary, lessons, pinned
from .problem import SiteError

REPOSITORY = NOTEBOOKS.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jwt-from-scratch" / "site"
"""Executed lessons, and files of the browser edition. May be deleted at any time."""
_MARK = ".grader-site"
"""A file that marks a folder as made by this command, which may therefore replace it."""
_HERE = Path(__file__).parent
_CONFIG: dict[str, Any] = {
    "project": "JWT from scratch",
    "html_title": "JWT from scratch",
    "copyright": "the JWT from scratch authors",
    "language": "en",
    "extensions": ["myst_nb", "sphinx_copybutton"],
    "nb_execution_mode": "off",
    "myst_enable_extensions": ["colon_fence"],
    "myst_heading_anchors": 4,
    "suppress_warnings": ["myst.header"],
    "html_theme": "pydata_sphinx_theme",
    "html_theme_options": {
        "navbar_align": "left",
        "show_prev_next": True,
        "show_toc_level": 2,
        "navigation_with_keys": False,
        "secondary_sidebar_items": ["page-toc"],
        "article_header_start": [],
        "footer_start": ["copyright"],
        "footer_end": [],
    },
    "html_static_path": [str(_HERE / "static")],
    "html_css_files": ["site.css"],
    "html_copy_source": False,
    "html_show_sourcelink": False,
}


def build(target: Path, cache: Path, source: str, *, pages_only: bool) -> None:
    """Make the site. If that fails, the folder stays as it was.

    Args:
        target: the folder; an earlier site there is replaced.
        cache: the folder in which executed lessons and pinned files are kept.
        source: the source of missing pinned files (see `pinned`).
        pages_only: leave out the edition that runs in a browser.

    Raises:
        SiteError: a file is missing, or the folder has other content; the text says which.
        OSError: a folder can't be written to.
    """
    target, cache = target.absolute(), cache.absolute()
    _check(target)
    if not pages_only:  # first, because running the lessons takes minutes
        pinned.fill(cache, source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as place:
        new = Path(place) / "site"
        _write_sources(Path(place), cache, in_browser=not pages_only)
        _sphinx(Path(place), new)
        (new / "notebooks").mkdir()
        for name in chapter_names():
            shutil.copyfile(NOTEBOOKS / f"{name}.ipynb", new / "notebooks" / f"{name}.ipynb")
        if not pages_only:
            from . import lite  # only here: it needs packages that the pages do not

            (Path(place) / "lite").mkdir()
            lite.build(new / "lite", cache, Path(place) / "lite")
        for name in (_MARK, ".nojekyll"):  # Jekyll, which some hosts run, would leave out folders like _static
            (new / name).touch()
        if target.exists():
            target.rename(Path(place) / "old")
        new.rename(target)


def _check(target: Path) -> None:
    """Refuse a folder with files that this command did not write."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise SiteError(f"{target} is no folder: name another one")
    if target.is_dir() and any(target.iterdir()) and not (target / _MARK).is_file():
        raise SiteError(f"{target} holds something that is no site of this course: name another folder")
    if not (REPOSITORY / "docs").is_dir():
        raise SiteError("the site is made from the course's repository: this installation has no docs/")


def _write_sources(place: Path, cache: Path, *, in_browser: bool) -> None:
    """Write Sphinx's input: Markdown and notebooks."""
    folder = place / "source"
    for name in ("lessons", "docs"):
        (folder / name).mkdir(parents=True)
    for name, text in lessons.pages(cache / "lessons", place / "run", in_browser=in_browser):
        (folder / "lessons" / f"{name}.ipynb").write_text(text, "utf-8")
    for path in sorted((REPOSITORY / "docs").glob("*.md")):
        text = _links_of_the_site(path.read_text("utf-8"))
        (folder / "docs" / path.name).write_text(glossary.page(text) if path.stem == "glossary" else text, "utf-8")
    shutil.copytree(REPOSITORY / "docs" / "images", folder / "docs" / "images")
    for name, text in _contents(in_browser=in_browser).items():
        (folder / name).write_text(text, "utf-8")


def _links_of_the_site(text: str) -> str:
    """Change links out of docs/ to the site's own pages, or to plain text: the site does not have the repository."""
    text = text.replace("](../notebooks/README.md)", "](../index.md)")
    return re.sub(r"(?<!!)\[([^\]]+)\]\(\.\./[^)]*\)", r"\1", text)


def _contents(*, in_browser: bool) -> dict[str, str]:
    """The front page, and a page for each part of the navigation."""
    names, docs = chapter_names(), sorted(path.stem for path in (REPOSITORY / "docs").glob("*.md"))
    door = f'<a class="door" href="lite/lab/index.html?path={names[0]}.ipynb">Start in the browser</a>'
    values = {
        "start": door if in_browser else "",
        "first": f"lessons/{names[0]}.html",
        "table": editions.lessons_table("lessons/"),
    }
    front = (_HERE / "front.md").read_text("utf-8")
    for name, value in values.items():
        front = front.replace("{{ " + name + " }}", value)
    parts = {"lessons": ("Lessons", names), "docs": ("For teachers, and more", docs)}
    return {"index.md": front + _toctree([f"{part}/index" for part in parts], ":hidden:")} | {
        f"{part}/index.md": f"# {title}\n\n{_toctree(pages, ':maxdepth: 1')}" for part, (title, pages) in parts.items()
    }


def _toctree(pages: Sequence[str], options: str) -> str:
    return "\n".join(["", "```{toctree}", options, "", *pages, "```", ""])


def _sphinx(place: Path, target: Path) -> None:
    from sphinx.application import Sphinx

    said = io.StringIO()
    app = Sphinx(
        place / "source",
        None,
        target,
        place / "doctrees",
        "html",
        confoverrides=_CONFIG,
        status=None,
        warning=said,
    )
    app.build()
    if warnings := said.getvalue().strip().splitlines():
        raise SiteError(f"Sphinx complains about {len(warnings)} things; the first: {warnings[0]}")
    shutil.rmtree(target / "_sources", ignore_errors=True)  # an empty folder, which Sphinx makes in any case
    (target / ".buildinfo").unlink(missing_ok=True)
