"""The checker's handle on a learner's process: start it, ask it, kill it, and restore it in a new process."""

import contextlib
import math
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any

from ..inside.calling import CRASHED, ELSEWHERE, FINAL, TIMED_OUT, Outcome
from ..inside.confine import OPEN_FILES
from ..inside.frames import ENDED, LATE, Channel, WireError
from ..inside.limit import longest, waited_for_processor, was_starved
from ..inside.values import plain_text, tagged
from .budget import Budget
from .sandbox import MEMORY, NONE, Zygote

CELL_SECONDS = 20.0
"""How long one cell may run."""
GRACE = 2.0
"""Seconds after which a process that does not keep a time limit by itself is killed."""
MAX_STARTS = 6
"""How often one submission's process is started before the rest of the submission is given up."""
_NO_ROOM = {"RecursionError", "MemoryError"}
"""What a process that has answered by itself meets sooner than another (see `child`), which is then asked in its place.
"""
FORK_SECONDS = 10.0
"""How long a fork may take to be ready, and to end; it usually takes milliseconds."""


class GaveUp(Exception):
    """The submission kept ending its process, or has used up its time."""


class LearnerProcess:
    """A process that has run some cells. If a cell kills it, a new process runs the same cells, without that one.

    Questions (calls of a function) are answered by forks of it, so that no answer can change it or another answer;
    or by itself, if it can keep nothing.

    Args:
        zygote: forks it.
        hidden: packages that it can't import.
        memory: bytes for all its processes together.
        grace: seconds after which it is killed if it does not keep a time limit by itself.
        seconds: how long the submission may take from now on, restarts included.
        budget: counts its messages.
        keeps_nothing: whether its cells are known to keep nothing from one call to the next, see `stateless`.
    """

    def __init__(
        self,
        zygote: Zygote,
        hidden: tuple[str, ...] = (),
        *,
        memory: int = MEMORY,
        grace: float | None = None,
        seconds: float = math.inf,
        budget: Budget | None = None,
        keeps_nothing: bool = False,
    ) -> None:
        self._zygote = zygote
        self._keeps_nothing = keeps_nothing
        self._hidden = hidden
        self._memory = memory
        self._grace = grace
        self._seconds, self._end = seconds, time.monotonic() + seconds
        self._budget = budget or Budget()
        # In the sandbox it has a home of its own, which is removed with it.
        self._folder = (
            tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True)
            if zygote.level == NONE
            else None
        )
        self._history: list[dict[str, Any]] = []
        self._starts = 0
        self._cells = 0
        self._forks = 0
        self._channel: Channel | None = None
        self._has_answered = False
        self._pid = 0
        self.outputs: list[dict[str, Any]] = []
        """The last cell's outputs."""
        self.ran_out = False
        """Whether anything ran out of memory or open files, died unexpectedly, or ran out of time while it waited for
        a processor: that may be due to a busy machine."""
        self._starved = True

    def __enter__(self) -> "LearnerProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.pause()
        if self._folder:
            self._folder.cleanup()

    def pause(self) -> None:
        """End the process for now; the next question starts a new one, which runs the same cells first."""
        self._kill()

    def run_cell(self, source: str, seconds: float = CELL_SECONDS) -> str:
        """Run a cell. Returns "" when it ran to its end, else what went wrong, for people.

        Raises:
            GaveUp: the process has ended too often, or its time is over.
            Spent: it has sent too much.
        """
        self.outputs, self._starved = [], True
        self._cells += 1
        # The same numbers when the cell is run again, so that its code sees no difference.
        request = {"do": "run", "source": source, "seconds": seconds, "count": self._cells, "id": self._cells}
        try:
            answer = self._run(self._started(), request)
            if self._has_answered and _error_in(_dicts(answer.get("outputs"))).startswith(tuple(_NO_ROOM)):
                self._renew()
                answer = self._run(self._started(), request)
        except WireError as error:
            said = self._ended(error)
            return f"it did not end within {seconds:g} s" if said == LATE else said
        if answer.get("timed_out"):
            self.ran_out |= was_starved(answer.get("waited"), seconds)
            self.outputs = _dicts(answer.get("outputs"))
            return f"it did not end within {seconds:g} s"
        self._history.append(request)
        self.outputs = _dicts(answer.get("outputs"))
        return "" if answer.get("ok") is True else _error_in(self.outputs)

    def call(self, name: str, args: tuple[Any, ...], seconds: float, forbids: tuple[str, ...]) -> Outcome:
        """Call a function that the cells defined. See `call_many`."""
        return self.call_many(name, [args], seconds, forbids)[0]

    def call_many(
        self, name: str, questions: Sequence[tuple[Any, ...]], seconds: float, forbids: tuple[str, ...]
    ) -> list[Outcome]:
        """Call a function that the cells defined, once for each tuple of arguments. Returns as many outcomes.

        One fork answers them all, because forking costs more than most exercises' calls do; or the process itself,
        as long as it lives. After a FINAL outcome the rest is not asked.

        Args:
            name: of the function.
            questions: the arguments of each call.
            seconds: how long one call may take.
            forbids: packages whose use makes the outcome FORBIDDEN.

        Raises:
            GaveUp: the process has ended too often, or its time is over.
            Spent: it has sent too much.
        """
        request = {"name": name, "seconds": seconds, "forbids": list(forbids), "until": []}
        asked = [tagged(args, in_order=True) for args in questions]
        outcomes: list[Outcome] = []
        for at_once in (False, True):
            left = asked[len(outcomes) :]
            came, lost = self._asked({**request, "at_once": at_once, "questions": left}) if left else ([], "")
            outcomes += came
            # Unsent answers are lost with a process that dies, so we can't know which question killed it. The next
            # one, which is a fork, sends each answer at once.
            if not lost or at_once or len(outcomes) == len(asked) - 1:
                break
        if lost:
            outcomes.append(_lost(lost))
        if len(outcomes) < len(asked):
            rest = Outcome(outcomes[-1].kind, text="it was not called again after an earlier call")
            outcomes += [rest] * (len(asked) - len(outcomes))
        return outcomes

    def _asked(self, request: dict[str, Any]) -> tuple[list[Outcome], str]:
        """Have these questions answered. Returns the answers, and why they ended too soon, if they did."""
        self._starved = True
        outcomes: list[Outcome] = []
        # To ask as another process would, the function's cell is run again and again, which nothing else should feel.
        lost = ""
        if self._keeps_nothing and not request["at_once"] and ELSEWHERE not in request["forbids"]:
            lost = self._ask_itself(request, outcomes)
            if outcomes and _NO_ROOM & set(outcomes[-1].names):
                self._keeps_nothing = False
                outcomes.clear()
            elif outcomes and outcomes[-1].kind == TIMED_OUT:  # it may have been stopped amid anything
                self._renew()
        if not outcomes and not lost:
            if self._has_answered:
                self._renew()
            lost = self._ask_a_fork(request, outcomes)
        self.ran_out |= self._starved and (bool(lost) or outcomes[-1].kind == TIMED_OUT)
        return outcomes, lost

    def _ask_itself(self, request: dict[str, Any], outcomes: list[Outcome]) -> str:
        """Ask the process, and append its answers to outcomes. Returns why they ended too soon, or ""."""
        try:
            channel = self._started()
            self._has_answered = True
            request = {**request, "until": sorted(_NO_ROOM)}
            channel.send({"do": "ask", **request}, self._patience())
            self._collect(channel, request, self._pid, outcomes)
        except WireError as error:
            # From now on forks answer. Had they done so from the start, the process would not have ended now.
            self._keeps_nothing = False
            self._starts -= 1
            return self._ended(error)
        return ""

    def _ask_a_fork(self, request: dict[str, Any], outcomes: list[Outcome]) -> str:
        """The same with a fork of the process."""
        self._forks += 1
        lost = ""
        mine, theirs = socket.socketpair()
        with contextlib.closing(Channel(mine)) as answers, theirs:
            answers.name_senders()  # before any process has the other end
            try:
                channel = self._started()
                channel.send({"do": "answer", "id": self._forks}, self._patience())
                channel.send_descriptor(theirs.fileno())
                theirs.close()
                lost = self._listen(answers, request, outcomes)
                if self._zygote.level != NONE and self._zygote.left_traces:  # start the learner's process anew, too
                    said = self._kill()
                    lost = said if lost and said else lost
                    self._starts -= 1
                else:
                    if lost:
                        channel.send({"do": "stop"}, self._patience())
                    self._receive(channel, self._forks, FORK_SECONDS, self._pid)
            except WireError as error:
                why = self._ended(error)  # the learner's process has ended, and the fork with it
                done = len(outcomes) == len(request["questions"]) or (outcomes and outcomes[-1].kind in FINAL)
                lost = "" if done else why
        return lost

    def _listen(self, answers: Channel, request: dict[str, Any], outcomes: list[Outcome]) -> str:
        """Ask a fork, and append its answers to outcomes. Returns why it ended before the last one or a time limit."""
        try:
            pid = answers.sender(min(FORK_SECONDS, max(0.0, self._left())))
            answers.receive(self._patience())
            sealed = self._zygote.level != NONE
            with self._zygote.sealed(pid) if sealed else contextlib.nullcontext():
                answers.send(request, self._patience())
                self._collect(answers, request, pid, outcomes)
        except WireError as error:
            return str(error)
        return ""

    def _collect(self, channel: Channel, request: dict[str, Any], pid: int, outcomes: list[Outcome]) -> None:
        """Append the answers to outcomes, as they come, up to the last one, or one after which no more are asked.

        Raises:
            WireError: they end too soon.
        """
        for answer in self._answers(channel, len(request["questions"]), request["seconds"], pid):
            outcomes.append(_outcome(answer))
            if outcomes[-1].kind == TIMED_OUT:
                self._starved = was_starved(answer.get("waited"), request["seconds"])
            if outcomes[-1].kind in FINAL or not set(outcomes[-1].names).isdisjoint(request["until"]):
                break

    def _answers(self, channel: Channel, count: int, seconds: float, pid: int) -> Iterator[dict[str, Any]]:
        """So many answers, of which a message holds one or more."""
        number = 0
        while number < count:
            some = _dicts(self._message(channel, seconds, pid).get("answers"))
            if [answer.get("id") for answer in some] != list(range(number, min(number + max(len(some), 1), count))):
                raise WireError("it answered out of turn")
            number += len(some)
            yield from some

    def _run(self, channel: Channel, request: dict[str, Any]) -> dict[str, Any]:
        channel.send(request, self._patience())
        return self._receive(channel, request["id"], request["seconds"], self._pid)

    def _receive(self, channel: Channel, number: int, seconds: float, pid: int) -> dict[str, Any]:
        """The answer of this number. seconds: the time limit that the process sets itself."""
        answer = self._message(channel, seconds, pid)
        if answer.get("id") != number:
            raise WireError("it answered out of turn")
        return answer

    def _message(self, channel: Channel, seconds: float, pid: int) -> dict[str, Any]:
        if not channel.readable(0.0):
            self._wait(channel, seconds, pid)
        before = channel.received
        answer = channel.receive(self._patience())
        self._budget.take_message(channel.received - before)
        return answer

    def _wait(self, channel: Channel, seconds: float, pid: int) -> None:
        started, waited = time.monotonic(), waited_for_processor(pid)
        until = started + seconds + self._patience()
        while not channel.readable(max(0.0, min(until, self._end) - time.monotonic())):
            so_long = waited_for_processor(pid) - waited
            until = started + longest(seconds, so_long) + self._patience()
            if time.monotonic() >= min(until, self._end):
                self._starved = was_starved(so_long, seconds)
                raise WireError(LATE)

    def _patience(self) -> float:
        return GRACE if self._grace is None else self._grace

    def _left(self) -> float:
        return self._end - time.monotonic()

    def _started(self) -> Channel:
        """The wire to the process, which has run all the cells that ran to their end before.

        Raises:
            GaveUp: it has ended too often, or its time is over.
            WireError: it ended in one of these cells.
        """
        if self._left() <= 0:
            self.ran_out = True
            raise GaveUp(f"the submission took longer than {self._seconds:g} s")
        if self._channel:
            return self._channel
        self._starts += 1
        if self._starts > MAX_STARTS:
            raise GaveUp("it ended its process again and again")
        home = self._folder.name if self._folder else ""
        started = self._zygote.start(hidden=self._hidden, home=home, memory=self._memory)
        self._channel, self._pid = started
        for request in self._history:
            self._run(self._channel, request)
        return self._channel

    def _renew(self) -> None:
        """Have the next question or cell met by a process that has answered none."""
        self._kill()
        self._starts -= 1

    def _ended(self, error: WireError) -> str:
        """End the process, whose wire is broken. Returns why, for people."""
        self.ran_out |= self._starved
        return self._kill() or str(error)

    def _kill(self) -> str:
        """End the process and all that it started. Returns why the zygote had killed it before; "" if it had not."""
        if self._channel is None:
            return ""
        self._channel.close()
        self._channel = None
        self._has_answered = False
        reasons = {
            "memory": f"it used more than {self._memory // 2**20} MB of memory",
            "files": f"it had more than {OPEN_FILES} files and sockets open",
        }
        return reasons.get(self._zygote.stop()["why"], "")


def _outcome(answer: dict[str, Any]) -> Outcome:
    try:
        return Outcome.from_dict(answer)
    except (TypeError, ValueError, KeyError):
        raise WireError("it answered with nonsense") from None


def _lost(why: str) -> Outcome:
    if why == LATE:
        return Outcome(TIMED_OUT, text="it did not return and had to be stopped")
    return Outcome(CRASHED, text="it ended the whole process" if why == ENDED else why)


def _dicts(outputs: Any) -> list[dict[str, Any]]:
    return [output for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []


def _error_in(outputs: list[dict[str, Any]]) -> str:
    for output in outputs:
        if output.get("output_type") == "error":
            name, value = output.get("ename"), output.get("evalue")
            if isinstance(name, str) and isinstance(value, str):
                return plain_text(f"{name[:100]}: {value}", 160)
    return "it failed"
