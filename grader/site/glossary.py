"""The glossary as a page with an anchor at each term, and the links to it from the lessons."""

import functools
import re
from dataclasses import dataclass

from ..course.masters import NOTEBOOKS, chapter_names

_ROW = re.compile(r"^\| (?!term )(?P<term>[^|]+?) \|(?P<rest>.+)\| (?P<lesson>\d\d) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Word:
    """A term of the glossary.

    Attributes:
        term: its text in the glossary, perhaps with other spellings after commas.
        lesson: the number of the lesson that introduces it, such as "04".
    """

    term: str
    lesson: str

    @property
    def anchor(self) -> str:
        """The anchor of its row on the page."""
        return "term-" + re.sub(r"[^a-z0-9]+", "-", self.term.casefold()).strip("-")

    @property
    def names(self) -> list[str]:
        """Its spellings."""
        return [one.strip("` ") for one in self.term.split(",")]


@functools.cache
def all_words() -> tuple[Word, ...]:
    """The glossary's terms; none in an installation without the documents."""
    path = NOTEBOOKS.parent / "docs" / "glossary.md"
    text = path.read_text("utf-8") if path.is_file() else ""
    return tuple(Word(row["term"], row["lesson"]) for row in _ROW.finditer(text))


def page(text: str) -> str:
    """The glossary's own text, with anchors, and with links to the lessons."""
    names = {name[:2]: name for name in chapter_names()}

    def anchored(row: re.Match[str]) -> str:
        word = Word(row["term"], row["lesson"])
        lesson = f"[{word.lesson}](../lessons/{names[word.lesson]}.ipynb)" if word.lesson in names else word.lesson
        return f'| <span id="{word.anchor}"></span>{word.term} |{row["rest"]}| {lesson} |'

    return _ROW.sub(anchored, text)


def linked(text: str, lesson: str) -> str:
    """A lesson's Markdown, in which the bold terms that it introduces are links to the glossary."""
    for word in all_words():
        for name in word.names if word.lesson == lesson else ():
            bold = re.compile(rf"\*\*(`?{re.escape(name)}s?`?)\*\*", re.IGNORECASE)
            text = bold.sub(functools.partial(_link, word), text, count=1)
    return text


def words(lesson: str) -> str:
    """A line with the words of a lesson, as Markdown."""
    here = [word for word in all_words() if word.lesson == lesson]
    links = [_anchor(word, word.term) for word in here]
    return f"**New words in this lesson:** {' · '.join(links)}" if links else ""


def _link(word: Word, bold: re.Match[str]) -> str:
    return _anchor(word, bold[0])


def _anchor(word: Word, text: str) -> str:
    """The anchor as HTML, since Sphinx has no syntax for one inside a table."""
    return f'<a href="../docs/glossary.html#{word.anchor}">{text}</a>'
