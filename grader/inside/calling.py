"""Calling a learner's function once: with a time limit, with a policy, with what it prints kept away.

The same code runs in the learner's kernel (`grader.learner.lesson`) and in the graded process (`grader.inside.child`),
so a check says the same in both. What comes out is an `Outcome`, plain data. In the kernel the limit and the
policy are best effort, because the code they watch shares the process with them; only the grader guarantees.
"""

import builtins
import functools
import importlib
import inspect
import sys
import threading
import weakref
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any, NamedTuple, NoReturn

from .aside import Counter, KeptAway
from .chance import deciding_bits
from .elsewhere import anew, elsewhere
from .limit import TimeUp, time_limit
from .reach import is_closed
from .replaced import put_profile_back
from .series import Series
from .values import NotPlain, exactly, is_packed, pack, plain_text

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

_MOST_ARGUMENTS = 1_000
"""Arguments of one call, or steps of a play. The longest play of the course's checks has 603."""

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


class Outcome(NamedTuple):
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
        """The outcome as a JSON object, without what is empty: there are hundreds in a check."""
        return {name: value for name, value in zip(self._fields, self, strict=True) if value}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Outcome":
        """Read what `to_dict` wrote; untrusted, so everything is checked.

        Raises:
            TypeError, ValueError, KeyError: `to_dict` writes no such thing.
        """
        kind, names, printed, changed = data["kind"], data.get("names", ()), data.get("printed", 0), data.get("changed")
        packed, text, where = data.get("packed", ""), data.get("text", ""), data.get("where", "")
        if type(names) not in (list, tuple) or not {type(one) for one in (kind, packed, text, where, *names)} <= {str}:
            raise TypeError("an outcome's texts and an exception's names are strings")
        if kind not in _KINDS or type(printed) is not int or not (changed is None or _positions(changed)):
            raise ValueError("no outcome that a call can have")
        if kind == RETURNED and not is_packed(packed):
            raise ValueError("a value that was not packed by pack")
        short = tuple([name if name in _EXCEPTIONS else plain_text(name, 60) for name in names[:10]])
        text, where = text and plain_text(text), where and plain_text(where, 80)
        return cls(kind, packed, short, text, where, printed, tuple(changed or ()))


def _positions(value: Any) -> bool:
    """Whether these can be positions of arguments. They are kept until an exercise is judged, so they are not many."""
    if not isinstance(value, list | tuple) or len(value) > _MOST_ARGUMENTS:
        return False
    return all(type(one) is int and 0 <= one < _MOST_ARGUMENTS for one in value)


class Forbidden(BaseException):
    """Raised inside a call that uses what its exercise forbids."""


def invoke(
    namespace: dict[str, Any],
    name: str,
    args: tuple[Any, ...],
    seconds: float,
    forbids: tuple[str, ...] = (),
    shared: bool = False,
    series: Series | None = None,
) -> Outcome:
    """Call the function of this name with args and return the outcome. Never raises for what the function does.

    shared: whether this process goes on afterwards (see `elsewhere`).
    series: the series of calls that this one belongs to; its limit is the one that holds.
    """
    function = namespace.get(name)
    if function is None:
        return Outcome(MISSING, text=f"{name} is not defined yet: run the cell that defines it")
    if isinstance(function, type) != is_class(name) or not callable(function):
        kind = "a class" if isinstance(function, type) else f"of type {plain_text(type(function).__name__, 40)}"
        return Outcome(MISSING, text=f"{name} is {kind}, not a {'class' if is_class(name) else 'function'}")
    outcome = call(function, args, seconds, forbids, series)
    if ELSEWHERE in forbids and outcome.kind == RETURNED:
        outcome = _as_everywhere(function, args, seconds, outcome, shared)
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
        fresh = anew(function, seconds)
    except TimeUp:
        return None
    return call(fresh, args, seconds) if fresh else None


def _as_everywhere(
    function: Callable[..., Any], args: tuple[Any, ...], seconds: float, outcome: Outcome, shared: bool
) -> Outcome:
    """The outcome, or FORBIDDEN: the function, defined anew by running its cell again, returns something else."""
    if not isinstance(function, FunctionType) or outcome.changed:
        return outcome
    try:
        other = elsewhere(function, seconds, shared)
    except TimeUp:
        return outcome
    there = call(other, args, seconds) if other else outcome
    if is_interrupt(there):
        return there
    if there.kind == RETURNED and there.packed != outcome.packed:
        return Outcome(FORBIDDEN, text=_OTHERWISE, printed=outcome.printed)
    return outcome


def is_interrupt(outcome: Outcome) -> bool:
    """Whether somebody pressed Ctrl-C during a call."""
    return outcome.kind == RAISED and "KeyboardInterrupt" in outcome.names


def call(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    seconds: float,
    forbids: tuple[str, ...] = (),
    series: Series | None = None,
) -> Outcome:
    """Call function with args and return the outcome. Never raises for what the function does.

    For a class, args is the script of a play (see `play`).
    """
    before = [exactly(arg) for arg in args]
    outcome = _call(function, args, seconds, forbids, series)
    changed = tuple([at for at, arg in enumerate(args) if exactly(arg) != before[at]])
    return outcome._replace(changed=changed) if changed else outcome


def _call(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    seconds: float,
    forbids: tuple[str, ...],
    series: Series | None,
) -> Outcome:
    policy = _Policy(forbids) if forbids else _ALL_ALLOWED
    run, given = (play, (function, args)) if isinstance(function, type) else (function, args)
    printed = Counter() if series is None else series.printed
    before = printed.count
    try:
        value = (_alone(printed, seconds) if series is None else series.run)(policy.call, run, *given)
    except TimeUp:
        return Outcome(TIMED_OUT, text=f"it did not return within {seconds:g} s", printed=printed.count - before)
    except BaseException as error:
        return policy.verdict() or _raised(error, function, printed.count - before)
    if broken := policy.verdict():
        return broken
    try:
        return Outcome(RETURNED, packed=pack(value, of_base=True), printed=printed.count - before)
    except NotPlain as error:
        text = f"it returned something that can't be compared: {error}"
        return Outcome(NOT_PLAIN, names=error.names, text=text, printed=printed.count - before)


def _alone(printed: Counter, seconds: float) -> Callable[..., Any]:
    """Calls a function with a time limit, and puts back all that a call needs in its place."""

    def run(function: Callable[..., Any], *args: Any) -> Any:
        profilers = sys.getprofile(), threading.getprofile()
        try:
            with KeptAway(printed), time_limit(seconds):
                return function(*args)
        finally:
            put_profile_back(*profilers)

    return run


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


def _names_of(kind: type[BaseException]) -> tuple[str, ...]:
    return tuple(c.__name__ for c in type.mro(kind) if _EXCEPTIONS.get(c.__name__) is c)


_NAMES_OF = {kind: _names_of(kind) for kind in _EXCEPTIONS.values()}


def _raised(error: BaseException, function: Any, printed: int) -> Outcome:
    its = type(error)
    names = _NAMES_OF[its] if type(its) is type and its in _NAMES_OF else _names_of(its)
    kind = its.__name__
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


# -- what an exercise forbids -----------------------------------------------------------------------------------------


_REMEMBERED = 10_000
"""The most code objects, functions and types that are remembered as allowed."""


_START = threading.Thread.start.__code__


class _Policy:
    """Notices calls into forbidden packages. It looks at the code that runs, so no import, alias or copy hides one."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = _Packages.of(packages) if packages else None
        self._broken = self._where = ""
        self._started = weakref.WeakSet[threading.Thread]()

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call function with the profile hook set."""
        if self._packages is None:
            return function(*args)
        watch = self._watcher(self._packages)
        threading.setprofile(self._in_threads(watch))
        sys.setprofile(watch)
        try:
            return function(*args)
        finally:
            sys.setprofile(None)

    def verdict(self) -> Outcome | None:
        """The FORBIDDEN outcome, also when the function swallowed the exception."""
        return Outcome(FORBIDDEN, text=f"it uses {self._broken}", where=self._where) if self._broken else None

    def _in_threads(self, watch: Callable[[FrameType, str, Any], None]) -> Callable[[FrameType, str, Any], None]:
        """The hook for new threads. Those that others start meanwhile, such as a server's, are not watched."""

        def begin(frame: FrameType, event: str, arg: Any) -> None:
            ours = threading.current_thread() in self._started
            sys.setprofile(watch if ours else None)
            if ours:
                watch(frame, event, arg)

        return begin

    def _watcher(self, packages: "_Packages") -> Callable[[FrameType, str, Any], None]:
        innocent = packages.innocent

        def watch(frame: FrameType, event: str, arg: Any) -> None:
            # This runs at each of hundreds of calls and takes most of their time, so allowed code is remembered.
            if event == "call":
                if frame.f_code is _START:
                    self._started.add(frame.f_locals["self"])
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


_ALL_ALLOWED = _Policy(())


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
