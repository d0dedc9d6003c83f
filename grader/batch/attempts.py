"""Of what was found: whose each file is, which attempt of several counts, and what is not taken and why."""

import re
import stat
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from ..engine.budget import MAX_WORKS
from ..files import DEEPEST
from ..lms.platforms import PLATFORMS
from ..student import NotAnId, StudentId
from .names import Origin, impostors, lesson_in, lesson_named_in, origin, owners, stem, without_mark

MAX_LISTED = 20
"""Files that are no submissions are listed by name up to so many for each outermost folder; the others are counted."""
_LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
"""A file's time is its author's to choose, and from here on it is none that can be written."""
_OF_AN_ATTEMPT = re.compile(r".*?_attempt_\d{4}(?:-\d\d){5}_")
"""How Blackboard begins the name of each file of an attempt. Beside them is a note, which is called so and ".txt"."""

KINDS = {
    "pdf": "a PDF",
    "py": "a Python file",
    "html": "a web page",
    "htm": "a web page",
    "md": "a text",
    "txt": "a text",
    "docx": "a text document",
    "doc": "a text document",
    "odt": "a text document",
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "heic", "webp"), "a picture"),
    **dict.fromkeys(("rar", "7z", "tar", "gz", "tgz", "bz2", "xz"), "an archive of a kind that is not opened (zip is)"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One submission, or a file that is not taken for one.

    Attributes:
        path: the file to read.
        name: where it was, from the folder or zip file on, with "/" between.
        student: whose it is, an id; "" for what is nobody's.
        problem: why it can't be read, if that is known already.
        master: a class's own master, to rebuild it on.
        not_taken: why it is not graded at all, if it is not.
        times: when the file came in, and when it was last changed in the zip file it came in; seconds since 1970.
        stamped: whether the first of these is a learning platform's word, and not just a file's.
        at_once: whether all files of its zip file have nearly the same time: that of a download, perhaps.
        late: whether the platform says that it was late.
        doubtful: whether its name can be read as another student's, too.
    """

    path: Path
    name: str
    student: str = ""
    problem: str = ""
    master: Path | None = None
    not_taken: str = ""
    times: tuple[float, float] = (0.0, 0.0)
    stamped: bool = False
    at_once: bool = False
    late: bool = False
    doubtful: bool = False


def sorted_out(found: Iterable[Found], called: Callable[[PurePosixPath], Origin] = origin) -> list[Found]:
    """The same with students, and with a reason on each that is not taken. Sorted by name.

    Args:
        found: what lay there.
        called: says of a file's place whose it is.
    """
    those = _without_notes(sorted(found, key=lambda one: (one.name, str(one.path))))
    those = _shortened(_without_teachers(those))
    starts = [(one, start) for one in those for start in _each(called(PurePosixPath(one.name)))]
    starts = _at_most(starts)
    lessons = ["" if one.not_taken else lesson_of(one) for one, _ in starts]
    origins = [start for _, start in starts]
    strange = impostors(origins, lessons)
    named = []
    for number, ((one, start), who) in enumerate(zip(starts, owners(origins, lessons), strict=True)):
        dated = _dated(one, start)
        named.append(_claimed(dated, who) if number in strange else _with_student(dated, who, start))
    return latest_only(named, lessons)


def _at_most(starts: list[tuple[Found, Origin]]) -> list[tuple[Found, Origin]]:
    """The same, but of one person's works at most `MAX_WORKS` are taken, the newest: each may take minutes."""
    works: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (one, start) in enumerate(starts):
        if not one.not_taken:
            works[start.person].append(number)
    result = list(starts)
    for those in works.values():
        those.sort(key=lambda number: (not starts[number][0].problem, _age(starts[number][0])))
        for number in those[: max(0, len(those) - MAX_WORKS)]:
            one, start = starts[number]
            reason = f"{len(those):,} submissions of one student; at most {MAX_WORKS} are taken, the newest"
            result[number] = (replace(one, not_taken=reason), start)
    return result


def _each(start: Origin) -> list[Origin]:
    """One for each student whose it is; of a group, for each member."""
    return [replace(start, who=who, unmarked="", tag="") for who in start.known] or [start]


def _dated(found: Found, start: Origin) -> Found:
    """The same with what a platform says in its name. The time of its zip file may be no more than the download's."""
    known = found
    if start.late or start.doubtful:
        known = replace(found, late=start.late, doubtful=start.doubtful)
    if start.time:
        return replace(known, times=(start.time, found.times[1]), stamped=True)
    if found.at_once and start.platform and start.platform.zips_at_download:
        return replace(known, stamped=False)
    return known


def latest_only(found: Sequence[Found], lessons: Sequence[str]) -> list[Found]:
    """The same, where of several attempts at a lesson by one student all but the newest are not taken.

    What is doubtful takes nothing away that is not. What can't be read, or is no regular file, is a submission of its
    own: it takes nobody's work away.
    """
    attempts: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (one, lesson) in enumerate(zip(found, lessons, strict=True)):
        if one.student and not one.problem and not one.not_taken and is_regular(one.path):
            attempts[one.student, lesson].append(number)
    result = list(found)
    for those in attempts.values():
        best = max(those, key=lambda number: _age(found[number]))
        for number in those:
            if number != best:
                doubtful = found[number].doubtful and not found[best].doubtful
                which = "whose name is not in doubt" if doubtful else "the newest"
                reason = f"another attempt counts, {which}: {found[best].name} ({_said(found[best].times)})"
                result[number] = replace(found[number], not_taken=reason)
    return result


def no_notebook(name: str) -> str:
    """Why a file of this name is not taken."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    return f"{KINDS.get(ending, 'not a notebook')}; only notebooks (.ipynb) are graded"


def _without_notes(found: list[Found]) -> list[Found]:
    """The same without Blackboard's notes on attempts; but where nothing lies beside one, it is what was handed in."""
    attempts = {match[0][:-1] for one in found if (match := _OF_AN_ATTEMPT.match(one.name))}
    return [one for one in found if not one.name.endswith(".txt") or one.name.removesuffix(".txt") not in attempts]


def _without_teachers(found: list[Found]) -> list[Found]:
    """The same, where nothing is taken of what a platform has in folders of its own for teachers."""
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for one in found:
        for folder, name in _steps(one.name):
            inside[folder].add(name)
    given = {folder: _given(names) for folder, names in inside.items()}
    return [_unless_given(one, given) for one in found]


def _steps(name: str) -> Iterator[tuple[str, str]]:
    """Each folder on the way to a file, and what is in it on that way."""
    parts = name.split("/")[:DEEPEST]
    return (("/".join(parts[:depth]), parts[depth]) for depth in range(1, len(parts)))


def _given(names: Collection[str]) -> dict[str, str]:
    """Of what is in one folder that which is for teachers, and whose it is: some platform's title."""
    return {
        name: one.title
        for one in PLATFORMS
        if one.given and (not one.handed_in or any(re.fullmatch(one.handed_in, name) for name in names))
        for name in names
        if re.fullmatch(one.given, name)
    }


def _unless_given(found: Found, given: Mapping[str, Mapping[str, str]]) -> Found:
    for folder, name in () if found.not_taken else _steps(found.name):
        if title := given[folder].get(name):
            return replace(found, problem="", not_taken=f"{title} has in {name!r} what teachers gave or wrote")
    return found


def _shortened(found: list[Found]) -> list[Found]:
    """The same, but a heap of files that are no submissions is one line."""
    heaps = Counter(one.name.partition("/")[0] for one in found if one.not_taken and "/" in one.name)
    large = {top for top, count in heaps.items() if count > MAX_LISTED}
    seen: Counter[str] = Counter()
    kept = []
    for one in found:
        top = one.name.partition("/")[0]
        if one.not_taken and top in large and "/" in one.name:
            seen[top] += 1
            if seen[top] == MAX_LISTED:
                rest = heaps[top] - MAX_LISTED + 1
                kept.append(replace(one, not_taken=f"{rest} files from here on; {one.not_taken}"))
            if seen[top] >= MAX_LISTED:
                continue
        kept.append(one)
    return kept


def lesson_of(found: Found) -> str:
    """Which lesson an attempt is of; where nobody can say, the name of the file stands for it."""
    text = stem(PurePosixPath(found.name).name)
    if named := lesson_named_in(text):
        return named
    inside = lesson_in(found.path) if not found.problem and is_regular(found.path) else ""
    return inside or without_mark(text)[0]


def _with_student(found: Found, who: str, start: Origin) -> Found:
    try:
        student = StudentId.parse(who)
    except NotAnId as error:
        if found.not_taken:
            return found
        return replace(found, not_taken=f"{error}. Rename the {_what(found.name)} and grade again")
    if found.not_taken and not (start.platform or _names_somebody(found)):
        return found
    return replace(found, student=student)


def _claimed(found: Found, who: str) -> Found:
    """What is not taken because somebody else hands in as the same student."""
    reason = f"several people hand in as {who}; give the platform's own table with it, or rename what is {who}'s"
    return replace(found, not_taken=found.not_taken or reason)


def _names_somebody(found: Found) -> bool:
    """Whether somebody's name is on what is not taken; a file that just lies about has none."""
    is_place = found.path.is_dir() or found.name.casefold().endswith(".zip")
    return "/" in found.name or is_place or lesson_named_in(found.name) != ""


def _what(name: str) -> str:
    return "folder" if "/" in name else "file"


def _age(found: Found) -> tuple[bool, float, float, int, list[tuple[str, int]]]:
    """What is greater for a newer attempt. Names alone are compared as people count: "Version 9", "Version 10"."""
    mark = without_mark(stem(PurePosixPath(found.name).name))[1]
    parts = [(text, int(number or 0)) for text, number in re.findall(r"(\D*)(\d{0,18})", found.name)]
    return not found.doubtful, *found.times, mark, parts


def _said(times: tuple[float, float]) -> str:
    when = times[0] or times[1]
    return f"{datetime.fromtimestamp(when, UTC):%Y-%m-%d %H:%M:%S} UTC" if 0 < when < _LAST else "no time is known"


def is_regular(path: Path) -> bool:
    """Whether there is a file, and neither a link, a folder nor a device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def is_platforms_own(name: str) -> bool:
    """Whether a file is no hand-in but a note that a platform or a program left: nobody misses it."""
    return name in ("timestamp.txt", "submission_secret.txt", "Thumbs.db", "desktop.ini")
