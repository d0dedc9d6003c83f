# ruff: noqa
# mypy: ignore-errors
"""How an exercise says what it wants: `@exercise`, and the `case` it is written against.

    @exercise("b64u_encode", points=5, spec="RFC 7515 §2", hints=("vague", "nearer", "nearly there"))
    def b64u_encode(case):
        case.equal(b"", "")                                      # a valid input and its answer
        case.raises("text", TypeError)                           # a bad input and how it is refused
        case.refuses(b"")                                        # the same where the answer is a bool: False
        case.answers((b"", {}), ({}, {}), names=("response", "state"))  # a large answer: says where it differs
        case.satisfies(b"x", lambda answer: ..., "what is wrong")  # where many answers are right
        case.together([b"x", b"y"], lambda answers: ..., "what is wrong", why="…")  # where answers must fit together
        case.mistake(wrong_function, "The sentence that puts it right.")
        case.plays(does("add", 1, gives=None), does("size", gives=1))  # of a class: see `play`

A tuple is the whole list of arguments; anything else is the only argument. Expected values are computed by the
reference module, so inputs can be fresh for every seed.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ...inside.calling import RAISED, RETURNED, Outcome, is_class
from ...inside.values import pack, show, unpack
from .play import Step, first_wrong, script

Predicate = Callable[[Any], bool | str]
"""Says of a returned value whether it is right; a text is a refusal with its own reason."""

UNNAMED = "raised the right exception, without the word that it must name"
"""The verdict on a refusal whose text does not say what is wrong."""

_SLIPS = ("KeyError", "TypeError", "AttributeError", "RuntimeError")
"""What Python raises by itself where an unknown name or a missing value was not thought of."""

OVERNAMED = "raised the right exception, with the names of others in it that are not at fault"
"""The verdict on a refusal whose text names more than what is wrong."""

UNSORTED = "returned the right items in another order"
"""The verdict on a list that only its order makes wrong."""


@dataclass(frozen=True)
class Trial:
    """One call and what must come of it.

    Attributes:
        args: the arguments, plain values.
        wants: what the call must do, for people: "return '-_8'" or "raise ValueError".
        bad: whether this is a bad input, to be refused.
        rare: whether this is a valid input that counts as the bad ones do, because few people think of it.
        vital: whether accepting this bad input defeats the purpose, so that nothing is earned.
        grave: whether accepting it leaves a whole rule out, so that half of what is earned is lost.
        why: what the reader should learn if the answer is wrong.
        judged: whether a predicate decides, because many answers are right.
        naming: the word that the exception's text must have in it, if any.
        steps: of a class exercise, the method calls; args is then their script.
        large: whether arguments and answer are so large that only the first of each is shown.
        named: what to show in place of the arguments, where they all look alike.
    """

    args: tuple[Any, ...]
    wants: str
    bad: bool
    why: str
    judged: bool
    vital: bool
    verdict: Callable[[Outcome], str] = field(repr=False)
    """"" when the outcome is right, else a text; equal texts mean the same error."""
    naming: str = ""
    steps: tuple[Step, ...] = ()
    large: bool = False
    grave: bool = False
    named: str = ""
    rare: bool = False


@dataclass(frozen=True)
class Mistake:
    """A known wrong implementation and the sentence that puts it right.

    A silent one refuses by returning None. It is named alone, because other mistakes are told by what is accepted.
    """

    function: Callable[..., Any]
    sentence: str
    silent: bool = False


class Case:
    """Collects the trials and known mistakes of one exercise for one seed."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - inputs must be reproducible, not secret
        self.trials: list[Trial] = []
        self.mistakes: list[Mistake] = []

    def equal(self, args: Any, expected: Any, why: str = "", rare: bool = False, named: str = "") -> None:
        """A valid input: the function returns exactly this value, of exactly this type.

        A rare one counts as a bad input does: a wrong answer costs its part of the points, and not all of them. With
        named, the table says that in place of the arguments.
        """
        packed = pack(expected)

        def verdict(outcome: Outcome) -> str:
            if outcome.kind == RETURNED and outcome.packed == packed:
                return ""
            return UNSORTED if _only_unsorted(outcome, expected) else _key(outcome)

        self._add(args, f"return {show(expected)}", rare, why, verdict, rare=rare, named=named)

    def raises(
        self,
        args: Any,
        error: type[Exception],
        why: str = "",
        vital: bool = False,
        naming: str = "",
        grave: bool = False,
        named: str = "",
        sparing: tuple[str, ...] = (),
    ) -> None:
        """A bad input: the function raises this exception or a kind of it.

        Accepting a vital one costs all points, a grave one half of them. With naming, the exception's text must have
        that word in it, and none of those that it is sparing. With named, the table says that in place of the
        arguments.
        """

        def verdict(outcome: Outcome) -> str:
            if outcome.kind != RAISED or error.__name__ not in outcome.names:
                return _key(outcome)
            if naming and not _names(outcome.text, naming):
                return UNNAMED
            unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", outcome.text)  # quoted claims are the token's, not the text's
            return OVERNAMED if any(_names(unquoted, other) for other in sparing) else ""

        wants = f"raise {error.__name__}" + (f" that names {naming}" if naming else "")
        wants += f", and not {' or '.join(sparing)}" if sparing else ""
        self._add(args, wants, True, why, verdict, vital=vital, naming=naming, grave=grave, named=named)

    def refuses(self, args: Any, why: str = "", vital: bool = False, grave: bool = False) -> None:
        """A bad input of a function that answers yes or no: it returns False.

        Accepting a vital one costs all points, a grave one half of them.
        """
        packed = pack(False)

        def verdict(outcome: Outcome) -> str:
            return "" if outcome.kind == RETURNED and outcome.packed == packed else _key(outcome)

        self._add(args, "return False", True, why, verdict, vital=vital, grave=grave)

    def answers(
        self,
        args: Any,
        expected: tuple[Any, ...],
        names: tuple[str, ...],
        why: str = "",
        bad: bool = False,
        vital: bool = False,
    ) -> None:
        """Any input of a function that returns a tuple of large values, refusals too: a wrong one is told where.

        A vital bad input is tried twice: once for the exact answer, and once for whether it was taken. Only to take it
        costs all points; a first value with the right names in it is a refusal, and a slip that raises KeyError or the
        like at least no acceptance.
        """

        def verdict(outcome: Outcome) -> str:
            if outcome.kind != RETURNED:
                return _key(outcome)
            got = unpack(outcome.packed)
            if type(got) is not tuple or len(got) != len(names):
                return f"it must return ({', '.join(names)})"
            found = [one for parts in zip(got, expected, names, strict=True) for one in _differences(*parts)]
            more = f"; {len(found) - 3} more" if len(found) > 3 else ""
            return "; ".join(found[:3]) + more

        def taken(outcome: Outcome) -> str:
            if outcome.kind != RETURNED:
                return "" if outcome.names and outcome.names[0] in _SLIPS else _key(outcome)
            got = unpack(outcome.packed)
            refused = type(got) is tuple and got and type(got[0]) is dict and got[0].keys() == expected[0].keys()
            return "" if refused else _key(outcome)

        first, rest = show(expected[0]), ", ".join(names[1:])
        self._add(args, f"return ({first}, {rest})", bad, why, verdict, judged=True, large=True)
        if vital:
            self._add(args, f"refuse this with {first}", True, why, taken, vital=True, large=True)

    def satisfies(self, args: Any, predicate: Predicate, message: str, why: str = "", rare: bool = False) -> None:
        """A valid input with many right answers: the predicate says which; message completes "it must …"."""

        def verdict(outcome: Outcome) -> str:
            if outcome.kind != RETURNED:
                return _key(outcome)
            try:
                result = predicate(unpack(outcome.packed))
            except Exception as error:  # the answer is the learner's; a predicate need not foresee its type
                result = f"it must {message} ({type(error).__name__})"
            return "" if result is True else result if isinstance(result, str) else f"it must {message}"

        self._add(args, message, rare, why, verdict, judged=True, rare=rare)

    def together(self, calls: list[Any], predicate: Callable[[list[Any]], bool | str], message: str, why: str) -> None:
        """Several valid inputs whose answers must fit together: the predicate sees them all, and the last call tells.

        The answers are kept while one function's outcomes are judged in turn, and forgotten with its first.
        """
        answers: list[Any] = []

        def verdict(number: int, outcome: Outcome) -> str:
            if number == 0:
                answers.clear()
            if outcome.kind != RETURNED:
                return _key(outcome)
            answers.append(unpack(outcome.packed))
            if number < len(calls) - 1 or len(answers) < len(calls):
                return ""
            try:
                result = predicate(answers)
            except Exception as error:  # the answers are the learner's; a predicate need not foresee their types
                result = f"it must {message} ({type(error).__name__})"
            return "" if result is True else result if isinstance(result, str) else f"it must {message}"

        for number, args in enumerate(calls):
            self._add(args, message, False, why, partial(verdict, number), judged=True)

    def plays(self, *steps: Step, why: str = "", bad: bool = False, vital: bool = False) -> None:
        """A class exercise: a new object's methods, called in turn, give what they must (see `play`)."""

        def verdict(outcome: Outcome) -> str:
            if outcome.kind != RETURNED:
                return _key(outcome)
            index, complaint = first_wrong(steps, outcome)
            return f"step {index}: {complaint}" if complaint else ""

        wants = "; ".join(step.wants for step in steps[-1:])
        self.trials.append(Trial(script(steps), wants, bad, why, False, vital, verdict, steps=steps))

    def mistake(self, function: Callable[..., Any], sentence: str, silent: bool = False) -> None:
        """A wrong implementation that people write. When the learner's answers match it, the sentence is shown."""
        self.mistakes.append(Mistake(function, sentence, silent))

    def sample_bytes(self, count: int, max_size: int, min_size: int = 0) -> list[bytes]:
        """Some fresh byte strings of assorted sizes."""
        return [self.random.randbytes(self.random.randint(min_size, max_size)) for _ in range(count)]

    def _add(
        self,
        args: Any,
        wants: str,
        bad: bool,
        why: str,
        verdict: Callable[[Outcome], str],
        judged: bool = False,
        vital: bool = False,
        naming: str = "",
        large: bool = False,
        grave: bool = False,
        named: str = "",
        rare: bool = False,
    ) -> None:
        arguments = args if isinstance(args, tuple) else (args,)
        trial = Trial(arguments, wants, bad, why, judged, vital, verdict, naming)
        self.trials.append(replace(trial, large=large, grave=grave, named=named, rare=rare))


def _names(text: str, word: str) -> bool:
    """Whether a text has this word in it: in `exp_in_past` and `bad_exp` it has exp, in `expired` it has not."""
    return re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", text, re.IGNORECASE) is not None


def _only_unsorted(outcome: Outcome, expected: Any) -> bool:
    """Whether a list came back that has what it must, in another order."""
    if outcome.kind != RETURNED or type(expected) is not list:
        return False
    got = unpack(outcome.packed)
    return type(got) is list and sorted(map(pack, got)) == sorted(map(pack, expected))


def _differences(got: Any, wanted: Any, place: str) -> list[str]:
    """Where a value differs from the one that is wanted, one sentence for each place."""
    if type(got) is not dict or type(wanted) is not dict:
        same = pack(got) == pack(wanted)
        return [] if same else [f"{place} is {show(got, 40)} and must be {show(wanted, 40)}"]
    found = []
    for name in sorted(got.keys() | wanted.keys(), key=repr):
        entry = f"{place}[{show(name, 40)}]"
        if name not in got or name not in wanted:
            found.append(f"{entry} {'is missing' if name in wanted else 'must not be there'}")
        else:
            found += _differences(got[name], wanted[name], entry)
    return found


def _key(outcome: Outcome) -> str:
    """What a wrong outcome amounts to: the value, or the nearest built-in kind of exception."""
    if outcome.kind == RETURNED:
        return f"returned {outcome.packed}"
    return f"raised {outcome.names[0]}" if outcome.kind == RAISED and outcome.names else outcome.kind


@dataclass(frozen=True)
class Exercise:
    """One exercise: what it is worth, what it forbids, and how it is checked."""

    name: str
    chapter: str
    points: int
    spec: str
    hints: tuple[str, str, str]
    forbids: tuple[str, ...]
    because: str
    seconds: float
    slow: str
    write: Callable[[Case], None] = field(repr=False)

    @property
    def is_class(self) -> bool:
        """Whether the learner writes a class."""
        return is_class(self.name)

    def case(self, seed: str) -> Case:
        """The trials and mistakes for this seed; valid inputs come first."""
        case = Case(f"{seed}/{self.name}")
        self.write(case)
        case.trials.sort(key=lambda trial: trial.bad)
        return case


def exercise(
    name: str,
    *,
    points: int,
    spec: str,
    hints: tuple[str, str, str],
    forbids: tuple[str, ...] = (),
    because: str = "it would be the answer",
    seconds: float = 2.0,
    slow: str = "",
) -> Callable[[Callable[[Case], None]], Exercise]:
    """Declare an exercise of the chapter whose module this stands in.

    Args:
        name: the function that the learner writes.
        points: its worth.
        spec: where the rule stands.
        hints: three, from vague to nearly complete, as Markdown.
        forbids: packages whose functions the learner's may not call, or single functions by their full name; the
            built-in `hash`; `random.Random`, whose numbers are no secret (`secrets` goes on working); or
            `secrets`, with all that asks the system for chance.
        because: why not.
        seconds: the limit for one call.
        slow: the sentence for a function that exceeds it.
    """

    def declare(write: Callable[[Case], None]) -> Exercise:
        module = write.__module__.rpartition(".")[2]
        return Exercise(name, module.removeprefix("c"), points, spec, hints, forbids, because, seconds, slow, write)

    return declare
