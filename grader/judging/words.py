"""Calls and answers as a learner would write them, short, and with what decides still in them."""

from itertools import zip_longest
from typing import Any

from ..inside import calling
from ..inside.values import plain_text, shorten, show, sketch, unpack
from .trial import Answer, Trial
from .wants import Differs, InTurn, Plays, Returns, Want

WHOLE = 600
"""Characters of an argument in the one call that is shown whole."""


def call_text(name: str, trial: Trial, beside: Trial | None = None, whole: bool = False, at: int = -1) -> str:
    """The call as the learner would write it, each argument shortened around what sets it apart.

    Args:
        name: the exercise's name.
        trial: whose call.
        beside: a trial to compare with: what it has in common with that one is cut first.
        whole: whether to show each value of the arguments, and cut only inside of long ones.
        at: which of its calls, where it has several.
    """
    if isinstance(trial.want, Plays):
        return f"{name}()"
    args = trial.calls[at]
    if isinstance(trial.want, Differs):
        return f"{name}({show(args[0], 150)}, ...)"
    others: tuple[Any, ...] = beside.args if beside is not None and len(beside.args) == len(args) else args
    texts = [_argument(arg, other, whole) for arg, other in zip(args, others, strict=True)]
    return f"{name}({', '.join(texts)})"


def _argument(arg: Any, other: Any, whole: bool) -> str:
    if type(arg) in (str, bytes):
        return around(arg, other, 120 if whole else 60)
    return shorten(sketch(arg, 60), WHOLE) if whole else shorten(sketch(arg, 30), 120)


def around(value: Any, other: Any, limit: int) -> str:
    """A text or bytes, cut so that the first place in which it differs from another stays in."""
    if type(value) is not type(other) or value == other or len(ascii(value)) <= limit:
        return show(value, limit)
    first = next((i for i, (a, b) in enumerate(zip(value, other, strict=False)) if a != b), min(len(value), len(other)))
    start = max(0, first - limit // 3)
    cut = value[start : start + limit - 10]
    dots = "..." if start else ""
    return f"{dots}{show(cut, limit)}{'...' if start + len(cut) < len(value) else ''}"


def beside(value: Any, other: Any, limit: int = 72) -> str:
    """A value in the order of another one's keys, cut so that the first place in which they differ stays in."""
    if type(value) in (str, bytes):
        return around(value, other, limit)
    text, against = (show(one, WHOLE) for one in (in_order_of(value, other), other))
    first = next((i for i, (a, b) in enumerate(zip(text, against, strict=False)) if a != b), 0)
    if len(text) <= limit or first < limit // 2:
        return shorten(text, limit)
    cut = text[first - limit // 3 :]
    return f"...{cut[:limit]}{'...' if len(cut) > limit else ''}"


def in_order_of(value: Any, other: Any) -> Any:
    """The value, with the keys of its dicts in the order in which another value has them, and its own at the end."""
    if type(value) is dict and type(other) is dict:
        own = {key: key for key in value}  # a key equals others that are not the same: 1 and True
        keys = [own[key] for key in other if key in own] + [key for key in value if key not in other]
        return {key: in_order_of(value[key], other.get(key)) for key in keys}
    if type(value) is type(other) and type(value) in (list, tuple):
        pairs = zip_longest(value, other[: len(value)])
        return type(value)(in_order_of(one, its) for one, its in pairs)
    return value


def came(answer: Answer) -> str:
    """What came of the call that the verdict is about, for people."""
    outcome = answer.told
    if outcome.kind == calling.RETURNED:
        value, want = unpack(outcome.packed), wanted(answer)
        if isinstance(want, Returns):
            return f"returned {beside(value, want.value)}"
        large = isinstance(answer.trial.want, Differs) and isinstance(value, tuple) and len(value) > 1
        return f"returned ({show(value[0])}, ...)" if large else f"returned {show(value)}"
    if outcome.kind == calling.RAISED:
        name = outcome.names[0] if outcome.names else "an exception"
        text = f": {outcome.text}" if outcome.text else ""
        return f"raised {name}{text}{at(outcome.where)}"
    return outcome.text


def wanted(answer: Answer) -> Want:
    """What must come of the call that the verdict is about."""
    want = answer.trial.want
    return want.wants[answer.verdict.call] if isinstance(want, InTurn) and answer.verdict.call >= 0 else want


def must(answer: Answer) -> str:
    """What must come of that call, for people; of a value, the part in which what was returned differs from it."""
    want, outcome = wanted(answer), answer.told
    if isinstance(want, Returns) and outcome.kind == calling.RETURNED:
        return f"return {beside(want.value, in_order_of(unpack(outcome.packed), want.value))}"
    return want.text


def at(where: str) -> str:
    """The place in the learner's code, in parentheses behind what happened there; "" if it is not known."""
    return f" ({where})" if where else ""


def window(text: str, limit: int) -> str:
    """A text fit for a table."""
    return plain_text(text, limit)
