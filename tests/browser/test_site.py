"""The edition that runs in a browser, in Chromium, from a static server on loopback; and all lessons in Pyodide."""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.course import editions
from grader.course import masters as course
from grader.course.masters import CHECK, EXERCISE
from grader.engine.grade import Grader, Options
from grader.engine.sandbox import FULL, SandboxError
from grader.inside.calling import STUB
from tests.browser.driver import Notebook, browser_page, explained, need_browser
from tests.browser.edition import browser_edition

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.in_ci]

CHAPTERS = course.chapter_names()
LESSON = "01_encoding"
IN_CHROMIUM = [name for name in CHAPTERS if name[:2] in ("00", "01", "02", "05", "09", "13")]
LOOPING = "def b64u_encode(data: bytes) -> str:\n    while True:\n        pass\n"
LONG = 900.0
"""The longest time that a whole lesson may take, in seconds."""
each_kind = pytest.mark.parametrize("kind", ["solved", "student"])


@pytest.fixture(scope="session")
def night(thorough: bool) -> None:
    """Skips tests that take minutes, except with --thorough."""
    if not thorough:
        pytest.skip("minutes, and 106 MB where they are not there yet: run with --thorough")


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory, everything: bool) -> Path:
    """The edition, built from installed packages and pinned files."""
    need_browser()
    return browser_edition(tmp_path_factory.mktemp("edition"), download=everything)


class Quiet(http.server.SimpleHTTPRequestHandler):
    sent = 0
    """Bytes of files, over all requests."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        Quiet.sent += os.fstat(source.fileno()).st_size
        super().copyfile(source, outputfile)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """A static web server. Yields its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def visitor(folder: Path, tmp_path: Path) -> Iterator[tuple[Any, str]]:
    """A browser at the edition: its page, and the address. No request goes to another host."""
    foreign: list[str] = []
    with hosted(folder) as host, browser_page() as page, explained(page, tmp_path):
        own = (host, "data:", "blob:")
        page.set_default_timeout(InPage.patience * 1000)
        page.context.on("request", lambda one: None if one.url.startswith(own) else foreign.append(one.url))
        yield page, f"{host}/lab/index.html"
        assert not foreign


class InPage(Notebook):
    """A notebook whose kernel runs in the page, and must be loaded first."""

    patience = 150.0


def opened(page: Any, address: str, name: str) -> Notebook:
    page.goto(f"{address}?path={name}.ipynb")
    return InPage(page).ready()


def solutions(name: str) -> dict[str, str]:
    """The sample solution of each exercise of a lesson."""
    cells = (cell for cell in course.chapter(name).cells if cell.kind == EXERCISE)
    return {cell.name: "\n".join(line for line in cell.source.splitlines() if "###" not in line) for cell in cells}


def saved_there(page: Any, path: str) -> Any:
    """A file's content, as stored in the browser."""
    ask = "path => window.jupyterapp.serviceManager.contents.get(path, {content: true}).then(file => file.content)"
    return page.evaluate(ask, path)


def downloaded(page: Any, folder: str, name: str, target: Path) -> Path:
    """A file, as a learner downloads it: a double click on the folder, a right click on the file."""
    page.locator(".jp-DirListing-item", has_text=folder).dblclick()
    page.locator(".jp-BreadCrumbs-item", has_text=folder).wait_for()
    page.locator(".jp-DirListing-item", has_text=name).click(button="right")
    with page.expect_download() as coming:
        page.locator(".lm-Menu-item", has_text="Download").first.click()
    coming.value.save_as(target / name)
    return target / name


def test_a_learner_solves_lesson_01_hands_it_in_and_has_full_marks(edition: Path, tmp_path: Path) -> None:
    with visitor(edition, tmp_path) as (page, address):
        lesson = opened(page, address, LESSON)
        lesson.run(lesson.cell("# setup"))
        exercise = lesson.cell("def b64u_encode")
        lesson.write(exercise, LOOPING)
        lesson.run(exercise)
        assert "did not return within" in lesson.run(lesson.cell('check("b64u_encode")')).inner_text()
        for exercise_name, code in solutions(LESSON).items():
            exercise = lesson.cell(f"def {exercise_name}")
            lesson.write(exercise, code)
            lesson.run(exercise)
            check = lesson.cell(f'check("{exercise_name}")')
            assert "✗" not in lesson.run(check).inner_text()
        page.keyboard.press("ControlOrMeta+s")
        page.locator(".jp-mod-dirty").wait_for(state="detached")
        submit = lesson.new_cell(lesson.cell("# setup"), "submit()")
        lesson.run(submit)
        page.keyboard.press("ControlOrMeta+s")
        page.wait_for_timeout(500)
        assert "Hand in to_hand_in/01_encoding.ipynb" in lesson.run(submit).inner_text()
        page.reload()
        InPage(page).ready()
        submitted = downloaded(page, "to_hand_in", f"{LESSON}.ipynb", tmp_path)
        assert "def b64u_encode" in json.dumps(saved_there(page, f"{LESSON}.ipynb"))
    with Grader(Options(level=FULL)) as grader:
        try:
            grader.prove()
        except SandboxError as error:
            pytest.skip(str(error))
        report = grader.grade_or_say_why(submitted, name=submitted.name, student="").report
    assert (report.score, report.max_score) == (course.chapter(LESSON).points,) * 2


def test_on_a_phone_the_list_of_files_does_not_cover_the_lesson(edition: Path, tmp_path: Path) -> None:
    with visitor(edition, tmp_path) as (page, address):
        page.set_viewport_size({"width": 390, "height": 844})
        lesson = opened(page, address, LESSON)
        page.locator("#jp-left-stack").wait_for(state="hidden")
        assert lesson.panel.bounding_box()["width"] > 250


KEPT = """async names => {
    const stores = (await caches.keys()).filter(name => name.startsWith("course /"));
    const kept = await Promise.all(stores.map(async name => (await caches.open(name)).keys()));
    const addresses = kept.flat().map(one => one.url).join();
    return names.every(name => addresses.includes(name));
}"""
"""Whether files with these names are in the edition's store."""


def test_the_second_visit_needs_no_host(edition: Path, tmp_path: Path) -> None:
    with browser_page() as page, explained(page, tmp_path):
        page.set_default_timeout(InPage.patience * 1000)
        with hosted(edition) as host:
            opened(page, f"{host}/lab/index.html", LESSON)
            page.wait_for_timeout(3000)
            last = ["ipython-", "traitlets-", "pyodide.asm.wasm", "jlab_core", "14_sealed.ipynb", "lab/index.html"]
            while not page.evaluate(KEPT, last):
                page.wait_for_timeout(200)
            page.wait_for_timeout(1000)
        for name in (LESSON, "14_sealed"):
            lesson = opened(page, f"{host}/lab/index.html", name)
            assert lesson.cell("# setup").count()


def whole(page: Any, address: str, name: str, notebook: Any) -> list[dict[str, Any]]:
    """Run all cells of a notebook, even after errors, and return them."""
    page.goto(address)
    page.wait_for_function("() => window.jupyterapp?.serviceManager?.contents")
    save = "window.jupyterapp.serviceManager.contents.save"
    keep = f"([path, content]) => {save}(path, {{type: 'notebook', format: 'json', content}})"
    page.evaluate(keep, [f"{name}.ipynb", json.loads(editions.as_text(notebook))])
    opened(page, address, name)
    code = "() => window.jupyterapp.shell.currentWidget.content.widgets.filter(cell => cell.model.type == 'code')"
    run_one = f"""number => {{
        const cell = ({code})()[number], panel = window.jupyterapp.shell.currentWidget;
        const kernel = panel.sessionContext.session.kernel;
        const future = kernel.requestExecute({{code: cell.model.sharedModel.source, stop_on_error: false}});
        const outputs = [];
        future.onIOPub = message => outputs.push({{type: message.header.msg_type, ...message.content}});
        return future.done.then(() => outputs);
    }}"""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    page.set_default_timeout(LONG * 1000)
    return [{"id": cell.id, "outputs": page.evaluate(run_one, number)} for number, cell in enumerate(cells)]


@each_kind
@pytest.mark.parametrize("name", IN_CHROMIUM)
def test_a_whole_lesson_runs_in_chromium(night: None, name: str, kind: str, edition: Path, tmp_path: Path) -> None:
    chapter = course.chapter(name)
    notebook = (editions.solved if kind == "solved" else editions.student)(chapter)
    with visitor(edition, tmp_path) as (page, address):
        cells = whole(page, address, name, notebook)
    errors = [out for cell in cells for out in cell["outputs"] if out["type"] == "error"]
    scores = full_scores(chapter) if kind == "solved" else dict.fromkeys(full_scores(chapter), "0")
    assert {cell["id"]: shown(cell["outputs"]) for cell in cells if cell["id"] in scores} == scores
    assert kind == "student" or not errors
    kinds = {(re.findall(r"\w+", one["ename"])[-1], one["evalue"]) for one in errors}
    assert kinds <= {("NotImplementedError", STUB)}


def full_scores(chapter: course.Chapter) -> dict[str, str]:
    """For each check's cell, the displayed score of a right solution."""
    points = {one.name: str(one.points) for one in chapter.exercises}
    return {cell.id: points[cell.name] for cell in chapter.cells if cell.kind == CHECK}


def shown(outputs: list[dict[str, Any]]) -> str:
    return "".join(out["data"].get("text/plain", "") for out in outputs if "data" in out)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_solved_lesson_runs_in_pyodide(night: None, name: str, edition: Path, tmp_path: Path) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    chapter, notebook, out = course.chapter(name), tmp_path / f"{name}.ipynb", tmp_path / "out.json"
    notebook.write_text(editions.as_text(editions.solved(chapter)), "utf-8")
    runner = Path(__file__).with_name("run_lesson.mjs")
    command = ["node", str(runner), str(edition / "static" / "pyodide"), str(notebook), str(out)]
    started = time.monotonic()
    subprocess.run(command, check=True, timeout=LONG)
    cells = json.loads(out.read_text("utf-8"))
    print(f"{name}: {time.monotonic() - started:.0f} s")
    assert [cell["error"] for cell in cells if cell["status"] != "ok"] == []
    assert len(cells) == sum(cell.is_code for cell in chapter.cells)
    scores = full_scores(chapter)
    assert {cell["id"]: shown(cell["outputs"]) for cell in cells if cell["id"] in scores} == scores
