"""What submit() hands in: it finds the files, compares them with what was run, and makes them small enough."""

import contextlib
import copy
import inspect
import json
import sys
import time
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from .. import checks
from ..course.names import bound_names, read_names
from ..files import MAX_NOTEBOOK, write_whole
from . import saved
from .saved import NotALesson, Saved

FOLDER = "to_hand_in"


def here(told: Path, runs: Sequence[str]) -> Saved:
    """The notebook that a kernel belongs to. If it was renamed, the one that contains the cells that were run.

    Args:
        told: the notebook that the kernel was started for, according to Jupyter or VS Code.
        runs: the cells that the kernel has run, oldest first.

    Raises:
        NotALesson: it can't be found, or is not a lesson.
    """
    if told.is_file() and not unsaved(first := saved.read(told), runs):
        return first
    others = []
    for path in sorted(told.parent.glob("*.ipynb")):
        with contextlib.suppress(NotALesson):
            others.append(saved.read(path))
    fitting = [one for one in others if _was_run(one, runs) and not unsaved(one, runs)]
    if len(fitting) == 1:
        return fitting[0]
    if told.is_file():
        return saved.read(told)
    raise NotALesson(
        f"This notebook was called `{told.name}` when its kernel started, and now there is no such file: restart the "
        "kernel, run all cells, save (Ctrl-S) and submit again."
    )


def find(this: Saved | None, chapters: Sequence[str], folder: Path) -> list[Saved]:
    """The lessons to hand in.

    Args:
        this: the notebook that this is called from, if known.
        chapters: the lessons asked for; if empty, `this`.
        folder: where to look for them.

    Raises:
        NotALesson: one of them can't be found. The text says which.
    """
    if not chapters:
        if this is None:
            raise NotALesson(f"Which lesson? Say for example `submit({checks.chapters()[-1]!r})`.")
        return [this]
    found = [this if this and this.chapter == one else folder / f"{one}.ipynb" for one in chapters]
    missing = [one.name for one in found if isinstance(one, Path) and not one.is_file()]
    if missing:
        raise NotALesson(f"There is no {' and no '.join(missing)} in this folder. Save the notebook first (Ctrl-S).")
    return [saved.read(one) if isinstance(one, Path) else one for one in found]


def _was_run(lesson: Saved, runs: Sequence[str]) -> bool:
    bound = {name for source in runs for name in bound_names(source)}
    return any(exercise.name in bound for exercise in checks.exercises(lesson.chapter))


def unsaved(lesson: Saved, runs: Sequence[str]) -> list[str]:
    """The exercises whose functions in the kernel differ from those in the file.

    The last cell that defined an exercise must be in the file just as it was run, and so must the cells that define
    the names it uses.
    """
    last = {name: source for source in runs for name in bound_names(source)}
    there = {code.strip() for code in lesson.code}
    return [one.name for one in checks.exercises(lesson.chapter) if not _sources(one.name, last) <= there]


def _sources(name: str, last: dict[str, str]) -> set[str]:
    """The cells that define a name and, recursively, the names that it uses."""
    found: set[str] = set()
    names, seen = [name], {name}
    while names:
        source = last.get(names.pop(), "").strip()
        if source and source not in found:
            found.add(source)
            new = read_names(source) - seen
            seen |= new
            names += new
    return found


def files_used(lesson: Saved, runs: Sequence[str], names: Mapping[str, Any]) -> list[str]:
    """The learner's own Python files, beside the notebook, that its exercises come from or use: nobody hands them in.

    Args:
        lesson: the notebook.
        runs: the cells that the kernel has run.
        names: what the kernel's names stand for.
    """
    last = {name: source for source in runs for name in bound_names(source)}
    found = set[str]()
    for one in checks.exercises(lesson.chapter):
        used = {one.name}.union(*map(read_names, _sources(one.name, last)))
        found |= {file for name in used & names.keys() if (file := _file_beside(names[name], lesson.path.parent))}
    return sorted(found)


def _file_beside(value: Any, folder: Path) -> str:
    """The file in a folder from which a module, a function or a class comes; "" if from none of these."""
    if isinstance(value, type):
        value = sys.modules.get(value.__module__) if value.__module__ != "__main__" else None
    code = getattr(inspect.unwrap(value) if inspect.isfunction(value) else value, "__code__", None)
    named = getattr(value, "__file__", None) if isinstance(value, ModuleType) else getattr(code, "co_filename", None)
    if not isinstance(named, str):
        return ""
    file, folder = Path(named).absolute(), folder.absolute()
    beside = file.is_relative_to(folder) and "site-packages" not in file.parts and file.is_file()
    return file.relative_to(folder).as_posix() if beside else ""


def hand_in(
    lessons: Sequence[Saved], runs: Sequence[str], this: Saved | None, folder: Path, names: Mapping[str, Any]
) -> str:
    """Write the file to hand in. Returns a sentence that names it, or says why there is none.

    Args:
        lessons: the files.
        runs: the cells that this kernel has run.
        this: the notebook that this kernel belongs to, if known; it is compared with what was run.
        folder: where the folder `to_hand_in` goes.
        names: what this kernel's names stand for.

    Raises:
        NotALesson: one is too large even without outputs and pictures.
        OSError: the folder can't be written to.
    """
    for one in lessons:
        if (this is None or one is this) and (differ := unsaved(one, runs)):
            return (
                f"Nothing was handed in: `{one.path.name}`, as saved {_when(one)}, does not hold what you ran last "
                f"({', '.join(differ)}); run the cells that you changed, save (Ctrl-S), and submit again."
            )
    written = [one for one in lessons if not one.is_untouched]
    untouched = ", ".join(f"`{one.path.name}`" for one in lessons if one.is_untouched)
    if not written:
        return f"Nothing was handed in: nothing of yours is in {untouched}. If you wrote there, save (Ctrl-S) first."
    fitted = [(one, *_fitted(one)) for one in written]
    several = len(lessons) > 1
    target = folder / FOLDER / ("notebooks.zip" if several else f"{written[0].chapter}.ipynb")
    write_whole(target, _zip((one.chapter, data) for one, data, _ in fitted) if several else fitted[0][1])
    what = "; ".join(f"`{one.path.name}` as saved {_when(one)}{left_out}" for one, _, left_out in fitted)
    rest = f" Left out, because nothing of yours is in it yet: {untouched}." if untouched else ""
    files = ", ".join(f"`{one}`" for one in files_used(this, runs, names)) if this in written and this else ""
    alone = f" The grader gets the notebook alone, without {files}: copy what you need into a cell." if files else ""
    return f"Hand in `{FOLDER}/{target.name}`: {what}.{rest}{alone}"


def _when(one: Saved) -> str:
    age = max(0.0, time.time() - one.saved_at)
    ago = "just now" if age < 60 else f"{age / 60:.0f} minutes ago" if age < 7200 else f"{age / 3600:.0f} hours ago"
    return f"{time.strftime('%Y-%m-%d at %H:%M:%S', time.localtime(one.saved_at))} ({ago})"


def _fitted(one: Saved) -> tuple[bytes, str]:
    """The file's bytes, and what was left out to make it small enough: outputs, then pictures, the largest first."""
    if len(one.data) <= MAX_NOTEBOOK:
        return one.data, ""
    notebook = copy.deepcopy(one.notebook)
    size = len(_as_bytes(notebook))
    counts = {"outputs": 0, "attachments": 0}
    for what in counts:
        cells = [cell for cell in notebook["cells"] if isinstance(cell, dict) and cell.get(what)]
        for cell in sorted(cells, key=lambda cell: len(_as_bytes(cell[what])), reverse=True):
            if size > MAX_NOTEBOOK:
                cell[what] = type(cell[what])()
                counts[what] += 1
                size = len(_as_bytes(notebook))
    if size > MAX_NOTEBOOK:
        limit = MAX_NOTEBOOK // 1_000_000
        raise NotALesson(f"`{one.path.name}` has more than {limit} MB even without outputs and pictures: shorten it.")
    parts = [("outputs of {} cells", counts["outputs"]), ("pictures of {} cells", counts["attachments"])]
    gone = " and the ".join(text.format(count) for text, count in parts if count)
    return _as_bytes(notebook), f", without the {gone}, because it would be larger than the grader takes"


def _as_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def _zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for chapter, data in files:
            archive.writestr(f"{chapter}.ipynb", data)
    return buffer.getvalue()
