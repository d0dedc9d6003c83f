"""Which statements of a cell may run once more, when its function is defined anew (see `elsewhere`).

In the sandbox that is done in a process of its own, and all may. In a notebook it is done in the learner's kernel:
what a cell does besides (opens a file, starts a server, adds to a list of another cell) is not to be done twice there.
What is left out keeps the value that it has.
"""

import ast
import builtins
import sys
from collections.abc import Callable
from datetime import date, datetime
from types import ModuleType
from typing import Any

_MAKERS = frozenset(
    ("set", "dict", "list", "tuple", "frozenset", "bytearray", "range", "count", "compile", "cache", "lru_cache")
) | frozenset(("defaultdict", "OrderedDict", "Counter", "deque"))
"""These make a container, or wrap a function."""
_PURE = frozenset(
    ("str", "int", "float", "bytes", "bool", "len", "sum", "min", "max", "sorted", "hash", "ord", "chr", "zip", "map")
) | frozenset(("enumerate", "reversed", "abs", "round", "repr", "hex", "pow", "any", "all"))
_CLOCKS = frozenset(
    ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time")
) | frozenset(("process_time_ns", "strftime", "ctime", "localtime", "gmtime", "asctime"))
_TELLING = {
    "builtins": _PURE,
    "os": frozenset(("urandom", "getpid", "getppid", "getcwd", "getlogin", "uname", "getenv")),
    "time": _CLOCKS,
    "datetime": frozenset(("date", "datetime", "timedelta")),
    "datetime.date": frozenset(("today",)),
    "datetime.datetime": frozenset(("now", "today", "utcnow")),
    "uuid": frozenset(("uuid1", "uuid4", "getnode")),
    "socket": frozenset(("gethostname", "getfqdn")),
    "platform": frozenset(("node",)),
    "threading": frozenset(("get_ident", "get_native_id")),
}
"""Functions that tell something of the process, the time or the computer, and change nothing."""
_HARMLESS = ("hashlib", "secrets", "random", "base64", "json", "math", "itertools", "struct", "zlib")
"""Modules whose functions change nothing but their arguments, or the generator of `random`, which is put back."""

Globals = dict[str, Any]
_Call = Callable[[ast.expr], bool]


def whatever_acts_not(statements: list[ast.stmt], _: Globals) -> list[ast.stmt]:
    """All that may be needed: a plain call such as `check("route")` or `print(…)` is not, `table.append(…)` is."""
    return [one for one in statements if not _only_acts(one)]


def what_makes(statements: list[ast.stmt], _: Globals) -> list[ast.stmt]:
    """Those that import, define a function, or give a new value to a name, and do nothing else.

    A table is left out, too, if what fills it is: without that it would be another one.
    """
    left_out = [one for one in statements if not _only_makes(one)]
    used = {name.id for one in left_out for name in ast.walk(one) if isinstance(name, ast.Name)}
    return [one for one in statements if one not in left_out and used.isdisjoint(_named(one))]


def what_stays_within(statements: list[ast.stmt], names: Globals) -> list[ast.stmt]:
    """Those that change nothing but what the cell itself makes, and the generator of `random`.

    They may draw chance and ask for the time: that is what the other process does differently.

    Args:
        statements: the cell's.
        names: what it and the others have bound.
    """
    own: set[str] = set()
    kept: list[ast.stmt] = []
    for one in statements:
        if not _only_acts(one) and _stays_within(one, own, names):
            kept.append(one)
            own |= _made(one, _allowed(own, names))
    while True:
        left_out = [one for one in statements if one not in kept]
        touched, bound = _names(left_out, ast.expr_context), _names(left_out, ast.Store)
        fit = [one for one in kept if _is_whole(one, touched, bound)]
        if len(fit) == len(kept):
            return kept
        kept = fit


def _is_whole(statement: ast.stmt, touched: set[str], bound: set[str]) -> bool:
    """Whether what was left out neither made what this reads nor goes on with what this makes."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return True
    return touched.isdisjoint(_names([statement], ast.Store)) and bound.isdisjoint(_names([statement], ast.Load))


def _names(statements: list[ast.stmt], context: type[ast.expr_context]) -> set[str]:
    found = (name for one in statements for name in ast.walk(one) if isinstance(name, ast.Name))
    return {name.id for name in found if isinstance(name.ctx, context)}


_PLAIN = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.If, ast.Expr, ast.Pass)


def _stays_within(statement: ast.stmt, own: set[str], names: Globals) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return True

    may_call = _allowed(own, names)
    if isinstance(statement, ast.FunctionDef):
        return not any(_calls_others(one, may_call) for one in _run_at_once(statement))
    if isinstance(statement, ast.ClassDef):
        return all(isinstance(one, ast.FunctionDef | ast.Expr) for one in statement.body)
    return all(_changes_own(node, own, may_call) for node in ast.walk(statement))


def _allowed(own: set[str], names: Globals) -> _Call:
    """Which functions may be called: those of what the cell has made, and those that change nothing."""
    return lambda function: _makes(function) or _root(function) in own or _tells(function, names)


def _changes_own(node: ast.AST, own: set[str], may_call: _Call) -> bool:
    """Whether a part of a statement changes nothing else."""
    if isinstance(node, ast.stmt) and not isinstance(node, _PLAIN):
        return False
    if isinstance(node, ast.Call):
        return may_call(node.func)
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return _root(node) in own
    if isinstance(node, ast.AugAssign):
        return _root(node.target) in own
    return not isinstance(node, ast.Await | ast.Yield | ast.YieldFrom)


def _made(statement: ast.stmt, may_call: _Call) -> set[str]:
    """The names of new objects that may be used: of none that has another name, or calls what may not be called."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return set() if _calls_others(statement, may_call) else {statement.name}
    value = getattr(statement, "value", None)
    return set() if isinstance(value, ast.Name | ast.Attribute | ast.Subscript | None) else _named(statement)


def _root(value: ast.expr) -> str:
    """The name at which an expression such as `table[key].rows` begins; "" if there is none."""
    while isinstance(value, ast.Attribute | ast.Subscript):
        value = value.value
    return value.id if isinstance(value, ast.Name) else ""


def _tells(function: ast.expr, names: Globals) -> bool:
    """Whether a function is known to change nothing: by where it lives, or as a method of what another one returned."""
    if isinstance(function, ast.Attribute):
        if isinstance(function.value, ast.Call | ast.Constant | ast.JoinedStr):
            return True
        owner = _module(function.value, names)
        return owner in _HARMLESS or function.attr in _TELLING.get(owner, ())
    if not isinstance(function, ast.Name):
        return False
    value = names.get(function.id, getattr(builtins, function.id, None))
    name = getattr(value, "__name__", "")
    homes = [*_HARMLESS, *(home for home, known in _TELLING.items() if name in known)]
    return any(getattr(sys.modules.get(home), str(name), None) == value is not None for home in homes)


def _module(value: ast.expr, names: Globals) -> str:
    """The full name of the module, or of the class of `datetime`, that an expression is; "" if it is none."""
    if isinstance(value, ast.Attribute):
        return f"{_module(value.value, names)}.{value.attr}"
    found = names.get(value.id) if isinstance(value, ast.Name) else None
    if isinstance(found, ModuleType):
        return found.__name__
    return f"datetime.{found.__name__}" if found in (date, datetime) else ""


def _named(statement: ast.stmt) -> set[str]:
    """The names to which an assignment gives a value."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return set()
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {one.id for one in targets if isinstance(one, ast.Name)}


def _only_makes(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return True
    if isinstance(statement, ast.FunctionDef):
        wraps = {one.func if isinstance(one, ast.Call) else one for one in statement.decorator_list}
        return all(map(_makes, wraps)) and not any(_calls_others(one, _makes) for one in _run_at_once(statement))
    if isinstance(statement, ast.Assign):
        names = all(isinstance(one, ast.Name) for one in statement.targets)
        return names and not _calls_others(statement.value, _makes)
    if isinstance(statement, ast.AnnAssign):
        return isinstance(statement.target, ast.Name) and not (
            statement.value and _calls_others(statement.value, _makes)
        )
    return False


def _run_at_once(function: ast.FunctionDef) -> list[ast.expr]:
    """The parts of a definition that run with it: decorators and default values."""
    return [*function.decorator_list, *function.args.defaults, *filter(None, function.args.kw_defaults)]


def _calls_others(value: ast.AST, may_call: _Call) -> bool:
    return any(isinstance(one, ast.Call) and not may_call(one.func) for one in ast.walk(value))


def _makes(function: ast.expr) -> bool:
    named = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return named in _MAKERS


def _only_acts(statement: ast.stmt) -> bool:
    """Whether this only calls a plain function."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
