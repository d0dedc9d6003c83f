"""Finding a class's submissions: odd names, many attempts, platforms' archives; and no student's work is missing."""

import csv
import json
import os
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.classroom import roster
from grader.classroom.classdir import ClassDir
from grader.classroom.order import submissions
from grader.errors import BAD_INPUT, NOT_ALL_TAKEN, OK, ClassError
from tests.grader.classroom.helpers import GRADER, LESSON, NBGRADER, autograded, book, gradebook, grades, hand_in, run
from tests.grader.helpers import deep, solved, student, write

FULL = {"b64u_encode": 5, "b64u_decode": 10, "json_loads_strict": 10, "01_encoding-answer": None}
NOON = 1_795_000_000
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]


def summary(root: Path) -> dict[str, dict[str, str]]:
    """The rows of a class's summary, by the file's path."""
    text = (root / "graded" / LESSON / "summary.csv").read_text("utf-8")
    return {row["submission"]: row for row in csv.DictReader(text.splitlines())}


def points(root: Path, who: str) -> float:
    return sum(score or 0 for score in grades(root, who).values())


# -- names that are no ids --------------------------------------------------------------------------------------------

ODD = [
    "line\nbreak",
    "br[1]ackets",
    "<script>alert(1)<",
    "<img src=x onerror=alert(1)>",
    "=1+1",
    "x%2f",
    "dot.",
    "z\u200bw",
]


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_a_folder_that_is_nobodys_is_put_aside_and_stops_nobody(root: Path, command: tuple[str, ...]) -> None:
    for name in ODD:
        hand_in(root, name, solved(LESSON))
    hand_in(root, "Jose\u0301", solved(LESSON))
    done = run(command, root, "autograde", LESSON)
    assert done.returncode == (OK if command is NBGRADER else NOT_ALL_TAKEN), done.stderr
    assert grades(root, "ada") == grades(root, "Jos\u00e9") == FULL
    with gradebook(root) as open_book:
        assert {one.id for one in open_book.students} == {"ada", "bob", "cy", "Jos\u00e9"}
    assert sorted(path.name for path in (root / "submitted").iterdir()) == ["Jos\u00e9", "ada", "bob", "cy"]
    assert len(list((root / "quarantine").rglob(f"{LESSON}.ipynb"))) == len(ODD)
    assert done.stderr.count("can't be an id") == len(ODD)
    assert "It is in quarantine/" in done.stderr
    if command is GRADER:
        assert sum(row["status"] == "not taken" for row in summary(root).values()) == len(ODD)
        again = run(command, root, "autograde", LESSON)
        assert again.returncode == NOT_ALL_TAKEN, "as long as it lies there"
        assert "put aside" in again.stderr


def test_formgrader_lists_no_folder_that_is_nobodys(root: Path) -> None:
    """Before anything was graded: it reads names from the disk."""
    from nbgrader.apps.api import NbGraderAPI

    for name in ODD:
        hand_in(root, name, solved(LESSON))
    folder = ClassDir.at(root)
    api = NbGraderAPI(folder.coursedir, parent=folder.app)
    assert api.get_submitted_students(LESSON) == {"ada", "bob", "cy"}
    assert {one["student"] for one in api.get_submissions(LESSON)} == {"ada", "bob", "cy"}


def test_two_spellings_of_one_name_are_one_student_and_nothing_is_lost(root: Path) -> None:
    older, newer = hand_in(root, "Jos\u00e9", student(LESSON)), hand_in(root, "Jose\u0301", solved(LESSON))
    os.utime(older, (NOON, NOON))
    os.utime(newer, (NOON + 1, NOON + 1))
    done = run(GRADER, root, "autograde", LESSON)
    assert done.returncode == NOT_ALL_TAKEN
    assert grades(root, "Jos\u00e9") == FULL
    assert f"Jos\u00e9/{LESSON}/" in done.stderr, "names are shown as people write them"
    assert f"Jos\u00e9/{LESSON}/{LESSON}" in summary(root)
    done = run(GRADER, root, "autograde", LESSON, "--student", "Jose\u0301")
    assert "1 of 1 had been graded before" in done.stderr
    assert run(GRADER, root, "class", "variants", LESSON, "Jose\u0301").returncode == OK


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_who_is_not_in_the_roster_is_named_and_who_is_a_slip_in_capitals_is_not_taken(
    root: Path, command: tuple[str, ...]
) -> None:
    (root / "roster.csv").write_text("id\nada\nbob\ncy\ndan\n", "utf-8")
    roster.put(ClassDir.at(root), roster.read_roster(root / "roster.csv"))
    hand_in(root, "Dan", solved(LESSON))
    hand_in(root, "zoe", solved(LESSON))
    done = run(command, root, "autograde", LESSON)
    said = " ".join((done.stdout + done.stderr).split())
    assert "Not in the roster: zoe, who is new in the class now" in said
    assert "Dan/01_encoding: the class has no Dan, but it has dan; rename the folder Dan, if it is dan's" in (
        said.replace("not taken: ", "")
    )
    assert grades(root, "zoe") == FULL
    with gradebook(root) as open_book:
        assert {one.id for one in open_book.students} == {"ada", "bob", "cy", "dan", "zoe"}
    (root / "submitted" / "Dan").rename(root / "submitted" / "dan")
    assert "Not in the roster" not in autograded(root)
    assert grades(root, "dan") == FULL


def test_a_student_who_is_a_link_does_not_lead_to_a_neighbour(root: Path) -> None:
    (root / "submitted" / "eve").symlink_to(root / "submitted" / "ada", target_is_directory=True)
    done = run(GRADER, root, "autograde", LESSON)
    assert done.returncode == NOT_ALL_TAKEN
    assert grades(root, "ada") == FULL
    assert (root / "quarantine" / "eve").is_symlink()
    assert "a link, and links are not followed" in done.stderr


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id\nJos\u00e9\nJose\u0301\n", "line 3: Jos\u00e9 is there twice"),
        ("id\nada\nAda\n", "line 3: Ada and ada differ in nothing but capitals"),
        ("id\nada lovelace \n<b>\n", "line 3: '<b>' can't be an id: it must begin with a letter or a digit"),
        (f"id\n{'x' * 65}\n", "longer than 64 characters"),
    ],
)
def test_a_roster_names_each_student_once(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "roster.csv").write_text(text, "utf-8")
    with pytest.raises(ClassError, match=re.escape(reason)):
        roster.read_roster(tmp_path / "roster.csv")


def test_a_roster_makes_no_twin_of_who_is_in_the_gradebook(root: Path) -> None:
    folder = ClassDir.at(root)
    (root / "roster.csv").write_text("id\nAda\n", "utf-8")
    roster.put(folder, roster.read_roster(root / "roster.csv"))
    (root / "roster.csv").write_text("id\nada\n", "utf-8")
    with pytest.raises(ClassError, match="ada and Ada differ"):
        roster.put(folder, roster.read_roster(root / "roster.csv"))


# -- attempts ---------------------------------------------------------------------------------------------------------


def zipped(path: Path, tree: dict[str, Any], day: int = 20) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in tree.items():
            data = content if isinstance(content, bytes) else json.dumps(content)
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, day, 10, 0, 0)), data)
    return path


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_the_newest_attempt_counts_whatever_it_is_called(root: Path, command: tuple[str, ...]) -> None:
    right, empty = solved(LESSON), student(LESSON)
    names = [
        "01_encoding-Copy1.ipynb",
        "01_encoding (1).ipynb",
        f"dan_{LESSON}.ipynb",
        "01_ENCODING.IPYNB",
        "homework.ipynb",
    ]
    for number, name in enumerate(names):
        folder = root / "submitted" / f"s{number}" / LESSON
        os.utime(hand_in(root, f"s{number}", empty), (NOON, NOON))
        os.utime(write(folder, right, name), (NOON + 1, NOON + 1))
    (root / "submitted" / "deep" / LESSON / "my" / "work").mkdir(parents=True)
    write(root / "submitted" / "deep" / LESSON / "my" / "work", right, f"{LESSON}.ipynb")
    hand_in(root, "older", right)
    os.utime(write(root / "submitted" / "older" / LESSON, empty, "01_encoding-Copy1.ipynb"), (NOON, NOON))
    packed = root / "submitted" / "packed" / LESSON
    packed.mkdir(parents=True)
    zipped(packed / "work.zip", {f"x/{LESSON}.ipynb": right})
    (packed / "look.ipynb").write_text("{}")
    done = run(command, root, "autograde", LESSON)
    assert done.returncode == (OK if command is NBGRADER else NOT_ALL_TAKEN), done.stderr
    for who in ("ada", "deep", "older", "packed", *(f"s{number}" for number in range(len(names)))):
        assert grades(root, who) == FULL, who
    assert done.stderr.count("another attempt counts, the newest") == len(names) + 1
    before = book(root)
    again = run(command, root, "autograde", LESSON)
    assert again.returncode == done.returncode, again.stderr
    assert again.stderr.count("another attempt counts, the newest") == len(names) + 1
    assert book(root) == before
    if command is GRADER:
        count = len({name.partition("/")[0] for name in before})
        assert f"{count} of {count} had been graded before" in again.stderr


def test_nothing_that_was_handed_in_is_deleted(root: Path) -> None:
    folder = root / "submitted" / "ada" / LESSON
    os.utime(folder / f"{LESSON}.ipynb", (NOON, NOON))
    before = (folder / f"{LESSON}.ipynb").read_bytes()
    write(folder, student(LESSON), "01_encoding-Copy1.ipynb")
    run(GRADER, root, "autograde", LESSON)
    assert points(root, "ada") == 0
    assert (folder / "01_encoding-older.ipynb").read_bytes() == before
    assert json.loads((folder / "01_encoding-Copy1.ipynb").read_text("utf-8"))


def test_hand_ins_that_are_no_notebook_are_named(root: Path) -> None:
    for name in ("essay.pdf", f"{LESSON}.py", f"{LESSON}.html", "02_hmac.ipynb", "work.rar"):
        folder = root / "submitted" / "pia" / LESSON
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    (root / "submitted" / "una" / LESSON).mkdir(parents=True)
    zipped(root / "submitted" / "zoe" / LESSON / "work.zip", {"notes.txt": b"x"})
    done = run(GRADER, root, "autograde", LESSON)
    assert done.returncode == NOT_ALL_TAKEN
    rows = summary(root)
    assert {row["student"] for row in rows.values()} == {"ada", "bob", "cy", "pia", "una", "zoe"}
    assert "another lesson" in rows[f"pia/{LESSON}/02_hmac.ipynb"]["message"]
    assert rows[f"una/{LESSON}"]["message"] == "an empty folder"
    assert f"pia/{LESSON}/essay.pdf: not taken: a PDF" in done.stderr
    assert "essay.pdf" in (root / "graded" / LESSON / "index.html").read_text("utf-8")
    assert set(book(root)) == {f"{who}/{LESSON}/{LESSON}" for who in ("ada", "bob", "cy")}
    stock = run(NBGRADER, root, "autograde", LESSON, "--force")
    assert stock.returncode == OK, stock.stderr
    assert f"Not taken: pia/{LESSON}/essay.pdf: a PDF" in stock.stderr
    assert set(book(root)) == {f"{who}/{LESSON}/{LESSON}" for who in ("ada", "bob", "cy")}
    none = run(GRADER, root, "autograde", LESSON, "--student", "pia")
    assert (none.returncode, "a PDF" in none.stderr) == (BAD_INPUT, True)


def test_what_lies_beside_the_folders_is_named(root: Path) -> None:
    """In `submitted/` itself, in a student's folder, and in a folder that is not named after an assignment."""
    names = [f"dan_{LESSON}.ipynb", "dan.zip", f"dan/{LESSON}.ipynb", f"dan/homework/{LESSON}.ipynb"]
    for name in (*names, "dan/02_hmac/02_hmac.ipynb", "dan_02_hmac.ipynb"):
        (root / "submitted" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "submitted" / name).write_text("{}")
    done = run(GRADER, root, "autograde", LESSON)
    assert done.returncode == NOT_ALL_TAKEN
    left = {name for name, row in summary(root).items() if row["status"] == "not taken"}
    assert left == {f"dan_{LESSON}.ipynb", "dan.zip", f"dan/{LESSON}.ipynb", "dan/homework"}
    assert f"put it into submitted/dan/{LESSON}/" in done.stderr


def test_a_time_that_somebody_else_wrote_is_not_believed(root: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can write files of others")
    path = root / "submitted" / "bob" / LESSON / "timestamp.txt"
    path.write_text("2020-01-01 00:00:00 UTC")
    os.chown(path, 65530, 65530)
    done = run(GRADER, root, "autograde", LESSON)
    assert (done.returncode, "timestamp.txt: not taken" in done.stderr) == (NOT_ALL_TAKEN, True)
    assert not path.exists()


# -- archives of learning platforms -----------------------------------------------------------------------------------


def collected(root: Path, *more: str) -> Any:
    return run(NBGRADER, root, "zip_collect", LESSON, *more)


def time_of(root: Path, who: str) -> str:
    path = root / "submitted" / who / LESSON / "timestamp.txt"
    return path.read_text() if path.exists() else ""


def test_zip_collect_takes_the_newest_attempt_and_writes_when_it_came_in(root: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("TZ", "UTC")
    right, empty = solved(LESSON), student(LESSON)
    archive = root / "downloaded" / LESSON / "archive"
    first = {"dan_01_encoding.ipynb": empty, "eve/ada_01_encoding.ipynb": empty, "eve/timestamp.txt": b"2020-01-01"}
    zipped(archive / "moodle.zip", {**first, "pia/essay.pdf": b"x", "<b>/01_encoding.ipynb": right}, day=20)
    zipped(archive / "more.zip", {"dan_01_encoding (1).ipynb": right, "fay/x/01_encoding-Copy1.ipynb": right}, day=21)
    done = collected(root)
    assert done.returncode == 0, done.stderr
    assert "3 notebooks are taken, 3 files are not" in done.stderr
    assert time_of(root, "dan") == "2026-11-21 10:00:00"
    assert time_of(root, "eve") == "2026-11-20 10:00:00", "not what she wrote herself"
    assert sorted(path.name for path in (root / "submitted").iterdir()) == ["ada", "bob", "cy", "dan", "eve", "fay"]
    done = run(GRADER, root, "autograde", LESSON)
    assert done.returncode == NOT_ALL_TAKEN
    assert grades(root, "ada") == grades(root, "dan") == grades(root, "fay") == FULL
    assert points(root, "eve") == 0, "a file named after somebody else stays one's own"
    left = {name for name, row in summary(root).items() if row["status"] == "not taken"}
    where = f"downloaded/{LESSON}/archive"
    assert left == {f"{where}/{name}" for name in ("dan_01_encoding.ipynb", "pia/essay.pdf", "<b>/01_encoding.ipynb")}


def test_zip_collect_knows_the_names_of_platforms(root: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("TZ", "UTC")
    right, empty = solved(LESSON), student(LESSON)
    names = {
        f"Lesson_dan_attempt_2026-10-01-08-30-00_{LESSON}.ipynb": empty,
        f"Lesson_dan_attempt_2026-10-02-08-30-00_{LESSON}.ipynb": right,
        "Lesson_dan_attempt_2026-10-02-08-30-00.txt": b"a note of the platform",
        f"Ada Lovelace_4711_assignsubmission_file/{LESSON}.ipynb": right,
        f"lovelaceada_LATE_1235_98766_{LESSON}-1.ipynb": right,
    }
    zipped(root / "downloaded" / LESSON / "archive" / "all.zip", names)
    assert collected(root).returncode == 0
    assert time_of(root, "dan") == "2026-10-02 08:30:00"
    assert run(GRADER, root, "autograde", LESSON).returncode == NOT_ALL_TAKEN
    assert grades(root, "dan") == grades(root, "Ada Lovelace") == grades(root, "lovelaceada") == FULL


def test_a_students_own_zip_in_the_archive_is_only_theirs(root: Path) -> None:
    (root / "roster.csv").write_text("id\nada\neve\n", "utf-8")
    folder = ClassDir.at(root)
    roster.put(folder, roster.read_roster(root / "roster.csv"))
    archive = root / "downloaded" / LESSON / "archive"
    zipped(archive / "eve.zip", {f"{who}_{LESSON}.ipynb": student(LESSON) for who in ("ada", "bob")})
    archive.joinpath(f"dan_{LESSON}.ipynb").write_text(json.dumps(solved(LESSON)), "utf-8")
    assert collected(root).returncode == 0
    assert run(GRADER, root, "autograde", LESSON).returncode == NOT_ALL_TAKEN
    assert grades(root, "ada") == grades(root, "dan") == FULL
    assert points(root, "eve") == 0
    assert time_of(root, "dan") == "", "a file that was downloaded says nothing of when it came in"


def test_a_classs_own_pattern_still_decides(root: Path) -> None:
    with (root / "nbgrader_config.py").open("a") as config:
        config.write('c.FileNameCollectorPlugin.named_regexp = r".*--(?P<student_id>\\w+)--(?P<file_id>.*)"\n')
    zipped(root / "downloaded" / LESSON / "archive" / "all.zip", {f"x--dan--{LESSON}.ipynb": solved(LESSON)})
    assert collected(root).returncode == 0
    assert (root / "submitted" / "dan" / LESSON / f"{LESSON}.ipynb").is_file()


def test_nobodys_work_is_missing(root: Path) -> None:
    """Thirty students, two attempts each, the second one right, under every kind of name."""
    forms = [
        "{who}_{lesson}{again}.ipynb",
        "{who}/{lesson}{again}.ipynb",
        "{who}/{day}/{lesson}.ipynb",
        "{who}_4711_assignsubmission_file_{lesson}{again}.ipynb",
        "{who}_1235_9876{day}_{lesson}.ipynb",
        "L_{who}_attempt_2026-11-{day}-10-00-00_{lesson}.ipynb",
    ]
    people = [f"student{number:02}" for number in range(28)] + ["Zo\u00eb", "\u5f20\u4f1f"]
    archive = root / "downloaded" / LESSON / "archive"
    for day, notebook in ((20, student(LESSON)), (21, solved(LESSON))):
        tree = {}
        for number, who in enumerate(people):
            again = " (1)" if day == 21 else ""
            tree[forms[number % len(forms)].format(who=who, lesson=LESSON, day=day, again=again)] = notebook
        zipped(archive / f"{day}.zip", tree, day=day)
    assert collected(root).returncode == 0
    assert run(GRADER, root, "autograde", LESSON).returncode == NOT_ALL_TAKEN
    assert {who for who in people if grades(root, who) == FULL} == {*people}
    assert sum(row["status"] == "not taken" for row in summary(root).values()) == len(people)


# -- folders that can't be put in order -------------------------------------------------------------------------------


def test_one_students_folder_stops_nobody(root: Path) -> None:
    """A folder where a copy was to be made, one of a program's own, and more in one another than can be walked."""
    place = root / "submitted"
    (place / "ada" / LESSON / f".{LESSON}.ipynb.new").mkdir()
    (place / "ada" / LESSON / f"{LESSON}.ipynb").rename(place / "ada" / LESSON / f"{LESSON} (1).ipynb")
    (place / ".ipynb_checkpoints" / LESSON).mkdir(parents=True)
    deep(place / "bob" / LESSON / "d", 1_200)
    folder = ClassDir.at(root)
    for _ in range(2):  # what was put aside is listed again
        found = submissions(folder.root, folder.coursedir, LESSON)
        assert {str(one.student) for one in found if not one.not_taken} == {"ada", "bob", "cy"}
    subprocess.run(["rm", "-rf", str(root / "quarantine")], check=True)  # which pytest can't


@pytest.mark.skipif(os.geteuid() == 0, reason="root may move everything")
def test_a_folder_that_is_read_only_stops_nobody(root: Path) -> None:
    """As a student's archive brings it along: nobody but root can move it, or what is in it."""
    locked = [root / "submitted" / "ada" / LESSON, root / "submitted" / "no=id"]
    locked[1].mkdir()
    (locked[0] / "link").symlink_to("/etc/hostname")
    for path in locked:
        path.chmod(0o555)
    folder = ClassDir.at(root)
    found = submissions(folder.root, folder.coursedir, LESSON)
    assert {str(one.student) for one in found if not one.not_taken} == {"bob", "cy"}
    assert sum("can't be put in order" in one.not_taken for one in found) == 2
    for path in locked:
        path.chmod(0o755)
