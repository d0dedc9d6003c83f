"""What a call prints is kept away, and nothing else: other threads of the notebook go on printing meanwhile."""

import contextlib
import io
import sys
from _thread import get_ident
from collections.abc import Iterator
from typing import Any

from .replaced import replaced


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

    def __init__(self, there: Any, counter: Counter) -> None:
        self._there, self._counter, self._thread = there, counter, get_ident()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._counter if get_ident() == self._thread else self._there, name)

    def end(self) -> None:
        """From now on it is the stream."""
        self._thread = 0


@contextlib.contextmanager
def kept_away(counter: Counter) -> Iterator[None]:
    """Inside the block, what this thread writes to stdout and stderr is only counted."""
    streams = {name: Aside(getattr(sys, name), counter) for name in ("stdout", "stderr")}
    try:
        with replaced((vars(sys), name, stream) for name, stream in streams.items()):
            yield
    finally:
        for stream in streams.values():
            stream.end()
