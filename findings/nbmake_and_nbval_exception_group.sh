#!/bin/bash
# nbmake 1.5.5 and nbval 0.11.0 (PyPI): a notebook in which a cell raises an ExceptionGroup passes.
#
# A cell that raises is told to whoever runs it twice: in the reply to the request, whose status is "error", and by a message of
# the type "error", which becomes the cell's output (Jupyter's messaging protocol, "Execution results" and "Execution errors").
# For an exception group (Python 3.11), IPython 9.18.1 prints the traceback to stderr instead and sends the second one
# not at all. nbval looks for that message alone; nbmake, where nbclient 0.11.0 says that the cell failed, looks for the
# output and finds none. jupyter execute goes by the reply. Where an exception comes of handling a group it is the same.
#
# Seen with Python 3.11:
#   ValueError: jupyter execute fails, nbmake fails, nbval fails
#   ExceptionGroup: jupyter execute fails, nbmake passes, nbval passes
#   KeyError while a group is handled: jupyter execute fails, nbmake passes, nbval passes
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --no-compile --disable-pip-version-check \
    nbmake==1.5.5 nbval==0.11.0 pytest==9.2.0 ipython==9.18.1 ipykernel==7.4.0 nbclient==0.11.0 nbformat==5.11.1
export PATH="$dir/env/bin:$PATH" JUPYTER_CONFIG_DIR="$dir/config" JUPYTER_DATA_DIR="$dir/data" IPYTHONDIR="$dir/ipython"
cat > see.py <<'PY'
import subprocess

import nbformat
from nbformat import v4

CELLS = {
    "ValueError": "raise ValueError('no token')",
    "ExceptionGroup": "raise ExceptionGroup('two logins', [ValueError('no token'), ValueError('no token')])",
    "KeyError while a group is handled": (
        "try:\n    raise ExceptionGroup('login', [ValueError('no token')])\nexcept* ValueError:\n    {}['token']"
    ),
}
TOOLS = {
    "jupyter execute": ["jupyter", "execute"],
    "nbmake": ["python", "-m", "pytest", "-p", "no:cacheprovider", "--nbmake"],
    "nbval": ["python", "-m", "pytest", "-p", "no:cacheprovider", "--nbval-lax"],
}
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
for what, source in CELLS.items():
    cells = [v4.new_code_cell(source, id="raises")]
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), "lesson.ipynb")
    outcomes = []
    for tool, command in TOOLS.items():
        status = subprocess.run([*command, "lesson.ipynb"], capture_output=True).returncode
        outcomes.append(f"{tool} " + {0: "passes", 1: "fails"}.get(status, str(status)))
    print(f"{what}: {', '.join(outcomes)}")
PY
seen=$(python -W ignore see.py)
printf '%s\n' "$seen"
[ "$seen" = "ValueError: jupyter execute fails, nbmake fails, nbval fails
ExceptionGroup: jupyter execute fails, nbmake passes, nbval passes
KeyError while a group is handled: jupyter execute fails, nbmake passes, nbval passes" ]
