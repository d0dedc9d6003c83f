"""Control groups: made, filled and removed if this machine has them; and what would be written if it had version 2."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.engine import cgroup
from grader.engine.process import LearnerProcess
from grader.engine.sandbox import FULL, NONE, Zygote

MIB = 2**20


@pytest.fixture
def groups() -> cgroup.Cgroups:
    found = cgroup.find()
    if not found.version:
        pytest.skip("no control groups are to be had here")
    return found


def folders(groups: cgroup.Cgroups) -> list[str]:
    """The groups that this process has made and not removed."""
    mine = f"jwt-grader-{os.getpid()}-"
    return [path.name for one in groups.hierarchies for path in one.folder.iterdir() if path.name.startswith(mine)]


def test_a_group_bounds_what_its_processes_take_and_is_gone_afterwards(groups: cgroup.Cgroups) -> None:
    group = groups.group(64 * MIB)
    assert group is not None
    assert len(folders(groups)) == len(groups.hierarchies)
    code = "import sys; sys.stdin.read(1); kept = bytearray(200_000_000); print(len(kept))"

    def join() -> None:
        for entrance in group.add(os.getpid()):
            os.write(entrance, b"0")

    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=join) as child:
        assert group.size() == 1
        said, _ = child.communicate(b"x")
    assert (child.returncode, said) == (-9, b"")
    events = group.open_events()
    assert b"oom_kill 1" in os.pread(events, 4096, 0)
    os.close(events)
    group.close()
    assert folders(groups) == []


def test_what_a_killed_grader_has_left_is_removed_by_the_next(groups: cgroup.Cgroups) -> None:
    code = (
        "import os, signal\nfrom grader.engine import cgroup\n"
        "cgroup.find().group(2**26)\nprint(os.getpid(), flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout)
    left = [path for one in groups.hierarchies for path in one.folder.glob(f"jwt-grader-{killed}-*")]
    assert len(left) == len(groups.hierarchies)
    mine = groups.group(64 * MIB)
    cgroup.find()
    assert not any(path.exists() for path in left)
    assert folders(groups), "one of a grader that lives was removed"
    assert mine is not None
    mine.close()


def test_a_submission_is_in_its_group_from_the_first_process_on(groups: cgroup.Cgroups, sandbox: None) -> None:
    with Zygote(FULL) as zygote:
        assert zygote.counts == f"cgroup v{groups.version}"
        with LearnerProcess(zygote) as learner:
            assert (
                learner.run_cell("import subprocess\nsubprocess.Popen(['sleep', '60'], start_new_session=True)") == ""
            )
            assert zygote.counted_processes() == 3  # the first, the learner's, and its child
        assert zygote.counted_processes() == 0
        assert folders(groups) == []


def test_memory_that_only_the_kernel_counts_ends_the_submission(sandbox: None) -> None:
    """In sockets, as root and as an ordinary user; where no group counts it, the watcher does."""
    cell = (
        "import socket, time\nkept = []\n"
        "for _ in range(120):\n"
        "    kept += socket.socketpair()\n"
        "    for end in kept[-2:]:\n"
        "        end.setblocking(False)\n"
        "        try:\n"
        "            while True: end.send(bytes(32_768))\n"
        "        except BlockingIOError: pass\n"
        "time.sleep(5)"
    )
    with Zygote(FULL) as zygote, LearnerProcess(zygote, memory=40 * MIB) as learner:
        assert learner.run_cell(cell) == "it used more than 40 MB of memory"
        assert learner.ran_out


def test_without_a_sandbox_there_is_no_group() -> None:
    with Zygote(NONE) as zygote:
        assert (zygote.counts, zygote.shares) == ("watched", "by the system")


# -- version 2, as far as it can be tried without a machine that has it ----------------------------------------------


@pytest.fixture
def version_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the root of version 2 with all controllers, one of them not enabled for its groups."""
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io memory pids\n")
    (tmp_path / "cgroup.subtree_control").write_text("cpu memory\n")
    monkeypatch.setattr(cgroup, "_own_folder", lambda controller: None if controller else tmp_path)
    return tmp_path


def test_version_2_writes_the_limits_of_the_controllers_that_are_enabled(version_2: Path) -> None:
    (found,) = cgroup._version_2()
    assert found.folder == version_2
    assert found.events == "memory.events"
    assert found.limits == {
        "memory.max": "{memory}",
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "cpu.weight": "100",
        "cpu.max": "200000 100000",
    }


def test_version_2_without_its_memory_controller_is_none(version_2: Path) -> None:
    (version_2 / "cgroup.controllers").write_text("cpuset cpu io\n")
    assert cgroup._version_2() == ()


def test_in_version_2_a_worker_in_the_leaf_makes_its_groups_beside_it(
    version_2: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cgroup, "_own_folder", lambda controller: version_2 / "jwt-grader")
    assert cgroup._version_2()[0].folder == version_2


@pytest.fixture
def real_group() -> Iterator[Path]:
    """A group of this machine's version 2, with any controllers."""
    own = cgroup._own_folder("")
    if own is None or not os.access(own, os.W_OK):
        pytest.skip("no group of version 2 can be made here")
    place = own / f"test-{os.getpid()}"
    place.mkdir()
    yield place
    end = time.monotonic() + 5
    for folder in (place / "jwt-grader", place):
        while folder.exists() and time.monotonic() < end:
            try:
                folder.rmdir()
            except OSError:
                time.sleep(0.05)


MAKE_ROOM = """
import os, sys
from pathlib import Path
from grader.engine import cgroup
place = Path(sys.argv[1])
(place / "cgroup.procs").write_text(str(os.getpid()))
try:
    cgroup._make_room(place)
    print(len((place / "cgroup.procs").read_text().split()), cgroup._own_folder("") == place / "jwt-grader")
except PermissionError as error:
    print(error)
"""


def test_the_grader_moves_into_a_leaf_of_its_own_group(real_group: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MAKE_ROOM, str(real_group)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0 True"


def test_it_does_not_move_processes_that_are_not_its_own(real_group: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        (real_group / "cgroup.procs").write_text(str(other.pid))
        command = [sys.executable, "-c", MAKE_ROOM, str(real_group)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        other.kill()
    assert "other processes" in done.stdout
