"""From a master to notebooks: the student edition and the solved edition.

Metadata and conversion steps are nbgrader's own, so that its commands (validate, formgrader, the exchange) find what
they expect.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from ..files import write_whole
from ..inside.calling import STUB
from . import answers
from .masters import ANSWER, ANSWER_POINTS, CHECK, EXERCISE, NOTEBOOKS, TEXT_STUB, Cell, Chapter, course

CODE_STUB = f'# Write your code here, in place of the next line.\nraise NotImplementedError("{STUB}")'


def solved(chapter: Chapter) -> Any:
    """The notebook with its solutions, as nbgrader's `source` wants it."""
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "jwt_from_scratch": {"chapter": chapter.name},
        }
    )
    points = {exercise.name: exercise.points for exercise in chapter.exercises}
    notebook.cells = [_cell(cell, points) for cell in chapter.cells]
    return notebook


def student(chapter: Chapter) -> Any:
    """The notebook that a learner opens: without solutions, with nbgrader's locks and checksums."""
    notebook, resources = solved(chapter), {"language": "python"}
    for step in _release_steps():
        notebook, resources = step.preprocess(notebook, resources)
    return notebook


def _release_steps() -> list[Any]:
    # In the order of nbgrader's generate_assignment. Imported here: it takes a second, and only building needs it.
    from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, ClearSolutions, ComputeChecksums, LockCells

    clear = ClearSolutions(code_stub={"python": CODE_STUB}, text_stub=TEXT_STUB)
    return [LockCells(), clear, ClearOutput(), CheckCellMetadata(), ComputeChecksums()]


def _cell(cell: Cell, points: dict[str, int]) -> Any:
    new: Any = nbformat.v4.new_code_cell if cell.is_code else nbformat.v4.new_markdown_cell
    made = new(cell.source, id=cell.id)
    if cell.kind == EXERCISE:
        made.metadata["nbgrader"] = _nbgrader(cell.id, solution=True)
    elif cell.kind == CHECK:
        made.metadata["nbgrader"] = _nbgrader(cell.id, grade=True, locked=True, points=points[cell.name])
    elif cell.kind == ANSWER:
        made.metadata["nbgrader"] = _nbgrader(cell.id, grade=True, solution=True, points=ANSWER_POINTS)
    return made


def _nbgrader(grade_id: str, **values: Any) -> dict[str, Any]:
    return {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        **values,
    }


def editions() -> Iterator[tuple[Path, str]]:
    """Every generated file of the repository, with the content that it should have."""
    for chapter in course():
        yield NOTEBOOKS / f"{chapter.name}.ipynb", as_text(student(chapter))
    repository = NOTEBOOKS.parent
    for path, mark, new in (
        (repository / "README.md", "address", address()),
        (repository / "README.md", "lessons", lessons_table("notebooks/")),
        (NOTEBOOKS / "README.md", "lessons", lessons_table()),
        (repository / "docs" / "written-answers.md", "answers", answers.page()),
    ):
        if path.is_file():  # a wheel contains none of them
            yield path, _between_marks(path.read_text("utf-8"), mark, new)


def _between_marks(text: str, mark: str, new: str) -> str:
    pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{new}{found[2]}", text)


def lessons_table(folder: str = "") -> str:
    """The table of lessons, as Markdown, with links into the folder."""
    rows = ["| lesson | you write | minutes | points |", "|---|---|--:|--:|"]
    for chapter in course():
        names = ", ".join(f"`{exercise.name}`" for exercise in chapter.exercises)
        rows.append(
            f"| [{chapter.title}]({folder}{chapter.name}.ipynb) | {names} | {chapter.minutes} | {chapter.points} |"
        )
    minutes, points = (sum(getattr(chapter, name) for chapter in course()) for name in ("minutes", "points"))
    return "\n".join([*rows, f"| all of it | | {minutes} | {points} |"]) + "\n"


def address() -> str:
    """A sentence with the published course's address, from pyproject.toml."""
    path = NOTEBOOKS.parent / "pyproject.toml"
    if not path.is_file():  # in a wheel
        return ""
    project: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))["project"]
    return f"**<{project['urls']['Homepage']}>**\n"


def build() -> list[Path]:
    """Write the generated files that are missing or stale. Returns their paths."""
    stale = list(stale_files())
    for path, text in stale:
        write_whole(path, text)
    return [path for path, _ in stale]


def stale_files() -> Iterator[tuple[Path, str]]:
    """The generated files that are missing or out of date, each with the content that it should have."""
    for path, text in editions():
        if not path.is_file() or path.read_text("utf-8", "replace") != text:
            yield path, text


def write_solved(folder: Path) -> list[Path]:
    """Write the solved editions into a folder. They are never committed."""
    paths = []
    for chapter in course():
        paths.append(folder / f"{chapter.name}.ipynb")
        write_whole(paths[-1], as_text(solved(chapter)))
    return paths


def as_text(notebook: Any) -> str:
    """The notebook file's text; the same notebook always gives the same."""
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"
