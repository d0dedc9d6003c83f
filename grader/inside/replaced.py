"""What stands in place of something else while a learner's function is called, and is put back whatever happens.

In a notebook the call shares its process with all else that the learner does: what is left behind (no stdout, another
clock, an alarm that never rings) spoils the cells that follow. Ctrl-C may come at any moment, also while things are
being put back, so `leaving_no_trace` looks once more at the end.
"""

import importlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

Change = tuple[dict[str, Any], dict[str, Any]]
"""Names, such as a module's; and what is to stand there for some of them."""

_Were = list[tuple[dict[str, Any], dict[str, Any], set[str]]]
"""Names, those of them that stood there, and those that did not."""
_own = threading.local()
_NONE = set[str]()
_SOONEST = 1e-6
"""Seconds to an alarm that should have rung already."""
_TRIES = 10
"""How often Ctrl-C may interrupt the putting back."""

_signal: Any = importlib.import_module("_signal")
handle: Callable[[int, Any], Any] = _signal.signal
"""signal.signal(), which is a wrapper that looks for an enum's member with the handler's value: most of its time."""
now = time.monotonic
"""A clock that goes on when the learner has stopped `time.monotonic`."""


def _standing() -> list[_Were]:
    """What this thread has to put back, for each of its blocks, the outermost first."""
    try:
        found: list[_Were] = _own.standing
    except AttributeError:
        found = _own.standing = []
    return found


class Replaced:
    """Inside the block each change is made. (A generator would take twice the time, and this is done at each call.)"""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes, self._were = changes, _Were()

    def __enter__(self) -> None:
        were = self._were
        _standing().append(were)
        try:
            for names, new in self._changes:
                try:
                    old, fresh = {name: names[name] for name in new}, _NONE
                except KeyError:
                    fresh = new.keys() - names.keys()
                    old = {name: names[name] for name in new.keys() - fresh}
                were.append((names, old, fresh))
                names.update(new)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        standing = _standing()
        while any(one is self._were for one in standing):  # and blocks within it that Ctrl-C has left as they were
            _put_last_back(standing)


def _put_last_back(standing: list[_Were]) -> None:
    for names, old, fresh in reversed(standing[-1]):
        names.update(old)
        for name in fresh:
            names.pop(name, None)
    standing.pop()


def leaving_no_trace(make: Callable[[], T]) -> T:
    """Return what `make` returns. What it replaced is back then, with the profilers and the alarm that there were."""
    hooks, streams = (sys.getprofile(), threading.getprofile()), (sys.stdout, sys.stderr)
    alarm, outside = _alarm(), len(_standing())
    try:
        return make()
    finally:
        # No function stands between `finally` and `try`: at the start of one Ctrl-C could end all this.
        late = None
        for _ in range(_TRIES):
            try:
                while len(_standing()) > outside:
                    _put_last_back(_standing())
                sys.stdout, sys.stderr = streams
                put_profile_back(*hooks)
                if alarm and _is_lost(*alarm):
                    put_alarm_back(*alarm)
                break
            except BaseException as error:
                late = error
        if late is not None:
            raise late


def put_profile_back(own: Any, of_new_threads: Any) -> None:
    """Set the hooks that `sys.getprofile()` and `threading.getprofile()` returned, where others are set."""
    if sys.getprofile() is not own:
        # What `cProfile` sets is an object that can't be called: it sets itself.
        own.enable() if hasattr(own, "enable") else sys.setprofile(own)
    if threading.getprofile() is not of_new_threads:
        threading.setprofile(of_new_threads)


def _alarm() -> tuple[Any, tuple[float, float], float] | None:
    """The handler of SIGALRM, when it will ring (see `setitimer`), and the time; None where that can't be changed."""
    if not hasattr(signal, "getitimer") or threading.current_thread() is not threading.main_thread():
        return None
    return _signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL), now()


def _is_lost(handler: Any, timer: tuple[float, float], since: float) -> bool:
    """Whether an alarm has another handler, or is off though its time has not come."""
    due = timer[0] > now() - since and not signal.getitimer(signal.ITIMER_REAL)[0]
    return due or _signal.getsignal(signal.SIGALRM) is not handler


def put_alarm_back(handler: Any, timer: tuple[float, float], since: float) -> None:
    """Set an alarm as it would be if nobody had touched it.

    Args:
        handler: of SIGALRM.
        timer: what `setitimer` returned: seconds to the next alarm, 0 for none, and those between any two.
        since: when it did, on the clock `now`.
    """
    signal.setitimer(signal.ITIMER_REAL, 0)
    handle(signal.SIGALRM, handler)
    if timer[0]:
        signal.setitimer(signal.ITIMER_REAL, max(timer[0] - (now() - since), _SOONEST), timer[1])
