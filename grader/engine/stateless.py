"""Whether a submission's cells can keep anything from one check to the next, decided by reading them, never by running.

Most notebooks only import a few modules, define functions and print a little. Their functions can remember nothing: no
name of theirs leads to an object that outlives a call and can be changed. So the learner's process may answer the
checks by itself, which saves a fork for each check, a quarter of a submission's time (see `process`). Whatever is not
known here to be harmless counts as able to keep something: then forks answer, as they do for an attacker's cells.

A function may name what is fixed at the notebook's top level, and look things up in its tables (`meanings`). Beyond
these, code may name Python's own functions and what known modules hold, and only attributes that ordinary objects have
(`harmless`). It may not set an attribute, decorate, or say `global`; nor see where in memory something lies (`places`);
nor read a clock or catch every error, which would tell what a module has in a cache.
"""

import ast
import copy
import functools
import itertools
import re
import string
import warnings
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

from . import harmless
from .meanings import (
    COMPREHENSIONS,
    FIXED,
    OTHER,
    REFUSED,
    TABLE,
    Binder,
    Meaning,
    Unknown,
    bound_in,
    live_value,
    nodes_of_scope,
    parameters,
    scope_of,
)
from .places import Places

MAX_CODE = 40_000
"""Characters of all the learner's cells that are read for this."""

_NOT_PYTHON = re.compile(
    r"\A\s*^[ \t]+\S|^[ \t]*(?:[%!?,;/]|\.{3,}:|In \[)|^(?:\.\.\.(?: |$)|\[(?:nav|ins)\])"
    r"|[\r\v\f\x1c-\x1e\x85\u2028\u2029]",
    re.MULTILINE,
)
"""Lines of which IPython may make other code, and what it takes for the end of a line, where Python does not."""
_PROMPT = re.compile(r"^[ \t]*>>>", re.MULTILINE)
_DOCSTRING = re.compile(r'^[ \t]+r?"""(?:(?!""")[^\\]|\\[^\\"])*"""$', re.MULTILINE)
"""Where IPython knows for sure that a prompt is an example."""
_TRIPLE = re.compile(r"\"{3}|'{3}")

_PARTS_DECIDE = """Module Expr Assign AugAssign Delete Return Raise Assert Pass Break Continue
    If For While ExceptHandler With withitem Match match_case MatchValue MatchSingleton MatchSequence
    MatchMapping MatchStar MatchAs MatchOr Yield YieldFrom Constant UnaryOp BinOp BoolOp IfExp JoinedStr
    FormattedValue Tuple List Set Dict Starred Subscript Slice Call keyword Load Store Del
    Add Sub Mult Div FloorDiv Mod Pow LShift RShift MatMult BitOr BitAnd BitXor Invert Not UAdd USub And Or
    Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn"""
_HARMLESS_IF_ITS_PARTS_ARE = frozenset(getattr(ast, name) for name in _PARTS_DECIDE.split())
"""Not here: `global`, `nonlocal`, `async`, `await`, type parameters, and what a future Python may bring."""
_MOST_GROUPS = 30
"""Parentheses in a pattern."""
_LOOK = "get keys values items index count copy isdisjoint issubset issuperset union intersection difference"
_LOOKING = frozenset(_LOOK.split())
"""Methods by which a function may look into a table."""
_COUNT = "all any dict enumerate frozenset len list max min print repr reversed set sorted str sum tuple zip"
_COUNTING = frozenset(_COUNT.split())
"""Python's own functions that may be given a table: they neither change nor return it."""


def keeps_nothing(ours: Sequence[str], theirs: Sequence[str], exercises: Iterable[str]) -> bool:
    """Whether nothing that these cells define can keep anything from one call to the next.

    Args:
        ours: the lesson's own cells that run before. What they do is harmless; what they define need not be.
        theirs: the learner's cells, in the order in which they run.
        exercises: the names of the functions that are going to be called.
    """
    if sum(map(len, theirs)) > MAX_CODE or any(map(_is_for_ipython, theirs)):
        return False
    try:
        given = _names_of_ours(tuple(ours))
        names = dict(given)
        cells = [_parsed(source) for source in theirs]
        for cell in cells:
            Binder(names, None).bind(cell.body)
        reader = Reader(names, learners=True)
        while reader.again:
            reader.again = False
            for cell in cells:
                reader.read(cell)
        places = _places_in_ours(tuple(ours)).with_names(names)
        places.read_all([statement for cell in cells for statement in cell.body])
    except (Unknown, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    # Our own functions were read with our own meanings.
    same = all(names[name] == meaning for name, meaning in given.items())
    return same and all(names[name].kind == FIXED for name in exercises if name in names)


def _is_for_ipython(cell: str) -> bool:
    """Whether IPython may make other code of this. It runs a line that begins with a magic's name, if not yet bound."""
    if _NOT_PYTHON.search(cell):
        return True
    if _PROMPT.search(cell):
        rest = _DOCSTRING.sub("", cell)
        if _PROMPT.search(rest) or _TRIPLE.search(rest):
            return True
    word = re.match(r"\w*", line := cell.strip())
    return "\n" not in line and word is not None and word[0] in harmless.MAGICS


@functools.lru_cache(maxsize=100)  # the lessons' own are few
def _names_of_ours(cells: tuple[str, ...]) -> dict[str, Meaning]:
    """What the names mean that a lesson's own cells bind. The learner may not name what is not known to be harmless."""
    names: dict[str, Meaning] = {}
    statements = _statements(cells)
    Binder(names, Meaning(REFUSED)).bind(statements)
    left = None
    while left is None or len(left) < len(statements):  # what names something refused is refused, too
        statements = statements if left is None else left
        left = [one for one in statements if _is_read(Reader(names), one)]
        refused = [one for one in statements if one not in left]
        for name in bound_in(refused) | _tables_in(refused, names):  # such a table may be filled with anything there
            names[name] = Meaning(REFUSED)
    return names


def _tables_in(nodes: Iterable[ast.AST], names: dict[str, Meaning]) -> set[str]:
    every = (part for node in nodes for part in ast.walk(node))
    return {one.id for one in every if isinstance(one, ast.Name) and names.get(one.id) == Meaning(TABLE)}


def _is_read(reader: "Reader", statement: ast.stmt) -> bool:
    try:
        reader.read(statement)
    except Unknown:
        return False
    return True


@functools.lru_cache(maxsize=100)
def _places_in_ours(cells: tuple[str, ...]) -> Places:
    places = Places(_names_of_ours(cells))
    places.read_ours(_statements(cells))
    return places


def _statements(cells: Iterable[str]) -> list[ast.stmt]:
    return [statement for cell in cells for statement in _parsed(cell).body]


def _parsed(source: str) -> ast.Module:
    with warnings.catch_warnings(action="ignore"):  # about a learner's code, such as "\d" in a plain string
        return ast.parse(source)


class Reader:
    """Reads code, and raises Unknown at the first thing that is not known to be harmless.

    Args:
        names: what each name means that is bound at the top level.
        learners: whether the code may do more with a table, outside of functions, than to look at it. Then it is none
            any more, and all must be read again.
    """

    def __init__(self, names: dict[str, Meaning], learners: bool = False) -> None:
        self._names = names
        self._learners = learners
        self.again = True
        self._special: dict[type[ast.AST], Callable[[Any, frozenset[str], bool], None]] = {
            ast.Name: self._read_name,
            ast.AnnAssign: self._read_annotated,
            ast.Call: self._read_call,
            ast.Try: self._read_try,
            ast.TryStar: self._read_try,
            ast.Compare: self._read_comparison,
            ast.Attribute: self._read_attribute,
            ast.FunctionDef: self._read_function,
            ast.ClassDef: self._read_class,
            ast.Lambda: self._read_lambda,
            ast.Import: self._read_import,
            ast.ImportFrom: self._read_import,
            ast.MatchClass: self._read_class_pattern,
            ast.NamedExpr: self._read_assignment,
            **dict.fromkeys(COMPREHENSIONS, self._read_comprehension),
        }

    def read(self, node: ast.AST, own: frozenset[str] = frozenset(), inside: bool = False) -> None:
        """Read code.

        Args:
            node: the code.
            own: the names that are bound in the functions and comprehensions around it.
            inside: whether it is in a function.

        Raises:
            Unknown: something in it.
        """
        special = self._special.get(type(node))
        if special:
            special(node, own, inside)
        elif type(node) in _HARMLESS_IF_ITS_PARTS_ARE:
            self._read_parts(node, own, inside)
        else:
            raise Unknown(type(node).__name__)

    def _read_parts(self, node: ast.AST, own: frozenset[str], inside: bool) -> None:
        looked_at = self._tables_looked_at(node, own)
        for part in ast.iter_child_nodes(node):
            if part not in looked_at:
                self.read(part, own, inside)

    def _read_all(self, nodes: Iterable[ast.AST | None], own: frozenset[str], inside: bool) -> None:
        for node in nodes:
            if node is not None:
                self.read(node, own, inside)

    def _read_name(self, node: ast.Name, own: frozenset[str], inside: bool) -> None:
        if node.id in own or isinstance(node.ctx, ast.Store):
            return
        meaning = self._names.get(node.id)
        if meaning == Meaning(TABLE) and self._learners and not inside:
            meaning = self._names[node.id] = Meaning(OTHER)
            self.again = True
        if meaning is None:
            known = node.id in harmless.BUILTINS
        else:
            known = meaning.kind == FIXED or (meaning.kind == OTHER and not inside)
            self._refuse_remembering(meaning.live, inside)
        if not known:
            raise Unknown(node.id)

    def _refuse_remembering(self, live: Any, inside: bool) -> None:
        if live in harmless.ONLY_CALLED or (inside and live in harmless.REMEMBERING):
            raise Unknown("a function, or a type, that remembers what it is given")

    def _read_attribute(self, node: ast.Attribute, own: frozenset[str], inside: bool) -> None:
        if not isinstance(node.ctx, ast.Load):
            raise Unknown(f"{node.attr} is set")
        owner = live_value(node.value, self._names, own)
        live = None if owner is None else harmless.attribute(owner, node.attr)
        if live is not None and not isinstance(live, ModuleType):
            self._refuse_remembering(live, inside)
            return
        if node.attr == "__name__" and (one := self._asked_type(node.value, own)):
            self.read(one, own, inside)
            return
        if isinstance(owner, ModuleType):
            raise Unknown(node.attr)  # a module in a module, or what is not known in one
        if node.attr not in harmless.ATTRIBUTES and not (node.attr == "format" and _is_plain_format(node.value)):
            raise Unknown(node.attr)
        if not (node.attr in _LOOKING and self._is_table(node.value, own)):
            self.read(node.value, own, inside)

    def _read_call(self, node: ast.Call, own: frozenset[str], inside: bool) -> None:
        live = live_value(node.func, self._names, own)
        allowed = harmless.ONLY_CALLED.get(live)
        match node:
            case ast.Call(func=ast.Name(id="hasattr"), args=[one, ast.Constant(value=str(name))], keywords=[]) if (
                self._is_pythons("hasattr", own) and not name.startswith("_")
            ):
                self.read(one, own, inside)
            case _ if allowed is not None:
                rest = [*node.args[allowed:], *(keyword.value for keyword in node.keywords)]
                if any(isinstance(one, ast.Starred) for one in node.args) or not all(
                    self._is_flag(one, own) for one in rest
                ):
                    raise Unknown("an argument that is not known to be harmless")
                if live is not copy.deepcopy and not (node.args and _is_plain_pattern(node.args[0])):
                    raise Unknown("a pattern that could be nested deep, see inside.child.SPARE")
                self._read_all(node.args[:allowed], own, inside)
            case ast.Call(func=ast.Name(id=name)) if name in harmless.CATCHING and self._is_pythons(name, own):
                self._read_all((*node.args, *node.keywords), own, inside)
            case _:
                self._read_parts(node, own, inside)

    def _read_try(self, node: ast.Try | ast.TryStar, own: frozenset[str], inside: bool) -> None:
        if node.finalbody or any(handler.type is None for handler in node.handlers):
            raise Unknown("it may catch anything, see harmless.CATCHING")
        self._read_parts(node, own, inside)

    def _is_flag(self, node: ast.expr, own: frozenset[str]) -> bool:
        """Whether this is an integer written out, or an imported one such as re.ASCII, or `|` of those."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._is_flag(node.left, own) and self._is_flag(node.right, own)
        value = node.value if isinstance(node, ast.Constant) else live_value(node, self._names, own)
        return isinstance(value, int)

    def _is_pythons(self, name: str, own: frozenset[str]) -> bool:
        return name not in own and name not in self._names

    def _asked_type(self, node: ast.expr, own: frozenset[str]) -> ast.expr | None:
        """The x in `type(x)`. Only to be compared, or for its name: type() would make classes with methods."""
        match node:
            case ast.Call(func=ast.Name(id="type"), args=[one], keywords=[]) if self._is_pythons("type", own):
                return one
        return None

    def _read_comparison(self, node: ast.Compare, own: frozenset[str], inside: bool) -> None:
        operands = [node.left, *node.comparators]
        for operator, pair in zip(node.ops, itertools.pairwise(operands), strict=True):
            if isinstance(operator, ast.Is | ast.IsNot) and not any(self._is_only_one(one, own) for one in pair):
                raise Unknown("`is`, which tells the text that a module has kept from an equal one")
        for one in operands:
            if not self._is_table(one, own):
                self.read(self._without_type(one, own), own, inside)

    def _without_type(self, node: ast.expr, own: frozenset[str]) -> ast.expr:
        """What is left to be read of what is compared: the x in `type(x)`, and in a set of such."""
        if isinstance(node, ast.SetComp):
            return ast.SetComp(self._without_type(node.elt, own), node.generators)
        return self._asked_type(node, own) or node

    def _is_only_one(self, node: ast.expr, own: frozenset[str]) -> bool:
        """Whether there are no two equal objects of this kind."""
        if isinstance(node, ast.Constant):
            return node.value is None or isinstance(node.value, bool)
        return self._asked_type(node, own) is not None

    def _tables_looked_at(self, node: ast.AST, own: frozenset[str]) -> set[ast.AST]:
        """Those parts of this node that are tables, which it only looks at."""
        parts: list[ast.expr]
        match node:
            case ast.Subscript(value=one, ctx=ast.Load()) | ast.For(iter=one):
                parts = [one]
            case ast.BinOp(left=one, right=other):  # of a list, set or dict, each operator makes a new one
                parts = [one, other]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join"), args=parts):
                pass
            case ast.Call(func=ast.Name(id=name), args=parts) if name in _COUNTING:
                # Of two arguments, max() returns one.
                if name in own or name in self._names or (len(parts) > 1 and name not in ("print", "zip")):
                    return set()
            case _:
                return set()
        return {part for part in parts if self._is_table(part, own)}

    def _is_table(self, node: ast.AST, own: frozenset[str]) -> bool:
        if not isinstance(node, ast.Name) or node.id in own or node.id not in self._names:
            return False
        return self._names[node.id].kind == TABLE

    def _read_function(self, node: ast.FunctionDef, own: frozenset[str], inside: bool) -> None:
        if node.decorator_list or getattr(node, "type_params", []):
            raise Unknown(f"a decorator, or a type parameter, of {node.name}")
        self._read_arguments(node.args, own, inside)
        self._read_at_definition(node.returns, own, inside)
        own |= scope_of(node).names
        self._read_all(node.body, own, True)

    def _read_lambda(self, node: ast.Lambda, own: frozenset[str], inside: bool) -> None:
        _refuse_assignments(node)
        self._read_arguments(node.args, own, inside)
        self.read(node.body, own | parameters(node.args), True)

    def _read_arguments(self, args: ast.arguments, own: frozenset[str], inside: bool) -> None:
        for default in (*args.defaults, *args.kw_defaults):
            # In a function, it is made anew at each call of that one; at the top level it lasts.
            if default is not None and not inside and (own or not self._is_fixed(default)):
                raise Unknown("a default that can be changed")
            self._read_at_definition(default, own, inside)
        for one in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
            self._read_at_definition(one.annotation if one else None, own, inside)

    def _is_fixed(self, node: ast.expr) -> bool:
        return Binder(self._names, None).is_fixed(node)

    def _read_at_definition(self, node: ast.expr | None, own: frozenset[str], inside: bool) -> None:
        if node is not None:
            _refuse_assignments(node)
            self.read(node, own, inside)

    def _read_annotated(self, node: ast.AnnAssign, own: frozenset[str], inside: bool) -> None:
        if not node.simple:
            raise Unknown("an annotation that does not make its name local")
        _refuse_assignments(node.annotation)
        # In a function it is not evaluated.
        self._read_all([node.target, node.value, None if inside else node.annotation], own, inside)

    def _read_assignment(self, node: ast.NamedExpr, own: frozenset[str], inside: bool) -> None:
        if not inside:
            raise Unknown(":=")  # it could stand where Binder does not look
        self.read(node.value, own, inside)

    def _read_class(self, node: ast.ClassDef, own: frozenset[str], inside: bool) -> None:
        """A class such as `class Refused(ValueError): pass`."""
        if inside or node.decorator_list or node.keywords or getattr(node, "type_params", []):
            raise Unknown(node.name)
        for one in node.bases:
            if not (isinstance(one, ast.Name) and one.id in harmless.CATCHING and self._is_pythons(one.id, own)):
                self.read(one, own, inside)
                if not self._is_fixed(one):
                    raise Unknown(node.name)
        if not all(isinstance(statement, ast.Pass) or _is_docstring(statement) for statement in node.body):
            raise Unknown(node.name)

    def _read_import(self, node: ast.Import | ast.ImportFrom, own: frozenset[str], inside: bool) -> None:
        if inside:
            raise Unknown("an import in a function")  # at the top level, Binder has seen to it

    def _read_class_pattern(self, node: ast.MatchClass, own: frozenset[str], inside: bool) -> None:
        if not harmless.ATTRIBUTES.issuperset(node.kwd_attrs):
            raise Unknown("a pattern's attribute")
        self._read_all([node.cls, *node.patterns, *node.kwd_patterns], own, inside)

    def _read_comprehension(self, node: Any, own: frozenset[str], inside: bool) -> None:
        _refuse_assignments(node)
        for generator in node.generators:  # the first one is evaluated outside, where the targets are not bound yet
            if not self._is_table(generator.iter, own):
                self.read(generator.iter, own, inside)
            if generator.is_async:
                raise Unknown("async")
            own |= frozenset(bound_in([generator.target]))
            self._read_all([generator.target, *generator.ifs], own, inside)
        made = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        self._read_all(made, own, inside)


def _is_plain_format(node: ast.expr) -> bool:
    """Whether this is a text to be formatted that reads no attributes and no items."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    fields = list(string.Formatter().parse(node.value))
    return all((name or "0").isidentifier() or (name or "0").isdigit() for _, name, _, _ in fields) and not any(
        "{" in (spec or "") for _, _, spec, _ in fields
    )


def _is_plain_pattern(node: ast.expr) -> bool:
    """Whether this is a pattern written out, and not nested so deep that reading it takes much of the stack."""
    return isinstance(node, ast.Constant) and str(node.value).count("(") <= _MOST_GROUPS


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _refuse_assignments(node: ast.AST) -> None:
    """Refuse `:=` in such a node, but for those in it: which name it binds there is not worth knowing."""
    if any(isinstance(one, ast.NamedExpr) for one in (node, *nodes_of_scope(ast.iter_child_nodes(node)))):
        raise Unknown(":=")
