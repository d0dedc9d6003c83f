"""What `grader doctor` prints: the layers of the sandbox, and whether they held."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..engine.selftest import Layer


def print_layers(layers: Sequence[Layer]) -> None:
    """Print the self-test's results."""
    table = Table()
    for heading in ("layer", "what a submission gets", "self-test"):
        table.add_column(heading)
    for layer in layers:
        verdict = f"[red]✗[/] {escape(layer.failure)}" if layer.failure else "[green]✓[/] held"
        table.add_row(layer.name, layer.promise, verdict)
    Console(stderr=True).print(table)
