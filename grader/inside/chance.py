"""Chance under control: how many of the bits that the system draws decide what a function returns.

`secrets`, `os.urandom`, `random.SystemRandom` and `uuid.uuid4` all ask the system. While something else stands in its
place, they get bits that can be had again, or all the same but one. What returns the same for every change was not made
of them: it comes from a name, a counter or a clock, and can be computed.
"""

import contextlib
import hashlib
import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

ENOUGH = 128
"""Bits; more are not counted."""
MOST = 8 * 1024
"""How many bits are turned over at most."""

_STREAM, _OTHERS = (hashlib.shake_256(seed).digest(MOST // 8) for seed in (b"chance", b"made before"))


class Drawn:
    """A stream of bits that looks like chance and is the same each time, but for one bit."""

    def __init__(self, turned: int = -1, stream: bytes = b"") -> None:
        self.count = 0
        self._bits = bytearray(stream or _STREAM)
        if turned >= 0:
            self._bits[turned // 8] ^= 0x80 >> turned % 8

    def __call__(self, size: int) -> bytes:
        """The next bytes, as `os.urandom` gives them."""
        start, self.count = self.count, self.count + size
        if self.count <= len(self._bits):
            return bytes(self._bits[start : self.count])
        # Beyond what is turned over, the stream begins anew.
        return bytes(self._bits[place % len(self._bits)] for place in range(start, self.count))


def deciding_bits(call: Callable[[Any], Any], namespace: dict[str, Any], make: Callable[[], Any] = lambda: None) -> int:
    """How many of the bits that a call draws from the system decide what it returns: at most ENOUGH.

    Where something else than chance decides, too, so that two calls with the same bits differ, each bit drawn counts.

    Args:
        call: what is called, again and again, each time with something newly made.
        namespace: the learner's names, one of which may be `urandom` itself.
        make: what makes it. The bits that are drawn there are always the same, and are not counted.
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
    """Whom the functions that stand in the system's place ask."""

    source = Drawn()


@contextlib.contextmanager
def _in_place_of_the_system(namespace: dict[str, Any]) -> Iterator[_Draw]:
    """Have all who ask the system for chance in this thread ask the source of what is given."""
    real, thread, draw = os.urandom, threading.get_ident(), _Draw()

    def ask(size: int, /) -> bytes:
        return draw.source(size) if threading.get_ident() == thread else real(size)

    homes = [vars(os), vars(random), vars(sys.modules[os.name]), namespace]
    names = [(home, name) for home in homes for name, value in list(home.items()) if value is real]
    try:
        for home, name in names:
            home[name] = ask
        yield draw
    finally:
        for home, name in names:
            home[name] = real
