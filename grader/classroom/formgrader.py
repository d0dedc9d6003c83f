"""Keeps formgrader from listing folders in `submitted/` whose names are not ids.

It reads them from the disk before anything was graded, and uses their names in URLs and messages.
"""

from typing import Any

from ..student import NotAnId, StudentId


def list_only_ids() -> None:
    """Let nbgrader's pages list only students whose folder's name is an id. May be called repeatedly."""
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
