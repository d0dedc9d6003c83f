"""The sandbox's own promises, as root and as an ordinary user: what can be written, and that each layer holds."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from grader_helpers import REPO

from grader.engine import sandbox, selftest
from grader.engine.process import LearnerProcess
from grader.engine.sandbox import FULL, Zygote

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]

NOBODYS = 65531
"""A user that no system has; the sandbox of root's own takes the number before it."""

OWN = {"/home/learner", "/tmp", "/dev/shm"}
"""What a submission may write to: made for it, and gone with it."""

WRITABLE = """
import os
found = set()
for line in open("/proc/self/mountinfo"):
    place = line.split()[4]
    if os.path.isdir(place):
        try:
            open(place + "/trial", "w").close()
            os.remove(place + "/trial")
            found.add(place)
        except OSError:
            pass
print(sorted(found))
"""

BOTH = f"""
from grader.engine import selftest
from grader.engine.process import LearnerProcess
from grader.engine.sandbox import Zygote
with Zygote("full") as zygote:
    print([layer.name for layer in selftest.examine(zygote) if layer.failure])
    with LearnerProcess(zygote) as process:
        process.run_cell({WRITABLE!r})
        print(process.outputs[0]["text"])
"""


def test_a_submission_writes_to_its_own_places_and_to_no_other_mount() -> None:
    with Zygote(FULL) as zygote, LearnerProcess(zygote) as process:
        assert process.run_cell(WRITABLE) == ""
        assert process.outputs[0]["text"].strip() == str(sorted(OWN))


def test_each_file_system_that_bubblewrap_makes_is_closed_at_the_end() -> None:
    words = sandbox._bubblewrap()
    made = {after for word, after in itertools.pairwise(words) if word in ("--tmpfs", "--dev")}
    closed = [at for at, word in enumerate(words) if word == "--remount-ro"]
    assert made | {"/"} <= {words[at + 1] for at in closed}
    assert min(closed) > max(at for at, word in enumerate(words) if word in ("--tmpfs", "--dev", "--dir", "--ro-bind"))


def test_every_layer_holds() -> None:
    with Zygote(FULL) as zygote:
        assert [layer for layer in selftest.examine(zygote) if layer.failure] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="the tests above have run as an ordinary user already")
def test_the_same_holds_when_an_ordinary_user_grades(tmp_path: Path) -> None:
    """There a submission's user is the grading one in other clothes, and owns what bubblewrap makes for it."""

    def become_ordinary() -> None:
        os.setgroups([])
        os.setresgid(NOBODYS, NOBODYS, NOBODYS)
        os.setresuid(NOBODYS, NOBODYS, NOBODYS)

    tmp_path.chmod(0o777)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(REPO),
        "MPLCONFIGDIR": str(tmp_path),
    }
    command = [sys.executable, "-c", BOTH]
    options = {"cwd": "/", "env": environment, "capture_output": True, "text": True, "timeout": 300, "check": False}
    try:
        done = subprocess.run(command, preexec_fn=become_ordinary, **options)
    except PermissionError:
        pytest.skip("an ordinary user can't run this Python")
    if done.returncode and "Permission denied" in done.stderr:
        pytest.skip("an ordinary user can't read this checkout or its Python")
    assert done.returncode == 0, done.stderr
    failed, writable = done.stdout.splitlines()[:2]
    assert failed == "[]"
    assert writable == str(sorted(OWN))
