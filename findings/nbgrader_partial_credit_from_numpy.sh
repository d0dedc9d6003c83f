#!/bin/bash
# nbgrader 0.9.6 (PyPI): since NumPy 2, a test that gives part of the points gives all of them if NumPy computed the part.
#
# If the last line of a test cell is a number, that many points are given (nbgrader's changelog, pull requests 1090 and 1410;
# determine_grade says the same). nbgrader turns the text that stands in the output into a float. NumPy 2 shows its scalars with
# their type (its release notes, representation of NumPy scalars; NEP 51): np.float64(2.0) where NumPy 1 showed 2.0. That is no
# float, and what is no number counts as full credit, with a warning in the log. So after an upgrade that touches neither nbgrader
# nor the assignment, half right is all right, and so is all wrong.
#
# Seen with Python 3.11 and NumPy 2.4.6 (each test is worth 4 points; the solution is right for 2 of 4 numbers):
#   sum 2.0
#   4 * np.mean 4.0
#   float(4 * np.mean) 2.0
#   4 * np.mean, shown as NumPy 1 did 2.0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --no-compile --disable-pip-version-check \
    nbgrader==0.9.6 ipykernel==6.29.5 nbformat==5.11.1 numpy==2.4.6
export PATH="$dir/env/bin:$PATH" JUPYTER_CONFIG_DIR="$dir/config" JUPYTER_DATA_DIR="$dir/data" IPYTHONDIR="$dir/ipython"
cat > see.py <<'PY'
from pathlib import Path

import nbformat
from nbformat import v4
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

DOUBLE = """import numpy as np

def double(number):
    ### BEGIN SOLUTION
    return 2 * number if number < 3 else 0
    ### END SOLUTION
"""
RIGHT = "[double(number) == 2 * number for number in (1, 2, 3, 4)]"
MEAN = f"4 * np.mean({RIGHT})"
TESTS = {
    "sum": f"sum({RIGHT})",
    "4 * np.mean": MEAN,
    "float(4 * np.mean)": f"float({MEAN})",
    "4 * np.mean, shown as NumPy 1 did": f"np.set_printoptions(legacy='1.25')\n{MEAN}",
}


def cell(name, source, **kind):
    kinds = {"grade": False, "solution": False, "locked": False, "task": False} | kind
    return v4.new_code_cell(source, metadata={"nbgrader": {"schema_version": 3, "grade_id": name} | kinds})


cells = [cell("double", DOUBLE, solution=True)]
cells += [cell(f"test{i}", source, grade=True, locked=True, points=4) for i, source in enumerate(TESTS.values())]
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
for folder in (Path("source/homework"), Path("submitted/ada/homework")):
    folder.mkdir(parents=True)
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "double.ipynb")
nbgrader = NbGraderAPI(config=Config(CourseDirectory={"course_id": "c", "root": str(Path.cwd())}))
for done in (nbgrader.generate_assignment("homework"), nbgrader.autograde("homework", "ada")):
    assert done["success"], done
with nbgrader.gradebook as gradebook:
    scores = {grade.name: grade.score for grade in gradebook.find_submission_notebook("double", "homework", "ada").grades}
for i, name in enumerate(TESTS):
    print(name, scores[f"test{i}"])
PY
seen=$(python -W ignore see.py)
printf '%s\n' "$seen"
[ "$seen" = "sum 2.0
4 * np.mean 4.0
float(4 * np.mean) 2.0
4 * np.mean, shown as NumPy 1 did 2.0" ]
