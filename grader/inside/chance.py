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

Draw = Callable[[int], bytes]


class Drawn:
    """A stream of bits that looks like chance and is the same each time, but for one bit."""

    def __init__(self, turned: int = -1) -> None:
        self.count = 0
        self._turned = turned
        self._bits = bytearray(hashlib.shake_256(b"chance").digest(MOST // 8))
        if turned >= 0:
            self._bits[turned // 8] ^= 0x80 >> turned % 8

    def __call__(self, size: int) -> bytes:
        """The next bytes, as `os.urandom` gives them."""
        start, self.count = self.count, self.count + size
        # Beyond what is turned over, the stream begins anew.
        return bytes(self._bits[place % len(self._bits)] for place in range(start, self.count))


def deciding_bits(call: Callable[[], Any], namespace: dict[str, Any]) -> int:
    """How many of the bits that a call draws from the system decide what it returns: at most ENOUGH.

    Where something else than chance decides, too, so that two calls with the same bits differ, each bit drawn counts.

    Args:
        call: what is called, again and again; it must keep nothing between its calls.
        namespace: the learner's names, one of which may be `urandom` itself.
    """
    first, drawn = _with(call, Drawn(), namespace)
    again, _ = _with(call, Drawn(), namespace)
    if again != first:
        return min(8 * drawn, ENOUGH)
    count = 0
    for turned in range(min(8 * drawn, MOST)):
        count += _with(call, Drawn(turned), namespace)[0] != first
        if count == ENOUGH:
            break
    return count


def _with(call: Callable[[], Any], drawn: Drawn, namespace: dict[str, Any]) -> tuple[Any, int]:
    """What a call returns, and how many bytes it drew."""
    with _in_place_of_the_system(drawn, namespace):
        return call(), drawn.count


@contextlib.contextmanager
def _in_place_of_the_system(draw: Draw, namespace: dict[str, Any]) -> Iterator[None]:
    """Have all who ask the system for chance in this thread ask draw."""
    real, thread = os.urandom, threading.get_ident()

    def ask(size: int, /) -> bytes:
        return draw(size) if threading.get_ident() == thread else real(size)

    homes = [vars(os), vars(random), vars(sys.modules[os.name]), namespace]
    names = [(home, name) for home in homes for name, value in list(home.items()) if value is real]
    try:
        for home, name in names:
            home[name] = ask
        yield
    finally:
        for home, name in names:
            home[name] = real
