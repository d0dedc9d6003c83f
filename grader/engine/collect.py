"""Finding the submissions in a folder or a zip file, without ever following a link out of it.

Understood: `student/chapter.ipynb`, flat files that name student and chapter, nbgrader's
`submitted/student/assignment/chapter.ipynb`, and zip files of any of these, also one zip file per student.
"""

import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..course import chapter_names
from .rebuild import MAX_BYTES

MAX_MEMBERS = 50_000
"""Files in one zip file."""
MAX_ZIP_BYTES = 200_000_000
"""Size of a zip file that lies in a folder or in another zip file."""

_SKIPPED = ("__MACOSX", "__pycache__")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError, OverflowError)
"""What `zipfile` raises for bad files; encrypted ones are a RuntimeError."""


@dataclass(frozen=True)
class Found:
    """One submission.

    Attributes:
        path: the file to read.
        name: where it was, from the folder or zip file on, with "/" between.
        student: whose it is, from the folder's or the file's name.
        problem: why it can't be read, if that is known already.
    """

    path: Path
    name: str
    student: str
    problem: str = ""


def collect(target: Path, unpacked: Path) -> list[Found]:
    """The submissions in a folder or zip file, or that one file, sorted by name.

    Args:
        target: a folder, a zip file or a notebook.
        unpacked: an empty folder for what comes out of zip files.

    Raises:
        OSError: target is not there or can't be read.
    """
    target.stat()
    if target.is_dir():
        submitted = target / "submitted"
        found = _in_folder(submitted if submitted.is_dir() else target, PurePosixPath(), unpacked)
    elif _is_zip(target.name):
        found = _in_zip(target, PurePosixPath(target.name), unpacked, depth=0)
    else:
        found = iter([_found(target, PurePosixPath(target.name))])
    return sorted(found, key=lambda one: (one.name, str(one.path)))


def _in_folder(folder: Path, place: PurePosixPath, unpacked: Path) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _found(folder, place / folder.name, f"the folder can't be opened: {error.strerror}")
        return
    for entry in entries:
        here = place / entry.name
        if _skipped(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _in_folder(Path(entry.path), here, unpacked)
        elif entry.is_symlink() and entry.is_dir():
            yield _found(Path(entry.path), here, "a link to a folder, and links are not followed")
        elif _is_notebook(entry.name):
            yield _found(Path(entry.path), here)
        elif _is_zip(entry.name):
            yield from _in_zip(Path(entry.path), here, unpacked, depth=1)


def _in_zip(file: Path, name: PurePosixPath, unpacked: Path, *, depth: int) -> Iterator[Found]:
    """The notebooks in a zip file, unpacked under names of our own. Depth 0 is the one that the teacher named."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | (os.O_NOFOLLOW if depth else 0))
        with os.fdopen(handle, "rb") as stream:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or (depth and status.st_size > MAX_ZIP_BYTES):
                yield _found(file, name, "not a regular zip file, or too large")
                return
            with zipfile.ZipFile(stream) as archive:
                yield from _members(archive, name.with_suffix("") if depth else PurePosixPath(), unpacked, depth)
    except _BROKEN as error:
        yield _found(file, name, f"the zip file can't be read: {getattr(error, 'strerror', None) or error}")


def _members(archive: zipfile.ZipFile, place: PurePosixPath, unpacked: Path, depth: int) -> Iterator[Found]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise ValueError(f"{len(members)} files; at most {MAX_MEMBERS} are read")
    wrapping = _wrapping([member.filename for member in members])
    seen: set[PurePosixPath] = set()
    for member in members:
        name = PurePosixPath(member.filename.removeprefix(wrapping).replace("\\", "/"))
        wanted = _is_notebook(name.name) or _is_zip(name.name)
        if member.is_dir() or not wanted or any(_skipped(part) for part in name.parts):
            continue
        here = place / "/".join(part for part in name.parts if part not in ("/", ".."))
        problem = _problem(member, name) or ("this name occurs twice in the zip file" if here in seen else "")
        seen.add(here)
        if problem:
            yield _found(unpacked, here, problem)
        elif _is_notebook(name.name):
            yield _found(_extract(archive, member, unpacked, MAX_BYTES), here)
        elif depth >= 2:
            yield _found(unpacked, here, "a zip file in a zip file in a zip file")
        else:
            yield from _in_zip(_extract(archive, member, unpacked, MAX_ZIP_BYTES), here, unpacked, depth=depth + 1)


def _problem(member: zipfile.ZipInfo, name: PurePosixPath) -> str:
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "a link or a device in a zip file"
    if name.is_absolute() or ".." in name.parts:
        return "its name in the zip file leads out of it"
    if member.compress_type not in _METHODS:
        return "compressed by a method that is not read; use an ordinary zip file"
    return ""


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, unpacked: Path, limit: int) -> Path:
    """Unpack one member, but never more than a byte beyond the limit: what it says of its size may be a lie."""
    unpacked.mkdir(parents=True, exist_ok=True)
    path = unpacked / f"{len(os.listdir(unpacked))}"
    with path.open("wb") as file:
        try:
            with archive.open(member) as stream:
                file.write(stream.read(limit + 1))
        except _BROKEN:
            file.truncate(0)  # an empty file is a submission that can't be read, and says so
    return path


def _wrapping(names: list[str]) -> str:
    """The one folder around the students' folders, "class/", if there is one."""
    tops = {name.partition("/")[0] for name in names}
    seconds = {name.split("/")[1] for name in names if name.count("/") >= 2}
    alone = len(tops) == 1 and not any(_is_notebook(name) and name.count("/") < 2 for name in names)
    return f"{tops.pop()}/" if alone and len(seconds) > 1 else ""


def _found(path: Path, name: PurePosixPath, problem: str = "") -> Found:
    return Found(path, str(name), _student(name), problem)


def _student(name: PurePosixPath) -> str:
    if len(name.parts) > 1:
        return name.parts[0]
    stem = name.stem if _is_notebook(name.name) else name.name
    for chapter in chapter_names():
        if chapter in stem:
            return stem.replace(chapter, "").strip(" _-.") or stem
    return stem


def _skipped(name: str) -> bool:
    return (name.startswith(".") and name != "..") or name in _SKIPPED


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")
