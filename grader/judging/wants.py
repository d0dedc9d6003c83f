"""What a trial wants of the answer: each kind says it in words and gives the verdict."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

from ..inside import calling
from ..inside.calling import RAISED, RETURNED, Outcome
from ..inside.values import pack, show, unpack
from .play import MUST, ExpectedCall, first_wrong, refused_otherwise, results, state_of
from .verdict import LAX, RIGHT, STRICT, Verdict

Predicate = Callable[[Any], bool | str]
"""Says of a returned value whether it is right; a text is the reason why not, and completes "it must …"."""

SLIPS = ("KeyError", "TypeError", "AttributeError", "RuntimeError")
"""What Python raises by itself in a program that never thought of an unknown name or a missing value."""
UNHEARD = "A refusal must be raised, not returned: who calls this looks at no answer."
"""True only of who refuses by a value, which one answer alone does not show (see `telling`)."""


class Want(Protocol):
    """What must come of a trial's calls."""

    @property
    def text(self) -> str:
        """Completes "it must …"."""

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """The verdict on the outcomes of the trial's calls, of which there is at least one."""


@dataclass(frozen=True)
class Returns:
    """Exactly this value, of exactly this type."""

    value: Any

    @cached_property
    def packed(self) -> str:
        """The value as it crosses the wall."""
        return pack(self.value)

    @property
    def text(self) -> str:
        """What it must do."""
        return f"return {show(self.value)}"

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """Right if the value is equal."""
        (outcome,) = outcomes
        if outcome.kind == RETURNED and outcome.packed == self.packed:
            return RIGHT
        says_no = self.value is True and outcome.packed == pack(False)
        state = STRICT if outcome.kind == RAISED or says_no else ""
        return Verdict(False, error_key(outcome), state=state, usually=self._usually(outcome))

    def _usually(self, outcome: Outcome) -> str:
        if outcome.kind != RETURNED:
            return usual_meaning(outcome)
        got = unpack(outcome.packed)
        if got is None:
            return "It returned None. Is there a `return` on every path?"
        if isinstance(self.value, bool):
            return no_bool(got, self.value)
        if type(got) is list and type(self.value) is list and sorted(map(pack, got)) == sorted(map(pack, self.value)):
            return "The right items, in another order: `sorted(...)` puts them in order."
        return ""


@dataclass(frozen=True)
class Refuses:
    """The answer no to a bad input: False."""

    text: str = "return False"

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """Right if it is False; an exception lets nobody in, but it is no answer."""
        (outcome,) = outcomes
        if outcome.kind == RETURNED and outcome.packed == pack(False):
            return RIGHT
        if outcome.kind == RAISED:
            return Verdict(
                False,
                error_key(outcome),
                state=f"refused with {error_name(outcome)}, and not by returning False",
                usually="It raises an exception here. The answer to a bad input is False.",
            )
        got = unpack(outcome.packed) if outcome.kind == RETURNED else True
        usually = no_bool(got, False) or usual_meaning(outcome)
        return Verdict(False, taken_key(outcome), taken=True, state=LAX if got else "", usually=usually)


@dataclass(frozen=True)
class Raises:
    """A bad input is refused by this exception or a kind of it.

    Attributes:
        error: the exception.
        naming: a word that its text must have in it, if any.
        sparing: words that its text may not have in it.
    """

    error: type[Exception] = ValueError
    naming: str = ""
    sparing: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What it must do."""
        naming = f" that names {self.naming}" if self.naming else ""
        return f"raise {self.error.__name__}{naming}{', and not ' + ' or '.join(self.sparing) if self.sparing else ''}"

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """Right if it was raised, with the right words."""
        (outcome,) = outcomes
        if outcome.kind != RAISED:
            return Verdict(False, taken_key(outcome), taken=True, state=LAX, usually=self._instead(outcome))
        if self.error.__name__ not in outcome.names:
            other = f"{error_name(outcome)}, not {self.error.__name__}"
            usually = _other_kind(outcome, other)
            return Verdict(False, error_key(outcome), state=f"refused with {other}", usually=usually)
        if self.naming and not _names(outcome.text, self.naming):
            return Verdict(
                False,
                "unnamed",
                state=f"refused, but the text does not name {self.naming}",
                usually=f"It does refuse, but the exception's text lacks the word {self.naming}, so nobody learns why.",
            )
        said = [other for other in self.sparing if has_word(_without_values(outcome.text), other)]
        if said:
            return Verdict(
                False,
                "overnamed",
                state=f"refused, but the text names {' and '.join(said)} as well",
                usually="The exception's text names what is not at fault, so nobody learns what is.",
            )
        return RIGHT

    @staticmethod
    def _instead(outcome: Outcome) -> str:
        if outcome.kind == RETURNED and outcome.packed in (pack(None), pack(False)):
            return UNHEARD
        return usual_meaning(outcome)


@dataclass(frozen=True)
class Satisfies:
    """One of many right answers: the predicate says which."""

    predicate: Predicate
    text: str

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """Right if the predicate says so."""
        (outcome,) = outcomes
        if outcome.kind != RETURNED:
            return Verdict(False, error_key(outcome), state=_strict_if_raised(outcome), usually=usual_meaning(outcome))
        says = _asked(self.predicate, unpack(outcome.packed), self.text)
        return Verdict(False, says, says) if says else RIGHT


@dataclass(frozen=True)
class Differs:
    """A tuple of large values, which a wrong answer is told by its differences.

    Attributes:
        expected: the whole answer.
        names: what its parts are called.
        refusal: whether the first part, by its members' names, is a refusal; another answer then took the bad input.
    """

    expected: tuple[Any, ...]
    names: tuple[str, ...]
    refusal: bool = False

    @cached_property
    def packed(self) -> str:
        """The answer as it crosses the wall."""
        return pack(self.expected)

    @property
    def text(self) -> str:
        """What it must do."""
        return f"return ({', '.join([show(self.expected[0]), *self.names[1:]])})"

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """Right if all parts are equal."""
        (outcome,) = outcomes
        if outcome.kind != RETURNED:
            # A slip such as KeyError lets nobody in, though nobody meant it to refuse.
            taken = self.refusal and not (outcome.names and outcome.names[0] in SLIPS)
            state = f"answered with {error_name(outcome)}" if self.refusal else _strict_if_raised(outcome)
            return Verdict(False, error_key(outcome), taken=taken, state=state, usually=usual_meaning(outcome))
        if outcome.packed == self.packed:
            return RIGHT
        got = unpack(outcome.packed)
        if type(got) is not tuple or len(got) != len(self.names):
            return Verdict(False, "shape", f"return ({', '.join(self.names)})", taken=self.refusal)
        found = [one for parts in zip(got, self.expected, self.names, strict=True) for one in differences(*parts)]
        if not found:
            return RIGHT
        more = f"; {len(found) - 3} more" if len(found) > 3 else ""
        took = self._took(got)
        return Verdict(
            False, f"returned {outcome.packed}", "; ".join(found[:3]) + more, took, state=LAX if took else ""
        )

    def _took(self, got: tuple[Any, ...]) -> bool:
        first = self.expected[0]
        return self.refusal and not (type(got[0]) is dict and type(first) is dict and got[0].keys() == first.keys())


@dataclass(frozen=True)
class Plays:
    """Of a class: a new object's methods, called in turn, give what they must (see `play`)."""

    steps: tuple[ExpectedCall, ...]

    @property
    def text(self) -> str:
        """What the last step must do."""
        return self.steps[-1].wants

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """Right if every step gave what it must."""
        (outcome,) = outcomes
        if outcome.kind != RETURNED:
            return Verdict(False, error_key(outcome), taken=True, usually=usual_meaning(outcome))
        index, complaint = first_wrong(self.steps, outcome)
        if not complaint:
            return RIGHT
        # A predicate may know better than the step what is wrong.
        says = complaint.removeprefix(MUST) if complaint.startswith(MUST) else self.steps[index].wants
        came = results(self.steps, outcome)[index]
        taken = not refused_otherwise(self.steps[index], came)
        return Verdict(False, f"step {index}: {complaint}", says, taken, state_of(self.steps[index], came))


@dataclass(frozen=True)
class InTurn:
    """Several calls in one process, each with a want of its own: for what must not be remembered from call to call."""

    wants: tuple[Want, ...]

    @property
    def text(self) -> str:
        """What the calls must do."""
        return ", then ".join(want.text for want in self.wants)

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """The verdict on the first that is wrong."""
        for number, (want, outcome) in enumerate(zip(self.wants, outcomes, strict=False)):
            verdict = want.verdict([outcome])
            if not verdict.right:
                # What should be refused, and was in another way, let nobody in.
                taken = verdict.taken or not isinstance(want, Raises | Refuses)
                early, key = number < len(self.wants) - 1, f"call {number}: {verdict.key}"
                return replace(verdict, key=key, taken=taken, early=early, call=number)
        return RIGHT if len(outcomes) == len(self.wants) else Verdict(False, "ended", taken=True)


@dataclass(frozen=True)
class Agree:
    """Several calls whose answers must fit together: the predicate sees them all."""

    predicate: Predicate
    text: str

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """Right if all returned something and the predicate says so."""
        for number, odd in enumerate(outcomes):
            if odd.kind != RETURNED:
                state, usually = _strict_if_raised(odd), usual_meaning(odd)
                return Verdict(False, error_key(odd), state=state, call=number, usually=usually)
        says = _asked(self.predicate, [unpack(one.packed) for one in outcomes], self.text)
        return Verdict(False, says, says) if says else RIGHT


def error_key(outcome: Outcome) -> str:
    """Which error this is: the value, or the nearest built-in kind of exception."""
    if outcome.kind == RETURNED:
        return f"returned {outcome.packed}"
    return f"raised {outcome.names[0]}" if outcome.kind == RAISED and outcome.names else outcome.kind


def error_name(outcome: Outcome) -> str:
    """What the exception is called; of one that Python does not have, the name if nothing else is said of it."""
    name = outcome.names[0] if outcome.names else "an exception"
    return outcome.text if name == "Exception" and outcome.text.isidentifier() else name


def _strict_if_raised(outcome: Outcome) -> str:
    return STRICT if outcome.kind == RAISED else ""


def taken_key(outcome: Outcome) -> str:
    """Which error it is to accept a bad input: whatever is returned, only True and what counts as false stand apart.

    Who refuses by an empty value did not make the mistake of who accepts the input.
    """
    if outcome.kind == RETURNED:
        simple = outcome.packed == pack(True) or not unpack(outcome.packed)
        return f"taken {outcome.packed}" if simple else "taken"
    return error_key(outcome)


def usual_meaning(outcome: Outcome) -> str:
    """What an outcome usually means that is neither a value nor the exception that was asked for."""
    if outcome.kind == calling.NOT_PLAIN and "BaseException" in outcome.names:
        return 'It returns an exception. An exception has to be raised: `raise ValueError("...")`.'
    if outcome.kind == calling.NOT_PLAIN and "HASH" in outcome.names:
        return "This is the hash object; `.digest()` gives its bytes."
    return ""


def no_bool(got: Any, meant: bool) -> str:
    """The sentence for a value that counts as the bool that is wanted, and is none."""
    return (
        f"It returned {show(got)}, not {meant}: return a bool." if type(got) is not bool and bool(got) is meant else ""
    )


def has_word(text: str, word: str) -> bool:
    """Whether a text has this word in it: `exp_in_past` and `bad_exp` have exp, `expired` has not."""
    return re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", text, re.IGNORECASE) is not None


def differences(got: Any, wanted: Any, place: str) -> list[str]:
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
            found += differences(got[name], wanted[name], entry)
    return found


_VALUE = re.compile(r"\{[^{}]*\}|(?<=[=:])\s*(?:'[^']*'|\"[^\"]*\")")
"""What a text quotes from the input, as in "unexpected value: {'exp': 5}". A claim's name in quotes is still a name."""


def _without_values(text: str) -> str:
    return _VALUE.sub("", text)


def _names(text: str, word: str) -> bool:
    """Whether a text names it: outside of values, or as the one word in all of them, as in "claim: 'exp'".

    Else who quotes every claim's name as a value would name the right one and spare the others.
    """
    quoted = " ".join(_VALUE.findall(text))
    alone = len(set(re.findall(r"[A-Za-z_]+", quoted))) == 1
    return has_word(_without_values(text), word) or (alone and has_word(quoted, word))


def _other_kind(outcome: Outcome, other: str) -> str:
    if outcome.names[:1] == ("AssertionError",):
        return "`assert` is not a refusal: Python leaves it out when it runs with -O. Raise the exception."
    return f"It does refuse, but with another kind of exception than the docstring says: {other}."


def _asked(predicate: Predicate, value: Any, text: str) -> str:
    """ "" if the predicate is content, else what the answer must do."""
    try:
        result = predicate(value)
    except Exception as error:  # the answer is the learner's; a predicate need not foresee its type
        return f"{text} ({type(error).__name__})"
    return "" if result is True else result if isinstance(result, str) else text
