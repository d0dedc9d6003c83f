"""The budget of a submission: its limits, submissions that reach them, and the sentences about that."""

import base64
import functools
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course.names import Names
from grader.engine import budget as budget_module
from grader.engine import grade as grade_module
from grader.engine.budget import LIMITS, MAX_CODE, MAX_SOURCE, Budget, Spent
from grader.engine.grade import Grader, Options
from grader.engine.rebuild import read_submission
from grader.engine.sandbox import NONE
from grader.engine.showing import CELL_OUTPUTS, CELL_TEXT, fitted, shown
from grader.inside import calling
from tests.grader import sample_pictures
from tests.grader.helpers import REPO, cell_of, code, solved, stripped, write


def test_the_page_has_the_same_numbers() -> None:
    page = (REPO / "docs" / "grading.md").read_text("utf-8")
    table = page.partition("| of one submission | at most |\n|---|--:|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [str(limit) for limit in LIMITS]


def test_every_number_of_the_budget_is_in_the_table() -> None:
    numbers = {name: value for name, value in vars(budget_module).items() if re.fullmatch("[A-Z]{3,}_[A-Z_]+", name)}
    assert set(numbers.values()) <= {limit.number for limit in LIMITS}


# -- processor time ---------------------------------------------------------------------------------------------------


def test_endless_thought_is_interrupted() -> None:
    budget = Budget(seconds=0.1)
    with pytest.raises(Spent, match="processor time"):
        think_of(budget, lambda: busy(60))
    assert budget.seconds <= 0
    with pytest.raises(Spent):
        think_of(budget, lambda: None)


def think_of(budget: Budget, what: Callable[[], Any]) -> None:
    with budget.thinking():
        what()


def busy(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_thought_that_expects_any_exception_is_interrupted_too() -> None:
    budget = Budget(seconds=0.1)

    def stubborn() -> None:
        while True:
            try:
                busy(60)
            except Exception:  # what predicates and oracles catch
                continue

    def with_a_known_mistake() -> None:
        calling.call(stubborn, (), 60.0)  # catches any exception of the function, this one too
        stubborn()

    with pytest.raises(Spent):
        think_of(budget, with_a_known_mistake)
    with pytest.raises(Spent):
        think_of(Budget(seconds=0.1), lambda: calling.call(busy, (0.5,), 60.0))


def test_thought_is_not_interrupted_while_the_process_is_asked() -> None:
    budget = Budget(seconds=0.05)
    came = []

    def ask() -> None:
        with budget.asking():
            busy(0.4)
            came.append("an answer")
        busy(60)

    with pytest.raises(Spent):
        think_of(budget, ask)
    assert came == ["an answer"]


def test_waiting_costs_nothing() -> None:
    budget = Budget(seconds=0.2)
    for _ in range(3):
        with budget.thinking():
            time.sleep(0.15)
    assert budget.seconds > 0


@pytest.fixture(scope="module")
def grader() -> Any:
    with Grader(Options(level=NONE, keep_cells=True)) as made:
        yield made


def test_an_exercise_that_thinks_too_long_is_a_verdict(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if an answer to the second exercise took for ever to judge."""
    honest = grade_module.judge

    def judge(exercise: Any, *others: Any) -> Any:
        result = honest(exercise, *others)
        while exercise.name == "b64u_decode" and "not run" not in str(result.messages):
            pass
        return result

    monkeypatch.setattr(grade_module, "judge", judge)
    monkeypatch.setattr(grade_module, "Budget", functools.partial(Budget, seconds=3.0))
    report = grader.grade(write(tmp_path, solved("01_encoding")))
    assert [one.score for one in report.exercises] == [5, 0, 0]
    assert all("processor time" in one.messages[0] for one in report.exercises[1:])


def test_a_fault_of_a_check_costs_its_own_exercise_only(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = grade_module.judge

    def judge(exercise: Any, *others: Any) -> Any:
        return {}["fault"] if exercise.name == "b64u_decode" else honest(exercise, *others)

    monkeypatch.setattr(grade_module, "judge", judge)
    report = grader.grade(write(tmp_path, solved("01_encoding")))
    assert [one.status for one in report.exercises] == ["passed", "crashed", "passed"]
    assert "fault of the grader" in report.exercises[1].messages[0]


def test_a_fault_in_reading_is_a_report(grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grade_module, "read_submission", lambda *_: {}["fault"])
    path = write(tmp_path, solved("01_encoding"))
    report = grader.grade_or_say_why(path, name=path.name, student="ada").report
    assert report.status == "unreadable"
    assert "KeyError" in report.message


# -- what a process says ----------------------------------------------------------------------------------------------


def test_answers_and_messages_are_counted_over_all_exercises(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, solved("01_encoding"))
    needed = Budget()
    monkeypatch.setattr(grade_module, "Budget", lambda: needed)
    assert grader.grade(path).score == 25
    answers, wire = budget_module.MAX_ANSWERS - needed.answers, budget_module.MAX_WIRE - needed.wire
    assert 500 < answers < 50_000
    assert answers < wire < 500_000
    few = wire - 500  # in how many messages the answers come depends on how long each takes
    for short, words in ((Budget(answers=answers - 1), "answers"), (Budget(wire=few), "process said")):
        monkeypatch.setattr(grade_module, "Budget", lambda short=short: short)
        report = grader.grade(path)
        assert [one.score for one in report.exercises] == [5, 10, 0]
        assert words in report.exercises[-1].messages[0]


# -- what is read -----------------------------------------------------------------------------------------------------


def read(notebook: Any, path: Path = Path("x.ipynb")) -> Any:
    return read_submission(path, json.dumps(notebook).encode())


def test_long_code_is_not_parsed_but_runs_and_is_found_by_its_id() -> None:
    notebook = solved("01_encoding")
    cell_of(notebook, "b64u_encode").source += "\n" * MAX_SOURCE
    submission = read(notebook)
    assert next(len(step.source) > MAX_SOURCE for step in submission.steps if step.name == "b64u_encode")
    assert not submission.notes
    bare = read(stripped(notebook))
    assert [len(step.source) > MAX_SOURCE for step in bare.steps if step.kind == "extra"] == [True]
    assert "is not looked for" in bare.notes["b64u_encode"][0]
    assert list(bare.notes) == ["b64u_encode"]


def test_code_in_all_cells_is_parsed_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []
    monkeypatch.setattr("grader.engine.rebuild.names_in", lambda source: parsed.append(len(source)) or Names())
    notebook = stripped(solved("01_encoding"))
    notebook.cells += [code("#" + "x" * 90_000) for _ in range(30)]
    with pytest.raises(Exception, match="not one of this course"):
        read(notebook)
    assert MAX_CODE - 100_000 < sum(parsed) <= MAX_CODE


def test_brackets_are_counted_before_a_file_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = solved("01_encoding")
    text = json.dumps(notebook)
    monkeypatch.setattr("grader.engine.rebuild.MAX_BRACKETS", text.count("[") + text.count("{"))
    assert read(notebook).steps
    notebook.metadata["more"] = []
    with pytest.raises(Exception, match="more data"):
        read(notebook)


# -- what is shown ----------------------------------------------------------------------------------------------------


def png(size: int) -> str:
    return base64.b64encode(sample_pictures.png(noise=bytes(size))).decode()


def display(image: str = "", text: str = "") -> dict[str, Any]:
    return {"output_type": "display_data", "data": {"text/plain": text, **({"image/png": image} if image else {})}}


def test_pictures_have_room_in_all_cells_together() -> None:
    picture = png(30_000)
    budget = Budget(pictures=len(picture) * 3)
    cells = [shown([display(picture, "p"), display(picture)], budget) for _ in range(3)]
    images = [output["data"].get("image/png") for cell in cells for output in cell]
    assert images == [picture] * 3 + [None] * 3
    assert "left out" in cells[1][1]["data"]["text/plain"]
    assert cells[0][0]["data"]["text/plain"] == "p"


def test_text_has_room_in_all_cells_together() -> None:
    budget = Budget(text=50_000)
    cells = [shown([{"output_type": "stream", "name": "stdout", "text": "x" * 60_000}], budget) for _ in range(9)]
    sizes = [len(cell[0]["text"]) for cell in cells]
    assert CELL_TEXT <= sizes[0] < CELL_TEXT + 50
    assert sum(sizes) < 51_000
    assert all("cut here" in cell[0]["text"] for cell in cells)


def test_outputs_have_room_in_all_cells_together() -> None:
    budget = Budget(outputs=CELL_OUTPUTS * 2)
    cells = [shown([display(text="x")] * 70, budget) for _ in range(5)]
    assert [len(cell) for cell in cells] == [CELL_OUTPUTS + 1, CELL_OUTPUTS, 0, 0, 0]


def test_code_and_answers_have_room_in_all_cells_together() -> None:
    budget = Budget(sources=10_000)
    texts = [fitted("x" * 4_000, budget) for _ in range(5)]
    assert [len(text) > 3_000 for text in texts] == [True, True, False, False, False]
    assert all("cut here" in text for text in texts[2:])
    assert fitted("", budget) == ""


def test_a_class_s_cells_stay_small_whatever_they_show(grader: Grader, tmp_path: Path) -> None:
    notebook = solved("00_start_here")
    show = "from IPython.display import display\nfor _ in range(50): display({'text/plain': 'x' * 1_000}, raw=True)"
    notebook.cells += [code(show) for _ in range(100)]
    graded = grader.grade_cells(write(tmp_path, notebook))
    assert graded.report.score == 5
    assert len(json.dumps([vars(cell) for cell in graded.cells])) < 1_000_000


@pytest.mark.parametrize("more", ['"><script>alert(1)</script>', "\n\x1b[2J", "=\u202e"], ids=ascii)
def test_a_picture_among_outputs_is_written_anew(more: str) -> None:
    """Python reads base64 past whatever is in it, and a page would have shown that."""
    (found,) = shown([display(png(10) + more)], Budget())
    assert found["data"].get("image/png", "A").isascii()
    assert not re.search(r"[^A-Za-z0-9+/=]", found["data"].get("image/png", ""))
