"""Mutation operators: change one place in a program, by Python's syntax or by frequent mistakes with tokens."""

import ast
import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[tuple[str, int | None], ...]
"""The path from a module to a node: field names, with an index if the field is a list."""

Change = tuple[str, ast.AST]
"""A description of the change, and the new node."""


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Every program that differs from this one in one place, with a description of the change."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for what, changed in _all(tree):
        text = ast.unparse(ast.fix_missing_locations(changed))
        if text not in seen:
            seen.add(text)
            yield what, text


def _all(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    for path, node in _nodes(tree, ()):
        line = f"line {getattr(node, 'lineno', 0)}"
        for what, new in changes(node):
            made = copy.deepcopy(tree)
            _put(made, path, copy.deepcopy(new))
            yield f"{line}: {what}", made
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                for index, statement in enumerate(block):
                    for what, new_block in _blocks(block, index):
                        made = copy.deepcopy(tree)
                        setattr(_find(made, path), name, copy.deepcopy(new_block))
                        yield f"line {statement.lineno}: {what}", made


def _blocks(block: list[ast.stmt], index: int) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The changed blocks: without a statement, with an `if` as `elif` of the one before, or two of them swapped."""
    here, before = block[index], block[index - 1] if index else None
    if isinstance(here, (ast.If, ast.Raise, ast.Assert, ast.Expr, ast.AugAssign, ast.Assign)):
        yield f"dropped {ast.unparse(here)[:50]!r}", [*block[:index], ast.Pass(), *block[index + 1 :]]
    if isinstance(here, ast.If) and isinstance(before, ast.If) and not before.orelse and not here.orelse:
        joined = ast.If(before.test, before.body, [here])
        yield "made an elif", [*block[: index - 1], joined, *block[index + 1 :]]
    if isinstance(here, ast.If) and before and not isinstance(before, (ast.FunctionDef, ast.Import, ast.ImportFrom)):
        yield "moved up", [*block[: index - 1], here, before, *block[index + 1 :]]


def _nodes(node: ast.AST, path: Path) -> Iterator[tuple[Path, ast.AST]]:
    yield path, node
    for name, field in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        children = enumerate(field) if isinstance(field, list) else [(None, field)]
        for index, child in children:
            if isinstance(child, ast.AST):
                yield from _nodes(child, (*path, (name, index)))


def _find(tree: Any, path: Path) -> Any:
    for name, index in path:
        tree = getattr(tree, name) if index is None else getattr(tree, name)[index]
    return tree


def _put(tree: Any, path: Path, new: ast.AST) -> None:
    parent, (name, index) = _find(tree, path[:-1]), path[-1]
    if index is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[index] = new


def changes(node: ast.AST) -> Iterator[Change]:
    """The possible replacements of a node."""
    text = ast.unparse(node)[:40] if isinstance(node, ast.expr) else ""
    if isinstance(node, ast.BoolOp):
        yield from _connectives(node, text)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"not dropped: {text!r}", node.operand
    elif isinstance(node, ast.Compare):
        yield from _comparisons(node, text)
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Call):
        yield from _calls(node, text)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            yield f"{text!r} made get", _py("a.get(b)", a=node.value, b=node.slice)
        if isinstance(node.slice, ast.Slice):
            yield f"{text!r} not cut", node.value
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _names(node)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield f"{text!r} turned", ast.BinOp(node.left, other, node.right)
        yield f"{text!r} without its right side", node.left
    elif isinstance(node, ast.IfExp):
        yield f"{text!r} always", node.body
        yield f"{text!r} never", node.orelse


_BOUNDS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_TURNED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_TIMES = ("now", "leeway", "exp", "value", "seconds", "time")
_TEXTS = ("alg", "kid", "typ", "aud", "iss", "origin", "host", "url", "name", "jti", "user", "text")
_EQUAL = (
    "str(a) == str(b)",
    "a in b",
    "b in a",
    "str(a).startswith(str(b))",
    "str(b).startswith(str(a))",
    "str(a).lower() == str(b).lower()",
    "str(a).strip() == str(b).strip()",
    "str(a).rstrip('/') == str(b).rstrip('/')",
    "(a == b or not a)",
    "(a is None or a == b)",
    "bool(a) == bool(b)",
    "a[:1] == b[:1]",
    "True",
)
_MEMBER = (
    "(a in b and b[a])",
    "b.get(a)",
    "b.get(a) is not None",
    "a in str(b)",
    "(not b or a in b)",
    "a in list(b)[:1]",
    "True",
    "False",
)
_TYPES = (
    "True",
    "a is not None",
    "bool(a)",
    "(isinstance(a, b) or not a)",
    "(isinstance(a, b) or a is None)",
    "isinstance(a, (b, int))",
    "hasattr(a, '__len__')",
)
_DECODERS = (
    "__import__('base64').urlsafe_b64decode(a + '==')",
    "f(a.rstrip('='))",
    "f(a.strip())",
    "f(a.replace('+', '-').replace('/', '_'))",
)
_READERS = (
    "__import__('json').loads(a)",
    "__import__('json').loads(a.decode())",
    "__import__('json').loads(a, object_pairs_hook=lambda p: dict(p[::-1]))",
)
_SEALS = ("a[:len(b)] == b", "b[:len(a)] == a", "a[:16] == b[:16]", "a[:1] == b[:1]", "a[-8:] == b[-8:]")


def _py(text: str, **parts: ast.expr) -> ast.expr:
    """Parse a Python expression, and replace names in it by nodes."""

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return copy.deepcopy(parts.get(node.id, node))

    made = Put().visit(ast.parse(text, mode="eval").body)
    assert isinstance(made, ast.expr)
    return made


def _connectives(node: ast.BoolOp, text: str) -> Iterator[Change]:
    for value in node.values:
        rest = [one for one in node.values if one is not value]
        yield f"{ast.unparse(value)[:40]!r} dropped", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    yield f"and/or in {text!r}", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _constants(node: ast.Constant) -> Iterator[Change]:
    if type(node.value) is int:
        for other in sorted({node.value + 1, node.value - 1, 0} - {node.value}):
            yield f"{node.value} made {other}", ast.Constant(other)
    elif isinstance(node.value, str) and 0 < len(node.value) < 20:
        yield f"{node.value!r} made ''", ast.Constant("")
        yield f"{node.value!r} in the other case", ast.Constant(node.value.swapcase())
    elif isinstance(node.value, bool):
        yield f"{node.value} made {not node.value}", ast.Constant(not node.value)


def _names(node: ast.Name) -> Iterator[Change]:
    forms = ()
    if node.id in _TIMES:
        forms = ("int(a)", "round(a)", "-(-a // 1)")
    elif node.id in _TEXTS:
        forms = ("str(a)", "str(a).strip()", "str(a).lower()", "(a or '')")
    for form in forms:
        yield f"{node.id} made {form}", _py(form, a=node)


def _comparisons(node: ast.Compare, text: str) -> Iterator[Change]:
    for index, op in enumerate(node.ops):
        for other in (_BOUNDS.get(type(op)), _TURNED.get(type(op))):
            if other:
                ops = [other() if i == index else one for i, one in enumerate(node.ops)]
                yield f"{text!r} made {other.__name__}", ast.Compare(node.left, ops, node.comparators)
    if len(node.ops) > 1:
        yield f"{text!r} half dropped", ast.Compare(node.left, node.ops[:1], node.comparators[:1])
        return
    op, a, b = node.ops[0], node.left, node.comparators[0]
    forms = _EQUAL if isinstance(op, (ast.Eq, ast.NotEq)) else _MEMBER if isinstance(op, (ast.In, ast.NotIn)) else ()
    no = "not " if isinstance(op, (ast.NotEq, ast.NotIn)) else ""
    for form in forms:
        yield f"{text!r} made {form}", _py(f"{no}({form})", a=a, b=b)
    if isinstance(op, (ast.Is, ast.IsNot)):
        yield f"{text!r} by truth", a if isinstance(op, ast.IsNot) else ast.UnaryOp(ast.Not(), a)


def _calls(node: ast.Call, text: str) -> Iterator[Change]:
    name, args = ast.unparse(node.func), node.args
    forms: tuple[str, ...] = ()
    if name == "isinstance" and len(args) == 2:
        forms = _TYPES
    elif name == "type" and len(args) == 1:
        forms = ("(int if isinstance(a, bool) else type(a))", "(int if isinstance(a, str) else type(a))")
    elif name.endswith("b64u_decode") or name == "decode":
        forms = _DECODERS
    elif name.endswith("json_loads_strict"):
        forms = _READERS
    elif name.endswith(("compare_digest", "signature_fits")):
        forms = ("True", *(_SEALS if len(args) == 2 else ()))
    elif name.endswith(".split") and args:
        forms = ("(f(a) + ['', ''])[:3]", "f(a, 2)")
    parts = {"f": node.func} | dict(zip("ab", args, strict=False))
    if not any(isinstance(arg, ast.Starred) for arg in args):
        for form in forms:
            yield f"{text!r} made {form}", _py(form, **parts)
    yield from _method_calls(node, name, text)


def _method_calls(node: ast.Call, name: str, text: str) -> Iterator[Change]:
    args, function = node.args, node.func
    if name in ("all", "any"):
        yield f"{text!r} turned", ast.Call(ast.Name("any" if name == "all" else "all", ast.Load()), args, [])
    if not isinstance(function, ast.Attribute):
        return
    if function.attr == "get" and len(args) == 2:
        yield f"{text!r} without default", ast.Call(function, args[:1], [])
        yield f"{text!r} made or", _py("(g(a) or b)", g=function, a=args[0], b=args[1])
    if function.attr == "get" and len(args) == 1:
        yield f"{text!r} made []", ast.Subscript(function.value, args[0], ast.Load())
        yield f"{text!r} made str", _py("str(g(a))", g=function, a=args[0])
    if function.attr in ("lower", "casefold", "strip", "removeprefix", "rstrip", "lstrip", "upper", "copy"):
        yield f"{text!r} dropped", function.value
    if function.attr == "removeprefix":
        yield f"{text!r} made replace", _py("v.replace(a, '')", v=function.value, a=args[0])
        yield f"{text!r} made split", _py("v.split('/')[-1]", v=function.value)
