"""`python -m benchmarks [WHICH] [--quick]`: which targets are met, as ratios measured in this one run.

A further benchmark is a module with `run(console, quick) -> list[Line]` and a line in `BENCHMARKS`.
"""

import argparse
import sys
from collections.abc import Callable

from rich.console import Console

from benchmarks import batches, farm, grading, lines, tokens
from benchmarks.lines import Line

BENCHMARKS: dict[str, Callable[[Console, bool], list[Line]]] = {
    "tokens": tokens.run,
    "grading": grading.run,
    "batches": batches.run,
    "farm": farm.run,
}


def main() -> int:
    """Run the chosen benchmarks; the exit status is 1 if a target was missed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("which", nargs="?", default="all", choices=[*BENCHMARKS, "all"])
    parser.add_argument("--quick", action="store_true", help="fewer rounds: seconds instead of a minute")
    options = parser.parse_args()
    chosen = BENCHMARKS if options.which == "all" else {options.which: BENCHMARKS[options.which]}
    console = Console() if sys.stdout.isatty() else Console(width=110)
    measured = [line for run in chosen.values() for line in run(console, options.quick)]
    lines.show(console, measured)
    return 0 if all(line.met for line in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
