"""Whether code can see where in memory an object lies, which depends on what was there before.

Two things show it: the text of a function, an iterator, a hash (`<function f at 0x7f...>`); and the order of a set, as
the hash of an exception, or of a nan, is its place. So a function and the like may only be used on the spot (called,
iterated over, compared, asked for an attribute), or get a name of which this is true; and a set may be asked what is in
it, but nobody may iterate over it. All else is plain: it may be put anywhere, and what is in it is plain, too.

It is for `stateless`, and reads what that has found harmless otherwise.
"""

import ast
import functools
import hashlib
import hmac
import itertools
import re
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from . import harmless
from .meanings import FIXED, TABLE, Meaning, Unknown, bound_in, live_value, names_bound_by, nodes_of_scope, scope_of

PLAIN, PLACE, VIEW, ORDER = range(4)
"""What a value is: plain; something whose text shows its place; a dict's keys or items, of which operators make sets; a
set."""

_SETS = (ast.Sub, ast.BitAnd, ast.BitOr, ast.BitXor)
_GIVE = {
    **dict.fromkeys(("enumerate", "filter", "iter", "map", "object", "reversed", "zip"), PLACE),
    **dict.fromkeys(("frozenset", "set"), ORDER),
}
"""Python's own functions that give something that is not plain."""
_TAKE_ANY = frozenset(("bool", "callable", "hasattr", "len", "print", "type"))
"""Python's own functions that give nothing back of what they are given. What is printed, no code reads."""
_ITERATE = frozenset(
    ("all", "any", "bytes", "bytearray", "dict", "enumerate", "list", "next", "reversed", "sum", "tuple")
)
"""Python's own functions that only iterate over their first argument."""
_HASHES = {getattr(hashlib, name) for name in dir(hashlib) if re.match("new|md5|sha|blake", name)}
_GIVERS = frozenset(
    (
        *_HASHES,
        *(hmac.new, hmac.HMAC, re.finditer, struct.iter_unpack, zlib.compressobj, zlib.decompressobj),
        *(ec.generate_private_key, ec.derive_private_key, ec.get_curve_for_oid, rsa.generate_private_key),
    )
)
"""Functions of modules that give something that is not plain; types tell it by their repr."""
_GIVING = {
    **dict.fromkeys(("curve", "finditer", "iterencode", "scanner"), PLACE),
    **dict.fromkeys(("public_key", "public_numbers", "generate_key", "from_encoded_point", "from_public_bytes"), PLACE),
    **dict.fromkeys(("union", "intersection", "difference", "symmetric_difference"), ORDER),
    **dict.fromkeys(("keys", "items"), VIEW),
}
"""Methods that give something that is not plain."""
_OF_SETS = frozenset(
    (
        *("add", "clear", "copy", "discard", "isdisjoint", "issubset", "issuperset", "remove", "update"),
        *("union", "intersection", "difference", "symmetric_difference"),
        *("intersection_update", "difference_update", "symmetric_difference_update"),
    )
)
"""What a set may be asked for: not to pop."""
_FILLING = frozenset(("add", *(name for name in _OF_SETS if name.endswith("update"))))
_WITH_KEYS = ("decrypt", "encrypt", "exchange", "private_bytes", "public_bytes", "sign", "verify")
"""Methods that are given hashes and keys, and return bytes."""
_MOST_READINGS = 20
"""How often code is read, as the names in it become known."""
_WITH_PLACE: Any = object.__repr__
"""The text of an object of a class that has no other."""
_HOOKS = ("default", "object_hook", "object_pairs_hook", "parse_constant", "parse_float", "parse_int")


class Places:
    """Reads code, and raises Unknown where it could see a place.

    Args:
        names: what each name means that is bound at the top level.
    """

    def __init__(self, names: dict[str, Meaning]) -> None:
        self._names = names
        self._shown: dict[str, int] = {}  # what the names at the top level hold, if it is not plain
        self._shown_in: dict[ast.FunctionDef, dict[str, int]] = {}  # the same in a function and those in it
        self._here = self._shown
        self._own: frozenset[str] = frozenset()  # names that are bound in that function
        self._gives: dict[str, int] = {}  # what functions and classes give, by their names, wherever they are
        self._bound: frozenset[str] = frozenset()  # names that are bound anywhere, but by imports
        self._function, self._is_generator = "", False
        self._again = True
        self._known: dict[ast.AST | None, int] = {}
        self._are_put_away = self._are_filled = False  # sets that are written out, perhaps

    def with_names(self, names: dict[str, Meaning]) -> "Places":
        """Another that has read the same, and goes on with these names."""
        other = Places(names)
        other._shown.update(self._shown)
        other._gives.update(self._gives)
        other._bound = self._bound
        other._are_put_away, other._are_filled = self._are_put_away, self._are_filled
        return other

    def read_ours(self, statements: Sequence[ast.stmt]) -> None:
        """The same for a lesson's own cells, of which what shows places is noted as such."""
        noted = None
        while noted != (noted := (dict(self._shown), dict(self._gives))):
            for one in statements:
                try:
                    self.read_all([one])
                except Unknown:
                    self._here, self._own, self._function, self._is_generator = self._shown, frozenset(), "", False
                    for name in bound_in([one]):
                        self._shown[name], self._gives[name] = PLACE, ORDER

    def read_all(self, statements: Sequence[ast.stmt]) -> None:
        """Read statements of the top level.

        Raises:
            Unknown: they could see a place.
        """
        self._bound |= {name for one in statements for part in ast.walk(one) for name in _names_in(part)}
        for _ in range(_MOST_READINGS):
            self._again, self._known = False, {}
            for one in statements:
                self._read(one)
            if not self._again:
                break
        if self._again or (self._are_put_away and self._are_filled):
            raise Unknown("a set put where it is lost sight of, and filled; or too much to follow")

    def _read(self, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef():
                self._read_function(node)
            case ast.ClassDef(name=name, bases=bases):
                self._note_giving(name, PLAIN if bases and all(map(self._is_error, bases)) else ORDER)
            case ast.Import() | ast.ImportFrom():
                self._read_import(node)
            case ast.Assign(targets=targets, value=value):
                self._assign(targets, value)
            case ast.AnnAssign(target=target, value=value):
                self._assign([target], value)
            case ast.AugAssign(target=target, op=op, value=value):
                held = self._held_by(target.id) if isinstance(target, ast.Name) else PLAIN
                kind = self._combined(op, self._kind(value), held)
                self._are_filled |= held == PLAIN != kind
                self._bind(target, kind)
            case ast.Return(value=value):
                if self._is_generator:  # an error holds it
                    self._want_plain(value)
                self._note_giving(self._function, self._kind(value))
            case ast.For(iter=value, target=target):
                self._iterate(value)
                self._bind(target, PLAIN)
            case ast.With(items=items):
                for item in items:
                    self._kind(item.context_expr)
                    if item.optional_vars:
                        self._bind(item.optional_vars, PLACE)
            case ast.Assert(test=test, msg=message):
                self._kind(test)
                self._want_plain(message)
            case ast.Match(subject=subject):
                self._want_plain(subject)
            case ast.MatchClass(kwd_attrs=names):
                if not harmless.METHODS.isdisjoint(names):
                    raise Unknown("a method, by a pattern")
            case ast.ExceptHandler(type=ast.expr() as one):
                self._ask(one)
            case ast.TryStar():
                raise Unknown("a group's errors")
            case ast.expr():
                self._kind(node)
        if not isinstance(node, ast.expr | ast.FunctionDef | ast.ClassDef):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.stmt | ast.excepthandler | ast.match_case | ast.pattern):
                    self._read(part)
                elif isinstance(node, ast.If | ast.While | ast.Expr | ast.Raise | ast.Delete | ast.match_case):
                    self._kind(part)

    def _read_import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                live = harmless.imported(node.module or "", alias.name)
                given = ORDER if live is None else _given_by(live)
                self._note(alias.asname or alias.name, PLACE if given else PLAIN)
                self._note_giving(alias.asname or alias.name, given)

    def _read_function(self, node: ast.FunctionDef) -> None:
        self._note(node.name, PLACE)
        before = self._here, self._own, self._function, self._is_generator
        self._is_generator = scope_of(node).yields
        self._note_giving(node.name, PLACE if self._is_generator else PLAIN)
        self._want_plain(*node.args.defaults, *node.args.kw_defaults)
        if self._here is self._shown:
            self._here = self._shown_in.setdefault(node, {})
            self._own = scope_of(node).names
        self._function = node.name
        for one in node.body:
            self._read(one)
        self._here, self._own, self._function, self._is_generator = before

    def _note(self, name: str, kind: int) -> None:
        if kind > self._here.get(name, PLAIN):
            self._here[name], self._again = kind, True

    def _note_giving(self, name: str, kind: int) -> None:
        if kind > self._gives.get(name, -1):
            self._gives[name], self._again = kind, True

    def _held_by(self, name: str) -> int:
        return max(self._here.get(name, PLAIN), PLAIN if name in self._own else self._shown.get(name, PLAIN))

    def _assign(self, targets: list[ast.expr], value: ast.expr | None) -> None:
        kind = self._kind(value)
        if kind == ORDER and self._here is self._shown and _is_written_out(value):
            held = {self._names[one.id].kind for one in targets if isinstance(one, ast.Name)}
            if held <= {FIXED, TABLE}:
                kind, self._are_put_away = PLAIN, True
        for target in targets:
            self._bind(target, kind)
            if kind and value and isinstance(target, ast.Name):
                self._note_giving(target.id, self._given(value))

    def _bind(self, target: ast.expr, kind: int) -> None:
        if isinstance(target, ast.Name):
            self._note(target.id, kind)
        elif isinstance(target, ast.Tuple | ast.List | ast.Starred) and kind != ORDER:
            for part in ast.iter_child_nodes(target):
                if isinstance(part, ast.expr):
                    self._bind(part, PLAIN)
        elif kind != PLAIN:
            raise Unknown("a place, or a set, put where it is lost sight of")
        else:
            self._kind(target)

    # -- what expressions are -----------------------------------------------------------------------------------------

    def _want_plain(self, *nodes: ast.expr | None) -> None:
        for node in nodes:
            if self._kind(node) != PLAIN:
                if not _is_written_out(node):
                    raise Unknown("a place, or a set, put where it is lost sight of")
                self._are_put_away = True

    def _iterate(self, node: ast.expr) -> None:
        if self._kind(node) == ORDER and not _is_written_out(node):
            raise Unknown("the order of a set")

    def _kind(self, node: ast.AST | None) -> int:
        if node not in self._known:
            self._known[node] = self._find_kind(node)
        return self._known[node]

    def _find_kind(self, node: ast.AST | None) -> int:
        match node:
            case ast.Name():
                return PLAIN if isinstance(node.ctx, ast.Store | ast.Del) else self._kind_of_name(node.id)
            case ast.Attribute():
                return self._kind_of_attribute(node)
            case ast.Call():
                return self._kind_of_call(node)
            case ast.Lambda(args=args, body=body):
                if any(isinstance(one, ast.Yield | ast.YieldFrom) for one in nodes_of_scope([body])):
                    raise Unknown("yield")
                self._want_plain(body, *args.defaults, *args.kw_defaults)
                return PLACE
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self._kind_of_comprehension(node)
            case ast.BoolOp(values=parts):
                return max(map(self._kind, parts))
            case ast.IfExp(test=test, body=one, orelse=other):
                self._kind(test)
                return max(self._kind(one), self._kind(other))
            case ast.NamedExpr(target=target, value=value):
                self._assign([target], value)
                return self._kind(value)
            case ast.Compare(left=left, comparators=others):
                for one in (left, *others):
                    self._ask(one)
                return PLAIN
            case ast.UnaryOp(op=ast.Not(), operand=one):
                self._kind(one)
                return PLAIN
            case ast.BinOp(left=one, op=op, right=other):
                return self._combined(op, self._kind(one), self._kind(other))
            case ast.Subscript(value=one, slice=index):
                self._want_plain(one, index)
                return PLAIN
            case ast.Starred(value=one) | ast.YieldFrom(value=one):
                self._iterate(one)
                return PLAIN
        self._want_plain(*(part for part in ast.iter_child_nodes(node or ast.Pass()) if isinstance(part, ast.expr)))
        return ORDER if isinstance(node, ast.Set) else PLAIN

    def _combined(self, op: ast.operator, one: int, other: int) -> int:
        if one == other == PLAIN:
            return PLAIN
        if PLACE in (one, other) or not isinstance(op, _SETS):
            raise Unknown("a place, or a set, in a calculation")
        return ORDER

    def _kind_of_comprehension(self, node: Any) -> int:
        for generator in node.generators:
            self._iterate(generator.iter)
            for one in generator.ifs:
                self._kind(one)
        self._want_plain(*((node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)))
        return ORDER if isinstance(node, ast.SetComp) else PLACE if isinstance(node, ast.GeneratorExp) else PLAIN

    def _ask(self, node: ast.expr) -> None:
        """What is compared, or a type that is asked about."""
        for one in node.elts if isinstance(node, ast.Tuple) else (node,):
            self._kind(one)

    def _kind_of_name(self, name: str) -> int:
        if held := self._held_by(name):
            return held
        return PLACE if self._given_by_name(name) else PLAIN

    def _kind_of_attribute(self, node: ast.Attribute) -> int:
        live = live_value(node, self._names, self._own)
        if live is not None:
            return PLACE if self._given(node) else PLAIN
        self._given_by_method(node)
        return PLACE if node.attr in harmless.METHODS or node.attr in _GIVING else PLAIN

    # -- what calls give ----------------------------------------------------------------------------------------------

    def _given_by_name(self, name: str) -> int:
        given = self._gives.get(name, ORDER if self._held_by(name) else PLAIN)
        if name in self._own:
            return given
        if name in self._names:
            return max(given, _given_by(self._names[name].live))
        return max(given, _GIVE.get(name, PLAIN))

    def _given_by_method(self, node: ast.Attribute) -> int:
        owner = self._kind(node.value)
        if owner == ORDER and node.attr not in _OF_SETS:
            raise Unknown("the order of a set")
        self._are_filled |= owner != ORDER and node.attr in _FILLING
        return owner if node.attr == "copy" else _GIVING.get(node.attr, PLAIN)

    def _given(self, function: ast.expr) -> int:
        """What a call of this gives."""
        if isinstance(function, ast.Name):
            return self._given_by_name(function.id)
        if isinstance(function, ast.Attribute):
            live = live_value(function, self._names, self._own)
            if live is not None:
                return max(_given_by(live), _GIVING.get(function.attr, PLAIN))
            return self._given_by_method(function)
        return PLAIN if self._kind(function) == PLAIN or isinstance(function, ast.Lambda) else ORDER

    def _call_back(self, node: ast.expr) -> None:
        """A function that is called by what it is given to."""
        if self._kind(node) != PLAIN and self._given(node) != PLAIN:
            raise Unknown("a function that gives a place, or a set, to one that calls it")

    def _kind_of_call(self, node: ast.Call) -> int:
        live = live_value(node.func, self._names, self._bound)
        if live in (itertools.tee, itertools.groupby):
            raise Unknown("iterators in something else")
        given = self._given(node.func)
        keywords = {one.arg: one.value for one in node.keywords}
        if isinstance(node.func, ast.Name) and live is None and self._is_pythons(node.func.id):
            self._read_arguments_of_pythons(node.func.id, node.args, keywords)
        elif live in _GIVERS or _is_of_cryptography(live):
            self._want_plain(*(one for one in (*node.args, *keywords.values()) if not self._is_hash_or_key(one, live)))
        else:
            calling = _HOOKS if live is not None else ("key",) if _is_method(node.func, ("sort",)) else ()
            self._read_arguments(node, live, [keywords.pop(name) for name in calling if name in keywords])
            self._want_plain(*keywords.values())
        return given

    def _is_hash_or_key(self, node: ast.expr, live: Any) -> bool:
        """Whether this may be given to a function of a module, which gives nothing back of it."""
        if _is_of_cryptography(live):
            return self._kind(node) == PLACE and not isinstance(node, ast.Lambda | ast.GeneratorExp)
        return live_value(node, self._names, self._bound) in _HASHES

    def _is_pythons(self, name: str) -> bool:
        return name not in self._bound and name not in self._names

    def _read_arguments(self, node: ast.Call, live: Any, hooks: list[ast.expr]) -> None:
        args = node.args
        for one in hooks:
            self._call_back(one)
        if live is functools.reduce and len(args) > 1:
            self._call_back(args[0])
            self._iterate(args[1])
            args = args[2:]
        elif _is_method(node.func, _WITH_KEYS):
            args = [one for one in args if self._kind(one) != PLACE]
        elif isinstance(node.func, ast.Attribute) and live is None and self._kind(node.func.value) == ORDER:
            args = [one for one in args if self._kind(one) == PLAIN or node.func.attr in ("add", "discard", "remove")]
        elif _is_method(node.func, ("extend", "join", "update")) and len(args) == 1:
            self._iterate(args[0])
            args = []
        self._want_plain(*args)

    def _read_arguments_of_pythons(self, name: str, args: list[ast.expr], keywords: dict[str | None, ast.expr]) -> None:
        first, rest = args[:1], args[1:]
        if name in _TAKE_ANY:
            for one in (*args, *keywords.values()):
                self._kind(one)
            return
        if name in ("isinstance", "issubclass"):
            for one in args:
                self._ask(one)
        elif name in ("map", "filter"):
            for one in first:
                self._call_back(one)
            for one in rest:
                self._iterate(one)
        elif name == "zip":
            for one in args:
                self._iterate(one)
        elif name in ("set", "frozenset"):
            for one in args:
                self._kind(one)
        elif name in _ITERATE or (name in ("iter", "max", "min", "sorted") and len(args) == 1):
            for one in first:
                self._iterate(one)
            self._want_plain(*rest)
            if "key" in keywords and name in ("max", "min", "sorted"):
                self._call_back(keywords.pop("key"))
        else:
            self._want_plain(*args)
        self._want_plain(*keywords.values())

    def _is_error(self, base: ast.expr) -> bool:
        if isinstance(base, ast.Name) and (base.id in harmless.CATCHING or base.id in self._gives):
            return not self._gives.get(base.id)
        live = live_value(base, self._names, self._own)
        if live is None and isinstance(base, ast.Name):
            live = harmless.pythons(base.id)
        return isinstance(live, type) and issubclass(live, BaseException)


def _names_in(node: ast.AST) -> set[str]:
    """The names that a node binds by itself, or as a parameter."""
    if isinstance(node, ast.arg):
        return {node.arg}
    return set() if isinstance(node, ast.Import | ast.ImportFrom | ast.alias) else set(names_bound_by(node))


def _given_by(live: Any) -> int:
    if isinstance(live, type) and live not in harmless.REMEMBERING:
        return PLACE if live.__repr__ is _WITH_PLACE or _is_of_cryptography(live) else PLAIN
    return PLACE if live in _GIVERS else PLAIN


def _is_of_cryptography(live: Any) -> bool:
    if isinstance(live, type) and issubclass(live, BaseException):
        return False
    return (getattr(live, "__module__", None) or "").startswith("cryptography.")


def _is_method(function: ast.expr, names: Iterable[str]) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in names


def _is_written_out(node: ast.AST | None) -> bool:
    """Whether this is made of constants alone, so that its order depends on nothing else."""
    match node:
        case ast.Constant():
            return True
        case ast.Set(elts=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return all(map(_is_written_out, parts))
        case ast.Call(func=ast.Name(id="frozenset" | "set" | "tuple"), args=parts, keywords=[]):
            return all(map(_is_written_out, parts))
    return False
