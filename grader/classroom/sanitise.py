"""Markdown as HTML that runs nothing, fetches nothing, and can't cover other parts of the page.

nbconvert's own `sanitize_html` cleans HTML outputs, but lets a `<script>` in a Markdown cell through. nbgrader's
formgrader and feedback show students' answers as Markdown; `markdown2html` replaces their filter. Besides, `assemble`
already writes students' Markdown into `autograded/` as HTML, by `Rendering`.

Rendering some Markdown or code takes time quadratic in its length. So text that is long or deeply nested is not
rendered, the rest has a limit of processor time, and text that reaches a limit is shown complete, as plain text.
"""

import html
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from bleach.sanitizer import BleachSanitizerFilter, Cleaner
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from ..engine.pictures import data_uri

MAX_LENGTH = 20_000
"""The longest Markdown of one cell that is rendered, in characters, without the pictures in it."""
MAX_NESTING = 16
"""How deep quotes and lists may nest."""
MAX_TAGS = 2_000
"""HTML tags in one cell."""
CELL_SECONDS = 1.0
NOTEBOOK_SECONDS = 5.0
PAGE_SECONDS = 10.0
"""Processor time for one cell, for all Markdown of a submission, and for all cells of a page."""
MAX_PICTURES = 8_000_000
"""Characters of one cell's pictures together, in base64, each counted as often as it is shown."""
NO_PICTURE = "a picture that could not be shown"

_TAGS = frozenset(
    (
        *("a", "abbr", "b", "blockquote", "br", "code", "del", "details", "div", "em", "hr", "i", "img", "kbd", "p"),
        *("pre", "s", "small", "span", "strong", "sub", "summary", "sup", "u"),
        *("dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "ul"),
        *("caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
    )
)
# No class, id, name or style, with which a text could imitate or cover the page's own parts: formgrader loads
# Bootstrap, which has classes that cover the whole window.
_ATTRIBUTES = {
    "*": ["title"],
    "a": ["href", "rel", "title"],
    "ol": ["start"],
    "td": ["colspan", "rowspan", "align"],
    "th": ["colspan", "rowspan", "scope", "align"],
    "details": ["open"],
}
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_ALIGN = re.compile(r"text-align:\s*(left|right|center);?")
_NESTED = re.compile(r"[ \t]*(?:(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s))[ \t]*)+")
_PICTURE_IN_TEXT = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/=]{500,})", re.IGNORECASE)
# MathJax commands that could move text over the rest of the page, style it, or link it. They are shown as typed.
_UNRULY = re.compile(
    r"\\(?=!|(?:style|class|cssId|href|require|bbox|enclose|rule|[hmv]?skip|[hm]?space|m?kern|raise|lower|smash"
    r"|move(?:left|right)|[rl]lap|math[rlc]lap|mmlToken|toggle|unicode|tag|label|(?:eq)?ref|let|def|DeclareMathOperator"
    r"|(?:new|renew|provide)(?:command|environment))(?![a-z]))|(?<=\\\\)(?=\s*\[)",
    re.IGNORECASE,
)
_AS_TYPED = re.compile(r"(<pre[ >].*?</pre>)", re.DOTALL)
_LINE_END = re.compile(r"[\n\r]+")
_MARKS = re.compile(r"[\n\r$\\]")
_HIGHLIGHT: Any = Highlight2HTML(pygments_lexer="ipython3")  # type: ignore[no-untyped-call]
_CELL = re.compile(r"<div>[^\n\r$\\]*</div>")
_PLAIN_CELL = re.compile(r"<div><pre>[^<\n\r$\\]*</pre></div>")


class _TooMuch(BaseException):
    """The processor time is used up. A BaseException, so that no renderer catches it by accident."""


def markdown2html(source: str) -> str:
    """Markdown as HTML, for formgrader and feedback. Tags that are not allowed become text.

    Only pictures inside the text itself are shown: fetching another one would tell its server who reads the page.
    """
    return (_page or Rendering()).html(source)


def highlight_code(source: str, language: str | None = None, metadata: Any = None) -> str:
    """Code with syntax highlighting, for formgrader and feedback. The parameters are those of nbconvert's filter."""
    return (_page or Rendering()).code(source)


def begin_page() -> None:
    """Begin a new page, whose cells share one limit of processor time."""
    global _page
    _page = Rendering(PAGE_SECONDS)


def as_cell(markup: str) -> str:
    """HTML as the source of a Markdown cell that every Markdown renderer passes through unchanged.

    It is written as one line, so that it is one block of HTML, and without characters that could begin a formula.
    """
    parts = _AS_TYPED.split(markup)  # every second part is a match
    parts = [part if place % 2 else _LINE_END.sub(" ", part) for place, part in enumerate(parts)]
    return f"<div>{_unmarked(''.join(parts))}</div>"


def _unmarked(line: str) -> str:
    """The HTML without the characters that a Markdown renderer looks for, each as its number."""
    return _MARKS.sub(lambda found: f"&#{ord(found[0])};", line)


class Rendering:
    """Renders the cells of one submission, or of one page, within its limits."""

    def __init__(self, seconds: float | None = None) -> None:
        self._left = NOTEBOOK_SECONDS if seconds is None else seconds

    def html(self, source: str, attachments: dict[str, str] | None = None) -> str:
        """The Markdown as HTML, or as plain text if a limit is reached.

        Args:
            source: the cell's text.
            attachments: its pictures by name, as `data:` URIs.
        """
        if _PLAIN_CELL.fullmatch(source):  # plain text from `as_cell`, without any tag
            return source
        pictures = _Pictures(attachments or {})
        rendered = self._in_time(lambda: _clean(_rendered(source, pictures), pictures))
        if rendered is None:
            return f"<pre>{html.escape(source)}</pre>"
        return _unmarked(rendered) if _CELL.fullmatch(source) else rendered

    def code(self, source: str) -> str:
        """The code with syntax highlighting, or without it if a limit is reached."""
        if len(source) <= MAX_LENGTH and (coloured := self._in_time(lambda: str(_HIGHLIGHT(source)))):
            return coloured
        return f'<div class="highlight hl-ipython3"><pre>{html.escape(source)}</pre></div>'

    def _in_time(self, render: Callable[[], str]) -> str | None:
        started = time.process_time()
        try:
            with _processor_time(min(CELL_SECONDS, self._left)):
                return render()
        except (_TooMuch, Exception):  # if rendering fails for any reason, the text must still be readable
            return None
        finally:
            self._left -= time.process_time() - started


_page: Rendering | None = None


def _rendered(source: str, pictures: "_Pictures") -> str:
    if _CELL.fullmatch(source):
        return source
    text = _PICTURE_IN_TEXT.sub(pictures.take, source)
    if len(text) > MAX_LENGTH or text.count("<") > MAX_TAGS or _nesting(text) > MAX_NESTING:
        raise _TooMuch
    return MarkdownWithMath(renderer=_Renderer(escape=False, exclude_anchor_links=True)).render(text)


def _nesting(text: str) -> int:
    """An estimate of the deepest nesting, from each line's markers of quotes and lists and their indents."""
    found = [one[0] for line in text.splitlines() if (one := _NESTED.match(line))]
    return max((len(one.split()) + one.count(">>") + _indent(one) // 2 for one in found), default=0)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


class _Renderer(IPythonRenderer):
    """Leaves out syntax highlighting, whose classes would be removed anyway, and keeps pictures' URLs unchanged."""

    def block_code(self, code: str, info: str | None = None) -> str:
        return f"<pre><code>{html.escape(code)}</code></pre>\n"

    def _embed_image_or_attachment(self, src: str) -> str:
        return src


class _Pictures:
    """The pictures that one cell may show."""

    def __init__(self, attachments: dict[str, str]) -> None:
        self._by_name = dict(attachments)
        self._room = MAX_PICTURES

    def take(self, found: re.Match[str]) -> str:
        """Keep a picture that is in the text, and put a short name in its place, which is quick to render."""
        name = f"in the text {len(self._by_name)}".replace(" ", "-")
        if uri := data_uri(found[1]):
            self._by_name[name] = uri
        return f"attachment:{name}"

    def show(self, address: str) -> str | None:
        """The picture as a `data:` URI, if it may be shown."""
        kind, _, rest = address.strip().partition(":")
        uri = None
        if kind.lower() == "attachment":
            uri = self._by_name.get(rest) or self._by_name.get(unquote(rest))
        elif kind.lower() == "data":
            uri = data_uri(unquote(rest.partition(",")[2]))
        if uri is None or len(uri) > self._room:
            return None
        self._room -= len(uri)
        return uri


def _clean(markup: str, pictures: _Pictures) -> str:
    # Like bleach's `Cleaner.clean`, with our own step between the parser and the filter.
    cleaner = Cleaner(tags=_TAGS)
    tokens = _tamed(_joined(cleaner.walker(cleaner.parser.parseFragment(markup))), pictures)
    return str(cleaner.serializer.render(_Filter(tokens, allowed_tags=_TAGS, attributes=_allowed)))


class _Filter(BleachSanitizerFilter):  # type: ignore[misc]
    """bleach's filter, which lets through pictures that come from `_tamed`: only their pixels and alternative text."""

    def allow_token(self, token: Any) -> Any:
        """The token, without attributes that are not allowed."""
        return token if token["name"] == "img" else super().allow_token(token)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and bool(_LINK.match(value))
    return name in _ATTRIBUTES.get(tag, _ATTRIBUTES["*"])


def _tamed(tokens: Any, pictures: _Pictures) -> Iterator[Any]:
    """The tokens with pictures as data or replaced by a sentence, links without a referrer, and no styles."""
    for token in tokens:
        name, values = token.get("name"), token.get("data")
        if token["type"] in ("StartTag", "EmptyTag"):
            if name == "img":
                yield _picture(values, pictures)
                continue
            if name == "input" and values.get((None, "type")) == "checkbox":  # in a task list
                yield {"type": "Characters", "data": "☑ " if (None, "checked") in values else "☐ "}
                continue
            style = values.pop((None, "style"), "")
            if name in ("td", "th") and (found := _ALIGN.fullmatch(style)):
                values[None, "align"] = found[1]
            if name == "a":
                values[None, "rel"] = "noopener noreferrer"
        elif token["type"] == "Characters":
            text = _UNRULY.sub("\\g<0>\u2060", html.unescape(values))
            token["data"] = text.replace("&", "&amp;")  # bleach's filter reads entities
        yield token


def _joined(tokens: Any) -> Iterator[Any]:
    """The tokens with texts that only a comment parts as one, as a browser shows them and MathJax reads them."""
    texts: list[str] = []
    for token in tokens:
        if token["type"] in ("Characters", "SpaceCharacters"):
            texts.append(token["data"])
        elif token["type"] != "Comment":
            if texts:
                yield {"type": "Characters", "data": "".join(texts)}
                texts.clear()
            yield token
    if texts:
        yield {"type": "Characters", "data": "".join(texts)}


def _picture(values: dict[Any, str], pictures: _Pictures) -> dict[str, Any]:
    uri = pictures.show(html.unescape(values.get((None, "src"), "")))
    words = values.get((None, "alt"), "")[:200]
    if uri is None:
        return {"type": "Characters", "data": f"[{NO_PICTURE}{': ' if words else ''}{words}]"}
    sizes = {key: value for key in ("width", "height") if (value := values.get((None, key), "")).isdigit()}
    data = {(None, "src"): uri, (None, "alt"): words, **{(None, key): value[:4] for key, value in sizes.items()}}
    return {"type": "EmptyTag", "name": "img", "namespace": None, "data": data}


@contextmanager
def _processor_time(seconds: float) -> Iterator[None]:
    """Raise `_TooMuch` after so much processor time of this process, even inside a regular expression.

    Signals need the main thread, in which nbgrader's commands and its server work. In other threads, and on systems
    without such timers, only the limits of length and nesting apply.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    if seconds <= 0:
        raise _TooMuch

    def stop(number: int, frame: Any) -> None:
        raise _TooMuch

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
