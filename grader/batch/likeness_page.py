"""What `compare` found, as a page without scripts and as a table in the terminal. Both escape every text."""

import unicodedata

import jinja2
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..student import readable
from .likeness import Likeness, side_by_side

MAX_PAIRS = 200
"""Pairs on one page; whoever has more of them raises the limit."""
CROWD = "in no pair, for these wrote almost nothing but what many wrote, and that may be one source:"
JUDGE = "A likeness is a reason to read both and to ask. It proves nothing: a person judges."


def likeness_html(found: Likeness) -> str:
    """The page: all pairs, then each pair's solutions beside each other."""
    pages = jinja2.Environment(loader=jinja2.PackageLoader("grader.batch", "."), autoescape=True, trim_blocks=True)
    pages.filters["visible"] = visible
    return pages.get_template("likeness.html.j2").render(
        found=found, pairs=found.pairs[:MAX_PAIRS], judge=JUDGE, crowd=CROWD, side_by_side=side_by_side
    )


def visible(text: str) -> str:
    """The text with each control character, and each that turns the direction of writing, as its number."""
    return "".join(
        f"\\u{ord(c):04x}" if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\t" else c for c in text
    )


def print_likeness(found: Likeness) -> None:
    """A line for each pair."""
    console = Console(stderr=True, emoji=False)
    table = Table()
    for heading in ("alike", "one", "the other", "lesson", "most alike in"):
        table.add_column(heading, justify="right" if heading == "alike" else "left")
    for pair in found.pairs[:MAX_PAIRS]:
        names = [escape(readable(one.student or one.name, 60)) for one in (pair.left, pair.right)]
        top = max(pair.exercises, key=lambda one: one.score)
        table.add_row(f"{100 * pair.score:.0f} %", *names, pair.left.chapter, f"{top.name}, {100 * top.score:.0f} %")
    if found.pairs:
        console.print(table)
    count = f"{len(found.pairs)} pairs" if len(found.pairs) != 1 else "1 pair"
    console.print(
        f"{found.works} submissions compared: {count} alike by {100 * found.least:.0f} % or more", highlight=False
    )
    if found.crowd:
        crowd = ", ".join(readable(one, 60) for one in found.crowd)
        console.print(f"{CROWD} {escape(crowd)}", soft_wrap=True, highlight=False)
    for text in found.unread:
        console.print(f"not compared: {escape(readable(text))}", soft_wrap=True, highlight=False)
    console.print(JUDGE, highlight=False)
