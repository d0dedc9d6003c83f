#!/bin/bash
# jupytext 1.19.6 (PyPI), formats md and Rmd: a Markdown cell that has a fence of four backticks takes the code cell behind it.
#
# A fence is three backticks or more, and closed by as many or more; a line of backticks that has a backtick behind its first ones
# opens none and is code in a sentence (CommonMark 0.31.2 §4.5, §6.1). Written as Markdown the notebook is right, also for
# those who render it. Read again, whatever begins with three backticks opens a block for jupytext, and only three alone close
# it, so the next code cell is text, with no message. md:myst and py:percent keep it. (jupytext itself writes four
# backticks around a code cell that has three in it, issue 712; those it reads.)
#
# Seen with Python 3.11 (a Markdown cell, three code cells):
#   ``` and ```: md 3 code cells, Rmd 3, md:myst 3, py:percent 3
#   ```` and ````: md 2 code cells, Rmd 2, md:myst 3, py:percent 3
#   ``` and ````: md 2 code cells, Rmd 2, md:myst 3, py:percent 3
#   ```a.b``` is a name: md 2 code cells, Rmd 2, md:myst 3, py:percent 3
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check jupytext==1.19.6 nbformat==5.11.1
cat > "$dir/see.py" <<'PY'
import jupytext
from nbformat import v4

TEXTS = {
    "``` and ```": "```\neyJ.eyJ.abc\n```",
    "```` and ````": "````\neyJ.eyJ.abc\n````",
    "``` and ````": "```\neyJ.eyJ.abc\n````",
    "```a.b``` is a name": "```a.b``` is a name",
}
for what, text in TEXTS.items():
    counts = []
    for form in ("md", "Rmd", "md:myst", "py:percent"):
        cells = [v4.new_markdown_cell(text), *(v4.new_code_cell(f"print({i})") for i in range(3))]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        back = jupytext.reads(jupytext.writes(v4.new_notebook(cells=cells, metadata=kernel), form), form).cells
        counts.append((form, sum(cell.cell_type == "code" for cell in back)))
    (first, count), *others = counts
    print(f"{what}: {first} {count} code cells, " + ", ".join(f"{form} {count}" for form, count in others))
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = '``` and ```: md 3 code cells, Rmd 3, md:myst 3, py:percent 3
```` and ````: md 2 code cells, Rmd 2, md:myst 3, py:percent 3
``` and ````: md 2 code cells, Rmd 2, md:myst 3, py:percent 3
```a.b``` is a name: md 2 code cells, Rmd 2, md:myst 3, py:percent 3' ]
