"""A farm of machines that share nothing: the same Reports as one machine's, whatever is killed or pulled out.

Each machine is a network namespace with folders of its own; see `machines`. Each submission takes half a second, so
that something is being graded whenever something is killed.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
import pytest

from tests.grader.batch.machines import GRADER, FarmOfMachines, Machine
from tests.grader.batch.waiting import until
from tests.grader.helpers import code, sandbox_problem, solved, student, write

pytest.importorskip("distributed", reason="a farm needs jwt-from-scratch[farm]")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.in_ci,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="grading needs Linux"),
]

LESSON = "00_start_here"
STUDENTS = 8
UNSAFE = ("--unsafe-no-sandbox",) if sandbox_problem() else ()


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarmOfMachines]:
    try:
        made = FarmOfMachines(tmp_path_factory.mktemp("machines"))
    except OSError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no network namespaces here: {error}")
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def submitted(farm: FarmOfMachines) -> Path:
    """Submissions on the driver's machine, half of them solved."""
    folder = farm.driver.place / "submitted"
    for number in range(STUDENTS):
        notebook = (solved if number % 2 else student)(LESSON)
        notebook.cells.append(code("import time; time.sleep(0.5)"))
        (folder / f"s{number}").mkdir(parents=True)
        write(folder / f"s{number}", notebook, f"{LESSON}.ipynb")
    return folder


@pytest.fixture(scope="module")
def of_one_machine(farm: FarmOfMachines, submitted: Path) -> list[dict[str, Any]]:
    """The Reports that one machine makes."""
    farm.driver.run(*GRADER, "grade", submitted, "--out", "alone", "--json", "alone.json", "--jobs", "1", *UNSAFE)
    return reports(farm.driver.place / "alone.json")


def reports(file: Path) -> list[dict[str, Any]]:
    """What is in Reports, but for how long it took."""
    return [{**one, "seconds": 0, "mac": ""} for one in json.loads(file.read_text("utf-8"))]


class Grading:
    """A run of `grader grade --farm`, and all gradings that begin meanwhile, seen where the submissions come to lie."""

    def __init__(self, farm: FarmOfMachines, submitted: Path, name: str) -> None:
        self._farm, self._submitted, self._name = farm, submitted, name
        self.out = farm.driver.place / name
        self.begun: set[Path] = set()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look)
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        command = (*GRADER, "grade", self._submitted, "--out", self._name, "--json", f"{self._name}.json", *UNSAFE)
        self.process = self._farm.driver.start(*command, *self._farm.farm())
        return self.process

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.begun |= {path for machine in self._farm.workers for path in machine.grading()}

    def written(self) -> list[Path]:
        """The Reports that are there."""
        return list((self.out / "reports").rglob("*.ipynb.json"))

    def said(self, code: int = 0) -> str:
        """What it said, at its end."""
        said, _ = self.process.communicate(timeout=120)
        assert self.process.returncode == code, said
        return str(said)

    def reports(self) -> list[dict[str, Any]]:
        return reports(self.out.with_suffix(".json"))

    @property
    def repeated(self) -> int:
        """How many gradings were for nothing."""
        return len(self.begun) - STUDENTS

    def __enter__(self) -> "Grading":
        self._watch.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        self._watch.join()
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def test_the_machines_share_nothing(farm: FarmOfMachines, submitted: Path) -> None:
    for machine in farm.workers:
        assert farm.driver.run("ls", submitted)
        machine.run("ls", submitted, code=2)
        assert "10.88.0.1/" not in machine.run("ip", "-o", "addr")


def test_the_reports_are_those_of_one_machine(
    farm: FarmOfMachines, submitted: Path, of_one_machine: list[dict[str, Any]]
) -> None:
    with Grading(farm, submitted, "whole") as grading:
        grading.said()
        until(lambda: grading.repeated >= 0)
    assert grading.reports() == of_one_machine
    assert {one["score"] for one in grading.reports()} == {0, 5}
    assert grading.repeated == 0
    for machine in farm.workers:
        assert any(path.is_relative_to(machine.place) for path in grading.begun), "both machines grade"


def test_a_killed_worker_and_a_killed_nanny_cost_what_they_were_grading(
    farm: FarmOfMachines, submitted: Path, of_one_machine: list[dict[str, Any]]
) -> None:
    one, two = farm.workers
    with Grading(farm, submitted, "killed") as grading:
        until(lambda: one.grading() and grading.written())
        killed(farm.worker_process_of(one))
        until(lambda: two.grading())
        killed(farm.nanny_of(two))
        grading.said()
    assert grading.reports() == of_one_machine
    assert grading.repeated <= 4  # of each what it was grading, and what it had graded and nobody had fetched


def killed(process: psutil.Process) -> None:
    process.send_signal(signal.SIGKILL)


def test_a_killed_driver_goes_on_where_it_was(
    farm: FarmOfMachines, submitted: Path, of_one_machine: list[dict[str, Any]]
) -> None:
    with Grading(farm, submitted, "driver") as grading:
        until(lambda: len(grading.written()) >= 2)
        grading.process.kill()
        grading.process.communicate()
        kept = {path: path.read_bytes() for path in grading.written()}
        grading.start()
        assert f"{len(kept)} of {STUDENTS} had been graded before" in grading.said()
    assert grading.reports() == of_one_machine
    assert {path: path.read_bytes() for path in kept} == kept
    assert grading.repeated <= 4  # what both were grading, and what had been graded and not written


def test_a_killed_scheduler_is_a_sentence_and_another_one_goes_on(
    farm: FarmOfMachines, submitted: Path, of_one_machine: list[dict[str, Any]]
) -> None:
    with Grading(farm, submitted, "scheduler") as grading:
        until(lambda: len(grading.written()) >= 2)
        (scheduler,) = psutil.Process(farm.scheduler.pid).children()
        killed(scheduler)
        farm.scheduler.wait(timeout=60)
        said = grading.said(code=2)
        assert said == f"grader: {farm.address}: the scheduler is gone; what was graded is kept, so try again later\n"
        kept = len(grading.written())
        farm.scheduler = farm.start_scheduler()
        grading.start()
        assert f"{kept} of {STUDENTS} had been graded before" in grading.said()
    assert grading.reports() == of_one_machine
    assert grading.repeated <= 4


def test_a_pulled_cable_costs_what_was_on_its_way(
    farm: FarmOfMachines, submitted: Path, of_one_machine: list[dict[str, Any]]
) -> None:
    one, _ = farm.workers
    until(lambda: worker_is_there(farm, one))
    with Grading(farm, submitted, "cable") as grading:
        until(lambda: one.grading() and grading.written())
        one.cable("down")
        try:
            grading.said()
        finally:
            one.cable("up")
    assert grading.reports() == of_one_machine
    assert grading.repeated <= 4
    until(lambda: worker_is_there(farm, one))


def worker_is_there(farm: FarmOfMachines, machine: Machine) -> bool:
    try:
        return farm.worker_process_of(machine).is_running()
    except (ValueError, psutil.Error):
        return False


def test_a_class_is_recorded_as_by_one_machine(farm: FarmOfMachines) -> None:
    from grader.classroom import setup
    from tests.grader.classroom.helpers import book, hand_in

    here, there = farm.driver.place / "here", farm.driver.place / "there"
    setup.init(here, course_id="jwt", db_url="")
    for number, name in enumerate(("ada", "bob", "cy")):
        hand_in(here, name, (solved if number % 2 else student)(LESSON), LESSON)
    shutil.copytree(here, there)
    farm.driver.run(*GRADER, "autograde", LESSON, "--dir", here, "--jobs", "1", *UNSAFE)
    farm.driver.run(*GRADER, "autograde", LESSON, "--dir", there, *farm.farm(), *UNSAFE)
    assert book(here) == book(there)
    assert len(book(here)) == 3
