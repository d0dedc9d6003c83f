"""docs/lti.md: its table has each check, and as many bent launches as there are."""

import re
from collections import Counter
from pathlib import Path

from test_lti_launch import BENT, BENT_LOGINS

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "lti.md").read_text("utf-8")


def test_the_table_counts_the_bent_launches() -> None:
    table = re.search(r"<!-- checks.*?-->(.*)<!-- /checks -->", TEXT, re.DOTALL)
    assert table is not None
    said = {name: int(count) for name, count in re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", table[1], re.MULTILINE)}
    assert said == Counter(reason for reason, _, _ in (*BENT.values(), *BENT_LOGINS.values()))
