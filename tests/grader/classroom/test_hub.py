"""docs/jupyterhub.md, followed by users of this machine: a teacher and two students, created for it and then removed.

It creates users, so it needs root, and runs only on request: name the Python of an environment with this course that
all users may run:

    GRADER_TEST_USERS=/opt/hub/bin/python pytest tests/grader/classroom/test_hub.py

Not in CI, which runs as an ordinary user.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.grader.classroom.helpers import LESSON
from tests.grader.helpers import REPO, cell_of, solved, student

PYTHON = os.environ.get("GRADER_TEST_USERS", "")
PAGE = (REPO / "docs" / "jupyterhub.md").read_text("utf-8")
BOXES = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
TEACHER, ADA, BOB = USERS = ("jwt-test-teach", "jwt-test-ada", "jwt-test-bob")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON, reason="it makes users; see this file"),
    pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0 or not shutil.which("useradd"), reason="needs root"),
]


def box(beginning: str) -> str:
    """The page's code block with this command, or these."""
    (found,) = [text for _, text in BOXES if beginning in text]
    return found


@dataclass
class Hub:
    """Home folders, an exchange, and configuration for all servers."""

    root: Path

    @property
    def exchange(self) -> Path:
        return self.root / "exchange"

    def home(self, user: str) -> Path:
        return self.root / "home" / user

    def shell(self, user: str, commands: str) -> subprocess.CompletedProcess[str]:
        """The result of running commands as a user, in their home folder."""
        environment = {
            **{"HOME": str(self.home(user)), "USER": user, "LOGNAME": user, "LANG": "C.UTF-8"},
            **{"PATH": f"{Path(PYTHON).parent}:/usr/bin:/bin", "EXCHANGE": str(self.exchange)},
            "JUPYTER_CONFIG_PATH": str(self.root / "etc" / "jupyter"),
        }
        return subprocess.run(
            ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "sh", "-eu", "-c", commands],
            **{"cwd": self.home(user), "env": environment, "capture_output": True, "text": True, "timeout": 300},
        )

    def does(self, user: str, commands: str) -> str:
        done = self.shell(user, commands)
        assert done.returncode == 0, (commands, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def writes(self, user: str, path: str, text: str) -> None:
        file = self.home(user) / path
        file.write_text(text, "utf-8")
        shutil.chown(file, user, user)


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    root = Path(tempfile.mkdtemp(prefix="jwt-hub-"))
    root.chmod(0o755)
    made = []
    try:
        (root / "home").mkdir()
        for user in USERS:
            subprocess.run(["useradd", "--create-home", "--home-dir", root / "home" / user, user], check=True)
            made.append(user)
        hub = Hub(root)
        subprocess.run(["sh", "-eu", "-c", box("install -d")], env={**os.environ, "EXCHANGE": hub.exchange}, check=True)
        (root / "etc" / "jupyter").mkdir(parents=True)
        everybodys = box("c.Exchange.root").replace("/srv/exchange", str(hub.exchange))
        (root / "etc" / "jupyter" / "nbgrader_config.py").write_text(everybodys, "utf-8")
        hub.writes(TEACHER, "students.csv", f"id\n{ADA}\n{BOB}\n")
        hub.does(TEACHER, box("class init"))
        yield hub
    finally:
        for user in made:
            subprocess.run(["userdel", user], check=False)
        shutil.rmtree(root)


def reports(hub: Hub) -> dict[str, dict[str, Any]]:
    found = (hub.home(TEACHER) / "jwt" / "graded").rglob("reports/**/*.json")
    return {one["student"]: one for one in (json.loads(path.read_text("utf-8")) for path in found)}


def scores(hub: Hub) -> dict[str, int]:
    return {name: one["score"] for name, one in reports(hub).items()}


@pytest.mark.usefixtures("sandbox")
def test_a_lesson_goes_out_comes_back_and_feedback_follows(hub: Hub) -> None:
    hub.does(TEACHER, box("release_assignment"))
    fetch, submit = box("fetch_assignment").splitlines()
    half = solved(LESSON)
    cell_of(half, "b64u_encode").source = cell_of(student(LESSON), "b64u_encode").source
    for user, notebook in ((ADA, half), (BOB, solved(LESSON))):
        hub.does(user, fetch)
        hub.writes(user, f"{LESSON}/{LESSON}.ipynb", json.dumps(notebook))
        hub.does(user, submit)
    hub.does(TEACHER, box("nbgrader collect"))
    assert scores(hub)[BOB] == 25
    assert 0 < scores(hub)[ADA] < 25
    assert reports(hub)[ADA]["sandbox"] == "full"
    hub.does(TEACHER, box("release_feedback"))
    hub.does(ADA, box("fetch_feedback"))
    (page,) = (hub.home(ADA) / LESSON / "feedback").rglob("*.html")
    assert "b64u_encode" in page.read_text("utf-8")

    hub.writes(ADA, f"{LESSON}/{LESSON}.ipynb", json.dumps(solved(LESSON)))  # a second hand-in
    hub.does(ADA, submit)
    hub.does(TEACHER, box("nbgrader collect"))
    assert scores(hub) == {ADA: 25, BOB: 25}


PLACE = "{jwt}/submitted/jwt-test-ada/01_encoding"
SPYING = {
    "list the directory": "ls {jwt}",
    "read the gradebook": "cat {jwt}/gradebook.db",
    "read the secret": "cat {jwt}/.grader/secret",
    "read the settings": "cat {jwt}/nbgrader_config.py",
    "read a solution": "cat {jwt}/source/01_encoding/01_encoding.ipynb",
    "read a classmate's work": f"cat {PLACE}/01_encoding.ipynb",
    "put another in its place": f"cp 01_encoding/01_encoding.ipynb {PLACE}/01_encoding.ipynb",
    "take it away": f"rm -r {PLACE}",
    "read what a classmate handed in": "cat {exchange}/jwt-2026/inbound/jwt-test-ada*/01_encoding.ipynb",
    "take a classmate's hand-in away": "rm -r {exchange}/jwt-2026/inbound/jwt-test-ada*",
    "list the hand-ins": "ls {exchange}/jwt-2026/inbound",
    "take the exchange away": "mv {exchange}/jwt-2026 {exchange}/other",
}


@pytest.mark.parametrize("name", SPYING)
def test_a_student_gets_at_nothing_of_the_class(name: str, hub: Hub) -> None:
    done = hub.shell(BOB, SPYING[name].format(jwt=hub.home(TEACHER) / "jwt", exchange=hub.exchange))
    assert done.returncode != 0, done.stdout
    assert "denied" in done.stderr or "not permitted" in done.stderr or "No such file" in done.stderr


def test_nothing_is_graded_in_an_open_directory(hub: Hub) -> None:
    hub.does(TEACHER, "chmod 755 ~/jwt")
    try:
        done = hub.shell(TEACHER, f"cd ~/jwt && grader autograde {LESSON}")
    finally:
        hub.does(TEACHER, "chmod 700 ~/jwt")
    assert done.returncode == 2
    assert "chmod o-rwx" in done.stderr
