"""The written answers: each lesson's question, model answer and rubric, on one page for those who grade them."""

import re

from ..errors import CourseError
from .masters import ANSWER, Chapter, course

MODEL, RUBRIC = "A model answer (write yours first)", "For teachers: what to look for (5 points)"
"""The titles of the two folded parts of a lesson. The points are `masters.ANSWER_POINTS`."""


def page() -> str:
    """The page, as Markdown."""
    return "\n".join(_entry(chapter) for chapter in course())


def written(chapter: Chapter) -> tuple[str, str, str]:
    """A lesson's question, its model answer and its rubric.

    Raises:
        CourseError: one of them is missing. The text says which.
    """
    places = [number for number, cell in enumerate(chapter.cells) if cell.kind == ANSWER]
    if len(places) != 1:
        raise CourseError(f"{chapter.name}: a lesson asks for one written answer, not for {len(places)}")
    before, after = chapter.cells[places[0] - 1].source, chapter.cells[places[0] + 1 :]
    question = re.sub(r"^## .*\n+", "", before)
    rest = "\n".join(cell.source for cell in after if not cell.is_code)
    return question.strip(), _folded(rest, MODEL, chapter), _folded(rest, RUBRIC, chapter)


def _folded(text: str, summary: str, chapter: Chapter) -> str:
    found = re.search(rf"<summary>{re.escape(summary)}</summary>\n(.*?)</details>", text, re.DOTALL)
    if not found:
        raise CourseError(f"{chapter.name}: behind the written answer there is no '<summary>{summary}</summary>'")
    return found[1].strip()


def _entry(chapter: Chapter) -> str:
    question, model, rubric = written(chapter)
    parts = (f"## {chapter.title}", question, f"**What to look for.** {rubric}", f"*A model answer.* {model}")
    return "\n\n".join(parts) + "\n"
