"""Penalties follow the deadline, extensions, the rule and marks by hand; feedback and grades follow them."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.classdir import ClassDir
from grader.classroom.late import deadline
from grader.errors import NOT_ALL_TAKEN
from tests.grader.classroom.helpers import GRADER, LESSON, NBGRADER, autograded, book, gradebook, hand_in, run
from tests.grader.helpers import cell_of, solved

ZERO = '\nc.LateSubmissionPlugin.penalty_method = "zero"\n'
HALF = """
from nbgrader.plugins import BasePlugin
class Half(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2
c.AssignLatePenalties.plugin_class = Half
"""


@pytest.fixture
def late(root: Path) -> Path:
    """ada is in time for a deadline on 1 January, bob is an hour late for it; it is not set yet."""
    configure(root, ZERO)
    handed_in(root, "ada", "2026-01-01 11:00:00 UTC")
    handed_in(root, "bob", "2026-01-01 13:00:00 UTC")
    return root


def configure(root: Path, text: str) -> None:
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(text)


def handed_in(root: Path, student: str, text: str) -> Path:
    file = root / "submitted" / student / LESSON / "timestamp.txt"
    file.write_text(text)
    return file


def penalty(root: Path, student: str) -> float | None:
    return book(root)[f"{student}/{LESSON}/{LESSON}"]["penalty"]  # type: ignore[no-any-return]


def by_hand(root: Path, student: str, points: float, comment: str = "") -> None:
    with gradebook(root) as open_book:
        grade = open_book.find_grade(f"{LESSON}-answer", LESSON, LESSON, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        open_book.find_comment(f"{LESSON}-answer", LESSON, LESSON, student).manual_comment = comment
        open_book.db.commit()


def exported(root: Path) -> dict[str, dict[str, str]]:
    done = run(NBGRADER, root, "export")
    assert done.returncode == 0, done.stderr
    rows = csv.DictReader(io.StringIO((root / "grades.csv").read_text("utf-8")))
    return {row["student_id"]: row for row in rows if row["assignment"] == LESSON}


def test_a_deadline_that_is_set_moved_extended_and_taken_away(late: Path) -> None:
    autograded(late)
    assert (penalty(late, "ada"), penalty(late, "bob")) == (None, None)
    said = run(GRADER, late, "class", "deadline", LESSON, "2026-01-01", "12:00", "UTC")
    assert said.stdout.strip() == f"{LESSON}: 2026-01-01 12:00:00 UTC"
    assert (penalty(late, "ada"), penalty(late, "bob")) == (None, 15)
    folder = ClassDir.at(late)
    deadline(folder, LESSON, "2026-01-01 10:00")
    assert (penalty(late, "ada"), penalty(late, "bob")) == (25, 15)
    said_so = deadline(folder, LESSON, "2026-01-02 10:00", "bob")
    assert said_so.splitlines()[1] == "  bob: 2026-01-02 10:00:00 UTC"
    assert (penalty(late, "ada"), penalty(late, "bob")) == (25, None)
    deadline(folder, LESSON, "none", "bob")
    assert penalty(late, "bob") == 15
    assert deadline(folder, LESSON, "none") == f"{LESSON}: no deadline"
    assert (penalty(late, "ada"), penalty(late, "bob")) == (None, None)


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_an_extension_of_a_deadline_that_was_taken_away_stops_no_grading(late: Path, command: tuple[str, ...]) -> None:
    autograded(late)
    folder = ClassDir.at(late)
    deadline(folder, LESSON, "2026-01-01 12:00")
    deadline(folder, LESSON, "2026-01-02 12:00", "bob")
    deadline(folder, LESSON, "none")
    done = run(command, late, "autograde", LESSON, "--force")
    assert done.returncode == 0, done.stderr
    assert (penalty(late, "ada"), penalty(late, "bob")) == (None, None)
    deadline(folder, LESSON, "2026-01-01 11:30")
    assert penalty(late, "bob") is None, "bob's extension is a day again"


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_what_formgrader_or_nbgrader_changed_counts_at_the_next_grading(late: Path, command: tuple[str, ...]) -> None:
    autograded(late)
    with gradebook(late) as open_book:
        open_book.update_or_create_assignment(LESSON, duedate="2026-01-01 12:00:00 UTC")
    by_hand(late, "bob", 4)
    done = run(command, late, "autograde", LESSON, *(["--force"] if command is NBGRADER else []))
    assert done.returncode == 0, done.stderr
    assert (penalty(late, "ada"), penalty(late, "bob")) == (None, 19)
    with gradebook(late) as open_book:
        open_book.grant_extension(LESSON, "bob", hours=2)
    assert exported(late)["bob"]["late_submission_penalty"] == "0.0"


def test_who_has_an_extension_and_handed_in_nothing_has_no_grade(late: Path) -> None:
    autograded(late)
    with gradebook(late) as open_book:
        open_book.add_student("dan")
    deadline(ClassDir.at(late), LESSON, "2026-01-01 12:00")
    deadline(ClassDir.at(late), LESSON, "2026-01-02 12:00", "dan")
    done = run(GRADER, late, "class", "grades", "moodle", LESSON)
    assert "grades of 3 students" in done.stderr
    assert "dan" not in done.stderr
    rows = csv.DictReader(io.StringIO((late / "grades-moodle.csv").read_text("utf-8-sig")))
    assert {row["Username"]: row[LESSON] for row in rows} == {"ada": "25", "bob": "0", "cy": "0", "dan": ""}


def test_a_mark_by_hand_or_another_rule_counts_at_the_export(late: Path) -> None:
    autograded(late)
    deadline(ClassDir.at(late), LESSON, "2026-01-01 12:00")
    by_hand(late, "bob", 5)
    assert exported(late)["bob"]["score"] == "0.0"
    configure(late, HALF)
    row = exported(late)["bob"]
    assert [row[name] for name in ("raw_score", "late_submission_penalty", "score", "max_score")] == [
        *("20.0", "10.0", "10.0", "30.0")
    ]


def test_times_have_zones_and_are_shown_in_the_classes(late: Path) -> None:
    configure(late, 'configure(c, course_id="jwt", timezone="Europe/Berlin")\n')
    folder = ClassDir.at(late)
    handed_in(late, "ada", "2026-01-01 12:59:59.000000 CET")
    handed_in(late, "bob", "2026-01-01 19:00:01.000000 +08")
    deadline(folder, LESSON, "2026-01-01 12:00")
    autograded(late)
    assert penalty(late, "ada") == 25, "59 minutes after noon in Berlin"
    assert penalty(late, "bob") == 15, "a second after noon in Berlin, as Singapore writes it"
    row = exported(late)["bob"]
    assert (row["duedate"], row["timestamp"]) == ("2026-01-01 12:00:00 CET", "2026-01-01 12:00:01 CET")


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_a_time_that_is_not_clear_makes_nobody_late_and_is_told(
    late: Path, command: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    file = handed_in(late, "bob", "2026-01-01 13:00 EST")
    deadline(ClassDir.at(late), LESSON, "2026-01-01 12:00")
    done = run(command, late, "autograde", LESSON)
    assert done.returncode == (NOT_ALL_TAKEN if command == GRADER else 0), done.stderr
    said = done.stderr + caplog.text  # of what runs in this process, pytest takes the warnings
    assert "timestamp.txt goes into quarantine/" in said
    assert "2026-10-19 12:00 Europe/Berlin" in said
    assert not file.exists()
    assert (late / "quarantine" / "bob" / LESSON / "timestamp.txt").read_text() == "2026-01-01 13:00 EST"
    assert penalty(late, "bob") is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((LESSON, "2026-01-01"), "2026-10-19 12:00 Europe/Berlin"),
        ((LESSON, "2026-01-01 12:00 EST"), "the zone EST is not known"),
        (("99_none", "2026-01-01 12:00"), "99_none"),
        ((LESSON, "2026-01-01 12:00", "--student", "ada"), "nothing to extend"),
    ],
)
def test_what_is_no_deadline_is_one_sentence(late: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run(GRADER, late, "class", "deadline", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_extension_before_anything_is_handed_in(late: Path) -> None:
    folder = ClassDir.at(late)
    with gradebook(late) as open_book:
        open_book.update_or_create_student("dee")
    deadline(folder, LESSON, "2026-01-01 10:00")
    deadline(folder, LESSON, "2026-01-03 10:00", "dee")
    hand_in(late, "dee", solved(LESSON))
    handed_in(late, "dee", "2026-01-02 10:00 UTC")
    autograded(late)
    assert penalty(late, "dee") is None
    done = run(GRADER, late, "class", "deadline", LESSON, "2026-01-03 10:00", "--student", "nobody")
    assert done.returncode == 2
    assert "nobody" in done.stderr


def feedback(root: Path, student: str) -> str:
    done = run(NBGRADER, root, "generate_feedback", LESSON)
    assert done.returncode == 0, done.stderr
    return (root / "feedback" / student / LESSON / f"{LESSON}.html").read_text("utf-8")


@pytest.mark.in_ci
def test_feedback_is_made_again_when_a_mark_a_comment_or_a_grade_changed(late: Path) -> None:
    autograded(late)
    assert "Score: 15.0 / 30.0" in feedback(late, "bob")
    by_hand(late, "bob", 3, "See *lesson 2*.")
    page = feedback(late, "bob")
    assert "Score: 18.0 / 30.0" in page
    assert "See <em>lesson 2</em>." in page
    with gradebook(late) as open_book:
        open_book.update_or_create_assignment(LESSON, duedate="2026-01-01 12:00:00 UTC")
    page = feedback(late, "bob")
    assert "Score: 0.0 / 30.0" in page
    assert "Late submission penalty" in page
    better = solved(LESSON)
    cell_of(better, f"{LESSON}-answer").source = "Another answer."
    hand_in(late, "bob", better)
    autograded(late)
    assert "Another answer." in feedback(late, "bob")


def test_the_table_of_grades_holds_no_formula_and_no_broken_line(late: Path) -> None:
    autograded(late)
    with gradebook(late) as open_book:
        open_book.update_or_create_student("ada", first_name='=1+1, "x"', last_name="O'Neill; DROP")
    row: dict[str, Any] = exported(late)["ada"]
    assert (row["first_name"], row["last_name"], row["score"]) == ('\'=1+1, "x"', "O'Neill; DROP", "25.0")
