"""Whose solutions are alike: pairs to look at, from the tokens of the solution cells.

Compared is what learners wrote themselves: the lines that the lesson gives, comments and docstrings are left out. A
variable's name does not count, nor layout or the order of functions. What is measured is runs of `RUN` tokens that
both have; a run that many have is the usual way to write it and says nothing. The lesson's own solution takes
part like a student, because it is public.

A likeness is a reason to read and to ask. It proves nothing, and nothing here says more.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from pygments.lexers.python import PythonLexer
from pygments.token import Token as Kind

from ..course.editions import CODE_STUB
from ..course.masters import EXERCISE, Chapter, read_source
from ..engine.budget import MAX_COMPARED, MAX_LINES, Budget, Spent
from ..engine.rebuild import read_regular, read_submission
from ..errors import BadSubmission, CourseError
from .collect import Found

RUN = 8
"""Tokens in a row. In the tests' independent solutions of one exercise, half the pairs share less than a tenth so."""
USUAL, USUAL_SHARE = 10, 0.25
"""A run that more than this many have, and more than this share of them, is the usual way to write it."""
WHOLLY = 0.9
"""A submission of which more than this share is the usual way to write it has nothing of its own to be compared."""
OWN_SOLUTION = "(the lesson's own solution)"


class Line(NamedTuple):
    """A line of a solution, and whether most of it is in the other one too."""

    text: str
    shared: bool


class _Token(NamedTuple):
    text: str
    line: int


@dataclass(frozen=True)
class Solution:
    """One exercise as one learner wrote it.

    Attributes:
        source: the cell.
        given: the lesson's lines in it, which are not compared.
    """

    source: str
    given: frozenset[str] = frozenset()

    @cached_property
    def shown(self) -> list[str]:
        """The lines that are compared and shown; what is more is counted in a last one."""
        lines = self.source[:MAX_COMPARED].split("\n")[:MAX_LINES]
        more = self.source.count("\n") - len(lines) + 1
        cut = more or len(self.source) > MAX_COMPARED
        return [*lines, f"[cut here by the grader: {more:,} more lines]"] if cut else lines

    @cached_property
    def tokens(self) -> list[_Token]:
        """What is compared: the learner's own tokens, without names that a learner chooses."""
        ours = [line.strip() in self.given for line in self.shown]
        text = "\n".join(self.source[:MAX_COMPARED].split("\n")[:MAX_LINES])
        return [one for one in _tokens(text) if not ours[one.line]]

    @cached_property
    def runs(self) -> list[tuple[str, ...]]:
        """Its runs of tokens, by where they begin; what is shorter than a run is one by itself."""
        texts = [one.text for one in self.tokens]
        return [tuple(texts[at : at + RUN]) for at in range(max(min(1, len(texts)), len(texts) - RUN + 1))]

    def places(self, runs: set[tuple[str, ...]]) -> list[int]:
        """The numbers of the tokens that lie in any of these runs."""
        found: list[int] = []
        for at, run in enumerate(self.runs):
            if run in runs:
                found += range(max(at, found[-1] + 1 if found else 0), at + len(run))
        return found

    def lines(self, shared: set[tuple[str, ...]]) -> list[Line]:
        """The cell's lines; of a shared one more than half lies in these runs."""
        own = Counter(one.line for one in self.tokens)
        both = Counter(self.tokens[place].line for place in self.places(shared))
        return [Line(text, 2 * both[number] > own[number]) for number, text in enumerate(self.shown)]


@dataclass(frozen=True)
class Work:
    """The solutions of one submission, by exercise."""

    student: str
    name: str
    chapter: str
    solutions: dict[str, Solution]

    @property
    def size(self) -> int:
        """How many tokens its learner wrote."""
        return sum(len(one.tokens) for one in self.solutions.values())


@dataclass(frozen=True)
class Compared:
    """One exercise of a pair: how alike the two are, from 0 to 1, and their lines."""

    name: str
    score: float
    left: list[Line]
    right: list[Line]


@dataclass(frozen=True)
class Pair:
    """Two submissions that are alike.

    Attributes:
        score: the share of their code, from 0 to 1, that is in both and that few others have.
    """

    left: Work
    right: Work
    score: float
    exercises: list[Compared]


@dataclass(frozen=True)
class Likeness:
    """What came of comparing a batch.

    Attributes:
        works: how many submissions were compared.
        least: from which score on a pair is listed.
        pairs: those, the most alike first.
        unread: the submissions that can't be read, and why.
        crowd: who wrote almost nothing but what many wrote: in no pair, however alike they are. Among them may be the
            lesson's own solution.
    """

    works: int
    least: float
    pairs: list[Pair]
    unread: list[str] = field(default_factory=list)
    crowd: list[str] = field(default_factory=list)


def compare(found: Iterable[Found], least: float = 0.5) -> Likeness:
    """Compare each submission with each other one of the same lesson, and with the lesson's own solution.

    Args:
        found: the submissions. Two of the same student are not compared.
        least: from which score on a pair is listed.

    Raises:
        CourseError: the master of one is no lesson.
    """
    works: dict[str, list[Work]] = {}
    unread = []
    for one in found:
        try:
            with Budget().thinking():
                chapter, work = _read(one)
        except (BadSubmission, Spent) as error:
            unread.append(f"{one.name}: {str(error).removeprefix(f'{one.path}: ')}")
            continue
        except CourseError:
            raise
        except Exception as error:  # whatever nobody thought of; it must not cost the others
            unread.append(f"{one.name}: the grader failed on it ({type(error).__name__})")
            continue
        works.setdefault(work.chapter, [_own_solution(chapter)]).append(work)
    pairs: list[Pair] = []
    crowd: list[str] = []
    for those in works.values():
        holders, usual = _holders(those), max(USUAL, USUAL_SHARE * len(those))
        pairs += _pairs(those, least, _telling(holders, usual))
        crowd += _crowd(those, holders, usual)
    pairs.sort(key=lambda pair: (-pair.score, pair.left.name, pair.right.name))
    return Likeness(sum(len(those) - 1 for those in works.values()), least, pairs, unread, sorted(crowd))


# -- reading ----------------------------------------------------------------------------------------------------------


def _read(found: Found) -> tuple[Chapter, Work]:
    if reason := found.not_taken or found.problem:
        raise BadSubmission(reason)
    data = read_regular(found.path)
    submission = read_submission(found.path, data, read_source(found.master) if found.master else None)
    given = {cell.name: _given(cell.source) for cell in submission.chapter.cells if cell.kind == EXERCISE}
    steps = [step for step in submission.steps if step.kind == EXERCISE]
    solutions = {step.name: Solution(step.source, given[step.name]) for step in steps}
    work = Work(found.student, found.name, submission.chapter.name, solutions)
    _ = work.size  # the tokens, as long as somebody looks at the time
    return submission.chapter, work


def _own_solution(chapter: Chapter) -> Work:
    cells = [cell for cell in chapter.cells if cell.kind == EXERCISE]
    solutions = {cell.name: Solution(_without_marks(cell.source), _given(cell.source)) for cell in cells}
    return Work(OWN_SOLUTION, OWN_SOLUTION, chapter.name, solutions)


def _without_marks(master: str) -> str:
    return "\n".join(line for line in master.split("\n") if line.strip()[:4] != "### ")


def _given(master: str) -> frozenset[str]:
    """The lines of an exercise that its learner did not write."""
    lines, ours = set(CODE_STUB.split("\n")), True
    for line in master.split("\n"):
        ours = ours and "### BEGIN SOLUTION" not in line
        if ours and line.strip():
            lines.add(line.strip())
        ours = ours or "### END SOLUTION" in line
    return frozenset(lines)


def _tokens(source: str) -> Iterator[_Token]:
    line, before, place = 0, "", 0
    for at, kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens_unprocessed(source):
        line, place = line + source.count("\n", place, at), at
        if not text.strip() or kind in Kind.Comment or kind in Kind.Literal.String.Doc:
            continue
        what = _what(kind, text, before)
        if not (what == before == "text"):  # the parts of one string
            yield _Token(what, line)
        before = what


def _what(kind: object, text: str, before: str) -> str:
    if kind in Kind.Literal.String:
        return "text"
    chosen = kind in Kind.Name and kind not in Kind.Name.Builtin and before != "."
    return "name" if chosen else text


# -- comparing --------------------------------------------------------------------------------------------------------


Holders = dict[str, defaultdict[tuple[str, ...], set[int]]]
"""By exercise and run the numbers of the works that have it."""
Runs = dict[tuple[str, ...], "np.ndarray[Any, Any]"]
"""Runs that some have and that are not the usual way to write it; of each the numbers of the works that have it."""


def _pairs(works: list[Work], least: float, telling: dict[str, Runs]) -> Iterator[Pair]:
    """The pairs of one lesson's works that are alike."""
    candidates = sorted({pair for number in range(len(works)) for pair in _candidates(number, works, telling, least)})
    for left, right in candidates:
        a, b = works[left], works[right]
        if not (a.student == b.student != ""):
            pair = _pair(a, b, telling)
            if pair.score >= least:
                yield pair


def _holders(works: list[Work]) -> Holders:
    holders: Holders = defaultdict(lambda: defaultdict(set))
    for number, work in enumerate(works):
        for exercise, solution in work.solutions.items():
            for run in solution.runs:
                holders[exercise][run].add(number)
    return holders


def _crowd(works: list[Work], holders: Holders, usual: float) -> Iterator[str]:
    """Whose work is almost wholly what more have than is telling."""
    for work in works:
        shared = 0
        for exercise, solution in work.solutions.items():
            shared += len(solution.places({run for run in solution.runs if len(holders[exercise][run]) > usual}))
        if shared > WHOLLY * work.size:
            yield work.student or work.name


def _telling(holders: Holders, usual: float) -> dict[str, Runs]:
    """By exercise the runs that tell something."""
    return {
        exercise: {run: np.array(sorted(those)) for run, those in runs.items() if 2 <= len(those) <= usual}
        for exercise, runs in holders.items()
    }


def _candidates(number: int, works: list[Work], telling: dict[str, Runs], least: float) -> Iterator[tuple[int, int]]:
    """The pairs in which this work has so much in common with the other: in a pair that is alike, one of the two has.

    All others at once, because looking at each pair by itself takes a hundred times as long.
    """
    work = works[number]
    common = np.zeros(len(works), int)
    for exercise, solution in work.solutions.items():
        common += _common(solution, telling[exercise], len(works))
    for other in np.flatnonzero((common > 0) & (common >= least * work.size)).tolist():
        if other != number:
            yield min(number, other), max(number, other)


def _common(solution: Solution, telling: Runs, works: int) -> "np.ndarray[Any, Any]":
    """How many of a solution's tokens lie in runs that each of the works has, too."""
    begins = np.zeros((len(solution.runs), works), bool)
    for at, run in enumerate(solution.runs):
        if run in telling:
            begins[at, telling[run]] = True
    lies = np.zeros((len(solution.tokens), works), bool)
    for shift in range(min(RUN, len(solution.tokens))):
        lies[shift : shift + len(begins)] |= begins
    common: np.ndarray[Any, Any] = lies.sum(axis=0)
    return common


def _pair(a: Work, b: Work, telling: dict[str, Runs]) -> Pair:
    exercises, both = [], 0
    for name in a.solutions:
        if name not in b.solutions:
            continue
        left, right = a.solutions[name], b.solutions[name]
        shared = {run for run in set(left.runs) & set(right.runs) if run in telling[name]}
        places = len(left.places(shared)) + len(right.places(shared))
        both += places
        score = places / max(1, len(left.tokens) + len(right.tokens))
        exercises.append(Compared(name, score, left.lines(shared), right.lines(shared)))
    return Pair(a, b, both / max(1, a.size + b.size), exercises)


def side_by_side(exercise: Compared) -> Sequence[tuple[Line | None, Line | None]]:
    """The lines of both in two columns, as they come."""
    return list(itertools.zip_longest(exercise.left, exercise.right))
