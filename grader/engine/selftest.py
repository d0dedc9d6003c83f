"""The self-test: each layer of the sandbox is attacked on this machine before the first submission is graded."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import SandboxError
from ..inside import confine, sealing
from ..inside.calling import CRASHED, RETURNED, TIMED_OUT
from ..inside.values import unpack
from . import mounts, sandbox
from .process import LearnerProcess
from .sandbox import Zygote

_PROBES = f"exec({(Path(__file__).parent.parent / 'inside' / 'probes.py').read_text('utf-8')!r})"
"""The cell that defines the probes: one line, because IPython looks at each word of a cell, which takes longer."""
_CANARY = Path(__file__).parent.parent / "reports" / "report.schema.json"
_NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts")
_ROOT = ("bin", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "opt", "proc", "sbin", "tmp", "usr")
_BALLOON = 48 * 2**20
"""Bytes that the memory probe (`probes.balloon`) gets. It tries 88 million, at most 38 million in one process."""


@dataclass(frozen=True)
class Layer:
    """One layer of the sandbox and what its test found.

    Attributes:
        name: its name in a Report.
        promise: what it prevents, in a few words.
        failure: "" when it held, else what got through.
    """

    name: str
    promise: str
    failure: str


def require(zygote: Zygote) -> tuple[str, ...]:
    """Test every layer. Returns their names.

    Raises:
        SandboxError: a layer does not hold; the text names each.
    """
    layers = examine(zygote)
    failures = [f"{layer.name} ({layer.failure})" for layer in layers if layer.failure]
    if failures:
        raise SandboxError(f"the sandbox does not hold here: {'; '.join(failures)}")
    return tuple(layer.name for layer in layers)


def examine(zygote: Zygote) -> list[Layer]:
    """Attack each layer."""
    hidden = mounts.ANSWERS
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        LearnerProcess(zygote, hidden) as asked,
        LearnerProcess(zygote, hidden) as process,  # some probes end it, which does not restart `asked`
        LearnerProcess(zygote, hidden, grace=0.02) as hasty,  # for what never ends by itself
    ):
        asked.run_cell(_PROBES)

        def ask(name: str, *args: Any) -> str:
            return _said(asked, f"{name}(*{args!r})")

        def prepare(one: LearnerProcess) -> str:
            for other in (asked, process, hasty):
                other.pause()
            return one.run_cell(_PROBES)

        tests: list[tuple[str, str, Callable[[], str]]] = [
            (
                "namespaces",
                "its own users, files, processes, network, IPC, host name",
                lambda: ask("namespaces", _ours()),
            ),
            ("user", "no root, inside or outside", lambda: ask("user", os.getuid() == 0)),
            (
                "files",
                "reads only the system and Python, writes only at home",
                lambda: ask("files", str(_CANARY), _top()),
            ),
            ("environment", "a fixed environment", lambda: ask("environment", _variables())),
            ("processes", "sees and signals its own processes only", lambda: ask("processes", os.getpid())),
            ("network", "its own loopback and no other network", lambda: ask("network", server.getsockname()[1])),
            ("capabilities", "none, and no way to any", lambda: ask("capabilities")),
            ("system calls", "no namespaces, tracing, uncounted memory, odd sockets", lambda: ask("syscalls")),
            ("limits", "CPU time, processes, open files, size of a file", lambda: ask("limits", dict(confine.LIMITS))),
            ("disk", "a home of limited size", lambda: ask("disk")),
            ("memory", "limited for one process", lambda: ask("memory")),
            (
                "answers",
                "no checks, masters or ready-made answers",
                lambda: ask("answers", list(hidden), list(mounts.COURSE_FILES)),
            ),
            (
                f"memory: {zygote.counts}",
                "limited for all processes together, and what the kernel holds for them",
                lambda: (
                    prepare(process) or _balloon(zygote, process, "balloon") or _balloon(zygote, process, "sockets")
                ),
            ),
            (
                f"processor: {zygote.shares}",
                "a fair share, whatever another takes" if zygote.cgroups.shares else "no priority over others",
                lambda: _said(process, "priority()") or _shares(zygote, process),
            ),
            (
                "questions" if sealing.sees_filters() else "questions: of honest forks",
                "no answer can leave anything for the next",
                lambda: _forgets(zygote, process),
            ),
            ("time", "killed from outside, whatever it blocks", lambda: prepare(hasty) or _stubborn(hasty)),
            ("end", "nothing is left running", lambda: _left(zygote, hasty)),
        ]
        return [Layer(name, promise, test()) for name, promise, test in tests]


def _said(process: LearnerProcess, probe: str) -> str:
    error = process.run_cell(f"print({probe}, end='')")
    return f"the test failed: {error}" if error else "".join(one.get("text", "") for one in process.outputs)


def _ours() -> dict[str, int]:
    return {name: os.stat(f"/proc/self/ns/{name}").st_ino for name in _NAMESPACES}


def _top() -> list[str]:
    return list(_ROOT)


def _variables() -> list[str]:
    # IPython and Python set a few variables themselves.
    return [*sandbox.VARIABLES, "LC_CTYPE", "PWD", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "PAGER", "GIT_PAGER"]


def _balloon(zygote: Zygote, process: LearnerProcess, kind: str) -> str:
    with LearnerProcess(zygote, memory=_BALLOON) as small:
        process.pause()
        if error := small.run_cell(_PROBES):
            return f"a balloon's process: {error}"
        said = small.run_cell(f"{kind}()", 5.0)
    return "" if said.startswith(("it used more than", "it had more than")) else f"{kind}: {said or 'it went on'}"


def _shares(zygote: Zygote, process: LearnerProcess) -> str:
    """Check that all that the process starts is in the submission's control group."""
    if not zygote.cgroups.shares:
        return ""
    if error := process.run_cell("import subprocess; child = subprocess.Popen(['sleep', '9'], start_new_session=True)"):
        return f"the test failed: {error}"
    inside = zygote.counted_processes()
    process.run_cell("child.kill(); child.wait()")
    return "" if inside >= 3 else "a process is outside of its control group"


def _forgets(zygote: Zygote, process: LearnerProcess) -> str:
    if error := process.run_cell("prepare_notes()"):
        return f"the test failed: {error}"
    for in_files in (False, True):
        process.call("leave_notes", (in_files,), 5.0, ())
        outcome = process.call("find_notes", (), 5.0, ())
        if outcome.kind != RETURNED:
            return f"the test failed: {outcome.text}"
        if found := unpack(outcome.packed):
            return str(found)
    with LearnerProcess(zygote) as another:
        process.pause()
        if error := another.run_cell(f"{_PROBES}\ntake_over()"):
            return f"the test failed: {error}"
        taken_over = sealing.sees_filters() and another.call("find_notes", (), 5.0, ()).kind != CRASHED
    return "a process that gave nothing up was asked" if taken_over else ""


def _stubborn(process: LearnerProcess) -> str:
    outcome = process.call("stubborn", (), 0.05, ())
    return "" if outcome.kind == TIMED_OUT else f"it went on: {outcome.kind}"


def _left(zygote: Zygote, process: LearnerProcess) -> str:
    if error := process.run_cell("detach()"):
        return f"the test failed: {error}"
    process.pause()
    left = zygote.stop()["left"]
    return f"{left} processes" if left else ""
