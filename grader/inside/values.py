"""Plain values: the only thing that ever passes between a learner's code and the checker.

A plain value is None, bool, int, float, str, bytes, or a list, tuple or dict of plain values, each of exactly
that type. `pack` writes one as text and `unpack` makes an equal one, built from scratch, so nothing of the
learner's (a subclass, a lying `__eq__`, a shared list) comes across. There is no pickle here on purpose.
"""

import json
from typing import Any

MAX_PACKED = 1_000_000
"""Characters of one packed value; a bigger answer is refused before it is written out."""

TOO_LARGE = "too large"

MAX_DEPTH = 64
"""How deep lists, tuples and dicts may nest. The deepest argument of the course's checks has 50."""


class NotPlain(ValueError):  # noqa: N818 - it says what is wrong
    """A value that is not plain, too large, too deep, or text that packs none.

    Attributes:
        names: of a value of another type, that type's name and those of its ancestors; or TOO_LARGE.
    """

    def __init__(self, text: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.names = names


def pack(value: Any, in_order: bool = False) -> str:
    """Write a plain value as text. Equal values of equal types give equal text: 1 is not True here, nor 1.0.

    Args:
        value: the value.
        in_order: dicts keep the order of their members, so equal ones may give two texts. For arguments, where it may
            matter; not for what is compared.

    Raises:
        NotPlain: value is not plain, or too large or deep.
    """
    budget = [MAX_PACKED]
    return json.dumps(_tag(value, 0, budget, in_order), separators=(",", ":"))


def unpack(text: str) -> Any:
    """Build the value that `pack` wrote.

    Raises:
        NotPlain: text is nothing that `pack` writes.
    """
    if len(text) > 8 * MAX_PACKED:
        raise NotPlain("too large")
    try:
        return _untag(json.loads(text), 0)
    except (ValueError, TypeError, OverflowError, IndexError, RecursionError) as error:
        raise NotPlain(f"not a packed value: {type(error).__name__}") from None


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
    return shorten("".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in text[: 4 * limit]), limit)


def _tag(value: Any, depth: int, budget: list[int], in_order: bool) -> Any:
    kind = type(value)
    size = len(value) if kind in (str, bytes) else value.bit_length() // 4 if kind is int else 0
    budget[0] -= 4 + size
    if budget[0] < 0:
        raise NotPlain("too large", (TOO_LARGE,))
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
        return ["l" if kind is list else "t", *(_tag(item, depth + 1, budget, in_order) for item in value)]
    if kind is dict:
        pairs = [[_tag(one, depth + 1, budget, in_order) for one in pair] for pair in value.items()]
        return ["d", *(pairs if in_order else sorted(pairs, key=lambda pair: json.dumps(pair[0])))]
    ancestors = tuple(plain_text(one.__name__, 40) for one in type.mro(kind)[:10])
    raise NotPlain(f"a value of type {plain_text(kind.__name__, 40)}", ancestors if isinstance(kind, type) else ())


def _untag(tagged: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if tagged is None or isinstance(tagged, (bool, str)):
        return tagged
    if not isinstance(tagged, list):
        raise TypeError("a bare number or object")
    tag, *rest = tagged
    if tag in ("i", "f", "b"):
        (text,) = rest
        return int(text, 16) if tag == "i" else float.fromhex(text) if tag == "f" else bytes.fromhex(text)
    if tag in ("l", "t"):
        items = [_untag(item, depth + 1) for item in rest]
        return items if tag == "l" else tuple(items)
    if tag == "d":
        return {_untag(key, depth + 1): _untag(item, depth + 1) for key, item in rest}
    raise ValueError("an unknown tag")
