"""A learner's function as another process would have it: its cell is run again, with copies of the names it uses.

What a cell reads or draws once, when it runs (a random salt, the time, a process id), differs in the next process. A
function whose answer depends on that disagrees with every other process, though all its calls in one process agree.
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
    """The function of this name after its cell, or file, has run again with copies of its globals.

    None if there is no source, if the function is not at the source's top level, or if running it fails.
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
    except Exception:  # a cell that can't run twice is no fault of the function
        return None
    finally:
        _busy = False


def _only_acts(statement: ast.stmt) -> bool:
    """Whether this only calls a plain function, such as `check("route")` or `print(…)`.

    These are not run again. Method calls are, since `table.append(…)` may be needed.
    """
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
