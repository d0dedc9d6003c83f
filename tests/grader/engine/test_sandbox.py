"""The sandbox's own promises, as root and as an ordinary user: what can be written, and that each layer holds."""

import itertools
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import psutil
import pytest

from grader.engine import cgroup, mounts, sandbox, selftest
from grader.engine.process import LearnerProcess
from grader.engine.sandbox import FULL, Zygote
from tests.grader.batch.waiting import until
from tests.grader.helpers import REPO

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]

NOBODYS = 65531
"""A user that no system has; the sandbox of root's own takes the number before it."""

OWN = {"/home/learner", "/tmp", "/dev/shm"}
"""The folders that a submission may write to. They are made for it, and removed with it."""

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


def test_without_control_groups_the_rest_holds_and_no_share_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroup, "find", cgroup.Cgroups)
    with Zygote(FULL) as zygote:
        layers = {layer.name: layer for layer in selftest.examine(zygote)}
    assert [layer for layer in layers.values() if layer.failure] == []
    assert "memory: watched" in layers
    assert "share" not in layers["processor: by the system"].promise


@pytest.mark.skipif(os.geteuid() != 0, reason="the tests above have run as an ordinary user already")
def test_the_same_holds_when_an_ordinary_user_grades(tmp_path: Path) -> None:
    """Then the submission runs as the same user under another id, who owns bubblewrap's file systems."""

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


# -- what the sandbox shows -------------------------------------------------------------------------------------------

SEARCH = """
import os
found, texts = [], []
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/dev", "/sys")]
    found += [os.path.join(folder, name) for name in folders if name in {answers!r}]
    for name in files:
        path = os.path.join(folder, name)
        if name.endswith((".md", ".ipynb", ".py", ".txt", ".json", ".pth")) and os.path.isfile(path):
            with open(path, "rb") as file:
                text = file.read(2_000_000)
            words = b"BEGIN SOL" + b"UTION", b"known_mis" + b"takes", {repository!r}.encode()
            if any(word in text for word in words):
                texts.append(path)
print(sorted(place for place in found if os.path.isfile(place + "/__init__.py")), sorted(texts))
"""
EXAMINE = """
import sys
sys.path.insert(0, {clone!r})
from grader.engine import mounts, selftest
from grader.engine.process import LearnerProcess
from grader.engine.sandbox import Zygote
assert mounts.__file__.startswith({clone!r})
with Zygote("full") as zygote:
    print([layer for layer in selftest.examine(zygote) if layer.failure])
    with LearnerProcess(zygote, mounts.ANSWERS) as process:
        process.run_cell({search!r}, 60.0)
        print("".join(one.get("text", str(one)) for one in process.outputs))
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the checkout, as somebody else's."""
    place = tmp_path / "teachers-own" / "course"
    for name in ("grader", "jwt_from_scratch", "notebooks"):
        shutil.copytree(REPO / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    return place


@pytest.mark.parametrize("base", ["this Python", pytest.param("/usr/bin/python3", marks=pytest.mark.in_ci)])
@pytest.mark.parametrize(
    "where",
    [
        "in the checkout itself",
        *(pytest.param(one, marks=pytest.mark.in_ci) for one in ("in a folder of it", "the checkout in it")),
    ],
)
def test_nothing_of_a_checkout_shows_wherever_its_environment_is(clone: Path, where: str, base: str) -> None:
    python = getattr(sys, "_base_executable", sys.executable) if base == "this Python" else base
    version = subprocess.run([python, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True)
    if version.stdout.strip() != str(sys.version_info[:2]):
        pytest.skip(f"{base} is another version")
    places = {"in the checkout itself": clone, "in a folder of it": clone / ".venv", "the checkout in it": clone.parent}
    made = subprocess.run([python, "-m", "venv", "--without-pip", places[where]], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"{base} can make no environment")
    packages = next((places[where] / "lib").glob("python3*/site-packages"))
    packages.rmdir()
    packages.symlink_to(sysconfig.get_path("purelib"))
    search = SEARCH.format(answers=mounts.ANSWERS, repository=str(clone.parent))
    code = EXAMINE.format(clone=str(clone), search=search)
    done = subprocess.run(
        [places[where] / "bin" / "python", "-I", "-c", code], capture_output=True, text=True, timeout=300, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    failed, shown = done.stdout.splitlines()[:2]
    assert failed == "[]"
    assert shown == "[] []"


@pytest.mark.parametrize("kind", ["a package", "the masters"])
def test_the_self_test_finds_what_is_shown_and_should_not_be(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any path: the self-test searches everywhere."""
    search = mounts._search()
    if kind == "a package":
        monkeypatch.setattr(mounts, "places_of", lambda packages: [f"{mounts.COURSE}/grader"])
    else:
        hidden = mounts.hidden()
        monkeypatch.setattr(mounts, "hidden", lambda: tuple(one for one in hidden if not one[0].endswith("/grader")))
        if len(mounts.hidden()) == len(hidden):
            pytest.skip("this project is not installed with its notebooks")
    assert search
    with Zygote(FULL) as zygote:
        failures = {layer.name: layer.failure for layer in selftest.examine(zygote) if layer.failure}
    assert list(failures) == ["answers"]
    assert "can be imported" in failures["answers"] or "there: " in failures["answers"]


def test_a_traceback_tells_nothing_of_the_teachers_folders() -> None:
    with Zygote(FULL) as zygote, LearnerProcess(zygote) as process:
        process.run_cell("import json, os, sys\njson.loads('{')")
        shown = "".join(process.outputs[0]["traceback"])
        process.run_cell(
            "print(sys.path, sys.prefix, sys.base_prefix, sys.executable, json.__file__, dict(os.environ))"
        )
    assert "json/decoder.py" in shown
    for place in {str(REPO), sys.prefix, sys.base_prefix} - {"/usr", "/usr/local"}:
        assert place not in shown
        assert place not in str(process.outputs)


def test_who_is_closed_in_the_first_moments_leaves_nothing() -> None:
    """bubblewrap's second process does not end with the first one before it has asked the kernel for that."""
    groups = set()
    for number in range(60):
        zygote = Zygote()
        groups.add(zygote._process.pid)
        time.sleep(number / 5000)
        zygote.close()
    until(lambda: not [one.pid for one in psutil.process_iter() if group_of(one.pid) in groups])


def group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0
