"""docs/ARCHITECTURE.md: its lists of the rooms are the files that there are."""

import re
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
GRADER = REPO / "grader"
TEXT = (REPO / "docs" / "ARCHITECTURE.md").read_text("utf-8")
HOUSE = "The house itself"


def listed() -> dict[str, list[str]]:
    """For each room the first column of its table."""
    rooms = re.search(r"<!-- rooms.*?-->(.*)<!-- /rooms -->", TEXT, re.DOTALL)
    assert rooms is not None
    parts = re.split(r"^\*\*(.+?)\*\*$", rooms[1], flags=re.MULTILINE)[1:]
    tables = dict(zip(parts[::2], parts[1::2], strict=True))
    first = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
    return {title.split("/")[0].strip("`"): first.findall(table) for title, table in tables.items()}


def modules(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.py")} - {"__init__.py"}


def test_every_room_is_described() -> None:
    assert set(listed()) == {HOUSE} | {path.parent.name for path in GRADER.glob("*/__init__.py")}


def test_every_file_of_a_room_is_in_its_list_once_and_no_other() -> None:
    for room, names in listed().items():
        files = [name for name in names if not name.endswith("/")]
        assert sorted(files) == sorted(modules(GRADER if room == HOUSE else GRADER / room)), room


def test_every_module_of_interop_is_named() -> None:
    assert not [name for name in modules(REPO / "interop") - {"__main__.py"} if f"`{name}`" not in TEXT]


def test_the_floors_are_those_of_the_imports_test() -> None:
    source = (REPO / "tests" / "grader" / "test_imports.py").read_text("utf-8")
    floors = re.search(r"^FLOORS = \((.*?)^\)", source, re.MULTILINE | re.DOTALL)
    drawn = re.search(r"From\s+the\s+top:\n\n((?: {4}.+\n)+)", TEXT)
    assert floors is not None
    assert drawn is not None
    wanted = [set(re.findall(r'"(\w+)"', line)) for line in floors[1].strip().splitlines()]
    shown = [set(re.findall(r"\w+", line.partition("(")[0])) for line in drawn[1].splitlines()]
    assert shown == wanted[::-1]
