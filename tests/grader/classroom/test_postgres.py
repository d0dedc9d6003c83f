"""A class whose gradebook is a real PostgreSQL, started for the test on a socket in a folder of its own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import postgres
from grader.classroom import setup
from tests.grader.classroom.helpers import LESSON, NBGRADER, autograded, book, gradebook, grades, hand_in, run
from tests.grader.helpers import solved, student

pytestmark = [pytest.mark.slow, pytest.mark.in_ci, pytest.mark.usefixtures("sandbox")]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The SQLAlchemy URL of an empty database."""
    where = postgres.binaries()
    if where is None:
        assert not os.environ.get("CI"), "CI installs PostgreSQL"
        pytest.skip("no PostgreSQL on this machine")
    with postgres.running(where) as url:
        yield url


def test_a_class_on_postgresql_is_graded_like_any_other(database: str, root: Path, tmp_path: Path) -> None:
    other = tmp_path / "postgres"
    setup.init(other, course_id="jwt", db_url=database)
    shutil.copytree(root / "submitted", other / "submitted")
    autograded(root)
    autograded(other)
    assert not (other / "gradebook.db").exists()
    assert book(other) == book(root)
    check = "b64u_encode-check"
    with gradebook(other) as open_book:
        grade = open_book.find_grade(check, LESSON, LESSON, "cy")
        grade.manual_score, grade.needs_manual_grade = 3, False
        open_book.db.commit()
    autograded(other, "--force")
    assert book(other)[f"cy/{LESSON}/{LESSON}"]["grades"][check] == (0, 3, None, False)
    hand_in(other, "cy", solved(LESSON))
    done = run(NBGRADER, other, "autograde", LESSON, "--student", "cy", "--force")
    assert done.returncode == 0, done.stderr
    assert book(other)[f"cy/{LESSON}/{LESSON}"]["grades"][check] == (5, 3, None, True)
    hand_in(other, "cy", student(LESSON))
    autograded(other)
    assert grades(other, "cy")["b64u_encode"] == 0
    exported = run(NBGRADER, other, "export")
    assert exported.returncode == 0, exported.stderr
    assert "ada" in (other / "grades.csv").read_text("utf-8")
