"""The course's teaching and grading machinery.

A lesson does `from grader import check, hint`; everything else is behind the `grader` command. Importing this
package loads nothing until one of these names is used, because every lesson imports it.
"""

import sys

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
    # `python -m grader` is starting, and Python has put the current folder first on sys.path. That may be a folder of
    # submissions, so remove it before anything else is imported. See `isolated`.
    del sys.path[0]

TYPE_CHECKING = False  # typing's own costs each start of the command its import
if TYPE_CHECKING:
    from .learner.lesson import check, check_all, hint, picture, progress, submit

__all__ = ["check", "check_all", "hint", "picture", "progress", "submit"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from .learner import lesson

        return getattr(lesson, name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")
