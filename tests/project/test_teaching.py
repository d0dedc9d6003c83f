"""The teacher's guide: its tables name lessons and exercises that exist."""

import re
from pathlib import Path

import pytest

from grader import checks
from grader.course import masters as course

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "teaching.md").read_text("utf-8")
LESSONS = {name[:2]: name for name in course.chapter_names()}
EXERCISES = {one.name: name[:2] for name in checks.chapters() for one in checks.exercises(name)}


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    section = GUIDE.split(f"### {heading}\n")[1].split("\n### ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


SAID = table("What introductions say, sentence by sentence")
BELIEVED = table("What learners believe, and where it shows")


@pytest.mark.parametrize("row", SAID, ids=lambda row: row[0][:40])
def test_each_sentence_has_a_verdict_and_lessons_that_teach_it(row: list[str]) -> None:
    said, verdict, lessons = row
    assert said
    assert re.match(r"(true|half true|false)\b", verdict)
    assert set(lessons.split(", ")) <= set(LESSONS)


def test_every_kind_of_verdict_is_there() -> None:
    assert len(SAID) >= 25
    assert {re.match(r"true|half true|false", verdict)[0] for _, verdict, _ in SAID} == {"true", "half true", "false"}


@pytest.mark.parametrize("row", BELIEVED, ids=lambda row: row[0][:40])
def test_each_belief_shows_in_an_exercise_of_its_lesson_or_elsewhere_in_it(row: list[str]) -> None:
    _, lessons, exercises, elsewhere = row
    assert set(lessons.split(", ")) <= set(LESSONS)
    named = re.findall(r"`(\w+)`", exercises)
    names = [name for name in named if name in EXERCISES]
    assert names or elsewhere
    assert all(EXERCISES[name] in lessons for name in names)


def test_every_lesson_is_in_the_plan_of_weeks() -> None:
    planned = re.findall(r"\d\d", " ".join(row[1] for row in table("A plan of weeks")))
    assert planned == list(LESSONS)
