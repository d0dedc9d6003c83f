"""Timing several contestants so that only their ratios count.

The contestants take turns in small batches, for many rounds. Whatever slows the machine down slows all of one
round alike, so each round gives a ratio to the first contestant (the floor), and the median of those ratios is
the result. Absolute times depend on the machine and are only a footnote.
"""

import gc
from collections.abc import Callable
from statistics import median, quantiles
from time import perf_counter_ns
from typing import Any, NamedTuple

Work = Callable[[], Any]


class Result(NamedTuple):
    """How one contestant did."""

    ratio: float
    """The median over the rounds of its time divided by the floor's in the same round."""
    spread: float
    """Half the distance between the quartiles of those ratios."""
    micros: float
    """The median time of one call, in microseconds on this machine."""


def compare(contestants: dict[str, Work], rounds: int, batch_ms: float) -> dict[str, Result]:
    """Time every contestant against the first one.

    Args:
        contestants: what to call, by name; the first is the floor.
        rounds: how often each one gets its turn.
        batch_ms: how long one turn should take, in milliseconds.
    """
    calls = {name: _calls_per_batch(work, batch_ms) for name, work in contestants.items()}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            shift = number % len(names)  # no one is always first after a pause
            for name in names[shift:] + names[:shift]:
                times[name].append(_batch(contestants[name], calls[name]))
    finally:
        if enabled:
            gc.enable()
    floor = times[names[0]]
    return {name: _result(times[name], floor) for name in names}


def _calls_per_batch(work: Work, batch_ms: float) -> int:
    for _ in range(3):
        work()
    once = min(_batch(work, 3) for _ in range(3))
    return max(1, round(batch_ms * 1e6 / once))


def _batch(work: Work, calls: int) -> float:
    """Nanoseconds for one call, averaged over a batch."""
    turns = range(calls)
    start = perf_counter_ns()
    for _ in turns:
        work()
    return (perf_counter_ns() - start) / calls


def _result(own: list[float], floor: list[float]) -> Result:
    ratios = [mine / base for mine, base in zip(own, floor, strict=True)]
    low, _, high = quantiles(ratios, n=4)
    return Result(median(ratios), (high - low) / 2, median(own) / 1000)
