"""This package as a wheel, made from the files that run here: so a container runs the same grader as its teacher.

A build tool would need the repository; this also works from an installed package. A wheel is a zip file with a list of
its files (packaging.python.org, "Binary distribution format").
"""

import hashlib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import jwt_from_scratch
from jwt_from_scratch.encoding import b64u_encode

from ..course.masters import NOTEBOOKS
from ..errors import CourseError
from .archive import packed

_DISTRIBUTION = "jwt-from-scratch"
_PACKAGE = Path(__file__).resolve().parents[1]
_START = "jwt_from_scratch-start.pth"
"""A file that Python reads at its start; in the repository it is `grader/start.pth`."""
_WHEEL = "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(left_out: tuple[str, ...] = ()) -> tuple[str, bytes]:
    """The wheel's file name and its bytes.

    Args:
        left_out: prefixes of names of files to leave out.
    """
    found = distribution(_DISTRIBUTION)
    stem = f"{_DISTRIBUTION.replace('-', '_')}-{found.version}"
    kept = {name: data for name, data in sources() if not name.startswith(left_out)}
    return as_wheel(stem, {**kept, **_about(found, f"{stem}.dist-info")})


def as_wheel(stem: str, files: dict[str, bytes]) -> tuple[str, bytes]:
    """The name and the bytes of a wheel of pure Python.

    Args:
        stem: its name and version, as in "flask-3.1.3".
        files: its files, including STEM.dist-info/METADATA; WHEEL and RECORD are added.
    """
    files = {**files, f"{stem}.dist-info/WHEEL": _WHEEL.encode()}
    record = f"{stem}.dist-info/RECORD"
    lines = [
        f"{name},sha256={b64u_encode(hashlib.sha256(data).digest())},{len(data)}\n" for name, data in files.items()
    ]
    return f"{stem}-py3-none-any.whl", packed({**files, record: f"{''.join(lines)}{record},,\n".encode()})


def lock_file() -> Path:
    """The file with the pinned packages: beside the package in the repository, inside it in a wheel.

    Raises:
        CourseError: it is in neither place.
    """
    for folder in (_PACKAGE.parent, _PACKAGE):
        if (folder / "requirements.lock").is_file():
            return folder / "requirements.lock"
    raise CourseError("requirements.lock is missing; install the course from its repository or its wheel")


def sources() -> Iterator[tuple[str, bytes]]:
    """This package's files: each one's name in a wheel, and its bytes."""
    places = {
        "jwt_from_scratch": Path(jwt_from_scratch.__path__[0]),
        "grader": _PACKAGE,
        "grader/notebooks": NOTEBOOKS,
        "grader/requirements.lock": lock_file(),
        _START: next(path for path in (_PACKAGE / "start.pth", _PACKAGE.parent / _START) if path.is_file()),
    }
    seen: set[str] = set()
    for name, place in places.items():
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            inside = name if path == place else f"{name}/{path.relative_to(place).as_posix()}"
            if path.is_file() and not _is_left_out(path.relative_to(place)) and inside not in seen:
                seen.add(inside)
                yield inside, path.read_bytes()


def _is_left_out(path: Path) -> bool:
    return path.suffix in (".pyc", ".pth") or any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def _about(found: Distribution, folder: str) -> dict[str, bytes]:
    """The package's metadata files, under the wheel's name for them."""
    texts = {name: found.read_text(name) or "" for name in ("METADATA", "entry_points.txt")}
    return {f"{folder}/{name}": text.encode() for name, text in texts.items()}
