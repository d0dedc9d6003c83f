#!/bin/bash
# gradescope-utils 0.5.0, better-gradescope-utils 1.0.0 (PyPI): a test with a subtest that fails is not in the results, nor are its points.
#
# A subtest that fails fails its test, while the rounds after it still run (Python's documentation of unittest, "Distinguishing
# test iterations using subtests"). unittest tells a result of it by addSubTest, and calls neither addFailure nor addSuccess for
# the test. Both packages' JSONTestResult makes its entries in those, and has no addSubTest. So the same wrong solution has 4 of
# 10 points with a plain loop and 4 of 4 with subtests. (Issue 5 of gradescope-utils asks for an entry for each subtest, and does
# not say that the test itself goes missing.)
#
# Seen with Python 3.11 (test_one, 4 points, and test_all, 6 points, with three rounds; the wrong solution fails the first round):
#   unittest, subtests, wrong: 2 run, 1 failed
#   gradescope-utils, plain loop, right: 10 of 10, test_all passed
#   gradescope-utils, plain loop, wrong: 4 of 10, test_all failed
#   gradescope-utils, subtests, right: 10 of 10, test_all passed
#   gradescope-utils, subtests, wrong: 4 of 4, test_all missing
#   better-gradescope-utils, subtests, wrong: 4 of 4, test_all missing
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check gradescope-utils==0.5.0 better-gradescope-utils==1.0.0
cat > "$dir/see.py" <<'PY'
import importlib
import io
import json
import unittest

PACKAGES = {"gradescope-utils": "gradescope_utils", "better-gradescope-utils": "better_gradescope_utils"}
SOLUTIONS = {"right": lambda x: x * x, "wrong": lambda x: x * x if x else 1}


def suite(package, loop, square):
    weight = importlib.import_module(f"{PACKAGES[package]}.autograder_utils.decorators").weight

    class Squares(unittest.TestCase):
        @weight(4)
        def test_one(self):
            self.assertEqual(square(1), 1)

        @weight(6)
        def test_all(self):
            for x in (0, 2, 3):
                if loop == "subtests":
                    with self.subTest(x=x):
                        self.assertEqual(square(x), x * x)
                else:
                    self.assertEqual(square(x), x * x)

    return unittest.defaultTestLoader.loadTestsFromTestCase(Squares)


def results(package, loop, solution):
    runner = importlib.import_module(f"{PACKAGES[package]}.autograder_utils.json_test_runner").JSONTestRunner
    text = io.StringIO()
    runner(stream=text).run(suite(package, loop, SOLUTIONS[solution]))
    tests = json.loads(text.getvalue())["tests"]
    score, most = (sum(test[member] for test in tests) for member in ("score", "max_score"))
    found = [test["status"] for test in tests if test["name"].startswith("test_all")] or ["missing"]
    return f"{score:g} of {most:g}, test_all {found[0]}"


plain = unittest.TextTestRunner(stream=io.StringIO()).run(suite("gradescope-utils", "subtests", SOLUTIONS["wrong"]))
print(f"unittest, subtests, wrong: {plain.testsRun} run, {len(plain.failures)} failed")
for loop in ("plain loop", "subtests"):
    for solution in SOLUTIONS:
        print(f"gradescope-utils, {loop}, {solution}: {results('gradescope-utils', loop, solution)}")
print(f"better-gradescope-utils, subtests, wrong: {results('better-gradescope-utils', 'subtests', 'wrong')}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "unittest, subtests, wrong: 2 run, 1 failed
gradescope-utils, plain loop, right: 10 of 10, test_all passed
gradescope-utils, plain loop, wrong: 4 of 10, test_all failed
gradescope-utils, subtests, right: 10 of 10, test_all passed
gradescope-utils, subtests, wrong: 4 of 4, test_all missing
better-gradescope-utils, subtests, wrong: 4 of 4, test_all missing" ]
