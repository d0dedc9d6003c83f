#!/bin/sh
# jupytext 1.19.6 (PyPI), format Rmd: a Markdown cell that begins with a cell magic comes back without its first line.
#
# A lesson may show what a magic looks like. Written as R Markdown and read again, the notebook still has a Markdown cell,
# but "%%bash" is gone from it, with no message. The formats md and py:percent keep it.
#
# Seen with Python 3.11:
#   md: '%%bash\nls -l'
#   py:percent: '%%bash\nls -l'
#   Rmd: 'ls -l'
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check jupytext==1.19.6 nbformat==5.11.1
cat > "$dir/see.py" <<'PY'
import jupytext
import nbformat.v4 as v4

kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
for form in ("md", "py:percent", "Rmd"):
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("%%bash\nls -l")], metadata=kernel)
    (cell,) = jupytext.reads(jupytext.writes(notebook, form), form).cells
    assert cell.cell_type == "markdown"
    print(f"{form}: {cell.source!r}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "md: '%%bash\nls -l'
py:percent: '%%bash\nls -l'
Rmd: 'ls -l'" ]
