"""A learner's function as another process would have it: its cell, run once more among copies of its names.

What a cell draws or reads when it runs, such as a salt, a clock or the number of its process, is another one in the
next process. A function whose answer hangs on it agrees with no other process, and no call of it shows that.
"""

import ast
import contextlib
import functools
import io
import linecache
from collections.abc import Callable
from types import FunctionType
from typing import Any

_busy = False


@functools.lru_cache(maxsize=16)
def elsewhere(function: FunctionType) -> Callable[..., Any] | None:
    """The function of this name after its cell, or file, has run again among copies of its names.

    None where that can't be had: there is no source, its function is not among those at the top, or it fails.
    """
    global _busy
    name, source = function.__name__, "".join(linecache.getlines(function.__code__.co_filename))
    if _busy:
        return None
    _busy = True
    try:
        tree = ast.parse(source)
        tree.body = [one for one in tree.body if not _only_acts(one)]
        if not any(isinstance(one, ast.FunctionDef) and one.name == name for one in tree.body):
            return None
        names = dict(function.__globals__)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(tree, function.__code__.co_filename, "exec"), names)  # noqa: S102 - the learner's own code
        made = names[name]
        return made if callable(made) else None
    except Exception:  # the cell did run; that it can't run again is no matter of this function
        return None
    finally:
        _busy = False


def _only_acts(statement: ast.stmt) -> bool:
    """Whether this calls a function for what it does, such as `check("route")` or `print(…)`, and makes nothing.

    Once is enough for these. `table.append(…)` is another matter: it may be needed.
    """
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
