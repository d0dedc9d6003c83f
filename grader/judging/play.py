"""Exercises that are classes: a play makes an object, calls its methods in turn, and looks at what each returned.

    first = does("create", "ann", gives=is_a_new_id)      # a predicate, where many answers are right
    case.plays(
        first,
        does("get", Earlier(0), gives="ann"),              # what step 0 returned is the argument; a value to equal
        does("get", "no such id", gives=KeyError),         # an exception, or a kind of it
        another(), does("get", Earlier(0), gives=KeyError)  # a second object, which has the steps from here on
        why="…",
    )

A mistake that keeps state on its class is defined inside the exercise's function, so that each case has a fresh one.

The whole play is one call across the wall to the learner's process, with plain values in and out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..inside.calling import ANOTHER, CHANCE, RAISED, RETURNED, Outcome
from ..inside.values import pack, plain_text, show, unpack
from .verdict import LAX, STRICT

Gives = Callable[..., bool | str] | type[Exception] | Any
"""What a step must give: an equal value; an exception; or a predicate of the value and the list of those before it."""


MUST = "it must "
"""How the complaint of a predicate begins."""


@dataclass(frozen=True)
class Earlier:
    """An argument: what an earlier step of the same play returned, counted from 0, perhaps changed.

    Attributes:
        step: the step.
        change: one of `calling.CHANGES`, such as "a space behind".
    """

    step: int
    change: str = ""


@dataclass(frozen=True)
class ExpectedCall:
    """One method call of a play, and what it must give."""

    method: str
    args: tuple[Any, ...]
    gives: Any
    must: str

    @property
    def wants(self) -> str:
        """What the call must do, for people."""
        if _is_exception(self.gives):
            return f"raise {self.gives.__name__}"
        return self.must or f"return {show(self.gives)}"

    def complaint(self, came: tuple[Any, ...], before: list[Any]) -> str:
        """ "" when it gave what it must, else a text; equal texts mean the same error."""
        kind, value = came[0], came[1]
        if _is_exception(self.gives):
            right = kind == RAISED and isinstance(value, list) and self.gives.__name__ in value
            return "" if right else _key(kind, value)
        if kind != RETURNED:
            return _key(kind, value)
        if not callable(self.gives):
            return "" if pack(value) == pack(self.gives) else _key(kind, value)
        try:
            verdict = self.gives(value, before)
        except Exception as error:  # the value is the learner's; a predicate need not foresee its type
            verdict = f"{MUST}{self.must} ({type(error).__name__})"
        return "" if verdict is True else verdict if isinstance(verdict, str) else f"{MUST}{self.must}"


def does(method: str, *args: Any, gives: Gives, must: str = "") -> ExpectedCall:
    """One step: call method with args. A predicate needs `must`, which completes "it must …"."""
    return ExpectedCall(method, args, gives, must)


def another() -> ExpectedCall:
    """A new object of the class: the steps behind it are its own."""
    return ExpectedCall(ANOTHER, (), None, "make a new object")


def decided_by_chance(method: str, *args: Any, bits: int, must: str) -> ExpectedCall:
    """One step: of what this method of a new object returns, so many bits of the system's chance decide at least."""

    def gives(value: Any, before: list[Any]) -> bool | str:
        return value >= bits or f"{MUST}{must}; here {f'only {value}' if value else 'none'} of the bits decide"

    return ExpectedCall(CHANCE, (method, *args), gives, must)


def script(steps: tuple[ExpectedCall, ...]) -> tuple[Any, ...]:
    """The steps as plain values, as `calling.play` takes them: (method, ((is earlier, value), …))."""
    return tuple((step.method, tuple(map(_as_plain, step.args))) for step in steps)


def _as_plain(arg: Any) -> tuple[Any, ...]:
    if not isinstance(arg, Earlier):
        return (False, arg)
    return (True, arg.step, arg.change) if arg.change else (True, arg.step)


def first_wrong(steps: tuple[ExpectedCall, ...], outcome: Outcome) -> tuple[int, str]:
    """The first step that went wrong and the complaint; (the number of steps, "") when none did."""
    values: list[Any] = []
    for index, (step, one) in enumerate(zip(steps, results(steps, outcome), strict=True)):
        if complaint := step.complaint(one, values):
            return index, complaint
        values.append(one[1])
    return len(steps), ""


def as_row(steps: tuple[ExpectedCall, ...], outcome: Outcome) -> tuple[str, str, str]:
    """For people: the calls up to the first that went wrong (or the last), what came of it, what had to."""
    index, complaint = first_wrong(steps, outcome)
    index = min(index, len(steps) - 1)
    calls = [_call(step) for step in steps[: index + 1]]
    calls = [f"#{number} {call}" if _used(number, steps) else call for number, call in enumerate(calls)]
    left = "… " if len(calls) > 4 else ""
    kind, value, text = (*results(steps, outcome)[index], "")[:3]
    if steps[index].method == CHANCE and kind == RETURNED:
        got = f"{'only ' if complaint and value else ''}{value or 'no'} bits change what it returns"
    else:
        got = f"returned {show(value)}" if kind == RETURNED else f"raised {_error(value)}{f': {text}' if text else ''}"
    # A predicate may know better than the step what is wrong.
    wants = complaint.removeprefix(MUST) if complaint.startswith(MUST) else steps[index].wants
    return left + "; ".join(calls[-4:]), plain_text(got, 200), wants


def _call(step: ExpectedCall) -> str:
    if step.method == ANOTHER:
        return "a new object"
    method, args = (step.args[0], step.args[1:]) if step.method == CHANCE else (step.method, step.args)
    call = f"{method}({', '.join(map(_argument, args))})"
    return f"{call}, repeated with one random bit flipped each time:" if step.method == CHANCE else call


def refused_otherwise(step: ExpectedCall, came: tuple[Any, ...]) -> bool:
    """Whether a step that must raise did, only another exception."""
    return _is_exception(step.gives) and came[0] == RAISED


def state_of(step: ExpectedCall, came: tuple[Any, ...]) -> str:
    """How a step that went wrong is wrong: see `Verdict`."""
    if not _is_exception(step.gives):
        return STRICT if came[0] == RAISED else ""
    return f"refused with {_error(came[1])}, not {step.gives.__name__}" if came[0] == RAISED else LAX


def results(steps: tuple[ExpectedCall, ...], outcome: Outcome) -> list[tuple[Any, ...]]:
    """What came of each step. A learner's process may say anything, which is then no answer."""
    came = unpack(outcome.packed)
    if not isinstance(came, list) or len(came) != len(steps) or not all(map(_is_result, came)):
        return [(RAISED, [], "")] * len(steps)
    return came


def _is_result(one: Any) -> bool:
    return isinstance(one, tuple) and len(one) > 1 and one[0] in (RETURNED, RAISED)


def _used(number: int, steps: tuple[ExpectedCall, ...]) -> bool:
    return any(isinstance(arg, Earlier) and arg.step == number for step in steps for arg in step.args)


def _argument(arg: Any) -> str:
    if isinstance(arg, Earlier):
        return f"#{arg.step}{f', {arg.change}' if arg.change else ''}"
    return show(arg, 40)


def _error(names: Any) -> str:
    return str(names[0]) if isinstance(names, list) and names else "an exception"


def _key(kind: str, value: Any) -> str:
    return f"returned {pack(value)}" if kind == RETURNED else f"raised {_error(value)}"


def _is_exception(gives: Any) -> bool:
    return isinstance(gives, type) and issubclass(gives, Exception)
