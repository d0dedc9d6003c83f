"""Who imports whom, and what an import loads."""

import ast
from pathlib import Path

import pytest
from grader_helpers import REPO, python

HEAVY = {"nbgrader", "nbformat", "matplotlib", "IPython", "jupytext", "cryptography", "flask", "click", "rich", "jwt"}


def loaded_by(statement: str) -> set[str]:
    out = python(f"import sys\n{statement}\nprint(*sys.modules)")
    return set(out.split())


def test_import_grader_is_light() -> None:
    packages = {name.split(".")[0] for name in loaded_by("import grader")}
    assert not packages & (HEAVY | {"jwt_from_scratch"})
    assert "grader.lesson" not in loaded_by("import grader")


def test_check_loads_no_more_than_it_needs() -> None:
    packages = {name.split(".")[0] for name in loaded_by("from grader import check, hint, progress")}
    assert not packages & (HEAVY - {"cryptography"})


def test_the_reference_module_stands_alone() -> None:
    packages = {name.split(".")[0] for name in loaded_by("import jwt_from_scratch")}
    assert not packages & ((HEAVY - {"cryptography"}) | {"grader"})


def test_help_loads_nothing_heavy() -> None:
    packages = {name.split(".")[0] for name in loaded_by("import grader.cli")}
    assert not packages & (HEAVY - {"click"})


def test_the_learners_process_holds_no_checks() -> None:
    """What the child loads before it hides the rest: no exercise, no engine beyond its own, no report."""
    names = {name for name in loaded_by("import grader.engine.child") if name.split(".")[0] == "grader"}
    allowed = {"grader", "grader.calling", "grader.values", "grader.engine"}
    assert names <= allowed | {"grader.engine.child", "grader.engine.frames", "grader.engine.shell"}


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


ROOMS = ("checks", "engine", "likeness", "outputs", "run", "classroom", "gradescope", "receipts", "cli")


def room(module: str) -> str:
    """The room of the house that a module is in."""
    parts = module.split(".")
    if parts[0] != "grader":
        return parts[0]
    # __main__ is the command too: it only adds a word for those who lack its packages.
    name = parts[1] if len(parts) > 1 else "grader"
    if parts[1:] == ["__main__"] or name in ("cli_pipeline", "ending"):
        return "cli"
    return name if name in ROOMS else "grader"


@pytest.mark.parametrize(("name", "file"), modules("jwt_from_scratch"), ids=lambda value: str(value)[-40:])
def test_jwt_from_scratch_never_imports_the_grader(name: str, file: Path) -> None:
    assert not any(one.split(".")[0] == "grader" for one in imported(file, name.rpartition(".")[0]))


TOPS = {"classroom", "gradescope", "receipts", "cli"}
ABOVE = {
    "checks": {"engine", "likeness", "outputs", "run"} | TOPS,
    "engine": {"likeness", "outputs", "run"} | TOPS,
    "likeness": {"outputs", "run"} | TOPS,
    "outputs": {"run"} | TOPS,
    "run": TOPS,
    "classroom": TOPS - {"classroom"},
    "gradescope": TOPS - {"gradescope"},
    "receipts": TOPS - {"receipts"},
    "grader": {"engine", "likeness", "outputs", "run"} | TOPS,
    "cli": set(),
}


@pytest.mark.parametrize(("name", "file"), modules("grader"), ids=lambda value: str(value)[-40:])
def test_imports_run_one_way(name: str, file: Path) -> None:
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    used = {room(one) for one in imported(file, package.removesuffix(".__init__"))}
    assert not used & ABOVE[room(name)], name


def test_the_checks_import_no_lesson_course_or_report_either() -> None:
    for name, file in modules("grader"):
        if room(name) == "checks":
            used = imported(file, name.rpartition(".")[0])
            bad = {"grader.lesson", "grader.course", "grader.report", "grader.build", "grader.start", "grader.scores"}
            assert not used & bad, name


def test_no_pickle_marshal_or_shelve_anywhere() -> None:
    for package in ("grader", "jwt_from_scratch"):
        for name, file in modules(package):
            used = {one.split(".")[0] for one in imported(file, name.rpartition(".")[0])}
            assert not used & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}, name
