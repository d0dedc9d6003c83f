"""Randomness under control: how many of the operating system's random bits decide what a function returns.

`secrets`, `os.urandom`, `random.SystemRandom` and `uuid.uuid4` all ask the operating system. Here its place is taken
by a reproducible stream, in which one bit at a time can be flipped. A result that no flip changes was not made of
random bits: it comes from a name, a counter or a clock, and can be guessed.
"""

import contextlib
import hashlib
import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from .replaced import Replaced

ENOUGH = 128
"""Bits; counting stops here."""
MOST = 8 * 1024
"""The most bits that are flipped."""

_STREAM, _OTHERS = (hashlib.shake_256(seed).digest(MOST // 8) for seed in (b"chance", b"made before"))


class Drawn:
    """A pseudorandom stream that is the same each time, except for one flipped bit."""

    def __init__(self, turned: int = -1, stream: bytes = b"") -> None:
        self.count = 0
        self._bits = bytearray(stream or _STREAM)
        if turned >= 0:
            self._bits[turned // 8] ^= 0x80 >> turned % 8

    def __call__(self, size: int) -> bytes:
        """The next bytes, in place of `os.urandom`."""
        start, self.count = self.count, self.count + size
        if self.count <= len(self._bits):
            return bytes(self._bits[start : self.count])
        # After the bits that can be flipped, the stream repeats.
        return bytes(self._bits[place % len(self._bits)] for place in range(start, self.count))


def deciding_bits(call: Callable[[Any], Any], namespace: dict[str, Any], make: Callable[[], Any] = lambda: None) -> int:
    """How many of the random bits that a call draws from the system decide what it returns: at most ENOUGH.

    If two calls with the same bits differ (a clock decides, too), every bit that was drawn counts.

    Args:
        call: called many times, each time with a new object made by `make`.
        namespace: the learner's names, one of which may be `urandom` itself.
        make: makes that object. The bits that it draws are always the same, and are not counted.
    """
    with _in_place_of_the_system(namespace) as draw:

        def returned(turned: int = -1) -> Any:
            draw.source = Drawn(stream=_OTHERS)
            thing = make()
            draw.source = Drawn(turned)
            return call(thing)

        first = returned()
        drawn = draw.source.count
        if returned() != first:
            return min(8 * drawn, ENOUGH)
        count = 0
        for turned in range(min(8 * drawn, MOST)):
            count += returned(turned) != first
            if count == ENOUGH:
                break
        return count


class _Draw:
    """Holds the stream that the replaced functions read."""

    source = Drawn()


@contextlib.contextmanager
def _in_place_of_the_system(namespace: dict[str, Any]) -> Iterator[_Draw]:
    """Replace `os.urandom`, under all its names, by the yielded stream; for this thread alone."""
    real, thread, draw = os.urandom, threading.get_ident(), _Draw()

    def ask(size: int, /) -> bytes:
        return draw.source(size) if threading.get_ident() == thread else real(size)

    homes = [vars(os), vars(random), vars(sys.modules[os.name]), namespace]
    with Replaced([(home, {name: ask for name, value in list(home.items()) if value is real}) for home in homes]):
        yield draw
