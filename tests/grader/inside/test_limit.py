"""The time limit by itself; what it does to calls is in test_calling.py."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from grader.inside import calling, limit, replaced
from grader.inside.calling import Outcome, invoke
from grader.inside.limit import TimeUp, time_limit

SOON = 0.15
"""A time limit for those who run into it."""


def invoked(function: Any, seconds: float = 2.0) -> Outcome:
    return invoke({"f": function}, "f", (), seconds)


@pytest.fixture(autouse=True)
def nothing_stays_behind() -> Iterator[None]:
    """After every test of this file: the same alarm handler, no alarm under way."""
    before = signal.getsignal(signal.SIGALRM)
    yield
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_alarm_handler_that_was_there_is_put_back() -> None:
    def ring(*_: Any) -> None:
        pass

    before = signal.signal(signal.SIGALRM, ring)
    try:
        with contextlib.suppress(TimeUp), time_limit(SOON):
            time.sleep(10)
        assert signal.getsignal(signal.SIGALRM) is ring
        with time_limit(10):
            assert signal.getsignal(signal.SIGALRM) is not ring
        assert signal.getsignal(signal.SIGALRM) is ring
    finally:
        signal.signal(signal.SIGALRM, before)


def test_an_alarm_in_the_very_moment_of_returning_leaves_nothing_behind() -> None:
    """Calls that end a few microseconds before or after their limit, many of them."""
    handler = signal.getsignal(signal.SIGALRM)
    kinds = set()
    for number in range(600):
        end = time.perf_counter() + 0.001 - 0.00003 + number % 60 * 1e-6

        def f(end: float = end) -> None:
            while time.perf_counter() < end:
                pass

        kinds.add(calling.call(f, (), 0.001, forbids=("hmac", "cryptography")).kind)
        assert signal.getsignal(signal.SIGALRM) is handler
        assert sys.getprofile() is None
    assert kinds <= {calling.RETURNED, calling.TIMED_OUT}


def test_off_the_main_thread_there_is_no_limit() -> None:
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(invoked(lambda: time.sleep(0.2) or 1, seconds=0.05)))
    thread.start()
    thread.join(10)
    assert [outcome.kind for outcome in outcomes] == [calling.RETURNED]


def test_without_alarms_an_asynchronous_exception_ends_a_loop() -> None:
    def f() -> None:
        while True:
            pass

    with pytest.raises(TimeUp), limit._asynchronous(SOON):
        f()
    with limit._asynchronous(10):
        pass
    # Nothing is left due: a hook on calls would wait for it at each function.
    assert calling.call(lambda: 1, (), 5, ("hmac",)).kind == calling.RETURNED


def test_without_alarms_a_loop_that_swallows_everything_meets_the_exception_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on Windows, where all calls of a check are limited so."""
    monkeypatch.delattr(signal, "setitimer")
    monkeypatch.delattr(signal, "getitimer")
    swallowed = []

    def f() -> None:
        while len(swallowed) < 3:
            try:
                while True:
                    pass
            except BaseException as error:
                swallowed.append(type(error))
        while True:
            pass

    before = set(threading.enumerate())
    assert replaced.leaving_no_trace(lambda: invoked(f, seconds=SOON)).kind == calling.TIMED_OUT
    assert swallowed == [TimeUp] * 3
    assert replaced.leaving_no_trace(lambda: invoked(lambda: 1)).kind == calling.RETURNED
    for _ in range(500):
        if before.issuperset(threading.enumerate()):
            break
        time.sleep(0.01)
    assert before.issuperset(threading.enumerate())


@pytest.mark.parametrize(("sleeps", "rings"), [(0.1, False), (0.45, False), (1.5, True)])
def test_time_in_which_a_call_waits_for_a_processor_does_not_count_but_three_limits_are_the_most(
    sleeps: float, rings: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system that is so busy that nothing runs at all: all the time is waiting."""
    monkeypatch.setattr(limit, "waited_for_processor", lambda pid=None: time.monotonic())
    monkeypatch.setattr(limit, "WAITING", limit._Waiting())
    outcome = calling.call(lambda: time.sleep(sleeps), (), 0.3)
    assert (outcome.kind == calling.TIMED_OUT) is rings


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no alarms")
def test_a_limit_says_whether_it_rang() -> None:
    with time_limit(5.0) as mine:
        pass
    assert not mine.rang
    with pytest.raises(TimeUp), time_limit(0.05) as mine:
        time.sleep(1)
    assert mine.rang


@pytest.mark.parametrize(
    ("waited", "starved"),
    [(0.0, False), (0.5, False), (0.6, True), (9.0, True), (None, True), ("0", True), (0, True), (float("nan"), True)],
)
def test_who_waited_for_a_quarter_of_its_limit_or_can_not_say_was_starved(
    waited: object, starved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, "_SAYS", True)
    assert limit.was_starved(waited, 2.0) is starved
    monkeypatch.setattr(limit, "_SAYS", False)
    assert limit.was_starved(waited, 2.0)


def test_waiting_for_a_processor_does_not_count_but_not_for_ever() -> None:
    assert limit.longest(2.0, 0.0) == 2.0
    assert limit.longest(2.0, 1.5) == 3.5
    assert limit.longest(2.0, 100.0) == 6.0
    assert limit.waited_for_processor() >= 0.0
    assert limit.waited_for_processor(2**22 + 1) == 0.0


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="there are no forks")
def test_a_fork_reads_anew_how_long_it_has_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    limit.WAITING.about(limit.now())
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == 0
        return
    asked: list[None] = []
    monkeypatch.setattr(limit, "waited_for_processor", lambda: asked.append(None) or 0.0)
    limit.WAITING.about(limit.now())
    os._exit(0 if asked else 1)
