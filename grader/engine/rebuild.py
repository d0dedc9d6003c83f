"""The third of the grading walls (docs/grading.md): the submitted notebook is rebuilt on the master.

What is checked, and where, is taken from the course. Taken from the learner are only the solutions, the written
answers, and cells that were added or changed.
"""

import json
import os
import stat
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from ..checks import exercises
from ..course.masters import (
    ANSWER,
    CHECK,
    DEMO,
    EXERCISE,
    SETUP,
    Cell,
    Chapter,
    chapter,
    chapter_names,
    lessons_named_in,
)
from ..course.names import Names, names_in, read_names
from ..errors import BadSubmission
from ..files import open_to_read
from ..inside.calling import STUB
from .budget import MAX_BRACKETS, MAX_BYTES, MAX_CELLS, MAX_CODE, MAX_SOURCE, brackets
from .pictures import data_uri
from .written import Text, own_words, sort_out

MAX_PICTURES = 50
MAX_PICTURE_BYTES = 6_000_000
"""The most pictures attached to one Markdown cell, and the most characters in base64 of all of them."""

AGAIN = "again"
"""A kind of `Step`: check an exercise again that was not passed, after later cells that define it or what it needs."""
EXTRA = "extra"
NOTE = "note"
"""Kinds of `Step` for cells that the learner added: code, which runs, and Markdown, which is shown."""


@dataclass(eq=False)
class Step:
    """One thing to do while grading: run this source, check this exercise, or show this note."""

    kind: str
    source: str
    name: str = ""
    cell: str = ""
    """The id of the master's cell; for an added cell, of the master's cell before it."""
    attachments: dict[str, str] = field(default_factory=dict)
    """The pictures of a note by name, as `data:` URIs."""
    names: Names = field(default_factory=Names)
    """The names that a learner's cell defines; none if the cell is not parsed."""


@dataclass
class Submission:
    """A submission, rebuilt on its master."""

    chapter: Chapter
    steps: list[Step]
    notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Remarks by exercise, for the Report."""
    answers: dict[str, list[Text]] = field(default_factory=dict)
    """The written answers, by the answer cell's id."""
    instead: str = ""
    """The lesson whose exercises are in it, if none of the master's are."""


@dataclass
class _Theirs:
    """A submitted cell, reduced to what matters."""

    source: str
    is_code: bool
    id: str
    grade_id: str
    attachments: dict[str, str] = field(default_factory=dict)
    is_long: bool = False

    @cached_property
    def names(self) -> Names:
        """The names that it defines; none if it is not parsed."""
        return names_in(self.source) if self.is_code and not self.is_long else Names()


def read_submission(path: Path, data: bytes, master: Chapter | None = None) -> Submission:
    """Read a submitted notebook and rebuild it on the master of its chapter.

    Args:
        path: its path, for messages.
        data: its bytes, from `read_regular`.
        master: the master to rebuild it on; by default the course's chapter whose exercises it has.

    Raises:
        BadSubmission: not a notebook, not of this course, or too many cells.
    """
    notebook = parsed_notebook(path, data)
    cells = [_theirs(cell) for cell in notebook["cells"]]
    _spare_long_code(cells)
    submission = rebuild(master or _chapter_of(notebook, cells, path), cells)
    submission.instead = _instead_of(master, cells) if master else ""
    return submission


def parsed_notebook(path: Path, data: bytes) -> dict[str, Any]:
    """A notebook file as JSON, with a list of objects as its cells.

    Args:
        path: its path, for messages.
        data: its bytes.

    Raises:
        BadSubmission: it is none, or there is too much in it.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadSubmission(f"{path}: not UTF-8 text, so not a notebook; submit the .ipynb file itself") from None
    if not text.strip():
        raise BadSubmission(f"{path}: the file is empty; save the notebook and submit it again")
    if brackets(data) > MAX_BRACKETS:
        raise BadSubmission(f"{path}: more data in it than a notebook has; clear its outputs and submit it again")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise BadSubmission(f"{path}: not a notebook, or only part of one (its JSON can't be read)") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise BadSubmission(f"{path}: not a notebook (there is no list of cells in it)")
    if len(cells) > MAX_CELLS:
        raise BadSubmission(f"{path}: {len(cells)} cells; at most {MAX_CELLS} are graded")
    return notebook  # type: ignore[no-any-return]


def _spare_long_code(cells: list[_Theirs]) -> None:
    """Mark the code that is too long to be parsed here, since parsing can't be interrupted. In the sandbox it runs."""
    left = MAX_CODE
    for cell in cells:
        if cell.is_code:
            cell.is_long = len(cell.source) > min(MAX_SOURCE, left)
            left -= 0 if cell.is_long else len(cell.source)


def read_regular(path: Path) -> bytes:
    """The file's bytes. Links are not followed, and a pipe or device does not block.

    Raises:
        BadSubmission: no such file, not a regular one, not readable, or too large.
    """
    try:
        handle = open_to_read(path)
    except FileNotFoundError:
        raise BadSubmission(f"{path}: there is no such file") from None
    except OSError as error:
        link = " (it is a link, and links are not followed)" if os.path.islink(path) else ""
        raise BadSubmission(f"{path}: can't be opened: {error.strerror}{link}") from None
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        what = "a folder; name the notebooks in it" if stat.S_ISDIR(mode) else "not a regular file"
        raise BadSubmission(f"{path}: {what}")
    with os.fdopen(handle, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadSubmission(f"{path}: larger than {MAX_BYTES // 1_000_000} MB; clear its outputs and submit it again")
    return data


def _theirs(cell: dict[str, Any]) -> _Theirs:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    is_code = cell.get("cell_type") == "code"
    return _Theirs(
        source=source if isinstance(source, str) else "",
        is_code=is_code,
        id=_text(cell.get("id")),
        grade_id=_text(grade_id),
        attachments={} if is_code else _attachments(cell.get("attachments")),
    )


def _attachments(given: Any) -> dict[str, str]:
    """The pictures attached to a cell, by name, up to `MAX_PICTURE_BYTES`. Other attachments are left out."""
    kept: dict[str, str] = {}
    room = MAX_PICTURE_BYTES
    for name, forms in list(given.items())[:MAX_PICTURES] if isinstance(given, dict) else []:
        texts = forms.values() if isinstance(forms, dict) else []
        found = next((uri for text in texts if isinstance(text, str) and (uri := data_uri(text))), None)
        if found and len(found) <= room:
            room -= len(found)
            kept[str(name)] = found
    return kept


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _chapter_of(notebook: dict[str, Any], cells: list[_Theirs], path: Path) -> Chapter:
    """The chapter whose exercises the notebook has; if it has none of any, the one that its metadata names."""
    if best := _lesson_with(*_exercises_in(cells)):
        return chapter(best)
    metadata = notebook.get("metadata")
    ours = metadata.get("jwt_from_scratch") if isinstance(metadata, dict) else None
    named = _text(ours.get("chapter")) if isinstance(ours, dict) else ""
    if named in chapter_names():
        return chapter(named)
    raise BadSubmission(f"{path}: a notebook, but not one of this course (none of its exercises is in it)")


def _instead_of(master: Chapter, cells: list[_Theirs]) -> str:
    """The lesson whose exercises are in a notebook that has none of the master's; "" if it has one, or none of any."""
    marked, defined = _exercises_in(cells)
    own = {exercise.name for exercise in master.exercises}
    return "" if own & (marked | defined) else _lesson_with(marked, defined)


def _exercises_in(cells: list[_Theirs]) -> tuple[set[str], set[str]]:
    """The names that cells bear as nbgrader's ids, and those that they define."""
    return {cell.grade_id for cell in cells}, {name for cell in cells for name in cell.names.defined}


def _lesson_with(marked: set[str], defined: set[str]) -> str:
    """The lesson that has the largest share of its exercises among these names; "" if none has any."""
    votes = {name: (_share(name, marked), _share(name, defined)) for name in chapter_names()}
    best = max(votes, key=lambda name: votes[name])
    return best if any(votes[best]) else ""


def chapter_named_in(path: str) -> Chapter | None:
    """The chapter that a path names, for a file that can't be read: "ada/01_encoding.ipynb"."""
    names = lessons_named_by(path)
    return chapter(names[0]) if names else None


def lessons_named_by(path: str) -> tuple[str, ...]:
    """The lessons that a path names: its file, or else the nearest folder that names any."""
    return next(filter(None, map(lessons_named_in, reversed(PurePath(path).parts))), ())


def _share(chapter_name: str, names: set[str]) -> float:
    """The share of a chapter's exercises among these, 0 to 1. No count: later lessons repeat earlier functions."""
    own = {exercise.name for exercise in exercises(chapter_name)}
    return len(own & names) / len(own)


def rebuild(master: Chapter, cells: list[_Theirs]) -> Submission:
    """Put a learner's cells in their places in the master."""
    submission = Submission(master, [])
    theirs, own = _match(master, cells, submission)
    submission.answers, notes = sort_out(master, [one for one in own if isinstance(one, Text)])
    extras: defaultdict[int, list[Step]] = defaultdict(list)
    for one in own:
        if isinstance(one, _Extra):
            extras[one.place].append(_step(one, master))
        elif one in notes:
            step = Step(NOTE, one.source, cell=_before(master, one.place), attachments=one.attachments)
            extras[one.place].append(step)
    submission.steps += extras[-1]
    if any(cell.is_long for cell in cells):
        lacking = [
            cell.name for index, cell in enumerate(master.cells) if cell.kind == EXERCISE and index not in theirs
        ]
        for name in lacking:
            submission.notes[name].append(f"{name} is not looked for in cells of more than {MAX_SOURCE:,} characters.")
    for index, cell in enumerate(master.cells):
        submission.steps += _steps(cell, theirs.get(index))
        submission.steps += extras[index]
    for cell in master.cells:
        if cell.kind == EXERCISE:
            _let_the_last_count(cell, submission)
    return submission


def _let_the_last_count(exercise: Cell, submission: Submission) -> None:
    """Of several cells that define an exercise, the last one counts, as in a kernel; the others run in their places.

    A definition after the check, outside the exercise's own cell, may be an experiment or a helper for the next
    exercise. So it counts only if the check is not passed without it.
    """
    name, steps = exercise.name, submission.steps
    own = [step for step in steps if step.kind == EXERCISE and step.name == name]
    check = next(step for step in steps if step.kind == CHECK and step.name == name)
    last = max((steps.index(step) for step in own if name in step.names.bound), default=-1)
    if last > steps.index(check):
        steps.insert(last, steps.pop(steps.index(check)))
    place = steps.index(check)
    defining = [step for step in steps if (step in own or step.kind == EXTRA) and name in step.names.defined]
    before = [step for step in defining if steps.index(step) < place]
    counts = before[-1] if before else own[-1] if own else None
    if counts is None or STUB in counts.source:
        counts = defining[-1] if defining else counts
    for step in own:
        step.kind, step.name = EXTRA, ""
    if counts:
        counts.kind, counts.name, counts.cell = EXERCISE, name, exercise.id
    if len(own) > 1:
        submission.notes[name].append(f"{name} has {len(own)} cells; the last one that defines it counts.")
    needed = {name} | (read_names(counts.source) if counts and counts.names.bound else set())
    later = [step for step in steps[place:] if step.kind in (EXERCISE, EXTRA) and needed & step.names.bound]
    if later:
        steps.insert(steps.index(later[-1]) + 1, Step(AGAIN, "", name, check.cell))


@dataclass
class _Extra:
    """An added code cell, or a further one of an exercise, with the index of the master's cell before it."""

    cell: _Theirs
    place: int
    exercise: Cell | None = None


def _step(extra: _Extra, master: Chapter) -> Step:
    cell, exercise = extra.cell, extra.exercise
    if exercise:
        return Step(EXERCISE, cell.source, exercise.name, exercise.id, names=cell.names)
    return Step(EXTRA, cell.source, cell=_before(master, extra.place), names=cell.names)


def _match(
    master: Chapter, cells: list[_Theirs], submission: Submission
) -> tuple[dict[int, _Theirs], list[_Extra | Text]]:
    """The learner's versions of the master's cells, and the cells that the learner added, in order."""
    find = _Finder(master, cells)
    theirs: dict[int, _Theirs] = {}
    own: list[_Extra | Text] = []
    place, last = -1, 0
    seen: set[int] = set()
    for cell in cells:
        index = find(cell)
        ours = master.cells[index] if index is not None else None
        if index is not None and ours is not None:
            if ours.kind == EXERCISE and index in theirs and cell.is_code:
                if cell.source.strip():  # a copy, or the other half of a cell that was split
                    own.append(_Extra(cell, place, ours))
                continue
            if index not in seen:  # of a copied cell, the first one marks the place
                last = _close(own, last, index)
                place = index
            seen.add(index)
            if ours.kind == EXERCISE and index not in theirs:
                theirs[index] = cell
                continue
            if ours.kind != ANSWER and cell.source == ours.source:
                continue
        if ours is not None and ours.kind == ANSWER:
            own.append(Text(cell.source, cell.attachments, place, len(master.cells), index))
        elif not cell.is_code:
            own += _own_text(cell, ours, place, len(master.cells))
        elif cell.source.strip():
            own.append(_Extra(cell, place))
    return theirs, own


def _own_text(cell: _Theirs, ours: Cell | None, place: int, until: int) -> list[Text]:
    """The learner's own text in a Markdown cell: one item, or none."""
    words = own_words(cell.source, cell.id, ours)
    return [Text(words, cell.attachments, place, until)] if words else []


def _close(own: list[_Extra | Text], last: int, index: int) -> int:
    """Set the master's cell that follows, in the texts since the previous one. Returns the new place to go on from."""
    for one in own[last:]:
        if isinstance(one, Text):
            one.until = index
    return len(own)


def _before(master: Chapter, place: int) -> str:
    return master.cells[place].id if place >= 0 else ""


class _Finder:
    """Finds the master's cell that a submitted cell came from: by grade_id, defined name, id or text."""

    def __init__(self, master: Chapter, cells: list[_Theirs]) -> None:
        places = list(enumerate(master.cells))
        self._by_id = {cell.id: index for index, cell in places}
        self._by_name = {cell.name: index for index, cell in places if cell.kind == EXERCISE}
        self._by_source = {cell.source: index for index, cell in places}
        self._marked = {cell.grade_id for cell in cells}

    def __call__(self, cell: _Theirs) -> int | None:
        if cell.grade_id in self._by_id:
            return self._by_id[cell.grade_id]
        # An editor may drop the metadata, but the cell still defines the exercise's name.
        for name in cell.names.defined:
            if name in self._by_name and name not in self._marked:
                return self._by_name[name]
        return self._by_id.get(cell.id, self._by_source.get(cell.source))


def _steps(cell: Cell, theirs: _Theirs | None) -> Iterable[Step]:
    if cell.kind in (SETUP, DEMO):
        return [Step(cell.kind, cell.source, cell=cell.id)]
    if cell.kind == CHECK:
        return [Step(CHECK, "", cell.name, cell.id)]
    if theirs is not None and cell.kind == EXERCISE:
        return [Step(EXERCISE, theirs.source, cell.name, cell.id, names=theirs.names)]
    return []
