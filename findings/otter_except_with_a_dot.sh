#!/bin/bash
# otter-grader 7.0.0 (PyPI): a test with "except ValueError:" is as good as any, one with "except json.JSONDecodeError:" is a syntax error.
#
# What stands behind except is an expression (Python's reference, "The try statement"): a name, a name in a module, a tuple. otter
# assign turns the cells under "# BEGIN TESTS" into doctests, each line after ">>>" or "...", and knows a line that goes on with a
# statement by a pattern that has a single name behind except. So "except (ValueError, TypeError):" begins a statement of
# its own; so does the "def" below a decorator. The teacher's own solution then fails the test. (Issue 228 was about except
# as such, and is mended.)
#
# Seen with Python 3.11 (assigned: the master's own solution passes its tests, as it does when Python itself runs them):
#   except ValueError: assigned
#   except json.JSONDecodeError: SyntaxError
#   except (ValueError, TypeError): SyntaxError
#   def below a decorator: SyntaxError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --no-compile --disable-pip-version-check \
    otter-grader==7.0.0 ipykernel==7.4.0 nbformat==5.11.1 nbconvert==7.17.2 nbclient==0.11.0
export PATH="$dir/env/bin:$PATH" JUPYTER_CONFIG_DIR="$dir/config" JUPYTER_DATA_DIR="$dir/data" IPYTHONDIR="$dir/ipython"
cat > see.py <<'PY'
import re
import subprocess

import nbformat
from nbformat import v4

SOLUTION = "import json\ndef load(text):\n    return json.loads(text) # SOLUTION"
REFUSED = "try:\n    load('no JSON')\nexcept {}:\n    refused = True\nassert refused"
TESTS = {f"except {what}": REFUSED.format(what) for what in ("ValueError", "json.JSONDecodeError", "(ValueError, TypeError)")}
TESTS["def below a decorator"] = "import functools\n@functools.cache\ndef cached(text):\n    return load(text)\nassert cached('1') == 1"

for i, (what, test) in enumerate(TESTS.items()):
    exec(SOLUTION + "\n" + test, {})
    cells = [
        v4.new_raw_cell("# ASSIGNMENT CONFIG\nname: homework\nexport_cell: false"),
        v4.new_raw_cell("# BEGIN QUESTION\nname: q1\npoints: 1"),
        v4.new_raw_cell("# BEGIN SOLUTION"),
        v4.new_code_cell(SOLUTION),
        v4.new_raw_cell("# END SOLUTION"),
        v4.new_raw_cell("# BEGIN TESTS"),
        v4.new_code_cell(test),
        v4.new_raw_cell("# END TESTS"),
        v4.new_raw_cell("# END QUESTION"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), f"{i}.ipynb")
    done = subprocess.run(["otter", "assign", f"{i}.ipynb", f"assigned{i}"], capture_output=True, text=True)
    outcome = "assigned" if done.returncode == 0 else re.findall("SyntaxError|$", done.stdout + done.stderr)[0]
    print(f"{what}: {outcome}")
PY
seen=$(python -W ignore see.py)
printf '%s\n' "$seen"
[ "$seen" = "except ValueError: assigned
except json.JSONDecodeError: SyntaxError
except (ValueError, TypeError): SyntaxError
def below a decorator: SyntaxError" ]
