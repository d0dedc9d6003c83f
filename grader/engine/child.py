"""The learner's process: runs cells and calls functions for the checker, and holds nothing worth stealing.

`python -m grader.engine.child FD` is started by `grader.engine.process`. Before it runs a learner's cell it puts a
stub in the place of the package `grader`, so that `from grader import check` works and there is nothing behind it.
"""

import importlib.abc
import importlib.machinery
import os
import socket
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from ..calling import TimeUp, invoke, time_limit
from ..values import NotPlain, unpack
from .frames import Channel, WireError
from .shell import RECORDER, Shell, make_shell, run_cell


def main() -> None:
    """Serve one submission until the checker hangs up."""
    channel = Channel(socket.socket(fileno=int(sys.argv[1])))
    shell = make_shell()
    hide_grader()
    channel.send({"ready": True})
    while True:
        try:
            request = channel.receive()
            channel.send(_answer(shell, request))
        except WireError:
            os._exit(0)


def _answer(shell: Shell, request: dict[str, Any]) -> dict[str, Any]:
    if request["do"] == "run":
        return _run(shell, request["source"], request["seconds"])
    try:
        args = unpack(request["args"])
    except NotPlain as error:
        return {"broken": str(error)}
    outcome = invoke(shell.user_ns, request["name"], args, request["seconds"], tuple(request["forbids"]))
    return outcome.to_dict()


def _run(shell: Shell, source: str, seconds: float) -> dict[str, Any]:
    try:
        with time_limit(seconds):
            answer = run_cell(shell, source)
    except TimeUp:
        answer = {"ok": False, "outputs": RECORDER.outputs, "timed_out": True}
    # IPython shows every exception as an output, this one too.
    if any(output.get("ename") == TimeUp.__name__ for output in answer["outputs"]):
        answer["timed_out"] = True
    return answer


def hide_grader() -> None:
    """Take the package `grader` out of reach of ordinary imports and leave a stub."""
    for name in [name for name in sys.modules if name == "grader" or name.startswith("grader.")]:
        del sys.modules[name]
    sys.modules["grader"] = _stub()
    sys.meta_path.insert(0, _Hidden())


def _stub() -> ModuleType:
    stub = ModuleType("grader", "While grading, the checks run elsewhere; here they do nothing.")
    for name in ("check", "check_all", "hint", "picture", "progress", "submit"):
        setattr(stub, name, lambda *_args, **_options: None)
    return stub


class _Hidden(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.startswith("grader."):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


if __name__ == "__main__":
    main()
