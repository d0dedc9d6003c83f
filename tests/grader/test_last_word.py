"""A learner's last word counts: copied, split and repeated exercise cells, as in a kernel that runs from the top."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course.masters import CHECK, EXERCISE
from grader.course.names import bound_names, defined_names, read_names
from grader.engine.grade import Grader
from grader.engine.rebuild import AGAIN, EXTRA, Submission, read_regular, read_submission
from tests.grader.helpers import cell_of, code, position, solved, student, write

LESSON, NAME = "01_encoding", "b64u_encode"
RIGHT = "def b64u_encode(data):\n    return base64.urlsafe_b64encode(data).decode().rstrip('=')"
WRONG = "def b64u_encode(data):\n    return 'wrong'"
CALLS_HELPER = "def b64u_encode(data):\n    return plain(data).rstrip('=')"
HELPER = "def plain(data):\n    return base64.urlsafe_b64encode(data).decode()"
SYNTAX = "def b64u_encode(data:"


def rebuilt(folder: Path, notebook: Any) -> Submission:
    path = write(folder, notebook)
    return read_submission(path, read_regular(path))


def twin(notebook: Any, name: str, source: str) -> Any:
    """A copy of a cell, as JupyterLab makes it: the metadata stay, the id is new."""
    made = copy.deepcopy(cell_of(notebook, name))
    made.source, made.id = source, f"twin-{len(notebook.cells)}"
    return made


def edited(*steps: tuple[str, str, str]) -> Any:
    """The untouched lesson, edited. A step is (what: "own", a "copy" of it or an "extra" cell; where; source)."""
    notebook = student(LESSON)
    places = {"below": 1, "above": 0, "under the check": 2}
    for what, where, source in steps:
        if what == "own":
            cell_of(notebook, NAME).source = source
            continue
        cell = twin(notebook, NAME, source) if what == "copy" else code(source)
        at = len(notebook.cells) if where == "end" else position(notebook, NAME) + places[where]
        notebook.cells.insert(at, cell)
    return notebook


Score = Callable[[Path, Any], int]


@pytest.fixture
def score(grader_at_work: Grader) -> Score:
    def graded(folder: Path, notebook: Any) -> int:
        report = grader_at_work.grade(write(folder, notebook))
        return next(one.score for one in report.exercises if one.name == NAME)

    return graded


FULL_MARKS = {
    "copied below": [("own", "", WRONG), ("copy", "below", RIGHT)],
    "copied to the end": [("own", "", WRONG), ("copy", "end", RIGHT)],
    "the copy is only a note": [("own", "", RIGHT), ("copy", "below", "# a note")],
    "the copy is a note at the end": [("own", "", RIGHT), ("copy", "end", "# a note")],
    "the copy can't be parsed": [("own", "", RIGHT), ("copy", "below", SYNTAX)],
    "the copy is empty": [("own", "", RIGHT), ("copy", "below", "")],
    "split, the head first": [("own", "", "TRIM = '='"), ("copy", "below", RIGHT.replace("'='", "TRIM"))],
    "split, a decorator's helper first": [("own", "", "same = lambda f: f"), ("copy", "below", "@same\n" + RIGHT)],
    "in a cell above": [("extra", "above", RIGHT), ("own", "", "# done above")],
    "in a cell below": [("extra", "below", RIGHT)],
    "in a cell under the check": [("extra", "under the check", RIGHT)],
    "in a cell at the end": [("extra", "end", RIGHT)],
    "after a try at the end": [("own", "", WRONG), ("extra", "end", RIGHT)],
    "by an assignment at the end": [("extra", "end", RIGHT.replace("b64u_encode", "mine") + "\nb64u_encode = mine")],
    "by a magic cell": [("own", "", WRONG), ("copy", "end", "%%time\n" + RIGHT)],
    "before the cell fails": [("own", "", RIGHT + "\n1 / 0")],
    "a copy fails before it defines": [("own", "", RIGHT), ("copy", "below", "1 / 0\n" + WRONG)],
    "an experiment at the end": [("own", "", RIGHT), ("extra", "end", WRONG)],
    "a helper above": [("extra", "above", HELPER), ("own", "", CALLS_HELPER)],
    "a helper below": [("own", "", CALLS_HELPER), ("extra", "below", HELPER)],
    "a helper at the end": [("own", "", CALLS_HELPER), ("extra", "end", HELPER)],
    "a module": [
        ("extra", "above", "%%writefile my_own.py\nimport base64\n" + HELPER),
        ("own", "", "from my_own import plain\n" + CALLS_HELPER),
    ],
}


@pytest.mark.parametrize("steps", FULL_MARKS.values(), ids=FULL_MARKS.keys())
def test_full_marks_in_jupyterlab_are_full_marks_when_graded(score: Score, tmp_path: Path, steps: Any) -> None:
    assert score(tmp_path, edited(*steps)) == 5


LAST_IS_WRONG = {
    "copied below": [("own", "", RIGHT), ("copy", "below", WRONG)],
    "copied to the end": [("own", "", RIGHT), ("copy", "end", WRONG)],
    "in a cell before the check": [("own", "", RIGHT), ("extra", "below", WRONG)],
    "never": [("own", "", WRONG)],
}


@pytest.mark.parametrize("steps", LAST_IS_WRONG.values(), ids=LAST_IS_WRONG.keys())
def test_the_last_one_counts_even_if_it_is_worse(score: Score, tmp_path: Path, steps: Any) -> None:
    assert score(tmp_path, edited(*steps)) == 0


@pytest.mark.parametrize("kind", ["setup", "demo", "check"])
def test_a_definition_typed_into_a_cell_of_the_lesson(score: Score, tmp_path: Path, kind: str) -> None:
    notebook = student(LESSON)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and "nbgrader" not in cell.metadata]
    places = {
        "setup": next(cell for cell in cells if cell.source.startswith("# setup")),
        "demo": next(cell for cell in reversed(cells) if not cell.source.startswith("# setup")),
        "check": cell_of(notebook, f"{NAME}-check"),
    }
    places[kind].source += "\n" + RIGHT
    if kind == "setup":  # the stub below defines it again
        cell_of(notebook, NAME).source = "# see above"
    assert score(tmp_path, notebook) == 5


def test_a_copied_check_moves_nothing(score: Score, tmp_path: Path) -> None:
    notebook = edited(("own", "", WRONG))
    again = copy.deepcopy(cell_of(notebook, f"{NAME}-check"))
    again.id = "again"
    needs_later = "from_later = json_loads_strict\n" + RIGHT
    cell_of(notebook, "json_loads_strict").source = "def json_loads_strict(data):\n    return None"
    notebook.cells += [again, twin(notebook, NAME, needs_later), copy.deepcopy(again)]
    submission = rebuilt(tmp_path, notebook)
    assert [step.name for step in submission.steps if step.kind == CHECK].count(NAME) == 1
    assert submission.steps[-2].source == needs_later
    assert score(tmp_path, notebook) == 5


def test_the_cell_that_counts_is_the_exercises_and_the_others_the_learners_own(tmp_path: Path) -> None:
    submission = rebuilt(tmp_path, edited(("own", "", WRONG), ("copy", "below", RIGHT)))
    assert [step.source for step in submission.steps if step.name == NAME and step.kind == EXERCISE] == [RIGHT]
    assert [step.source for step in submission.steps if step.kind == EXTRA] == [WRONG]
    assert submission.notes[NAME] == ["b64u_encode has 2 cells; the last one that defines it counts."]


def test_a_solution_below_an_untouched_cell_is_what_people_see(tmp_path: Path) -> None:
    submission = rebuilt(tmp_path, edited(("extra", "end", RIGHT)))
    assert [step.source for step in submission.steps if step.name == NAME and step.kind == EXERCISE] == [RIGHT]
    assert [step.kind for step in submission.steps if step.name == NAME] == [CHECK, EXERCISE, AGAIN]


def test_two_exercises_in_one_cell_at_the_end(grader_at_work: Grader, tmp_path: Path) -> None:
    notebook, ready = student(LESSON), solved(LESSON)
    names = ("b64u_encode", "b64u_decode", "json_loads_strict")
    notebook.cells.append(code("\n\n".join(cell_of(ready, name).source for name in names)))
    report = grader_at_work.grade(write(tmp_path, notebook))
    assert (report.score, report.max_score) == (25, 25)


def test_a_failed_cell_of_the_learners_own_is_named_where_it_may_be_the_cause(
    grader_at_work: Grader, tmp_path: Path
) -> None:
    notebook = edited(("extra", "above", "import no_such_module_of_mine"), ("own", "", CALLS_HELPER))
    cell_of(notebook, "json_loads_strict").source = cell_of(solved(LESSON), "json_loads_strict").source
    report = grader_at_work.grade(write(tmp_path, notebook))
    first, _, third = report.exercises
    assert "A cell of your own failed before this check: ModuleNotFoundError" in " ".join(first.messages)
    assert (third.score, third.messages) == (10, [])


def test_a_module_beside_the_notebook_shadows_nothing_of_the_checker(grader_at_work: Grader, tmp_path: Path) -> None:
    lines = "\n".join(["def judge(*a): return 5", "def check(*a): return 5"])
    files = [code(f"%%writefile {name}.py\n{lines}") for name in ("grader", "judging", "json", "frames")]
    notebook = edited(("own", "", WRONG))
    notebook.cells = [*files, *notebook.cells]
    assert json.loads("1") == 1
    assert grader_at_work.grade(write(tmp_path, notebook)).score == 0


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a): b = 1", {"f"}),
        ("async def f(): pass\nclass K:\n    x = 1", {"f", "K"}),
        ("x = y = 1\n(a, *b), c[0] = 1, 2\nn: int = 1\nm += 1", {"x", "y", "a", "b", "n", "m"}),
        ("if 1:\n    def f(): pass\nelse:\n    import a.b, c as d", {"f", "a", "d"}),
        ("from m import f as g, h", {"g", "h"}),
        ("for i in []: pass\nwith x as y: pass\ntry: pass\nexcept E as e: z = 1", {"i", "y", "z"}),
        ("f = lambda a: (b := a)\n[c for c in d]", {"f"}),
        ("%%time\ndef f(): pass", {"f"}),
        ("%matplotlib inline\n!ls\nprint?\ndef f(): pass", {"f"}),
        ("%%writefile f.py\ndef f(): pass", set()),
        ("%%bash\nf=1", set()),
        ("def f(:", set()),
        ("(" * 5000, set()),
        ("", set()),
    ],
)
def test_the_names_that_a_cell_binds(source: str, names: set[str]) -> None:
    assert bound_names(source) == names
    assert set(defined_names(source)) <= names


def test_the_names_that_a_cell_reads() -> None:
    assert read_names("def f(a):\n    b = g(a)\n    return h.x") == {"g", "h"}
