"""Calling a learner's function once: with a time limit, with a policy, with what it prints kept away.

The same code runs in the learner's kernel (`grader.learner.lesson`) and in the graded process (`grader.inside.child`),
so a check says the same in both. What comes out is an `Outcome`, plain data. In the kernel the limit and the
policy are best effort, because the code they watch shares the process with them; only the grader guarantees.
"""

import builtins
import contextlib
import functools
import importlib
import inspect
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any, NoReturn

from .chance import deciding_bits
from .elsewhere import elsewhere
from .values import NotPlain, exactly, pack, plain_text, unpack

if sys.platform == "emscripten":  # as in a browser
    from . import wasm

    wasm.install()

RETURNED = "returned"
RAISED = "raised"
TIMED_OUT = "timed out"
FORBIDDEN = "forbidden"
NOT_PLAIN = "not plain"
MISSING = "missing"
BAD_SIGNATURE = "bad signature"
CRASHED = "crashed"
NOT_WRITTEN = "not written"
"""What can come of a call. Only the other side of a process wall can tell that it crashed."""

FINAL = (MISSING, BAD_SIGNATURE, TIMED_OUT, FORBIDDEN, CRASHED, NOT_WRITTEN)
"""After one of these a further call tells nothing new, or costs another time limit."""

STUB = "not written yet"
"""What the NotImplementedError of a stub says, as a lesson leaves a function for its learner to write."""

ANOTHER = "__init__"
"""In a play's script, in place of a method: from here on the steps are those of a new object."""
CHANCE = "__chance__"
"""In a play's script, in place of a method, with a method and its arguments: how many bits of chance decide what that
method of a new object returns (see `chance`)."""

ELSEWHERE = "elsewhere"
"""Among what an exercise forbids: an answer that is another one in another process (see `elsewhere`)."""

CHANGES: dict[str, Callable[[Any], Any]] = {
    "": lambda text: text,
    "a space behind": lambda text: f"{text} ",
    "a space before": lambda text: f" {text}",
    "a line break behind": lambda text: f"{text}\n",
    "in the other case": lambda text: text.swapcase() if text.swapcase() != text else f"{text}x",  # digits have none
    "without its first letter": lambda text: text[1:],
    "without its last letter": lambda text: text[:-1],
    "twice": lambda text: text + text,
}
"""What a play's script can do to an earlier result before it is an argument."""

_KINDS = (RETURNED, RAISED, TIMED_OUT, FORBIDDEN, NOT_PLAIN, MISSING, BAD_SIGNATURE, NOT_WRITTEN)

_EXCEPTIONS = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}
_C_FUNCTIONS = {
    "hmac": ("_hashlib.hmac_new", "_hashlib.hmac_digest", "_hmac.new", "_hmac.compute_digest"),
    "hash": ("builtins.hash",),
    "secrets": ("posix.urandom", "nt.urandom"),
}
"""Functions in C that belong to a package by what they do, though not by their name; or that are one by themselves."""


@dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Attributes:
        kind: one of the constants above.
        packed: the returned value, packed (RETURNED).
        names: the exception's built-in ancestors, nearest first (RAISED); or what the value is (NOT_PLAIN): its type
            and that type's ancestors, or TOO_LARGE.
        text: what went wrong, for people, short and ASCII.
        where: "function, line n" of the learner's code, innermost (RAISED).
        printed: how many characters the call printed.
        changed: whether the arguments came back other than they went in.
    """

    kind: str
    packed: str = ""
    names: tuple[str, ...] = ()
    text: str = ""
    where: str = ""
    printed: int = 0
    changed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The outcome as JSON can carry it."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Outcome":
        """Read what `to_dict` wrote, trusting none of it.

        Raises:
            TypeError, ValueError, KeyError: data is something else.
        """
        texts = {name: data[name] for name in ("kind", "packed", "text", "where")}
        if not all(isinstance(text, str) for text in texts.values()):
            raise TypeError("an outcome's texts are strings")
        if texts["kind"] not in _KINDS or type(data["printed"]) is not int or type(data["changed"]) is not bool:
            raise ValueError("no outcome that a call can have")
        if texts["kind"] == RETURNED and pack(unpack(texts["packed"])) != texts["packed"]:
            raise ValueError("a value that was not packed by pack")
        texts.update(text=plain_text(texts["text"]), where=plain_text(texts["where"], 80))
        names = data["names"]
        if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
            raise TypeError("an exception's names are strings")
        short = tuple(plain_text(name, 60) for name in names[:10])
        return cls(**texts, names=short, printed=data["printed"], changed=data["changed"])


class TimeUp(BaseException):
    """Raised inside a call that took too long. Not an Exception, so that `except Exception` lets it pass."""


class Forbidden(BaseException):
    """Raised inside a call that uses what its exercise forbids."""


def invoke(
    namespace: dict[str, Any], name: str, args: tuple[Any, ...], seconds: float, forbids: tuple[str, ...] = ()
) -> Outcome:
    """Call the function called name with args and say what came of it. Never raises for what the function does."""
    function = namespace.get(name)
    if function is None:
        return Outcome(MISSING, text=f"{name} is not defined yet: run the cell that defines it")
    if isinstance(function, type) != is_class(name) or not callable(function):
        kind = "a class" if isinstance(function, type) else f"of type {plain_text(type(function).__name__, 40)}"
        return Outcome(MISSING, text=f"{name} is {kind}, not a {'class' if is_class(name) else 'function'}")
    outcome = call(function, args, seconds, forbids)
    if ELSEWHERE in forbids and outcome.kind == RETURNED and _answers_otherwise(function, args, seconds, outcome):
        return Outcome(FORBIDDEN, text="its answer is another one when its cell has run anew", printed=outcome.printed)
    if is_class(name) or outcome.names[:1] != ("TypeError",):
        return outcome
    complaint = _signature_complaint(function, name, args)
    return Outcome(BAD_SIGNATURE, text=complaint) if complaint else outcome


def _answers_otherwise(function: Callable[..., Any], args: tuple[Any, ...], seconds: float, outcome: Outcome) -> bool:
    """Whether the same function, made once more, returns something else."""
    if not isinstance(function, FunctionType) or outcome.changed:
        return False
    try:
        with time_limit(seconds):
            other = elsewhere(function)
    except TimeUp:
        return False
    there = call(other, args, seconds) if other else outcome
    return there.kind == RETURNED and there.packed != outcome.packed


def call(function: Callable[..., Any], args: tuple[Any, ...], seconds: float, forbids: tuple[str, ...] = ()) -> Outcome:
    """Call function with args and say what came of it. Never raises for what the function does.

    Where it is a class, args is the script of a play.
    """
    before = exactly(args)
    outcome = _call(function, args, seconds, forbids)
    return outcome if exactly(args) == before else replace(outcome, changed=True)


def _call(function: Callable[..., Any], args: tuple[Any, ...], seconds: float, forbids: tuple[str, ...]) -> Outcome:
    printed = _Counter()
    policy = _Policy(forbids)
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            policy.ending(),
            time_limit(seconds),
        ):
            value = policy.call(play, function, args) if isinstance(function, type) else policy.call(function, *args)
    except TimeUp:
        return Outcome(TIMED_OUT, text=f"it did not return within {seconds:g} s", printed=printed.count)
    except BaseException as error:
        return policy.verdict() or _raised(error, function, printed.count)
    if broken := policy.verdict():
        return broken
    try:
        return Outcome(RETURNED, packed=pack(value, of_base=True), printed=printed.count)
    except NotPlain as error:
        text = f"it returned something that can't be compared: {error}"
        return Outcome(NOT_PLAIN, names=error.names, text=text, printed=printed.count)


def is_class(name: str) -> bool:
    """Whether the exercise of this name is a class: Python's own convention says so."""
    return name[:1].isupper()


def play(kind: type, script: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Make an object and call its methods in turn. Returns what came of each step.

    Args:
        kind: the class; it is made without arguments.
        script: for each step (method, arguments); an argument is (False, a value) or (True, the number of an earlier
            step, whose result it is; perhaps with one of CHANGES). ANOTHER makes a new object; CHANCE asks new ones.
    """
    thing = kind()
    came: list[tuple[Any, ...]] = []
    for method, args in script:
        given = [CHANGES[how[0] if how else ""](came[value][1]) if earlier else value for earlier, value, *how in args]
        try:
            if method == ANOTHER:
                thing, value = kind(), None
            elif method == CHANCE:
                value = deciding_bits(_asking(*given), _globals(kind) or {}, kind)
            else:
                value = getattr(thing, method)(*given)
            came.append((RETURNED, value))
        except NotImplementedError:  # a stub is no answer
            raise
        except Exception as error:
            outcome = _raised(error, kind, 0)
            came.append((RAISED, list(outcome.names), outcome.text))
    return came


def _asking(method: str, *args: Any) -> Callable[[Any], Any]:
    return lambda thing: getattr(thing, method)(*args)


def _signature_complaint(function: Any, name: str, args: tuple[Any, ...]) -> str:
    """Say so when the function can't take these arguments; a TypeError from the call could mean anything."""
    try:
        signature = inspect.signature(function)
    except Exception:  # no signature to be had
        return ""
    try:
        signature.bind(*args)
    except TypeError:
        try:
            takes = plain_text(f"{name}{signature}", 120)
        except Exception:  # a default value that can't be printed
            takes = "another"
        return f"it is called with {len(args)} argument{'s' * (len(args) != 1)}, but yours is {takes}"
    return ""


def _raised(error: BaseException, function: Any, printed: int) -> Outcome:
    names = tuple(c.__name__ for c in type.mro(type(error)) if _EXCEPTIONS.get(c.__name__) is c)
    kind = type(error).__name__
    try:
        text = str(error) or ("" if kind in _EXCEPTIONS else kind)
    except BaseException:  # its __str__ is the learner's too
        text = ""
    where = _where(error.__traceback__, _globals(function))
    if type(error) is NotImplementedError and text == STUB:
        return Outcome(NOT_WRITTEN, names=names, text=STUB, where=where, printed=printed)
    return Outcome(RAISED, names=names, text=plain_text(text, 160), where=where, printed=printed)


def _globals(function: Any) -> Any:
    """The namespace that a function's code, or that of a class's methods, sees."""
    if isinstance(function, type):
        function = next((one for one in vars(function).values() if hasattr(one, "__globals__")), None)
    return getattr(function, "__globals__", None)


def _where(traceback: TracebackType | None, learner: dict[str, Any] | None) -> str:
    place = ""
    while traceback is not None:
        if traceback.tb_frame.f_globals is learner:
            place = f"{traceback.tb_frame.f_code.co_name}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return plain_text(place, 80)


class _Counter(io.TextIOBase):
    """A stream that keeps nothing but the length of what was written."""

    def __init__(self) -> None:
        self.count = 0

    def write(self, text: str) -> int:
        self.count += len(text)
        return len(text)


# -- the time limit ---------------------------------------------------------------------------------------------------


PATIENCE = 3.0
"""How many times its limit a call may take at most, if it gets no processor for so long."""
STARVED = 0.25
"""Which share of its limit a call must have waited for a processor for another try."""
_SAYS = os.path.exists("/proc/self/schedstat")
"""Whether this system says how long it waited."""


@dataclass
class Limit:
    """Whether a time limit has rung."""

    rang: bool = False


def longest(seconds: float, waited: float) -> float:
    """How many seconds a call may take whose limit is given and that waited so many for a processor."""
    return min(seconds + waited, PATIENCE * seconds)


def was_starved(waited: object, seconds: float) -> bool:
    """Whether a call that ran out of time might not have on a quiet machine.

    Its limit has been stretched by what it waited for a processor. So if that is little, it has had its time.

    Args:
        waited: how many seconds it waited, as it says itself; anything else counts as long.
        seconds: its limit.
    """
    return not (_SAYS and isinstance(waited, float) and waited <= STARVED * seconds)


def waited_for_processor(pid: int | None = None) -> float:
    """How many seconds a process's first thread, or this one's own, has been ready to run and did not run.

    0 where the system does not say. See "sched" in the kernel's documentation: schedstat, second field, nanoseconds.
    """
    try:
        with open("/proc/thread-self/schedstat" if pid is None else f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


class _Waiting:
    """How long this thread has waited for a processor, read again no more than four times a second.

    Most calls last microseconds, and the system's file costs ten of them.
    """

    def __init__(self) -> None:
        self._read: tuple[int, float, float] = (0, 0.0, 0.0)

    def about(self, now: float) -> float:
        process, when, waited = self._read
        if process != os.getpid() or now - when > 0.25:
            waited = waited_for_processor()
            self._read = (os.getpid(), now, waited)
        return waited


_WAITING = _Waiting()


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[Limit]:
    """Raise TimeUp in the block when it takes too long. Time in which it waited for a processor does not count.

    SIGALRM where there is one, again and again, because a loop may swallow the first; an asynchronous exception
    elsewhere (Windows). Off the main thread neither is safe, and there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield Limit()
    elif hasattr(signal, "setitimer"):
        yield from _alarm(seconds)
    else:
        yield from _asynchronous(seconds)


def _alarm(seconds: float) -> Iterator[Limit]:
    limit = Limit()
    started = time.monotonic()
    waited = _WAITING.about(started)

    def ring(number: int, frame: FrameType | None) -> None:
        left = started + longest(seconds, waited_for_processor() - waited) - time.monotonic()
        if left > 0.01 and not limit.rang:
            signal.setitimer(signal.ITIMER_REAL, left, 0.2)
            return
        limit.rang = True
        raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
            yield limit
        finally:
            _disarm(before)
    finally:  # also when the alarm rings right there
        _disarm(before)


def _disarm(before: Any) -> None:
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            return
        except TimeUp:  # on a busy machine it may ring here again
            continue


def _asynchronous(seconds: float) -> Iterator[Limit]:
    import ctypes

    thread = ctypes.c_ulong(threading.get_ident())
    timer = threading.Timer(
        seconds, lambda: ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeUp))
    )
    timer.start()
    try:
        yield Limit()
    finally:
        timer.cancel()


# -- what an exercise forbids -----------------------------------------------------------------------------------------


_REMEMBERED = 10_000
"""How much innocent code is kept at most."""


class _Policy:
    """Notices calls into forbidden packages by the code that runs, so no import, alias or copy hides one."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = _Packages.of(packages) if packages else None
        self._broken = ""

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call function and watch what it calls."""
        if self._packages is None:
            return function(*args)
        watch = self._watcher(self._packages)
        threading.setprofile(watch)
        sys.setprofile(watch)
        try:
            return function(*args)
        finally:
            sys.setprofile(None)

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """Watch nothing any more after the block, whenever in it a time limit rings."""
        before, before_in_threads = sys.getprofile(), threading.getprofile()
        try:
            yield
        finally:
            sys.setprofile(before)
            threading.setprofile(before_in_threads)

    def verdict(self) -> Outcome | None:
        """The FORBIDDEN outcome, also when the function swallowed the exception."""
        return Outcome(FORBIDDEN, text=f"it uses {self._broken}") if self._broken else None

    def _watcher(self, packages: "_Packages") -> Callable[[FrameType, str, Any], None]:
        innocent = packages.innocent

        def watch(frame: FrameType, event: str, arg: Any) -> None:
            # An answer may take hundreds of calls, and most of its time is spent here: what was innocent once is known.
            if event == "call":
                if (id(frame.f_code), id(frame.f_globals.get("__name__"))) not in innocent:
                    self._look_at_code(packages, frame)
            elif event == "c_call" and id(type(arg.__self__)) not in innocent and id(arg) not in innocent:
                self._look_at_builtin(packages, frame, arg)

        return watch

    def _look_at_code(self, packages: "_Packages", frame: FrameType) -> None:
        code, module = frame.f_code, frame.f_globals.get("__name__")
        if package := packages.of_code(module, code):
            self._break(_alias(frame) or package, _name(code))
        packages.remember((id(code), id(module)), (code, module))

    def _look_at_builtin(self, packages: "_Packages", frame: FrameType, function: Any) -> None:
        if function is sys.setprofile:
            if frame.f_globals is not globals():
                self._break("sys", "setprofile")
            return
        if package := packages.of_builtin(function):
            self._break(package, getattr(function, "__name__", ""))
        # A method in C is made anew for each call, and is told by its object's type alone.
        lasting = function if isinstance(function.__self__, ModuleType) else type(function.__self__)
        packages.remember(id(lasting), lasting)

    def _break(self, package: str, what: str) -> NoReturn:
        named = package if what in ("", package) or package.endswith(f".{what}") else f"{package}.{what}"
        self._broken = self._broken or plain_text(named, 60)
        raise Forbidden(self._broken)


class _Packages:
    """Some packages, or single functions by their full name, and what is theirs.

    Asked at every call, so it remembers its answers.
    """

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = packages
        self._parents = {package.rpartition(".")[0] for package in packages}
        # The standard library imports its own modules for its own ends (`secrets` needs `hmac`): that is no use of one.
        for package in sys.stdlib_module_names & set(packages):
            importlib.import_module(package)
        self.innocent: dict[Any, Any] = {}
        """What is nobody's of these: by the numbers of code and its module's name, or of a function or type in C."""
        self._c_functions = {id(f): p for p in packages for f in map(_c_function, _C_FUNCTIONS.get(p, ())) if f}
        self._named: dict[str, str] = {}

    @classmethod
    @functools.cache
    def of(cls, packages: tuple[str, ...]) -> "_Packages":
        return cls(packages)

    def remember(self, number: Any, things: Any) -> None:
        """Something is innocent. It is kept, or its number might come again for something else."""
        if len(self.innocent) >= _REMEMBERED:
            self.innocent.clear()  # code may be made in a loop
        self.innocent[number] = things

    def named(self, module: Any) -> str:
        """Which package a module of this name belongs to, or ""."""
        if not isinstance(module, str):
            return ""
        found = self._named.get(module)
        if found is None:
            found = next((p for p in self._packages if module == p or module.startswith(p + ".")), "")
            self._named[module] = found
        return found

    def of_code(self, module: Any, code: CodeType) -> str:
        """Which package, or single function, code of this module belongs to, or ""."""
        found = self.named(module)
        if "hash" in self._packages and "__hash__" in code.co_names and not _of_python(module):
            return "hash"  # by its other name, which no event of the profiler shows
        if found or not isinstance(module, str) or module not in self._parents:
            return found
        return self.named(f"{module}.{code.co_name}")

    def of_builtin(self, function: Any) -> str:
        """Which package a function or method in C belongs to, or ""."""
        package = self._c_functions.get(id(function)) or self.named(getattr(function, "__module__", None))
        if package:
            return package
        # A method in C has no module of its own; its object's type has.
        owner = type(getattr(function, "__self__", None))
        return "" if owner.__module__ == "builtins" else self.named(f"{owner.__module__}.{owner.__qualname__}")


def _of_python(module: Any) -> bool:
    return isinstance(module, str) and module.partition(".")[0] in sys.stdlib_module_names


def _alias(frame: FrameType) -> str:
    """What the code that called this frame's function calls the module that it is in, or ""."""
    module = sys.modules.get(frame.f_globals["__name__"])
    if module is None or frame.f_back is None:
        return ""
    caller = frame.f_back.f_globals
    return next((name for name, value in list(caller.items()) if value is module), "")


def _name(code: CodeType) -> str:
    """A name that the learner may have written: `__init__` is none."""
    return "" if code.co_name.startswith(("<", "__")) else code.co_name


@functools.cache  # a module that this system lacks is looked for at each call otherwise
def _c_function(path: str) -> Any:
    module, name = path.split(".")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
