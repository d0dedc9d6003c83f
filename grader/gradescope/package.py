"""`grader gradescope-zip`: all that a Gradescope container needs, in one reproducible file."""

from pathlib import Path

from ..course.masters import chapter_names
from ..errors import CourseError
from ..files import write_whole
from ..reports.gradescope import as_json, failure
from .archive import packed
from .wheel import lock_file, wheel

_HERE = Path(__file__).parent
_NOT_FINISHED = "Nothing was graded: the grader was stopped before it had finished. Submit again, or tell your teacher."
LEVELS = ("full", "none")
"""How the submitted code can be isolated in the container."""


def make_zip(target: Path, chapter: str, level: str) -> None:
    """Write the zip file.

    Args:
        target: its path.
        chapter: the only lesson to grade, or "".
        level: one of `LEVELS`.

    Raises:
        CourseError: there is no such chapter, or this installation lacks a file.
        OSError: the file can't be written.
    """
    if chapter and chapter not in chapter_names():
        raise CourseError(f"{chapter}: there is no such lesson; there are: {', '.join(chapter_names())}")
    assert level in LEVELS
    name, content = wheel()
    run = (_HERE / "run_autograder").read_text("utf-8").replace("{{chapter}}", chapter).replace("{{level}}", level)
    write_whole(
        target,
        packed(
            {
                "setup.sh": (_HERE / "setup.sh").read_bytes(),
                "run_autograder": run.encode(),
                "not_finished.json": as_json(failure(_NOT_FINISHED)).encode(),
                "requirements.lock": lock_file().read_bytes(),
                name: content,
            },
            programs=("setup.sh", "run_autograder"),
        ),
    )
