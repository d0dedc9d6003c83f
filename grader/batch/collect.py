"""Finding the submissions in a folder or a zip file, without ever following a link out of it.

Understood: `student/chapter.ipynb`, flat files that name student and chapter, nbgrader's
`submitted/student/assignment/chapter.ipynb`, and zip files of any of these, also with a folder around everything, and
one zip file per student. Whose a file is, and which attempt counts, is decided in `attempts`; here nothing that lies
there is passed over, but for what programs leave by themselves.
"""

import io
import itertools
import os
import stat
import time
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from ..engine.budget import (
    MAX_BYTES,
    MAX_DIRECTORY,
    MAX_MEMBERS,
    MAX_UNPACKED_ALTOGETHER,
    MAX_UNPACKED_BYTES,
    MAX_WORKS,
    MAX_ZIP_BYTES,
)
from ..errors import NothingFound
from ..files import DEEPEST, open_to_read
from .attempts import Found, is_platforms_own, no_notebook, sorted_out
from .names import is_notebook, lesson_named_in, origin

__all__ = ["Found", "collect", "in_a_students_folder", "in_an_archive", "look_through"]

_ONE_MOMENT = 3600
"""Seconds that a platform may take for a zip file of a class."""
_SKIPPED = ("__MACOSX", "__pycache__")
_SUBMITTED = "submitted"
_OF_A_COURSE = (_SUBMITTED, "source", "release", "autograded", "feedback", "graded", "downloaded")
"""nbgrader's folders in a course directory, and ours."""
_BESIDE = f"it lies beside nbgrader's folder {_SUBMITTED!r}, and only what is in that is graded"
_IS_UTF_8 = 0x800
"""The flag of a member whose name is UTF-8 (APPNOTE.TXT 4.4.4)."""
_LONGEST, _ENDING = 255, 15
"""Characters that a file's name may have, and those of them at its end that stay. No platform's form is so short."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def collect(target: Path, unpacked: Path) -> list[Found]:
    """The submissions in a folder or zip file, or that one file, sorted by name. See `look_through`."""
    return [one for one in look_through([target], unpacked) if not one.not_taken]


def look_through(targets: Sequence[Path], unpacked: Path, out: Path | None = None) -> list[Found]:
    """Everything in some folders and zip files, sorted by name: submissions, and what is not taken and why.

    Args:
        targets: folders, zip files and notebooks.
        unpacked: an empty folder for what comes out of zip files.
        out: where the results go. If it is in a target, nobody handed it in.

    Raises:
        NothingFound: a target is a folder around what may be a class's download.
        OSError: a target is not there or can't be read.
    """
    room = _Unpacked(unpacked, out=out)
    return sorted_out(one for target in targets for one in _everything(target, room))


def in_a_students_folder(folder: Path, unpacked: Path) -> list[Found]:
    """Everything in a folder that is one student's; with no student, for whoever asks knows."""
    return list(_in_folder(folder, PurePosixPath(), _Unpacked(unpacked, of_one=True), depth=0))


def in_an_archive(folder: Path, unpacked: Path, is_students: Callable[[str], bool]) -> list[Found]:
    """Everything in a folder of a learning platform's downloads; nobody's yet.

    Args:
        folder: the folder.
        unpacked: an empty folder for what comes out of zip files.
        is_students: whether a zip file there is one student's, by its name; any other one holds a class's files.
    """
    room = _Unpacked(unpacked)
    of_classes = {
        entry.name
        for entry in os.scandir(folder)
        if _is_zip(entry.name) and entry.is_file() and not is_students(entry.name)
    }
    found = list(_in_folder(folder, PurePosixPath(), room, depth=0, passed_over=of_classes))
    return found + [one for name in sorted(of_classes) for one in _everything(folder / name, room)]


def _everything(target: Path, room: "_Unpacked") -> list[Found]:
    """All that is in a folder or zip file, or that one file; nobody's yet."""
    target.stat()
    if target.is_dir():
        entries = [entry for entry in os.scandir(target) if not _skipped(entry.name) and not room.is_output(entry)]
        names = {entry.name for entry in entries if _is_submission(entry.name) or entry.is_dir(follow_symlinks=False)}
        if not _is_course(names):
            _refuse_around(target, entries)
            return list(_in_folder(target, PurePosixPath(), room, depth=0))
        beside = list(_in_folder(target, PurePosixPath(), room, depth=0, passed_over=_OF_A_COURSE))
        taken = list(_in_folder(target / _SUBMITTED, PurePosixPath(), room, depth=0))
        return taken + [replace(one, problem="", not_taken=_BESIDE) for one in beside if not one.not_taken]
    if _is_zip(target.name):
        budget = _Budget(MAX_UNPACKED_ALTOGETHER)
        return _of_one_student(list(_in_zip(target, PurePosixPath(target.name), room, budget, depth=0)), target.stem)
    return [_found(target, PurePosixPath(target.name))]


def _refuse_around(target: Path, entries: "list[os.DirEntry[str]]") -> None:
    """Refuse a folder in which there is nothing but what may be a platform's download, or one student's.

    In the one case all of it would be graded as one student's; in the other, the student could hand in for others.

    Raises:
        NothingFound: it holds one folder or zip file, and that the work of several people of a platform's.
    """
    if len(entries) != 1 or origin(PurePosixPath(entries[0].name, "x")).platform:
        return
    inner = Path(entries[0].path)
    try:
        inside = _names_in(inner, entries[0].is_dir(follow_symlinks=False))
    except Exception:  # whatever keeps it from being opened is told when it is opened again
        return
    starts = [origin(place) for place in inside]
    first = starts[0].platform if starts else None
    if first and all(start.platform for start in starts) and len({start.person for start in starts}) > 1:
        raise NothingFound(
            f"{target}: there is nothing in it but {inner.name}, which looks like a class's download from "
            f"{first.title}; then grade {inner} itself. If it is one student's, rename the files in it"
        )


def _names_in(inner: Path, is_folder: bool) -> list[PurePosixPath]:
    """Of what is in a folder or zip file, without what is no work: its name, and "x" where it is a folder itself."""
    if is_folder:
        with os.scandir(inner) as there:
            inside = [(one.name, one.is_dir(follow_symlinks=False)) for one in itertools.islice(there, MAX_MEMBERS)]
    elif _is_zip(inner.name):
        with _Careful(io.FileIO(open_to_read(inner), "r")) as stream, zipfile.ZipFile(stream) as archive:
            names = [_called(one) for one in archive.infolist() if _is_submission(one.filename)]
        inside = list({(name.parts[0], len(name.parts) > 1) for name in names if name.parts})
    else:
        return []
    works = [(name, deeper) for name, deeper in inside if not _skipped(name) and (deeper or _is_submission(name))]
    return [PurePosixPath(name, "x") if deeper else PurePosixPath(name) for name, deeper in works]


class _Unpacked:
    """A folder for what comes out of zip files, under names of our own."""

    def __init__(self, folder: Path, *, of_one: bool = False, out: Path | None = None) -> None:
        self.folder = folder
        self._of_one = of_one
        self._out = out.stat() if out and out.is_dir() else None
        self._count = 0
        self._budgets: dict[tuple[str, str], _Budget] = {}

    def is_output(self, entry: "os.DirEntry[str]") -> bool:
        """Whether it is the folder of the results."""
        if self._out is None or not entry.is_dir(follow_symlinks=False):
            return False
        return os.path.samestat(entry.stat(follow_symlinks=False), self._out)

    def budget_at(self, place: PurePosixPath) -> "_Budget":
        """What may come out of all zip files of whoever handed in what lies here, however many they are."""
        person = ("", "") if self._of_one else origin(place).person
        return self._budgets.setdefault(person, _Budget(MAX_UNPACKED_BYTES))

    def new_file(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        return self.folder / str(self._count)


@dataclass
class _Budget:
    """How many more bytes, files and submissions may come out of zip files."""

    size: int
    left: int = field(init=False)
    members: int = field(init=False)
    works: int = field(init=False)
    zips: int = field(init=False)

    def __post_init__(self) -> None:
        self.left, self.members, self.works, self.zips = self.size, MAX_MEMBERS, MAX_WORKS, MAX_WORKS


def _in_folder(
    folder: Path, place: PurePosixPath, room: _Unpacked, *, depth: int, passed_over: Collection[str] = ()
) -> Iterator[Found]:
    try:
        with os.scandir(folder) as inside:
            entries = list(itertools.islice(inside, MAX_MEMBERS + 1))
    except OSError as error:
        yield _found(folder, place, f"the folder can't be opened: {error.strerror}")
        return
    budget = room.budget_at(place) if place.parts else _Budget(0)
    budget.members -= len(entries)
    if budget.members < 0:
        yield _found(folder, place, f"more than {MAX_MEMBERS:,} files, in one folder or of one student")
        return
    entries.sort(key=lambda entry: entry.name)
    there = [entry for entry in entries if not _skipped(entry.name) and entry.name not in passed_over]
    there = [entry for entry in there if not room.is_output(entry)]
    if not there and place.name:
        yield _found(folder, place, not_taken="an empty folder")
    for entry in there:
        path, here = Path(entry.path), place / entry.name
        if entry.is_dir(follow_symlinks=False):
            if depth < DEEPEST:
                yield from _in_folder(path, here, room, depth=depth + 1)
            else:
                yield _found(path, here, f"more than {DEEPEST} folders inside each other")
        elif entry.is_symlink() and _leads_to_folder(entry):
            yield _found(path, here, "a link to a folder, and links are not followed")
        elif is_notebook(entry.name):
            yield _found(path, here, times=(_changed(entry), 0.0))
        elif _is_zip(entry.name):
            came = _changed(entry)
            for one in _in_zip(path, here, room, room.budget_at(here), depth=1):
                yield replace(one, times=(came, one.times[1]))
        else:
            yield _found(path, here, not_taken=no_notebook(entry.name))


def _leads_to_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in circles
        return False


def _changed(entry: "os.DirEntry[str]") -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except OSError:
        return 0.0


def _in_zip(file: Path, name: PurePosixPath, room: _Unpacked, budget: _Budget, *, depth: int) -> Iterator[Found]:
    """The notebooks in a zip file. Depth 0 is the one that the teacher named."""
    try:
        handle = open_to_read(file, follow=not depth)
        with _Careful(io.FileIO(handle, "r")) as stream:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or (depth and status.st_size > MAX_ZIP_BYTES):
                yield _found(file, name, "not a regular zip file, or too large")
                return
            with zipfile.ZipFile(stream) as archive:
                place = name.with_suffix("") if depth else PurePosixPath()
                there = list(_members(archive, place, room, budget, depth))
                at_once = not depth and _made_at_once(archive)
                yield from (replace(one, at_once=True) for one in there) if at_once else there
                if depth and not any(is_notebook(one.name) or one.problem for one in there):
                    yield _found(file, name, not_taken="a zip file without a notebook in it")
    except Exception as error:  # `zipfile` raises nearly anything for bytes that someone chose
        yield _found(file, name, f"the zip file can't be read: {_reason(error)}")


def _made_at_once(archive: zipfile.ZipFile) -> bool:
    """Whether all work in a zip file has the time of one moment, give or take the time that a large one takes."""
    work = [member for member in archive.infolist() if _is_submission(member.filename)]
    moments = [moment for member in work if (moment := _packed(member))]
    return bool(moments) and max(moments) - min(moments) < _ONE_MOMENT


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
    archive: zipfile.ZipFile, place: PurePosixPath, room: _Unpacked, budget: _Budget, depth: int
) -> Iterator[Found]:
    members = archive.infolist()
    budget.members -= len(members)
    if budget.members < 0:
        raise ValueError(f"{MAX_MEMBERS - budget.members:,} files; at most {MAX_MEMBERS:,} are read")
    names = [_called(member) for member in members]
    files = [
        (member, name)
        for member, name in zip(members, names, strict=True)
        if not member.is_dir() and not any(map(_skipped, name.parts)) and name.name
    ]
    wanted = [name for _, name in files if _is_submission(name.name)]
    works = sum(is_notebook(name.name) for name in wanted)
    budget.works, budget.zips = budget.works - works, budget.zips - (len(wanted) - works)
    if depth and min(budget.works, budget.zips) < 0:
        raise ValueError(f"{MAX_WORKS - min(budget.works, budget.zips)} submissions; at most {MAX_WORKS} are graded")
    root = () if depth else _root(wanted or [name for _, name in files])
    seen: set[PurePosixPath] = set()
    for member, name in files:
        if name.parts[: len(root)] != root:
            if root[-1:] != (_SUBMITTED,):
                yield _found(room.folder, _inside(name), not_taken=no_notebook(name.name))
            elif name.parts[len(root) - 1] not in _OF_A_COURSE and _is_submission(name.name):
                yield _found(room.folder, _inside(name), not_taken=_BESIDE)
            continue
        here = place / _inside(PurePosixPath(*name.parts[len(root) :]))
        if not _is_submission(name.name):
            yield _found(room.folder, here, not_taken=no_notebook(name.name))
            continue
        problem = _problem(member, name) or ("this name occurs twice in the zip file" if here in seen else "")
        seen.add(here)
        yield from _member(archive, member, here, room, budget, depth, problem)


def _member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    here: PurePosixPath,
    room: _Unpacked,
    budget: _Budget,
    depth: int,
    problem: str,
) -> Iterator[Found]:
    """What comes of one notebook or zip file in a zip file."""
    if not problem and depth >= 2 and _is_zip(here.name):
        problem = "a zip file in a zip file in a zip file"
    limit = MAX_BYTES if is_notebook(here.name) else MAX_ZIP_BYTES
    path = room.folder if problem else room.new_file()
    problem = problem or _extract(archive, member, path, limit, budget)
    packed = _packed(member)
    times = (0.0, packed) if depth else (packed, 0.0)
    if problem or is_notebook(here.name):
        yield replace(_found(path, here, problem, times=times), stamped=not depth and packed > 0)
        return
    # Each student has a budget of their own, so that one can't use up the others'.
    inner = budget if depth else room.budget_at(here)
    for one in _in_zip(path, here, room, inner, depth=depth + 1):
        yield one if depth else replace(one, times=(packed, one.times[1]), stamped=packed > 0)
    path.unlink()


def _called(member: zipfile.ZipInfo) -> PurePosixPath:
    """A member's name. Many programs (macOS's, Ruby's) write UTF-8 and do not say so; `zipfile` takes it for cp437.

    What no file system has room for is shortened, and keeps its ending: to read whose it is takes time.
    """
    name = member.filename
    if not member.flag_bits & _IS_UTF_8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    path = PurePosixPath(name.replace("\\", "/"))
    return PurePosixPath(*map(_cut, path.parts)) if len(name) > _LONGEST else path


def _cut(part: str) -> str:
    return part if len(part) <= _LONGEST else part[: _LONGEST - _ENDING] + part[-_ENDING:]


def _inside(name: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(*(part for part in name.parts if part != ".." and not part.startswith("/")))


def _packed(member: zipfile.ZipInfo) -> float:
    """When a member was last changed, as the zip file says; 0.0 if it does not. It says no zone: this machine's."""
    if member.date_time <= (1980, 1, 1, 0, 0, 0):
        return 0.0
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


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
    """The folders in a zip file around the students' submissions, such as "class/" or "course/submitted/"."""
    tops = {name.parts[0] for name in names}
    if _is_course(tops):
        return (_SUBMITTED,)
    inside = [PurePosixPath(*name.parts[1:]) for name in names if len(name.parts) > 1]
    if len(tops) != 1 or len(inside) < len(names):
        return ()
    deeper = _root(inside)
    return (*tops, *deeper) if deeper or _is_class(inside) else ()


def _is_course(names: set[str]) -> bool:
    """Whether a folder with this in it is nbgrader's for a whole course, and not one of students' folders."""
    return _SUBMITTED in names and (len(names) == 1 or not names.isdisjoint(("source", "release")))


def _is_class(names: list[PurePosixPath]) -> bool:
    """Whether a folder with these files is a class's and not one student's."""
    folders = {name.parts[0] for name in names if len(name.parts) > 1 or _is_zip(name.name)}
    flat = [name for name in names if len(name.parts) == 1 and is_notebook(name.name)]
    return _names_several(flat) or (not flat and len(folders) > 1)


def _names_several(flat: list[PurePosixPath]) -> bool:
    """Whether files name several students: "ada_01_encoding" and "grace_01_encoding".

    One student has "01_encoding" and "02_hmac", and copies of both.
    """
    owners: dict[str, set[str]] = {}
    for name in flat:
        lesson = lesson_named_in(name.name)
        who = origin(name).who
        if lesson and not lesson_named_in(who):
            owners.setdefault(lesson, set()).add(who)
    return any(len(those) > 1 for those in owners.values())


def _of_one_student(found: list[Found], student: str) -> list[Found]:
    """The same, but where a zip file holds nothing but bare lessons, they are of whom the zip file is called after."""
    names = [one.name for one in found if is_notebook(one.name)]
    if not names or any("/" in name or not lesson_named_in(origin(PurePosixPath(name)).who) for name in names):
        return found
    return [replace(one, name=f"{student}/{one.name}") for one in found]


def _found(
    path: Path,
    name: PurePosixPath,
    problem: str = "",
    *,
    not_taken: str = "",
    times: tuple[float, float] = (0.0, 0.0),
) -> Found:
    # A file name need not be UTF-8; what is said of it is.
    clean = str(name).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return Found(path, clean, problem=problem, not_taken=not_taken, times=times)


def _skipped(name: str) -> bool:
    return (name.startswith(".") and name != "..") or name in _SKIPPED or is_platforms_own(name)


def _is_submission(name: str) -> bool:
    return is_notebook(name) or _is_zip(name)


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")
