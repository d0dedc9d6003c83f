"""A whole day with Open edX's own platform code: launched, handed in, graded in the sandbox, the score shown there.

Not part of CI: that code brings some forty packages that this project needs for nothing else, in versions that its
own lock has not, so it lives in an environment of its own, which somebody makes on purpose:

    python3 -m venv edx && edx/bin/pip install lti-consumer-xblock==11.4.4 cryptography
    LTI_EDX_PYTHON=$PWD/edx/bin/python pytest tests/grader/lti/test_edx.py
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.grader.helpers import solved, write

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


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def got(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.loads(answer.read())


@dataclass
class Day:
    """Platform and tool on two sites, and the commands between them."""

    root: Path
    platform: str
    url: str
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def tool(self) -> Path:
        return self.root / "tool"

    def command(self, *words: Any) -> list[str]:
        return [sys.executable, "-c", "from grader.cli.main import main; main()", *map(str, words)]

    def run(self, *words: Any) -> str:
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def begin(self, *words: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(self.command(*words), stderr=subprocess.DEVNULL, text=True)

    def serve(self) -> None:
        self.server = self.begin("lti", "serve", self.tool, "--port", self.url.rpartition(":")[2])
        self.running.append(self.server)
        for _ in range(200):
            try:
                got(f"{self.url}/jwks.json")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the tool does not answer")

    def kill_and_serve_again(self) -> None:
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        self.serve()

    def grade(self) -> None:
        self.run("grade", self.tool / "submitted", "--out", self.tool / "graded")

    def push(self) -> str:
        return self.run("lti", "push", self.tool)

    def scores(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = got(f"{self.platform}/scores")["scores"]
        return found


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    day = Day(tmp_path, f"http://localhost:{free_port()}", f"http://127.0.0.1:{free_port()}")
    platform = subprocess.Popen(
        [EDX, "-I", str(PLATFORM), day.platform, day.url, str(tmp_path / "edx.db")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    day.running.append(platform)
    try:
        assert platform.stdout is not None
        registration = json.loads(platform.stdout.readline())
        day.run("lti", "init", day.tool, "--url", day.url)
        day.run("lti", "register", day.tool, *(w for name, value in registration.items() for w in (f"--{name}", value)))
        day.serve()
        yield day
    finally:
        for one in day.running:
            one.kill()
            one.wait()


@pytest.fixture
def page() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
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
    day.grade()
    assert "1 scores sent" in day.push()
    (score,) = day.scores()
    assert (score["user_id"], score["score_given"], score["score_maximum"]) == ("ada", POINTS, POINTS)
    assert score["comment"] == f"split_token: {POINTS} of {POINTS}"
    assert "0 scores sent, 1 were there" in day.push()
    assert day.scores() == [score]
    page.goto(address)
    view.get_by_text(f"Your course has {POINTS} of {POINTS} points").wait_for()
    if where:
        page.screenshot(path=f"{where}/{how}-graded.png")


def test_a_kill_at_each_step_loses_nothing_and_does_nothing_twice(day: Day, page: Any, tmp_path: Path) -> None:
    def killed_before_the_launch(route: Any) -> None:
        day.kill_and_serve_again()
        route.continue_()

    page.route("**/launch", killed_before_the_launch)
    page.goto(f"{day.platform}/start?user=ada&lesson={LESSON}")
    page.locator("#notebook").wait_for()
    day.kill_and_serve_again()  # after the launch
    page.locator("#notebook").set_input_files(notebook(tmp_path))
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("status").wait_for()
    day.kill_and_serve_again()  # after the hand-in
    page.reload()
    page.get_by_text("Not graded yet").wait_for()
    for seconds in (0.3, 1.0, 1.5):
        grading = day.begin("grade", day.tool / "submitted", "--out", day.tool / "graded")
        day.running.append(grading)
        time.sleep(seconds)
        grading.kill()
        grading.wait()
    day.grade()
    pushing = day.begin("lti", "push", day.tool)
    day.running.append(pushing)
    while pushing.poll() is None and not day.scores():
        time.sleep(0.002)
    pushing.kill()  # the platform has it; perhaps we do not know it yet
    pushing.wait()
    (score,) = day.scores()
    day.push()
    day.push()
    assert day.scores() == [score]


def test_a_teacher_sees_the_page_and_hands_in_nothing(day: Day, page: Any) -> None:
    page.goto(f"{day.platform}/start?user=grace&role=instructor&lesson={LESSON}")
    page.get_by_text("you are not one in this course").wait_for()
    assert page.locator("#notebook").count() == 0
