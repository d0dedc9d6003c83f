"""The written answers: which of a learner's Markdown cells are the answer.

The answer is the answer cell with every Markdown cell that the learner put next to it, between the question and the
master's next cell. So nothing is lost if the answer was split, typed into a cell below, or retyped in an editor that
keeps no metadata. Other Markdown cells of the learner's are notes, which are shown in their places.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..course.masters import ANSWER, TEXT, TEXT_STUB, Cell, Chapter

_HEADING = "**Your answer**"
_BEGINNING = re.compile(r"\W*your answer\b", re.IGNORECASE)


@dataclass(eq=False)
class Text:
    """A Markdown cell with the learner's text, and its place.

    Attributes:
        source: its text.
        attachments: its pictures by name, as `data:` URIs.
        place: the index of the master's cell before it; -1 if there is none.
        until: the index of the master's cell after it.
        answer: if its metadata says that it is an answer cell, the index of that cell, else None.
    """

    source: str
    attachments: dict[str, str] = field(default_factory=dict)
    place: int = -1
    until: int = 0
    answer: int | None = None


def sort_out(master: Chapter, texts: Iterable[Text]) -> tuple[dict[str, list[Text]], list[Text]]:
    """The texts that answer each question, by the answer cell's id, and the notes; each in order.

    Questions without an answer are left out.
    """
    left = list(texts)
    found: dict[str, list[Text]] = {}
    for index, cell in enumerate(master.cells):
        if cell.kind != ANSWER:
            continue
        parts = [one for one in left if one.answer == index or (one.answer is None and _belongs(one, index, master))]
        left = [one for one in left if one not in parts]
        written = [one for one in parts if _is_written(one, cell)]
        if not written:  # nothing in its place: any later text of the learner's may be the answer
            written = [one for one in left if one.answer is None and one.place > index]
            left = [one for one in left if one not in written]
        written = written or [one for one in parts if one.source.split() and not _same(one.source, TEXT_STUB)]
        if written:
            found[cell.id] = _without_twins(written)
    return found, left


def own_words(source: str, id_: str, ours: Cell | None) -> str:
    """The learner's part of a Markdown cell: "" of an unchanged one, the added text of a changed one.

    Args:
        source: the cell's text.
        id_: its id. In a lesson it is the hash of the text, so an unchanged cell of any version is recognised.
        ours: the master's cell that it came from, if any.
    """
    if hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:12] == id_.partition("-")[0]:
        return ""
    if ours is not None and ours.kind == TEXT:
        source = source.removeprefix(ours.source.rstrip())
        return "" if _same(source, ours.source) else source.strip()
    return "" if _same(source, TEXT_STUB) else source if source.strip() else ""


def _belongs(text: Text, index: int, master: Chapter) -> bool:
    """Whether a text is in the answer's place, or begins like an answer and is nearer to this question than others."""
    if text.place == index or text.place < index <= text.until:
        return True
    if not _BEGINNING.match(text.source):
        return False
    places = [number for number, cell in enumerate(master.cells) if cell.kind == ANSWER]
    return min(places, key=lambda place: abs(place - text.place)) == index


def _is_written(text: Text, ours: Cell) -> bool:
    """Whether the learner wrote something in it: the given text, even with other white space, does not count."""
    return not any(_same(text.source, one) for one in ("", _HEADING, TEXT_STUB, ours.source))


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def _without_twins(texts: Iterable[Text]) -> list[Text]:
    """Leave out copies: each text is shown once."""
    seen: list[Text] = []
    for one in texts:
        if not any(_same(one.source, other.source) and one.attachments == other.attachments for other in seen):
            seen.append(one)
    return seen
