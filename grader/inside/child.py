"""The learner's process: it runs cells, and forks processes that answer the checker's questions. It holds no secret.

The zygote forks it. Before it runs a learner's cell it replaces the package `grader` by a stub, so that
`from grader import check` works but reaches nothing.
"""

import functools
import importlib.abc
import importlib.machinery
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, NoReturn

from .answering import Answering, answer_all
from .frames import Channel, WireError
from .limit import Limit, TimeUp, time_limit, waited_for_processor
from .shell import RECORDER, Shell, catch_descriptors, run_cell

SPARE = 120
"""Calls, of Python by C, of the stack that a process does without once it has answered questions by itself.

What Python has in a cache takes less of the stack than what is made: up to some 70 calls, for a nested pattern.
So what such a process has room for, one that has answered nothing has room for, too, and nobody can tell them apart by
it. The checker asks the latter where there was no room (see `engine.process`).
"""


def serve(channel: Channel, shell: Shell, hidden: tuple[str, ...] = (), seal: int = 0) -> NoReturn:
    """Serve one submission until the checker hangs up. Never returns.

    Args:
        channel: the wire to the checker.
        shell: an unused shell.
        hidden: packages that can't be imported.
        seal: the address of the seccomp filter for a fork that answers questions; 0 without a sandbox.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a kernel; the grader may have set another
    catch_descriptors()
    hide(("grader", *hidden))
    sys.path.insert(0, "")  # as in a kernel: what a cell writes beside the notebook can be imported
    answering = Answering(shell.user_ns, seal)
    spare = 0
    channel.send({"ready": True})
    while True:
        try:
            request = channel.receive()
            if request["do"] == "run":
                channel.send({**_deeper(spare, _run, shell, request), "id": request["id"]})
            elif request["do"] == "ask":
                spare = SPARE
                _deeper(spare, answer_all, channel, request, shell.user_ns)
            elif request["do"] == "answer":
                answering.answer(channel)
                channel.send({"id": request["id"]})
        except WireError:
            os._exit(0)


def _deeper(calls: int, function: Callable[..., Any], *args: Any) -> Any:
    """Call a function inside of so many other calls."""
    return next(map(functools.partial(_deeper, calls - 1, function), *zip(args))) if calls else function(*args)


def _run(shell: Shell, request: dict[str, Any]) -> dict[str, Any]:
    source, seconds = request["source"], request["seconds"]
    shell.execution_count = request["count"]
    before = waited_for_processor()
    try:
        with time_limit(seconds) as limit:
            answer = run_cell(shell, source)
    except TimeUp:
        answer = {"ok": False, "outputs": RECORDER.outputs}
        limit = Limit(rang=True)
    # IPython shows TimeUp as an ordinary error, or fails when the alarm rings again meanwhile; so ask the limit itself.
    late = not answer["ok"] and limit.rang
    return {**answer, "timed_out": late, **({"waited": waited_for_processor() - before} if late else {})}


def hide(packages: tuple[str, ...]) -> None:
    """Make importing these packages fail, and replace `grader` by a stub."""
    for package in packages:
        for name in loaded().get(package, ()):
            del sys.modules[name]
    sys.modules["grader"] = _stub()
    sys.meta_path.insert(0, _Hidden(packages))


@functools.cache  # a fork that looked at all names would copy the pages that they are in
def loaded() -> dict[str, list[str]]:
    """The modules that the zygote has imported, by their packages. The zygote asks first."""
    found: dict[str, list[str]] = {}
    for name in sys.modules:
        found.setdefault(name.partition(".")[0], []).append(name)
    return found


def _stub() -> ModuleType:
    stub = ModuleType("grader", "While grading, the checks run elsewhere; here they do nothing.")
    for name in ("check", "check_all", "hint", "picture", "progress", "submit"):
        setattr(stub, name, lambda *_args, **_options: None)
    return stub


class _Hidden(importlib.abc.MetaPathFinder):
    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in self._packages:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None
