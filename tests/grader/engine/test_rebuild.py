"""The submission rebuilt on the master: what is checked comes from the course, only the answers from the learner."""

import copy
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course import masters as course
from grader.course.masters import CHECK, DEMO, EXERCISE, SETUP
from grader.engine import grade as grade_module
from grader.engine import process as process_module
from grader.engine import rebuild as rebuild_module
from grader.engine.grade import Grader, InUse, Options
from grader.engine.rebuild import EXTRA, Submission, lessons_named_by, read_regular, read_submission
from grader.engine.sandbox import FULL, NONE
from grader.errors import BadSubmission
from grader.judging.memory import KEEPS
from grader.reports.report import Report
from tests.grader.helpers import (
    CHAPTERS,
    EXERCISES,
    POINTS,
    cell_of,
    code,
    load_solution,
    position,
    sandbox_problem,
    solution_files,
    solved,
    stripped,
    student,
    write,
)

LESSON = "01_encoding"


def read(path: Path) -> Submission:
    return read_submission(path, read_regular(path))


def rebuilt(folder: Path, notebook: Any) -> Submission:
    return read(write(folder, notebook))


def sources(submission: Submission, kind: str) -> list[str]:
    return [step.source for step in submission.steps if step.kind == kind]


Graded = Callable[[Path, Any], Report]


@pytest.fixture
def graded(grader_at_work: Grader) -> Graded:
    return lambda folder, notebook: grader_at_work.grade(write(folder, notebook))


def by_name(report: Report) -> dict[str, int]:
    return {one.name: one.score for one in report.exercises}


def full(name: str) -> dict[str, int]:
    return {one.name: one.points for one in course.chapter(name).exercises}


# -- the steps --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHAPTERS)
@pytest.mark.parametrize("edit", [copy.deepcopy, stripped], ids=["as saved", "without metadata"])
def test_a_solved_edition_comes_back_as_it_was(tmp_path: Path, name: str, edit: Any) -> None:
    submission = rebuilt(tmp_path, edit(solved(name)))
    chapter = course.chapter(name)
    assert submission.chapter is chapter
    kinds = [(step.kind, step.name) for step in submission.steps]
    assert kinds == [(cell.kind, cell.name) for cell in chapter.cells if cell.kind in (EXERCISE, CHECK, SETUP, DEMO)]
    assert [one for notes in submission.notes.values() for one in notes] == []


def test_the_learners_cell_ids_do_not_matter(tmp_path: Path) -> None:
    notebook = solved(LESSON)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"id-{number}"
    assert not sources(rebuilt(tmp_path, notebook), EXTRA)


def test_checks_and_points_come_from_the_course(tmp_path: Path) -> None:
    notebook = solved(LESSON)
    for cell in list(notebook.cells):
        marks = cell.metadata.get("nbgrader")
        if marks and marks.get("points"):
            marks.points = 1000
            marks.locked = False
            marks.schema_version = 99
        if cell.source.startswith("check("):
            cell.source = "b64u_encode = lambda data: 'hacked'"
            cell.cell_type = "raw"
    notebook.cells = [cell for cell in notebook.cells if cell.source != 'check("b64u_decode")']
    submission = rebuilt(tmp_path, notebook)
    assert [step.name for step in submission.steps if step.kind == CHECK] == list(full(LESSON))
    assert not sources(submission, EXTRA)


def test_every_check_stays_though_all_are_deleted(graded: Graded, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith("check(")]
    report = graded(tmp_path, notebook)
    assert by_name(report) == full(LESSON)


def test_an_added_cell_runs_where_it_stands(tmp_path: Path) -> None:
    notebook = solved(LESSON)
    place = position(notebook, "b64u_decode")
    notebook.cells.insert(place, code("HELPER = 1"))
    notebook.cells.append(code("LAST = 1"))
    notebook.cells.insert(0, code("FIRST = 1"))
    steps = [step for step in rebuilt(tmp_path, notebook).steps if step.kind in (EXTRA, EXERCISE)]
    names = [step.name or step.source for step in steps]
    assert names == ["FIRST = 1", "b64u_encode", "HELPER = 1", "b64u_decode", "json_loads_strict", "LAST = 1"]


def test_a_changed_setup_or_demo_cell_runs_after_the_original(tmp_path: Path) -> None:
    notebook = solved(LESSON)
    setup = next(cell for cell in notebook.cells if cell.source.startswith("# setup"))
    setup.source += "\nimport binascii"
    submission = rebuilt(tmp_path, notebook)
    place = [step.kind for step in submission.steps].index(SETUP)
    assert "binascii" not in submission.steps[place].source
    assert submission.steps[place + 1].kind == EXTRA
    assert "binascii" in submission.steps[place + 1].source


def test_an_empty_added_cell_and_markdown_are_not_run(tmp_path: Path) -> None:
    notebook = solved(LESSON)
    notebook.cells += [code("  \n"), nbformat.v4.new_markdown_cell("import this"), nbformat.v4.new_raw_cell("1/0")]
    assert not sources(rebuilt(tmp_path, notebook), EXTRA)


def test_a_written_answer_is_kept_and_not_run(tmp_path: Path) -> None:
    notebook = student(LESSON)
    cell_of(notebook, f"{LESSON}-answer").source = "Because **spelling** matters."
    submission = rebuilt(tmp_path, notebook)
    assert [part.source for part in submission.answers[f"{LESSON}-answer"]] == ["Because **spelling** matters."]
    assert not any("spelling** matters" in step.source for step in submission.steps)


def test_what_the_notebook_is_called_does_not_matter_but_its_exercises_do(tmp_path: Path) -> None:
    notebook = solved("02_hmac")
    notebook.metadata.jwt_from_scratch.chapter = "01_encoding"
    assert rebuilt(tmp_path, notebook).chapter.name == "02_hmac"
    only_text = solved("02_hmac")
    only_text.cells = only_text.cells[:1]
    assert rebuilt(tmp_path, only_text).chapter.name == "02_hmac"
    only_text.metadata.jwt_from_scratch.chapter = "77_nothing"
    with pytest.raises(BadSubmission, match="not one of this course"):
        rebuilt(tmp_path, only_text)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
@settings(max_examples=80)
def test_a_notebook_with_odd_values_anywhere_is_rebuilt_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    notebook = json.loads(json.dumps(solved("00_start_here")))
    for _ in range(data.draw(st.integers(1, 4))):
        place: Any = notebook
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(place[key], (dict, list)) and data.draw(st.integers(0, 3)):
                place = place[key]
                continue
            place[key] = data.draw(ODD)
            break
    folder = tmp_path_factory.getbasetemp() / "odd"
    folder.mkdir(exist_ok=True)
    try:
        submission = rebuilt(folder, notebook)
    except BadSubmission as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert [step.name for step in submission.steps if step.kind == CHECK] == ["split_token"]


# -- graded -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHAPTERS)
@pytest.mark.parametrize("edit", [copy.deepcopy, stripped], ids=["as saved", "without metadata"])
def test_a_solved_edition_gets_full_marks(graded: Graded, tmp_path: Path, name: str, edit: Any) -> None:
    report = graded(tmp_path, edit(solved(name)))
    assert (report.score, report.max_score, report.status) == (POINTS[name], POINTS[name], "graded")
    assert by_name(report) == full(name)
    assert all(one.status == "passed" and not one.messages and not one.mistakes for one in report.exercises)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_student_edition_is_not_attempted(graded: Graded, tmp_path: Path, name: str) -> None:
    report = graded(tmp_path, student(name))
    assert (report.score, report.max_score, report.status) == (0, POINTS[name], "not attempted")
    for one in report.exercises:
        assert one.status == "not attempted"
        assert one.messages == [f"{one.name} is not written yet."]


@pytest.mark.in_ci
def test_the_other_solutions_get_full_marks_in_a_notebook_too(graded: Graded, tmp_path: Path) -> None:
    """Each on its own names, as a learner would paste it: imports and helpers in the solution cell."""
    for number in range(3):
        for name in CHAPTERS:
            notebook = student(name)
            for one in course.chapter(name).exercises:
                cell_of(notebook, one.name).source = solution_files(one.name)[number].read_text("utf-8")
            report = graded(tmp_path, notebook)
            assert by_name(report) == full(name), (name, number)
    assert len(EXERCISES) == sum(map(len, map(full, CHAPTERS)))
    assert load_solution(solution_files("split_token")[0])["split_token"]


def test_one_solved_exercise_gets_its_points_and_the_rest_is_not_attempted(graded: Graded, tmp_path: Path) -> None:
    notebook = student(LESSON)
    cell_of(notebook, "b64u_encode").source = cell_of(solved(LESSON), "b64u_encode").source
    report = graded(tmp_path, notebook)
    assert by_name(report) == {"b64u_encode": 5, "b64u_decode": 0, "json_loads_strict": 0}
    assert report.status == "graded"


def test_a_known_mistake_is_named_in_the_report(graded: Graded, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    cell_of(
        notebook, "b64u_encode"
    ).source = "def b64u_encode(data):\n    return base64.urlsafe_b64encode(data).decode()"
    report = graded(tmp_path, notebook)
    first = report.exercises[0]
    assert (first.score, first.status) == (0, "failed")
    assert first.mistakes == ["The '=' padding is still there; JWS leaves it out (RFC 7515 §2)."]


def test_a_solution_cell_turned_into_markdown_is_still_the_learners_answer(graded: Graded, tmp_path: Path) -> None:
    """One wrong click in the toolbar: the text of the cell counts, not its type."""
    notebook = solved(LESSON)
    cell = cell_of(notebook, "b64u_encode")
    cell.cell_type = "markdown"
    report = graded(tmp_path, notebook)
    assert by_name(report)["b64u_decode"] == 10
    assert by_name(report)["b64u_encode"] in (0, 5)


def test_cells_out_of_order_are_put_in_order(graded: Graded, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    notebook.cells.reverse()
    assert by_name(graded(tmp_path, notebook)) == full(LESSON)


def test_prints_warnings_helpers_and_type_hints_do_no_harm(graded: Graded, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    notebook.cells.insert(
        position(notebook, "b64u_encode"),
        code("import sys, warnings\ndef helper(data: 'bytes') -> bytes:\n    return base64.urlsafe_b64encode(data)"),
    )
    cell_of(notebook, "b64u_encode").source = (
        "def b64u_encode(data: bytes, *, pad: str = '=') -> str:\n"
        "    print('noise', file=sys.stderr)\n    warnings.warn('careful')\n"
        "    return helper(data).decode().rstrip(pad)"
    )
    assert by_name(graded(tmp_path, notebook)) == full(LESSON)


def test_the_error_of_a_cell_is_in_the_message(graded: Graded, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    cell_of(notebook, "b64u_encode").source = "def b64u_encode(data:\n    return 1"
    first = graded(tmp_path, notebook).exercises[0]
    assert (first.score, first.status) == (0, "missing")
    assert first.messages[0].startswith("The cell of b64u_encode failed: SyntaxError")
    assert "Traceback" not in " ".join(first.messages)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "return plain(data)",
            "plain is not defined: the cell that defines it is missing, has failed, or comes later.",
        ),
        ("return b64u_decode(data)", "b64u_decode is not defined: the cell that defines it is missing, has failed, or"),
        (
            "return friendly_decode(data)",
            "friendly_decode is not defined: it is from a demonstration cell, and those are not run when",
        ),
        ("return plane(data)", "raised NameError: name 'plane' is not defined (b64u_encode, line 3)"),
    ],
)
def test_a_name_that_is_defined_elsewhere_is_told_of_and_gives_no_points(
    graded: Graded, tmp_path: Path, body: str, message: str
) -> None:
    notebook = student(LESSON)
    cell_of(notebook, "b64u_encode").source = f"1\ndef b64u_encode(data):\n    {body}"
    notebook.cells.insert(position(notebook, "b64u_encode"), code("1 / 0\ndef plain(data):\n    return data"))
    first = graded(tmp_path, notebook).exercises[0]
    assert (first.score, first.status) == (0, "failed")
    assert message in first.messages[0]


def test_a_cell_that_ends_the_process_costs_its_own_exercise_only(graded: Graded, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    cell_of(notebook, "b64u_decode").source += "\nimport os\nos._exit(0)"
    report = graded(tmp_path, notebook)
    assert by_name(report) == {"b64u_encode": 5, "b64u_decode": 0, "json_loads_strict": 10}
    assert "the process ended" in report.exercises[1].messages[0]


def test_a_function_that_ends_the_process_costs_its_own_exercise_only(graded: Graded, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    cell_of(notebook, "b64u_decode").source = "import os\ndef b64u_decode(text):\n    os._exit(0)"
    report = graded(tmp_path, notebook)
    assert by_name(report) == {"b64u_encode": 5, "b64u_decode": 0, "json_loads_strict": 10}
    assert report.exercises[1].status == "crashed"


def test_a_function_that_keeps_something_is_asked_once_more_and_told(graded: Graded, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    cell_of(notebook, "b64u_encode").source = (
        "from base64 import urlsafe_b64encode\nSEEN = []\n\ndef b64u_encode(data):\n    SEEN.append(data)\n"
        "    return urlsafe_b64encode(SEEN[0]).decode().rstrip('=')"
    )
    first = graded(tmp_path, notebook).exercises[0]
    assert (first.score, first.mistakes) == (0, [])
    assert KEEPS in first.messages


def test_an_endless_function_costs_its_own_exercise_only(graded: Graded, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    cell_of(notebook, "b64u_decode").source = "def b64u_decode(text):\n    while True: pass"
    report = graded(tmp_path, notebook)
    assert by_name(report) == {"b64u_encode": 5, "b64u_decode": 0, "json_loads_strict": 10}
    assert report.exercises[1].status == "timed out"


def test_an_endless_cell_costs_its_own_exercise_only(
    graded: Graded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module.LearnerProcess.run_cell, "__defaults__", (1.0,))
    notebook = solved(LESSON)
    cell_of(notebook, "b64u_decode").source += "\nwhile True: pass"
    report = graded(tmp_path, notebook)
    assert by_name(report)["b64u_encode"] == 5
    assert by_name(report)["json_loads_strict"] == 10
    assert "it did not end within 1 s" in report.exercises[1].messages[0]


def test_giving_up_leaves_a_whole_report(graded: Graded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "MAX_STARTS", 2)
    notebook = solved(LESSON)
    killer = "\nimport os\nos._exit(0)"
    for name in ("b64u_decode", "json_loads_strict"):
        cell_of(notebook, name).source += killer
    report = graded(tmp_path, notebook)
    assert by_name(report) == {"b64u_encode": 5, "b64u_decode": 0, "json_loads_strict": 0}
    assert [one.name for one in report.exercises] == list(full(LESSON))
    assert report.exercises[2].status == "crashed"
    assert "was not run: it ended its process again and again" in " ".join(report.exercises[2].messages)


def test_a_submission_has_a_time_limit_as_a_whole(
    graded: Graded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grade_module, "SUBMISSION_SECONDS", -1.0)
    report = graded(tmp_path, solved(LESSON))
    assert report.score == 0
    assert all("took longer than" in " ".join(one.messages) for one in report.exercises)


def test_tampering_with_the_checker_in_reach_changes_nothing(graded: Graded, tmp_path: Path) -> None:
    """What a submission can do to a grader in its own process, and needs no sandbox: hooks, patches, a fake check."""
    notebook = student(LESSON)
    cell_of(notebook, "b64u_encode").source = (
        "import builtins, sys\n"
        "class Yes(str):\n"
        "    def __eq__(self, other): return True\n"
        "    def __ne__(self, other): return False\n"
        "    __hash__ = str.__hash__\n"
        "def b64u_encode(data):\n    return Yes('x')\n"
        "ip = get_ipython()\n"
        "ip.input_transformers_post.append(lambda lines: [])\n"
        "ip.set_custom_exc((BaseException,), lambda *a, **k: None)\n"
        "ip.showtraceback = lambda *a, **k: None\n"
        "ip.run_cell = lambda *a, **k: type('R', (), {'success': True})()\n"
        "def check(name): return 5\n"
        "sys.modules['grader'].check = check\n"
    )
    report = graded(tmp_path, notebook)
    assert report.score == 0


def test_the_seed_is_of_the_file_the_student_and_the_class_secret_and_never_shows(tmp_path: Path) -> None:
    path = write(tmp_path, solved("00_start_here"))
    level = NONE if sandbox_problem() else FULL
    with Grader(Options(level=level)) as one, Grader(Options(level=level, secret="class secret")) as other:
        reports = [one.grade(path), one.grade(path, student="ada"), other.grade(path), other.grade(path, student="ada")]
        assert [report.score for report in reports] == [5] * 4
        assert len({report.seed_id for report in reports}) == 4
        assert len({report.grading_id for report in reports}) == 4
        again = other.grade(path, student="ada")
        assert (again.seed_id, again.grading_id) == (reports[3].seed_id, reports[3].grading_id)
        path.write_text(path.read_text("utf-8") + " ", "utf-8")
        assert one.grade(path).seed_id != reports[0].seed_id
    assert "class secret" not in json.dumps([report.to_dict() for report in reports])


def test_a_grader_refuses_a_second_submission_while_it_grades_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, solved("00_start_here"))
    said: list[BaseException] = []

    def both(*given: object) -> None:
        try:
            grader.grade_or_say_why(path, name="b", student="")
        except InUse as error:
            said.append(error)
        raise BadSubmission("enough")

    with Grader(Options(level=NONE)) as grader:
        with monkeypatch.context() as patched:
            patched.setattr(grade_module, "read_submission", both)
            with pytest.raises(BadSubmission, match="enough"):
                grader.grade(path)
        assert len(said) == 1
        assert grader.grade(path).score == 5


@pytest.fixture(scope="module")
def with_demos() -> Iterator[Grader]:
    with Grader(Options(level=NONE if sandbox_problem() else FULL, run_demos=True, keep_cells=True)) as grader:
        yield grader


@pytest.mark.slow
@pytest.mark.in_ci
@pytest.mark.parametrize("name", CHAPTERS)
def test_demos_run_when_asked_and_find_in_the_sandbox_what_they_need(
    name: str, with_demos: Grader, tmp_path: Path
) -> None:
    graded = with_demos.grade_cells(write(tmp_path, solved(name)))
    assert by_name(graded.report) == full(name)
    shown = [(cell.source, output) for cell in graded.cells for output in cell.outputs if cell.kind == DEMO]
    assert shown
    assert not [(source, output["evalue"]) for source, output in shown if output["output_type"] == "error"]


# -- what can't be read -----------------------------------------------------------------------------------------------


def test_limits_of_size_and_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = solved("00_start_here")
    path = write(tmp_path, notebook)
    monkeypatch.setattr(rebuild_module, "MAX_CELLS", 10)
    with pytest.raises(BadSubmission, match="cells; at most 10"):
        read(path)
    monkeypatch.setattr(rebuild_module, "MAX_BYTES", 100)
    with pytest.raises(BadSubmission, match="larger than"):
        read(path)


def test_a_link_into_anothers_folder_is_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path, solved("00_start_here"), "secret.ipynb")
    (tmp_path / "link.ipynb").symlink_to(secret)
    with pytest.raises(BadSubmission, match="link"):
        read(tmp_path / "link.ipynb")


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ipynb")
    with pytest.raises(BadSubmission, match="not a regular file"):
        read(tmp_path / "pipe.ipynb")


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("ada/01_encoding.ipynb", ["01_encoding"]),
        ("ada/01-Encoding (1).ipynb", ["01_encoding"]),
        ("02_hmac/01 ENCODING.ipynb", ["01_encoding"]),
        ("02_hmac/work.ipynb", ["02_hmac"]),
        ("00_start_here as 01_encoding.ipynb", ["00_start_here", "01_encoding"]),
        ("work.ipynb", []),
    ],
)
def test_a_path_names_lessons_in_any_spelling(path: str, names: list[str]) -> None:
    assert [*lessons_named_by(path)] == names
