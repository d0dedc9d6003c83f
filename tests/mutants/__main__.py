"""`make mutants` and `make trials`: tests that an exercise's trials refuse wrong programs, and chooses the trials.

python -m tests.mutants [--most N] [--calls N] [EXERCISE ...]     how many mutants are refused, and which survive
python -m tests.mutants --choose [--most N] [EXERCISE ...]        choose the trials again and write the files
"""

import argparse
import functools
import itertools
import random
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import track

from grader import checks
from grader.judging.exercise import Exercise
from grader.judging.trial import Trial

from . import choose, lenient, measure, operators
from .measure import SEED, Judged, apart, load

SOLUTIONS = Path(__file__).resolve().parents[1] / "grader" / "solutions"
TARGET, OF_EACH = 0.99, 0.97
"""The share of wrong mutants that must be refused: of all exercises together, and of each."""


@dataclass
class Tally:
    """The results of an exercise's mutants."""

    exercise: str
    trials: int
    wrong: int = 0
    refused: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of the wrong ones that are refused."""
        return self.refused / self.wrong if self.wrong else 1.0


def mutants_of(exercise: Exercise, most: int) -> list[tuple[Path, str, str]]:
    """(solution, description of the change, program): of each solution a random sample, the same in each run."""
    found = []
    for path in sorted((SOLUTIONS / exercise.name).glob("*.py")):
        made = list(operators.mutants(path.read_text("utf-8")))
        random.Random(SEED).shuffle(made)
        found += [(path, what, text) for what, text in made[:most]]
    return found


def tally(exercise: Exercise, most: int, calls: int, kindly: bool = True) -> Tally:
    """Try the kept trials on every mutant; of those that pass, find out whether they are wrong at all.

    With kindly, do the same for the lenient programs (see `lenient`), which takes long.
    """
    trials = list(exercise.trials(SEED))
    found = Tally(exercise.name, len(trials))
    drawn = Judged.drawn(exercise, calls)

    @functools.cache
    def limit(path: Path) -> float:
        return _limit(exercise, trials, path)

    @functools.cache
    def agreed(path: Path) -> tuple[Judged, float]:
        return drawn.agreed(load(path.read_text("utf-8"), path.name))

    for path, what, text in track(mutants_of(exercise, most), exercise.name, transient=True, disable=not _terminal()):
        if not _loads(text):
            continue
        if _refuses(exercise, trials, text, limit(path)):
            found.wrong += 1
            found.refused += 1
            continue
        calls, seconds = agreed(path)
        if _refuses(exercise, calls.calls, text, seconds):
            found.wrong += 1
            found.survivors.append(f"{path.stem}: {what}")
    every, labels = exercise.all_trials(SEED), {one.label for one in trials}
    kept = {number for number, one in enumerate(every) if one.label in labels}
    for what, refuse in _lenient(exercise, every, kept) if kindly else ():
        passes = kept.isdisjoint(refuse)
        found.wrong += 1
        found.refused += not passes
        found.survivors += [what] * passes
    return found


def _lenient(exercise: Exercise, trials: list[Trial], kept: Collection[int] = ()) -> list[tuple[str, list[int]]]:
    """Each lenient program, and the numbers of trials that refuse it; the kept ones come first."""

    def work() -> list[tuple[str, list[int]]]:
        found = [load(path.read_text("utf-8"), path.name) for path in sorted((SOLUTIONS / exercise.name).glob("*.py"))]
        # The solution with the most helpers has the most places that can be read otherwise.
        most = max(found, key=lambda names: len(names.keys() & {*lenient.HELPERS}))
        return list(lenient.refusals(exercise, trials, most, kept))

    return [(what, numbers) for what, numbers in apart(work)]


def _refuses(exercise: Exercise, trials: list[Trial], text: str, seconds: float) -> bool:
    """Whether one of these trials refuses a program, or it hangs."""
    return bool(apart(lambda: measure.wrong_in(exercise, trials, load(text, "mutant"), first=True), seconds))


def choice(exercise: Exercise, most: int) -> list[str]:
    """The trials to keep."""
    trials = exercise.all_trials(SEED)
    refusals = []
    known: list[tuple[frozenset[str], set[int]]] = []
    for names, programs in exercise.mistakes.items():
        rules = frozenset([names] if isinstance(names, str) else names)
        for program in programs.values():
            wrong = apart(lambda one=program: measure.mistake_in(exercise, trials, one))  # type: ignore[misc]
            shown = choose.shown_by(rules, trials, wrong)
            refusals += [wrong, shown]
            known.append((rules, set(shown)))
    # Two known mistakes of the same rule are distinguished by trials that only one of them gets wrong.
    for (rules, one), (others, other) in itertools.combinations(known, 2):
        refusals += [sorted(one ^ other)] * bool(rules & others)

    @functools.cache
    def limit(path: Path) -> float:
        return _limit(exercise, trials, path)

    for path, _, text in track(mutants_of(exercise, most), exercise.name, transient=True, disable=not _terminal()):
        if _loads(text):
            asked = lambda text=text: measure.wrong_in(exercise, trials, load(text, "mutant"))  # noqa: E731
            refusals.append(apart(asked, limit(path)))
    return choose.choose(exercise, trials, refusals, [refuse for _, refuse in _lenient(exercise, trials)])


def _limit(exercise: Exercise, trials: list[Trial], path: Path) -> float:
    """How many seconds a mutant of this solution may take for these trials."""
    return measure.timed(lambda: measure.wrong_in(exercise, trials, load(path.read_text("utf-8"), path.name)))[1]


def _loads(text: str) -> bool:
    """Whether a program can be run at all: a mutant that fails at once shows nothing."""
    try:
        load(text, "mutant")
    except Exception:
        return False
    return True


def _terminal() -> bool:
    return sys.stderr.isatty()


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE")
    parser.add_argument("--choose", action="store_true", help="choose the trials anew and write the choice down")
    parser.add_argument("--most", type=int, default=200, help="mutants of each solution")
    parser.add_argument("--calls", type=int, default=10_000, help="calls that decide whether a mutant is wrong")
    words = parser.parse_args()
    found = [one for chapter in checks.chapters() for one in checks.exercises(chapter)]
    chosen = [one for one in found if one.name in (words.exercises or [each.name for each in found])]
    if words.choose:
        for exercise in chosen:
            labels = choice(exercise, words.most)
            choose.write(exercise, labels)
            print(f"{exercise.name}: {len(labels)} trials")
        return
    sys.exit(_report([_said(tally(exercise, words.most, words.calls)) for exercise in chosen]))


def _said(one: Tally) -> Tally:
    share = f"{one.refused} of {one.wrong} mutants refused ({one.share:.1%})"
    print(f"{one.exercise}: {one.trials} trials, {share}", flush=True)
    for survivor in one.survivors:
        print(f"    survives: {survivor}", flush=True)
    return one


def _report(tallies: list[Tally]) -> int:
    wrong, refused = sum(one.wrong for one in tallies), sum(one.refused for one in tallies)
    low = [one.exercise for one in tallies if one.share < OF_EACH]
    share = f"{refused} of {wrong} mutants refused ({refused / max(1, wrong):.2%})"
    print(f"{share}; under {OF_EACH:.0%}: {', '.join(low) or 'none'}")
    return int(refused < TARGET * wrong or bool(low))


if __name__ == "__main__":
    main()
