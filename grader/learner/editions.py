"""A learner's copy of a lesson that is older than the course, or broken: what is wrong, and how to renew it."""

import copy
import json
import time
from pathlib import Path
from typing import Any

from .. import checks
from ..files import write_whole
from . import saved
from .saved import Saved, grade_id, source_of

ASIDE = "set_aside"
"""The folder, beside the lessons, for copies that were replaced."""


def problem(mine: Saved) -> str:
    """What is wrong with a copy, as a predicate ("lacks the check of …"), or ""."""
    ours = saved.edition(mine.chapter)
    marked = {grade_id(cell) for cell in mine.cells}
    texts = {source_of(cell).strip() for cell in mine.cells}
    names = [exercise.name for exercise in checks.exercises(mine.chapter)]
    lost = [name for name in names if f"{name}-check" not in marked and f'check("{name}")' not in texts]
    known = {cell.get("id") for cell in ours.cells}
    older = [cell for cell in mine.cells if saved.is_as_given(cell) and cell.get("id") not in known]
    if older:
        return "is of another edition of the course than the one that is installed"
    if lost:
        return f"lacks the check of {', '.join(lost)}"
    if not all(_still_there(cell, mine) for cell in ours.cells if source_of(cell).startswith("# setup")):
        return "has a setup cell in which lines of the lesson's are missing"
    return ""


def way_out(mine: Saved) -> str:
    """What to do about it, as a sentence for people."""
    return (
        f"In a terminal, `grader start --renew {mine.chapter}` makes it whole: what you wrote is carried over, and the "
        f"file as it is now goes to `{ASIDE}`"
    )


def renew(path: Path) -> Path:
    """Replace a copy by the course's edition with all that the learner wrote. Returns where the old copy was moved.

    Raises:
        NotALesson: the file is not a lesson.
        OSError: the folder can't be written to.
    """
    mine = saved.read(path)
    aside = path.parent / ASIDE / f"{path.stem}-{time.strftime('%Y%m%d-%H%M%S')}.ipynb"
    made = json.dumps(_carried_over(mine), ensure_ascii=False, indent=1) + "\n"
    write_whole(aside, mine.data)
    write_whole(path, made)
    return aside


def _still_there(setup: dict[str, Any], mine: Saved) -> bool:
    """Whether one of the learner's cells has every line of a setup cell; it may have more."""
    wanted = {line.strip() for line in source_of(setup).splitlines()}
    return any(wanted <= {line.strip() for line in code.splitlines()} for code in mine.code)


def _carried_over(mine: Saved) -> dict[str, Any]:
    """The course's edition with the learner's exercises and answers, and the cells that they added in their places."""
    notebook = copy.deepcopy(saved.edition(mine.chapter).notebook)
    ours: list[dict[str, Any]] = notebook["cells"]
    place_of = {key: index for index, cell in enumerate(ours) for key in (cell.get("id"), grade_id(cell)) if key}
    behind: dict[int, list[dict[str, Any]]] = {index: [] for index in range(-1, len(ours))}
    filled: set[int] = set()
    place = -1
    for cell in mine.cells:
        index = place_of.get(grade_id(cell) or cell.get("id"))
        place = place if index is None or index in filled else index
        if index is not None and index not in filled and _is_solution(ours[index]):
            ours[index].update({key: cell[key] for key in ("source", "attachments", "outputs") if key in cell})
            filled.add(index)
        elif not saved.is_as_given(cell) and not _says_the_same(cell, ours, index):
            behind[place].append(_own(cell))
    notebook["cells"] = behind[-1] + [one for index, cell in enumerate(ours) for one in (cell, *behind[index])]
    return notebook


def _is_solution(cell: dict[str, Any]) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def _says_the_same(cell: dict[str, Any], ours: list[dict[str, Any]], index: int | None) -> bool:
    same = {source_of(one).strip() for one in (ours if index is None else [ours[index]])}
    return not source_of(cell).strip() or source_of(cell).strip() in same


def _own(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell that the learner added: with a new id, and editable."""
    made = copy.deepcopy(cell)
    made["id"] = f"own-{cell.get('id', '')}"[:60].rstrip("-") + f"-{time.monotonic_ns() % 10**6}"
    marks = made.get("metadata")
    keep = marks if isinstance(marks, dict) else {}
    made["metadata"] = {key: value for key, value in keep.items() if key not in ("editable", "deletable")}
    if not grade_id(cell) or grade_id(cell).endswith("-check"):
        made["metadata"].pop("nbgrader", None)
    return made
