"""An earlier commit of this project, built beside it: what has become faster or slower since, in one run."""

import subprocess
import sys
from pathlib import Path

COMMIT = "ea522dc"
"""The course as it was when thirteen lessons stood, with a sixth of today's questions in a check."""
FOLDER = Path(".bench/before")
"""Where it is."""


def python() -> Path | None:
    """Its Python, installed from its own lock when this is asked first; None where the history does not have it."""
    program = (FOLDER / ".venv" / "bin" / "python").absolute()
    if program.exists():
        return program
    known = subprocess.run(["git", "cat-file", "-e", f"{COMMIT}^{{commit}}"], capture_output=True, check=False)
    if known.returncode:
        return None
    if not FOLDER.exists():
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", ".", str(FOLDER)], check=True)
    subprocess.run(["git", "-C", str(FOLDER), "checkout", "--quiet", "--detach", COMMIT], check=True)
    subprocess.run(["make", "-C", str(FOLDER), f"PYTHON={sys.executable}", "setup"], check=True, capture_output=True)
    return program


def make_submissions(place: Path, students: int, lessons: tuple[str, ...]) -> Path:
    """Its own solved editions of these lessons, as `benchmarks.grading.make_submissions` makes today's."""
    program = python()
    assert program is not None
    code = (
        "import pathlib, sys; from benchmarks.grading import make_submissions; "
        "make_submissions(pathlib.Path(sys.argv[1]), int(sys.argv[2]), tuple(sys.argv[3:]))"
    )
    command = [str(program), "-c", code, str(place.absolute()), str(students), *lessons]
    subprocess.run(command, cwd=FOLDER, check=True)
    return place
