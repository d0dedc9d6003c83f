"""Submissions as a teacher sees them: formgrader and feedback in Chromium, with a hostile class."""

import base64
import io
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook
from PIL import Image

from grader.classroom import setup
from grader.course import editions as build
from grader.course import masters as course
from tests.browser.driver import PATIENCE, browser_page, explained, free_port, need_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.in_ci]

LESSON = "01_encoding"
TOKEN = "formgrader"
ATTACKS = """\
<script>window.canary = "script"; alert(1)</script>
<img src=x onerror="window.canary = 'img'; alert(2)">
<svg onload="window.canary = 'svg'; alert(3)"></svg>
<iframe srcdoc="<script>parent.canary = 'frame'; alert(4)</script>"></iframe>
<details open ontoggle="window.canary = 'toggle'; alert(5)"><summary>x</summary></details>
<input autofocus onfocus="window.canary = 'focus'; alert(6)">
<style>@import url("http://127.0.0.1:9/canary");</style><link rel="stylesheet" href="http://127.0.0.1:9/canary">
<object data="http://127.0.0.1:9/canary"></object><form action="http://127.0.0.1:9/canary"><button>b</button></form>
<meta http-equiv="refresh" content="0; url=http://127.0.0.1:9/canary">
</script></style></textarea></pre><script>window.canary = "closed"; alert(7)</script>
"""
MARKDOWN = (
    ATTACKS
    + """
[a link](javascript:window.canary='link') ![a picture](http://127.0.0.1:9/canary)
[another](JaVaScRiPt:window.canary='link2') <a href="javascript:window.canary='link3'">a third</a>
$\\\\href{javascript:window.canary='maths'}{x}$ <javascript:window.canary='auto'>
"""
)
LOOKS = """
<div class="navbar-fixed-top alert alert-danger" id="notebook" name="x" style="position:fixed;top:0">Session ended</div>
<a class="modal-backdrop in" href="http://127.0.0.1:9/canary">cover</a>

```python
print("<script>window.canary = 'code'</script>")
```
"""
DEEP = "> " * 40 + "the end of a deep answer\n\n" + "and many words " * 2_000
HONEST = "**Your answer**\n\nOne value, one text: otherwise a *second spelling* passes."
SOLUTION = """def b64u_encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
""" + "".join(f"# {line}\n" for line in ATTACKS.splitlines())
SHOWS = f"""\
from IPython.display import HTML, Javascript, Markdown, SVG, display
text = {ATTACKS!r}
print(text)
print("\\x1b[31m" + text)
display(HTML(text), Javascript("window.canary = 'js'; alert(8)"), Markdown({MARKDOWN!r}))
display({{"image/svg+xml": "<svg onload='alert(9)'></svg>", "text/plain": text}}, raw=True)
raise ValueError(text)
"""


def submissions(root: Path) -> None:
    """Two honest submissions and a hostile one."""
    hand_in(root, "ada", build.solved(course.chapter(LESSON)), HONEST)
    hand_in(root, "bob", build.student(course.chapter(LESSON)), HONEST)
    hostile = build.student(course.chapter(LESSON))
    cell(hostile, "b64u_encode").source = SOLUTION
    at = hostile.cells.index(cell(hostile, "b64u_encode"))
    hostile.cells.insert(at + 1, nbformat.v4.new_code_cell(SHOWS))
    hostile.cells.insert(at + 2, nbformat.v4.new_markdown_cell(MARKDOWN))
    hand_in(root, "mallory", hostile, f"**Your answer**\n\nMy words.\n\n{MARKDOWN}{LOOKS}")
    hand_in(root, "deep", build.student(course.chapter(LESSON)), DEEP)
    drawing = build.student(course.chapter(LESSON))
    cell(drawing, f"{LESSON}-answer").attachments = {"drawing.png": {"image/png": drawn("PNG")}}
    inline = f"data:image/jpeg;base64,{drawn('JPEG')}"
    text = f"I drew it: ![spellings](attachment:drawing.png)\n\n![inline]({inline})\n\n![lost](attachment:lost.png)"
    hand_in(root, "dee", drawing, text)


def drawn(form: str) -> str:
    """A picture as base64, 120 by 60."""
    out = io.BytesIO()
    Image.effect_mandelbrot((120, 60), (-2, -1, 1, 1), 90).convert("RGB").save(out, form)
    return base64.b64encode(out.getvalue()).decode("ascii")


def hand_in(root: Path, student: str, notebook: Any, answer: str) -> None:
    cell(notebook, f"{LESSON}-answer").source = answer
    folder = root / "submitted" / student / LESSON
    folder.mkdir(parents=True)
    (folder / f"{LESSON}.ipynb").write_text(build.as_text(notebook), "utf-8")


def cell(notebook: Any, grade_id: str) -> Any:
    return next(one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def run(root: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=root, env=environment(root), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def environment(root: Path) -> dict[str, str]:
    """An environment with Jupyter settings separate from those of the user who runs the tests."""
    home = root.parent / "home"
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, **own, "IPYTHONDIR": str(home / "ipython"), "PATH": path}


@contextmanager
def graded_class(folder: Path) -> Iterator[tuple[Path, str]]:
    """A graded class of one lesson, and the address of the JupyterLab that was started in it."""
    root = folder / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setup, "course", lambda: (course.chapter(LESSON),))
        setup.init(root, course_id="jwt", db_url="")
    submissions(root)
    run(root, sys.executable, "-m", "grader", "autograde", LESSON)
    with Gradebook(f"sqlite:///{root}/gradebook.db", "jwt") as gradebook:
        gradebook.update_or_create_student("dee", first_name="Dee <b>D.</b>", last_name="O'Neill & <i>Co</i>")
    with running_server(root) as address:
        yield root, address


@contextmanager
def running_server(root: Path) -> Iterator[str]:
    """`jupyter lab`, started in the course directory, as a teacher does."""
    port = free_port()
    options = [f"--port={port}", "--no-browser", f"--IdentityProvider.token={TOKEN}", "--ip=127.0.0.1"]
    options += ["--allow-root"] if os.geteuid() == 0 else []
    with (root.parent / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", *options], cwd=root, env=environment(root), stdout=log, stderr=log
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        server.terminate()
        _, alive = psutil.wait_procs(family, timeout=15)
        for one in alive:
            one.kill()
        server.wait()


class Watched:
    """A page, with a record of everything that a script in it might do."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.dialogs: list[str] = []
        self.asked: list[str] = []
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: self.asked.append(request.url))

    def open(self, address: str) -> None:
        self.page.goto(address, wait_until="domcontentloaded")

    def assert_dead(self) -> None:
        """Assert that nothing has run, nothing was fetched, and nothing would run at a click."""
        self.page.wait_for_timeout(1000)
        assert self.dialogs == []
        for frame in self.page.frames:
            assert frame.evaluate("window.canary") is None, frame.url
        assert not [url for url in self.asked if ":9/" in url]
        assert (
            self.page.locator("a").evaluate_all("all => all.filter(a => /^\\s*javascript:/i.test(a.href)).length") == 0
        )


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    """The course directory, and a page that is logged in."""
    need_browser()
    with (
        graded_class(tmp_path_factory.mktemp("formgrader")) as (root, address),
        browser_page(1366, 900) as page,
        explained(page, root.parent),
    ):
        log_in(page, address)
        yield root, page


def log_in(page: Any, address: str) -> None:
    """Wait for the server, and open formgrader."""
    end = time.monotonic() + 3 * PATIENCE
    while not answers(f"{address}/api") and time.monotonic() < end:
        time.sleep(0.25)
    page.goto(f"{address}/formgrader/?token={TOKEN}", wait_until="domcontentloaded")
    page.get_by_text(LESSON).first.wait_for()


def answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return True
    except OSError:
        return False


def open_submission(page: Any, student: str) -> None:
    """Open a submission from the gradebook's list by clicking, as a teacher does."""
    origin = page.url.split("/formgrader")[0]
    page.goto(f"{origin}/formgrader/manage_submissions/{LESSON}", wait_until="domcontentloaded")
    page.goto(f"{origin}/formgrader/manage_students/{student}/{LESSON}", wait_until="domcontentloaded")
    page.locator("a", has_text=LESSON).last.click()
    page.locator("input.score").first.wait_for(state="attached")


def test_formgrader_shows_a_class_and_takes_marks_by_hand(classroom: tuple[Path, Any]) -> None:
    root, page = classroom
    open_submission(page, "ada")
    answer = page.locator(f"[id='{LESSON}-answer']")
    assert page.get_by_text("second spelling", exact=True).is_visible()
    answer.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")  # the page's own program hears a change only once it has its marks
    with page.expect_response(lambda one: "/api/grade" in one.url and one.request.method == "PUT"):
        answer.fill("4")
        answer.press("Tab")
    run(root, sys.executable, "-m", "grader", "autograde", LESSON, "--force")
    run(root, sys.executable, "-m", "nbgrader", "export")
    line = next(line for line in (root / "grades.csv").read_text("utf-8").splitlines() if ",ada," in line)
    assert line.endswith(",29.0,30.0")


def test_hostile_work_is_dead_in_formgrader(classroom: tuple[Path, Any]) -> None:
    _, page = classroom
    watched = Watched(page)
    open_submission(page, "mallory")
    assert page.get_by_text("My words.").is_visible()
    watched.assert_dead()


def test_hostile_work_is_dead_in_feedback(classroom: tuple[Path, Any]) -> None:
    root, shared = classroom
    run(root, sys.executable, "-m", "nbgrader", "generate_feedback", LESSON)
    file = root / "feedback" / "mallory" / LESSON / f"{LESSON}.html"
    assert "<script" not in file.read_text("utf-8").lower()
    page = shared.context.browser.new_page()
    watched = Watched(page)
    watched.open(file.as_uri())
    assert page.get_by_text("My words.").is_visible()
    watched.assert_dead()
    assert all(url.startswith(("file:", "data:")) for url in watched.asked)


def answer_in(page: Any) -> Any:
    """The written answer, as it is shown."""
    return page.locator(".nbgrader_cell", has=page.locator(f"[id='{LESSON}-answer'], [name='{LESSON}-answer']"))


def pictures(place: Any) -> list[tuple[str, int]]:
    """The pictures that were drawn in this element: the beginnings of their URLs, and their widths in pixels."""
    return [
        tuple(one)
        for one in place.locator("img").evaluate_all("all => all.map(one => [one.src.slice(0, 15), one.naturalWidth])")
    ]


def test_pictures_in_an_answer_are_shown(classroom: tuple[Path, Any]) -> None:
    root, page = classroom
    watched = Watched(page)
    open_submission(page, "dee")
    expected = [("data:image/png;", 120), ("data:image/jpeg", 120)]
    assert pictures(answer_in(page)) == expected
    assert "a picture that could not be shown: lost" in answer_in(page).inner_text()
    watched.assert_dead()
    run(root, sys.executable, "-m", "nbgrader", "generate_feedback", LESSON)
    other = page.context.browser.new_page()
    other.goto((root / "feedback" / "dee" / LESSON / f"{LESSON}.html").as_uri())
    assert pictures(other.locator("body")) == expected
    other.close()


def test_an_answer_can_not_leave_its_cell(classroom: tuple[Path, Any]) -> None:
    _, page = classroom
    open_submission(page, "mallory")
    inside = answer_in(page).locator(".rendered_html")
    assert "Session ended" in inside.inner_text()
    names = "all => all.flatMap(one => one.getAttributeNames())"
    attributes = set(inside.locator("*").evaluate_all(names))
    assert attributes <= {"href", "rel", "title", "src", "alt", "open", "tabindex"}  # the last is formgrader's own
    cell_box = answer_in(page).bounding_box()
    for box in (one.bounding_box() for one in inside.locator("*").all()):
        assert box is None or (box["y"] >= cell_box["y"] and box["x"] >= cell_box["x"])


def test_what_is_too_deep_is_shown_whole_and_at_once(classroom: tuple[Path, Any]) -> None:
    _, page = classroom
    open_submission(page, "deep")
    started = time.monotonic()
    page.reload(wait_until="domcontentloaded")
    assert time.monotonic() - started < PATIENCE
    assert "the end of a deep answer" in answer_in(page).locator("pre").inner_text()


def test_a_name_is_text_on_every_page(classroom: tuple[Path, Any]) -> None:
    _, page = classroom
    watched = Watched(page)
    origin = page.url.split("/formgrader")[0]
    lists = ("manage_students", f"manage_submissions/{LESSON}", f"gradebook/{LESSON}/{LESSON}", "manage_students/dee")
    for place in lists:
        watched.open(f"{origin}/formgrader/{place}")
        watched.assert_dead()
    open_submission(page, "dee")
    shown = page.locator("a.name-shown")
    assert (shown.text_content() or "").split() == ["O'Neill", "&", "<i>Co</i>,", "Dee", "<b>D.</b>"]
    assert shown.locator("b, i").count() == 0
    watched.assert_dead()
