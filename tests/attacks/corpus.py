"""The corpus of hostile submissions: how each one is made, and its expected result.

Most are files, `<category>/<name>.py`: front matter in comments, then cells in percent format that change the student
or the solved edition of a lesson. The others, in which the file itself is the attack, are functions in `tricks.py`.

    # about: what it tries                     # base: solved 01_encoding
    # score: 15, b64u_decode at most 4         # exercise: b64u_decode timed out | crashed
    # status: graded | unreadable              # student: '<b>'        (its folder, else the attack's name)
    # costs: much                              (several seconds: it is in no sample)

    # %% b64u_decode             these lines replace the cell of that exercise (or `answer`, or `check NAME`)
    # %% + before b64u_decode    an extra cell; also `+ after NAME`, `+ at the start`, `+ at the end`
    # %% append to setup         more lines in the lesson's first setup cell

In these texts, {{NAME}} is replaced by a value that the harness sets, see `Places`.
"""

import ast
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from grader.course import masters as course
from tests.grader.helpers import code, solved, student, write

HERE = Path(__file__).resolve().parent
REPO = HERE.parents[1]


UNREADABLE, GRADED, NOT_ATTEMPTED = "unreadable", "graded", "not attempted"
CONTROLS = "controls"
"""The category of the honest submissions, which must get full marks."""

Bound = tuple[str, int]
"""A bound of a score: ("is", 15) or ("at most", 4)."""


@dataclass
class Expect:
    """The expected result of a submission.

    Attributes:
        scores: bounds by exercise; under "" the bound of the total.
        statuses: the allowed statuses of the Report.
        exercises: the allowed statuses of each exercise.
        says: a text that the Report must contain, in lower case.
        seconds: the longest time that grading it may take.
    """

    scores: dict[str, Bound] = field(default_factory=dict)
    statuses: tuple[str, ...] = ()
    exercises: dict[str, tuple[str, ...]] = field(default_factory=dict)
    says: str = ""
    seconds: float = 120.0


@dataclass
class Places:
    """The harness's values for the {{NAME}}s, and the names of attacks that are put next to others."""

    values: dict[str, str]

    def fill(self, text: str, attack: str) -> str:
        """Replace the {{NAME}}s in a text."""
        values = {**self.values, "NAME": attack, "BREACH": f"BREACH-{attack}"}
        return re.sub(r"\{\{([A-Z_]+)\}\}", lambda found: values[found[1]], text)


Make = Callable[[Path, Places], Path]


@dataclass
class Attack:
    """One submission of the corpus. `make` writes it into a folder of submissions and returns its path."""

    name: str
    category: str
    about: str
    chapter: str
    student: str
    expect: Expect
    make: Make = field(repr=False)
    needs_root: bool = False
    costly: bool = False

    @property
    def breach(self) -> str:
        """The text that its code prints if the attack succeeds."""
        return f"BREACH-{self.name}"

    @property
    def is_control(self) -> bool:
        """Whether it is an honest submission."""
        return self.category == CONTROLS


# -- expectations -----------------------------------------------------------------------------------------------------


def points_of(chapter: str) -> int:
    """A lesson's points."""
    return course.chapter(chapter).points


def expectation(matter: dict[str, str], category: str, chapter: str) -> Expect:
    """Read the lines `score`, `status`, `exercise`, `says` and `seconds` of a front matter."""
    full = {"": ("is", points_of(chapter))}
    scores = _scores(matter["score"]) if "score" in matter else full
    default = (GRADED,) if category == CONTROLS else (GRADED, NOT_ATTEMPTED)
    statuses = _either(matter["status"]) if "status" in matter else default
    exercises = {}
    for line in filter(None, matter.get("exercise", "").split(",")):
        name, _, status = line.strip().partition(" ")
        exercises[name] = _either(status)
    return Expect(scores, statuses, exercises, matter.get("says", "").lower(), float(matter.get("seconds", 120)))


def _scores(text: str) -> dict[str, Bound]:
    found: dict[str, Bound] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\w*?)\s*(at most)?\s*(\d+)\s*", part)
        assert match, text
        found[match[1]] = (match[2] or "is", int(match[3]))
    return found


def _either(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split("|"))


# -- attacks that are files -------------------------------------------------------------------------------------------


def from_file(path: Path) -> Attack:
    """Read an attack that is a file of cells."""
    text = path.read_text("utf-8")
    matter = _front_matter(text)
    edition, _, chapter = matter["base"].partition(" ")
    name, category = path.stem, path.parent.name
    folder = ast.literal_eval(matter["student"]) if "student" in matter else name

    def make(submissions: Path, places: Places) -> Path:
        notebook = changed(edition, chapter, places.fill(text, name))
        return write(student_folder(submissions, folder), notebook, f"{chapter}.ipynb")

    expect = expectation(matter, category, chapter)
    return Attack(name, category, matter["about"], chapter, folder, expect, make, costly="costs" in matter)


def _front_matter(text: str) -> dict[str, str]:
    matter: dict[str, str] = {}
    for line in text.splitlines():
        found = re.fullmatch(r"# (\w+): (.+)", line)
        if not found:
            break
        matter[found[1]] = found[2].strip()
    return matter


def student_folder(submissions: Path, name: str) -> Path:
    """A student's folder, which is made if it does not exist."""
    folder = submissions / name
    folder.mkdir(exist_ok=True)
    return folder


def edition_of(edition: str, chapter: str) -> Any:
    """The student or the solved edition of a lesson."""
    return {"student": student, "solved": solved}[edition](chapter)


def changed(edition: str, chapter: str, text: str) -> Any:
    """An edition, changed by the cells of a text in percent format."""
    notebook = edition_of(edition, chapter)
    for place, source in percent_cells(text):
        _put(notebook, chapter, place, source)
    return notebook


def percent_cells(text: str) -> Iterator[tuple[str, str]]:
    """The cells of a text in percent format: each marker's text, and the lines below it."""
    parts = re.split(r"^# %% (.+)\n", text, flags=re.MULTILINE)
    for place, source in zip(parts[1::2], parts[2::2], strict=True):
        yield place.strip(), source.strip("\n")


def _put(notebook: Any, chapter: str, place: str, source: str) -> None:
    cells = notebook.cells
    if place == "+ at the start":
        cells.insert(0, code(source))
    elif place == "+ at the end":
        cells.append(code(source))
    elif found := re.fullmatch(r"\+ (before|after) (.+)", place):
        cells.insert(index_of(notebook, chapter, found[2]) + (found[1] == "after"), code(source))
    elif place == "append to setup":
        setup = next(cell for cell in cells if cell.source.startswith("# setup"))
        setup.source += "\n" + source
    else:
        cells[index_of(notebook, chapter, place)].source = source


def index_of(notebook: Any, chapter: str, place: str) -> int:
    """The index of the cell that is meant by an exercise's name, `check NAME` or `answer`."""
    name = re.sub(r"^check (\w+)$", r"\1-check", place)
    wanted = f"{chapter}-answer" if place == "answer" else name
    return next(
        i for i, cell in enumerate(notebook.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == wanted
    )


# -- the whole --------------------------------------------------------------------------------------------------------


@cache
def corpus() -> tuple[Attack, ...]:
    """Every attack and every control, by category and name."""
    from tests.attacks import tricks

    files = [from_file(path) for path in sorted(HERE.glob("*/*.py")) if not path.parent.name.startswith("_")]
    found = [one for one in (*files, *tricks.attacks()) if not one.needs_root or os.geteuid() == 0]
    found.sort(key=lambda attack: (attack.category, attack.name))
    names = [attack.name for attack in found]
    assert len(names) == len(set(names)), "two attacks have one name"
    return tuple(found)


SAMPLE = 4
"""Outside CI every fourth of each category is graded; and who hands in under the same name as one of them."""


@cache
def sample() -> tuple[Attack, ...]:
    """A part of the corpus that is graded in a tenth of the time, with something of each category."""
    cheap: dict[str, list[Attack]] = {}
    for attack in corpus():
        cheap.setdefault(attack.category, []).extend([] if attack.costly else [attack])
    students = {attack.student for own in cheap.values() for attack in own[::SAMPLE]}
    return tuple(attack for attack in corpus() if attack.student in students)


def write_corpus(submissions: Path, places: Places, attacks: tuple[Attack, ...]) -> dict[str, Path]:
    """Write these submissions into one folder. Returns their paths by the attacks' names."""
    submissions.mkdir(parents=True, exist_ok=True)
    return {attack.name: attack.make(submissions, places) for attack in attacks}
