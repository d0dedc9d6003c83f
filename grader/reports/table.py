"""Reports as tables for people, on stderr, so that stdout stays free for JSON."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .report import NOT_TAKEN, Report, taken

_MARKS = {"passed": "[green]✓[/] ", "not attempted": "○ "}


def print_reports(reports: Sequence[Report]) -> None:
    """One table for each Report, and a line for all of them."""
    console = Console(stderr=True, emoji=False)
    for report in reports:
        name = escape(report.submission)
        console.print(f"[bold]{name}[/] · {report.chapter} · {report.status}", soft_wrap=True, highlight=False)
        console.print(_table(report))
        _print_message(console, report)
    if len(reports) > 1:
        total, possible = sum(r.score for r in reports), sum(r.max_score for r in reports)
        console.print(f"{len(reports)} submissions: {total} of {possible} points")


def print_batch(reports: Sequence[Report]) -> None:
    """A line for each chapter, and each submission that can't be read or is not the lesson that its name says."""
    console = Console(stderr=True, emoji=False)
    table = Table()
    for heading in ("chapter", "number", "full points", "mean", "untried", "unreadable"):
        table.add_column(heading, justify="left" if heading == "chapter" else "right", no_wrap=True)
    submissions = taken(reports)
    for chapter in sorted({report.chapter for report in submissions}):
        those = [report for report in submissions if report.chapter == chapter]
        possible = sum(report.max_score for report in those)
        counts = (
            sum(report.score == report.max_score > 0 for report in those),
            f"{100 * sum(report.score for report in those) / possible:.0f} %" if possible else "",
            *(sum(report.status == status for report in those) for status in ("not attempted", "unreadable")),
        )
        table.add_row(chapter or "unknown", str(len(those)), *map(str, counts))
    console.print(table)
    for report in reports:
        _print_message(console, report)
    if len(submissions) < len(reports):
        console.print(f"{len(reports) - len(submissions)} files were not taken", highlight=False)


def _print_message(console: Console, report: Report) -> None:
    if report.message:
        said = f"not taken: {report.message}" if report.status == NOT_TAKEN else report.message
        console.print(f"{escape(report.submission)}: {escape(said)}", soft_wrap=True, highlight=False)


def _table(report: Report) -> Table:
    table = Table(show_footer=True)
    table.add_column("exercise", "total")
    table.add_column("points", f"{report.score} / {report.max_score}", justify="right")
    table.add_column("", f"{report.seconds:.1f} s")
    for exercise in report.exercises:
        remarks = "\n".join(escape(text) for text in (*exercise.mistakes, *exercise.messages))
        status = f"{_MARKS.get(exercise.status, '[red]✗[/] ')}{exercise.status}"
        table.add_row(
            exercise.name, f"{exercise.score} / {exercise.max_score}", f"{status}\n{remarks}" if remarks else status
        )
    return table
