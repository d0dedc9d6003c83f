"""The lessons' prose: how much there is, how long it takes, and that it judges as the teacher's guide does."""

import ast
import re

import pytest

from grader.course import masters as course
from grader.course.masters import EXERCISE, Cell
from tests.project.test_teaching import SAID

FIRST = [name for name in course.chapter_names() if name < "13"]
"""Lessons 00 to 12. Each was corrected and added to often; what keeps them readable is that they don't grow."""
MOST_WORDS = 32_143
"""Words outside of folded parts that they had before the course of 2026 went into them."""


def words(cells: tuple[Cell, ...]) -> int:
    """Words of prose, without what is folded."""
    prose = (re.sub(r"<details>.*?</details>", "", cell.source, flags=re.S) for cell in cells if not cell.is_code)
    return sum(len(text.split()) for text in prose)


def minutes(cells: tuple[Cell, ...]) -> float:
    """How long a lesson takes a beginner to read, predict and write.

    150 words or 25 lines of code to read a minute, half a minute for a prediction, four minutes for an exercise and one
    and a half for each line of its solution, six for the written answer.
    """
    code = [cell.source for cell in cells if cell.is_code]
    solutions = [part for source in code for part in re.findall(r"BEGIN SOLUTION(.*?)### END", source, re.S)]
    written = sum(bool(line.strip()) for part in solutions for line in part.splitlines())
    read = sum(bool(line.strip()) for source in code if "BEGIN SOLUTION" not in source for line in source.splitlines())
    predictions = sum(cell.source.count("**Predict") for cell in cells)
    exercises = sum(cell.kind == EXERCISE for cell in cells)
    return words(cells) / 150 + read / 25 + predictions / 2 + 4 * exercises + 1.5 * written + 6


def test_the_first_thirteen_lessons_do_not_grow() -> None:
    assert sum(words(course.chapter(name).cells) for name in FIRST) < MOST_WORDS


@pytest.mark.parametrize("name", course.chapter_names())
def test_a_lesson_says_how_long_it_takes(name: str) -> None:
    chapter = course.chapter(name)
    assert chapter.minutes == pytest.approx(minutes(chapter.cells), abs=10), "tell it in its first paragraphs"


SAME = {
    "it is compact, and self-contained": "a token is compact",
    "with many users, sessions cost the server a lot": "records in memory, the cost grows significantly",
    "the next request must reach the same server": "the next request must reach the same server",
    "log in once, and every other system lets you in": "one login for several systems",
    "sessions are open to CSRF, and tokens are not": "sessions are open to CSRF, tokens are not",
    "to log out, delete the token": "to log out, delete the token",
    "JWT has none of these troubles": "a token needs no record and no lookup",
}
"""A sentence of the teacher's guide, by its beginning, and the one of lesson 09 that says the same."""


def lesson_09() -> dict[str, str]:
    """Lesson 09's eight sentences and its verdicts."""
    (cell,) = [cell for cell in course.chapter("09_sessions").cells if "VERDICTS = [" in cell.source]
    (table,) = [
        node
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Assign) and "VERDICTS" in ast.unparse(node.targets[0])
    ]
    assert isinstance(table.value, ast.List)
    return {
        ast.literal_eval(row.elts[0]): ast.literal_eval(row.elts[1])
        for row in table.value.elts
        if isinstance(row, ast.Tuple)
    }


def test_the_guide_and_lesson_09_judge_alike() -> None:
    theirs = lesson_09()
    assert len(theirs) == 8
    guide = {said: verdict for said, verdict, _ in SAID}
    for beginning, sentence in SAME.items():
        (verdict,) = [one for said, one in guide.items() if said.startswith(beginning)]
        assert verdict.startswith(theirs[sentence]), beginning
