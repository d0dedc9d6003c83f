"""submit(): the right file, as it was run, small enough; and copies of a lesson that are old or broken."""

import copy
import hashlib
import json
import os
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from grader.course.editions import as_text
from grader.engine.rebuild import MAX_BYTES
from grader.files import MAX_NOTEBOOK
from grader.learner import editions, handing_in, lesson, saved, start
from grader.learner.lesson import check, submit
from tests.grader.helpers import CHAPTERS, cell_of, code, position, solved, student

LESSON, NAME = "01_encoding", "b64u_encode"
RIGHT = "def b64u_encode(data):\n    return base64.urlsafe_b64encode(data).decode().rstrip('=')"


def put(folder: Path, notebook: Any, name: str = f"{LESSON}.ipynb") -> Path:
    (folder / name).write_text(as_text(notebook), "utf-8")
    return folder / name


def written(name: str = LESSON) -> Any:
    notebook = student(name)
    if name == LESSON:
        cell_of(notebook, NAME).source = RIGHT
        return notebook
    return solved(name)


class Kernel:
    """What a notebook's kernel knows: which notebook it was started for, and the cells that it ran."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.runs = [""]
        self.patch = patch
        names: dict[str, Any] = {}
        history = SimpleNamespace(input_hist_raw=self.runs)
        shell = SimpleNamespace(kernel=object(), user_ns=names, history_manager=history)
        patch.setattr(lesson, "_shell", lambda: shell)
        patch.setitem(lesson._state, "copy", None)

    def started_for(self, path: Path) -> None:
        self.patch.setenv("JPY_SESSION_NAME", str(path))

    def run(self, *sources: str) -> None:
        self.runs += sources


@pytest.fixture
def kernel(learner: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    return Kernel(monkeypatch)


def handed_in(folder: Path, name: str = f"{LESSON}.ipynb") -> bytes:
    return (folder / "to_hand_in" / name).read_bytes()


@pytest.mark.parametrize(
    ("cell", "used"),
    [
        ("from mine import b64u_encode", "`mine.py`"),
        ("import mine\ndef b64u_encode(data):\n    return mine.b64u_encode(data)", "`mine.py`"),
        ("from mine import Mine\ndef b64u_encode(data):\n    return Mine().encode(data)", "`mine.py`"),
        (RIGHT, ""),
        ("import mine\nfrom mine import Mine", ""),
    ],
    ids=["the function", "a module", "a class", "none", "none that an exercise uses"],
)
def test_a_file_that_is_not_handed_in_is_told(
    kernel: Kernel, learner: Path, monkeypatch: pytest.MonkeyPatch, cell: str, used: str
) -> None:
    (learner / "mine.py").write_text(f"import base64\n{RIGHT}\nclass Mine:\n    encode = staticmethod(b64u_encode)\n")
    monkeypatch.syspath_prepend(str(learner))
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    notebook = written()
    cell_of(notebook, NAME).source = cell if "b64u_encode" in cell else RIGHT
    kernel.started_for(put(learner, notebook))
    exec(cell, lesson._shell().user_ns)
    kernel.run(cell_of(notebook, NAME).source)
    answer = repr(submit())
    sys.modules.pop("mine", None)
    assert answer.startswith("Hand in `to_hand_in/01_encoding.ipynb`")
    assert answer.endswith(f"alone, without {used}: copy what you need into a cell.") is bool(used)


# -- which file -------------------------------------------------------------------------------------------------------


def test_the_limit_is_the_graders() -> None:
    assert MAX_BYTES == MAX_NOTEBOOK


@pytest.mark.parametrize("name", ["01_encoding.ipynb", "01_encoding-Copy1.ipynb", "my own.ipynb"])
def test_it_hands_in_the_notebook_that_it_is_called_from(kernel: Kernel, learner: Path, name: str) -> None:
    put(learner, student(LESSON))
    path = put(learner, written(), name)
    kernel.started_for(path)
    kernel.run(RIGHT)
    for answer in (repr(submit()), repr(submit(LESSON))):
        assert answer.startswith(f"Hand in `to_hand_in/01_encoding.ipynb`: `{name}` as saved ")
        assert handed_in(learner) == path.read_bytes()


def test_vs_code_tells_it_by_a_variable(kernel: Kernel, learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    lesson._shell().user_ns["__vsc_ipynb_file__"] = str(put(learner, written(), "mine.ipynb"))
    assert "`mine.ipynb`" in repr(submit())


def test_what_was_checked_last_does_not_matter(kernel: Kernel, learner: Path) -> None:
    put(learner, solved("00_start_here"), "00_start_here.ipynb")
    kernel.started_for(put(learner, written(), "mine.ipynb"))
    lesson._state["chapter"] = "00_start_here"
    assert "`mine.ipynb`" in repr(submit())


def test_a_notebook_renamed_under_a_running_kernel_is_found_by_what_was_run(kernel: Kernel, learner: Path) -> None:
    kernel.started_for(learner / "01_encoding.ipynb")
    put(learner, written(), "renamed.ipynb")
    put(learner, student(LESSON))  # `grader start` has copied the lesson again
    kernel.run(RIGHT)
    assert "`renamed.ipynb`" in repr(submit())
    (learner / "01_encoding.ipynb").unlink()
    assert "`renamed.ipynb`" in repr(submit())
    put(learner, written(), "another.ipynb")
    assert "was called `01_encoding.ipynb`" in repr(submit())


def test_without_jupyter_the_lesson_is_named_or_the_last_one_checked(learner: Path) -> None:
    put(learner, written())
    lesson._state["chapter"] = None
    assert "Which lesson?" in repr(submit())
    answer = repr(submit("00_start_here", LESSON))
    assert "There is no 00_start_here.ipynb in this folder" in answer
    assert not (learner / "to_hand_in").exists()
    assert "Hand in `to_hand_in/01_encoding.ipynb`" in repr(submit(LESSON))


def test_several_are_one_zip_and_an_untouched_one_is_left_out(learner: Path) -> None:
    put(learner, solved("00_start_here"), "00_start_here.ipynb")
    put(learner, written())
    put(learner, student("02_hmac"), "02_hmac.ipynb")
    answer = repr(submit("00_start_here", LESSON, "02_hmac"))
    assert answer.startswith("Hand in `to_hand_in/notebooks.zip`")
    assert "Left out, because nothing of yours is in it yet: `02_hmac.ipynb`." in answer
    with zipfile.ZipFile(learner / "to_hand_in" / "notebooks.zip") as archive:
        assert archive.namelist() == ["00_start_here.ipynb", "01_encoding.ipynb"]
        assert archive.read("01_encoding.ipynb") == (learner / "01_encoding.ipynb").read_bytes()


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"cells": 1}', b"\xff", b'{"cells": [', b'{"cells": [1]}'])
def test_a_damaged_file_is_a_sentence(kernel: Kernel, learner: Path, data: bytes) -> None:
    path = learner / "01_encoding.ipynb"
    path.write_bytes(data)
    kernel.started_for(path)
    assert "`01_encoding.ipynb`" in repr(submit())
    assert not (learner / "to_hand_in").exists()


def test_a_folder_that_cant_be_written_is_a_sentence(kernel: Kernel, learner: Path) -> None:
    kernel.started_for(put(learner, written()))
    (learner / "to_hand_in").write_text("in the way", "utf-8")
    assert repr(submit()).startswith("Nothing was handed in: `")


# -- as it was run ----------------------------------------------------------------------------------------------------


def test_the_time_of_what_is_handed_in_is_said(kernel: Kernel, learner: Path) -> None:
    path = put(learner, written())
    old = time.time() - 600
    os.utime(path, (old, old))
    kernel.started_for(path)
    answer = repr(submit())
    assert time.strftime("%Y-%m-%d at %H:%M:%S", time.localtime(old)) in answer
    assert "(10 minutes ago)" in answer


REFUSED = {
    "an edit that is not saved": [RIGHT, RIGHT.replace("'='", "'=='")],
    "a new cell that is not saved": [RIGHT, "b64u_encode = print"],
    "a helper that is not saved": ["plain = 1", "def b64u_encode(data):\n    return plain"],
}


@pytest.mark.parametrize("runs", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_saved_as_it_was_run_is_refused(kernel: Kernel, learner: Path, runs: list[str]) -> None:
    path = put(learner, written())
    kernel.started_for(path)
    kernel.run(*runs)
    answer = repr(submit())
    assert answer.startswith("Nothing was handed in: `01_encoding.ipynb`, as saved ")
    assert "does not hold what you ran last (b64u_encode)" in answer
    assert not (learner / "to_hand_in").exists()
    notebook = written()
    cell_of(notebook, NAME).source = runs[-1]
    notebook.cells.append(code(runs[0]))
    put(learner, notebook)
    assert repr(submit()).startswith("Hand in")


TAKEN = {
    "nothing was run": [],
    "an older version": ["def b64u_encode(data): pass", RIGHT],
    "a cell since thrown away": [RIGHT, "text = 'abc'\nprint(b64u_encode(text))", "data = 1"],
    "another cell of the lesson": [RIGHT, "check('b64u_encode')", "submit()"],
    "what is no Python": [RIGHT, "%ls", "def (", "!ls"],
}


@pytest.mark.parametrize("runs", TAKEN.values(), ids=TAKEN.keys())
def test_what_decides_nothing_may_differ(kernel: Kernel, learner: Path, runs: list[str]) -> None:
    kernel.started_for(put(learner, written()))
    kernel.run(*runs)
    assert repr(submit()).startswith("Hand in")


# -- something in it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHAPTERS)
def test_an_untouched_lesson_is_never_handed_in_silently(kernel: Kernel, learner: Path, name: str) -> None:
    notebook = student(name)
    notebook.cells.append(code("submit()"))
    kernel.started_for(put(learner, notebook, f"{name}.ipynb"))
    assert repr(submit()).startswith("Nothing was handed in: nothing of yours is in")
    assert not (learner / "to_hand_in").exists()


def test_an_answer_alone_is_something(kernel: Kernel, learner: Path) -> None:
    notebook = student(LESSON)
    cell_of(notebook, f"{LESSON}-answer").source = "**Your answer**\n\nBecause."
    kernel.started_for(put(learner, notebook))
    assert repr(submit()).startswith("Hand in")


# -- small enough -----------------------------------------------------------------------------------------------------


def test_outputs_and_then_pictures_are_left_out_until_it_is_small_enough(
    kernel: Kernel, learner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing_in, "MAX_NOTEBOOK", 60_000 + len(as_text(written())))
    notebook = written()
    stream = {"output_type": "stream", "name": "stdout"}
    notebook.cells[position(notebook, NAME)].outputs = [nbformat.from_dict({**stream, "text": "small"})]
    notebook.cells.append(code("print()"))
    notebook.cells[-1].outputs = [nbformat.from_dict({**stream, "text": "x" * 100_000})]
    kernel.started_for(put(learner, notebook))
    answer = repr(submit())
    assert "without the outputs of 1 cells, because it would be larger than the grader takes" in answer
    sent = json.loads(handed_in(learner))
    assert sum(len(cell.get("outputs", [])) for cell in sent["cells"]) == 1
    assert len(handed_in(learner)) <= handing_in.MAX_NOTEBOOK

    cell_of(notebook, f"{LESSON}-answer")["attachments"] = {"a.png": {"image/png": "A" * 100_000}}
    put(learner, notebook)
    assert "the outputs of 2 cells and the pictures of 1 cells" in repr(submit())

    cell_of(notebook, NAME).source = RIGHT + "#" * 200_000
    put(learner, notebook)
    assert "even without outputs and pictures" in repr(submit())


# -- a copy that is old or broken -------------------------------------------------------------------------------------


def broken(how: str) -> Any:
    notebook = written()
    if how == "lacks the check of b64u_encode":
        notebook.cells.pop(position(notebook, f"{NAME}-check"))
    elif how == "has a setup cell":
        setup = next(cell for cell in notebook.cells if cell.source.startswith("# setup"))
        setup.source = setup.source.replace("import base64", "")
    else:
        text = next(
            cell for cell in notebook.cells[1:] if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata
        )
        text.source = "An older edition said this."
        text.id = hashlib.sha256(text.source.encode()).hexdigest()[:12]
    return notebook


PROBLEMS = ["lacks the check of b64u_encode", "has a setup cell", "is of another edition"]


@pytest.mark.parametrize("how", PROBLEMS)
def test_a_copy_that_is_old_or_broken_is_told_once_with_the_way_out(kernel: Kernel, learner: Path, how: str) -> None:
    kernel.started_for(put(learner, broken(how)))
    first, second = check(NAME), check(NAME)
    assert how in first._repr_mimebundle_()["text/html"]
    assert "grader start --renew 01_encoding" in first._repr_mimebundle_()["text/html"]
    assert first._repr_mimebundle_()["text/plain"] == "0"
    assert how not in second._repr_mimebundle_()["text/html"]
    assert any(how in sentence for sentence in start.problems(learner))


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_copy_that_is_whole_is_not_told(kernel: Kernel, learner: Path, name: str) -> None:
    notebook = student(name)
    setup = next(cell for cell in notebook.cells if cell.source.startswith("# setup"))
    setup.source += "\nimport this_is_my_own"
    notebook.cells.append(code("mine = 1"))
    notebook.cells[0].source += "\n\na note of mine"
    for one in (student(name), solved(name), notebook):
        assert editions.problem(saved.read(put(learner, one, f"{name}.ipynb"))) == ""
    assert not list(start.problems(learner))


@pytest.mark.parametrize("how", PROBLEMS)
def test_renewing_loses_nothing(learner: Path, how: str) -> None:
    notebook = broken(how)
    cell_of(notebook, f"{LESSON}-answer").source = "**Your answer**\n\nBecause."
    notebook.cells.insert(position(notebook, NAME), code("helper = 1"))
    twin = copy.deepcopy(cell_of(notebook, NAME))
    twin.source, twin.id = "def b64u_encode(data): pass  # an older try", "twin"
    notebook.cells.insert(position(notebook, NAME) + 1, twin)
    path = put(learner, notebook)
    before = path.read_bytes()
    assert "is whole again" in start.renew(learner, LESSON)
    (aside,) = (learner / editions.ASIDE).glob("*.ipynb")
    assert aside.read_bytes() == before
    renewed = saved.read(path)
    assert editions.problem(renewed) == ""
    sources = [saved.source_of(cell) for cell in renewed.cells]
    mine = ["helper = 1", RIGHT, twin.source]
    assert [one for one in sources if one in mine] == mine
    assert "**Your answer**\n\nBecause." in sources
    assert {
        saved.source_of(cell)
        for cell in saved.edition(LESSON).cells
        if cell["metadata"].get("nbgrader", {}).get("locked")
    } <= set(sources)
    assert len({cell["id"] for cell in renewed.cells}) == len(renewed.cells)


def test_renewing_what_is_no_lesson_changes_nothing(learner: Path) -> None:
    path = learner / "01_encoding.ipynb"
    path.write_text("mine", "utf-8")
    with pytest.raises(saved.NotALesson, match="not a whole notebook"):
        start.renew(learner, LESSON)
    assert path.read_text("utf-8") == "mine"
    assert ["Move it away" in one for one in start.problems(learner)] == [True]
