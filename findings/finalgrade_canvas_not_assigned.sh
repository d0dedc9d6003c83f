#!/bin/bash
# finalgrade 0.2.4 (PyPI): homework that Canvas did not assign to a student counts as 0, and a hidden assignment stops it.
#
# Canvas writes a gradebook with "EX" for excused, an empty cell for not graded yet and "N/A" where a student was not given
# the assignment; if an assignment is posted by hand, a row that says so stands before "Points Possible", with nobody's
# name in it (GradebookExporter in Canvas). finalgrade knows EX, takes an empty cell for 0 and has an error for what is no number.
# N/A does not get that far: pandas reads it as an empty cell. The second row it takes for a student without an id.
#
# Seen with Python 3.11 (two assignments of 10 points, the first with 9):
#   the second has 8.00: 0.9 and 0.8
#   the second has EX: 0.9 and nan
#   the second has N/A: 0.9 and 0.0
#   the second has excellent: CanvasError
#   the second has 8.00 and is posted by hand: CanvasError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check finalgrade==0.2.4 pandas==2.3.3 numpy==2.4.6
cat > "$dir/see.py" <<'PY'
import sys
from pathlib import Path

from finalgrade.errors import CanvasError
from finalgrade.gradebook import Gradebook

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (101),Homework 2 (102),Final Score"
BY_HAND = ",,,,,,Manual Posting,"
POINTS = "    Points Possible,,,,,10.00,10.00,(read only)"
STUDENT = '"Lovelace, Ada",7,s7,ada@example.org,A,9.00,{},90.00'

file = Path(sys.argv[1])
for score, by_hand in (("8.00", False), ("EX", False), ("N/A", False), ("excellent", False), ("8.00", True)):
    rows = [HEADER, *([BY_HAND] if by_hand else []), POINTS, STUDENT.format(score)]
    file.write_text("\n".join(rows) + "\n")
    try:
        first, second = Gradebook.from_file(file).df_perc.loc["ada@example.org"]
        outcome = f"{first} and {second}"
    except CanvasError:
        outcome = "CanvasError"
    print(f"the second has {score}{' and is posted by hand' if by_hand else ''}: {outcome}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py" "$dir/canvas.csv")
printf '%s\n' "$seen"
[ "$seen" = "the second has 8.00: 0.9 and 0.8
the second has EX: 0.9 and nan
the second has N/A: 0.9 and 0.0
the second has excellent: CanvasError
the second has 8.00 and is posted by hand: CanvasError" ]
