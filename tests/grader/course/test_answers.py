"""The written answers: every lesson has a question, a model answer and a rubric that adds up."""

import re
from dataclasses import replace

import pytest

from grader.course import answers
from grader.course import masters as course
from grader.course.masters import ANSWER, ANSWER_POINTS
from grader.errors import CourseError
from tests.grader.helpers import CHAPTERS


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_rubric_gives_away_the_answers_points_and_no_more(name: str) -> None:
    question, model, rubric = answers.written(course.chapter(name))
    assert question[-1] in "?."
    assert len(question.split()) >= 25
    assert len(model.split()) >= 50
    assert sum(map(int, re.findall(r"\((\d)\)", rubric))) == ANSWER_POINTS
    assert f"({ANSWER_POINTS} points)" in answers.RUBRIC


def test_the_page_has_every_lesson() -> None:
    assert re.findall(r"^## (.+)$", answers.page(), re.MULTILINE) == [one.title for one in course.course()]


@pytest.mark.parametrize("missing", ["model answer", "teachers", "question"])
def test_an_author_who_forgot_a_part_is_told_which(missing: str) -> None:
    chapter = course.chapter("01_encoding")
    if missing == "question":
        cells = [cell for cell in chapter.cells if cell.kind != ANSWER]
    else:
        cells = [replace(cell, source=re.sub(rf"<summary>[^<]*{missing}.*", "", cell.source)) for cell in chapter.cells]
    with pytest.raises(CourseError, match=r"01_encoding: .*answer"):
        answers.written(replace(chapter, cells=tuple(cells)))
