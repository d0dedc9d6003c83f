"""Markdown as HTML in which nothing runs and nothing is fetched.

nbconvert's own `sanitize_html` cleans HTML outputs, but leaves a `<script>` in a Markdown cell alive. nbgrader's
formgrader and feedback show students' answers as Markdown; this filter takes the place of theirs.
"""

import bleach
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters.markdown import markdown2html_mistune

_TAGS = frozenset(
    [
        *(
            "a",
            "abbr",
            "b",
            "blockquote",
            "br",
            "code",
            "del",
            "details",
            "div",
            "em",
            "hr",
            "i",
            "kbd",
            "p",
            "pre",
            "s",
        ),
        *("samp", "small", "span", "strong", "sub", "summary", "sup", "u", "var"),
        *("dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "ul"),
        *("caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
    ]
)
_ATTRIBUTES = {
    "*": ["class", "title", "style"],
    "a": ["href"],
    "ol": ["start"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
    "details": ["open"],
}
_STYLES = CSSSanitizer(allowed_css_properties=["text-align"])
_PROTOCOLS = ["http", "https", "mailto"]


def markdown2html(source: str) -> str:
    """Markdown as HTML. A tag that is not harmless comes out as text.

    There are no images: each would be fetched from somewhere, which tells that it was read, and by whom.
    """
    html = markdown2html_mistune(source)
    return str(bleach.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, protocols=_PROTOCOLS, css_sanitizer=_STYLES))
