"""Masters read, student and solved editions built: nothing lost, nothing shifted, nothing given away."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner

from grader import checks
from grader.cli import main as cli
from grader.course import editions as build
from grader.course import masters as course
from grader.course.masters import ANSWER, CHECK, DEMO, EXERCISE, SETUP, TEXT, read_master
from grader.errors import CourseError
from tests.grader.helpers import CHAPTERS, NOT_WRITTEN, POINTS, REPO, cell_of, code, grader, solved, student

each_chapter = pytest.mark.parametrize("name", CHAPTERS)


def master(name: str) -> str:
    return (course.NOTEBOOKS / "source" / f"{name}.md").read_text("utf-8")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the notebooks, which tests may change."""
    folder = tmp_path / "notebooks"
    shutil.copytree(course.NOTEBOOKS, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    monkeypatch.setattr(course, "NOTEBOOKS", folder)
    monkeypatch.setattr(build, "NOTEBOOKS", folder)
    course.chapter.cache_clear()
    yield folder
    course.chapter.cache_clear()


# -- masters ----------------------------------------------------------------------------------------------------------


def test_every_chapter_has_a_master_and_checks_and_the_points_of_the_syllabus() -> None:
    assert set(POINTS) <= set(CHAPTERS)
    assert tuple(checks.chapters()) == CHAPTERS
    assert [chapter.name for chapter in course.course()] == list(CHAPTERS)
    assert {name: course.chapter(name).points for name in POINTS} == POINTS


@each_chapter
def test_a_chapter_has_what_a_lesson_needs(name: str) -> None:
    chapter = course.chapter(name)
    kinds = [cell.kind for cell in chapter.cells]
    assert chapter.title.startswith(name[:2])
    assert 30 <= chapter.minutes <= 180
    assert kinds.count(EXERCISE) == kinds.count(CHECK) == len(chapter.exercises) > 0
    assert kinds.count(ANSWER) == 1
    assert kinds[0] == TEXT
    assert kinds.index(SETUP) < kinds.index(EXERCISE)
    assert {cell.kind for cell in chapter.cells if cell.is_code} <= {EXERCISE, CHECK, SETUP, DEMO}
    for cell in chapter.cells:
        assert cell.source.strip()
        assert "{{" not in cell.source or cell.is_code


@each_chapter
def test_a_check_stands_right_after_its_exercise(name: str) -> None:
    cells = [cell for cell in course.chapter(name).cells if cell.is_code]
    for index, cell in enumerate(cells):
        if cell.kind == CHECK:
            assert (cells[index - 1].kind, cells[index - 1].name) == (EXERCISE, cell.name)


@each_chapter
def test_the_cell_ids_are_unique_valid_and_named_after_the_exercises(name: str) -> None:
    chapter = course.chapter(name)
    ids = [cell.id for cell in chapter.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", one) for one in ids)
    for one in chapter.exercises:
        assert {one.name, f"{one.name}-check"} <= set(ids)
    assert f"{name}-answer" in ids


@each_chapter
def test_an_inserted_cell_shifts_no_id(name: str) -> None:
    text = master(name)
    before = {cell.id: cell.source for cell in read_master(text, name).cells}
    place = text.index("```{code-cell}")
    inserted = text[:place] + "+++\n\nA new paragraph.\n\n```{code-cell} python\nprint('new')\n```\n\n" + text[place:]
    after = {cell.id: cell.source for cell in read_master(inserted, name).cells}
    kept = {key: source for key, source in before.items() if after.get(key) == source}
    # A paragraph may be cut in two where the insertion went; everything else keeps its id.
    assert len(before) - len(kept) <= 1
    assert len(after) - len(before) in (1, 2, 3)


def test_equal_cells_get_ids_of_their_own() -> None:
    name = "00_start_here"
    twice = master(name) + "\n```{code-cell} python\nprint('again')\n```\n" * 1
    twice = twice + "\n```{code-cell} python\nprint('again')\n```\n"
    ids = [cell.id for cell in read_master(twice, name).cells if cell.source == "print('again')"]
    assert len(ids) == 2
    assert ids[1] == f"{ids[0]}-2"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace('check("split_token")\n```', "pass\n```"), "check cells are []"),
        (lambda text: text.replace('```{code-cell} python\ncheck("split_token")', "```\ncheck"), "check cells are"),
        (lambda text: text.replace("def split_token(", "def split_tokens("), "no known exercise"),
        (lambda text: re.sub(r"About \d+ minutes", "Soon", text), "About N minutes"),
        (lambda text: text.replace("# 00 ", "00 ").replace("\n# ", "\n## "), "title"),
        (lambda text: text.replace("### BEGIN SOLUTION", "# here"), "exercise cells are []"),
        (
            lambda text: text + '\n```{code-cell} python\ncheck("split_token")\n```\n',
            "check cells are ['split_token', 'split_token']",
        ),
        (lambda text: text + '\n```{code-cell} python\ncheck("split_tokn")\n```\n', "split_tokn"),
        (
            lambda text: (
                text + "\n```{code-cell} python\ndef other():\n    ### BEGIN SOLUTION\n    ### END SOLUTION\n```\n"
            ),
            "no known exercise",
        ),
    ],
)
def test_an_author_is_told_what_is_wrong(change: Any, says: str) -> None:
    name = "00_start_here"
    text = change(master(name))
    assert text != master(name)
    with pytest.raises(CourseError) as caught:
        read_master(text, name)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)


def test_a_chapter_without_a_master_is_a_course_error() -> None:
    with pytest.raises(CourseError, match="there is no master"):
        course.chapter("99_nothing")


def test_code_that_does_not_parse_defines_nothing() -> None:
    for source in ("def f(:", "\0", "(" * 10_000, "x" * 100 + "=", "\ud800"):
        assert course.defined_names(source) == []
    assert course.defined_names("def f(): pass\nclass K: pass\nasync def g(): pass\nx = 1") == ["f", "K", "g"]


# -- editions ---------------------------------------------------------------------------------------------------------


@each_chapter
def test_the_committed_student_edition_is_up_to_date(name: str) -> None:
    assert (course.NOTEBOOKS / f"{name}.ipynb").read_text("utf-8") == build.as_text(student(name))


def test_two_builds_are_identical_bytes() -> None:
    for name in CHAPTERS:
        chapter = course.chapter(name)
        assert build.as_text(build.student(chapter)) == build.as_text(build.student(chapter))
        assert build.as_text(build.solved(chapter)) == build.as_text(build.solved(chapter))


@each_chapter
def test_the_editions_are_valid_notebooks(name: str) -> None:
    for notebook in (student(name), solved(name)):
        nbformat.validate(notebook)
        assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5)
        assert notebook.metadata.jwt_from_scratch.chapter == name
        assert notebook.metadata.kernelspec.name == "python3"


@each_chapter
def test_a_student_edition_gives_nothing_away(name: str) -> None:
    text = build.as_text(student(name))
    assert "BEGIN SOLUTION" not in text
    assert "END SOLUTION" not in text
    for cell in course.chapter(name).cells:
        if cell.kind == EXERCISE:
            answer = cell.source.partition("### BEGIN SOLUTION")[2].partition("### END SOLUTION")[0].strip("\n")
            assert json.dumps(answer)[1:-1] not in text
            stub = cell_of(student(name), cell.name).source
            assert NOT_WRITTEN in stub
            assert ">>>" in stub  # the contract with its worked example stays
            compile(stub, cell.name, "exec")


@each_chapter
def test_a_student_edition_has_no_outputs_and_no_counts(name: str) -> None:
    for cell in student(name).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@each_chapter
def test_text_and_demos_are_the_same_in_both_editions(name: str) -> None:
    for one, other, cell in zip(solved(name).cells, student(name).cells, course.chapter(name).cells, strict=True):
        assert one.id == other.id == cell.id
        if cell.kind not in (EXERCISE, ANSWER):
            assert one.source == other.source


@each_chapter
def test_the_points_and_marks_are_where_nbgrader_looks_for_them(name: str) -> None:
    notebook = student(name)
    for one in course.chapter(name).exercises:
        solution, check = cell_of(notebook, one.name), cell_of(notebook, f"{one.name}-check")
        marks = solution.metadata.nbgrader
        assert (marks.solution, marks.grade, marks.locked, marks.task) == (True, False, False, False)
        marks = check.metadata.nbgrader
        assert (marks.solution, marks.grade, marks.locked, marks.points) == (False, True, True, one.points)
        assert check.metadata.editable is False
        assert check.metadata.deletable is False
        assert solution.metadata.get("editable", True)
        assert all(len(cell.metadata.nbgrader.checksum) == 32 for cell in (solution, check))
    answer = cell_of(notebook, f"{name}-answer").metadata.nbgrader
    assert (answer.grade, answer.solution, answer.points) == (True, True, course.ANSWER_POINTS)
    total = sum(
        cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("locked") and cell.metadata.nbgrader.grade
    )
    assert total == POINTS.get(name, total)


@each_chapter
def test_nbgraders_own_validators_are_content(name: str) -> None:
    from nbgrader.nbgraderformat.v3 import MetadataValidatorV3 as ValidatorV3
    from nbgrader.preprocessors import CheckCellMetadata

    for notebook in (student(name), solved(name)):
        ValidatorV3().validate_nb(notebook)
        for cell in notebook.cells:
            if "nbgrader" in cell.metadata:
                ValidatorV3().validate_cell(cell)
        CheckCellMetadata().preprocess(notebook, {})


@each_chapter
def test_nbgraders_release_of_the_solved_edition_is_the_student_edition(name: str) -> None:
    """Its own steps, in its own order, with the stubs of this course as a teacher would configure them."""
    from nbgrader.converters import GenerateAssignment
    from traitlets.config import Config

    config = Config()
    config.ClearSolutions.code_stub = {"python": build.CODE_STUB}
    config.ClearSolutions.text_stub = build.TEXT_STUB
    notebook, resources = solved(name), {"language": "python"}
    for kind in GenerateAssignment(config=config).preprocessors:
        if kind.__name__ in ("IncludeHeaderFooter", "SaveCells", "Validate", "OverwriteCells"):
            continue
        notebook, resources = kind(config=config).preprocess(notebook, resources)
    assert build.as_text(notebook) == build.as_text(student(name))


@pytest.mark.slow
@pytest.mark.in_ci
def test_nbgrader_validate_takes_the_solved_edition(tmp_path: Path) -> None:
    """The real command, a real kernel; and the same command names what a student edition lacks."""
    answers = {}
    for kind, notebook in (("solved", solved("01_encoding")), ("student", student("01_encoding"))):
        notebook.cells = [
            cell
            for cell, ours in zip(notebook.cells, course.chapter("01_encoding").cells, strict=True)
            if ours.kind not in (DEMO, TEXT)
        ]
        (tmp_path / f"{kind}.ipynb").write_text(build.as_text(notebook), "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "validate", f"{kind}.ipynb"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        answers[kind] = done.stdout
        assert done.returncode == 0, done.stderr
    assert "Success! Your notebook passes all the tests." in answers["solved"]
    assert "VALIDATION FAILED" in answers["student"]
    assert "b64u_decode" in answers["student"]


# -- build ------------------------------------------------------------------------------------------------------------


def test_a_stale_notebook_is_found_and_rebuilt(copied: Path) -> None:
    assert list(build.stale_files()) == []
    stale = copied / "01_encoding.ipynb"
    good = stale.read_bytes()
    stale.write_bytes(good.replace(b"Exact bytes", b"Exactly bytes"))
    done = CliRunner().invoke(cli.cli, ["build", "--check"])
    assert done.exit_code == 1
    assert f"stale: {stale}" in done.output
    assert "grader build" in done.output
    assert stale.read_bytes() != good
    done = CliRunner().invoke(cli.cli, ["build"])
    assert (done.exit_code, done.output) == (0, f"wrote {stale}\n")
    assert stale.read_bytes() == good
    done = CliRunner().invoke(cli.cli, ["build"])
    assert (done.exit_code, done.output) == (0, "everything is up to date\n")
    assert CliRunner().invoke(cli.cli, ["build", "--check"]).exit_code == 0


def test_a_missing_notebook_and_a_changed_master_are_stale(copied: Path) -> None:
    (copied / "00_start_here.ipynb").unlink()
    source = copied / "source" / "02_hmac.md"
    source.write_text(source.read_text("utf-8").replace("Two envelopes", "Two nested envelopes"), "utf-8")
    course.chapter.cache_clear()
    assert [path.name for path, _ in build.stale_files()] == ["00_start_here.ipynb", "02_hmac.ipynb"]


def test_a_notebook_that_is_not_even_text_is_stale(copied: Path) -> None:
    (copied / "00_start_here.ipynb").write_bytes(b"\xff\xfe not text")
    done = CliRunner().invoke(cli.cli, ["build", "--check"])
    assert done.exit_code == 1
    assert "stale" in done.output


def test_the_readmes_table_is_generated(copied: Path) -> None:
    readme = copied.parent / "README.md"
    readme.write_text("# Course\n<!-- lessons -->\nold\n<!-- /lessons -->\nend\n", "utf-8")
    assert [path for path, _ in build.stale_files()] == [readme]
    build.build()
    text = readme.read_text("utf-8")
    assert text.startswith("# Course\n<!-- lessons -->\n| lesson |")
    assert text.endswith("<!-- /lessons -->\nend\n")
    assert "| `split_token` | 40 | 5 |" in text
    assert list(build.stale_files()) == []


def test_an_authors_error_is_a_line_and_not_a_traceback(copied: Path) -> None:
    source = copied / "source" / "00_start_here.md"
    source.write_text(source.read_text("utf-8").replace("minutes", "hours"), "utf-8")
    course.chapter.cache_clear()
    done = CliRunner().invoke(cli.cli, ["build"])
    assert done.exit_code == 2
    assert done.output.startswith("grader: 00_start_here: ")
    assert done.output.count("\n") == 1


def test_solved_editions_are_written_where_asked_and_nowhere_else(copied: Path, tmp_path: Path) -> None:
    before = sorted(copied.rglob("*"))
    done = CliRunner().invoke(cli.cli, ["build", "--solved", str(tmp_path / "new" / "folder")])
    assert done.exit_code == 0
    written = sorted((tmp_path / "new" / "folder").iterdir())
    assert [path.stem for path in written] == list(CHAPTERS)
    assert all("BEGIN SOLUTION" in path.read_text("utf-8") for path in written)
    assert sorted(copied.rglob("*")) == before


def test_solved_editions_are_not_in_the_repository() -> None:
    for path in REPO.glob("notebooks/*.ipynb"):
        assert "BEGIN SOLUTION" not in path.read_text("utf-8")


def test_building_in_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    """With any hash seed."""
    done = grader("build", "--solved", tmp_path, env={"PYTHONHASHSEED": "12345"})
    assert done.returncode == 0, done.stderr
    for name in CHAPTERS:
        assert (tmp_path / f"{name}.ipynb").read_text("utf-8") == build.as_text(solved(name))


def test_the_release_keeps_what_a_learner_might_add() -> None:
    """A guard for the helpers of these tests: an added cell is a valid one."""
    notebook = student("00_start_here")
    notebook.cells.append(code("x = 1"))
    nbformat.validate(notebook)
