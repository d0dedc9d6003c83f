"""The course as its masters and its checks describe it: chapters, cells, exercises, points.

A master is a lesson's source, MyST Markdown in `notebooks/source/`, without metadata. A cell's kind shows in its form:

    exercise   a code cell with `### BEGIN SOLUTION` … `### END SOLUTION`
    check      a code cell that is exactly `check("name")`
    setup      a code cell whose first line begins with `# setup`
    answer     a Markdown cell whose first line begins with `**Your answer`
    demo       every other code cell;  text: every other Markdown cell
"""

import functools
import hashlib
import importlib
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from .. import checks
from ..errors import CourseError
from .names import defined_names

EXERCISE, CHECK, SETUP, ANSWER, DEMO, TEXT = "exercise", "check", "setup", "answer", "demo", "text"
ANSWER_POINTS = 5
"""The maximum of a written answer. It is graded by hand and does not count among the course's points."""
TEXT_STUB = "**Your answer**\n\n*Double-click here and write, in your own words.*"
"""The student edition's text in the place of a written answer."""

_PACKAGE = Path(__file__).parent.parent
NOTEBOOKS = next(p for p in (_PACKAGE.parent / "notebooks", _PACKAGE / "notebooks") if p.is_dir())
"""The folder of the student editions; the masters are in its folder `source`. In a wheel it is inside the package."""

_CHECK_CELL = re.compile(r'check\("(\w+)"\)')


@dataclass(frozen=True)
class Cell:
    """One cell of a master.

    Attributes:
        kind: one of the constants above.
        name: the exercise's name, for an exercise and its check.
        id: the notebook cell's id. It derives from the name or the content, so inserting a cell changes no other id.
    """

    kind: str
    source: str
    id: str
    name: str = ""

    @property
    def is_code(self) -> bool:
        """Whether it is a code cell."""
        return self.kind not in (ANSWER, TEXT)


@dataclass(frozen=True)
class Chapter:
    """One lesson."""

    name: str
    title: str
    minutes: int
    cells: tuple[Cell, ...]

    @property
    def exercises(self) -> tuple[checks.Exercise, ...]:
        """Its exercises, in the order in which `grader.checks` lists them. A class's own version may lack some."""
        there = {cell.name for cell in self.cells if cell.kind == CHECK}
        return tuple(exercise for exercise in checks.exercises(self.name) if exercise.name in there)

    @property
    def points(self) -> int:
        """The sum of its exercises' points."""
        return sum(exercise.points for exercise in self.exercises)


def chapter_names() -> tuple[str, ...]:
    """The names of the chapters that have a master, in reading order."""
    return _names_in(NOTEBOOKS)


@functools.cache
def _names_in(notebooks: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in notebooks.glob("source/[0-9][0-9]_*.md")))


@functools.lru_cache(maxsize=1_000)
def lessons_named_in(text: str) -> tuple[str, ...]:
    """The lessons that a text names, in the course's order, whatever its capitals and what stands between its words."""
    return tuple(name for name in chapter_names() if pattern_of(name).search(text))


@functools.cache
def pattern_of(chapter: str) -> re.Pattern[str]:
    """How a lesson's name may be written."""
    return re.compile(r"[_\- ]+".join(map(re.escape, chapter.split("_"))), re.IGNORECASE)


def get_ready() -> None:
    """Import the packages that read a master; that takes longer than reading it."""
    load_lightly("jupytext")


def course() -> tuple[Chapter, ...]:
    """Every chapter, in reading order."""
    return tuple(chapter(name) for name in chapter_names())


@functools.cache
def chapter(name: str) -> Chapter:
    """Read one chapter's master.

    Raises:
        CourseError: the master is missing, or contradicts itself or its checks.
    """
    path = NOTEBOOKS / "source" / f"{name}.md"
    if not path.is_file():
        raise CourseError(f"{name}: there is no master {path}")
    return read_master(path.read_text("utf-8"), name)


def read_master(text: str, name: str) -> Chapter:
    """Parse a master's text.

    Raises:
        CourseError: the text contradicts itself or the chapter's checks.
    """
    jupytext = load_lightly("jupytext")
    exercises = {exercise.name: exercise.points for exercise in checks.exercises(name)}
    text = text.replace("{{ points }}", str(sum(exercises.values())))
    if re.search(r"\{\{\s*points\b", text):  # not any "{{": an f-string in a code cell may have two braces
        raise CourseError(f"{name}: the only placeholder is '{{{{ points }}}}', written just so")
    cells = _cells(jupytext.reads(text, fmt="md:myst").cells, name)
    _check_pairs(cells, list(exercises), name)
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    minutes = re.search(r"About\s+(\d+)\s+minutes", text)
    if not title or not minutes:
        raise CourseError(f"{name}: a master needs a title, '# …', and a line with 'About N minutes'")
    return Chapter(name, title[1], int(minutes[1]), cells)


def read_source(path: Path) -> Chapter:
    """Read a class's own version of a solved edition, from nbgrader's folder `source/`.

    Its points are the course's; a class's own points are in its gradebook.

    Raises:
        CourseError: it is not such a notebook. The text names it.
    """
    try:
        return _source(path.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{path}: not a lesson of this course ({type(error).__name__})") from None
    except CourseError as error:
        raise CourseError(f"{path}: {error}") from None


@functools.lru_cache(maxsize=64)  # one for all submissions
def _source(text: str) -> Chapter:
    notebook = json.loads(text)
    name = notebook["metadata"]["jwt_from_scratch"]["chapter"]
    raw = [SimpleNamespace(cell_type=one["cell_type"], source="".join(one["source"])) for one in notebook["cells"]]
    if name not in checks.chapters():
        raise CourseError(f"there are no checks for a chapter {name!r}")
    cells = _cells(raw, name)
    there = {cell.name for cell in cells if cell.kind in (EXERCISE, CHECK)}
    _check_pairs(cells, [one.name for one in checks.exercises(name) if one.name in there], name)
    return Chapter(name, name, 0, cells)


def _cells(raw: list[Any], name: str) -> tuple[Cell, ...]:
    seen: Counter[str] = Counter()
    kinds = [_kind(cell, name) for cell in raw]
    return tuple(
        Cell(kind, cell.source, _cell_id(kind, named, cell.source, name, seen), named)
        for cell, (kind, named) in zip(raw, kinds, strict=True)
    )


@functools.cache
def load_lightly(name: str) -> Any:
    """Import a package without optional imports of its own that take seconds and are not needed here.

    jsonschema would compile grammars of URLs, if those packages are installed, and read durations with a library of
    dates; jupytext would import jupyter_server. Without them a process that grades needs 10 MB less.
    """
    spared = {"rfc3987_syntax", "rfc3986_validator", "isoduration", "jupyter_server", "tornado"} - sys.modules.keys()
    sys.modules.update(dict.fromkeys(spared))  # type: ignore[arg-type]  # None makes an import fail
    try:
        return importlib.import_module(name)
    finally:
        for one in spared:
            del sys.modules[one]


def _kind(cell: Any, chapter_name: str) -> tuple[str, str]:
    source = cell.source
    if cell.cell_type != "code":
        return (ANSWER if source.startswith("**Your answer") else TEXT), ""
    if source.startswith("# setup"):
        return SETUP, ""
    if "### BEGIN SOLUTION" in source:
        return EXERCISE, _exercise_in(source, chapter_name)
    if found := _CHECK_CELL.fullmatch(source.strip()):
        return CHECK, found[1]
    return DEMO, ""


def _exercise_in(source: str, chapter_name: str) -> str:
    known = {exercise.name for exercise in checks.exercises(chapter_name)}
    names = [name for name in defined_names(source) if name in known]
    if len(names) != 1:
        raise CourseError(f"{chapter_name}: a solution cell defines {names or 'no known exercise'}, not just one")
    return names[0]


def _cell_id(kind: str, name: str, source: str, chapter_name: str, seen: Counter[str]) -> str:
    stem = {EXERCISE: name, CHECK: f"{name}-check", ANSWER: f"{chapter_name}-answer"}.get(kind)
    if stem is None:
        stem = hashlib.sha256(source.encode("utf-8")).hexdigest()[:12]
    seen[stem] += 1
    return stem if seen[stem] == 1 else f"{stem}-{seen[stem]}"


def _check_pairs(cells: tuple[Cell, ...], exercises: list[str], name: str) -> None:
    written = [cell.name for cell in cells if cell.kind == EXERCISE]
    checked = [cell.name for cell in cells if cell.kind == CHECK]
    for what, found in (("exercise cells", written), ("check cells", checked)):
        if found != exercises:
            raise CourseError(f"{name}: the checks declare {exercises}, but the master's {what} are {found}")
