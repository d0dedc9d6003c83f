"""The pages: no solution in them, nothing foreign, every link leads somewhere."""

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from grader.course import editions
from grader.course import masters as course
from grader.course.masters import CHECK, EXERCISE
from grader.site import build, glossary, lessons, pinned
from grader.site.problem import SiteError
from tests.grader.helpers import CHAPTERS, solved

SEEN = "this output was seen"
each_chapter = pytest.mark.parametrize("name", CHAPTERS)


def run(name: str) -> Any:
    """A solved edition, as if it had been executed."""
    notebook = solved(name)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text=f"{SEEN} {cell.id}\n")]
    return notebook


def secrets_of(name: str) -> Iterator[str]:
    """The lines that only the solved edition has, without those that say little."""
    given = "\n".join(cell.source for cell in editions.student(course.chapter(name)).cells)
    for cell in course.chapter(name).cells:
        for line in cell.source.splitlines() if cell.kind == EXERCISE else ():
            if len(line.strip()) > 25 and line.strip() not in given and "### " not in line:
                yield line.strip()


@each_chapter
def test_a_page_has_outputs_and_no_solution(name: str) -> None:
    page = lessons.page(course.chapter(name), run(name), in_browser=True)
    text = nbformat.writes(page)
    for line in secrets_of(name):
        assert line not in "\n".join(cell.source for cell in page.cells), line
    assert "BEGIN SOLUTION" not in text
    kinds = {cell.id: cell.kind for cell in course.chapter(name).cells}
    shown = [cell for cell in page.cells if cell.get("outputs")]
    assert len(shown) > 3
    assert not [cell.id for cell in shown if kinds[cell.id] in (CHECK, EXERCISE)]
    assert f"lite/lab/index.html?path={name}.ipynb" in page.cells[0].source


def test_pages_without_the_edition_do_not_lead_to_it() -> None:
    page = lessons.page(course.chapter(CHAPTERS[0]), run(CHAPTERS[0]), in_browser=False)
    assert "lite/" not in page.cells[0].source
    assert "Download" in page.cells[0].source


def test_the_words_of_the_glossary_have_places_of_their_own() -> None:
    words = glossary.all_words()
    assert len(words) > 60
    assert len({word.anchor for word in words}) == len(words)
    linked = glossary.linked("**Base64url** and once more **base64url**; and **nothing**.", "01")
    assert linked.count("<a href=") == 1
    assert "#term-base64url" in linked
    assert glossary.linked("**base64url**", "02") == "**base64url**"
    assert "term-base64url" in glossary.words("01")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose lessons were not run."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lessons, "_run", lambda chapter, text, scratch: editions.as_text(run(chapter.name)))
        build.build(folder / "made", folder / "cache", "registries", pages_only=True)
    return folder / "made"


class Links(HTMLParser):
    """What a page loads, where it leads, and the places in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.leads: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.places |= {values.get("id", ""), values.get("name", "")}
        if tag == "a" and "href" in values:
            self.leads.append(values["href"])
        elif target := values.get("src") or (values.get("href") if tag == "link" else None):
            self.loaded.append(target)


@pytest.mark.in_ci
def test_every_link_leads_somewhere_and_nothing_comes_from_elsewhere(site: Path) -> None:
    pages = {path: Links(path.read_text("utf-8")) for path in site.rglob("*.html") if "_static" not in path.parts}
    assert len(pages) > len(CHAPTERS) + 8
    for path, page in pages.items():
        for target in page.loaded:
            assert not urlsplit(target).netloc, (path.name, target)
        for target in (*page.loaded, *page.leads):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
                continue
            found = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert found.exists(), (path.name, target)
            if parts.fragment and found in pages:
                assert unquote(parts.fragment) in pages[found].places, (path.name, target)


@pytest.mark.in_ci
def test_no_file_of_the_site_has_a_solution(site: Path) -> None:
    texts = {path: html.unescape(re.sub(r"<[^>]+>", "", path.read_text("utf-8"))) for path in site.rglob("*.html")}
    texts |= {path: path.read_text("utf-8") for path in site.rglob("*.ipynb")}
    for name in CHAPTERS:
        for line in secrets_of(name):
            assert not [path.name for path, text in texts.items() if line in text and name in path.name], line
    assert not [path for path in site.rglob("*") if path.is_file() and b"BEGIN SOLUTION" in path.read_bytes()]


@pytest.mark.in_ci
def test_the_site_has_what_a_host_needs_and_each_lesson_to_download(site: Path) -> None:
    assert (site / ".nojekyll").is_file()
    assert (site / "searchindex.js").is_file()
    for name in CHAPTERS:
        assert SEEN in (site / "lessons" / f"{name}.html").read_text("utf-8")
        assert nbformat.read(site / "notebooks" / f"{name}.ipynb", 4) == editions.student(course.chapter(name))


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SiteError, match="holds something that is no site"):
        build.build(tmp_path, tmp_path / "cache", "registries", pages_only=True)
    with pytest.raises(SiteError, match="is no folder"):
        build.build(tmp_path / "mine.txt", tmp_path / "cache", "registries", pages_only=True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_site_that_can_not_be_made_anew_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "site"
    target.mkdir()
    (target / ".grader-site").touch()
    (target / "index.html").write_text("earlier")

    def fails(*_: Any, **__: Any) -> None:
        raise SiteError("no")

    monkeypatch.setattr(build, "_write_sources", fails)
    with pytest.raises(SiteError, match="no"):
        build.build(target, tmp_path / "cache", "registries", pages_only=True)
    assert (target / "index.html").read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_file_that_can_not_be_had_is_told_before_the_lessons_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise SiteError("this file can't be had")

    monkeypatch.setattr(pinned, "fill", fails)
    monkeypatch.setattr(build, "_write_sources", lambda *_, **__: pytest.fail("the lessons were run"))
    with pytest.raises(SiteError, match="can't be had"):
        build.build(tmp_path / "made" / "site", tmp_path / "cache", "release", pages_only=False)
    assert not list(tmp_path.iterdir())
