"""The written answers: which of a learner's Markdown cells are the answer.

An answer is the answer cell, and every Markdown cell that the learner put beside it: between the question and the
next cell of the master. So nothing is lost when the answer was split, typed into a cell below, or retyped in an editor
that keeps no metadata. Everything else that the learner wrote is shown where it stands.
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
    """A Markdown cell of the learner's own, and where it stands.

    Attributes:
        source: what it says.
        attachments: its pictures by name, as `data:` addresses.
        place: the index of the master's cell before it; -1 if there is none.
        until: the index of the master's cell behind it.
        answer: the index of the answer cell that it is by its metadata, or None.
    """

    source: str
    attachments: dict[str, str] = field(default_factory=dict)
    place: int = -1
    until: int = 0
    answer: int | None = None


def sort_out(master: Chapter, texts: Iterable[Text]) -> tuple[dict[str, list[Text]], list[Text]]:
    """The texts that answer each question, by the answer cell's id, and those that are notes; each in its order.

    A question that nobody answered is not among them.
    """
    left = list(texts)
    found: dict[str, list[Text]] = {}
    for index, cell in enumerate(master.cells):
        if cell.kind != ANSWER:
            continue
        parts = [one for one in left if one.answer == index or (one.answer is None and _belongs(one, index, master))]
        left = [one for one in left if one not in parts]
        written = [one for one in parts if _is_written(one, cell)]
        if not written:  # the lesson goes on behind the question; what stands there may well be the answer
            written = [one for one in left if one.answer is None and one.place > index]
            left = [one for one in left if one not in written]
        written = written or [one for one in parts if one.source.split() and not _same(one.source, TEXT_STUB)]
        if written:
            found[cell.id] = _without_twins(written)
    return found, left


def own_words(source: str, id_: str, ours: Cell | None) -> str:
    """What of a Markdown cell is the learner's: nothing of an unchanged one, what was added to a changed one.

    Args:
        source: what the cell says.
        id_: its id. A text cell's id is the hash of its text, so an unchanged cell is known in any version of a lesson.
        ours: the master's cell that it is, if it is one.
    """
    if hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:12] == id_.partition("-")[0]:
        return ""
    if ours is not None and ours.kind == TEXT:
        source = source.removeprefix(ours.source.rstrip())
        return "" if _same(source, ours.source) else source.strip()
    return "" if _same(source, TEXT_STUB) else source if source.strip() else ""


def _belongs(text: Text, index: int, master: Chapter) -> bool:
    """Whether it stands at the answer's place, or begins as an answer does and no other question is nearer."""
    if text.place == index or text.place < index <= text.until:
        return True
    if not _BEGINNING.match(text.source):
        return False
    places = [number for number, cell in enumerate(master.cells) if cell.kind == ANSWER]
    return min(places, key=lambda place: abs(place - text.place)) == index


def _is_written(text: Text, ours: Cell) -> bool:
    """Whether there is a word of the learner's in it: what was given, with more or less white space, is none."""
    return not any(_same(text.source, one) for one in ("", _HEADING, TEXT_STUB, ours.source))


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def _without_twins(texts: Iterable[Text]) -> list[Text]:
    """A copied cell is shown once."""
    seen: list[Text] = []
    for one in texts:
        if not any(_same(one.source, other.source) and one.attachments == other.attachments for other in seen):
            seen.append(one)
    return seen
