"""grader.inside.elsewhere: what is different in the other process is so for the thread that asks, and for no other."""

import contextlib
import datetime
import linecache
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pytest

from grader.inside.elsewhere import _THERE, elsewhere
from grader.inside.limit import TimeUp


def defined(source: str, name: str = "asked") -> FunctionType:
    """A function as a cell of a notebook defines it."""
    file = f"<cell {abs(hash(source))}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names: dict[str, Any] = {}
    exec(compile(source, file, "exec"), names)
    made = names[name]
    assert isinstance(made, FunctionType)
    return made


_INTERRUPTED = """
def asked():
    return 1

if globals().get("again"):
    runs.append(1)
    raise Interrupt
"""


def other(source: str) -> Callable[..., Any]:
    function = elsewhere(defined(source), 1.0)
    assert function is not None
    return function


@pytest.mark.parametrize(
    "what",
    [
        *("os.getpid()", "os.getppid()", "os.getcwd()", "socket.gethostname()", "threading.get_ident()"),
        *("time.strftime('%Y %m')", "time.localtime().tm_year", "time.ctime()", "int(time.monotonic() // 3600)"),
        *("datetime.date.today()", "datetime.datetime.now().year", "datetime.datetime.utcnow().year"),
    ],
)
def test_another_process_has_another_time_and_other_numbers(what: str) -> None:
    source = f"import datetime, os, socket, threading, time\ndef asked():\n    return {what}\n"
    here, there = defined(source)(), other(source)()
    assert here != there
    assert here == defined(source)(), "it is as before afterwards"


@contextlib.contextmanager
def another_is_away() -> Iterator[None]:
    """Another thread is in the other process all the time."""
    stop, began = threading.Event(), threading.Event()

    def ask() -> None:
        function = other("import time\ndef asked(wait):\n    wait()\n")
        while not stop.is_set():
            function(lambda: (began.set(), stop.wait(0.01)))

    thread = threading.Thread(target=ask)
    thread.start()
    assert began.wait(5)
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_other_threads_stay_here() -> None:
    """Such as the one in ipykernel that ends the kernel if its parent is another one."""
    before, began, year = here(), time.monotonic(), datetime.date.today().year
    met = 0
    with another_is_away():
        for _ in range(200):
            met += os.getppid is _THERE[os]["getppid"]
            assert here() == before
            assert 0 <= time.monotonic() - began < 60
            assert datetime.datetime.now().year == time.localtime().tm_year == int(time.strftime("%Y")) == year
            assert isinstance(datetime.datetime.fromtimestamp(0, datetime.UTC), datetime.datetime)
            time.sleep(0.001)
    assert met > 50, "the other thread was hardly away"


def here() -> tuple[Any, ...]:
    numbers = os.getpid(), os.getppid(), threading.get_ident()
    return *numbers, socket.gethostname(), os.getcwd(), datetime.date.today()


def test_what_others_make_meanwhile_is_a_date_too() -> None:
    before = datetime.datetime.now(datetime.UTC)
    found = other("import datetime\ndef asked(one):\n    return [isinstance(one, datetime.datetime), one]\n")
    assert found(before) == [True, before]


@pytest.mark.parametrize(("kind", "times"), [(TimeUp, 1), (KeyboardInterrupt, 2)])
def test_a_cell_that_takes_too_long_is_not_run_again(kind: type[BaseException], times: int) -> None:
    """Ctrl-C says nothing of a cell."""
    runs: list[int] = []
    function = defined(_INTERRUPTED)
    function.__globals__.update(runs=runs, again=True, Interrupt=kind)
    with pytest.raises(kind):
        elsewhere(function, 1.0)
    with contextlib.suppress(KeyboardInterrupt):
        assert elsewhere(function, 1.0) is None
    assert len(runs) == times
    assert elsewhere(defined(_INTERRUPTED), 1.0) is not None, "one that is defined anew is"
