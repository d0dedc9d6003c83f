"""Whether a function can reach what its exercise forbids: by what the names in its code mean, and in the code so named.

Watching every call that a function makes takes most of the time of asking it (see `calling`). But most solutions name
nothing beyond their own helpers, Python's builtins and a few modules; they can reach nothing else, and need not be
watched. Whatever is not known here to be harmless is watched: another module, an import inside a function, `getattr`,
names that lead into Python's own insides.
"""

import builtins
import dis
import re
import sys
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType, NoneType
from typing import Any

_MODULES = frozenset(
    (
        *("base64", "binascii", "collections", "datetime", "hashlib", "hmac", "itertools", "json", "json.decoder"),
        *("json.encoder", "math", "re", "secrets", "struct", "time", "unicodedata"),
        *("jwt_from_scratch.encoding", "jwt_from_scratch.errors"),
    )
)
"""Modules whose functions call nothing but the standard library, and do what they are named for."""
_C_MODULES = _MODULES | {"_hashlib", "_operator", "_struct", "_sha2", "_sre", "_collections", "_json", "_datetime"}
_NAMES = """abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter float format
    frozenset hasattr hex id int isinstance issubclass iter len list map max memoryview min next object oct ord pow
    print property range repr reversed round set slice sorted staticmethod str sum super tuple type zip"""
_BUILTINS = {id(getattr(builtins, name)) for name in _NAMES.split()}
_PLAIN = (NoneType, bool, int, float, complex, str, bytes, range, type(...), type(NotImplemented), re.Pattern)
_DATA = (list, tuple, set, frozenset, dict)
_KNOWN_DUNDERS = frozenset(("__name__", "__init__", "__doc__", "__eq__", "__len__", "__repr__", "__str__"))
_INSIDES = re.compile(r"(gi|cr|ag|tb|f|co)_[a-z]+|__\w+__")
"""Attributes that lead from an object to a frame, to code or to a namespace."""
_OF_EACH_CLASS = frozenset(
    ("__annotations__", "__dict__", "__doc__", "__firstlineno__", "__module__", "__qualname__", "__static_attributes__")
) | {"__weakref__"}
_IMPORT = dis.opmap["IMPORT_NAME"]
_MOST = 2_000
"""The most objects that are looked at; who names more is watched."""


def is_closed(function: FunctionType, forbidden: Callable[[Any], bool]) -> bool:
    """Whether all that this function can name is known, and nothing of it is forbidden.

    Args:
        function: it, its helpers and its classes are looked at, by what their names mean now.
        forbidden: says so of a function, in Python or in C, or of a class.
    """
    waiting: list[Any] = [function]
    seen: dict[int, Any] = {}
    names: set[str] = set()
    modules: list[ModuleType] = []
    while True:
        while waiting:
            thing = waiting.pop()
            if id(thing) in seen or type(thing) in _PLAIN:
                continue
            seen[id(thing)] = thing  # kept alive, so that no other gets its id
            if isinstance(thing, ModuleType):
                modules.append(thing)
            found = _named_by(thing, forbidden, names)
            if found is None or len(seen) > _MOST:
                return False
            waiting += found
        # What the names mean as attributes of the modules; a new function may have brought more names.
        waiting = [vars(one)[name] for one in modules for name in names if name in vars(one)]
        waiting = [one for one in waiting if id(one) not in seen and type(one) not in _PLAIN]
        if not waiting:
            return True


def _named_by(thing: Any, forbidden: Callable[[Any], bool], names: set[str]) -> list[Any] | None:
    """What this leads to, its code's names added to `names`; None if that is not known, or forbidden."""
    kind = type(thing)
    if kind in _DATA:
        return [*thing, *thing.values()] if kind is dict else list(thing)
    if kind is ModuleType:
        return [] if thing.__name__ in _MODULES else None
    if kind in (staticmethod, classmethod):
        return [thing.__func__]
    if kind is property:
        return [thing.fget, thing.fset, thing.fdel]
    if kind is FunctionType:
        return None if forbidden(thing) else _named_by_code(thing, names)
    if id(thing) in _BUILTINS:
        return []
    if kind is BuiltinFunctionType:
        return None if forbidden(thing) or thing.__module__ not in _C_MODULES else []
    return _named_by_class(thing, forbidden) if kind is type else None


def _named_by_code(function: FunctionType, names: set[str]) -> list[Any] | None:
    if _module_of(function.__globals__.get("__name__")) is function.__globals__:
        return []
    found: list[Any] = [function.__defaults__, function.__kwdefaults__, function.__dict__]
    try:
        found += [cell.cell_contents for cell in function.__closure__ or ()]
    except ValueError:  # an empty cell: its value comes later
        return None
    its_builtins: dict[str, Any] = getattr(function, "__builtins__")  # noqa: B009 - typeshed does not have it
    for code in _codes(function.__code__):
        if _IMPORT in code.co_code[::2] or any(map(_leads_inside, code.co_names)):
            return None
        names.update(code.co_names)
        for name in code.co_names:
            scope = function.__globals__ if name in function.__globals__ else its_builtins
            found += [scope[name]] if name in scope else []
    return found


def _module_of(name: Any) -> dict[str, Any] | None:
    """The names of a known module, if it is loaded."""
    module = sys.modules.get(name) if isinstance(name, str) and name in _MODULES else None
    return vars(module) if module else None


def _named_by_class(kind: type, forbidden: Callable[[Any], bool]) -> list[Any] | None:
    if forbidden(kind):
        return None
    home = vars(builtins) if issubclass(kind, BaseException) else {}
    if (_module_of(vars(kind).get("__module__")) or home).get(kind.__name__) is kind:
        return []
    return [*kind.__bases__, *(value for name, value in vars(kind).items() if name not in _OF_EACH_CLASS)]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _leads_inside(name: str) -> bool:
    return name not in _KNOWN_DUNDERS and _INSIDES.fullmatch(name) is not None
