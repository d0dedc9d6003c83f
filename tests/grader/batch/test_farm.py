"""A farm of Dask's scheduler and workers on loopback: the same Reports as one machine's, whoever is killed."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from grader.batch import farm_keys
from grader.batch.collect import Found
from grader.batch.farm import Farm
from grader.batch.farm_keys import FarmProblem
from grader.batch.farm_parcel import Parcel
from grader.batch.run import run_batch
from grader.engine.grade import Grader, Options
from grader.engine.sandbox import FULL, NONE
from grader.errors import SandboxError
from grader.reports.report import Report
from tests.grader.batch.waiting import until
from tests.grader.helpers import sandbox_problem, solved, student, write

pytest.importorskip("distributed", reason="a farm needs jwt-from-scratch[farm]")
from grader.batch.farm_worker import Graders, difference, grade_bytes, problem_at

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="grading needs Linux"),
    pytest.mark.in_ci,
]

GRADER = [sys.executable, "-m", "grader"]
OPTIONS = Options(level=NONE if sandbox_problem() else FULL)


def _command(process: psutil.Process) -> list[str]:
    """The process's command line; none if it has ended since it was listed."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


class Running:
    """A scheduler and a machine with two workers, as commands."""

    def __init__(self, folder: Path) -> None:
        self.keys = folder / "keys"
        farm_keys.make(self.keys)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tls://127.0.0.1:{self.port}"
        self.farm = Farm(self.address, self.keys)
        self.scheduler = self._start("scheduler", "--port", str(self.port))
        self.worker = self._start("worker", self.address, "--jobs", "2")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [*GRADER, "farm", *arguments, "--keys", str(self.keys)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def processes(self) -> list[psutil.Process]:
        """Dask's worker processes, which grade."""
        there = psutil.Process(self.worker.pid).children(recursive=True)
        return [one for one in there if "spawn_main" in " ".join(_command(one))]

    def close(self) -> None:
        for one in (self.worker, self.scheduler):
            one.terminate()
        for one in (self.worker, self.scheduler):
            one.wait(timeout=60)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(tmp_path_factory.mktemp("farm"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for number in range(10):
        (folder / f"s{number}").mkdir()
        write(folder / f"s{number}", (solved if number % 2 else student)("00_start_here"), "00_start_here.ipynb")
    (folder / "s8" / "01_encoding.ipynb").write_text("no notebook", "utf-8")
    (folder / "s9" / "essay.pdf").write_bytes(b"%PDF")
    return folder


def said(reports: list[Report]) -> list[dict[str, Any]]:
    return [{**one.to_dict(), "seconds": 0, "mac": ""} for one in reports]


def test_its_reports_are_those_of_one_machine_and_a_second_run_repeats_nothing(
    running: Running, classroom: Path, tmp_path: Path
) -> None:
    there = run_batch([classroom], tmp_path / "there", OPTIONS, farm=running.farm)
    here = run_batch([classroom], tmp_path / "here", OPTIONS, 1)
    assert said(there) == said(here)
    assert sorted({one.score for one in there}) == [0, 5]
    assert {one.status for one in there} == {"graded", "not attempted", "unreadable", "not taken"}
    again = run_batch([classroom], tmp_path / "there", OPTIONS, farm=running.farm)
    assert [(one.mac, one.seconds) for one in again if one.grading_id] == [
        (one.mac, one.seconds) for one in there if one.grading_id
    ]


def test_who_kills_a_worker_loses_nothing(running: Running, classroom: Path, tmp_path: Path) -> None:
    command = [*GRADER, "grade", str(classroom), "--out", str(tmp_path / "out"), "--json", str(tmp_path / "all.json")]
    command += ["--farm", running.address, "--farm-keys", str(running.keys)]
    command += ["--unsafe-no-sandbox"] if OPTIONS.level == NONE else []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as grading:
        until(lambda: len(list((tmp_path / "out").rglob("*.ipynb.json"))) > 1)
        running.processes()[0].send_signal(signal.SIGKILL)
        _, errors = grading.communicate(timeout=300)
    assert grading.returncode == 4, errors  # the PDF is not taken
    reports = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert sorted(one["score"] for one in reports if one["chapter"] == "00_start_here") == [0] * 5 + [5] * 5


def test_a_scheduler_that_goes_is_a_sentence_and_its_workers_wait_for_another(tmp_path: Path) -> None:
    own = Running(tmp_path)
    try:
        until(lambda: len(own.processes()) == 2)
        pool = own.farm.pool(OPTIONS)
        pool.resize(1)
        own.scheduler.kill()
        own.scheduler.wait()
        until(lambda: pool._client.status != "running")
        with pytest.raises(FarmProblem, match="the scheduler is gone; what was graded is kept"):
            pool.take()
        pool.close()
        own.scheduler = own._start("scheduler", "--port", str(own.port))
        again = own.farm.pool(OPTIONS)
        again.close()
    finally:
        own.close()
    assert own.worker.poll() is not None


# -- who is refused ---------------------------------------------------------------------------------------------------


def test_the_keys_are_for_their_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    farm_keys.make(tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}
    before = (tmp_path / "keys" / "key.pem").read_bytes()
    with pytest.raises(FarmProblem, match="never overwritten"):
        farm_keys.make(tmp_path / "keys")
    assert (tmp_path / "keys" / "key.pem").read_bytes() == before


def test_who_has_other_keys_gets_no_connection(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.batch.farm.PATIENCE", 3.0)
    farm_keys.make(tmp_path / "others")
    with pytest.raises(FarmProblem, match="no scheduler answers there with these certificates"):
        Farm(running.address, tmp_path / "others").pool(OPTIONS)
    with pytest.raises(FarmProblem, match="begins with tls://"):
        Farm(running.address.replace("tls", "tcp"), running.keys).pool(OPTIONS)
    with pytest.raises(FarmProblem, match=r"no ca.pem there; `grader farm init"):
        Farm(running.address, tmp_path / "none").pool(OPTIONS)


def test_a_worker_of_another_version_is_refused_by_name(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {"python": "3.11.7", "course": "another"}
    monkeypatch.setattr("grader.batch.farm.versions", lambda: mine)
    with pytest.raises(FarmProblem, match=r"tls://127.0.0.1:\d+: it has course .*, this command another"):
        running.farm.pool(OPTIONS)


def test_the_difference_names_what_is_not_the_same() -> None:
    assert difference({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}) == (
        "it has b 2, this command 3, it has c in no version, this command 4"
    )


def test_a_worker_with_two_threads_grades_nothing() -> None:
    plugin = Graders(OPTIONS, "grader")
    worker: Any = SimpleNamespace(state=SimpleNamespace(nthreads=2), plugins={"grader": plugin})
    plugin.setup(worker)
    assert "2 threads and must have one" in problem_at("grader", worker)
    assert "could not be made ready" in problem_at("other", worker)


def test_a_worker_without_a_sandbox_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(options: Options) -> Grader:
        raise SandboxError("there is none")

    monkeypatch.setattr("grader.batch.farm_worker.proved_grader", none)
    plugin = Graders(OPTIONS, "grader")
    plugin.setup(SimpleNamespace(state=SimpleNamespace(nthreads=1)))  # type: ignore[arg-type]
    assert plugin.problem == "there is none"


# -- what travels -----------------------------------------------------------------------------------------------------


def test_a_class_s_own_master_travels_along(classroom: Path, tmp_path: Path) -> None:
    master = write(tmp_path, solved("00_start_here"), "00_start_here.ipynb")
    found = Found(classroom / "s1" / "00_start_here.ipynb", "s1/00_start_here.ipynb", "s1", master=master)
    parcel = Parcel.of(found)
    (tmp_path / "there").mkdir()
    with Grader(OPTIONS) as grader:
        there = grade_bytes(grader, parcel, tmp_path / "there").report
        here = grader.grade_or_say_why(found.path, name=found.name, student="s1", master=master).report
    assert said([there]) == said([here])


def test_what_can_not_be_read_is_said_without_the_place_where_it_lay(tmp_path: Path) -> None:
    (tmp_path / "huge.ipynb").write_bytes(b"")
    os.truncate(tmp_path / "huge.ipynb", 30_000_000)
    parcel = Parcel.of(Found(tmp_path / "huge.ipynb", "ada/huge.ipynb", "ada"))
    assert parcel.problem
    assert str(tmp_path) not in parcel.problem
    assert parcel.data == b""
