"""VULNERABLE ON PURPOSE (lesson 10): a note on the pinboard goes into the page as it is.

A note is HTML, and HTML can contain a script. The script then runs in the page of everyone who reads the pinboard, with
all that this page may do: stored cross-site scripting.
"""

from collections.abc import Callable
from typing import Any

from ..shed import Shed, shed_app


def raw_notes_app(
    key: dict[str, Any], verify: Callable[[str], dict[str, Any]], keep: str = "cookie", **options: Any
) -> Shed:
    """The tool library with a pinboard that escapes nothing."""
    return shed_app(key, verify, keep, show_note=lambda note: note, **options)
