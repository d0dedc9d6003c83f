"""Updates the tables of docs/attacks.md: the result of each submission of the corpus.

ATTACKS_KEEP=/tmp/attacks python -m pytest tests/attacks/test_attacks.py
python -m tests.attacks.page /tmp/attacks
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.attacks.corpus import REPO, Attack, corpus
from tests.attacks.harness import complaints, reports_in

PAGE = REPO / "docs" / "attacks.md"
MARK = "<!-- from here on: python -m tests.attacks.page -->\n"


def came_to(attack: Attack, reports: Sequence[dict[str, Any]]) -> str:
    """An attack's result, in a few words.

    Raises:
        ValueError: there is no Report on it.
    """
    mine = reports_in(attack, list(reports))
    if not mine:
        raise ValueError(f"there is no Report on {attack.name}")
    fitting = [report for report in mine if not complaints(attack, report)] or mine
    report = max(fitting, key=lambda one: int(one["score"]))
    if report["status"] in ("unreadable", "not taken"):
        return {"unreadable": "refused"}.get(report["status"], "not taken")
    if attack.is_control and report["score"] == report["max_score"]:
        return "full points"
    kinds = [one["status"] for one in report["exercises"] if one["status"] in ("timed out", "crashed", "forbidden")]
    return f"{report['score']} points" + (f", {kinds[0]}" if kinds else "")


def row(attack: Attack, words: str) -> str:
    """A line of a table."""
    about = attack.about.replace("|", "\\|").replace("<", "&lt;")
    return f"| {attack.name} | {about} | {words} |"


def tables(reports: Sequence[dict[str, Any]]) -> str:
    """All attacks, a table for each category."""
    lines = []
    for category in dict.fromkeys(attack.category for attack in corpus()):
        lines += ["", f"## {category}", "", "| submission | what it tries | what it came to |", "|---|---|---|"]
        lines += [row(attack, came_to(attack, reports)) for attack in corpus() if attack.category == category]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page's tables from the Reports of a batch over the corpus."""
    reports = [json.loads(path.read_text("utf-8")) for path in sorted(Path(sys.argv[1]).glob("reports/**/*.json"))]
    head = PAGE.read_text("utf-8").partition(MARK)[0]
    PAGE.write_text(head + MARK + tables(reports), "utf-8")


if __name__ == "__main__":
    main()
