"""An exercise: its rules, its trials, its known mistakes. One file of `grader.checks` declares one.

    verify_hs256 = Exercise(
        name="verify_hs256", points=10, spec="RFC 7515 §5.2", hints=("vague", "nearer", "nearly there"),
        rules={"1": "A key under 32 bytes can be guessed (RFC 7518 §3.2).", "2 spelling": "…", …},
        source=from_aspects(world, aspects, build, oracle),
        mistakes={"1": {"The sentence that puts it right.": wrong_function}, …},
    )

A rule's name begins with its number in the docstring that the learner reads.
"""

import functools
import inspect
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..inside.calling import is_class
from .aspects import Source, Unfit, from_aspects, joined
from .trial import Trial

CHOSEN = Path(__file__).parent.parent / "checks" / "chosen"
"""For each exercise the labels of the trials that are kept (see CONTRIBUTING, "Adding an exercise")."""

RETURNS = ""
"""In place of a rule: what the function returns in the plain cases. Mistakes that show everywhere belong there."""


@dataclass(frozen=True)
class Fresh:
    """A wrong program that keeps state outside of its objects: made anew each time it is tried."""

    make: Callable[[], Callable[..., Any]]


Mistakes = Mapping[str | tuple[str, ...], Mapping[str, Callable[..., Any] | Fresh]]
"""For a rule (or several that can't be told apart): the sentence → a wrong program. See `diagnosis`."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: what it is worth, what it forbids, and how it is checked.

    Attributes:
        name: the function, or the class, that the learner writes.
        points: its worth.
        spec: where the rule stands.
        hints: three, from vague to nearly complete, as Markdown.
        rules: by name, the sentence that a learner reads who does not keep it.
        source: all drafts of trials for a seed (see `aspects`).
        mistakes: known wrong programs for each rule, each with the sentence that puts it right.
        forbids: packages whose functions the learner's may not call, or single functions by their full name; the
            built-in `hash`; `random.Random`, whose numbers are no secret (`secrets` goes on working); or `secrets`,
            with all that asks the system for chance.
        because: why not.
        seconds: the limit for one call.
        slow: the sentence for a function that exceeds it.
        may_change: the positions of the arguments that it may change; the docstring says so.
        holds: for people, what is in arguments of a call that nobody can read as they are; of any arguments.
    """

    name: str
    points: int
    spec: str
    hints: tuple[str, str, str]
    rules: Mapping[str, str]
    source: Source = field(repr=False)
    mistakes: Mistakes = field(repr=False)
    forbids: tuple[str, ...] = ()
    because: str = "it would be the answer"
    seconds: float = 2.0
    slow: str = ""
    may_change: frozenset[int] = frozenset()
    holds: Callable[..., str] | None = field(default=None, repr=False)

    @property
    def is_class(self) -> bool:
        """Whether the learner writes a class."""
        return is_class(self.name)

    @property
    def sentences(self) -> list[str]:
        """The sentences of all known mistakes, each once."""
        return list(dict.fromkeys(sentence for programs in self.mistakes.values() for sentence in programs))

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the function's arguments are called: the oracle, or else a known mistake, calls them so."""
        asked: list[Any] = [one.oracle for one in parts_of(self.source) if isinstance(one, from_aspects)]
        asked += [one for of in self.mistakes.values() for one in of.values() if not isinstance(one, Fresh)]
        return tuple(inspect.signature(asked[0]).parameters) if asked else ()

    def trials(self, seed: str) -> tuple[Trial, ...]:
        """The kept trials for this seed, in an order that the seed mixes; what is tried is the same for every seed.

        That each is fit was proved when they were chosen, and the tests prove it again: to ask the oracle about every
        bad input would cost each submission as much as its own answers do.

        Raises:
            Unfit: a good trial is none, or one that should be kept is not there.
        """
        return _trials(self.name, self.source, seed)

    def all_trials(self, seed: str) -> list[Trial]:
        """Every trial that can be had, kept or not, in the order of the aspects.

        Raises:
            Unfit: a trial breaks other rules than it should.
        """
        return [make(True) for _, make in self.source(_chance(self.name, seed))]


def parts_of(source: Source) -> tuple[Source, ...]:
    """The sources that a source is joined of; itself, if it is one."""
    return source.sources if isinstance(source, joined) else (source,)


@functools.lru_cache(maxsize=16)
def _trials(name: str, source: Source, seed: str) -> tuple[Trial, ...]:
    drafts = dict(source(_chance(name, seed)))
    kept = chosen(name)
    if kept is None:
        labels = list(drafts)
    elif missing := [label for label in kept if label not in drafts]:
        raise Unfit(f"{name}: chosen/{name}.json keeps a trial that there is no more: {missing[0]!r}; make trials")
    else:
        labels = list(kept)
    trials = [drafts[label](False) for label in labels]
    random.Random(f"order/{seed}/{name}").shuffle(trials)  # noqa: S311 - must be reproducible
    return tuple(trials)


@functools.cache
def chosen(name: str) -> tuple[str, ...] | None:
    """The labels of the trials that are kept; None while nothing was chosen: then all are."""
    file = CHOSEN / f"{name}.json"
    return tuple(json.loads(file.read_text("utf-8"))) if file.is_file() else None


def _chance(name: str, seed: str) -> random.Random:
    return random.Random(f"{seed}/{name}")  # noqa: S311 - inputs must be reproducible, not secret
