#!/bin/bash
# pytest-gradescope 0.1.6, pytest-grader 0.4.1 (PyPI): since pytest 9, a test with a subtest that fails has all its points.
#
# A subtest that fails fails its test (Python's documentation of unittest, "Distinguishing test iterations using subtests"). pytest 9,
# which runs subtests itself, reports each of them under the test's own name, and then the test of a TestCase as passed, as
# pytest-subtests did (its issue 11); only its exit status is 1. Both packages make an entry of each report: one that failed with
# no points and one that passed with all of them, and what Gradescope gives is the sum. pytest-grader counts the rounds that
# passed, too. The test without subtests gets nothing, as it should, and so did both with pytest 8.
#
# Seen with Python 3.11 (each test is worth 4 points; the solution is right for 3 of 4 numbers):
#   pytest 8.4.2, pytest-gradescope: without subtests 0, with subtests 0
#   pytest 8.4.2, pytest-grader: without subtests 0, with subtests 0
#   pytest 9.2.0, pytest-gradescope: without subtests 0, with subtests 4 + 0
#   pytest 9.2.0, pytest-grader: without subtests 0, with subtests 4 + 4 + 4 + 0 + 4
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > test_double.py <<'PY'
import unittest

from pytest_gradescope.decorators import weight
from pytest_grader import points


def double(number):
    return 2 * number if number < 4 else 0


class Double(unittest.TestCase):
    @weight(4)
    @points(4)
    def test_without(self):
        for number in (1, 2, 3, 4):
            self.assertEqual(double(number), number + number)

    @weight(4)
    @points(4)
    def test_with(self):
        for number in (1, 2, 3, 4):
            with self.subTest(number=number):
                self.assertEqual(double(number), number + number)
PY
cat > see.py <<'PY'
import json
import re
import sys
from pathlib import Path

pytest, said = sys.argv[1:]
entries = {
    "pytest-gradescope": [(test["name"], test["score"]) for test in json.loads(Path("results.json").read_text())["tests"]],
    "pytest-grader": re.findall(r"(test_\w+) +(\d+)/4", said),
}
for package, scores in entries.items():
    of = {kind: " + ".join(str(score) for name, score in scores if name.endswith("test_" + kind)) for kind in ("without", "with")}
    print(f"pytest {pytest}, {package}: without subtests {of['without']}, with subtests {of['with']}")
PY
seen=$(for pytest in 8.4.2 9.2.0; do
    python3 -m venv "$pytest"
    "$pytest/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
        "pytest==$pytest" pytest-gradescope==0.1.6 pytest-grader==0.4.1
    status=0
    said=$("$pytest/bin/python" -m pytest -q -p no:cacheprovider -p pytest_grader.plugins --score test_double.py) || status=$?
    [ "$status" = 1 ] || { printf '%s\n' "$said"; exit 1; }
    "$pytest/bin/python" see.py "$pytest" "$said"
done)
printf '%s\n' "$seen"
[ "$seen" = "pytest 8.4.2, pytest-gradescope: without subtests 0, with subtests 0
pytest 8.4.2, pytest-grader: without subtests 0, with subtests 0
pytest 9.2.0, pytest-gradescope: without subtests 0, with subtests 4 + 0
pytest 9.2.0, pytest-grader: without subtests 0, with subtests 4 + 4 + 4 + 0 + 4" ]
