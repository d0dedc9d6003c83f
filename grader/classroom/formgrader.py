"""What formgrader must not list: folders in `submitted/` whose names are no ids.

It lists them straight from the disk, before anything was graded, and builds addresses and messages out of their names.
"""

from typing import Any

from ..student import NotAnId, StudentId


def list_only_ids() -> None:
    """Let nbgrader's pages list only students whose folder's name is an id. May be called again."""
    from nbgrader.apps.api import NbGraderAPI

    stock = NbGraderAPI.get_submitted_students
    if getattr(stock, "lists_only_ids", False):
        return

    def submitted_students(self: Any, assignment_id: str) -> set[str]:
        return {one for one in stock(self, assignment_id) if _is_id(one)}

    submitted_students.lists_only_ids = True  # type: ignore[attr-defined]
    NbGraderAPI.get_submitted_students = submitted_students


def _is_id(name: str) -> bool:
    try:
        return StudentId.parse(name) == name
    except NotAnId:
        return False
