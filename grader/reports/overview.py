"""All Reports of a batch as one HTML page: no script, nothing loaded, every text escaped."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import jinja2

from .report import NOT_TAKEN, Report, taken

_BARS = 10
_PAGE = jinja2.Environment(loader=jinja2.PackageLoader("grader.reports", "."), autoescape=True, trim_blocks=True)


@dataclass
class _Exercise:
    name: str
    points: int
    passed: int = 0
    partial: int = 0
    tried: int = 0
    mistakes: Counter[str] = field(default_factory=Counter)


@dataclass
class _Chapter:
    name: str
    reports: list[Report]
    exercises: list[_Exercise]
    bars: list[tuple[str, int]]

    @property
    def mean(self) -> float:
        """The mean score, in per cent of the maximum."""
        return 100 * sum(r.score for r in self.reports) / max(1, sum(r.max_score for r in self.reports))

    @property
    def tallest(self) -> int:
        """The highest bar of the histogram."""
        return max(1, *(count for _, count in self.bars))


def overview_html(reports: Sequence[Report]) -> str:
    """The page: for each chapter a histogram of scores, each exercise's results, and the most common mistakes."""
    submissions = taken(reports)
    names = sorted({report.chapter for report in reports if report.exercises})
    chapters = [_chapter(name, [r for r in submissions if r.chapter == name]) for name in names]
    return _PAGE.get_template("overview.html.j2").render(
        chapters=chapters,
        reports=submissions,
        unsafe=any(report.sandbox == "none" for report in submissions),
        amiss=[report for report in submissions if report.message],
        not_taken=[report for report in reports if report.status == NOT_TAKEN],
    )


def _chapter(name: str, reports: list[Report]) -> _Chapter:
    """A chapter's results. What can't be read counts 0, as in the table on the screen, and has no exercises."""
    graded = next(report for report in reports if report.exercises)
    exercises = {one.name: _Exercise(one.name, one.max_score) for one in graded.exercises}
    counts = [0] * _BARS
    for report in reports:
        counts[min(_BARS - 1, _BARS * report.score // max(1, report.max_score))] += 1
        for one in report.exercises:
            entry = exercises[one.name]
            entry.tried += one.status != "not attempted"
            entry.passed += one.status == "passed"
            entry.partial += one.status == "partial"
            entry.mistakes.update(set(one.mistakes))
    width = 100 // _BARS
    bars = [(f"{number * width}–{number * width + width}", count) for number, count in enumerate(counts)]
    return _Chapter(name, reports, list(exercises.values()), bars)
