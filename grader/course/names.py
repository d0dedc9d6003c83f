"""Which names a cell's code defines. The code is parsed and never run."""

import ast
import functools
import re
import symtable
import warnings
from collections.abc import Callable
from typing import NamedTuple, TypeVar

_CODE_MAGICS = ("time", "capture", "prun")
"""Cell magics whose cell is Python that runs in the notebook; with others it is a file, a shell script or HTML."""
# `[ \t]`, not `\s`: that would also match the following empty lines, in quadratic time.
_MAGIC_LINE = re.compile(r"^([ \t]*)[%!?].*$|^([ \t]*)\S.*\?[ \t]*$", re.MULTILINE)
_SHORT = 5_000
"""Up to so many characters, a cell's names are cached."""
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
T = TypeVar("T")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Names(NamedTuple):
    """The names that a cell's code defines.

    Attributes:
        defined: the functions and classes at its top level.
        bound: every name that it may bind, by a definition, an assignment or an import, also inside an `if`.
    """

    defined: tuple[str, ...] = ()
    bound: frozenset[str] = frozenset()


def names_in(source: str) -> Names:
    """The names that a cell's code binds; none if it does not parse. `import *` counts for none."""
    return _known_names(source) if len(source) < _SHORT else _names(source)


@functools.lru_cache(maxsize=1_000)
def _known_names(source: str) -> Names:
    """The same, cached: the lesson's own cells are in many submissions."""
    return _names(source)


def _names(source: str) -> Names:
    statements = _statements(source)
    defined = tuple(node.name for node in statements if isinstance(node, _DEFINITIONS))
    names: set[str] = set()
    left: list[ast.AST] = list(statements)
    while left:
        node = left.pop()
        if isinstance(node, _DEFINITIONS):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, _SCOPES):
            left += ast.iter_child_nodes(node)
    return Names(defined, frozenset(names))


def defined_names(source: str) -> list[str]:
    """The functions and classes that a cell's code defines at its top level; none if it does not parse."""
    return list(names_in(source).defined)


def bound_names(source: str) -> frozenset[str]:
    """Every name that a cell's code may bind."""
    return names_in(source).bound


def read_names(source: str) -> set[str]:
    """Every global name that a cell's code reads, also inside its functions."""
    names: set[str] = set()
    table = _parsed(source, lambda code: symtable.symtable(code, "cell", "exec"))
    tables = [table] if table else []
    while tables:
        table = tables.pop()
        top = table.get_type() == "module"
        names |= {one.get_name() for one in table.get_symbols() if one.is_referenced() and (top or one.is_global())}
        tables += table.get_children()
    return names


def _statements(source: str) -> list[ast.stmt]:
    """The parsed code, without magics; nothing if it does not parse."""
    module = _parsed(source, ast.parse)
    return module.body if module else []


def _parsed(source: str, parse: Callable[[str], T]) -> T | None:
    """What `parse` makes of the code, if need be without magics; None if it does not parse."""
    with warnings.catch_warnings(action="ignore"):  # about a learner's code, such as "\d" in a plain string
        for make in (str, _without_magics):
            try:
                return parse(make(source))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
    return None


def _without_magics(source: str) -> str:
    """The code without IPython's syntax: `%%time`, `%matplotlib inline`, `!ls`, `print?`."""
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        source = rest if first[2:].split(" ")[0].strip() in _CODE_MAGICS else ""
    return _MAGIC_LINE.sub(lambda found: f"{found[1] or found[2] or ''}pass", source)
