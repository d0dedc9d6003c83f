"""What a file's name says: whose it is, which lesson, whether it is a copy, and when a learning platform took it in.

Platforms put their own words in front of a learner's file: Moodle `Ada Lovelace_4711_assignsubmission_file_…`, Canvas
`lovelaceada_LATE_4711_98765_…`; what they are is data, in `grader/lms/`. Browsers and programs mark copies: `-Copy1`,
` (1)`, ` copy`, ` - Kopie`, `Copy of …`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path, PurePosixPath

from ..checks import exercises
from ..course.masters import chapter_names, lessons_named_in, pattern_of
from ..engine.budget import MAX_BYTES
from ..lms.platform import Platform, matched, seconds
from ..lms.platforms import PLATFORMS
from ..lms.roster import Roster
from ..student import NotAnId, StudentId

_COPY_WORD = r"(?:copy|copie|copia|c[oó]pia|kopie|kopia|kopi)"
_COPY_END = re.compile(rf"(?:[ _]?\((?P<a>\d+)\)|[-_ ]+{_COPY_WORD}[-_ ]*(?P<b>\d*))$", re.IGNORECASE)
_COPY_BEGIN = re.compile(rf"^{_COPY_WORD} (?:\((?P<a>\d+)\) )?(?:of|von|de|di|af|van) ", re.IGNORECASE)
_NOTEBOOK = re.compile(r"\.ipynb(\.(txt|json))?$", re.IGNORECASE)
_VERSION = re.compile(r"(?:v|version|final|attempt|versuch|new|neu)?[-_ ]?\d*", re.IGNORECASE)
"""What a learner puts behind a lesson's name and that is nobody's name."""


@dataclass(frozen=True)
class Origin:
    """What the outermost name of a hand-in says of whose it is.

    Attributes:
        who: a name, perhaps no id.
        unmarked: the same without the mark of a copy, if there is one.
        tag: what the platform put beside the name, where two of one name can be told apart by it.
        time: when the platform took it in, in seconds since 1970; 0.0 if the name does not say.
        late: whether the platform's name says that it was late.
        platform: whose form the name has; None for nobody's.
        key: what the platform tells people apart by; the whole name, where only a roster can read it.
        known: whose it is, as the class's roster says; several students where it is a group's.
        by_number: whether it says so by the platform's own number, and not by a name, which anybody may have.
        doubtful: whether the platform's words are in the name twice, and might be another student's.
    """

    who: str
    unmarked: str = ""
    tag: str = ""
    time: float = 0.0
    late: bool = False
    platform: Platform | None = None
    key: str = ""
    known: tuple[str, ...] = ()
    by_number: bool = False
    doubtful: bool = False

    @property
    def person(self) -> tuple[str, str]:
        """Who it is, as far as the name says: to a class that is anonymous there everybody is called the same."""
        return self.who, self.tag


def origin(place: PurePosixPath, roster: Roster | None = None, zone: tzinfo | None = None) -> Origin:
    """Whose a hand-in is, from where it was: its outermost folder, or its own name where it lies in none.

    A folder that is called after a lesson is nobody's name; what lies in it decides.

    Args:
        place: where it was.
        roster: who is in the class.
        zone: the platform's, for the time in a name; this machine's, if not given.
    """
    parts = list(place.parts)
    while len(parts) > 1 and (not _rest_of(parts[0]) or _is_around(parts)):
        del parts[0]
    text = parts[0] if len(parts) > 1 else stem(parts[0])
    for platform in PLATFORMS:
        if groups := matched(platform, text):
            known = roster.whose(platform, groups) if roster else ()
            if known or not platform.roster_only:
                by_number = bool(roster and roster.numbered(platform, groups.get("key", "")))
                doubtful = "last key" in groups
                return replace(_of_platform(platform, groups, known, zone), by_number=by_number, doubtful=doubtful)
    if lesson_named_in(text):
        start = Origin(_rest_of(text) or without_mark(text)[0])
    else:
        start = Origin(text, without_mark(text)[0] if without_mark(text)[1] else "")
    known = (roster.called(start.who) or roster.called(start.unmarked)) if roster else ()
    return replace(start, known=known)


def _of_platform(platform: Platform, groups: dict[str, str], known: tuple[str, ...], zone: tzinfo | None) -> Origin:
    key = groups.get("key", "") or (groups["who"] if platform.roster_only else "")
    times = [seconds(groups[name], platform.time, zone) for name in ("time", "last time") if name in groups]
    time = max(times, default=0.0)  # who puts an earlier one into a name gains nothing
    return Origin(
        groups["who"], "", groups.get("key", "") or groups.get("head", ""), time, "late" in groups, platform, key, known
    )


def impostors(origins: Sequence[Origin], lessons: Sequence[str]) -> set[int]:
    """The numbers of those of which nobody can say whose they are: several people claim one student's name.

    People choose what they are called on some platforms, and anybody may have an account that ends like another's. So
    whom the platform tells apart is not one student, as long as nothing but a name says so; whom it knows by number is.
    """
    people: dict[tuple[object, ...], set[str]] = {}
    for one, lesson in zip(origins, lessons, strict=True):
        if one.known and one.key:
            people.setdefault((one.platform, one.known, lesson), set()).add(one.key)
    return {
        number
        for number, (one, lesson) in enumerate(zip(origins, lessons, strict=True))
        if not one.by_number and len(people.get((one.platform, one.known, lesson), ())) > 1
    }


def _is_around(parts: Sequence[str]) -> bool:
    """Whether the outermost folder is one that a platform puts around those of a team's members."""
    return any(one.within and re.fullmatch(one.within, parts[0]) and matched(one, parts[1]) for one in PLATFORMS)


def owners(origins: Sequence[Origin], lessons: Sequence[str]) -> list[str]:
    """The names of those origins, as good as they can be made; what is no id then stays as it is.

    "ada (1)" is ada's where there is an "ada", too, or nobody else who could be meant. Two people of one name are
    told apart by what their platform put beside it; and who has a name that is no id is called by that, too.
    """
    plain = {one.who for one in origins}
    marked = Counter(one.unmarked for one in {*origins} if one.unmarked)
    # A number that is somebody's in one assignment only tells people apart in that one.
    scopes = ["" if one.platform and one.platform.key else lesson for one, lesson in zip(origins, lessons, strict=True)]
    tags: dict[tuple[str, str], set[str]] = {}
    for one, scope in zip(origins, scopes, strict=True):
        tags.setdefault((one.who, scope), set()).add(one.tag)
    named, made = [], set()
    for one, scope in zip(origins, scopes, strict=True):
        who = one.who
        if one.unmarked and (one.unmarked in plain or (marked[one.unmarked] == 1 and not _is_id(who))):
            who = one.unmarked
        elif one.tag and (len(tags[one.who, scope]) > 1 or not _is_id(who)):
            who = _with_tag(who, one.tag)
            made.add(who)
        named.append(who)
    # Whoever is called like what was made of another's name and number gets a number, too.
    while taken := [place for place, one in enumerate(origins) if one.tag and named[place] == one.who in made]:
        for place in taken:
            named[place] = _with_tag(named[place], origins[place].tag)
            made.add(named[place])
    return named


def _with_tag(who: str, tag: str) -> str:
    letters = re.sub(r"[^\w.@+ -]", "", who)
    return " ".join(f"{letters} {tag}".split())


def stem(name: str) -> str:
    """A file's name without ending; browsers may have added one to a notebook's."""
    return _NOTEBOOK.sub("", name) if is_notebook(name) else _bare(name)


def is_notebook(name: str) -> bool:
    """Whether a file's name is a notebook's, also where a browser saved it as a text."""
    return _NOTEBOOK.search(name) is not None


def without_mark(text: str) -> tuple[str, int]:
    """A name without the marks of a copy, and the number of the copy: 0 for none, at least 1 for one."""
    number = 0
    while found := _COPY_END.search(text) or _COPY_BEGIN.search(text):
        digits = "".join(filter(None, found.groupdict().values()))
        number = max(number, int(digits[:6] or 1) or 1)
        text = text[: found.start()] if found.start() else text[found.end() :]
    return text, number


def lesson_named_in(text: str) -> str:
    """The lesson that a name names; "" for none."""
    return next(iter(lessons_named_in(text)), "")


def lesson_in(path: Path) -> str:
    """The lesson whose exercises a notebook file has, writes or checks, without parsing it; "" if none."""
    try:
        with path.open("rb") as file:
            return lesson_written_in(file.read(MAX_BYTES))
    except OSError:
        return ""


def lesson_written_in(data: bytes) -> str:
    """The same, of a notebook's bytes."""
    words = set(re.findall(rb"""(?:def |class |check\(\\?["']|"grade_id": ?")([A-Za-z_0-9]{3,40})""", data))
    votes = {name: _share(name, words) for name in chapter_names()}
    best = max(votes, key=lambda name: votes[name])
    return best if votes[best] > 0.5 else ""


def _share(chapter: str, words: set[bytes]) -> float:
    names = [exercise.name.encode() for exercise in exercises(chapter)]
    return sum(name in words for name in names) / len(names)


def _rest_of(text: str) -> str:
    """What a name says besides the lesson and the marks of a copy."""
    text, _ = without_mark(text)
    lesson = lesson_named_in(text)
    if not lesson:
        return text
    before, after = (part.strip(" _-.") for part in pattern_of(lesson).split(text, maxsplit=1))
    return "_".join(filter(None, (before, "" if _VERSION.fullmatch(after) else after)))


def _bare(name: str) -> str:
    return PurePosixPath(name).stem


def _is_id(text: str) -> bool:
    try:
        StudentId.parse(text)
    except NotAnId:
        return False
    return True
