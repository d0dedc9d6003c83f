"""Chooses the trials of an exercise that are kept: few enough to be quick, enough to refuse what all would refuse.

Thousands of trials can be generated, but a few well-chosen ones refuse the same programs. Kept are the plain cases, the
examples and handwritten trials; each value that lets anybody in if it is accepted; for each mutant and each known
mistake two trials that refuse it, if there are two; for each lenient program one; each value once; and then, up to the
limit, the values among other good ones. The rules take turns.
"""

import json
from collections import Counter
from collections.abc import Iterable

from grader.judging.aspects import BARE, FULL
from grader.judging.exercise import CHOSEN, RETURNS, Exercise
from grader.judging.trial import Trial
from grader.judging.verdict import ALL

from .measure import HANGS

MOST = 300
"""The most trials that an exercise keeps."""
ROOM = {
    "rsa_verify_pkcs1": 120,
    "recover_modulus": 60,
    "forge_confused": 70,
    "scalar_mul": 70,
    "point_add": 120,
    "ecdsa_verify": 90,
    "recover_private_key": 60,
    "verify_ed25519": 220,
    "choose_algorithm": 200,
    "token_endpoint": 155,
    "refresh": 120,
    "decode_securely": 240,
    "verify_dpop": 170,
    "open_nested": 150,
    "disclosed_claims": 120,
}
"""A lower limit for exercises whose calls are slow; trials needed for mutants and values are kept in any case."""
USUAL = 220
TWICE, ONCE = 2, 1
"""How many trials to keep against each program: two, or one if there are more values than can be kept."""


def choose(
    exercise: Exercise, trials: list[Trial], refusals: Iterable[list[int]], lenient: Iterable[list[int]] = ()
) -> list[str]:
    """The labels of the trials to keep, in their order.

    Args:
        exercise: the exercise.
        trials: all of them.
        refusals: for each wrong program, the numbers of the trials that refuse it.
        lenient: the same for the lenient programs; one trial is kept against each.
    """
    room = ROOM.get(exercise.name, USUAL)
    kept = {n for n, one in enumerate(trials) if one.plain or not one.base}
    dear = {(one.text, one.base): n for n, one in enumerate(trials) if one.bad and one.stake == ALL}
    if len(dear) > MOST // 3:
        dear = {text: n for (text, _), n in reversed(dear.items())}  # type: ignore[misc]
    kept.update(dear.values())
    often = ONCE if len(trials) > 2 * MOST else TWICE
    _cover(kept, [set(one) - {HANGS} for one in refusals], often)
    _cover(kept, [set(one) for one in lenient], ONCE)
    _each_value_once(kept, trials, max(room, min(MOST, len(kept) + room // 2)) if exercise.name in ROOM else MOST)
    for number in _in_turn(trials, list(range(len(trials)))):
        if len(kept) >= room:
            break
        kept.add(number)
    if len(kept) > MOST:
        raise SystemExit(f"{exercise.name}: {len(kept)} trials are needed, and {MOST} is the limit; thin its aspects")
    return [trials[number].label for number in sorted(kept)]


def shown_by(rules: frozenset[str], trials: list[Trial], wrong: list[int]) -> list[int]:
    """Of the trials that a known mistake gets wrong, those that identify it, because they belong to its rules."""
    dead = {trials[number].base for number in wrong if trials[number].plain}
    return [
        number
        for number in wrong
        if number != HANGS
        and (trials[number].rules or {RETURNS}) & rules
        and (trials[number].plain or trials[number].base not in dead)
    ]


def _cover(kept: set[int], refusals: list[set[int]], often: int) -> None:
    """Add trials until each program is refused so often, if possible: each time the one that refuses most programs."""
    lacking = [(one, min(often, len(one)) - len(one & kept)) for one in refusals]
    lacking = [(one, lack) for one, lack in lacking if lack > 0]
    while lacking:
        counts = Counter(number for one, _ in lacking for number in one - kept)
        best = max(counts, key=lambda number: (counts[number], -number))
        kept.add(best)
        lacking = [(one, lack - (best in one)) for one, lack in lacking]
        lacking = [(one, lack) for one, lack in lacking if lack > 0]


def _each_value_once(kept: set[int], trials: list[Trial], room: int) -> None:
    """Add one trial for each value, the rules taking turns, up to the limit."""
    there = {one.text for number in kept for one in (trials[number], *trials[number].parts)}
    by_text: dict[str, list[int]] = {}
    for number, trial in enumerate(trials):
        if trial.base and "; " not in trial.text:  # trials of two values come later
            by_text.setdefault(trial.text, []).append(number)
    for turn, first in enumerate(_in_turn(trials, [numbers[0] for numbers in by_text.values()])):
        if len(kept) >= room:
            return
        text = trials[first].text
        if text not in there:
            wanted = (BARE, FULL)[turn % 2]
            kept.add(next((n for n in by_text[text] if trials[n].base == wanted), first))


def _in_turn(trials: list[Trial], numbers: list[int]) -> list[int]:
    """These trials, ordered so that the rules take turns: single values before pairs, higher stakes first.

    So a rule with few values gets its trials before one with many values reaches the limit.
    """
    turns: Counter[tuple[frozenset[str], bool]] = Counter()
    order: list[tuple[int, int]] = []
    for number in sorted(numbers, key=lambda n: ("; " in trials[n].text, -trials[n].stake, n)):
        group = trials[number].rules, trials[number].bad
        turns[group] += 1
        order.append((turns[group], number))
    return [number for _, number in sorted(order, key=lambda one: (one[0], not trials[one[1]].bad, one[1]))]


def write(exercise: Exercise, labels: list[str]) -> None:
    """Write the chosen trials to the exercise's file."""
    CHOSEN.mkdir(exist_ok=True)
    text = json.dumps(labels, ensure_ascii=True, indent=0)
    (CHOSEN / f"{exercise.name}.json").write_text(text + "\n", "utf-8")
