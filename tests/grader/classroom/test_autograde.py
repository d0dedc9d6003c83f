"""Grading a class: both commands, the gradebook, what a teacher did by hand, and kills."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.classroom.settings import EXPORTER, FEEDBACK
from grader.errors import BAD_INPUT, NOT_ALL_TAKEN
from tests.grader.classroom.helpers import GRADER, LESSON, NBGRADER, autograded, book, gradebook, grades, hand_in, run
from tests.grader.helpers import cell_of, code, solved, student

FULL = {"b64u_encode": 5, "b64u_decode": 10, "json_loads_strict": 10, "01_encoding-answer": None}
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]


def result_of(root: Path, student: str) -> Any:
    """The notebook that formgrader shows."""
    return nbformat.read(root / "autograded" / student / LESSON / f"{LESSON}.ipynb", as_version=4)


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_both_commands_grade_a_class(root: Path, command: tuple[str, ...]) -> None:
    done = run(command, root, "autograde", LESSON)
    assert done.returncode == 0, done.stderr
    assert grades(root, "ada") == FULL
    assert grades(root, "bob") == {**FULL, "b64u_decode": 0}
    assert grades(root, "cy") == {**dict.fromkeys(FULL, 0)}
    assert book(root)["ada/01_encoding/01_encoding"]["grades"]["01_encoding-answer"][3], "to be graded by hand"
    notebook = result_of(root, "bob")
    shown = cell_of(notebook, "b64u_decode-check").outputs
    assert "0 of 10 points" in shown[0].text
    assert shown[-1].data["text/plain"] == "0"
    assert cell_of(notebook, "b64u_decode").source.startswith("def b64u_decode(text):\n    return b''")
    assert "It takes" in cell_of(notebook, "01_encoding-answer").source


def test_both_commands_write_the_same(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(root, other)
    autograded(root)
    assert run(NBGRADER, other, "autograde", LESSON).returncode == 0
    assert book(root) == book(other)
    for who in ("ada", "bob", "cy"):
        assert result_of(root, who) == result_of(other, who)


def test_what_has_not_changed_is_not_done_again(root: Path) -> None:
    autograded(root)
    before = {path: path.stat().st_mtime_ns for path in (root / "autograded").rglob("*.ipynb")}
    assert "3 of 3 had been graded before" in autograded(root)
    hand_in(root, "cy", solved(LESSON))
    assert "2 of 3 had been graded before" in autograded(root)
    after = {path: path.stat().st_mtime_ns for path in (root / "autograded").rglob("*.ipynb")}
    assert {path.parent.parent.name for path in before if before[path] != after[path]} == {"cy"}
    assert grades(root, "cy")["b64u_encode"] == 5


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_a_mark_is_asked_for_again_only_if_what_was_marked_has_changed(root: Path, command: tuple[str, ...]) -> None:
    autograded(root)
    answer, check = f"{LESSON}-answer", "b64u_decode-check"
    with gradebook(root) as open_book:
        for name, score in ((answer, 4), (check, 7)):
            grade = open_book.find_grade(name, LESSON, LESSON, "bob")
            grade.manual_score, grade.needs_manual_grade = score, False
        open_book.db.commit()

    def asked() -> set[str]:
        assert run(command, root, "autograde", LESSON, "--force").returncode == 0
        entry = book(root)[f"bob/{LESSON}/{LESSON}"]["grades"]
        assert (entry[answer][1], entry[check][1]) == (4, 7)
        return {name for name, values in entry.items() if values[3]}

    (root / "submitted" / "bob" / LESSON / "timestamp.txt").write_text("2026-01-01 12:00:00 UTC")
    run(GRADER, root, "class", "points", LESSON, "b64u_encode", "50")
    assert asked() == set()
    said = run(GRADER, root, "class", "grades", "moodle", LESSON).stderr
    assert f"{LESSON}: written answers that have no mark yet count 0: 1 (ada)" in said
    assert "marks by hand" not in said
    run(GRADER, root, "class", "points", LESSON, answer, "8")
    assert asked() == {answer, check}
    said = run(GRADER, root, "class", "grades", "moodle", LESSON).stderr
    assert f"{LESSON}: marks by hand that count, and are to be looked at again: 1 (bob)" in said


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_a_mark_in_a_gradebook_that_was_put_back_is_asked_for_again_if_the_work_is_another_one(
    root: Path, command: tuple[str, ...]
) -> None:
    autograded(root)
    answer = f"{LESSON}-answer"

    def asks() -> bool:
        return bool(book(root)[f"bob/{LESSON}/{LESSON}"]["grades"][answer][3])

    def mark() -> None:
        with gradebook(root) as open_book:
            grade = open_book.find_grade(answer, LESSON, LESSON, "bob")
            grade.manual_score, grade.needs_manual_grade = 4, False
            open_book.db.commit()

    mark()
    shutil.copyfile(root / "gradebook.db", saved := root / "saved.db")
    path = root / "submitted" / "bob" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell_of(notebook, answer).source = "**Your answer**\n\nAnother one."
    hand_in(root, "bob", notebook)
    autograded(root)
    assert asks()
    mark()
    shutil.copyfile(saved, root / "gradebook.db")
    assert not asks()
    assert run(command, root, "autograde", LESSON, *(["--force"] if command is NBGRADER else [])).returncode == 0
    assert asks(), "the mark is for what bob wrote before"
    mark()
    assert run(command, root, "autograde", LESSON, "--force").returncode == 0
    assert not asks()


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_a_notebook_of_another_lesson_in_this_ones_place_is_named(root: Path, command: tuple[str, ...]) -> None:
    hand_in(root, "bob", solved("02_hmac"))
    done = run(command, root, "autograde", LESSON)
    assert done.returncode == 0, done.stderr
    said = f"no exercise of {LESSON} is in it, but those of 02_hmac are"
    if command is GRADER:
        assert f"bob/{LESSON}/{LESSON}: {said}" in done.stderr
    assert sum(score or 0 for score in grades(root, "bob").values()) == 0
    assert result_of(root, "bob").cells[0].source.replace("\\", "") == f"**This is another lesson:** {said}."
    assert not any(cell.id == "unreadable" for cell in result_of(root, "ada").cells)


def test_a_gradebook_that_was_put_back_is_brought_up_to_date(root: Path) -> None:
    shutil.copyfile(root / "gradebook.db", saved := root / "saved.db")
    autograded(root)
    full = book(root)
    shutil.copyfile(saved, root / "gradebook.db")
    assert "3 of 3 had been graded before" in autograded(root)
    assert book(root) == full
    with gradebook(root) as open_book:
        open_book.remove_student("bob")
    autograded(root)
    assert book(root) == full


@pytest.mark.parametrize(
    "line", ["c.LateSubmissionPlugin.penalty_method = zero", "c.X = ", "import nothing_of_this_name"]
)
@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_settings_with_an_error_run_nobodys_code_outside_the_sandbox(
    root: Path, tmp_path: Path, command: tuple[str, ...], line: str
) -> None:
    """nbgrader logs the error and goes on without them: its stock exporter runs what was handed in."""
    notebook, outside = solved(LESSON), tmp_path / "outside"
    cell_of(notebook, "b64u_encode").source += f"\nopen({str(outside)!r}, 'w').close()"
    hand_in(root, "bob", notebook)
    config = root / "nbgrader_config.py"
    good = config.read_text("utf-8")
    number = len(good.splitlines()) + 1
    config.write_text(f"{good}{line}\n", "utf-8")
    if command is GRADER:
        done = run(GRADER, root, "autograde", LESSON)
        assert (done.returncode, done.stdout) == (BAD_INPUT, "")
        assert f"nbgrader_config.py, line {number}: the settings can't be read" in done.stderr
        assert "Traceback" not in done.stderr
    else:
        # A process of its own: in this one, and so in its forks, `configure` has been called before.
        done = subprocess.run([*NBGRADER, "autograde", LESSON], cwd=root, capture_output=True, text=True)
        assert done.returncode == 1, done.stderr
        assert "nbgrader_config.py has an error" in done.stderr
    assert not outside.exists()
    assert book_is_empty(root, good)


@pytest.mark.parametrize("there", [None, '{"Autograde": {"force": true}, "Exchange": {}}'], ids=["none", "one's own"])
def test_settings_with_an_error_are_made_safe_before_they_are_read(root: Path, there: str | None) -> None:
    """A class of an older version has no such file, or a teacher has one with other settings."""
    safe, config = root / "nbgrader_config.json", root / "nbgrader_config.py"
    safe.unlink(missing_ok=True)
    if there is not None:
        safe.write_text(there, "utf-8")
    config.write_text(config.read_text("utf-8") + "c.X = zero\n", "utf-8")
    assert run(GRADER, root, "autograde", LESSON).returncode == BAD_INPUT
    said, own = json.loads(safe.read_text("utf-8")), json.loads(there or "{}")
    assert said["Autograde"] == {**own.get("Autograde", {}), "exporter_class": EXPORTER}
    assert said["GenerateFeedback"] == {"exporter_class": FEEDBACK}
    assert own.keys() <= said.keys()
    safe.write_text("{", "utf-8")
    assert (
        "nbgrader_config.json: these are no settings; remove the file" in run(GRADER, root, "autograde", LESSON).stderr
    )


def book_is_empty(root: Path, settings: str) -> bool:
    (root / "nbgrader_config.py").write_text(settings, "utf-8")
    return not any(one[0] is not None for entry in book(root).values() for one in entry["grades"].values())


def test_what_is_not_in_the_gradebook_is_named(root: Path) -> None:
    """A student who was taken out of it, and a gradebook that is lost."""
    autograded(root)
    with gradebook(root) as open_book:
        open_book.remove_student("bob")
    done = run(NBGRADER, root, "generate_feedback", LESSON)
    assert done.returncode == 1
    assert re.search("not in the gradebook: No such .* for bob; .* take out of autograded/, too", done.stderr)
    assert {path.parts[-3] for path in (root / "feedback").glob(f"*/{LESSON}/*.html")} == {"ada", "cy"}
    shutil.rmtree(root / "autograded" / "bob")
    assert run(NBGRADER, root, "generate_feedback", LESSON).returncode == 0
    (root / "gradebook.db").unlink()
    done = run(GRADER, root, "autograde", LESSON)
    assert done.returncode == BAD_INPUT
    assert "not in the gradebook: No such assignment: 01_encoding; `grader class init .` puts lessons" in done.stderr
    full = book(root)
    assert run(GRADER, root, "class", "init", ".").returncode == 0
    autograded(root)
    assert full == {}
    assert grades(root, "bob")["b64u_encode"] == 5


def test_what_a_teacher_gave_by_hand_stays(root: Path) -> None:
    autograded(root)
    with gradebook(root) as open_book:
        for name, score in (("01_encoding-answer", 4), ("b64u_decode-check", 7)):
            grade = open_book.find_grade(name, LESSON, LESSON, "bob")
            grade.manual_score, grade.extra_credit = score, 1
        open_book.find_comment("b64u_decode", LESSON, LESSON, "bob").manual_comment = "Nearly!"
        open_book.db.commit()
    hand_in(root, "bob", solved(LESSON))
    autograded(root)
    entry = book(root)["bob/01_encoding/01_encoding"]
    assert entry["grades"]["01_encoding-answer"][1:3] == (4, 1)
    assert entry["grades"]["b64u_decode-check"][:3] == (10, 7, 1)
    assert entry["grades"]["b64u_decode-check"][3], "a person should look at it again"
    assert entry["comments"]["b64u_decode"][1] == "Nearly!"


def test_one_exercise_can_be_graded_anew(root: Path) -> None:
    autograded(root)
    hand_in(root, "cy", solved(LESSON))
    autograded(root, "--exercise", "b64u_decode")
    assert grades(root, "cy") == {**dict.fromkeys(FULL, 0), "b64u_decode": 10, "01_encoding-answer": None}
    done = run(GRADER, root, "autograde", LESSON, "--exercise", "no_such")
    assert done.returncode == 2
    assert "nobody was graded on an exercise of this name" in done.stderr


def test_late_penalties_apply(root: Path) -> None:
    with (root / "nbgrader_config.py").open("a") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with gradebook(root) as open_book:
        open_book.update_or_create_assignment(LESSON, duedate="2026-01-01 12:00:00 UTC")
    (root / "submitted" / "ada" / LESSON / "timestamp.txt").write_text("2026-01-01 11:00:00 UTC")
    (root / "submitted" / "bob" / LESSON / "timestamp.txt").write_text("2026-01-02 13:00:00 UTC")
    autograded(root)
    assert book(root)["ada/01_encoding/01_encoding"]["penalty"] is None
    assert book(root)["bob/01_encoding/01_encoding"]["penalty"] == 15
    (root / "submitted" / "bob" / LESSON / "timestamp.txt").write_text("2026-01-01 11:30:00 UTC")
    autograded(root)
    assert book(root)["bob/01_encoding/01_encoding"]["penalty"] is None


@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_what_can_not_be_read_counts_nothing_and_stops_nobody(root: Path, command: tuple[str, ...]) -> None:
    place = root / "submitted" / "aaa" / LESSON
    place.mkdir(parents=True)
    (place / f"{LESSON}.ipynb").write_text("{ not json <script>alert(1)</script>")
    link = root / "submitted" / "aab" / LESSON
    link.mkdir(parents=True)
    (link / f"{LESSON}.ipynb").symlink_to(root / "source" / LESSON / f"{LESSON}.ipynb")
    (link / "passwords").symlink_to("/etc/passwd")
    os.mkfifo(link / "pipe")
    (link / "timestamp.txt").write_text("yesterday, honestly")
    done = run(command, root, "autograde", LESSON)
    assert done.returncode == (0 if command is NBGRADER else NOT_ALL_TAKEN), done.stderr
    for who in ("aaa", "aab"):
        assert {grades(root, who)[name] for name in FULL if FULL[name]} == {0}
        assert "could not be graded" in result_of(root, who).cells[0].source
    assert grades(root, "ada") == FULL
    assert not list((root / "autograded" / "aab").rglob("passwords"))
    assert "moved to quarantine/aab/01_encoding" in done.stderr
    moved = {path.name for path in (root / "quarantine" / "aab" / LESSON).iterdir()}
    assert moved == {"passwords", "pipe", "timestamp.txt"}


def test_hostile_metadata_decides_nothing(root: Path) -> None:
    notebook = student(LESSON)
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(schema_version=99, points=1e9, grade=False, grade_id="b64u_encode")
    notebook.cells.append(code("print('mine')"))
    hand_in(root, "cy", notebook)
    hand_in(root, "dee", {"cells": [{"cell_type": "code", "source": ["x"], "metadata": {"nbgrader": []}}] * 3, "m": 1})
    for command in (GRADER, NBGRADER):
        done = run(command, root, "autograde", LESSON, *(("--force",) if command is NBGRADER else ()))
        assert done.returncode == 0, done.stderr
        assert set(grades(root, "cy")) == set(FULL)
        assert grades(root, "ada") == FULL


def test_a_submission_is_rebuilt_on_the_master_that_its_class_has(root: Path) -> None:
    """A later version of the course changes nothing for a class that has begun."""
    source = root / "source" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    setup = next(cell for cell in notebook.cells if cell.source.startswith("# setup"))
    setup.source += "\nHOUSE_RULE = 7519"
    nbformat.write(notebook, source)
    mine = solved(LESSON)
    cell_of(mine, "b64u_encode").source += "\nassert HOUSE_RULE == 7519"
    hand_in(root, "cy", mine)
    autograded(root)
    assert grades(root, "cy") == FULL
    setups = [cell.source for cell in result_of(root, "cy").cells if cell.source.startswith("# setup")]
    assert any("HOUSE_RULE" in source for source in setups), "the class's; the student's own old one is beside it"


def test_a_student_or_assignment_that_is_not_there_is_said(root: Path) -> None:
    done = run(GRADER, root, "autograde", "99_nothing")
    assert (done.returncode, "there is no such assignment" in done.stderr) == (2, True)
    done = run(GRADER, root, "autograde", "02_hmac")
    assert (done.returncode, "no submission of anybody" in done.stderr) == (2, True)
    (root / "submitted" / "essay.pdf").write_text("")
    done = run(GRADER, root, "autograde", LESSON, "--student", "zoe")
    assert (done.returncode, "no submission of zoe" in done.stderr) == (2, True)


def test_variants_show_a_teacher_what_a_student_met(root: Path) -> None:
    done = run(GRADER, root, "class", "variants", LESSON, "ada", "--exercise", "b64u_encode")
    assert done.returncode == 0, done.stderr
    other = run(GRADER, root, "class", "variants", LESSON, "bob", "--exercise", "b64u_encode")
    assert done.stdout.startswith("b64u_encode\n")
    assert done.stdout != other.stdout
    for who, name, reason in (("zoe", "", "has handed in nothing"), ("ada", "b64", "not in 01_encoding")):
        refused = run(GRADER, root, "class", "variants", LESSON, who, *(("--exercise", name) if name else ()))
        assert (refused.returncode, reason in refused.stderr) == (2, True)


@pytest.mark.in_ci
def test_kills_at_any_point_leave_the_same_gradebook(root: Path, tmp_path: Path, thorough: bool) -> None:
    for number in range(12):
        notebook = solved(LESSON) if number % 3 else student(LESSON)
        hand_in(root, f"s{number:02}", {**notebook, "number": number})
    calm = tmp_path / "calm"
    shutil.copytree(root, calm)
    autograded(calm)

    dice = random.Random(7519)
    seen = set()
    for _ in range(10 if thorough else 4):
        started = written(root)
        process = subprocess.Popen(
            [*GRADER, "autograde", LESSON], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        goal = started + dice.randint(0, 6)
        while written(root) < goal and process.poll() is None:
            time.sleep(0.002)
        time.sleep(dice.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        seen.add(written(root))
    assert len(seen) > 1, "every kill came at the same point"
    autograded(root)
    assert book(root) == book(calm)
    for path in (calm / "autograded").rglob("*.ipynb"):
        assert (root / path.relative_to(calm)).read_bytes() == path.read_bytes()
    reports = [json.loads(path.read_text("utf-8")) for path in (root / "graded" / "reports").rglob("*.json")]
    assert len(reports) == 15


def written(root: Path) -> int:
    """A run's progress: the number of Reports and of recorded submissions."""
    done = root / ".grader" / "recorded"
    return sum(len(list(place.rglob("*"))) for place in (root / "graded" / "reports", root / "autograded", done))
