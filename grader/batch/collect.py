"""Finding the submissions in a folder or a zip file, without ever following a link out of it.

Understood: `student/chapter.ipynb`, flat files that name student and chapter, nbgrader's
`submitted/student/assignment/chapter.ipynb`, and zip files of any of these, also with a folder around everything, and
one zip file per student.
"""

import io
import itertools
import os
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..course.masters import chapter_names
from ..engine.budget import (
    MAX_BYTES,
    MAX_DIRECTORY,
    MAX_MEMBERS,
    MAX_UNPACKED_ALTOGETHER,
    MAX_UNPACKED_BYTES,
    MAX_WORKS,
    MAX_ZIP_BYTES,
)

MAX_DEPTH = 20
"""Folders inside each other."""

_SKIPPED = ("__MACOSX", "__pycache__")
_SUBMITTED = "submitted"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Found:
    """One submission.

    Attributes:
        path: the file to read.
        name: where it was, from the folder or zip file on, with "/" between.
        student: whose it is, from the folder's or the file's name.
        problem: why it can't be read, if that is known already.
        master: a class's own master, to rebuild it on.
    """

    path: Path
    name: str
    student: str
    problem: str = ""
    master: Path | None = None


def collect(target: Path, unpacked: Path) -> list[Found]:
    """The submissions in a folder or zip file, or that one file, sorted by name.

    Args:
        target: a folder, a zip file or a notebook.
        unpacked: an empty folder for what comes out of zip files.

    Raises:
        OSError: target is not there or can't be read.
    """
    target.stat()
    room = _Room(unpacked)
    if target.is_dir():
        entries = [entry for entry in os.scandir(target) if not _skipped(entry.name)]
        names = {entry.name for entry in entries if _is_submission(entry.name) or entry.is_dir(follow_symlinks=False)}
        root = target / _SUBMITTED if _is_course(names) else target
        found = _in_folder(root, PurePosixPath(), room, depth=0)
    elif _is_zip(target.name):
        found = _in_zip(target, PurePosixPath(target.name), room, _Budget(MAX_UNPACKED_ALTOGETHER), depth=0)
    else:
        found = iter([_found(target, PurePosixPath(target.name))])
    return sorted(found, key=lambda one: (one.name, str(one.path)))


class _Room:
    """A folder for what comes out of zip files, under names of our own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def new_file(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        return self.folder / str(self._count)


@dataclass
class _Budget:
    """How many more bytes may come out of a zip file."""

    size: int
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.size


def _in_folder(folder: Path, place: PurePosixPath, room: _Room, *, depth: int) -> Iterator[Found]:
    try:
        with os.scandir(folder) as inside:
            entries = list(itertools.islice(inside, MAX_MEMBERS + 1))
    except OSError as error:
        yield _found(folder, place, f"the folder can't be opened: {error.strerror}")
        return
    if len(entries) > MAX_MEMBERS:
        yield _found(folder, place, f"more than {MAX_MEMBERS:,} files in one folder")
        return
    entries.sort(key=lambda entry: entry.name)
    for entry in entries:
        here = place / entry.name
        if _skipped(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth < MAX_DEPTH:
                yield from _in_folder(Path(entry.path), here, room, depth=depth + 1)
            else:
                yield _found(Path(entry.path), here, f"more than {MAX_DEPTH} folders inside each other")
        elif entry.is_symlink() and _leads_to_folder(entry):
            yield _found(Path(entry.path), here, "a link to a folder, and links are not followed")
        elif _is_notebook(entry.name):
            yield _found(Path(entry.path), here)
        elif _is_zip(entry.name):
            yield from _in_zip(Path(entry.path), here, room, _Budget(MAX_UNPACKED_BYTES), depth=1)


def _leads_to_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in circles
        return False


def _in_zip(file: Path, name: PurePosixPath, room: _Room, budget: _Budget, *, depth: int) -> Iterator[Found]:
    """The notebooks in a zip file. Depth 0 is the one that the teacher named."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | (os.O_NOFOLLOW if depth else 0))
        with _Careful(io.FileIO(handle, "r")) as stream:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or (depth and status.st_size > MAX_ZIP_BYTES):
                yield _found(file, name, "not a regular zip file, or too large")
                return
            with zipfile.ZipFile(stream) as archive:
                place = name.with_suffix("") if depth else PurePosixPath()
                yield from _members(archive, place, room, budget, depth)
    except Exception as error:  # `zipfile` raises nearly anything for bytes that someone chose
        yield _found(file, name, f"the zip file can't be read: {_reason(error)}")


class _Careful(io.BufferedReader):
    """A file of which nobody reads much at once.

    `zipfile` reads a whole table of contents in one go, whatever it says of its own size, and makes an object of each
    entry. So this looks at its size, however it is found.
    """

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes.

        Raises:
            ValueError: there are more than a table of contents may have.
        """
        asked = size if size is not None and 0 <= size <= MAX_DIRECTORY else MAX_DIRECTORY + 1
        data = super().read(asked)
        if len(data) > MAX_DIRECTORY:
            raise ValueError(f"its table of contents is larger than {MAX_DIRECTORY // 1_000_000} MB")
        return data


def _members(
    archive: zipfile.ZipFile, place: PurePosixPath, room: _Room, budget: _Budget, depth: int
) -> Iterator[Found]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise ValueError(f"{len(members):,} files; at most {MAX_MEMBERS:,} are read")
    names = [PurePosixPath(member.filename.replace("\\", "/")) for member in members]
    wanted = [
        (member, name)
        for member, name in zip(members, names, strict=True)
        if not member.is_dir() and _is_submission(name.name) and not any(map(_skipped, name.parts))
    ]
    if depth and len(wanted) > MAX_WORKS:
        raise ValueError(f"{len(wanted)} submissions in it; at most {MAX_WORKS} are graded")
    root = () if depth else _root([name for _, name in wanted])
    seen: set[PurePosixPath] = set()
    for member, name in wanted:
        if name.parts[: len(root)] != root:
            continue
        here = place / "/".join(part for part in name.parts[len(root) :] if part != ".." and not part.startswith("/"))
        problem = _problem(member, name) or ("this name occurs twice in the zip file" if here in seen else "")
        seen.add(here)
        if not problem and depth >= 2 and _is_zip(name.name):
            problem = "a zip file in a zip file in a zip file"
        limit = MAX_BYTES if _is_notebook(name.name) else MAX_ZIP_BYTES
        path = room.folder if problem else room.new_file()
        problem = problem or _extract(archive, member, path, limit, budget)
        if problem or _is_notebook(name.name):
            yield _found(path, here, problem)
        else:
            # Each student's zip file has a budget of its own, so that one can't use up the others'.
            inner = budget if depth else _Budget(MAX_UNPACKED_BYTES)
            yield from _in_zip(path, here, room, inner, depth=depth + 1)
            path.unlink()


def _problem(member: zipfile.ZipInfo, name: PurePosixPath) -> str:
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "a link or a device in a zip file"
    if name.is_absolute() or ".." in name.parts:
        return "its name in the zip file leads out of it"
    if member.compress_type not in _METHODS:
        return "compressed by a method that is not read; use an ordinary zip file"
    return ""


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, limit: int, budget: _Budget) -> str:
    """Unpack one member, but never more than a byte beyond the limit: what it says of its size may be a lie.

    Returns "" or what went wrong.
    """
    if budget.left < member.file_size or not budget.left:
        return f"the zip file holds more than {budget.size // 1_000_000} MB"
    left = limit + 1
    try:
        with archive.open(member) as stream, path.open("wb") as file:
            while left and budget.left and (data := stream.read(min(left, budget.left, 2**20))):
                file.write(data)
                left -= len(data)
                budget.left -= len(data)
    except Exception as error:  # see above
        path.unlink(missing_ok=True)
        return f"it can't be read in the zip file: {_reason(error)}"
    return ""


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _root(names: list[PurePosixPath]) -> tuple[str, ...]:
    """The folder in a zip file that holds the students' submissions, such as "class/" or "course/submitted/"."""
    tops = {name.parts[0] for name in names}
    if _is_course(tops):
        return (_SUBMITTED,)
    inside = [PurePosixPath(*name.parts[1:]) for name in names if len(name.parts) > 1]
    if len(tops) != 1 or len(inside) < len(names):
        return ()
    if _is_course({name.parts[0] for name in inside}):
        return (*tops, _SUBMITTED)
    return tuple(tops) if _is_class(inside) else ()


def _is_course(names: set[str]) -> bool:
    """Whether a folder with this in it is nbgrader's for a whole course, and not one of students' folders."""
    return _SUBMITTED in names and (len(names) == 1 or not names.isdisjoint(("source", "release")))


def _is_class(names: list[PurePosixPath]) -> bool:
    """Whether a folder with these files is a class's and not one student's."""
    folders = {name.parts[0] for name in names if len(name.parts) > 1 or _is_zip(name.name)}
    flat = [name for name in names if len(name.parts) == 1 and _is_notebook(name.name)]
    # "ada_01_encoding" and "grace_01_encoding", where one student has "01_encoding" and "02_hmac"
    chapters = Counter(_chapter_in(name.stem) for name in flat if _student(name) != name.stem)
    return any(count > 1 for count in chapters.values()) or (not flat and len(folders) > 1)


def _found(path: Path, name: PurePosixPath, problem: str = "") -> Found:
    # A file name need not be UTF-8; what is said of it is.
    clean = PurePosixPath(str(name).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
    return Found(path, str(clean), _student(clean), problem)


def _student(name: PurePosixPath) -> str:
    if len(name.parts) > 1:
        return name.parts[0]
    stem = name.stem if _is_notebook(name.name) else name.name
    return stem.replace(_chapter_in(stem), "").strip(" _-.") or stem


def _chapter_in(stem: str) -> str:
    return next((chapter for chapter in chapter_names() if chapter in stem), "")


def _skipped(name: str) -> bool:
    return (name.startswith(".") and name != "..") or name in _SKIPPED


def _is_submission(name: str) -> bool:
    return _is_notebook(name) or _is_zip(name)


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")
