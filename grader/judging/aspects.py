"""Trials by construction: an input is made of aspects, each aspect has good values and bad ones.

    def aspects(world):
        return [
            Aspect("now", good(1000, 1000.5, rule="2")),
            Aspect("exp", good(at(600), at(86_400), rule="2"), rare(1e300, rule="1"),
                          bad("2", at(0), at(-1), across=("now",)), bad("1", *named_ones(no_times()))),
        ]

    trials = from_aspects(world, aspects, build, oracle)

A trial is a value ALONE among good ones, in each of two surroundings: `bare`, where nothing optional is there, and
`full`. The oracle names every rule that a call breaks, not only the first. A trial that breaks other rules than the one
that it was made for would test nothing, so it is an error when it is built (`Unfit`).
"""

import functools
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

from ..inside.values import show
from .trial import Args, Trial, crowd
from .verdict import ALL, PART, Stake
from .wants import Raises, Returns, Want

BARE, FULL = "bare", "full"
ABSENT = ...
"""In place of a value: the aspect is not there."""

World = Any
"""What the seed chooses: keys, names, numbers."""
Choice = dict[str, "Value"]
Draft = tuple[str, Callable[[bool], Trial]]
"""A trial's label, and what makes it; with True, it must prove that it is fit. The label says what is tried, and is the
same for every seed."""
Source = Callable[[random.Random], Iterable[Draft]]
"""All drafts of an exercise, for one seed."""
Oracle = Callable[..., tuple[Any, set[str]]]
"""From a call's arguments to the right answer and ALL rules that the call breaks (then the answer is of no matter)."""


class Unfit(Exception):
    """A trial that does not test what it was made for."""


class Value(NamedTuple):
    """One value of an aspect.

    Attributes:
        what: the value, or a function that makes it of the choice so far (a namespace: `world`, the aspects before).
        text: for people, and for the trial's label.
        breaks: the rules that it breaks; none where it is good.
        rule: of a good value, the rule that refuses its bad neighbours: whoever refuses it is too strict there.
        stake: what a wrong answer costs.
        along: values of other aspects that go with this one, so that it can be alone; functions, too, if need be.
        across: aspects through all of whose good values it is tried.
        shy: tried alone only, because few others go with it; also never in the surroundings.
    """

    what: Any
    text: str
    breaks: frozenset[str] = frozenset()
    rule: str = ""
    stake: Stake = PART
    along: Mapping[str, Any] = MappingProxyType({})
    across: tuple[str, ...] = ()
    shy: bool = False


class Named(NamedTuple):
    """A value with a name of its own, because it is a function, depends on the seed or looks like others."""

    text: str
    what: Any


def named(text: str, what: Any) -> Named:
    """A value with a name: needed wherever the value itself depends on the seed or is a function."""
    return Named(text, what)


def beside(text: str, *whats: Any) -> list[Named]:
    """Values named by themselves and by what stands beside them, where the same value occurs twice in an aspect."""
    return [named(f"{show(what, 40)}, {text}", lambda e, w=what: _copy(w)) for what in whats]


def named_ones(values: dict[str, Any]) -> list[Named]:
    """Values with names, from a pool of the kit."""
    return [Named(text, what) for text, what in values.items()]


def good(*whats: Any, rule: str = "", stake: Stake = ALL, **more: Any) -> list[Value]:
    """Good values. Of an aspect's plain ones the first stands in the bare surroundings, the second in the full ones."""
    return [Value(what, text, rule=rule, stake=stake, **more) for what, text in map(_named, whats)]


def rare(*whats: Any, rule: str = "", **more: Any) -> list[Value]:
    """Good values that few people think of: a wrong answer costs its part, and not everything."""
    return good(*whats, rule=rule, stake=PART, **more)


def bad(rules: str | tuple[str, ...], *whats: Any, **more: Any) -> list[Value]:
    """Bad values, and the rule that each breaks alone (or the rules, where one can't be had without the other)."""
    broken = frozenset([rules] if isinstance(rules, str) else rules)
    return [Value(what, text, broken, **more) for what, text in map(_named, whats)]


def _named(what: Any) -> tuple[Any, str]:
    if isinstance(what, Named):
        return what.what, what.text
    if isinstance(what, (list, dict)):  # a fresh one for each call
        return (lambda _: _copy(what)), show(what, 40)
    return what, "absent" if what is ABSENT else show(what, 40)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(one) for name, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


class Aspect:
    """One thing about an input that can be varied.

    The first plain good value stands in the bare surroundings, the one numbered `full` in the full ones. Both should be
    unremarkable: who stumbles over the surroundings shows nothing of what stands in them.
    """

    def __init__(self, name: str, *lists: list[Value], full: int = 1) -> None:
        self.name, self.values = name, list(itertools.chain(*lists))
        self.good = [value for value in self.values if not value.breaks and not value.along and not value.shy]
        self.bare, self.full = self.good[0], self.good[min(full, len(self.good) - 1)]
        if twice := [text for text, times in Counter(value.text for value in self.values).items() if times > 1]:
            raise Unfit(f"aspect {name}: two values called {min(twice)}")


_REFUSED = Raises(ValueError)


def refused(broken: frozenset[str], args: Args) -> Want:
    """How a bad input is refused where an exercise says nothing else: by ValueError."""
    return _REFUSED


def returned(answer: Any, args: Args) -> Want:
    """What a good input wants where an exercise says nothing else: exactly the oracle's answer."""
    return Returns(answer)


@dataclass(frozen=True, eq=False)
class from_aspects:  # noqa: N801 - used as a function: it is called with the seed's source of chance
    """The drafts of an exercise that is described by aspects.

    Attributes:
        world: what the seed chooses.
        aspects: the aspects, in the order in which `build` and functions among the values may rely on one another.
        build: the choice (a namespace) → the call's arguments.
        oracle: see `Oracle`.
        wants_of_good, wants_of_bad: what must come of a call, where it is neither exactly the answer nor ValueError.
        together: rows of good values that stand together, as {aspect: text of its value}; for what shows in pairs.
        examples: the docstring's examples, as argument tuples.
        crowded: whether there are so many values that those of one aspect and one rule also come as one trial.
    """

    world: Callable[[random.Random], World]
    aspects: Callable[[World], list[Aspect]]
    build: Callable[[Any], Args]
    oracle: Oracle
    wants_of_good: Callable[[Any, Args], Want] = returned
    wants_of_bad: Callable[[frozenset[str], Args], Want] = refused
    together: tuple[dict[str, str], ...] = ()
    examples: tuple[Args, ...] = ()
    crowded: bool = False

    def __call__(self, source: random.Random) -> Iterator[Draft]:
        """All drafts for one seed."""
        world = self.world(source)
        aspects = self.aspects(world)
        calls: dict[str, Args] = {}

        def call(label: str, choice: Choice) -> Args:
            """A call's arguments, which are made once: most calls of a crowd are also tried singly."""
            if label not in calls:
                calls[label] = self.call_of(world, aspects, choice)
            return calls[label]

        for number, args in enumerate(self.examples):
            yield f"example {number + 1}", lambda proved, args=args, n=number: self._example(args, n)  # type: ignore[misc]
        for text, base, value, choice in choices(aspects, self.together):
            label = f"{text} | {base}" if base else text

            def make(
                proved: bool,
                text: str = text,
                base: str = base,
                value: Value = value,
                choice: Choice = choice,
                label: str = label,
            ) -> Trial:
                return self._trial(call(label, choice), value, text, base, proved)

            yield label, make
        for text, values in crowds(aspects) if self.crowded else ():
            yield text, functools.partial(self._crowd, call, aspects, text, values)

    def _crowd(
        self, call: Callable[[str, Choice], Args], aspects: list[Aspect], text: str, values: list[Value], proved: bool
    ) -> Trial:
        bare = {aspect.name: aspect.bare for aspect in aspects}
        name = text.partition(":")[0]
        parts = []
        for one in values:
            single = f"{name}: {one.text}"
            args = call(f"{single} | {BARE}", {**bare, name: one})
            parts.append(self._trial(args, one, single, BARE, proved))
        return crowd(text, parts)

    def call_of(self, world: World, aspects: list[Aspect], choice: Choice) -> Args:
        """The arguments for a choice of values; what a value brings along goes before the others' own."""
        along: dict[str, Any] = {}
        for value in choice.values():
            if value.along:
                along.update(value.along)
        made = SimpleNamespace(world=world)
        fields = vars(made)
        for aspect in aspects:
            name = aspect.name
            what = along[name] if name in along else choice[name].what
            fields[name] = what(made) if callable(what) else what
        return self.build(made)

    def _trial(self, args: Args, value: Value, text: str, base: str, proved: bool) -> Trial:
        answer = None
        if proved or not value.breaks:
            answer, broken = self.oracle(*args)
            if broken != value.breaks:
                raise Unfit(
                    f"{text} | {base}: breaks {sorted(broken)}, was made for {sorted(value.breaks)}: {show(args, 400)}"
                )
        if value.breaks:
            want = self.wants_of_bad(value.breaks, args)
            return Trial(args, want, value.breaks, bad=True, stake=value.stake, text=text, base=base)
        rules = frozenset([value.rule]) if value.rule else frozenset[str]()
        want = self.wants_of_good(answer, args)
        return Trial(args, want, rules, stake=value.stake, text=text, base=base, plain=text == PLAIN)

    def _example(self, args: Args, number: int) -> Trial:
        answer, broken = self.oracle(*args)
        want = self.wants_of_bad(frozenset(broken), args) if broken else self.wants_of_good(answer, args)
        stake = PART if broken else ALL
        return Trial(args, want, frozenset(broken), bad=bool(broken), stake=stake, text=f"example {number + 1}")


PLAIN = "the plain case"
_PLAIN = Value(None, PLAIN, stake=ALL)


def choices(
    aspects: list[Aspect], together: tuple[dict[str, str], ...] = ()
) -> Iterator[tuple[str, str, Value, Choice]]:
    """Every choice that makes a trial: (what is particular, the surroundings, the value that decides, the choice)."""
    if len(aspects) == 1:  # a value has no surroundings then
        (alone,) = aspects
        yield from ((f"{alone.name}: {value.text}", BARE, value, {alone.name: value}) for value in alone.values)
        return
    bare = {aspect.name: aspect.bare for aspect in aspects}
    full = {aspect.name: aspect.full for aspect in aspects}
    for base, surroundings in ((BARE, bare), (FULL, full)):
        yield PLAIN, base, _PLAIN, surroundings
        for aspect in aspects:
            for value in aspect.values:
                if value is not surroundings[aspect.name]:
                    yield f"{aspect.name}: {value.text}", base, value, {**surroundings, aspect.name: value}
    for aspect in aspects:
        for value in aspect.values:
            for others in _across(aspects, value):
                beside = ", ".join(f"{name} {one.text}" for name, one in others.items())
                choice = {**full, **others, aspect.name: value}
                yield f"{aspect.name}: {value.text}; {beside}", FULL, _as_rare_as(value, others), choice
    for row in together:
        found = {name: _value(aspects, name, text) for name, text in row.items()}
        text = "; ".join(f"{name}: {one.text}" for name, one in found.items())
        yield f"together {text}", "", Value(None, text, stake=ALL), {**bare, **found}


def crowds(aspects: list[Aspect]) -> Iterator[tuple[str, list[Value]]]:
    """The values of each aspect that cost a part, by the rule that they break or show, with what they are called."""
    for aspect in aspects:
        groups: dict[str, list[Value]] = {}
        for value in aspect.values:
            if value.stake == PART and value is not aspect.bare:
                sort = f"breaking {', '.join(sorted(value.breaks))}" if value.breaks else f"showing {value.rule}"
                groups.setdefault(sort, []).append(value)
        yield from ((f"{aspect.name}: all {sort}", values) for sort, values in groups.items() if len(values) > 1)


def _across(aspects: list[Aspect], value: Value) -> Iterator[Choice]:
    wide = [[(one.name, each) for each in one.good] for one in aspects if one.name in value.across]
    if wide:
        yield from map(dict, itertools.product(*wide))


def _as_rare_as(value: Value, others: Choice) -> Value:
    """A good value among others: few people think of the call if they think of one of its values too little."""
    stake = min(value.stake, *(one.stake for one in others.values()))
    return value if value.breaks else value._replace(stake=stake)


def _value(aspects: list[Aspect], name: str, text: str) -> Value:
    return next(value for aspect in aspects if aspect.name == name for value in aspect.values if value.text == text)


def written(make: Callable[[random.Random], Iterable[Trial]]) -> Source:
    """The drafts of an exercise whose trials are written one by one; each needs a `text` of its own.

    They are made at once: for plays of a class, and for answers that must fit together.
    """

    def drafts(source: random.Random) -> Iterator[Draft]:
        for trial in make(source):
            yield trial.label, lambda proved, trial=trial: trial  # type: ignore[misc]

    return drafts


@dataclass(frozen=True, eq=False)
class joined:  # noqa: N801 - used as a function, as from_aspects is
    """The drafts of several sources, one behind the other."""

    sources: tuple[Source, ...]

    def __init__(self, *sources: Source) -> None:
        object.__setattr__(self, "sources", sources)

    def __call__(self, source: random.Random) -> Iterator[Draft]:
        """All drafts for one seed."""
        for one in self.sources:
            yield from one(source)
