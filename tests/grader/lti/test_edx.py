"""docs/lti.md in an empty folder, with Open edX's own platform code: launch, hand-in, grade, the score shown there.

That code brings some forty packages that this project needs for nothing else, in versions that its own lock has not.
So it lives in an environment of its own, which CI makes, and you can:

    python3 -m venv edx && edx/bin/pip install -r tests/grader/lti/open_edx.txt
    LTI_EDX_PYTHON=$PWD/edx/bin/python pytest tests/grader/lti/test_edx.py
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import playwright.sync_api as playwright
import pytest

from tests.grader.helpers import REPO, solved, write

EDX = os.environ.get("LTI_EDX_PYTHON", "")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not EDX, reason="LTI_EDX_PYTHON names no Python with lti-consumer-xblock; see this file"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium"),
    pytest.mark.usefixtures("sandbox"),
]
PLATFORM = Path(__file__).with_name("open_edx.py")
LESSON, POINTS = "00_start_here", 5
PAGE = (REPO / "docs" / "lti.md").read_text("utf-8")
BOXES = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def got(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.loads(answer.read())


@dataclass
class Day:
    """Platform and tool on two sites, and the page's commands between them, given in an empty folder."""

    root: Path
    platform: str
    url: str
    registration: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def box(self, beginning: str) -> str:
        """The page's box that begins with this command, with our addresses in it in place of its own."""
        (text,) = [text for text in BOXES if text.startswith(beginning)]
        for option, value in self.registration.items():
            text = re.sub(rf"--{option} \S+", f"--{option} {value}", text)
        return text.replace("https://jwt.school.example", self.url).replace("8400", self.url.rpartition(":")[2])

    def begin(self, commands: str) -> subprocess.Popen[str]:
        """What happens when somebody gives some commands in that folder."""
        one = subprocess.Popen(
            ["sh", "-eu", "-c", commands], **self._where, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        )
        self.running.append(one)
        return one

    def does(self, beginning: str) -> str:
        words = ["sh", "-eu", "-c", self.box(beginning)]
        done = subprocess.run(words, **self._where, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    @property
    def _where(self) -> dict[str, Any]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"cwd": self.root, "env": {**os.environ, "PATH": path}}

    @staticmethod
    def kill(one: subprocess.Popen[str]) -> None:
        """The shell, and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.wait()

    def serve(self) -> None:
        self.server = self.begin(self.box("grader lti serve"))
        for _ in range(600):
            try:
                got(f"{self.url}/jwks.json")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the tool does not answer")

    def kill_and_serve_again(self) -> None:
        self.kill(self.server)
        self.serve()

    def killed_meanwhile(self, seconds: float, does: Callable[[], object]) -> None:
        """The tool is killed so long after the browser began something, and comes back."""
        timer = threading.Timer(seconds, self.kill, (self.server,))
        timer.start()
        with contextlib.suppress(playwright.Error):
            does()
        timer.join()
        self.serve()

    def scores(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = got(f"{self.platform}/scores")["scores"]
        return found


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    empty = tmp_path / "empty"
    empty.mkdir()
    day = Day(empty, f"http://localhost:{free_port()}", f"http://127.0.0.1:{free_port()}")
    platform = subprocess.Popen(
        [EDX, "-I", str(PLATFORM), day.platform, day.url, str(tmp_path / "edx.db")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    day.running.append(platform)
    try:
        assert platform.stdout is not None
        day.does("grader lti init")
        day.registration = json.loads(platform.stdout.readline())
        day.does("grader lti register")
        day.serve()
        yield day
    finally:
        for one in day.running:
            day.kill(one)


@pytest.fixture
def page() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(90_000)  # on a machine that does much else
        yield page
        browser.close()


def notebook(folder: Path) -> Path:
    return write(folder, solved(LESSON), f"{LESSON}.ipynb")


@pytest.mark.parametrize("how", ["start", "unit"], ids=["in a new window", "in a frame"])
def test_a_learner_hands_in_and_the_platform_shows_the_score(how: str, day: Day, page: Any, tmp_path: Path) -> None:
    address = f"{day.platform}/{how}?user=ada&lesson={LESSON}"
    page.goto(address)
    view = page.frame_locator("iframe") if how == "unit" else page
    view.locator("#notebook").set_input_files(notebook(tmp_path))
    view.get_by_role("button", name="Hand in").click()
    view.get_by_role("status").wait_for()
    if where := os.environ.get("LTI_SCREENSHOTS"):
        page.screenshot(path=f"{where}/{how}-handed-in.png")
    assert "1 scores sent" in day.does("grader grade tool/submitted")
    (score,) = day.scores()
    assert (score["user_id"], score["score_given"], score["score_maximum"]) == ("ada", POINTS, POINTS)
    assert score["comment"] == f"split_token: {POINTS} of {POINTS}"
    assert "0 scores sent, 1 were there" in day.does("flock")
    assert day.scores() == [score]
    assert re.fullmatch(rf"ada\.u\w+\tAda\tada\t{day.platform}\t{LESSON}\n", day.does("grader lti who"))
    page.goto(address)
    view.get_by_text(f"Your course has {POINTS} of {POINTS} points").wait_for()
    if where:
        page.screenshot(path=f"{where}/{how}-graded.png")


def test_a_kill_at_each_step_loses_nothing_and_does_nothing_twice(day: Day, page: Any, tmp_path: Path) -> None:
    link = f"{day.platform}/start?user=ada&lesson={LESSON}"

    def killed_between(route: Any) -> None:
        day.kill_and_serve_again()
        route.continue_()

    page.route("**/launch", killed_between)  # after the login, and before the launch
    page.goto(link)
    page.locator("#notebook").wait_for()
    page.unroute("**/launch")
    for seconds in (0.02, 0.06, 0.15):  # in the midst of a login or a launch; the learner presses the link again
        day.killed_meanwhile(seconds, lambda: page.goto(link))
        page.goto(link)
        page.locator("#notebook").wait_for()
    day.kill_and_serve_again()  # after the launch

    def hand_in(seconds: float = 90) -> None:
        page.locator("#notebook").set_input_files(notebook(tmp_path))
        page.get_by_role("button", name="Hand in").click()
        page.get_by_role("status").wait_for(timeout=seconds * 1000)

    for seconds in (0.05, 0.1, 0.2):  # in the midst of a hand-in; who sees no "has arrived" hands in again
        day.killed_meanwhile(seconds, lambda: hand_in(5))
        page.goto(link)
        hand_in()
    day.kill_and_serve_again()  # after the hand-in
    page.reload()
    page.get_by_text("Not graded yet").wait_for()
    grade, push = day.box("grader grade tool/submitted").splitlines()
    for seconds in (0.3, 1.0, 1.5):
        grading = day.begin(grade)
        time.sleep(seconds)
        day.kill(grading)
    assert day.begin(grade).wait() == 0
    pushing = day.begin(push)
    while pushing.poll() is None and not day.scores():
        time.sleep(0.002)
    day.kill(pushing)  # the platform has it; perhaps we do not know it yet
    (score,) = day.scores()
    assert score["score_given"] == POINTS
    for _ in range(2):
        day.does("grader grade tool/submitted")
    assert day.scores() == [score]
    assert day.does("grader lti who").count("\n") == 1


def test_a_teacher_sees_the_page_and_hands_in_nothing(day: Day, page: Any) -> None:
    page.goto(f"{day.platform}/start?user=grace&role=instructor&lesson={LESSON}")
    page.get_by_text("you are not one in this course").wait_for()
    assert page.locator("#notebook").count() == 0
