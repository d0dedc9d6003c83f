"""VULNERABLE ON PURPOSE (lesson 10): a GET request gives credits away.

Following a link is a GET, and links are everywhere. A safe method must not change anything (RFC 9110 §9.2.1). For that
reason, SameSite=Lax and checks of the origin, which protect other methods against other sites, do not apply to GET.
"""

from collections.abc import Callable
from typing import Any

from ..shed import Shed, shed_app


def give_by_get_app(
    key: dict[str, Any], verify: Callable[[str], dict[str, Any]], keep: str = "cookie", **options: Any
) -> Shed:
    """The tool library where /give?to=… works as a link, too."""
    return shed_app(key, verify, keep, give_by=("GET", "POST"), **options)
