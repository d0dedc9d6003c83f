"""The course as a learner uses it: `grader start`, JupyterLab in Chromium, typing, Shift-Enter."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from tests.browser.driver import PATIENCE, Lab, Notebook, browser_page, explained, need_browser, running_lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "01_encoding.ipynb"
RIGHT = """def b64u_encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
"""
PADDED = """def b64u_encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii")
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the learner's copies."""
    return tmp_path_factory.mktemp("learner") / "work"


@pytest.fixture(scope="module")
def lesson(work: Path) -> Iterator[Notebook]:
    """Lesson 01 in JupyterLab, opened from its list of files, with its first cell run."""
    need_browser()
    with running_lab(work, work.parent / "home") as lab:
        address = lab.address()
        with browser_page() as page, explained(page, work.parent, lab):
            page.goto(address)
            Notebook(page).ready()  # lesson 00, which opens first
            notebook = Notebook.open(page, LESSON)
            notebook.run(notebook.cell("# setup"))
            yield notebook


def answer_to(lesson: Notebook, code: str) -> str:
    """Write code into the exercise's cell, run it, run its check, and return what the check shows."""
    cell = lesson.cell("def b64u_encode")
    lesson.write(cell, code)
    lesson.run(cell)
    return lesson.run(lesson.cell('check("b64u_encode")')).inner_text()


def test_a_right_solution_earns_full_points(lesson: Notebook, tmp_path: Path) -> None:
    with explained(lesson.page, tmp_path):
        shown = answer_to(lesson, RIGHT)
        assert "b64u_encode: 5 of 5 points" in shown
        assert "✓ right" in shown
        assert "✗" not in shown


def test_a_known_mistake_is_named_and_can_be_put_right(lesson: Notebook, tmp_path: Path) -> None:
    with explained(lesson.page, tmp_path):
        shown = answer_to(lesson, PADDED)
        assert "b64u_encode: 0 of 5 points" in shown
        assert "The '=' padding is still there" in shown
        assert "✗ wrong" in shown
        assert "5 of 5 points" in answer_to(lesson, RIGHT)


def test_hints_come_one_at_a_time(lesson: Notebook, tmp_path: Path) -> None:
    with explained(lesson.page, tmp_path):
        cell = lesson.new_cell(lesson.cell('check("b64u_encode")'), 'hint("b64u_encode")')
        for number in (1, 2, 3):
            assert f"Hint {number} of 3" in lesson.run(cell).inner_text()


def test_a_check_cell_is_locked_and_the_model_answer_folded(lesson: Notebook, tmp_path: Path) -> None:
    with explained(lesson.page, tmp_path):
        check = lesson.cell('check("b64u_encode")')
        lesson.write(check, "print('not the check')")
        assert check.locator(".cm-content").inner_text().strip() == 'check("b64u_encode")'
        model = lesson.panel.locator("details").first
        model.scroll_into_view_if_needed()
        assert not model.locator("p").first.is_visible()
        model.locator("summary").click()
        assert model.locator("p").first.is_visible()


def test_the_saved_notebook_holds_scores_and_no_scripts(lesson: Notebook, work: Path, tmp_path: Path) -> None:
    with explained(lesson.page, tmp_path):
        assert "5 of 5 points" in answer_to(lesson, RIGHT)
        lesson.page.keyboard.press("ControlOrMeta+s")
        data = wait_for_output(work / LESSON, 'check("b64u_encode")')
        assert "".join(data["text/plain"]) == "5"
        assert "<table" in "".join(data["text/html"])
        assert "<script" not in (work / LESSON).read_text("utf-8").lower()


@pytest.mark.in_ci
def test_submit_hands_in_what_was_run_and_saved_from_a_copy_too(lesson: Notebook, work: Path, tmp_path: Path) -> None:
    with explained(lesson.page, tmp_path, None):
        answer_to(lesson, RIGHT)
        lesson.page.keyboard.press("ControlOrMeta+s")
        wait_for_output(work / LESSON, 'check("b64u_encode")')
        copied = "01_encoding-Copy1.ipynb"
        (work / copied).write_bytes((work / LESSON).read_bytes())
        notebook = Notebook.open(lesson.page, copied)
        submit = notebook.new_cell(notebook.cell("# setup"), "from grader import submit; submit()")
        assert f"{copied} as saved" in notebook.run(submit).inner_text()
        notebook.run(notebook.cell("# setup"))
        exercise = notebook.cell("def b64u_encode")
        notebook.write(exercise, RIGHT + "# once more\n")
        notebook.run(exercise)
        assert "does not hold what you ran last (b64u_encode)" in notebook.run(submit).inner_text()
        assert "# once more" not in (work / "to_hand_in" / LESSON).read_text("utf-8")
        notebook.page.keyboard.press("ControlOrMeta+s")
        wait_until(lambda: "# once more" in (work / copied).read_text("utf-8"))
        assert f"{copied} as saved" in notebook.run(submit).inner_text()
        lesson.page.screenshot(path=str(tmp_path / "submit.png"))
        assert (work / "to_hand_in" / LESSON).read_bytes() == (work / copied).read_bytes()
        assert "# once more" not in (work / LESSON).read_text("utf-8")


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def wait_for_output(path: Path, source: str) -> dict:
    """The data of a cell's result, once JupyterLab has saved it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        text = path.read_text("utf-8")
        if text.endswith("}\n"):  # JupyterLab empties the file, and then writes it
            cells = json.loads(text)["cells"]
            outputs = next(cell for cell in cells if "".join(cell["source"]) == source)["outputs"]
            if outputs and "5 of 5" in str(outputs):
                return outputs[0]["data"]
        time.sleep(0.1)
    raise TimeoutError(f"{path.name} was not saved with the result of {source}")


# -- `grader start` itself, which needs no browser --------------------------------------------------------------------


@pytest.mark.in_ci
def test_a_second_start_overwrites_nothing_and_ctrl_c_ends_everything(tmp_path: Path) -> None:
    work = tmp_path / "work"
    with running_lab(work, tmp_path / "home") as lab:
        lab.address()
        ended_by(lab, "SIGINT")
    names = sorted(path.name for path in work.glob("*.ipynb"))
    assert LESSON in names

    (work / LESSON).write_text("mine", "utf-8")
    (work / names[-1]).unlink()
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in work.glob("*.ipynb")}

    with running_lab(work, tmp_path / "home") as lab:
        start_kernel(lab.address())
        assert len(lab.family()) >= 2, "a server and a kernel"
        sessions = {os.getsid(one.pid) for one in lab.family()}
        assert os.getsid(lab.process.pid) not in sessions, "the terminal stops none of them, nor sends it a signal"
        after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in work.glob("*.ipynb")}
        assert {name: after[name] for name in before} == before
        assert set(after) == set(names), "a missing lesson comes back"
        ended_by(lab, "SIGINT")


@pytest.mark.in_ci
@pytest.mark.parametrize("signals", [("SIGINT", "SIGINT"), ("SIGTERM",), ("SIGHUP",)])
def test_however_it_ends_it_leaves_nothing_running(signals: tuple[str, ...], tmp_path: Path) -> None:
    """Not even a kernel that does not look whether its server is still there, as one that is only starting does not."""
    spec = tmp_path / "home" / "data" / "kernels" / "silent" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["sleep", "120"], "display_name": "silent", "language": "none"}), "utf-8")
    with running_lab(tmp_path / "work", tmp_path / "home") as lab:
        start_kernel(lab.address(), "silent")
        ended_by(lab, *signals)


@pytest.mark.in_ci
def test_the_browser_that_it_opened_is_the_learners_and_stays(tmp_path: Path) -> None:
    browser, number = tmp_path / "browser", tmp_path / "number"
    browser.write_text(f"#!/bin/sh\necho $$ > {number}.part && mv {number}.part {number}\nsleep 60\n", "utf-8")
    browser.chmod(0o755)
    with running_lab(tmp_path / "work", tmp_path / "home", browser=browser) as lab:
        start_kernel(lab.address())
        end = time.monotonic() + PATIENCE
        while not number.exists() and time.monotonic() < end:
            time.sleep(0.05)
        opened = psutil.Process(int(number.read_text("utf-8")))
        mine = [opened, *opened.children()]
        others = [one for one in lab.family() if one not in mine]
        lab.send(signal.SIGINT)
        assert lab.process.wait(PATIENCE) == 0, lab.printed
        assert [one.status() for one in mine] == [psutil.STATUS_SLEEPING] * 2
        for one in mine:
            one.kill()
        assert len(others) >= 2, "a server and a kernel"
        assert not psutil.wait_procs(others, timeout=PATIENCE)[1]


def start_kernel(address: str, name: str = "python3") -> None:
    parts = urlsplit(address)
    request = urllib.request.Request(
        f"{parts.scheme}://{parts.netloc}/api/kernels",
        data=json.dumps({"name": name}).encode(),
        headers={"Authorization": f"token {parse_qs(parts.query)['token'][0]}"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=PATIENCE) as response:
        assert response.status == 201


def ended_by(lab: Lab, *signals: str) -> None:
    """Check that these signals, as a terminal sends them, end all."""
    family = lab.family()
    assert family
    for name in signals:
        lab.send(signal.Signals[name])
    code = lab.process.wait(PATIENCE)
    _, alive = psutil.wait_procs(family, timeout=PATIENCE)
    assert not alive, f"still running after {signals}: {alive}"
    assert code in (0, 130, 128 + signal.Signals[signals[0]]), lab.printed
    assert "Traceback" not in lab.printed, lab.printed
