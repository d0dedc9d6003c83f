"""Forgeries for e = 3 that need no private key, and texts for which something happens that seldom does."""

import hashlib
import itertools
from collections.abc import Callable

from ..rsa_pool import PREFIX


def sha256(message: bytes) -> bytes:
    """The message's hash."""
    return hashlib.sha256(message).digest()


def number(signature: bytes) -> int:
    """The signature as a number."""
    return int.from_bytes(signature, "big")


def tail(message: bytes) -> bytes:
    """The prefix and the hash."""
    return PREFIX + sha256(message)


def text_with(text: bytes, fits: Callable[[bytes], bool]) -> bytes:
    """The text with the first number behind it that makes it fit."""
    return next(found for count in itertools.count() if fits(found := text + b"%d" % count))


def cube_root(value: int) -> int:
    """The smallest integer whose cube is at least value."""
    low, high = 0, 1 << (value.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < value else (low, middle)
    return low


def garbage_behind(message: bytes, size: int, fill: int) -> bytes:
    """A forgery for e = 3 without any private key: little padding, the hash, and whatever a cube leaves behind it."""
    start = b"\0\1" + b"\xff" * fill + b"\0" + tail(message)
    return cube_root(number(start.ljust(size, b"\0"))).to_bytes(size, "big")


def text_with_root(text: bytes) -> bytes:
    """A text for which `root_of_end` finds something: an odd number has exactly one cube root modulo a power of two."""
    return text_with(text, lambda found: sha256(found)[-1] % 2 == 1)


def root_of_end(message: bytes) -> int:
    """A forgery for e = 3 whose cube ends as it should and begins with zeros."""
    modulus = 256**52
    return pow(number(b"\0" + tail(message)), pow(3, -1, modulus // 2), modulus)
