"""The checker's handle on a learner's process: start it, ask it, kill it, start it again where it was."""

import tempfile
from types import TracebackType
from typing import Any

from ..inside.calling import CRASHED, TIMED_OUT, Outcome
from ..inside.confine import OPEN_FILES
from ..inside.frames import ENDED, LATE, Channel, WireError
from ..inside.values import pack, plain_text
from .budget import Budget
from .sandbox import MEMORY, NONE, Zygote

CELL_SECONDS = 20.0
"""How long one cell may run."""
GRACE = 2.0
"""Seconds beyond a limit that the process itself keeps, before it is killed."""
MAX_STARTS = 6
"""How often one submission's process is started before the rest of it is given up."""


class GaveUp(Exception):  # noqa: N818 - it says what happened
    """The submission kept ending its process."""


class LearnerProcess:
    """A process that has run some cells. When one kills it, a new one has run the same cells but that one.

    Args:
        zygote: what forks it.
        hidden: packages that it can't import.
        memory: bytes for all its processes together.
        grace: seconds beyond a limit that the process itself keeps, before it is killed.
        budget: what its messages are counted in.
    """

    def __init__(
        self,
        zygote: Zygote,
        hidden: tuple[str, ...] = (),
        *,
        memory: int = MEMORY,
        grace: float | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._zygote = zygote
        self._hidden = hidden
        self._memory = memory
        self._grace = grace
        self._budget = budget or Budget()
        # In the sandbox it has a home of its own, made and gone with it.
        self._folder = (
            tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True)
            if zygote.level == NONE
            else None
        )
        self._history: list[str] = []
        self._starts = 0
        self._questions = 0
        self._channel: Channel | None = None
        self.outputs: list[dict[str, Any]] = []
        """What the last cell showed."""

    def __enter__(self) -> "LearnerProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.pause()
        if self._folder:
            self._folder.cleanup()

    def pause(self) -> None:
        """End the process for now; the next question starts another that has run the same cells."""
        self._kill()

    def run_cell(self, source: str, seconds: float = CELL_SECONDS) -> str:
        """Run a cell. Returns "" when it ran to its end, else what went wrong, for people.

        Raises:
            GaveUp: the process has ended too often.
            Spent: it has said too much.
        """
        self.outputs = []
        answer = self._ask({"do": "run", "source": source, "seconds": seconds}, seconds)
        if answer == LATE or (isinstance(answer, dict) and answer.get("timed_out")):
            self.outputs = _dicts(answer.get("outputs")) if isinstance(answer, dict) else []
            return f"it did not end within {seconds:g} s"
        if isinstance(answer, str):
            return answer
        self._history.append(source)
        self.outputs = _dicts(answer.get("outputs"))
        return "" if answer.get("ok") is True else _error_in(self.outputs)

    def call(self, name: str, args: tuple[Any, ...], seconds: float, forbids: tuple[str, ...]) -> Outcome:
        """Call a function that the cells defined.

        Raises:
            GaveUp: the process has ended too often.
            Spent: it has said too much.
        """
        request = {
            "do": "call",
            "name": name,
            "args": pack(args, in_order=True),
            "seconds": seconds,
            "forbids": list(forbids),
        }
        answer = self._ask(request, seconds)
        if isinstance(answer, str):
            if answer == LATE:
                return Outcome(TIMED_OUT, text="it did not return and had to be stopped")
            return Outcome(CRASHED, text="it ended the whole process" if answer == ENDED else answer)
        try:
            return Outcome.from_dict(answer)
        except (TypeError, ValueError, KeyError):
            self._kill()
            return Outcome(CRASHED, text="it answered with nonsense")

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any] | str:
        """The answer, or why there is none; then the process is dead, and the next question starts another."""
        try:
            return self._exchange(self._channel or self._start(), request, seconds)
        except WireError as error:
            return self._kill() or str(error)

    def _exchange(self, channel: Channel, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        self._questions += 1
        grace = GRACE if self._grace is None else self._grace
        channel.send({**request, "id": self._questions}, grace)
        before = channel.received
        answer = channel.receive(seconds + grace)
        self._budget.take_message(channel.received - before)
        if answer.get("id") != self._questions:
            raise WireError("it answered out of turn")
        return answer

    def _start(self) -> Channel:
        self._starts += 1
        if self._starts > MAX_STARTS:
            raise GaveUp("it ended its process again and again")
        home = self._folder.name if self._folder else ""
        self._channel = channel = self._zygote.start(hidden=self._hidden, home=home, memory=self._memory)
        for source in self._history:
            self._exchange(channel, {"do": "run", "source": source, "seconds": CELL_SECONDS}, CELL_SECONDS)
        return channel

    def _kill(self) -> str:
        """End the process and all that it started. Returns why the zygote had killed it, "" if it had not."""
        if self._channel is None:
            return ""
        self._channel.close()
        self._channel = None
        reasons = {
            "memory": f"it used more than {self._memory // 2**20} MB of memory",
            "files": f"it had more than {OPEN_FILES} files and sockets open",
        }
        return reasons.get(self._zygote.stop()["why"], "")


def _dicts(outputs: Any) -> list[dict[str, Any]]:
    return [output for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []


def _error_in(outputs: list[dict[str, Any]]) -> str:
    for output in outputs:
        if output.get("output_type") == "error":
            name, value = output.get("ename"), output.get("evalue")
            if isinstance(name, str) and isinstance(value, str):
                return plain_text(f"{name[:100]}: {value}", 160)
    return "it failed"
