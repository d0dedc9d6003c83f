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
"""Characters of one packed value; a bigger answer is refused before it is written out. The checks' have 12,000."""

MAX_VALUES = 10_000
"""Values in one packed value, itself and those inside each other counted. The checks' have 1,300."""

TOO_LARGE = "too large"

MAX_DEPTH = 64
"""How deep lists, tuples and dicts may nest. The deepest argument of the course's checks has 50."""

MAX_BITS = 14_000
"""Bits of one integer. Python itself refuses to print one of some more, wherever anybody does it."""

MAX_COLLIDING = 20
"""Keys of one dict with the same hash. Each costs a comparison with all the others; no text and no bytes have it."""

_WIDEST = 12
"""Characters in which JSON writes one: an emoji as two escapes."""


class NotPlain(ValueError):
    """A value that is not plain, too large, too deep, or text that packs none.

    Attributes:
        names: of a value of another type, that type's name and those of its ancestors; or TOO_LARGE.
    """

    def __init__(self, text: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.names = names


def pack(value: Any, in_order: bool = False, of_base: bool = False) -> str:
    """Write a plain value as text. Equal values of equal types give equal text: 1 is not True here, nor 1.0.

    Args:
        value: the value.
        in_order: dicts keep the order of their members, so equal ones may give two texts. For arguments, where it may
            matter; not for what is compared.
        of_base: take a NamedTuple for a tuple, a StrEnum for a str, a Counter for a dict, and so on: what a subclass
            of a built-in type holds, read by that type's own methods and never by the subclass's. For what a learner's
            function returned, and only in the learner's process.

    Raises:
        NotPlain: value is not plain, or too large or deep.
    """
    return json.dumps(_Packing(in_order, of_base).tag(value, 0), separators=(",", ":"))


def unpack(text: str) -> Any:
    """Build the value that `pack` wrote.

    Raises:
        NotPlain: text is nothing that `pack` writes.
    """
    if len(text) > _WIDEST * MAX_PACKED:
        raise NotPlain("too large")
    try:
        return _untag(json.loads(text), 0, _Allowance())
    except NotPlain:
        raise
    except (ValueError, TypeError, OverflowError, IndexError, RecursionError) as error:
        raise NotPlain(f"not a packed value: {type(error).__name__}") from None


def exactly(value: Any) -> bytes:
    """What a plain value is, members' order included, as bytes that are made quickly and only compared, never read.

    b"" for what is not plain.
    """
    try:
        return marshal.dumps(value, 2)  # of later versions, how often an object is referred to changes the bytes
    except ValueError:
        return b""


def copy_of(value: Any) -> Any:
    """A plain value whose lists and dicts are built anew, members' order included."""
    if type(value) is dict:
        return {name: copy_of(one) for name, one in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(copy_of, value))
    return value


def show(value: Any, limit: int = 72) -> str:
    """A short ASCII picture of a plain value for a table or a Report."""
    try:
        text = ascii(value)
    except ValueError:  # an integer of more digits than Python prints
        text = f"<{type(value).__name__} too long to print>"
    return shorten(text, limit)


def sketch(value: Any, limit: int) -> str:
    """A picture of a plain value that keeps its structure: only what stands in it is shortened, each by itself."""
    if type(value) is dict:
        return "{" + ", ".join(f"{sketch(name, limit)}: {sketch(one, limit)}" for name, one in value.items()) + "}"
    if type(value) is list:
        return "[" + ", ".join(sketch(one, limit) for one in value) + "]"
    if type(value) is tuple:
        return "(" + ", ".join(sketch(one, limit) for one in value) + "," * (len(value) == 1) + ")"
    return show(value, limit)


def shorten(text: str, limit: int) -> str:
    """Cut the middle out of a long text, keeping its two ends."""
    if len(text) <= limit:
        return text
    head = (limit - 3) * 2 // 3
    return f"{text[:head]}...{text[-(limit - 3 - head) :]}"


def plain_text(text: str, limit: int = 300) -> str:
    """Someone else's text made safe to print: ASCII, one line, no control characters, not long."""
    text = text[: 4 * limit]
    if not (text.isascii() and text.isprintable()):
        text = "".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in text)
    return shorten(text, limit)


class _Allowance:
    """What may still stand in one value."""

    def __init__(self) -> None:
        self._characters = MAX_PACKED
        self._values = MAX_VALUES

    def take(self, value: Any) -> None:
        """Count one value, without those in it.

        Raises:
            NotPlain: it is too large by itself, or with what came before it.
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
"""How the value that a subclass of each type holds is read; a dict is read where it is packed.

bool has no subclasses, and a bytearray is no bytes.
"""

_HASHED = (bool, int, float, str, bytes, tuple, type(None))
"""Types of keys whose hash is Python's own, as far as they hold nothing of the learner's; `unpack` looks at all."""

_NAME = vars(type)["__name__"]  # a metaclass may lie about its own


class _Packing:
    """One value on its way into text, and how much room is left for it."""

    def __init__(self, in_order: bool, of_base: bool) -> None:
        self._in_order = in_order
        self._of_base = of_base
        self._room = _Allowance()

    def tag(self, value: Any, depth: int) -> Any:
        kind = type(value)
        self._room.take(value)
        if value is None or kind in (bool, str):
            return value
        if kind is int:
            return ["i", hex(value)]
        if kind is float:
            return ["f", value.hex()]
        if kind is bytes:
            return ["b", value.hex()]
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
            raise NotPlain("a dict with two keys that are the same")  # two of a subclass, each equal only to itself
        return [pair for _, pair in named]

    def _held(self, value: Any, kind: type) -> Any:
        """What an object of a built-in type's subclass holds."""
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
