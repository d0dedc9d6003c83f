"""What a call prints is kept away, and nothing else: other threads of the notebook go on printing meanwhile."""

import io
import sys
from _thread import get_ident
from typing import Any


class Counter(io.TextIOBase):
    """A stream that only counts the characters written."""

    def __init__(self) -> None:
        self.count = 0

    def write(self, text: str) -> int:
        """Count a text's characters."""
        self.count += len(text)
        return len(text)


class Aside:
    """In place of a stream: a counter for the thread that made it; for all others, and at the end, that stream.

    Code keeps a stream for longer than the call: `logging.warning` makes a handler with it, for all that follows.
    """

    __slots__ = ("_counter", "_there", "_thread")

    def __init__(self, there: Any, counter: Counter) -> None:
        self._there, self._counter, self._thread = there, counter, get_ident()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._counter if get_ident() == self._thread else self._there, name)

    def end(self) -> None:
        """From now on it is the stream."""
        self._thread = 0


class KeptAway:
    """Inside the block, what this thread writes to stdout and stderr is only counted.

    This is done at each call of a check; a generator would take twice the time.
    """

    __slots__ = ("_asides", "_there")

    def __init__(self, counter: Counter) -> None:
        self._there = sys.stdout, sys.stderr
        self._asides: tuple[Any, Any] = Aside(sys.stdout, counter), Aside(sys.stderr, counter)

    def __enter__(self) -> None:
        sys.stdout, sys.stderr = self._asides

    def __exit__(self, *_: object) -> None:
        sys.stdout, sys.stderr = self._there
        for aside in self._asides:
            aside.end()
