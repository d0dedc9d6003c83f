"""What the names at a notebook's top level mean, as far as its text tells. A name is

* fixed, if nothing can change what it holds: a function, a class without methods, a number, a text;
* a table, if it is a list, set or dict written out with fixed things in it;
* a known module;
* something else, which cells may use, but no function;
* refused, if it is from a lesson's own cells and not known to be harmless.

It is for `stateless`, which reads code.
"""

import ast
import builtins
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

from . import harmless

_IPYTHONS = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[dio]h|_exit_code|In|Out")
"""Names that IPython binds anew after each cell, to its results among other things."""
_TAKEN = re.compile(
    "|".join((*map(re.escape, vars(builtins)), "__.*", "display", "exit", "get_ipython", "help", "quit"))
)
"""Names that mean something before any cell runs; and after all, too, if the cell that binds them fails before that."""
_HARMLESS_FROM: dict[str | None, tuple[str, ...]] = {
    "__future__": ("annotations",),
    "grader": ("check", "check_all", "hint", "picture", "progress", "submit"),  # of a stub, see `inside.child`
}

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_COPYING = frozenset(("dict", "list", "set"))
_PAIRING = frozenset(("enumerate", "reversed", "zip"))

FIXED, TABLE, MODULE, OTHER, REFUSED = "fixed", "table", "module", "other", "refused"
"""The kinds of names, in the order of the list above."""


@dataclass(frozen=True)
class Meaning:
    """What a name at the top level means.

    Attributes:
        kind: one of the five above.
        live: what an import has brought.
    """

    kind: str
    live: Any = None

    def or_else(self, other: "Meaning") -> "Meaning":
        """The meaning of a name that is bound twice."""
        if self == other:
            return self
        kinds = {self.kind, other.kind}
        plain = kinds == {FIXED} and not harmless.ONLY_CALLED.keys() & {self.live, other.live}
        return Meaning(FIXED if plain else REFUSED if REFUSED in kinds else OTHER)


class Unknown(Exception):
    """Something is not known to be harmless."""


class Binder:
    """Notes what each name means that is bound at the top level.

    Args:
        names: where it is noted.
        otherwise: what an import of an unknown module means; None if there must be none.
    """

    def __init__(self, names: dict[str, Meaning], otherwise: Meaning | None) -> None:
        self._names = names
        self._otherwise = otherwise

    def bind(self, statements: Sequence[ast.stmt]) -> None:
        """Note the names that these statements bind, at any depth, but not inside of functions.

        Raises:
            Unknown: they import something that is not known, or bind a name that is taken.
        """
        for statement in statements:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
                kind = self._kind(statement.value)
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                for target in targets:
                    alone = isinstance(target, ast.Name) and len(targets) == 1  # else it has another name, too
                    plain = alone or (kind == FIXED and not _makes_lists(target))
                    for name in bound_in([target]):
                        self._note(name, Meaning(kind if plain else OTHER))
                self._others(statement.value)
            elif isinstance(statement, ast.Import | ast.ImportFrom):
                for name, meaning in self._imported(statement):
                    self._note(name, meaning)
            elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
                self._note(statement.name, Meaning(FIXED))
            else:
                self._others(statement)

    def _others(self, node: ast.AST) -> None:
        """What a compound statement binds may be bound again and again, so only functions are known."""
        for one in nodes_of_scope([node]):
            if isinstance(one, ast.Import | ast.ImportFrom):
                self.bind([one])
            elif isinstance(one, ast.FunctionDef | ast.ClassDef):
                self._note(one.name, Meaning(FIXED))
            else:
                for name in names_bound_by(one):
                    self._note(name, Meaning(OTHER))

    def _note(self, name: str, meaning: Meaning) -> None:
        if _TAKEN.fullmatch(name) and self._otherwise is None:
            raise Unknown(name)
        if _IPYTHONS.fullmatch(name):
            meaning = Meaning(REFUSED)
        self._names[name] = self._names.get(name, meaning).or_else(meaning)

    def _imported(self, statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Meaning]]:
        for alias in statement.names:
            name = alias.asname or alias.name.partition(".")[0]
            if isinstance(statement, ast.Import):
                live = harmless.module(alias.name)
                live = live if alias.asname or live is None else harmless.module(name)
            elif alias.name in _HARMLESS_FROM.get(statement.module, ()):
                yield name, Meaning(FIXED)
                continue
            elif statement.level or not statement.module or alias.name == "*":
                live = None
            else:
                live = harmless.imported(statement.module, alias.name)
            meaning = self._otherwise if live is None else Meaning(_kind_of(live), live)
            if meaning is None:
                raise Unknown(name)
            yield name, meaning

    def _kind(self, value: ast.expr) -> str:
        if isinstance(value, ast.Lambda) or self.is_fixed(value):
            return FIXED
        return TABLE if self._is_table(value) and not isinstance(value, ast.GeneratorExp) else OTHER

    def is_fixed(self, value: ast.expr | None, own: frozenset[str] = frozenset()) -> bool:
        """Whether a value can't be changed. own: names that are bound to fixed things here."""
        parts: Sequence[ast.expr | None]
        match value:
            case None | ast.Constant() | ast.Lambda():
                return True
            case ast.Name(id=name):
                found = self._names.get(name)
                return name in own or (found.kind == FIXED if found else name in harmless.BUILTINS)
            case ast.Tuple(elts=parts):
                pass
            case ast.UnaryOp(operand=one):
                parts = [one]
            case ast.BinOp(left=one, right=other):
                parts = [one, other]
            case ast.Subscript(value=one, slice=ast.Slice(lower, upper, step)):
                parts = [one, lower, upper, step]
            case ast.Subscript(value=one, slice=other):
                parts = [one, other]
            case ast.Attribute():
                live = live_value(value, self._names, own)
                return live is not None and _kind_of(live) == FIXED
            case ast.Call(func=function, args=[one], keywords=[]) if self._is_pythons(function, harmless.FREEZING, own):
                return self._is_table(one, own) or self.is_fixed(one, own)
            case ast.Call(func=function, args=parts, keywords=[]) if self._gives_fixed(function, own):
                pass
            case ast.Call(func=ast.Attribute(value=one, attr=name), args=parts, keywords=[]):
                made = name in harmless.MAKING_FIXED and self._is_pythons(one, harmless.MAKING, own)
                if not made and name not in harmless.GIVING_FIXED:
                    return False
                parts = [one, *parts]
            case _:
                return False
        return all(self.is_fixed(part, own) for part in parts)

    def _gives_fixed(self, function: ast.expr, own: frozenset[str]) -> bool:
        """Whether a function's results are fixed if its arguments are."""
        if self._is_pythons(function, harmless.COMPUTING, own):
            return True
        return live_value(function, self._names, own) in harmless.GIVERS

    def _is_pythons(self, node: ast.expr, functions: frozenset[str], own: frozenset[str]) -> bool:
        """Whether this is the name of one of these functions of Python's own, which means nothing else here."""
        return isinstance(node, ast.Name) and node.id in functions - own and node.id not in self._names

    def _is_table(self, value: ast.expr | None, own: frozenset[str] = frozenset()) -> bool:
        """Whether a value is a list, set or dict, or a generator, of fixed things."""
        match value:
            case ast.List(elts=parts) | ast.Set(elts=parts):
                return all(self.is_fixed(part, own) for part in parts)
            case ast.Dict(keys=keys, values=parts):
                return None not in keys and all(self.is_fixed(part, own) for part in (*keys, *parts))
            case ast.Call(func=function, args=[one], keywords=[]) if self._is_pythons(function, _COPYING, own):
                return self._is_table(one, own) or self.is_fixed(one, own)
            case ast.DictComp() | ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                for generator in value.generators:
                    if not self._holds_fixed(generator.iter, own) or _makes_lists(generator.target):
                        return False
                    own |= frozenset(bound_in([generator.target]))
                made = (value.key, value.value) if isinstance(value, ast.DictComp) else (value.elt,)
                return all(self.is_fixed(one, own) for one in made)
        return False

    def _holds_fixed(self, value: ast.expr, own: frozenset[str]) -> bool:
        """Whether iterating over this gives fixed things."""
        match value:
            case ast.Call(func=function, args=parts, keywords=[]) if self._is_pythons(function, _PAIRING, own):
                return all(self.is_fixed(part, own) for part in parts)
        return self.is_fixed(value, own)


def _kind_of(live: Any) -> str:
    if isinstance(live, ModuleType):
        return MODULE
    return OTHER if live in harmless.REMEMBERING else FIXED


def _makes_lists(target: ast.expr) -> bool:
    """Whether something of what is assigned here is put into a new list: `first, *rest = ...`."""
    return any(isinstance(one, ast.Starred) for one in ast.walk(target))


def live_value(node: ast.expr, names: dict[str, Meaning], own: frozenset[str]) -> Any:
    """What an imported name, or an attribute of one, means; None if it is not known.

    own: names that mean something else here.
    """
    if isinstance(node, ast.Name):
        return names[node.id].live if node.id in names and node.id not in own else None
    if isinstance(node, ast.Attribute):
        return harmless.attribute(live_value(node.value, names, own), node.attr)
    return None


# -- which names are bound where (Python's reference, 4.2.1) -----------------------------------------------------------


def bound_in(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that are bound in the scope to which these nodes belong."""
    return {name for node in nodes_of_scope(nodes) for name in names_bound_by(node)}


def names_bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a node binds, but for those in it."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=str(name)) | ast.ClassDef(name=str(name)) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.alias(name=str(name), asname=asname):
            yield asname or name.partition(".")[0]


def nodes_of_scope(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """These nodes and those in them, without what is in functions and comprehensions, which are scopes of their own."""
    left = list(nodes)
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda, *COMPREHENSIONS)):
            left += ast.iter_child_nodes(node)


class Scope(NamedTuple):
    """What a function's own scope is.

    Attributes:
        names: all that are bound in it, its parameters too.
        yields: whether it makes a generator.
    """

    names: frozenset[str]
    yields: bool


@functools.lru_cache(maxsize=40)
def scope_of(function: ast.FunctionDef) -> Scope:
    """A function's own scope; it is looked through once, though it is read again and again."""
    nodes = list(nodes_of_scope(function.body))
    names = {name for node in nodes for name in names_bound_by(node)}
    yields = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes)
    return Scope(parameters(function.args) | names, yields)


def parameters(args: ast.arguments) -> frozenset[str]:
    """The names of a function's parameters."""
    every = (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg)
    return frozenset(one.arg for one in every if one)
