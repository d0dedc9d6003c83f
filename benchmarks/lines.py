"""What a benchmark has to say in the end: a line for each target, and whether it is met."""

from typing import NamedTuple

from rich.console import Console
from rich.table import Table


class Line(NamedTuple):
    """One target.

    Attributes:
        what: the work.
        measured: what came of it in this run.
        target: what it should be.
        at_least: whether more is better.
        unit: "×", "MB" or "s".
    """

    what: str
    measured: float
    target: float
    at_least: bool = False
    unit: str = "×"

    @property
    def met(self) -> bool:
        """Whether it is, as it is printed: 1.304 is no miss of 1.3."""
        measured = round(self.measured, 2)
        return measured >= self.target if self.at_least else measured <= self.target


def show(console: Console, lines: list[Line]) -> None:
    """Print all of them."""
    table = Table(title="Targets, all measured in this run")
    for heading in ("work", "measured", "target", ""):
        table.add_column(heading, justify="left" if heading in ("work", "") else "right")
    for line in lines:
        wanted = f"{'≥' if line.at_least else '≤'} {line.target:g} {line.unit}"
        mark = "[green]met[/]" if line.met else "[red]missed[/]"
        table.add_row(line.what, f"{line.measured:.2f} {line.unit}", wanted, mark)
    console.print(table)
