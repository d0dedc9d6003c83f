"""`grader class init`, the roster, and what an exercise is worth in one class."""

import csv
import shutil
import stat
import subprocess
from pathlib import Path

import nbformat
import pytest

from grader.classroom import points, roster, setup
from grader.classroom.classdir import ClassDir
from grader.errors import ClassError
from tests.grader.classroom.helpers import GRADER, LESSON, NBGRADER, autograded, gradebook, grades, run
from tests.grader.helpers import CHAPTERS, student


def test_a_course_directory_has_all_that_nbgrader_needs(fresh_class: Path) -> None:
    assert {path.name for path in fresh_class.iterdir()} == {
        *("nbgrader_config.py", "gradebook.db", "source", "release", ".grader", ".gitignore"),
        "nbgrader_config.json",
    }
    assert sorted(path.name for path in (fresh_class / "release").iterdir()) == list(CHAPTERS)
    with gradebook(fresh_class) as book:
        assert sorted(one.name for one in book.assignments) == list(CHAPTERS)
    done = run(NBGRADER, fresh_class, "db", "assignment", "list")
    assert done.returncode == 0, done.stderr
    assert LESSON in done.stdout


def test_git_takes_nothing_of_a_class_that_lies_in_a_repository(fresh_class: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    shutil.copytree(fresh_class, tmp_path / "jwt")
    status = subprocess.run(["git", "-C", tmp_path, "status", "--short"], check=True, capture_output=True, text=True)
    assert status.stdout == ""


def test_the_secret_and_the_settings_are_the_owners_alone(fresh_class: Path) -> None:
    for name in ("nbgrader_config.py", ".grader/secret"):
        assert stat.S_IMODE((fresh_class / name).stat().st_mode) == 0o600
    assert len(ClassDir.at(fresh_class).secret()) == 64


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_release_is_the_student_edition(fresh_class: Path, name: str) -> None:
    released = nbformat.read(fresh_class / "release" / name / f"{name}.ipynb", as_version=4)
    ours = student(name)
    assert [cell.source for cell in released.cells] == [cell.source for cell in ours.cells]
    assert [cell.metadata.get("nbgrader") for cell in released.cells] == [
        cell.metadata.get("nbgrader") for cell in ours.cells
    ]


def test_to_init_again_keeps_what_is_there_and_adds_what_is_missing(fresh_class: Path, tmp_path: Path) -> None:
    root = tmp_path / "course"
    shutil.copytree(fresh_class, root)
    source = root / "source" / LESSON / f"{LESSON}.ipynb"
    source.write_text(source.read_text("utf-8").replace("Exact bytes", "Bytes, exactly"), "utf-8")
    secret = (root / ".grader" / "secret").read_text()
    shutil.rmtree(root / "source" / "02_hmac")
    shutil.rmtree(root / "release" / "02_hmac")
    done = run(GRADER, root, "class", "init", ".")
    assert done.returncode == 0, done.stderr
    assert "Bytes, exactly" in source.read_text("utf-8")
    assert (root / ".grader" / "secret").read_text() == secret
    assert (root / "release" / "02_hmac" / "02_hmac.ipynb").is_file()


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = run(GRADER, tmp_path, "class", "init", ".")
    assert done.returncode == 2
    assert "there is something else in it" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("url", ["no-such-database://x", "nonsense", "sqlite:////nowhere/at/all.db"])
def test_a_gradebook_that_can_not_be_used_is_said_in_a_line(tmp_path: Path, url: str) -> None:
    with pytest.raises(ClassError, match="the gradebook can't be used") as error:
        setup.init(tmp_path / "course", course_id="jwt", db_url=url)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "arguments", [("autograde", LESSON), ("class", "points", LESSON), ("class", "roster", "x.csv")]
)
def test_commands_outside_a_course_directory_say_so(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "x.csv").write_text("id\nann\n")
    done = run(GRADER, tmp_path, *arguments)
    assert done.returncode == 2
    assert "not a course directory" in done.stderr
    assert "Traceback" not in done.stderr


# -- the roster -------------------------------------------------------------------------------------------------------


def test_a_roster_goes_into_the_gradebook_and_can_be_updated(root: Path) -> None:
    file = root / "roster.csv"
    file.write_text("\ufeffID;First Name;last_name;email\nann;Ann;Ålund;a@x.org\nbob;Bob;;\n;;;\n", "utf-8")
    folder = ClassDir.at(root)
    assert roster.put(folder, roster.read_roster(file)) == 2
    file.write_text("id,email\nann,new@x.org\ncy,c@x.org\n", "utf-8")
    assert roster.put(folder, roster.read_roster(file)) == 1
    with gradebook(root) as book:
        ann = book.find_student("ann")
        assert (ann.first_name, ann.last_name, ann.email) == ("Ann", "Ålund", "new@x.org")
        assert {one.id for one in book.students} >= {"ann", "bob", "cy"}


def test_what_a_list_may_have_got_wrong_is_said(root: Path) -> None:
    (root / "roster.csv").write_text("id,name,e mail,frist_name\nann,Ann Ålund,a@x.org,A\n", "utf-8")
    said = run(GRADER, root, "class", "roster", "roster.csv").stderr
    assert "1 student in the list, 1 of them new in the class" in said
    assert "not read: the columns e mail, frist_name; columns have these names: id, first_name" in said
    (root / "roster.csv").write_text("id,email\nann,a@x.org\nann2,A@x.org\nbob,b@x.org\n", "utf-8")
    said = run(GRADER, root, "class", "roster", "roster.csv").stderr
    assert "ann and ann2 have the same email, a@x.org: is it one person under two ids?" in said
    assert "not read" not in said
    with gradebook(root) as book:
        assert (book.find_student("ann").first_name, book.find_student("ann").last_name) == ("Ann", "Ålund")


def test_who_is_taken_out_of_the_gradebook_leaves_the_roster_with_the_next_list(root: Path) -> None:
    folder, file = ClassDir.at(root), root / "roster.csv"
    file.write_text("id,email\nann,a@x.org\nann2,a@x.org\n", "utf-8")
    roster.put(folder, roster.read_roster(file))
    with gradebook(root) as book:
        book.remove_student("ann2")
    file.write_text("id,email\nann,a@x.org\nbob,b@x.org\n", "utf-8")
    said = run(GRADER, root, "class", "roster", "roster.csv").stderr
    assert "no longer in the roster, for they are not in the gradebook: ann2" in said
    assert "no longer" not in run(GRADER, root, "class", "roster", "roster.csv").stderr
    assert folder.roster().called("a@x.org") == ("ann",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name\nann\n", "no column called id"),
        ("", "no column called id"),
        ("id\n", "there are no students"),
        ("id\nann\nann\n", "line 3: ann is there twice"),
        ("id\n../etc\n", "line 2: '../etc' can't be an id"),
        ("id,email\n,x@y\n", "line 2: '' can't be an id"),
        ("id\n=cmd|' /C calc'!A0\n", "can't be an id"),
    ],
)
def test_what_is_no_roster_is_refused_with_the_line(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(ClassError) as error:
        roster.read_roster(file)
    assert reason in str(error.value)


def test_a_roster_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes("id\nåsa\n".encode("latin-1"))
    with pytest.raises(ClassError, match="not UTF-8"):
        roster.read_roster(file)


# -- points -----------------------------------------------------------------------------------------------------------


def test_a_class_may_weigh_and_drop_exercises(root: Path) -> None:
    folder = ClassDir.at(root)
    autograded(root)
    points.change(folder, LESSON, "b64u_decode", 25)
    points.change(folder, LESSON, "json_loads_strict", 0)
    assert points.read(folder, LESSON) == {
        **{"b64u_encode": 5, "b64u_decode": 25, "json_loads_strict": 0},
        "01_encoding-answer": 5,
    }
    autograded(root)
    assert grades(root, "ada") == {
        **{"b64u_encode": 5, "b64u_decode": 25, "json_loads_strict": 0},
        "01_encoding-answer": None,
    }
    assert run(NBGRADER, root, "export").returncode == 0
    with (root / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file) if row["assignment"] == LESSON}
    assert (float(rows["ada"]["score"]), float(rows["ada"]["max_score"])) == (30, 35)
    assert float(rows["bob"]["score"]) == 5


def test_points_of_what_is_not_there_are_refused(root: Path) -> None:
    folder = ClassDir.at(root)
    with pytest.raises(ClassError, match="no such assignment"):
        points.read(folder, "99_nothing")
    with pytest.raises(ClassError, match="there are: b64u_encode, b64u_decode"):
        points.change(folder, LESSON, "b64_decode", 1)
