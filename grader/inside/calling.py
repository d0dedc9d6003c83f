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
from .elsewhere import anew, elsewhere
from .reach import is_closed
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
"""The kinds of `Outcome`. CRASHED can only be reported by the checker, from outside the process."""

FINAL = (MISSING, BAD_SIGNATURE, TIMED_OUT, FORBIDDEN, CRASHED, NOT_WRITTEN)
"""After one of these, no more calls are made: they would tell nothing new, or cost another time limit."""

STUB = "not written yet"
"""The message of the NotImplementedError in a stub, the function that a lesson leaves for the learner to write."""

ANOTHER = "__init__"
"""In a play's script (see `play`), in place of a method: the following steps are of a new object."""
CHANCE = "__chance__"
"""In a play's script, in place of a method, followed by a method and its arguments: how many random bits decide what
that method returns on a new object (see `chance`)."""

ELSEWHERE = "elsewhere"
"""In the list of what an exercise forbids: an answer that another process would not give (see `elsewhere`)."""

_BY_WATCHING = {"hash", ELSEWHERE}
"""In the list of what an exercise forbids: what no name in a function's code tells."""
_OTHERWISE = "its answer is another one in another process, at another time"

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
"""How a play's script can change an earlier result before passing it as an argument."""

_KINDS = (RETURNED, RAISED, TIMED_OUT, FORBIDDEN, NOT_PLAIN, MISSING, BAD_SIGNATURE, NOT_WRITTEN)

_EXCEPTIONS = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}
_C_FUNCTIONS = {
    "hmac": ("_hashlib.hmac_new", "_hashlib.hmac_digest", "_hmac.new", "_hmac.compute_digest"),
    "hash": ("builtins.hash",),
    "secrets": ("posix.urandom", "nt.urandom"),
}
"""C functions that do a package's work but do not carry its name, or that are forbidden one by one."""


@dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Attributes:
        kind: one of the constants above.
        packed: the returned value, packed (RETURNED).
        names: the exception's built-in ancestors, nearest first (RAISED); or what the value is (NOT_PLAIN): its type
            and that type's ancestors, or TOO_LARGE.
        text: what went wrong, for people, short and ASCII.
        where: "function, line n" of the learner's code, innermost (RAISED, FORBIDDEN).
        printed: how many characters the call printed.
        changed: the positions of the arguments that the call changed.
    """

    kind: str
    packed: str = ""
    names: tuple[str, ...] = ()
    text: str = ""
    where: str = ""
    printed: int = 0
    changed: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The outcome as a JSON object."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Outcome":
        """Read what `to_dict` wrote; untrusted, so everything is checked.

        Raises:
            TypeError, ValueError, KeyError: `to_dict` writes no such thing.
        """
        kind, packed, text, where, names = (data[name] for name in ("kind", "packed", "text", "where", "names"))
        if type(names) not in (list, tuple) or not {type(one) for one in (kind, packed, text, where, *names)} <= {str}:
            raise TypeError("an outcome's texts and an exception's names are strings")
        if kind not in _KINDS or type(data["printed"]) is not int or not _positions(data["changed"]):
            raise ValueError("no outcome that a call can have")
        if kind == RETURNED and pack(unpack(packed)) != packed:
            raise ValueError("a value that was not packed by pack")
        short = tuple([name if name in _EXCEPTIONS else plain_text(name, 60) for name in names[:10]])
        text, where = text and plain_text(text), where and plain_text(where, 80)
        return cls(kind, packed, short, text, where, data["printed"], tuple(data["changed"]))


def _positions(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(type(one) is int for one in value)


class TimeUp(BaseException):
    """Raised inside a call that took too long. A BaseException, so that `except Exception` does not catch it."""


class Forbidden(BaseException):
    """Raised inside a call that uses what its exercise forbids."""


def invoke(
    namespace: dict[str, Any], name: str, args: tuple[Any, ...], seconds: float, forbids: tuple[str, ...] = ()
) -> Outcome:
    """Call the function of this name with args and return the outcome. Never raises for what the function does."""
    function = namespace.get(name)
    if function is None:
        return Outcome(MISSING, text=f"{name} is not defined yet: run the cell that defines it")
    if isinstance(function, type) != is_class(name) or not callable(function):
        kind = "a class" if isinstance(function, type) else f"of type {plain_text(type(function).__name__, 40)}"
        return Outcome(MISSING, text=f"{name} is {kind}, not a {'class' if is_class(name) else 'function'}")
    outcome = call(function, args, seconds, forbids)
    if ELSEWHERE in forbids and outcome.kind == RETURNED and _answers_otherwise(function, args, seconds, outcome):
        return Outcome(FORBIDDEN, text=_OTHERWISE, printed=outcome.printed)
    if is_class(name) or outcome.names[:1] != ("TypeError",):
        return outcome
    complaint = _signature_complaint(function, name, args)
    return Outcome(BAD_SIGNATURE, text=complaint) if complaint else outcome


def to_watch(namespace: dict[str, Any], name: str, forbids: tuple[str, ...]) -> tuple[str, ...]:
    """What of the forbidden must be watched when the function of this name is called: nothing, if it can reach none."""
    function = namespace.get(name)
    if not forbids or _BY_WATCHING & set(forbids) or type(function) is not FunctionType:
        return forbids
    return () if is_closed(function, _Packages.of(forbids).has) else forbids


def invoke_anew(namespace: dict[str, Any], name: str, args: tuple[Any, ...], seconds: float) -> Outcome | None:
    """The same, of a function that nothing has called yet. None if there is no such function here."""
    function = namespace.get(name)
    if not isinstance(function, FunctionType):
        return None
    try:
        with time_limit(seconds):
            fresh = anew(function)
    except TimeUp:
        return None
    return call(fresh, args, seconds) if fresh else None


def _answers_otherwise(function: Callable[..., Any], args: tuple[Any, ...], seconds: float, outcome: Outcome) -> bool:
    """Whether the function, defined anew by running its cell again, returns something else."""
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
    """Call function with args and return the outcome. Never raises for what the function does.

    For a class, args is the script of a play (see `play`).
    """
    before = [exactly(arg) for arg in args]
    outcome = _call(function, args, seconds, forbids)
    changed = tuple(at for at, arg in enumerate(args) if exactly(arg) != before[at])
    return replace(outcome, changed=changed) if changed else outcome


def _call(function: Callable[..., Any], args: tuple[Any, ...], seconds: float, forbids: tuple[str, ...]) -> Outcome:
    printed = _Counter()
    policy = _Policy(forbids)
    before = sys.stdout, sys.stderr, sys.getprofile(), threading.getprofile()
    try:
        try:
            sys.stdout = sys.stderr = printed
            with time_limit(seconds):
                value = (
                    policy.call(play, function, args) if isinstance(function, type) else policy.call(function, *args)
                )
        finally:
            sys.stdout, sys.stderr = before[:2]
            sys.setprofile(before[2])
            threading.setprofile(before[3])
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
    """Whether the exercise of this name is a class: by Python's convention, its name has a capital."""
    return name[:1].isupper()


def play(kind: type, script: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Make an object and call its methods in turn. Returns what came of each step.

    Args:
        kind: the class; it is made without arguments.
        script: for each step (method, arguments); an argument is (False, a value) or (True, the number of an earlier
            step, whose result is passed, perhaps after one of CHANGES). ANOTHER and CHANCE: see there.
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
        except NotImplementedError:  # a stub has not been written yet
            raise
        except Exception as error:
            outcome = _raised(error, kind, 0)
            came.append((RAISED, list(outcome.names), outcome.text))
    return came


def _asking(method: str, *args: Any) -> Callable[[Any], Any]:
    return lambda thing: getattr(thing, method)(*args)


def _signature_complaint(function: Any, name: str, args: tuple[Any, ...]) -> str:
    """A sentence if the function can't take these arguments, else "". A TypeError of the call could mean anything."""
    try:
        signature = inspect.signature(function)
    except Exception:  # some callables have no signature
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
    """The globals of a function, or of a class's methods."""
    if isinstance(function, type):
        function = next((one for one in vars(function).values() if hasattr(one, "__globals__")), None)
    return getattr(function, "__globals__", None)


def _where(traceback: TracebackType | None, learner: dict[str, Any] | None) -> str:
    place = ""
    while traceback is not None:
        if traceback.tb_frame.f_globals is learner:
            place = _place_of(traceback.tb_frame.f_code, traceback.tb_lineno)
        traceback = traceback.tb_next
    return place


def _place_of(code: CodeType, line: int) -> str:
    return plain_text(f"{code.co_name}, line {line}", 80)


class _Counter(io.TextIOBase):
    """A stream that only counts the characters written."""

    def __init__(self) -> None:
        self.count = 0

    def write(self, text: str) -> int:
        self.count += len(text)
        return len(text)


# -- the time limit ---------------------------------------------------------------------------------------------------


PATIENCE = 3.0
"""A call that waits for a processor may take at most this many times its limit."""
STARVED = 0.25
"""A call that waited for a processor for more than this share of its limit is tried again."""
_SAYS = os.path.exists("/proc/self/schedstat")
"""Whether this system says how long a process waited for a processor."""


@dataclass
class Limit:
    """Whether a time limit has rung."""

    rang: bool = False


def longest(seconds: float, waited: float) -> float:
    """How many seconds a call may take, with this limit and these seconds of waiting for a processor."""
    return min(seconds + waited, PATIENCE * seconds)


def was_starved(waited: object, seconds: float) -> bool:
    """Whether a call that ran out of time might have finished on a less busy machine.

    Its limit was extended by the time it waited for a processor. So if that was short, it has had its time.

    Args:
        waited: how many seconds it waited, as the untrusted process reports; anything but a float counts as long.
        seconds: its limit.
    """
    return not (_SAYS and isinstance(waited, float) and waited <= STARVED * seconds)


def waited_for_processor(pid: int | None = None) -> float:
    """Seconds that a process's first thread (without pid: this thread) has been ready to run, but did not run.

    0 where the system does not say. Source: the kernel's documentation of schedstats; second field, nanoseconds.
    """
    try:
        with open("/proc/thread-self/schedstat" if pid is None else f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


class _Waiting:
    """How long this thread has waited for a processor, read at most four times a second.

    Most calls last microseconds, and reading the system's file costs ten of them.
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
_handle: Callable[[int, Any], Any] = importlib.import_module("_signal").signal
"""signal.signal(), which is a wrapper that looks for an enum's member with the handler's value: most of its time."""


def time_limit(seconds: float) -> contextlib.AbstractContextManager[Limit]:
    """Raise TimeUp in the block when it takes too long. Time spent waiting for a processor does not count.

    By SIGALRM, sent repeatedly because a loop may swallow the first; on Windows, by an asynchronous exception. Outside
    the main thread neither is safe, so there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        return contextlib.nullcontext(Limit())
    return _alarm(seconds) if hasattr(signal, "setitimer") else _asynchronous(seconds)


@contextlib.contextmanager
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

    before = _handle(signal.SIGALRM, ring)
    armed = True
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
            yield limit
        finally:
            _disarm(before)
            armed = False
    finally:
        if armed:  # the alarm rang in the `finally` above
            _disarm(before)


def _disarm(before: Any) -> None:
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            _handle(signal.SIGALRM, before)
            return
        except TimeUp:  # the alarm rang before it was switched off
            continue


@contextlib.contextmanager
def _asynchronous(seconds: float) -> Iterator[Limit]:
    import ctypes

    interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc
    thread = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    over = False

    def ring() -> None:
        with lock:
            if not over:
                interrupt(thread, ctypes.py_object(TimeUp))

    timer = threading.Timer(seconds, ring)
    timer.start()
    try:
        yield Limit()
    finally:
        while True:
            try:
                with lock:
                    over = True
                timer.cancel()  # an exception that is still due is raised here at the latest
                break
            except TimeUp:  # it was raised right there
                continue


# -- what an exercise forbids -----------------------------------------------------------------------------------------


_REMEMBERED = 10_000
"""The most code objects, functions and types that are remembered as allowed."""


class _Policy:
    """Notices calls into forbidden packages. It looks at the code that runs, so no import, alias or copy hides one."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = _Packages.of(packages) if packages else None
        self._broken = self._where = ""

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call function with the profile hook set."""
        if self._packages is None:
            return function(*args)
        watch = self._watcher(self._packages)
        threading.setprofile(watch)
        sys.setprofile(watch)
        try:
            return function(*args)
        finally:
            sys.setprofile(None)

    def verdict(self) -> Outcome | None:
        """The FORBIDDEN outcome, also when the function swallowed the exception."""
        return Outcome(FORBIDDEN, text=f"it uses {self._broken}", where=self._where) if self._broken else None

    def _watcher(self, packages: "_Packages") -> Callable[[FrameType, str, Any], None]:
        innocent = packages.innocent

        def watch(frame: FrameType, event: str, arg: Any) -> None:
            # This runs at each of hundreds of calls and takes most of their time, so allowed code is remembered.
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
        owner = function.__self__
        if owner is None:  # a function whose package only its own name tells: the next one may be of another
            return
        # A C method is a new object at each call, so its type is remembered instead.
        lasting = function if isinstance(owner, ModuleType) else type(owner)
        packages.remember(id(lasting), lasting)

    def _break(self, package: str, what: str) -> NoReturn:
        named = package if what in ("", package) or package.endswith(f".{what}") else f"{package}.{what}"
        if not self._broken:
            self._broken = plain_text(named, 60)  # first of all: what follows may fail in hostile surroundings
            self._where = self._place()
        raise Forbidden(self._broken)

    def _place(self) -> str:
        """Where the learner's code is now, see `Outcome.where`; "" in another thread, or if none of it is running."""
        frame: FrameType | None = sys._getframe()
        inside: list[FrameType] = []
        while frame is not None and frame.f_code is not _Policy.call.__code__:
            inside += [frame] if frame.f_globals is not globals() else []
            frame = frame.f_back
        if frame is None or not inside:
            return ""
        learner, outermost = inside[-1].f_globals, inside[-1].f_code
        if self._packages and self._packages.named(f"{learner.get('__name__')}.{outermost.co_name}"):
            return ""  # the function is a forbidden one itself
        innermost = next(one for one in inside if one.f_globals is learner)
        return _place_of(innermost.f_code, innermost.f_lineno)


class _Packages:
    """The forbidden packages, or single functions by full name: which code belongs to which of them.

    Asked at every call, so it remembers its answers.
    """

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = packages
        self._parents = {package.rpartition(".")[0] for package in packages}
        # Import them now: where the standard library imports one for itself (`secrets` needs `hmac`), that is no use.
        for package in sys.stdlib_module_names & set(packages):
            importlib.import_module(package)
        self.innocent: dict[Any, Any] = {}
        """Allowed code, by id() of the code and of its module's name, or id() of a C function or type."""
        self._c_functions = {id(f): p for p in packages for f in map(_c_function, _C_FUNCTIONS.get(p, ())) if f}
        self._named: dict[str, str] = {}

    @classmethod
    @functools.cache
    def of(cls, packages: tuple[str, ...]) -> "_Packages":
        return cls(packages)

    def remember(self, number: Any, things: Any) -> None:
        """Remember something as allowed. It is kept alive, so that its id() is not given to something else."""
        if len(self.innocent) >= _REMEMBERED:
            self.innocent.clear()  # the learner's code may create functions in a loop
        self.innocent[number] = things

    def named(self, module: Any) -> str:
        """The forbidden package that a module of this name belongs to, or ""."""
        if not isinstance(module, str):
            return ""
        found = self._named.get(module)
        if found is None:
            found = next((p for p in self._packages if module == p or module.startswith(p + ".")), "")
            self._named[module] = found
        return found

    def of_code(self, module: Any, code: CodeType) -> str:
        """The forbidden package or function that code of this module belongs to, or ""."""
        found = self.named(module)
        if "hash" in self._packages and "__hash__" in code.co_names and not _of_python(module):
            return "hash"  # called as `__hash__`: the profiler reports no event for it
        if found or not isinstance(module, str) or module not in self._parents:
            return found
        return self.named(f"{module}.{code.co_name}")

    def has(self, thing: Any) -> bool:
        """Whether a function, in Python or in C, or a class belongs to one of the packages."""
        if isinstance(thing, FunctionType):
            return bool(self.of_code(thing.__globals__.get("__name__"), thing.__code__))
        if isinstance(thing, type):
            return bool(self.named(f"{thing.__module__}.{thing.__qualname__}"))
        return bool(self.of_builtin(thing))

    def of_builtin(self, function: Any) -> str:
        """The forbidden package that a C function or method belongs to, or ""."""
        package = self._c_functions.get(id(function)) or self.named(getattr(function, "__module__", None))
        if package:
            return package
        # A method in C has no module of its own; its object's type has.
        owner = type(getattr(function, "__self__", None))
        return "" if owner.__module__ == "builtins" else self.named(f"{owner.__module__}.{owner.__qualname__}")


def _of_python(module: Any) -> bool:
    return isinstance(module, str) and module.partition(".")[0] in sys.stdlib_module_names


def _alias(frame: FrameType) -> str:
    """The name by which the caller of this frame's function knows that function's module, or ""."""
    module = sys.modules.get(frame.f_globals["__name__"])
    if module is None or frame.f_back is None:
        return ""
    caller = frame.f_back.f_globals
    return next((name for name, value in list(caller.items()) if value is module), "")


def _name(code: CodeType) -> str:
    """The function's name, if the learner can have written it; "" for `__init__` and the like."""
    return "" if code.co_name.startswith(("<", "__")) else code.co_name


@functools.cache  # otherwise a module that this system lacks would be searched for at each call
def _c_function(path: str) -> Any:
    module, name = path.split(".")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
