#!/bin/bash
# nbgrader 0.9.6 (PyPI): the test that "### AUTOTEST" makes of a value in bytes fails every solution, the teacher's own, too.
#
# After "### AUTOTEST" may stand any valid Python expression. nbgrader evaluates it with the teacher's solution and writes a test
# that compares the student's value with that (nbgrader's user guide, "Automatic test code generation"). The test compares texts,
# str() then and now. nbgrader takes the quotes off both ends of what the kernel shows, all that are there, so the one
# behind b'eyJ goes, too. Nor is str() the same for all that is equal: not for a set of texts, whose order is another one in
# another process, nor for a dict in other order, nor for two floats near 0 that round to 0.0 and to -0.0. These three
# fail with "### HASHED AUTOTEST" as well. All answers here are the teacher's own or equal to it (the float, to two places,
# as its test has it), and the templates are those that nbgrader comes with.
#
# Seen with Python 3.11 (each test is worth 1 point):
#   text: AUTOTEST 1.0, HASHED AUTOTEST 1.0
#   bytes: AUTOTEST 0.0, HASHED AUTOTEST 1.0
#   bytes == b'eyJ': AUTOTEST 1.0, HASHED AUTOTEST 1.0
#   text that ends with a quote: AUTOTEST 0.0, HASHED AUTOTEST 1.0
#   set of texts: AUTOTEST 0.0, HASHED AUTOTEST 0.0
#   dict in other order: AUTOTEST 0.0, HASHED AUTOTEST 0.0
#   0.1 + 0.2 - 0.3 for 0.3 - 0.1 - 0.2: AUTOTEST 0.0, HASHED AUTOTEST 0.0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --no-compile --disable-pip-version-check \
    nbgrader==0.9.6 ipykernel==7.4.0 nbformat==5.11.1
export PATH="$dir/env/bin:$PATH" JUPYTER_CONFIG_DIR="$dir/config" JUPYTER_DATA_DIR="$dir/data" IPYTHONDIR="$dir/ipython"
cat > see.py <<'PY'
import os
import shutil
from pathlib import Path

import nbformat
import nbgrader
from nbformat import v4
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

# what is asked for: the teacher's answer and the student's
ANSWERS = {
    "text": ("'eyJ'", "'eyJ'"),
    "bytes": ("b'eyJ'", "b'eyJ'"),
    "bytes == b'eyJ'": ("b'eyJ'", "b'eyJ'"),
    "text that ends with a quote": ('\'"eyJ"\'', '\'"eyJ"\''),
    "set of texts": ("{'openid', 'email', 'profile'}", "{'openid', 'email', 'profile'}"),
    "dict in other order": ("{'alg': 'RS256', 'typ': 'JWT'}", "{'typ': 'JWT', 'alg': 'RS256'}"),
    "0.1 + 0.2 - 0.3 for 0.3 - 0.1 - 0.2": ("0.1 + 0.2 - 0.3", "0.3 - 0.1 - 0.2"),
}
KINDS = ("AUTOTEST", "HASHED AUTOTEST")


def cell(name, source, **kind):
    kinds = {"grade": False, "solution": False, "locked": False, "task": False} | kind
    return v4.new_code_cell(source, metadata={"nbgrader": {"schema_version": 3, "grade_id": name} | kinds})


def write(folder, whose):
    cells = []
    for i, (what, answers) in enumerate(ANSWERS.items()):
        asked = what.replace("bytes", f"answer{i}") if "==" in what else f"answer{i}"
        cells.append(cell(f"answer{i}", f"### BEGIN SOLUTION\nanswer{i} = {answers[whose]}\n### END SOLUTION", solution=True))
        for kind in KINDS:
            cells.append(cell(f"{kind.split()[0]}{i}", f"### {kind} {asked}", grade=True, locked=True, points=1))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    Path(folder).mkdir(parents=True)
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), Path(folder) / "answers.ipynb")


write("source/homework", 0)
write("submitted/ada/homework", 1)
shutil.copy(Path(nbgrader.__file__).parent / "docs/source/user_guide/autotests.yml", ".")
api = NbGraderAPI(config=Config(CourseDirectory={"course_id": "c", "root": str(Path.cwd())}))
os.environ["PYTHONHASHSEED"] = "1"
generated = api.generate_assignment("homework")
os.environ["PYTHONHASHSEED"] = "2"
for done in (generated, api.autograde("homework", "ada")):
    assert done["success"], done
with api.gradebook as gradebook:
    scores = {grade.name: grade.score for grade in gradebook.find_submission_notebook("answers", "homework", "ada").grades}
for i, what in enumerate(ANSWERS):
    print(f"{what}: " + ", ".join(f"{kind} {scores[kind.split()[0] + str(i)]}" for kind in KINDS))
PY
seen=$(python -W ignore see.py)
printf '%s\n' "$seen"
[ "$seen" = "text: AUTOTEST 1.0, HASHED AUTOTEST 1.0
bytes: AUTOTEST 0.0, HASHED AUTOTEST 1.0
bytes == b'eyJ': AUTOTEST 1.0, HASHED AUTOTEST 1.0
text that ends with a quote: AUTOTEST 0.0, HASHED AUTOTEST 1.0
set of texts: AUTOTEST 0.0, HASHED AUTOTEST 0.0
dict in other order: AUTOTEST 0.0, HASHED AUTOTEST 0.0
0.1 + 0.2 - 0.3 for 0.3 - 0.1 - 0.2: AUTOTEST 0.0, HASHED AUTOTEST 0.0" ]
