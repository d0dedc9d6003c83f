#!/bin/bash
# nbgrader 0.9.6 (PyPI): a test that passes gives no points if anything was written to stderr while it ran.
#
# "Students receive full credit if the tests pass" (nbgrader's user guide, Creating and grading assignments), and a test is a cell
# that raises if something is wrong. But a cell also fails if it has output on stderr, whatever it says: a warning, a
# log line, tqdm's progress bar. It may come from the student's function or from a library that it calls, so one new
# deprecation, and a class of right answers gets 0. The same text on stdout costs nothing.
#
# Seen with Python 3.11 (each cell is worth 2 points and asserts the same):
#   silent 2.0
#   print 2.0
#   warning 0.0
#   logging 0.0
#   progress 0.0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check nbgrader==0.9.6 ipykernel==6.29.5 nbformat==5.11.1 tqdm==4.70.1
export PATH="$dir/env/bin:$PATH" JUPYTER_CONFIG_DIR="$dir/config" JUPYTER_DATA_DIR="$dir/data" IPYTHONDIR="$dir/ipython"
cat > make.py <<'PY'
from pathlib import Path

import nbformat
from nbformat import v4

DOUBLE = """import logging, sys, warnings
from tqdm import tqdm

def double(number, how="silent"):
    ### BEGIN SOLUTION
    if how == "print":
        print("soon called twice()")
    if how == "warning":
        warnings.warn("soon called twice()", FutureWarning)
    if how == "logging":
        logging.warning("soon called twice()")
    return sum(tqdm([number, number])) if how == "progress" else 2 * number
    ### END SOLUTION
"""


def cell(name, source, **kind):
    kinds = {"grade": False, "solution": False, "locked": False, "task": False} | kind
    return v4.new_code_cell(source, metadata={"nbgrader": {"schema_version": 3, "grade_id": name} | kinds})


cells = [cell("double", DOUBLE, solution=True)]
for how in ("silent", "print", "warning", "logging", "progress"):
    cells.append(cell(how, f"assert double(2, {how!r}) == 4", grade=True, locked=True, points=2))
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
for folder in (Path("source/homework"), Path("submitted/ada/homework")):
    folder.mkdir(parents=True)
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "double.ipynb")
PY
cat > see.py <<'PY'
from nbgrader.api import Gradebook

with Gradebook("sqlite:///gradebook.db") as gradebook:
    scores = {grade.name: grade.score for grade in gradebook.find_submission_notebook("double", "homework", "ada").grades}
for how in ("silent", "print", "warning", "logging", "progress"):
    print(how, scores[how])
PY
python make.py
for step in generate_assignment autograde; do nbgrader "$step" homework --CourseDirectory.course_id=c > log 2>&1 || { cat log; exit 1; }; done
seen=$(python see.py)
printf '%s\n' "$seen"
[ "$seen" = "silent 2.0
print 2.0
warning 0.0
logging 0.0
progress 0.0" ]
