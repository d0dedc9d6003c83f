"""Machines that share nothing but a network: each has a network, mounts and folders of its own, on a bridge."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

GRADER = (sys.executable, "-m", "grader")
TCP_SECONDS = 11
"""Dask takes a machine for lost that has not answered for so long; half a minute, if it is not told."""
_BRIDGE = "bridge"


class Machine:
    """A network namespace and a mount namespace, as long as this object is there.

    Args:
        place: its own folder, which is not there yet.

    Raises:
        OSError: there are no namespaces here; the text says why.
    """

    def __init__(self, place: Path) -> None:
        self.place, self.keys = place, place / "keys"
        (place / "tmp").mkdir(parents=True)
        # It ends when its input does, also if the tests are killed.
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "sh", "-c", "echo ready; exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._holder.stdout is not None
        if (said := self._holder.stdout.readline().strip()) != "ready":
            raise OSError(said)
        self.ip("link set lo up")

    def start(self, *command: str | Path, **options: Any) -> subprocess.Popen[str]:
        """Start a command there; its process is this one's child."""
        environment = {
            **os.environ,
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": f"{TCP_SECONDS}s",
            "NO_COLOR": "1",
            "TMPDIR": str(self.place / "tmp"),
            "XDG_STATE_HOME": str(self.place / "state"),
        }
        enter = ["nsenter", f"--target={self._holder.pid}", "--net", "--mount", "env", f"--chdir={self.place}"]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([*enter, *map(str, command)], env=environment, **{**pipes, **options})

    def run(self, *command: str | Path, code: int = 0) -> str:
        """Run a command there. Returns what it said.

        Raises:
            OSError: it ended with another code.
        """
        process = self.start(*command)
        said, _ = process.communicate(timeout=300)
        if process.returncode != code:
            raise OSError(f"{' '.join(map(str, command))}: {process.returncode}, not {code}: {said}")
        return str(said)

    def ip(self, words: str) -> None:
        """Run `ip` there.

        Raises:
            OSError: it refuses.
        """
        self.run("ip", *words.split())

    def hide(self, other: "Machine") -> None:
        """Let another one's folder be empty here."""
        self.run("mount", "-t", "tmpfs", "none", other.place)

    def plug_in(self, switch: "Machine", address: str) -> None:
        """Connect it by a cable to a machine that has a bridge."""
        cable = self.place.name
        switch.ip(f"link add {cable} type veth peer name eth0 netns {self._holder.pid}")
        switch.ip(f"link set {cable} master {_BRIDGE} up")
        self.ip(f"addr add {address}/24 dev eth0")
        self.ip("link set eth0 up")

    def be_a_switch(self, address: str) -> None:
        """Have a bridge, with an address of its own on it."""
        self.ip(f"link add {_BRIDGE} type bridge")
        self.ip(f"addr add {address}/24 dev {_BRIDGE}")
        self.ip(f"link set {_BRIDGE} up")

    def cable(self, state: str) -> None:
        """Pull the cable ("down"), or put it in again ("up")."""
        self.ip(f"link set eth0 {state}")

    def grading(self) -> set[Path]:
        """The submissions that lie there to be graded just now, each time in another folder."""
        return set((self.place / "tmp").glob("dask-scratch-space/*/*/submission.ipynb"))

    def close(self) -> None:
        """End the namespaces; what still runs there is on its own."""
        self._holder.kill()
        self._holder.wait()
        for pipe in (self._holder.stdin, self._holder.stdout):
            assert pipe is not None
            pipe.close()


class FarmOfMachines:
    """A scheduler where the submissions are, and two machines that grade, one at a time each."""

    address = "tls://10.88.0.1:8786"

    def __init__(self, root: Path) -> None:
        self._machines: list[Machine] = []
        self._running: list[subprocess.Popen[str]] = []
        try:
            for name in ("driver", "one", "two"):
                self._machines.append(Machine(root / name))
            self.driver, *self.workers = self._machines
            self._connect()
            self.scheduler = self.start_scheduler()
            self.worker_of = {one: self._start(one, "worker", self.address, "--jobs", "1") for one in self.workers}
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        self.driver.run(*GRADER, "farm", "init", self.driver.keys)
        self.driver.be_a_switch("10.88.0.1")
        for number, machine in enumerate(self.workers, 11):
            machine.plug_in(self.driver, f"10.88.0.{number}")
            machine.keys.mkdir()
            for file in self.driver.keys.iterdir():
                (machine.keys / file.name).write_bytes(file.read_bytes())
        for machine in self._machines:
            for other in self._machines:
                if other is not machine:
                    machine.hide(other)

    def _start(self, machine: Machine, *arguments: str) -> subprocess.Popen[str]:
        command = (*GRADER, "farm", *arguments, "--keys", machine.keys)
        process = machine.start(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._running.append(process)
        return process

    def start_scheduler(self) -> subprocess.Popen[str]:
        """Start the scheduler, at first or once more."""
        return self._start(self.driver, "scheduler", "--host", "10.88.0.1")

    def farm(self) -> tuple[str | Path, ...]:
        """The options that name this farm."""
        return "--farm", self.address, "--farm-keys", self.driver.keys

    def nanny_of(self, machine: Machine) -> psutil.Process:
        """Dask's process that starts a worker again."""
        (nanny,) = psutil.Process(self.worker_of[machine].pid).children()
        return nanny

    def worker_process_of(self, machine: Machine) -> psutil.Process:
        """Dask's process that grades."""
        (worker,) = [one for one in self.nanny_of(machine).children() if "spawn_main" in " ".join(one.cmdline())]
        return worker

    def close(self) -> None:
        """End everything."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(timeout=60)
        for machine in self._machines:
            machine.close()
