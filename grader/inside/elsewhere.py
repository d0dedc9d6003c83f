"""A learner's function as another process would have it: its cell is run again, with copies of the names it uses.

What a cell reads or draws once, when it runs (a random salt, the time, a process id), differs in the next process. A
function whose answer depends on that disagrees with every other process, though all its calls in one process agree.
What a function reads at each call (the day, the process id) agrees with itself, too, as long as one looks at it. So the
other process runs at another time, on another computer.

All that is for the thread that asks. In a notebook others run beside it, and one of them, in ipykernel, looks every
second whether the kernel's parent process is still the same, and ends the kernel if not.
"""

import _thread
import ast
import contextlib
import datetime as dates
import functools
import itertools
import linecache
import os
import platform
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from types import FunctionType, ModuleType
from typing import Any

from .aside import Counter, kept_away
from .replaced import Change, replaced

_busy = False
_ASKED, _CALLS = itertools.count(), 256
"""How often a function of another process was asked for, and how many calls one process answers."""
_LATER = timedelta(days=399, hours=7, minutes=11, seconds=13)
"""How much later it is there: another minute, hour, weekday, month and year."""
_SECONDS = round(_LATER.total_seconds())


_get_ident = _thread.get_ident
_traveller = 0
"""The thread that is in the other process; 0 if none is."""


def _is_away() -> bool:
    return _get_ident() == _traveller


class _Alike(type):
    """What other threads make and ask meanwhile is of these types, too."""

    def __instancecheck__(cls, one: Any) -> bool:
        return isinstance(one, cls.__base__ or object)


class _Date(date, metaclass=_Alike):
    @classmethod
    def today(cls) -> Any:
        return _DateTime.now().date()


class _DateTime(datetime, metaclass=_Alike):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz) + (_LATER if _is_away() else timedelta())

    @classmethod
    def today(cls) -> Any:
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        return cls.now(dates.UTC).replace(tzinfo=None)


_CLOCKS = ("time", "monotonic", "perf_counter", "process_time", "thread_time")
_NUMBERS = ((os, "getpid"), (os, "getppid"), (threading, "get_ident"), (threading, "get_native_id"), (uuid, "getnode"))
_NAMES = ((os, "getcwd"), (socket, "gethostname"), (platform, "node"))


def _others() -> Iterator[tuple[ModuleType, str, Any]]:
    """Module, name, and what stands there in the other process."""
    for module, name in (*((time, clock) for clock in _CLOCKS), *_NUMBERS):
        yield module, name, _changed(module, name, lambda number: number + _SECONDS)
    for clock in _CLOCKS:
        yield time, f"{clock}_ns", _changed(time, f"{clock}_ns", lambda number: number + _SECONDS * 10**9)
    for module, name in _NAMES:
        yield module, name, _changed(module, name, lambda text: f"{text}-2")
    local, now, text = time.localtime, time.time, time.strftime

    def later() -> float:
        return now() + (_SECONDS if _is_away() else 0)

    for one in (time.localtime, time.gmtime, time.ctime):
        yield time, one.__name__, lambda *given, one=one: one(*given or [later()])
    yield time, "asctime", lambda *given, one=time.asctime: one(*given or [local(later())])
    yield time, "strftime", lambda form, *given: text(form, *given or [local(later())])
    yield from ((dates, "date", _Date), (dates, "datetime", _DateTime))


def _changed(module: ModuleType, name: str, change: Callable[[Any], Any]) -> Any:
    here = getattr(module, name, None)  # no system has all of them
    return here and (lambda: change(here()) if _is_away() else here())


_THERE: dict[ModuleType, dict[str, Any]] = {}
for _module, _name, _there in _others():
    if _there:
        _THERE.setdefault(_module, {})[_name] = _there
_HERE = {module: {name: vars(module)[name] for name in names} for module, names in _THERE.items()}
_INSTEAD = {id(here): _THERE[module][name] for module, names in _HERE.items() for name, here in names.items()}


@contextlib.contextmanager
def _away() -> Iterator[None]:
    """Inside the block it is as in the other process, for this thread."""
    there = ((vars(module), name, value) for module, names in _THERE.items() for name, value in names.items())
    changes: list[Change] = [(globals(), "_traveller", _get_ident()), *there]
    try:
        with replaced(changes):
            yield
    finally:
        # Asked for the current thread, `threading` has found none of that number and noted a new one.
        vars(threading)["_active"].pop(_get_ident() + _SECONDS, None)


def elsewhere(function: FunctionType) -> Callable[..., Any] | None:
    """The function of this name in another process; in a new one after some calls, which has no memory of them.

    None if there is no source, if the function is not at the source's top level, or if running it fails.
    """
    return _made(function, next(_ASKED) // _CALLS, _away)


def anew(function: FunctionType) -> Callable[..., Any] | None:
    """The function of this name as if nothing had called it yet, here and now. None as above."""
    return _made.__wrapped__(function, 0, contextlib.nullcontext)


@functools.lru_cache(maxsize=16)
def _made(function: FunctionType, process: int, there: Callable[[], Any]) -> Callable[..., Any] | None:
    """After its cell, or file, has run there, with copies of its globals."""
    name, source = function.__name__, "".join(linecache.getlines(function.__code__.co_filename))
    if _busy:
        return None
    try:
        tree = ast.parse(source)
        tree.body = [one for one in tree.body if not _only_acts(one)] if there is _away else _what_makes(tree.body)
        if not any(isinstance(one, ast.FunctionDef) and one.name == name for one in tree.body):
            return None
        instead = _INSTEAD if there is _away else {}
        names = {one: instead.get(id(value), value) for one, value in function.__globals__.items()}
        with replaced([(globals(), "_busy", True)]), kept_away(Counter()), there():
            exec(compile(tree, function.__code__.co_filename, "exec"), names)  # noqa: S102 - the learner's own code
        made = names[name]
        if not callable(made):
            return None

        def asked(*args: Any) -> Any:
            with there():
                return made(*args)

        return asked
    except Exception:  # a cell that can't run twice is no fault of the function
        return None


_MAKERS = frozenset(
    ("set", "dict", "list", "tuple", "frozenset", "bytearray", "range", "count", "compile", "cache", "lru_cache")
) | frozenset(("defaultdict", "OrderedDict", "Counter", "deque"))
"""What may be called when a cell runs again unasked: it makes a container, or wraps a function."""


def _what_makes(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Those that import, define a function, or give a new value to a name, and do nothing else.

    They run in the learner's own process, where whatever else a cell does (opens a file, starts a server, adds to a
    list of another cell) is not to be done twice. What is left out keeps the value that it has, and so does a name that
    it uses: a table without what fills it would be another one.
    """
    left_out = [one for one in statements if not _only_makes(one)]
    used = {name.id for one in left_out for name in ast.walk(one) if isinstance(name, ast.Name)}
    return [one for one in statements if one not in left_out and used.isdisjoint(_named(one))]


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
        runs = [*statement.decorator_list, *statement.args.defaults, *filter(None, statement.args.kw_defaults)]
        return all(map(_makes, wraps)) and not any(map(_calls_others, runs))
    if isinstance(statement, ast.Assign):
        return all(isinstance(one, ast.Name) for one in statement.targets) and not _calls_others(statement.value)
    if isinstance(statement, ast.AnnAssign):
        return isinstance(statement.target, ast.Name) and not (statement.value and _calls_others(statement.value))
    return False


def _calls_others(value: ast.expr) -> bool:
    return any(isinstance(one, ast.Call) and not _makes(one.func) for one in ast.walk(value))


def _makes(function: ast.expr) -> bool:
    named = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return named in _MAKERS


def _only_acts(statement: ast.stmt) -> bool:
    """Whether this only calls a plain function, such as `check("route")` or `print(…)`.

    These are not run again. Method calls are, since `table.append(…)` may be needed.
    """
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
