"""The time limit of a cell or a call, in which waiting for a busy processor does not count."""

import contextlib
import math
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from .replaced import handle, now, put_alarm_back


class TimeUp(BaseException):
    """Raised inside a call that took too long. A BaseException, so that `except Exception` does not catch it."""


PATIENCE = 3.0
"""A call that waits for a processor may take at most this many times its limit."""
STARVED = 0.25
"""A call that waited for a processor for more than this share of its limit is tried again."""
AGAIN = 0.2
"""Seconds after which an alarm rings again, because a loop may have swallowed it."""
_SAYS = os.path.exists("/proc/self/schedstat")
"""Whether this system says how long a process waited for a processor."""


@dataclass
class Limit:
    """Whether a time limit has rung."""

    rang: bool = False


def longest(seconds: float, waited: float) -> float:
    """How many seconds a call may take, with this limit and these seconds of waiting for a processor."""
    return min(seconds + waited, PATIENCE * seconds)


def was_starved(waited: object, seconds: float) -> bool:
    """Whether a call that ran out of time might have finished on a less busy machine.

    Its limit was extended by the time it waited for a processor. So if that was short, it has had its time.

    Args:
        waited: how many seconds it waited, as the untrusted process reports; anything but a float counts as long.
        seconds: its limit.
    """
    return not (_SAYS and isinstance(waited, float) and waited <= STARVED * seconds)


def waited_for_processor(pid: int | None = None) -> float:
    """Seconds that a process's first thread (without pid: this thread) has been ready to run, but did not run.

    0 where the system does not say. Source: the kernel's documentation of schedstats; second field, nanoseconds.
    """
    try:
        with open("/proc/thread-self/schedstat" if pid is None else f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


class _Waiting:
    """How long this thread has waited for a processor, read at most four times a second.

    Most calls last microseconds, and reading the system's file costs ten of them.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Read it anew next time."""
        self._when, self._waited = -math.inf, 0.0

    def about(self, now: float) -> float:
        if now - self._when > 0.25:
            self._when, self._waited = now, waited_for_processor()
        return self._waited


WAITING = _Waiting()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=WAITING.forget)


def time_limit(seconds: float) -> contextlib.AbstractContextManager[Limit]:
    """Raise TimeUp in the block when it takes too long. Time spent waiting for a processor does not count.

    By SIGALRM; on Windows, by an asynchronous exception; either again and again, because a loop may swallow the first.
    Outside the main thread neither is safe, so there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        return contextlib.nullcontext(Limit())
    return _alarm(seconds) if hasattr(signal, "setitimer") else _asynchronous(seconds)


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[Limit]:
    limit = Limit()
    started = now()
    waited = WAITING.about(started)
    none = 0.0, 0.0
    over = False

    def ring(number: int, frame: FrameType | None) -> None:
        if over:
            return  # it rang just before it was switched off; to set it again would leave it on
        left = started + longest(seconds, waited_for_processor() - waited) - now()
        if left > 0.01 and not limit.rang:
            signal.setitimer(signal.ITIMER_REAL, left, AGAIN)
            return
        limit.rang = True
        raise TimeUp

    before, timer = handle(signal.SIGALRM, ring), none
    armed = True
    try:
        try:
            timer = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN) or none  # a browser's returns nothing
            yield limit
        finally:
            over = True
            _disarm(before, timer, started)
            armed = False
    finally:
        over = True
        if armed:  # the alarm rang in the `finally` above
            _disarm(before, timer, started)


def _disarm(before: Any, timer: tuple[float, float], started: float) -> None:
    while True:
        try:
            put_alarm_back(before, timer, started)
            return
        except TimeUp:  # the alarm rang before it was switched off
            continue


@contextlib.contextmanager
def _asynchronous(seconds: float) -> Iterator[Limit]:
    import ctypes

    interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc
    thread = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    over = threading.Event()

    def ring() -> None:
        wait = seconds
        while not over.wait(wait):
            with lock:
                if not over.is_set():
                    interrupt(thread, ctypes.py_object(TimeUp))
            wait = 0.2

    threading.Thread(target=ring, daemon=True).start()
    try:
        yield Limit()
    finally:
        while True:
            try:
                with lock:
                    over.set()  # an exception that is still due is raised here at the latest
                break
            except TimeUp:  # it was raised right there
                continue
