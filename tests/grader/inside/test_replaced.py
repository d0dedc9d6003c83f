"""grader.inside.replaced: whatever interrupts a call, and whenever, all is put back."""

import contextlib
import cProfile
import hmac
import linecache
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from grader.inside import aside, calling, chance, elsewhere, replaced
from grader.inside.replaced import leaving_no_trace

FILES = {str(one.__file__) for one in (aside, calling, chance, elsewhere, replaced, contextlib)}
CELL = "def route(n):\n    print(n)\n    return n\n"
STORE = "import secrets\nclass Store:\n    def create(self):\n        return secrets.token_hex(2)\n"
FORBIDS = ("hash", calling.ELSEWHERE)


def defined(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    exec(compile(source, "<cell>", "exec"), names)
    return names


def surroundings() -> tuple[Any, ...]:
    """All that a call replaces for the whole process."""
    changed = [vars(module)[name] for module, names in elsewhere._HERE.items() for name in names]
    hooks = sys.getprofile(), threading.getprofile(), signal.getsignal(signal.SIGALRM)
    alarm = signal.getitimer(signal.ITIMER_REAL)
    streams = sys.stdout, sys.stderr, os.urandom, vars(random)["_urandom"]
    return (*streams, *hooks, alarm, elsewhere._traveller, elsewhere._busy, threading.active_count(), *changed)


@contextlib.contextmanager
def ctrl_c_at(number: int) -> Iterator[list[int]]:
    """Raise KeyboardInterrupt at one line of the code that calls and puts back, as a signal may."""
    lines = [0]

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename not in FILES or frame.f_code is leaving_no_trace.__code__:
            return None
        if event == "line":
            lines[0] += 1
            if lines[0] == number:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield lines
    finally:
        sys.settrace(before)


@pytest.mark.parametrize(
    ("source", "name", "args"),
    [(CELL, "route", (1,)), (STORE, "Store", ((calling.CHANCE, ((False, "create"),)),))],
    ids=["a function", "a class and chance"],
)
def test_ctrl_c_at_any_line_leaves_nothing_behind(source: str, name: str, args: tuple[Any, ...]) -> None:
    before = surroundings()
    number, lines = 0, [0]
    while lines[0] == number:
        number += 1 + number // 40  # the first ones one by one, and then some of the many that are alike
        names = defined(source)
        with contextlib.suppress(KeyboardInterrupt), ctrl_c_at(number) as lines:
            leaving_no_trace(lambda names=names: calling.invoke(names, name, args, 5.0, FORBIDS))
        assert surroundings() == before, number
    assert number > 100


def test_what_was_left_within_a_block_is_put_back_before_it() -> None:
    names = {"stdout": 0}
    with replaced.Replaced([(names, {"stdout": 1})]):
        inner = replaced.Replaced([(names, {"stdout": 2, "new": 3})])
        inner.__enter__()
        assert names == {"stdout": 2, "new": 3}
    assert names == {"stdout": 0}
    inner.__exit__(None, None, None)
    assert names == {"stdout": 0}


def test_an_error_comes_out_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        leaving_no_trace(lambda: 1 // 0)


# -- what the learner has set -----------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no alarms")
def test_a_learners_own_alarm_still_rings() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 60)
        calling.call(lambda: 1, (), 5)
        assert 50 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        calling.call(lambda: time.sleep(0.1), (), 5)  # its time comes during the call
        for _ in range(500):
            if rung:
                break
            time.sleep(0.01)
        assert rung == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no alarms")
def test_a_limit_within_a_limit_leaves_the_outer_one() -> None:
    def outer() -> None:
        calling.call(lambda: 1, (), 60)
        while True:
            pass

    assert calling.call(outer, (), 0.1).kind == calling.TIMED_OUT


def test_a_clock_that_the_learner_stopped_does_not_stop_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless() -> None:
        while True:
            pass

    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    assert calling.call(endless, (), 0.1).kind == calling.TIMED_OUT
    assert time.monotonic() == 0.0


@pytest.mark.parametrize("forbids", [(), ("hmac",)], ids=["no policy", "a policy"])
def test_a_running_profile_goes_on(forbids: tuple[str, ...]) -> None:
    """What `%prun` and `cProfile` set can't be called by Python."""

    def counted() -> None:
        pass

    profile = cProfile.Profile()
    profile.enable()
    hook = sys.getprofile()
    try:
        outcome = calling.call(lambda: 1, (), 5, forbids)
        assert sys.getprofile() is hook
        counted()
    finally:
        profile.disable()
    assert outcome.kind == calling.RETURNED
    assert counted.__code__ in [entry.code for entry in profile.getstats()]


def test_threads_that_others_start_meanwhile_are_not_watched() -> None:
    """Such as those of a server that the lesson runs."""
    go, done = threading.Event(), threading.Event()

    def serve() -> None:
        go.wait(10)
        thread = threading.Thread(target=lambda: hmac.new(b"k", b"m", "sha256"))
        thread.start()
        thread.join(10)
        done.set()

    def asked() -> bool:
        go.set()
        return done.wait(10)

    server = threading.Thread(target=serve)
    server.start()
    outcome = calling.call(asked, (), 20, ("hmac",))
    server.join(10)
    assert outcome.kind == calling.RETURNED
    assert outcome.packed == calling.pack(True)


def test_threads_of_the_function_are_watched_and_those_that_they_start() -> None:
    def asked() -> None:
        def start(target: Any) -> None:
            thread = threading.Thread(target=target)
            thread.start()
            thread.join(10)

        start(lambda: start(lambda: hmac.new(b"k", b"m", "sha256")))

    before, threading.excepthook = threading.excepthook, lambda _: None
    try:
        outcome = calling.call(asked, (), 20, ("hmac",))
    finally:
        threading.excepthook = before
    assert outcome.kind == calling.FORBIDDEN


def test_a_clock_that_the_learner_replaced_is_there_again(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = lambda: 0.0  # noqa: E731
    monkeypatch.setattr(time, "time", mine)
    assert calling.invoke(defined(CELL), "route", (1,), 5.0, FORBIDS).kind == calling.RETURNED
    assert time.time is mine


def test_asking_for_the_thread_in_another_process_makes_no_thread_here() -> None:
    before = threading.enumerate()
    cell = "import threading\ndef route(n):\n    return n if threading.current_thread() else 0\n"
    assert calling.invoke(defined(cell), "route", (1,), 5.0, FORBIDS).kind == calling.RETURNED
    assert threading.enumerate() == before
