"""Which names a cell's code gives a meaning to. The code is read and never run."""

import ast
import re
import symtable
import warnings

_CODE_MAGICS = ("time", "capture", "prun")
"""Cell magics whose cell is code that runs in the notebook; another's is a file, a shell script or a web page."""
_MAGIC_LINE = re.compile(r"^(\s*)[%!?].*$|^(\s*)\S.*\?\s*$", re.MULTILINE)
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def defined_names(source: str) -> list[str]:
    """The functions and classes that a cell's code defines at its top level; none if it does not parse."""
    return [node.name for node in _statements(source) if isinstance(node, _DEFINITIONS)]


def bound_names(source: str) -> set[str]:
    """Every name to which a cell's code may give a meaning: by a definition, an assignment or an import, in an if, too.

    An import of "*" names none; a cell that does not parse has none.
    """
    names: set[str] = set()
    left: list[ast.AST] = list(_statements(source))
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
    return names


def read_names(source: str) -> set[str]:
    """Every name that a cell's code looks up in the notebook, in its functions, too; their own names do not count."""
    with warnings.catch_warnings(action="ignore"):
        tables = [symtable.symtable(_python(source), "cell", "exec")]
    names: set[str] = set()
    while tables:
        table = tables.pop()
        top = table.get_type() == "module"
        names |= {one.get_name() for one in table.get_symbols() if one.is_referenced() and (top or one.is_global())}
        tables += table.get_children()
    return names


def _statements(source: str) -> list[ast.stmt]:
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(_python(source)).body


def _python(source: str) -> str:
    """The code as plain Python; "" if there is no reading it."""
    with warnings.catch_warnings(action="ignore"):  # of what a learner wrote, such as "\d" in a plain string
        for text in (source, _without_magics(source)):
            try:
                ast.parse(text)
                symtable.symtable(text, "cell", "exec")
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            return text
    return ""


def _without_magics(source: str) -> str:
    """The code without what only IPython understands: `%%time`, `%matplotlib inline`, `!ls`, `print?`."""
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        source = rest if first[2:].split(" ")[0].strip() in _CODE_MAGICS else ""
    return _MAGIC_LINE.sub(lambda found: f"{found[1] or found[2] or ''}pass", source)
