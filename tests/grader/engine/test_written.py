"""The learner's last word counts, wherever it stands: which Markdown cells are the answer, and which are notes."""

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.course.masters import TEXT_STUB
from grader.engine.rebuild import MAX_PICTURE_BYTES, NOTE, Submission, read_regular, read_submission
from tests.grader.helpers import cell_of, position, solved, stripped, student, write
from tests.grader.sample_pictures import png

LESSON = "01_encoding"
ANSWER = f"{LESSON}-answer"
WORDS = "Two spellings of one token must not both be let in."


def picture(**how: Any) -> str:
    return base64.b64encode(png(**how)).decode("ascii")


def text(source: str, **attachments: str) -> Any:
    cell = nbformat.v4.new_markdown_cell(source)
    if attachments:
        cell.attachments = {name.replace("_", "."): {"image/png": data} for name, data in attachments.items()}
    return cell


def read(folder: Path, notebook: Any) -> Submission:
    path = write(folder, notebook)
    return read_submission(path, read_regular(path))


def answer(submission: Submission) -> list[str]:
    return [part.source for part in submission.answers.get(ANSWER, [])]


def notes(submission: Submission) -> list[str]:
    return [step.source for step in submission.steps if step.kind == NOTE]


def in_the_cell(notebook: Any) -> None:
    cell_of(notebook, ANSWER).source = WORDS


def below(notebook: Any) -> None:
    notebook.cells.insert(position(notebook, ANSWER) + 1, text(WORDS))


def above(notebook: Any) -> None:
    notebook.cells.insert(position(notebook, ANSWER), text(WORDS))


def split(notebook: Any) -> None:
    cell = cell_of(notebook, ANSWER)
    cell.source = "**Your answer**"
    half = copy.deepcopy(cell)
    half.id, half.source = "half", WORDS
    notebook.cells.insert(position(notebook, ANSWER) + 1, half)


def split_without_metadata(notebook: Any) -> None:
    cell_of(notebook, ANSWER).source = "**Your answer**"
    below(notebook)


def retyped(notebook: Any) -> None:
    notebook.cells[position(notebook, ANSWER)] = text(f"**Your answer**\n\n{WORDS}")


def retyped_without_its_beginning(notebook: Any) -> None:
    notebook.cells[position(notebook, ANSWER)] = text(WORDS)


def under_the_question(notebook: Any) -> None:
    notebook.cells[position(notebook, ANSWER) - 1].source += f"\n\n{WORDS}"


def at_the_end(notebook: Any) -> None:
    notebook.cells.append(text(WORDS))


def as_code(notebook: Any) -> None:
    notebook.cells[position(notebook, ANSWER)].cell_type = "code"
    in_the_cell(notebook)


def as_raw(notebook: Any) -> None:
    notebook.cells[position(notebook, ANSWER)] = nbformat.v4.new_raw_cell(WORDS)


WAYS = (
    *(in_the_cell, below, above, split, split_without_metadata, retyped, retyped_without_its_beginning),
    *(under_the_question, at_the_end, as_code, as_raw),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bare", [False, True], ids=["as saved", "without metadata"])
def test_wherever_the_answer_stands_it_is_found(tmp_path: Path, way: Callable[[Any], None], bare: bool) -> None:
    notebook = student(LESSON)
    way(notebook)
    if bare and way is not as_code:  # without metadata it is just a code cell, and shown as one
        notebook = stripped(notebook)
    submission = read(tmp_path, notebook)
    assert WORDS in "\n".join(answer(submission))
    assert TEXT_STUB not in answer(submission)
    assert notes(submission) == []


@pytest.mark.parametrize("ending", ["", "\n", "\n\n  \n", " ", "\t\r\n"])
@pytest.mark.parametrize("bare", [False, True], ids=["as saved", "without metadata"])
def test_an_untouched_answer_is_untouched_with_any_white_space(tmp_path: Path, ending: str, bare: bool) -> None:
    notebook = student(LESSON)
    cell_of(notebook, ANSWER).source = "\n" + TEXT_STUB.replace("\n\n", "\n \n") + ending
    submission = read(tmp_path, stripped(notebook) if bare else notebook)
    assert (answer(submission), notes(submission)) == ([], [])


@pytest.mark.parametrize("make", [student, solved])
def test_the_lessons_own_text_is_nobodys_note(tmp_path: Path, make: Callable[[str], Any]) -> None:
    notebook = make(LESSON)
    submission = read(tmp_path, notebook)
    assert notes(submission) == []
    assert "".join(answer(submission)) in ("", "**Your answer**")


def test_text_of_another_version_of_the_lesson_is_nobodys_note(tmp_path: Path) -> None:
    import hashlib

    notebook = student(LESSON)
    old = "What stood here before the course was updated."
    place = position(notebook, ANSWER)
    notebook.cells.insert(place, text(old))
    notebook.cells[place].id = hashlib.sha256(old.encode()).hexdigest()[:12]
    submission = read(tmp_path, notebook)
    assert (answer(submission), notes(submission)) == ([], [])


def test_notes_are_shown_where_they_stand_and_nothing_is_said_twice(tmp_path: Path) -> None:
    notebook = student(LESSON)
    in_the_cell(notebook)
    notebook.cells.insert(position(notebook, "b64u_encode") + 1, text("A note on encoding.", a_png=picture()))
    notebook.cells.insert(0, text("My copy."))
    notebook.cells.append(copy.deepcopy(cell_of(notebook, ANSWER)))
    notebook.cells[-1].id = "twin"
    submission = read(tmp_path, notebook)
    assert answer(submission) == [WORDS]
    assert notes(submission) == ["My copy.", "A note on encoding."]
    steps = [step for step in submission.steps if step.kind == NOTE]
    assert [step.cell for step in steps] == ["", "b64u_encode"]
    assert list(steps[1].attachments) == ["a.png"]


def test_every_part_brings_its_own_pictures(tmp_path: Path) -> None:
    notebook = student(LESSON)
    first, second = picture(width=3), picture(width=4)
    notebook.cells[position(notebook, ANSWER)] = text("![](attachment:i.png)", i_png=first)
    notebook.cells.insert(position(notebook, "json_loads_strict-check"), text("elsewhere"))
    at = next(number for number, cell in enumerate(notebook.cells) if "attachment:" in cell.source)
    notebook.cells.insert(at + 1, text("![](attachment:i.png) again", i_png=second))
    parts = read(tmp_path, notebook).answers[ANSWER]
    assert [part.attachments for part in parts] == [
        {"i.png": f"data:image/png;base64,{first}"},
        {"i.png": f"data:image/png;base64,{second}"},
    ]


@pytest.mark.parametrize(
    "given",
    [
        *("text", 7, [], None, {"x.png": "text"}, {"x.png": {"image/png": 7}}, {"x.png": {}}, {"x.png": {"a/b": "%%"}}),
        {"x.svg": {"image/svg+xml": "<svg onload='alert(1)'/>"}},
        {"x.png": {"image/png": base64.b64encode(b"<script>alert(1)</script>").decode()}},
    ],
)
def test_what_is_no_picture_is_no_attachment(tmp_path: Path, given: Any) -> None:
    notebook = student(LESSON)
    in_the_cell(notebook)
    plain = json.loads(nbformat.writes(notebook))
    next(cell for cell in plain["cells"] if cell["source"] == [WORDS])["attachments"] = given
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(plain), "utf-8")
    parts = read_submission(path, read_regular(path)).answers[ANSWER]
    assert [part.attachments for part in parts] == [{}]


def test_pictures_have_room_for_so_much_and_no_more(tmp_path: Path) -> None:
    notebook = student(LESSON)
    data = picture(noise=b"n" * 1_400_000)
    assert len(data) * 3 < MAX_PICTURE_BYTES < len(data) * 4
    notebook.cells[position(notebook, ANSWER)] = text("x", a=data, b=data, c=data, d=data)
    (part,) = read(tmp_path, notebook).answers[ANSWER]
    assert list(part.attachments) == ["a", "b", "c"]
