"""Plain values: the only thing that ever passes between a learner's code and the checker.

A plain value is None, bool, int, float, str, bytes, or a list, tuple or dict of plain values, each of exactly
that type. `pack` writes one as text and `unpack` makes an equal one, built from scratch, so nothing of the
learner's (a subclass, a lying `__eq__`, a shared list) comes across. There is no pickle here on purpose.
"""

import itertools
import json
import marshal
from collections import Counter
from collections.abc import Callable
from typing import Any

MAX_PACKED = 200_000
"""The most characters of a packed value; a larger one is refused early. The checks' values have up to 12,000."""

MAX_VALUES = 10_000
"""The most values in a packed value, nested ones and itself included. The checks' have up to 1,300."""

TOO_LARGE = "too large"

MAX_DEPTH = 64
"""How deep lists, tuples and dicts may nest. The deepest argument of the course's checks has 50."""

MAX_BITS = 14_000
"""Bits of one integer. Python refuses to print one that is a little larger (4,300 digits), anywhere."""

MAX_COLLIDING = 20
"""The most keys with the same hash in a dict: each is compared with all others. For str and bytes it does not occur."""

_WIDEST = 12
"""The most characters that JSON needs for one character: an emoji is written as two escapes."""


_FROM_TEXT = json.JSONDecoder().decode
_AS_TEXT = json.JSONEncoder(separators=(",", ":")).encode  # json.dumps would make an encoder each time


class NotPlain(ValueError):
    """A value that is not plain, too large or too deep, or a text that is no packed value.

    Attributes:
        names: if the value's type is not plain, the names of the type and its ancestors; or TOO_LARGE.
    """

    def __init__(self, text: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.names = names


def pack(value: Any, in_order: bool = False, of_base: bool = False) -> str:
    """Write a plain value as text. Equal values of equal types give equal text: 1 is not True here, nor 1.0.

    Args:
        value: the value.
        in_order: dicts keep the order of their members, so equal ones may give different texts. For arguments, where
            the order may matter; not for values that are compared.
        of_base: pack a NamedTuple as a tuple, a StrEnum as a str, a Counter as a dict, and so on, read by the built-in
            type's own methods, never the subclass's. Only in the learner's process, for what a function returned.

    Raises:
        NotPlain: value is not plain, or too large or deep.
    """
    return _AS_TEXT(tagged(value, in_order, of_base))


def tagged(value: Any, in_order: bool = False, of_base: bool = False) -> Any:
    """The same before it is written as text: what JSON has a form for."""
    return _Packing(in_order, of_base).tag(value, 0)


def unpack(text: str) -> Any:
    """Build the value that `pack` wrote.

    Raises:
        NotPlain: `pack` does not write such a text.
    """
    if len(text) > _WIDEST * MAX_PACKED:
        raise NotPlain("too large")
    try:
        return untagged(_FROM_TEXT(text))
    except NotPlain:
        raise
    except (ValueError, RecursionError) as error:
        raise NotPlain(f"not a packed value: {type(error).__name__}") from None


def untagged(value: Any) -> Any:
    """Build the value of which `tagged` made this.

    Raises:
        NotPlain: it does not make such a thing.
    """
    try:
        return _untag(value, 0, _Allowance())
    except NotPlain:
        raise
    except (ValueError, TypeError, OverflowError, IndexError, RecursionError) as error:
        raise NotPlain(f"not a packed value: {type(error).__name__}") from None


def is_packed(text: str) -> bool:
    """Whether `pack` writes this text.

    Raises:
        NotPlain: it could not be read, or is too large.
    """
    if len(text) < MAX_PACKED - 4 and not text.startswith("["):  # a text, a truth value or None: most answers
        try:
            value = _FROM_TEXT(text)
        except (ValueError, RecursionError):
            raise NotPlain("not a packed value") from None
        if value is None or type(value) in (bool, str):
            return _AS_TEXT(value) == text
    return pack(unpack(text)) == text


def exactly(value: Any) -> bytes:
    """A plain value, with its members' order, as bytes that are quick to make and are only compared, never read.

    b"" for a value that is not plain.
    """
    try:
        return marshal.dumps(value, 2)  # in later versions of the format, the reference count changes the bytes
    except ValueError:
        return b""


def copy_of(value: Any) -> Any:
    """A deep copy of a plain value; members keep their order."""
    if type(value) is dict:
        return {name: copy_of(one) for name, one in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(copy_of, value))
    return value


def show(value: Any, limit: int = 72) -> str:
    """A plain value as short ASCII text, for a table or a Report."""
    try:
        text = ascii(value)
    except ValueError:  # an integer with more digits than Python prints
        text = f"<{type(value).__name__} too long to print>"
    return shorten(text, limit)


def sketch(value: Any, limit: int) -> str:
    """A plain value as text that keeps its structure: the values in lists, tuples and dicts are shortened singly."""
    if type(value) is dict:
        return "{" + ", ".join(f"{sketch(name, limit)}: {sketch(one, limit)}" for name, one in value.items()) + "}"
    if type(value) is list:
        return "[" + ", ".join(sketch(one, limit) for one in value) + "]"
    if type(value) is tuple:
        return "(" + ", ".join(sketch(one, limit) for one in value) + "," * (len(value) == 1) + ")"
    return show(value, limit)


def shorten(text: str, limit: int) -> str:
    """Cut the middle out of a long text."""
    if len(text) <= limit:
        return text
    head = (limit - 3) * 2 // 3
    return f"{text[:head]}...{text[-(limit - 3 - head) :]}"


def plain_text(text: str, limit: int = 300) -> str:
    """Someone else's text made safe to print: ASCII, one line, no control characters, not long."""
    if len(text) <= limit and text.isascii() and text.isprintable():  # nearly always
        return text
    text = text[: 4 * limit]
    if not (text.isascii() and text.isprintable()):
        text = "".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in text)
    return shorten(text, limit)


class _Allowance:
    """How much more one value may contain."""

    def __init__(self) -> None:
        self._characters = MAX_PACKED
        self._values = MAX_VALUES

    def take_text(self, length: int) -> None:
        """Count a text or bytes. Most values are one, so this is quick.

        Raises:
            NotPlain: as `take`.
        """
        self._characters -= 4 + length
        self._values -= 1
        if self._characters < 0 or self._values < 0:
            raise NotPlain("too large", (TOO_LARGE,))

    def take(self, value: Any) -> None:
        """Count one value, without those nested in it.

        Raises:
            NotPlain: it is too large by itself, or together with those before it.
        """
        kind = type(value)
        if kind is int and value.bit_length() > MAX_BITS:
            raise NotPlain(f"an integer of more than {MAX_BITS} bits is too large", (TOO_LARGE,))
        self._characters -= 4 + (len(value) if kind in (str, bytes) else value.bit_length() // 4 if kind is int else 0)
        self._values -= 1
        if self._characters < 0 or self._values < 0:
            raise NotPlain("too large", (TOO_LARGE,))


_BASES: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    bytes: bytes.__bytes__,
    list: lambda value: list(list.__iter__(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
}
"""How to read the value of an object whose type is a subclass of each; dicts are read where they are packed.

bool is not here, because it can't be subclassed; a bytearray is not a subclass of bytes.
"""

_HASHED = (bool, int, float, str, bytes, tuple, type(None))
"""Types of dict keys with Python's own hash, unless a tuple holds an object of the learner's; `unpack` checks all."""

_NAME = vars(type)["__name__"]  # a metaclass may lie about its own


class _Packing:
    """One value while it is packed, and how much more it may contain."""

    def __init__(self, in_order: bool, of_base: bool) -> None:
        self._in_order = in_order
        self._of_base = of_base
        self._room = _Allowance()

    def tag(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            self._room.take_text(len(value))
            return value
        if kind is bytes:
            self._room.take_text(len(value))
            return ["b", value.hex()]
        self._room.take(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return ["i", hex(value)]
        if kind is float:
            return ["f", value.hex()]
        if depth >= MAX_DEPTH:
            raise NotPlain("nested too deep")
        if kind is list or kind is tuple:
            return ["l" if kind is list else "t", *(self.tag(item, depth + 1) for item in value)]
        if kind is dict or (self._of_base and issubclass(kind, dict)):
            return ["d", *self._pairs(list(dict.items(value)), depth + 1)]
        return self.tag(self._held(value, kind), depth)

    def _pairs(self, items: list[tuple[Any, Any]], depth: int) -> list[Any]:
        pairs = [[self.tag(one, depth) for one in pair] for pair in items]
        _refuse_collisions([key for key, _ in items if type(key) in _HASHED])
        if self._in_order:
            return pairs
        named = sorted(((json.dumps(pair[0]), pair) for pair in pairs), key=lambda one: one[0])
        if self._of_base and any(one[0] == after[0] for one, after in itertools.pairwise(named)):
            raise NotPlain("a dict with two keys that are the same")  # objects of a subclass can have the same value
        return [pair for _, pair in named]

    def _held(self, value: Any, kind: type) -> Any:
        """The built-in value of an object whose type is a subclass of `kind`."""
        if self._of_base:
            for base, read in _BASES.items():
                if issubclass(kind, base):
                    return read(value)
        ancestors = tuple(plain_text(_NAME.__get__(one), 40) for one in type.mro(kind)[:10])
        raise NotPlain(f"a value of type {ancestors[0]}", ancestors)


def _untag(tagged: Any, depth: int, room: _Allowance) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if tagged is None or isinstance(tagged, (bool, str)):
        room.take(tagged)
        return tagged
    if not isinstance(tagged, list):
        raise TypeError("a bare number or object")
    tag, *rest = tagged
    if tag in ("i", "f", "b"):
        (text,) = rest
        value = int(text, 16) if tag == "i" else float.fromhex(text) if tag == "f" else bytes.fromhex(text)
        room.take(value)
        return value
    room.take(None)
    if tag in ("l", "t"):
        items = [_untag(item, depth + 1, room) for item in rest]
        return items if tag == "l" else tuple(items)
    if tag == "d":
        pairs = [(_untag(key, depth + 1, room), _untag(item, depth + 1, room)) for key, item in rest]
        _refuse_collisions([key for key, _ in pairs])
        return dict(pairs)
    raise ValueError("an unknown tag")


def _refuse_collisions(keys: list[Any]) -> None:
    if keys and max(Counter(map(hash, keys)).values()) > MAX_COLLIDING:
        raise NotPlain(f"a dict with more than {MAX_COLLIDING} keys of one hash")
