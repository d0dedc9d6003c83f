"""Reports as a table for people, on stderr, so that stdout stays free for JSON."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from ..report import Report
from ..values import plain_text

_MARKS = {"passed": "[green]✓[/] ", "not attempted": "○ "}


def progress_over(paths: Sequence[Path]) -> Iterable[Path]:
    """The paths one by one, with a progress bar when there are several and someone is looking."""
    console = Console(stderr=True)
    if len(paths) < 2 or not console.is_terminal:
        return paths
    return track(paths, "grading", console=console, transient=True)


def print_reports(reports: Sequence[Report]) -> None:
    """One table for each Report, and a line for all of them."""
    console = Console(stderr=True)
    for report in reports:
        name = escape(plain_text(report.submission, 200))
        console.print(f"[bold]{name}[/] · {report.chapter} · {report.status}", soft_wrap=True, highlight=False)
        console.print(_table(report))
    if len(reports) > 1:
        total, possible = sum(r.score for r in reports), sum(r.max_score for r in reports)
        console.print(f"{len(reports)} submissions: {total} of {possible} points")


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
