#!/bin/bash
# text2qti 0.8.0 (PyPI): a numerical question with more than four decimals in its key refuses the key.
#
# "0.00123 +- 0.00001" is a correct answer with the margin that is accepted (text2qti's documentation, Numerical questions, which asks
# only that what is accepted be at least 0.0001). In the QTI file the key and both ends have four decimals, unless they are all whole
# numbers: 0.0012 and from 0.0012 to 0.0012. What reads the file compares with that (QTI 1.2 ASI, varequal, vargte, varlte), so
# who answers 0.00123 is wrong, and "+- 0", which the documentation has for exact answers, never means this one. Canvas's classic
# quizzes round what is typed to four decimals, too, and so take from 0.00115 to 0.00125. There is no message.
#
# Seen with Python 3.11 (what the teacher wrote, what the file says, whether the key is accepted):
#   1.4142 +- 0.0001: 1.4142 or 1.4141 to 1.4143, 1.4142 is accepted
#   0.00123 +- 0.00001: 0.0012 or 0.0012 to 0.0012, 0.00123 is refused
#   0.00123 +- 1%: 0.0012 or 0.0012 to 0.0012, 0.00123 is refused
#   3.14159 +- 0: 3.1416 or 3.1416 to 3.1416, 3.14159 is refused
#   6.674e-2 +- 1e-6: 0.0667 or 0.0667 to 0.0667, 6.674e-2 is refused
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check text2qti==0.8.0 bespon==0.7.0 markdown==3.11.3
cd "$dir"
cat > quiz.md <<'QUIZ'
Quiz title: keys

1.  What is the square root of 2?
=   1.4142 +- 0.0001

2.  How many kilometres are 1.23 m?
=   0.00123 +- 0.00001

3.  And within one percent?
=   0.00123 +- 1%

4.  What is pi, to five decimals?
=   3.14159 +- 0

5.  What is 6.674 hundredths?
=   6.674e-2 +- 1e-6
QUIZ
env/bin/text2qti quiz.md > log 2>&1 || { cat log; exit 1; }
cat > see.py <<'PY'
import re
import xml.etree.ElementTree as xml
import zipfile

NAMES = {"": "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"}
with zipfile.ZipFile("quiz.zip") as archive:
    [name] = [name for name in archive.namelist() if re.search(r"/text2qti_assessment_\w+\.xml$", name)]
    items = xml.fromstring(archive.read(name)).iterfind(".//item", NAMES)
for item, written in zip(items, re.findall(r"^=\s+(.*)", open("quiz.md").read(), re.M), strict=True):
    exact, least, most = (item.find(f".//{test}", NAMES).text for test in ("varequal", "vargte", "varlte"))
    key = written.split(" ")[0]
    accepted = float(key) == float(exact) or float(least) <= float(key) <= float(most)
    print(f"{written}: {exact} or {least} to {most}, {key} is {'accepted' if accepted else 'refused'}")
PY
seen=$(env/bin/python see.py)
printf '%s\n' "$seen"
[ "$seen" = "1.4142 +- 0.0001: 1.4142 or 1.4141 to 1.4143, 1.4142 is accepted
0.00123 +- 0.00001: 0.0012 or 0.0012 to 0.0012, 0.00123 is refused
0.00123 +- 1%: 0.0012 or 0.0012 to 0.0012, 0.00123 is refused
3.14159 +- 0: 3.1416 or 3.1416 to 3.1416, 3.14159 is refused
6.674e-2 +- 1e-6: 0.0667 or 0.0667 to 0.0667, 6.674e-2 is refused" ]
