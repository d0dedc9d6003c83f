"""A group's hand-in counts for all of its members; a member's own wins."""

import os
import re
from pathlib import Path

import pytest

from grader.classroom.classdir import ClassDir
from grader.classroom.groups import copied
from grader.errors import NOT_ALL_TAKEN, OK
from tests.grader.classroom.helpers import GRADER, LESSON, book, gradebook, grades, hand_in, run
from tests.grader.helpers import cell_of, solved, student

FULL = {"b64u_encode": 5, "b64u_decode": 10, "json_loads_strict": 10, "01_encoding-answer": None}
NOON = 1_795_000_000
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def course(root: Path) -> Path:
    """Ada is in a group with dan and eve, who have handed in nothing; bob and cy are in none."""
    (root / "roster.csv").write_text("id,group\nada,Red\ndan,Red\neve,red\nbob,\ncy,\n", "utf-8")
    assert run(GRADER, root, "class", "roster", "roster.csv").returncode == OK
    path = root / "submitted" / "ada" / LESSON / f"{LESSON}.ipynb"
    os.utime(path, (NOON, NOON))
    path.with_name("timestamp.txt").write_text("2026-10-19 12:00:00 UTC")
    return root


def autograde(root: Path, *more: str, code: int = OK) -> str:
    done = run(GRADER, root, "autograde", LESSON, *more)
    assert done.returncode == code, done.stderr
    return done.stderr


def test_one_hand_in_counts_for_all_members_and_their_own_wins(course: Path) -> None:
    autograde(course)
    assert grades(course, "ada") == grades(course, "dan") == grades(course, "eve") == FULL
    assert copied(course, LESSON) == {"dan", "eve"}
    for who in ("dan", "eve"):
        assert (course / "submitted" / who / LESSON / "timestamp.txt").read_text() == "2026-10-19 12:00:00 UTC"
    before = book(course)
    assert "5 of 5 had been graded before" in autograde(course)
    assert book(course) == before
    # Dan's own hand-in, which is later, counts for dan; ada's next one counts for her and for eve.
    worse = solved(LESSON)
    cell_of(worse, "b64u_decode").source = "def b64u_decode(text):\n    return b''"
    hand_in(course, "dan", worse)
    path = hand_in(course, "ada", student(LESSON))
    path.with_name("timestamp.txt").write_text("2026-12-19 12:00:00 UTC")
    autograde(course)
    assert grades(course, "dan")["b64u_decode"] == 0
    assert grades(course, "dan")["b64u_encode"] == 5
    assert grades(course, "ada")["b64u_encode"] == grades(course, "eve")["b64u_encode"] == 0
    assert copied(course, LESSON) == {"eve"}


def test_a_members_mark_and_extension_are_their_own(course: Path) -> None:
    assert run(GRADER, course, "class", "deadline", LESSON, "2026-10-18 12:00").returncode == OK
    with (course / "nbgrader_config.py").open("a") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    arguments = ("class", "deadline", LESSON, "2026-10-20 12:00", "--student", "dan")
    assert run(GRADER, course, *arguments).returncode == OK
    autograde(course)
    with gradebook(course) as open_book:
        open_book.find_grade("01_encoding-answer", LESSON, LESSON, "dan").manual_score = 4
        open_book.db.commit()
    autograde(course, "--force")
    with gradebook(course) as open_book:
        found = {who: open_book.find_submission(LESSON, who) for who in ("ada", "dan", "eve")}
        assert {who: one.score - one.late_submission_penalty for who, one in found.items()} == {
            **{"ada": 0, "dan": 29, "eve": 0}
        }


def test_one_student_alone_gets_the_groups_too(course: Path) -> None:
    autograde(course, "--student", "eve")
    assert {name.split("/")[0] for name in book(course)} == {"eve"}
    assert grades(course, "eve") == FULL


def test_a_copy_is_taken_back_and_nothing_else(course: Path) -> None:
    autograde(course)
    (course / "submitted" / "eve" / LESSON / "essay.pdf").write_text("x")
    (course / "roster.csv").write_text("id,group\ndan,\neve,\n", "utf-8")
    assert run(GRADER, course, "class", "roster", "roster.csv").returncode == OK
    autograde(course, code=NOT_ALL_TAKEN)
    assert not (course / "submitted" / "dan").exists()
    assert [path.name for path in (course / "submitted" / "eve" / LESSON).iterdir()] == ["essay.pdf"]
    assert copied(course, LESSON) == set()


def test_members_are_not_listed_as_alike(course: Path) -> None:
    autograde(course)
    done = run(GRADER, course, "class", "likeness", LESSON)
    assert done.returncode == OK
    page = (course / "graded" / LESSON / "likeness.html").read_text("utf-8")
    assert not re.search(r"\b(eve|dan)\b", page)


@pytest.mark.parametrize("note", ["{", "[]", '{"eve": 1}', '{"../../x": {"y": "z"}}'])
def test_a_damaged_note_loses_nothing(course: Path, note: str) -> None:
    autograde(course)
    (course / ".grader" / "groups" / f"{LESSON}.json").write_text(note)
    autograde(course)
    assert grades(course, "eve") == FULL
    assert ClassDir.at(course).roster().groups == {"red": ["ada", "dan", "eve"]}
