"""The formats for pipelines: JUnit, Gradescope, CSV. With any text in a Report, the file can be read back."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from grader.cli import main as cli
from grader.reports.forms import FORMS
from grader.reports.gradescope import NotOneSubmission, failure, gradescope_json, results
from grader.reports.junit import junit_xml
from grader.reports.overview import overview_html
from grader.reports.summary import safe_cell, summary_csv
from grader.reports.table import print_batch
from grader.reports.texts import printable
from tests.grader.helpers import cell_of, solved, write
from tests.grader.sample_reports import exercise, report, unreadable, wild_reports
from tests.grader.warm import kept_workers

TEXT = {"type": "string"}
SHOWN = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
RESULTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "output", "output_format", "stdout_visibility", "tests"],
    "properties": {
        **{"score": {"type": "number"}, "execution_time": {"type": "number"}, "output": TEXT, "extra_data": {}},
        **{"output_format": FORMAT, "test_output_format": FORMAT, "test_name_format": FORMAT},
        **{"visibility": SHOWN, "stdout_visibility": SHOWN, "leaderboard": {"type": "array"}},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "score", "max_score", "output", "status", "visibility"],
                "properties": {
                    **{"score": {"type": "number"}, "max_score": {"type": "number"}, "name": TEXT, "number": TEXT},
                    **{"status": {"enum": ["passed", "failed"]}, "output": TEXT, "visibility": SHOWN, "extra_data": {}},
                    **{"name_format": FORMAT, "output_format": FORMAT, "tags": {"type": "array", "items": TEXT}},
                },
            },
        },
    },
}
"""The schema of results.json by Gradescope's documentation, with the fields that ours always has."""


def checked(text: str) -> dict[str, Any]:
    found = json.loads(text)
    jsonschema.validate(found, RESULTS)
    # "text" everywhere: by Gradescope's default the text on top would be HTML.
    assert {found[name] for name in ("output_format", "test_output_format", "test_name_format")} == {"text"}
    assert all(one["output_format"] == one["name_format"] == "text" for one in found["tests"])
    return found


FAILED = exercise(name="b64u_decode", score=2, max_score=10, status="partial", messages=["it took '='"])
MISTAKEN = exercise(name="sign", score=0, status="failed", messages=["said ''"], mistakes=["The '=' is still there."])
MIXED = report(exercises=[exercise(), FAILED, MISTAKEN])

# -- the page, and the table on the screen ----------------------------------------------------------------------------


def test_the_page_and_the_screen_have_the_same_mean(capfd: pytest.CaptureFixture[str]) -> None:
    said = "no exercise of 01_encoding is in it, but those of 02_hmac are"
    other = report(submission="eve", score=0, max_score=25, message=said)
    reports = [report(score=25, max_score=25), other, unreadable(max_score=25)]
    page = overview_html(reports)
    assert "3 submissions, 33 % of the points on average." in page
    assert said in page
    print_batch(reports)
    assert " 33 % " in capfd.readouterr().err


# -- JUnit ------------------------------------------------------------------------------------------------------------


def test_junit_has_a_suite_per_submission_and_a_case_per_exercise() -> None:
    root = ElementTree.fromstring(junit_xml([MIXED, report(submission="eve/01_encoding.ipynb")]))
    assert root.tag == "testsuites"
    assert [suite.attrib["name"] for suite in root] == ["ada/01_encoding.ipynb", "eve/01_encoding.ipynb"]
    assert {name: root.attrib[name] for name in ("tests", "failures", "errors")} == {
        **{"tests": "4", "failures": "2", "errors": "0"}
    }
    cases = root[0].findall("testcase")
    assert [case.attrib["name"] for case in cases] == ["b64u_encode", "b64u_decode", "sign"]
    assert {case.attrib["classname"] for case in cases} == {"ada/01_encoding.ipynb"}
    assert [len(case) for case in cases] == [0, 1, 1]
    properties = {one.attrib["name"]: one.attrib["value"] for one in root[0].iter("property")}
    assert properties["score"] == "7"
    assert properties["sandbox"] == "full"


def test_a_junit_failure_carries_points_mistake_and_messages() -> None:
    (failure,) = ElementTree.fromstring(junit_xml([report(exercises=[MISTAKEN])])).iter("failure")
    assert failure.attrib["message"] == "0 of 5 points, failed: The '=' is still there."
    assert failure.text == "0 of 5 points, failed\nThe '=' is still there.\nsaid ''"


def test_what_was_not_attempted_fails_and_what_is_unreadable_is_an_error() -> None:
    untried = exercise(score=0, status="not attempted")
    root = ElementTree.fromstring(junit_xml([report(exercises=[untried]), unreadable()]))
    assert (root.attrib["failures"], root.attrib["errors"]) == ("1", "1")
    (error,) = root.iter("error")
    assert error.attrib["message"] == "not a notebook"


def test_no_reports_are_no_suites() -> None:
    assert len(ElementTree.fromstring(junit_xml([]))) == 0


@given(st.lists(wild_reports(), max_size=3))
def test_junit_is_xml_whatever_the_texts_hold(reports: list[Any]) -> None:
    root = ElementTree.fromstring(junit_xml(reports).encode("utf-8"))
    assert [suite.attrib["name"] for suite in root] == [printable(one.submission) for one in reports]
    for suite, one in zip(root, reports, strict=True):
        names = [case.attrib["name"] for case in suite.iter("testcase")]
        assert names == ([printable(each.name) for each in one.exercises] or ["submission"])
        assert len(list(suite.iter("failure"))) == sum(each.score < each.max_score for each in one.exercises)


# -- Gradescope -------------------------------------------------------------------------------------------------------


def test_results_are_as_gradescope_documents_them() -> None:
    found = checked(gradescope_json([MIXED]))
    assert found["score"] == sum(one["score"] for one in found["tests"]) == 7
    assert [one["status"] for one in found["tests"]] == ["passed", "failed", "failed"]
    assert found["tests"][2]["output"] == "failed\nThe '=' is still there.\nsaid ''"
    assert found["execution_time"] == 1.5


def test_results_of_an_unreadable_submission_say_why() -> None:
    found = checked(gradescope_json([unreadable()]))
    assert (found["score"], found["tests"]) == (0, [])
    assert "not a notebook" in found["output"]


@pytest.mark.parametrize("number", [0, 2])
def test_results_are_for_just_one(number: int) -> None:
    with pytest.raises(NotOneSubmission, match=f"for one submission, and there are {number}"):
        gradescope_json([report()] * number)


def test_a_failure_is_valid_too() -> None:
    assert checked(json.dumps(failure("a\x1b\nb")))["output"] == r"a\x1b\nb"


@given(wild_reports())
def test_results_are_valid_whatever_the_texts_hold(one: Any) -> None:
    checked(gradescope_json([one]).encode("utf-8").decode("utf-8"))


@pytest.mark.parametrize("form", [junit_xml, gradescope_json, summary_csv])
def test_every_form_shows_that_there_was_no_sandbox(form: Any) -> None:
    assert "none" in form([report(sandbox="none")])
    assert "none" not in form([report()])


def test_the_student_sees_that_there_was_no_sandbox() -> None:
    assert "without a sandbox" in results(report(sandbox="none"))["output"]


# -- CSV --------------------------------------------------------------------------------------------------------------


@given(st.lists(wild_reports(), max_size=3))
def test_csv_reads_back_and_holds_no_formula(reports: list[Any]) -> None:
    text = summary_csv(reports).encode("utf-8").decode("utf-8")
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert len(rows) == len(reports)
    assert all(len(row) == len(head) for row in rows)
    for cell in (cell for row in [head, *rows] for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠"))
        assert not any(ord(c) < 32 for c in cell)


def test_numbers_stay_numbers_and_formulas_become_texts() -> None:
    assert safe_cell(-1) == -1
    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("1-1") == "1-1"


# -- the command ------------------------------------------------------------------------------------------------------


def run(*arguments: Any) -> Result:
    with kept_workers():
        return CliRunner().invoke(cli.cli, [*map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """A folder of one submission, with 15 of 25 points."""
    notebook = solved("01_encoding")
    cell_of(notebook, "b64u_decode").source = "def b64u_decode(text):\n    return '<b>=1+1\\x00'"
    (tmp_path / "submitted" / "ada").mkdir(parents=True)
    return write(tmp_path / "submitted" / "ada", notebook, "01_encoding.ipynb")


def test_all_forms_at_once_of_a_batch_and_of_a_file(half: Path, tmp_path: Path) -> None:
    for place in (half, half.parents[1]):
        files = {form: tmp_path / "out" / place.name / form for form in FORMS}
        options = [word for form, file in files.items() for word in (f"--{form}", file)]
        batch = ["--out", tmp_path / "graded", "--jobs", "1"] if place.is_dir() else []
        done = run("grade", "--unsafe-no-sandbox", place, *batch, *options)
        assert done.exit_code == 0, done.output
        assert done.stdout == ""
        assert checked(files["gradescope"].read_text("utf-8"))["score"] == 15
        assert len(list(ElementTree.parse(files["junit"]).iter("failure"))) == 1
        assert len(files["csv"].read_text("utf-8").splitlines()) == 2
        assert {path.name for path in files["csv"].parent.iterdir()} == set(FORMS)


@pytest.mark.parametrize(("limit", "code"), [(60, 0), (61, 1)])
def test_fail_under_decides_the_exit_code(half: Path, limit: int, code: int) -> None:
    assert run("grade", "--unsafe-no-sandbox", half, "--fail-under", limit).exit_code == code


def test_results_for_two_submissions_are_refused_and_the_rest_is_written(half: Path, tmp_path: Path) -> None:
    target, other = tmp_path / "results.json", tmp_path / "junit.xml"
    done = run("grade", "--unsafe-no-sandbox", half, half, "--gradescope", target, "--junit", other)
    assert done.exit_code == 2
    assert "for one submission, and there are 2" in done.stderr.splitlines()[-1]
    assert not target.exists()
    assert len(ElementTree.parse(other).getroot()) == 2


def test_only_one_form_goes_to_stdout(half: Path) -> None:
    done = run("grade", "--unsafe-no-sandbox", half, "--junit", "-", "--csv", "-")
    assert (done.exit_code, done.stdout) == (2, "")
    assert ElementTree.fromstring(run("grade", "--unsafe-no-sandbox", half, "--junit", "-").stdout).tag == "testsuites"


def test_a_form_that_cannot_be_written_is_a_line(half: Path, tmp_path: Path) -> None:
    for form in FORMS:
        done = run("grade", "--unsafe-no-sandbox", half, f"--{form}", tmp_path)
        assert done.exit_code == 2
        assert done.stderr.splitlines()[-1].endswith(f"{tmp_path}: Is a directory")


NOT_ASKED_FOR = {
    "no notebook": ("01_encoding.ipynb", "{}"),
    "no notebook, and no lesson in its name": ("mine.ipynb", "no JSON"),
    "empty": ("01_encoding.ipynb", ""),
    "not of this course": ("01_encoding.ipynb", '{"cells": []}'),
    "the first lesson under another's name": ("12_capstone.ipynb", "00_start_here"),
    "the same in a copy": ("ada/12_capstone-Copy1 (2).ipynb", "00_start_here"),
    "the same in the other's folder": ("12_capstone/homework.ipynb", "00_start_here"),
}


@pytest.mark.parametrize("kind", NOT_ASKED_FOR)
def test_fail_under_fails_for_what_was_not_asked_for(kind: str, tmp_path: Path, editions: Path) -> None:
    name, content = NOT_ASKED_FOR[kind]
    path = tmp_path / "submitted" / name
    path.parent.mkdir(parents=True)
    lesson = editions / "solved" / f"{content}.ipynb"
    path.write_text(lesson.read_text("utf-8") if len(content) > 8 and lesson.is_file() else content, "utf-8")
    reports, junit = tmp_path / "reports.json", tmp_path / "junit.xml"
    done = run(
        *("grade", "--unsafe-no-sandbox", tmp_path / "submitted", "--out", tmp_path / "out", "--fail-under", 1),
        *("--json", reports, "--junit", junit),
    )
    assert done.exit_code == 1
    (one,) = json.loads(reports.read_text("utf-8"))
    (suite,) = ElementTree.fromstring(junit.read_text("utf-8"))
    assert suite.attrib["errors"] == "1"
    if content == "00_start_here":
        assert (one["chapter"], one["expected"], one["score"]) == ("00_start_here", "12_capstone", 5)
        assert one["message"] == "its name says 12_capstone, but the notebook is 00_start_here"
        assert one["message"] in done.stderr
        alone = run("grade", "--unsafe-no-sandbox", path, "--fail-under", 1)
        assert (alone.exit_code, one["message"] in alone.stderr) == (1, True)
    else:
        assert (one["status"], one["expected"]) == ("unreadable", "")


@pytest.mark.parametrize("name", ["00_start_here.ipynb", "homework.ipynb", "12_capstone/00_start_here.ipynb"])
def test_a_file_whose_name_promises_this_lesson_or_none_is_what_was_asked_for(
    name: str, tmp_path: Path, editions: Path
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((editions / "solved" / "00_start_here.ipynb").read_bytes())
    assert run("grade", "--unsafe-no-sandbox", path, "--fail-under", 100).exit_code == 0
