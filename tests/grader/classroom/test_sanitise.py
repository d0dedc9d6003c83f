"""Students' Markdown as HTML: it runs nothing, fetches nothing, can't cover the page, and is quick to make."""

import base64
import html.parser
import re
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown import markdown2html_mistune

from grader.classroom import sanitise
from grader.classroom.sanitise import (
    MAX_LENGTH,
    MAX_NESTING,
    NO_PICTURE,
    Rendering,
    as_cell,
    highlight_code,
    markdown2html,
)
from tests.grader.sample_pictures import png

PICTURE = "data:image/png;base64," + base64.b64encode(png()).decode()
LARGE = "data:image/png;base64," + base64.b64encode(png(noise=b"n" * 100_000)).decode()
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><image href=http://a.example/></svg>",
    '<a class="navbar-fixed-top" href="https://a.example">x</a>',
    '<div id="notebook" name="score" style="position:fixed;top:0" class="modal">x</div>',
    '<p data-toggle="tooltip" data-link="x" role="button" tabindex=1 contenteditable>x</p>',
    "[a](javascript:alert(1)) <a href=' java&#115;cript:alert(1)'>b</a> [c](data:text/html,x) [d](/hub/logout)",
    "<style>*{display:none}</style><link rel=stylesheet href=http://a.example>",
    "<form action=http://a.example><input name=q autofocus onfocus=alert(1)></form>",
    "<table><tr><td style='text-align:left;position:fixed' background=http://a.example>x</table>",
    "<iframe srcdoc='<script>1</script>'></iframe><object data=http://a.example></object>",
    "![x](http://a.example/x.png) ![y](attachment:none.png) <img src='file:///etc/passwd'>",
    "```html\n<script>alert(1)</script>\n```",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></math>",
    "# A heading\n\n[back](#heading) $\\style{position:fixed}{x}$ \\href{javascript:alert(1)}{x}",
    "x\n</pre></div></div></body><script>alert(1)</script>",
    "- [ ] to do\n- [x] done",
    f"<div>\n\n<script>alert(1)</script>\n\n</div> {PICTURE}",
]


class Parts(html.parser.HTMLParser):
    """What is in a page: its tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def assert_harmless(text: str) -> None:
    for tag, values in Parts(text).found:
        assert tag in sanitise._TAGS
        assert values.keys() <= {"title", "href", "rel", "src", "alt", "width", "height", "align", "start", "open"} | {
            *("colspan", "rowspan", "scope"),
        }
        assert (values.get("href") or "https://").startswith(("http://", "https://", "mailto:"))
        assert (values.get("src") or PICTURE).startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_markdown_is_harmless(source: str) -> None:
    once = markdown2html(source)
    assert_harmless(once)
    assert "alert" not in once or "alert" in Parts(once).words


@pytest.mark.parametrize(
    "source", [*HOSTILE, "plain", "a\n\nb\n", "$x$ \\\\(y\\\\) $$z$$ \\begin{a}b\\end{a}", "    code\n"]
)
def test_a_cell_of_it_is_left_alone_by_every_renderer(source: str) -> None:
    """Also by the stock one, which formgrader uses where it does not read the class's configuration."""
    cell = as_cell(markdown2html(source))
    assert markdown2html_mistune(cell).strip() == cell
    assert markdown2html(cell) == cell
    assert Parts(cell).words.split() == Parts(markdown2html(source)).words.split()


@given(st.text(alphabet="<>/=\"'&;#$\\`*_[]()!|-\n\t ax1", max_size=300))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed(source: str) -> None:
    rendered = markdown2html(source)
    assert_harmless(rendered)
    cell = as_cell(rendered)
    assert "\n" not in cell
    assert_harmless(markdown2html_mistune(cell))


def test_pictures_are_shown_as_data() -> None:
    for source in (
        f"![red]({PICTURE})",
        f"<img alt=red src='{PICTURE}'>",
        f"![red]({LARGE})",
        "![red](attachment:a%20b.png)",
    ):
        rendered = Rendering().html(source, {"a b.png": PICTURE})
        (picture,) = (values for tag, values in Parts(rendered).found if tag == "img")
        assert picture["src"] in (PICTURE, LARGE)
        assert picture["alt"] == "red"


@pytest.mark.parametrize(
    "address",
    [
        *(
            "attachment:none.png",
            "attachment:",
            "http://a.example/x.png",
            "//a.example/x.png",
            "x.png",
            "data:",
            "data:,x",
        ),
        *("data:image/svg+xml;base64,PHN2Zy8+", "data:image/png;base64,%%%", "blob:x", PICTURE[:-30], "file:///x.png"),
    ],
)
def test_another_picture_is_a_sentence(address: str) -> None:
    for source in (f"![words]({address})", f'<img src="{address}">'):
        rendered = Rendering().html(source, {"a.png": PICTURE})
        assert NO_PICTURE in rendered
        assert "<img" not in rendered
        assert "a.example" not in rendered


def test_a_picture_shown_often_uses_up_the_room() -> None:
    big = "data:image/png;base64," + base64.b64encode(png(noise=b"n" * 1_500_000)).decode()
    rendered = Rendering().html("![](attachment:a)\n\n" * 50, {"a": big})
    assert rendered.count("<img") == sanitise.MAX_PICTURES // len(big)
    assert rendered.count(NO_PICTURE) == 50 - rendered.count("<img")


@pytest.mark.parametrize(
    "source",
    [
        *("x" * (MAX_LENGTH + 1), "> " * (MAX_NESTING + 1) + "x", ">" * 40, "- " * 40 + "x", "1. " * 40 + "x"),
        *("<b>" * 2_001, "\n".join("  " * depth + "- x" for depth in range(40))),
    ],
)
def test_what_is_too_long_or_too_deep_is_not_rendered_but_shown_whole(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sanitise.MarkdownWithMath, "render", lambda *_: pytest.fail("it was rendered"))
    rendered = markdown2html(source)
    assert rendered.startswith("<pre>")
    assert Parts(rendered).words == source
    assert markdown2html(as_cell(rendered)) == as_cell(rendered)


@pytest.mark.parametrize(
    "source", ["> > quoted\n\n- a\n  - b\n    - c", "x" * MAX_LENGTH, "a\n\n" * 2_000, "9 > 8 > 7"]
)
def test_what_people_write_is_rendered(source: str) -> None:
    assert not markdown2html(source).startswith("<pre>")


def test_the_time_of_a_renderer_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> str:
        while True:
            pass

    monkeypatch.setattr(sanitise.MarkdownWithMath, "render", slow)
    monkeypatch.setattr(sanitise, "CELL_SECONDS", 0.1)
    monkeypatch.setattr(sanitise, "NOTEBOOK_SECONDS", 0.25)
    rendering, started = Rendering(), time.process_time()
    assert {rendering.html("*so* it is") for _ in range(50)} == {"<pre>*so* it is</pre>"}
    assert time.process_time() - started < 2


def test_an_error_of_a_renderer_is_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> str:
        raise RecursionError

    monkeypatch.setattr(sanitise.MarkdownWithMath, "render", fails)
    assert markdown2html("a < b") == "<pre>a &lt; b</pre>"


def test_it_works_off_the_main_thread_too() -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(markdown2html("*a*")))
    thread.start()
    thread.join()
    assert found == ["<p><em>a</em></p>\n"]


def test_code_has_colours_within_the_same_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanitise, "_page", None)
    assert '<span class="k">def</span>' in highlight_code("def f(): pass", metadata={})
    long = "x = '<b>'\n" * 3_000
    monkeypatch.setattr(sanitise, "_HIGHLIGHT", lambda _: pytest.fail("it was rendered"))
    assert Parts(highlight_code(long)).words == long


def test_a_page_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> str:
        while True:
            pass

    monkeypatch.setattr(sanitise, "_page", None)
    monkeypatch.setattr(sanitise, "CELL_SECONDS", 0.1)
    monkeypatch.setattr(sanitise, "PAGE_SECONDS", 0.25)
    with monkeypatch.context() as patch:
        patch.setattr(sanitise, "_HIGHLIGHT", slow)
        sanitise.begin_page()
        started = time.process_time()
        assert {highlight_code("a < b") for _ in range(50)} == {
            '<div class="highlight hl-ipython3"><pre>a &lt; b</pre></div>'
        }
        assert time.process_time() - started < 2
        assert markdown2html("*a*") == "<pre>*a*</pre>"
    sanitise.begin_page()
    assert markdown2html("*a*") == "<p><em>a</em></p>\n"


UNRULY = [
    "$\\style{position:fixed}{x}$",
    "<p>&#36;&#92;style{a}{x}&#36;</p>",
    "<p>$&bsol;st&#121;le{a}{x}$</p>",
    "&#36;\\sty<!-- -->le{a}{x}&#36;",
    "<div>$\\sty<?x ?>le{a}{x}$</div>",
    "<div>$\\sty<![CDATA[ ]]>le{a}{x}$</div>",
    "$\\renewenvironment{x}{a}{b}$",
    "$x\\mspace{-999mu}\\Space{1em}{2em}{3em}$",
    "$\\begin{array}{c}x\\\\[-50em]y\\end{array}$",
    "$\\!\\!\\!x$",
]


@pytest.mark.parametrize("source", UNRULY)
def test_a_formula_that_could_move_or_dress_up_is_no_formula(source: str) -> None:
    """Judged is what a browser makes of it: entities read, and texts joined that only a comment parts."""
    for rendered in (markdown2html(source), markdown2html(as_cell(markdown2html(source)))):
        words = Parts(rendered).words
        assert not re.search(r"\\(style|Space|mspace|renewenvironment|!|\\\[)", words)
        assert "\u2060" in words


def test_entities_in_a_text_stay_what_they_were() -> None:
    assert Parts(markdown2html("<p>a &amp;lt; b &lt;i&gt; &copy;</p>")).words.strip() == "a &lt; b <i> \u00a9"
