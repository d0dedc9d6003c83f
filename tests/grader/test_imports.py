"""Who imports whom, and what an import loads."""

import ast
import graphlib
import re
from pathlib import Path

import pytest

from grader.inside import values
from tests.grader.helpers import REPO, python

HEAVY = {"nbgrader", "nbformat", "matplotlib", "IPython", "jupytext", "cryptography", "flask", "click", "rich", "jwt"}


def loaded_by(statement: str) -> set[str]:
    out = python(f"import sys\n{statement}\nprint(*sys.modules)")
    return set(out.split())


def test_import_grader_is_light() -> None:
    packages = {name.split(".")[0] for name in loaded_by("import grader")}
    assert not packages & (HEAVY | {"jwt_from_scratch"})
    assert "grader.learner.lesson" not in loaded_by("import grader")


def test_check_loads_no_more_than_it_needs() -> None:
    packages = {name.split(".")[0] for name in loaded_by("from grader import check, hint, progress")}
    assert not packages & (HEAVY - {"cryptography"})


def test_the_reference_module_stands_alone() -> None:
    packages = {name.split(".")[0] for name in loaded_by("import jwt_from_scratch")}
    assert not packages & ((HEAVY - {"cryptography"}) | {"grader"})


def test_help_loads_nothing_heavy() -> None:
    packages = {name.split(".")[0] for name in loaded_by("import grader.cli.main")}
    assert not packages & (HEAVY - {"click"})


def test_the_learners_process_holds_no_checks() -> None:
    """What the child loads before it hides the rest: no exercise, no engine beyond its own, no report."""
    names = {name for name in loaded_by("import grader.inside.child") if name.split(".")[0] == "grader"}
    inside = (
        "again",
        "answering",
        "aside",
        "calling",
        "chance",
        "child",
        "confine",
        "elsewhere",
        "frames",
        "limit",
        "linux",
        "replaced",
        "reach",
        "series",
        "shell",
        "values",
    )
    assert names <= {"grader", "grader.inside", *(f"grader.inside.{name}" for name in inside)}


def imported(path: Path, package: str) -> set[str]:
    """The modules that a file imports anywhere in it, relative ones made absolute."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def modules(package: str) -> list[tuple[str, Path]]:
    files = sorted((REPO / package).rglob("*.py"))
    return [(".".join(file.relative_to(REPO).with_suffix("").parts), file) for file in files]


FLOORS = (
    ("jwt_from_scratch", "errors"),
    ("files", "isolated", "refusals", "student", "terminal"),
    ("inside",),
    ("judging",),
    ("checks",),
    ("course",),
    ("learner", "reports"),
    ("lms",),
    ("engine",),
    ("batch",),
    ("classroom", "gradescope", "receipts"),
    ("lti", "site"),
    ("cli",),
)
"""The rooms, from the lowest floor: each imports only what is below it. Rooms of one floor do not import each other."""
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
DOORS = {"grader", "grader.__main__"}
"""The package's entry points, which may import the lessons' functions and the command."""


def room(module: str) -> str:
    """The room that a module is in: its folder, or the file itself if it is in no room."""
    parts = module.split(".")
    return parts[1] if parts[0] == "grader" and len(parts) > 1 else parts[0]


@pytest.mark.parametrize(("name", "file"), modules("jwt_from_scratch"), ids=lambda value: str(value)[-40:])
def test_jwt_from_scratch_never_imports_the_grader(name: str, file: Path) -> None:
    assert not any(one.split(".")[0] == "grader" for one in imported(file, name.rpartition(".")[0]))


@pytest.mark.parametrize(("name", "file"), modules("grader"), ids=lambda value: str(value)[-40:])
def test_imports_run_one_way(name: str, file: Path) -> None:
    package = name.removesuffix(".__init__")
    if package in DOORS:
        return
    here = room(name)
    found = imported(file, package if package != name else name.rpartition(".")[0])
    used = {room(one) for one in found if one.split(".")[0] in ("grader", "jwt_from_scratch")}
    above = {other for other in used - {here} if FLOOR_OF.get(other, -1) >= FLOOR_OF[here]}
    assert not above, name


def test_each_room_has_its_floor() -> None:
    assert {room(name) for name, _ in modules("grader")} - {"__init__", "__main__"} <= set(FLOOR_OF)


@pytest.mark.parametrize("package", ["jwt_from_scratch", "grader"])
def test_no_imports_run_in_a_circle(package: str) -> None:
    """Not even for types. The package's entry points import on demand."""
    files = {name.removesuffix(".__init__"): (name, file) for name, file in modules(package)}
    graph = {}
    for short, (name, file) in files.items():
        used = {one for one in imported(file, name.rpartition(".")[0]) if one in files} - {short}
        # `from . import kit` is about kit, and not about the package that it is in.
        graph[short] = {one for one in used if not any(other.startswith(f"{one}.") for other in used)}
    for door in DOORS:
        graph.pop(door, None)
    graphlib.TopologicalSorter(graph).prepare()


def test_no_pickle_marshal_or_shelve_anywhere() -> None:
    for package in ("grader", "jwt_from_scratch"):
        for name, file in modules(package):
            used = {one.split(".")[0] for one in imported(file, name.rpartition(".")[0])}
            # What `marshal` writes is only compared there; see the next test.
            allowed = {"marshal"} if name == "grader.inside.values" else set()
            assert not used & {"pickle", "marshal", "shelve", "dill", "cloudpickle"} - allowed, name


def test_what_is_written_to_be_compared_is_never_read() -> None:
    text = Path(values.__file__).read_text("utf-8")
    assert re.findall(r"marshal\.(\w+)", text) == ["dumps"]
