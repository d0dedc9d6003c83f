"""Many calls in turn, each with a time limit, in a process where nobody else prints or sets an alarm."""

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from .aside import Counter
from .limit import AGAIN, WAITING, TimeUp, longest, waited_for_processor
from .replaced import handle, now, put_alarm_back, put_profile_back


class Series:
    """Inside the block, many functions can be called in turn, each with a time limit, in a process of our own.

    What takes most of the time of a short call alone is to set the alarm, the streams and the profilers before, and to
    put them back afterwards. Here it is done once: an alarm that rings too soon for the running call is set anew.

    Args:
        seconds: how long each call may take.
    """

    def __init__(self, seconds: float) -> None:
        self.printed = Counter()
        self._seconds = seconds
        self._started = self._waited = 0.0
        self._running = self._rang = self._over = False

    def __enter__(self) -> "Series":
        self._streams = sys.stdout, sys.stderr
        self._profilers = sys.getprofile(), threading.getprofile()
        sys.stdout = sys.stderr = self.printed
        self._before = handle(signal.SIGALRM, self._ring)
        self._alarm_before, self._since = signal.setitimer(signal.ITIMER_REAL, self._seconds, AGAIN), now()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()  # it may have rung at the beginning of the last one
        self._over = True
        put_alarm_back(self._before, self._alarm_before, self._since)
        sys.stdout, sys.stderr = self._streams
        put_profile_back(*self._profilers)

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function.

        Raises:
            TimeUp: it took too long.
        """
        try:
            self._started = now()
            self._waited = WAITING.about(self._started)
            self._rang, self._running = False, True
            return function(*args)
        finally:
            self._stop()

    def _stop(self) -> None:
        while self._running:
            try:
                self._running = False
            except TimeUp:  # it rang right here
                continue

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._over:
            return  # it rang just before it was switched off; to set it again would leave it on
        left = self._seconds
        if self._running:
            left = self._started + longest(left, waited_for_processor() - self._waited) - now()
            if left <= 0.01 or self._rang:
                self._rang = True
                raise TimeUp
        signal.setitimer(signal.ITIMER_REAL, left, AGAIN)
