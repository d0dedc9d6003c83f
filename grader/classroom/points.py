"""The points of an exercise in one class. The course's own points stay the same; scores are scaled to the class's."""

from pathlib import Path
from typing import Any

import nbformat

from ..course.masters import CHECK, read_source
from ..errors import ClassError
from ..files import write_whole
from .classdir import ClassDir
from .setup import generate


def read(folder: ClassDir, assignment: str) -> dict[str, float]:
    """The points of each exercise and written answer of an assignment, in the order of its notebooks.

    Raises:
        ClassError: there is no such assignment.
    """
    return {name: float(cell.metadata.nbgrader["points"]) for name, (_, _, cell) in _cells(folder, assignment).items()}


def change(folder: ClassDir, assignment: str, name: str, points: float) -> None:
    """Change the points of an exercise or a written answer, in the class's master, release and gradebook.

    Raises:
        ClassError: no such assignment or exercise, or nbgrader refuses.
    """
    cells = _cells(folder, assignment)
    if name not in cells:
        raise ClassError(f"{name}: not in {assignment}; there are: {', '.join(cells)}")
    path, notebook, cell = cells[name]
    cell.metadata.nbgrader["points"] = points
    write_whole(path, str(nbformat.writes(notebook)) + "\n")
    generate(folder, assignment)


def _cells(folder: ClassDir, assignment: str) -> dict[str, tuple[Path, Any, Any]]:
    """The graded cells by the exercise's name, or the answer's id."""
    paths = sorted(folder.source(assignment, "x").parent.glob("*.ipynb"))
    if not paths:
        raise ClassError(f"{assignment}: there is no such assignment")
    found = {}
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        for ours, cell in zip(read_source(path).cells, notebook.cells, strict=True):
            if cell.metadata.get("nbgrader", {}).get("grade"):
                found[ours.name if ours.kind == CHECK else ours.id] = (path, notebook, cell)
    return found
