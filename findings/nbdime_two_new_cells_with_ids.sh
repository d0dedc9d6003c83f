#!/bin/bash
# nbdime 4.0.4 (PyPI): where two people each added a cell at one place, nbmerge marks the conflict, or with cell ids ends in a TypeError.
#
# Since nbformat 4.5 each cell has an id, and a new cell a new one (nbformat's description, "Cell ids"; JEP 62). That two people
# add a cell below the same one is the usual conflict in a notebook. nbmerge then makes one cell of both, with markers around
# the sources, and exit status 1. Of both ids it makes one object as well. nbformat 5.11.1, by which it writes the file, cannot take
# that, and no file is written. (Issue 690 is about ids in nbmerge-web.)
#
# Seen with Python 3.11:
#   format 4.4, cells added at two places: merged
#   format 4.4, cells added at one place: conflict with markers
#   format 4.5, cells added at two places: merged
#   format 4.5, cells added at one place: TypeError, no file
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --no-compile --disable-pip-version-check nbdime==4.0.4 nbformat==5.11.1
export PATH="$dir/env/bin:$PATH" JUPYTER_CONFIG_DIR="$dir/config" JUPYTER_DATA_DIR="$dir/data"
cat > see.py <<'PY'
import subprocess
from pathlib import Path

import nbformat
from nbformat import v4

MERGED = Path("merged.ipynb")


def write(name, minor, *sources):
    cells = [v4.new_code_cell(source, id=source[0]) for source in sources]
    if minor < 5:
        for cell in cells:
            del cell["id"]
    nbformat.write(v4.new_notebook(cells=cells, nbformat_minor=minor), name)


for minor in (4, 5):
    for where, theirs in (("two places", ("x = 1", "y = 2", "bob = 4")), ("one place", ("x = 1", "bob = 4", "y = 2"))):
        MERGED.unlink(missing_ok=True)
        write("base.ipynb", minor, "x = 1", "y = 2")
        write("ours.ipynb", minor, "x = 1", "ada = 3", "y = 2")
        write("theirs.ipynb", minor, *theirs)
        done = subprocess.run(
            ["nbmerge", "base.ipynb", "ours.ipynb", "theirs.ipynb", "--out", MERGED], capture_output=True, text=True
        )
        error = done.stderr.strip().rpartition("\n")[2].partition(":")[0]
        text = MERGED.read_text() if MERGED.exists() else ""
        outcome = "merged" if done.returncode == 0 else "conflict with markers" if "<<<<<<<" in text else error
        print(f"format 4.{minor}, cells added at {where}: {outcome}{'' if text else ', no file'}")
PY
seen=$(python -W ignore see.py)
printf '%s\n' "$seen"
[ "$seen" = "format 4.4, cells added at two places: merged
format 4.4, cells added at one place: conflict with markers
format 4.5, cells added at two places: merged
format 4.5, cells added at one place: TypeError, no file" ]
