"""A class of thirty on seven platforms, from collecting to grade files, by the commands of docs/teaching.md alone.

Two attempts each, odd names, lateness and extensions, groups, answers with pictures; and no student's work is missing.
"""

import base64
import csv
import io
import json
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.errors import NOT_ALL_TAKEN, OK
from tests.grader.classroom.helpers import GRADER, LESSON, NBGRADER, book, gradebook, run
from tests.grader.helpers import REPO, cell_of, solved, student
from tests.grader.sample_pictures import png

pytestmark = [pytest.mark.usefixtures("sandbox"), pytest.mark.in_ci]
TEACHING = (REPO / "docs" / "teaching.md").read_text("utf-8")
PLATFORMS = ("moodle", "canvas", "blackboard", "github", "brightspace", "sakai", "ilias")
NAMES = [
    *("Ada Lovelace", "Conan O'Brien", "Zo\u00eb Fran\u00e7ois", "\u4f1f \u5f20", "Anne-Marie d'Arc"),
    *("Jos\u00e9 \u00d1and\u00fa", "Ada Lovelace", "Mar\u00eda de la Cruz", "Bj\u00f6rk Gu\u00f0mundsd\u00f3ttir"),
    *("\u041d\u0438\u043d\u0430 \u0418\u0432\u0430\u043d\u043e\u0432\u0430", "Li X\u00e6"),
    *(f"Student{number} Sur{number}name" for number in range(11, 30)),
]
SCORES = {0: 25, 1: 15, 2: 5}
"""The score of a student's second attempt, by the student's number modulo 3."""
MARK = 3.5
LATE, EXTENDED = {1, 2, 8, 9, 16}, {8, 9}
"""Late are two of Canvas, two of Blackboard and one of Moodle, which show it by a mark, a file name and a table."""


@dataclass(frozen=True)
class Person:
    number: int
    first: str
    last: str

    @property
    def id(self) -> str:
        return f"s{self.number:02}"

    @property
    def platform(self) -> str:
        return PLATFORMS[self.number % 7] if self.number != 16 else "moodle"

    @property
    def login(self) -> str:
        return f"user{self.number:02}" if self.platform == "ilias" else f"user_{self.number:02}"

    @property
    def is_late(self) -> bool:
        return self.number in LATE

    @property
    def expected(self) -> float:
        """The sum of checks, mark by hand and penalty."""
        lost = self.is_late and self.number not in EXTENDED
        return 0 if lost else SCORES[self.number % 3] + MARK


CLASS = [Person(number, *(name.split(" ", 1))) for number, name in enumerate(NAMES)]
RED, BLUE = [18, 21, 25], [14, 27, 28]
"""Two groups. In the red one, 18 and 21 have hand-ins of their own, 21's is later, and 25 has none. The blue one has
handed in as a team, in Moodle."""
ALONE = [one for one in CLASS if one.number not in {25, *BLUE}]


def attempt(person: Person, second: bool) -> Any:
    """A notebook with the score that identifies this student, and a picture in its answer."""
    if not second:
        return student(LESSON)
    notebook = solved(LESSON)
    for name in ("json_loads_strict", "b64u_decode")[: person.number % 3]:
        cell_of(notebook, name).source = f"def {name}(text):\n    raise ValueError"
    answer = cell_of(notebook, f"{LESSON}-answer")
    answer.source = f"**Your answer**\n\nIt is {person.id} who wrote this. ![a picture](attachment:a.png)"
    answer["attachments"] = {"a.png": {"image/png": base64.b64encode(png()).decode()}}
    return notebook


def squashed(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def place(person: Person, second: bool) -> str:
    """Where a platform puts a hand-in."""
    file, day, late = f"{LESSON}.ipynb", 17 + second, 2 * (second and person.is_late)
    names = {
        "moodle": f"{person.first} {person.last}_{4000 + person.number}_assignsubmission_file/{file}",
        "canvas": f"{squashed(person.last + person.first)}_{'LATE_' if late else ''}{1000 + person.number}"
        f"_{90_000 + person.number}_{LESSON}{'-1' if second else ''}.ipynb",
        "blackboard": f"Lesson 01_{person.login}_attempt_2026-10-{day + late}-10-00-00_{file}",
        "github": f"lesson-01-hub-{person.number}-main/{file}",
        "brightspace": f"{1000 + person.number}-77 - {person.first} {person.last} - Oct {day}, 2026 1000 AM/{file}",
        "sakai": f"Lesson 01/{person.last}, {person.first}({person.login})/Submission attachment(s)/{file}",
        "ilias": f"Lesson 01/Abgaben/{person.last}_{person.first}_{person.login}_{person.number}/{file}",
    }
    return names[person.platform]


def beside(platform: str) -> dict[str, str]:
    """Further files that a platform adds to its archive."""
    note = f"Lesson 01/{CLASS[5].last}, {CLASS[5].first}(user_05)/timestamp.txt"
    notes = {"brightspace": {"index.html": "<html>"}, "sakai": {"Lesson 01/grades.csv": "x", note: "20261017"}}
    return notes.get(platform, {})


def archives(folder: Path) -> None:
    """Two archives for each of the seven platforms. If one is made at download, all its files have the same time."""
    folder.mkdir(parents=True)
    for second in (False, True):
        hand_ins = [(one.platform, place(one, second), attempt(one, second)) for one in ALONE]
        team = f"Team Blau_77_assignsubmission_file/{LESSON}.ipynb"
        hand_ins.append(("moodle", team, attempt(CLASS[BLUE[0]], second)))
        for platform in PLATFORMS:
            # Moodle and Canvas write the time of the download: long after the deadline.
            moment = (2026, 10, 17 + second) if platform == "github" else (2026, 12, 1 + second)
            with zipfile.ZipFile(folder / f"{platform}-{second:d}.zip", "w") as archive:
                for _, name, notebook in (one for one in hand_ins if one[0] == platform):
                    archive.writestr(zipfile.ZipInfo(name, (*moment, 10, 0, 0)), json.dumps(notebook))
                for name, text in beside(platform).items():
                    archive.writestr(name, text)
    (folder / "Grades.csv").write_text(worksheet(), "utf-8")


def worksheet() -> str:
    """Moodle's grading worksheet."""
    out = io.StringIO()
    table = csv.writer(out)
    columns = "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (submission)"
    table.writerow([*columns.split(","), "Last modified (grade)", "Feedback comments"])
    for one in CLASS:
        if one.platform == "moodle":
            day = "Tuesday, 20" if one.is_late else "Sunday, 18"
            came = f"{day} October 2026, 10:{one.number:02} AM"
            who = (f"Participant {4000 + one.number}", f"{one.first} {one.last}", f"{one.id}@x.org")
            table.writerow([*who, "Submitted for grading", "", "30.00", came, "-", ""])
    return out.getvalue()


def roster() -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("id", "first_name", "last_name", "email", "lms_user_id", "login", "number", "github", "group"))
    for one in CLASS:
        last = unicodedata.normalize("NFD", one.last)
        group = "Team Rot" if one.number in RED else "Team Blau" if one.number in BLUE else ""
        keys = (f"{one.id}@x.org", 1000 + one.number, one.login, "", f"hub-{one.number}")
        table.writerow((one.id, one.first, last, *keys, group))
    return out.getvalue()


@dataclass
class Followed:
    """A course directory, and commands of docs/teaching.md run in it."""

    root: Path
    said: str = ""

    def do(self, command: str, code: int = OK, ada: str = "ada") -> None:
        """Run a command that the page names; `ada` stands for the student whom it takes as an example."""
        line = re.compile(rf"^    {re.escape(command)}(?: +#.*)?$", re.MULTILINE)
        assert line.search(TEACHING), f"not in docs/teaching.md: {command}"
        program, *arguments = command.replace(" ada", f" {ada}").split()
        done = run(GRADER if program == "grader" else NBGRADER, self.root, *arguments)
        assert done.returncode == code, f"{command}: {done.stdout}{done.stderr}"
        self.said += done.stdout + done.stderr


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, fresh_class: Path) -> Iterator[Followed]:
    """The class after all commands of the page."""
    folder = tmp_path_factory.mktemp("thirty")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        (folder / "students.csv").write_text(roster(), "utf-8")
        shutil.copytree(fresh_class, folder / "jwt")  # what the page's first command makes, with a zone
        config = folder / "jwt" / "nbgrader_config.py"
        text = config.read_text("utf-8").replace("timezone='UTC'", "timezone='Europe/Berlin'")
        config.write_text(text + 'c.LateSubmissionPlugin.penalty_method = "zero"\n', "utf-8")
        page = Followed(folder / "jwt")
        page.do("grader class roster ../students.csv")
        page.do(f"grader class deadline {LESSON} 2026-10-19 12:00")
        for number in EXTENDED:
            page.do(f"grader class deadline {LESSON} 2026-10-21 12:00 --student ada", ada=CLASS[number].id)
        archives(page.root / "downloaded" / LESSON / "archive")
        page.do(f"nbgrader zip_collect {LESSON}")
        page.do(f"grader autograde {LESSON}", NOT_ALL_TAKEN)
        with gradebook(page.root) as open_book:  # what formgrader does when somebody types a mark
            for one in CLASS:
                grade = open_book.find_grade(f"{LESSON}-answer", LESSON, LESSON, one.id)
                assert grade.needs_manual_grade, one
                grade.manual_score, grade.needs_manual_grade = MARK, False
            open_book.db.commit()
        page.do(f"nbgrader generate_feedback {LESSON}")
        for platform in ("canvas", "moodle", "blackboard"):
            page.do(f"grader class grades {platform} {LESSON}")
        page.do(f"grader class grades blackboard {LESSON} --exercises --out by-exercise.csv")
        into = f"--into downloaded/{LESSON}/archive/Grades.csv --out worksheet.csv"
        page.do(f"grader class grades moodle {LESSON} {into}", NOT_ALL_TAKEN)  # not everybody is in Moodle
        yield page


# -- what a platform reads in a grade file, by its own documentation --------------------------------------------------


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))


def read_by_canvas(path: Path) -> dict[str, float]:
    """Grades by Canvas's own number: the first column says Student, the second ID, the fifth Section."""
    head, points, *lines = rows(path)
    assert (head[0], head[1], head[4], points[0]) == ("Student", "ID", "Section", "    Points Possible")
    assert (head[5], points[5]) == (LESSON, "30")
    return {f"s{int(line[1]) - 1000:02}": float(line[5]) for line in lines if line[5]}


def read_by_moodle(path: Path) -> dict[str, float]:
    """Grades by address, in the column that a teacher names."""
    head, *lines = rows(path)
    who, grade = head.index("Email address"), head.index(LESSON)
    return {line[who].removesuffix("@x.org"): float(line[grade]) for line in lines if line[grade]}


def read_by_moodles_assignment(path: Path) -> dict[str, float]:
    """Grades by participant: Identifier, Grade and the time of the last grade must be there."""
    head, *lines = rows(path)
    assert "Last modified (grade)" in head
    who, grade = head.index("Identifier"), head.index("Grade")
    return {f"s{int(line[who].removeprefix('Participant ')) - 4000:02}": float(line[grade]) for line in lines}


def read_by_blackboard(path: Path) -> dict[str, float]:
    """The sum of all grades by user name."""
    head, *lines = rows(path)
    columns = [number for number, title in enumerate(head) if re.search(r" \[Total Pts: [\d.]+ Score\]$", title)]
    assert sum(float(re.findall(r"Pts: ([\d.]+)", head[number])[0]) for number in columns) == 30
    assert all(line.startswith('"') for line in path.read_text("utf-8").splitlines())
    names = {one.login: one.id for one in CLASS}
    who = head.index("Username")
    return {names[line[who]]: sum(float(line[number]) for number in columns) for line in lines}


# -- the tests --------------------------------------------------------------------------------------------------------


def wanted(person: Person) -> float:
    """A member of the red group who handed in nothing has what 21 has; the blue one has what the team handed in."""
    whose = CLASS[21] if person.number == 25 else CLASS[14] if person.number in BLUE else person
    return whose.expected


def test_nobodys_work_is_missing(graded: Followed) -> None:
    assert {name.split("/")[0] for name in book(graded.root)} == {one.id for one in CLASS}
    with (graded.root / "graded" / LESSON / "summary.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    taken = [line["student"] for line in lines if line["status"] != "not taken"]
    older = [line["student"] for line in lines if "another attempt counts" in line["message"]]
    assert sorted(taken) == [one.id for one in CLASS]
    assert sorted(older) == [one.id for one in CLASS if one.number != 25]
    rest = {line["submission"].rpartition("/")[2] for line in lines if line["status"] == "not taken"} - {""}
    assert {name for name in rest if not name.endswith(".ipynb")} == {"index.html", "grades.csv"}
    assert "Not in the roster" not in graded.said


def test_each_has_the_points_of_their_own_work(graded: Followed) -> None:
    with gradebook(graded.root) as open_book:
        found = {one.id: open_book.find_submission(LESSON, one.id) for one in CLASS}
        total = {who: max(0.0, one.score - one.late_submission_penalty) for who, one in found.items()}
    assert total == {one.id: wanted(one) for one in CLASS}


def test_each_gets_the_own_answer_back_with_its_picture(graded: Followed) -> None:
    for one in CLASS:
        page = (graded.root / "feedback" / one.id / LESSON / f"{LESSON}.html").read_text("utf-8")
        writer = CLASS[21] if one.number == 25 else CLASS[14] if one.number in BLUE else one
        assert f"It is {writer.id} who wrote this." in page, one
        assert "data:image/png;base64," in page, one


def test_the_grade_files_hold_everybody(graded: Followed) -> None:
    everybody = {one.id: wanted(one) for one in CLASS}
    assert read_by_canvas(graded.root / "grades-canvas.csv") == everybody
    assert read_by_moodle(graded.root / "grades-moodle.csv") == everybody
    assert read_by_blackboard(graded.root / "grades-blackboard.csv") == everybody
    assert read_by_blackboard(graded.root / "by-exercise.csv") == pytest.approx(everybody)
    on_moodle = {one.id: wanted(one) for one in CLASS if one.platform == "moodle"}
    assert read_by_moodles_assignment(graded.root / "worksheet.csv") == on_moodle


def test_a_second_run_finds_nothing_new(graded: Followed) -> None:
    before = book(graded.root)
    graded.do(f"grader autograde {LESSON}", NOT_ALL_TAKEN)
    assert "30 of 30 had been graded before" in graded.said, graded.said[-6000:]
    assert book(graded.root) == before


def test_receipts_name_the_member(graded: Followed) -> None:
    for command in ("keys init --out key.json", "receipts graded --key key.json --issuer jwt"):
        done = run(GRADER, graded.root, *command.split())
        assert done.returncode == OK, done.stderr
    for number in (25, *BLUE):
        (receipt,) = (graded.root / "graded" / "receipts" / CLASS[number].id).rglob("*.jwt")
        done = run(GRADER, graded.root, "verify-receipt", str(receipt), "--jwks", "key.jwks.json")
        assert done.returncode == OK, done.stderr
        assert CLASS[number].id in done.stdout
