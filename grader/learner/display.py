"""How a check's result looks: HTML for a notebook, text for a terminal.

The HTML has no scripts. It sets no colour of text or background, so it fits light and dark themes; where a colour
means something, a word says the same.
"""

import re
from html import escape as escape

from ..judging.result import COSTS, NOT_ATTEMPTED, PASSED, Result, Row
from ..judging.verdict import ALL, HALF

_GREEN, _RED, _GREY = "#2e9e4f", "#d9534f", "#8a8a8a"
_CELL = "text-align:left;vertical-align:top;padding:2px 12px 2px 0"
_MARK = f"{_CELL};white-space:nowrap"
_TEXT = f"{_CELL};white-space:pre-wrap;overflow-wrap:anywhere;min-width:"
# Text may break anywhere, so only a minimal width keeps a short call on one line next to a long answer.
_COLUMNS = {"": _MARK, "called": f"{_TEXT}15em", "came back": f"{_TEXT}12em", "must": f"{_TEXT}11em"}


def headline(result: Result) -> str:
    """One line: the mark, the name, the points."""
    mark = "✓" if result.status == PASSED else "○" if result.status == NOT_ATTEMPTED else "✗"
    calls = f" · {result.right} of {result.calls} calls right" if result.calls else ""
    calls += f" · {result.lost}" if result.lost else ""
    status = "" if result.status == PASSED else f" · {result.status}"
    return f"{mark} {result.name}: {result.score} of {result.max_score} points{calls}{status}"


def advice(result: Result) -> list[str]:
    """What to do about it: the recognised mistakes and what was observed, the most expensive first."""
    again = f'Stuck? `hint("{result.name}")` has three hints.'
    if result.status == PASSED:
        return []
    if result.status == NOT_ATTEMPTED:
        return [*result.messages, f"Write it in the cell above, run that cell, then this one. {again}"]
    return [*result.remarks, again]


def as_html(result: Result, news: str = "") -> str:
    """The result as an HTML fragment, with other news for the learner below it."""
    colour = _GREEN if result.status == PASSED else _GREY if result.status == NOT_ATTEMPTED else _RED
    parts = [f"<p style='margin:0 0 4px 0'><strong>{escape(headline(result))}</strong></p>"]
    parts += [f"<p style='margin:0 0 4px 0'>{_prose(line, result)}</p>" for line in advice(result)]
    if result.rows:
        parts.append(_table(result))
    if news:
        parts.append(f"<p style='margin:4px 0 0 0'>{_code(news)}</p>")
    label = escape(headline(result), quote=True)
    style = f"border-left:4px solid {colour};padding:2px 0 2px 12px;margin:4px 0"
    return f"<div role='group' aria-label='{label}' style='{style}'>{''.join(parts)}</div>"


def _prose(line: str, result: Result) -> str:
    """A line of advice. Backticks mark code, except in the first message, which quotes the learner's values."""
    if line in result.messages[:1]:
        return escape(line)
    return _code(line)


def _code(line: str) -> str:
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(line))


def _table(result: Result) -> str:
    titles = (title and f"<th scope='col' style='{style}'>{title}</th>" for title, style in _COLUMNS.items())
    head = "".join(title or "<td></td>" for title in titles)  # an empty <th> would be a fault for screen readers
    # <samp>, not <code>: behind that JupyterLab puts a grey box on each line.
    styles = list(_COLUMNS.values())[1:]
    rows = "".join(
        f"<tr><td style='{_MARK}'>{'✓ right' if row.right else '✗ wrong' + _cost(row, '<br>')}</td>"
        + "".join(
            f"<td style='{style}'><samp>{escape(text)}</samp></td>"
            for style, text in zip(styles, (row.call, row.got, row.wants), strict=True)
        )
        + "</tr>"
        for row in result.rows
    )
    return f"<table style='margin:4px 0'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cost(row: Row, before: str) -> str:
    """A remark if this wrong answer costs more than its share."""
    return f"{before}costs {row.cost}" if row.cost in (COSTS[HALF], COSTS[ALL]) else ""


def as_text(result: Result) -> str:
    """The result for a terminal."""
    lines = [headline(result), *(f"  {line}" for line in advice(result))]
    for row in result.rows:
        mark = "✓" if row.right else "✗"
        lines.append(f"  {mark} {row.call}\n      {row.got}\n      must {row.wants}{_cost(row, '; ')}")
    return "\n".join(lines)
