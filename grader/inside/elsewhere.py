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
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from types import FunctionType, ModuleType
from typing import Any

from .again import Globals, what_makes, what_stays_within, whatever_acts_not
from .aside import Counter, KeptAway
from .limit import time_limit
from .replaced import Change, Replaced

_busy = False
_interrupted: FunctionType | None = None
"""The function whose cell did not run to its end."""
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


_CHANGES: list[Change] = [(vars(module), names) for module, names in _THERE.items()]


class _Away(Replaced):
    """Inside the block it is as in the other process, for this thread."""

    def __init__(self) -> None:
        super().__init__([(globals(), {"_traveller": _get_ident()}), *_CHANGES])

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        # Asked for the current thread, `threading` has found none of that number and noted a new one.
        vars(threading)["_active"].pop(_get_ident() + _SECONDS, None)


def elsewhere(function: FunctionType, seconds: float, shared: bool = False) -> Callable[..., Any] | None:
    """The function of this name in another process; in a new one after some calls, which has no memory of them.

    None if there is no source, if the function is not at the source's top level, or if running it fails. What was
    interrupted, by a time limit say, is not run again: an honest cell may measure something for longer.

    Args:
        function: as it is here.
        seconds: how long its cell may run.
        shared: whether this process goes on afterwards, as a notebook's does: then its cell does nothing twice.

    Raises:
        TimeUp: its cell took too long.
    """
    global _interrupted
    if function is _interrupted:
        return None
    before, _interrupted = _interrupted, function
    try:
        chosen = what_stays_within if shared else whatever_acts_not
        made = _made(function, seconds, next(_ASKED) // _CALLS, _Away, chosen)
    except KeyboardInterrupt:  # that says nothing of the cell
        _interrupted = before
        raise
    _interrupted = before
    return made


def anew(function: FunctionType, seconds: float) -> Callable[..., Any] | None:
    """The function of this name as if nothing had called it yet, here and now. None, and raises, as above."""
    return _made.__wrapped__(function, seconds, 0, contextlib.nullcontext, what_makes)


@functools.lru_cache(maxsize=16)
def _made(
    function: FunctionType,
    seconds: float,
    process: int,
    there: Callable[[], Any],
    chosen: Callable[[list[ast.stmt], Globals], list[ast.stmt]],
) -> Callable[..., Any] | None:
    """After what is chosen of its cell, or file, has run there, with copies of its globals.

    The limit is set in here, because most calls find the function made, and to set an alarm takes longer than they do.
    """
    with time_limit(seconds):
        return _made_anew(function, there, chosen)


def _made_anew(
    function: FunctionType, there: Callable[[], Any], chosen: Callable[[list[ast.stmt], Globals], list[ast.stmt]]
) -> Callable[..., Any] | None:
    name, source = function.__name__, "".join(linecache.getlines(function.__code__.co_filename))
    if _busy:
        return None
    try:
        tree = ast.parse(source)
        tree.body = chosen(tree.body, function.__globals__)
        if not any(isinstance(one, ast.FunctionDef) and one.name == name for one in tree.body):
            return None
        instead = _INSTEAD if there is _Away else {}
        names = {one: instead.get(id(value), value) for one, value in function.__globals__.items()}
        with Replaced([(globals(), {"_busy": True})]), KeptAway(Counter()), _chance_put_back(), there():
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


@contextlib.contextmanager
def _chance_put_back() -> Iterator[None]:
    """After the block `random` goes on with the numbers that it would have given."""
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)
