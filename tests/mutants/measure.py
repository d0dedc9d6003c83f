"""Which trials refuse a program, and whether it is wrong at all."""

import contextlib
import io
import json
import math
import os
import random
import resource
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from grader.inside import calling
from grader.inside.calling import Outcome
from grader.inside.values import NotPlain, pack, unpack
from grader.judging.answering import Ask, answered, asking, final
from grader.judging.aspects import Choice, from_aspects
from grader.judging.exercise import Exercise, Fresh, parts_of
from grader.judging.trial import Args, Trial

SLACK, TIMES = 2.0, 4
"""A program is refused if it takes more than TIMES the right program's processor time plus SLACK seconds."""
PATIENCE = 8
"""The limit of elapsed time, as a multiple of that of processor time: for programs that sleep."""
LONGEST = 600.0
"""The limit in processor seconds if no right program was measured."""
QUICK = 0.2
"""Seconds: only calls that a right program answers in this time decide whether a mutant is wrong."""
SEED = "mutants"
HANGS = -1
"""In place of a trial's number: the program did not end."""

Program = Callable[..., Any]


def load(source: str, name: str) -> dict[str, Any]:
    """The names that a program defines.

    Raises:
        Exception: any exception that the program raises.
    """
    module = sys.modules["submission"] = ModuleType("submission")
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # Python warns about some mutants
        exec(compile(source, name, "exec"), vars(module))
    return vars(module)


def apart(work: Callable[[], list[Any]], seconds: float = LONGEST) -> list[Any]:
    """Do some work in a process of its own, so that even a loop in C can be ended. Returns its list, or [HANGS]."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # so that a program that reads stdin does not wait
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds)))
        try:
            answer = json.dumps(work())
        except BaseException:
            answer = json.dumps([HANGS])
        with os.fdopen(writing, "w") as file:
            file.write(answer)
        os._exit(0)
    os.close(writing)
    text = b""
    end = time.monotonic() + PATIENCE * seconds
    with os.fdopen(reading, "rb", buffering=0) as file:
        while select.select([file], [], [], max(0.0, end - time.monotonic()))[0]:
            if not (more := file.read(65536)):
                break
            text += more
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = json.loads(text) if text else [HANGS]
    assert isinstance(found, list)
    return found


def timed(work: Callable[[], list[int]]) -> tuple[list[int], float]:
    """The same for a right program, and the processor seconds that a mutant may take for the work."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    numbers = apart(work)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return numbers, SLACK + TIMES * spent


def wrong_in(exercise: Exercise, trials: list[Trial], namespace: dict[str, Any], first: bool = False) -> list[int]:
    """The numbers of the trials that a program answers wrongly, each tried separately; with first, only the first."""
    return _wrong(exercise, trials, _asking(exercise, namespace), first)


def _wrong(exercise: Exercise, trials: list[Trial], ask: Ask, first: bool = False, ends: bool = True) -> list[int]:
    found = []
    for number, trial in enumerate(trials):
        (answer,) = answered(exercise, [trial], ask)
        if answer.wrong:
            found.append(number)
            if first or (ends and answer.outcome.kind in (calling.TIMED_OUT, calling.MISSING, calling.BAD_SIGNATURE)):
                return found
    return found


def _asking(exercise: Exercise, namespace: dict[str, Any]) -> Ask:
    def ask(calls: Any) -> list[Outcome]:
        outcomes = []
        for args in calls:
            outcomes.append(calling.invoke(namespace, exercise.name, args, exercise.seconds, exercise.forbids))
            if final(outcomes[-1]):
                break
        return outcomes

    return ask


def mistake_in(exercise: Exercise, trials: list[Trial], program: Program | Fresh) -> list[int]:
    """The same for a known mistake, which may use packages that learners may not."""
    function = program.make() if isinstance(program, Fresh) else program
    return _wrong(exercise, trials, asking(function, exercise.seconds))


@dataclass
class Judged:
    """Random calls, each with its expected answer."""

    exercise: Exercise
    calls: list[Trial]

    @classmethod
    def drawn(cls, exercise: Exercise, count: int) -> "Judged":
        """Draw calls from the aspects, with several bad values at once; half of them are also changed at random."""
        return cls(exercise, list(_any_trials(exercise, count)))

    def agreed(self, namespace: dict[str, Any]) -> tuple["Judged", float]:
        """The calls that a right program answers as the oracle does, and how long a mutant may take for them.

        For the others the rules leave the answer open; calls that take it long are left out, too. It runs in a process
        of its own, because a number given as a path is an open file.
        """
        quick = replace(self.exercise, seconds=QUICK)
        wrong, seconds = timed(lambda: _wrong(quick, self.calls, _asking(quick, namespace), ends=False))
        return Judged(
            self.exercise, [one for number, one in enumerate(self.calls) if number not in set(wrong)]
        ), seconds


def _any_trials(exercise: Exercise, count: int) -> Iterator[Trial]:
    for source in parts_of(exercise.source):
        if isinstance(source, from_aspects):
            yield from _drawn(source, count)


def _drawn(source: from_aspects, count: int) -> Iterator[Trial]:
    chance = random.Random(f"any/{SEED}")
    world = source.world(chance)
    aspects = source.aspects(world)
    for number in range(count):
        choice: Choice = {one.name: chance.choice(one.good) for one in aspects}
        for one in chance.sample(aspects, min(len(aspects), chance.choice([0, 1, 1, 1, 2]))):
            choice[one.name] = chance.choice(one.values)
        try:
            args = source.call_of(world, aspects, choice)
            if number % 2:
                args = tuple(bent(chance, arg) if chance.random() < 0.6 else arg for arg in args)
            yield _trial(source, args)
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, NotPlain):
            continue


def _trial(source: from_aspects, args: Args) -> Trial:
    answer, broken = source.oracle(*unpack(pack(args, in_order=True)))
    if broken:
        return Trial(args, source.wants_of_bad(frozenset(broken), args), frozenset(broken), bad=True)
    return Trial(args, source.wants_of_good(answer, args))


ODD = (0, 1, -1, "", "x", None, [], {}, False, True, 1.5, 10**400)


def bent(chance: random.Random, value: Any) -> Any:
    """A plain value with one random change."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        return _bent_dict(chance, value)
    if isinstance(value, (list, tuple)) and value and chance.random() < 0.9:
        items = list(value)
        place = chance.randrange(len(items))
        items[place : place + 1] = chance.choice([[bent(chance, items[place])], [], [items[place]] * 2])
        return type(value)(items)
    if isinstance(value, (str, bytes)) and value and chance.random() < 0.7:
        place = chance.randrange(len(value))
        extra: Any = chance.choice(" /x0\n.=") if isinstance(value, str) else bytes([chance.randrange(256)])
        parts = [
            value.swapcase(),
            value[:place],
            value[place:],
            value + extra,
            value[:place] + extra + value[place + 1 :],
        ]
        return chance.choice(parts)
    if type(value) in (int, float) and abs(value) < 1e300 and chance.random() < 0.8:
        return value + chance.choice([0.125, -0.125, 0.5, -0.5, 1, -1, 30, -30, 700, -700, 10**6, -(10**6)])
    return chance.choice([*ODD, [value], {"x": value}, str(value)[:500]])


def _bent_dict(chance: random.Random, value: dict[Any, Any]) -> dict[Any, Any]:
    name = chance.choice(list(value))
    others = {one: what for one, what in value.items() if one != name}
    act = chance.random()
    if act < 0.15:
        return others
    if act < 0.25 and isinstance(name, str):
        return {**others, chance.choice([name.upper(), name + " ", name[:-1]]): value[name]}
    return {**value, name: bent(chance, value[name])}
