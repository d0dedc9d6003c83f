"""The course's teaching and grading machinery.

A lesson does `from grader import check, hint`; everything else is behind the `grader` command. Importing this
package loads nothing until one of these names is used: every lesson pays for what stands here.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .learner.lesson import check, check_all, hint, picture, progress, submit

__all__ = ["check", "check_all", "hint", "picture", "progress", "submit"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from .learner import lesson

        return getattr(lesson, name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")
