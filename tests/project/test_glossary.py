"""The glossary: sorted, and each term stands in the lesson that it names."""

import re
from pathlib import Path

import pytest

from grader.course import masters as course

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
ROWS = [
    tuple(part.strip() for part in line.strip("|").split("|"))
    for line in GLOSSARY.read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| term")
]
LESSONS = {name[:2]: name for name in course.chapter_names()}


def key(term: str) -> str:
    return term.strip("`").casefold().replace("`", "")


def test_the_terms_are_sorted_and_named_once() -> None:
    terms = [key(row[0]) for row in ROWS]
    assert len(terms) > 60
    assert terms == sorted(set(terms))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: key(row[0]))
def test_the_lesson_has_the_term(row: tuple[str, str, str, str]) -> None:
    term, meaning, where, lesson = row
    assert len(meaning.split()) >= 3
    text = (course.NOTEBOOKS / "source" / f"{LESSONS[lesson]}.md").read_text("utf-8").casefold()
    plain = re.sub(r"[*`\s]+", " ", text)
    for word in key(term).split(", "):
        assert word in plain, f"{word} is not in lesson {lesson}"
    for rfc in re.findall(r"RFC \d+", where):
        assert re.fullmatch(r"RFC \d{4,5}", rfc)
