"""Times as people and tools write them, read in one place, with their zones.

nbgrader 0.9.6 reads the zone `+0100` at the end of a time as a hundred seconds, `+08` (which its own exchange writes
for zones without a name) as eight seconds, and an unknown name as UTC. Here an ambiguous time is an error. In the
gradebook, times are in UTC without a zone, as nbgrader expects.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import ClassError
from ..files import read_small

TIMESTAMP = "timestamp.txt"
"""The file in which a collector notes when a submission was handed in."""
MAX_TIMESTAMP = 100
YEARS = range(1970, 9999)
"""A time near the first or the last that Python knows is in some other zone none at all."""
EXAMPLES = "2026-10-19 12:00 Europe/Berlin, 2026-10-19 12:00 +02:00 or 2026-10-19T10:00Z"
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(?P<zone>[A-Za-z+-][\w+:/-]*)?",
    re.ASCII,
)
_OFFSET = re.compile(r"([+-])(\d\d)(?::?(\d\d))?")


class UnclearTime(ClassError):
    """A time that is ambiguous or can't be read. The text says why, and gives examples that can."""


def read_time(text: str, zone: tzinfo, *, bare: tzinfo | None = None) -> datetime:
    """Parse a time, and convert it to the class's zone.

    Args:
        text: a date, a time and optionally a zone: its name, its offset from UTC, or the abbreviation that the class's
            own zone has at that time, such as CEST.
        zone: the class's.
        bare: the zone of a text that names none; by default the class's.

    Raises:
        UnclearTime: the text is not a time, or might mean more than one moment.
    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise _unclear(text, "not a day and a time")
    try:
        local = datetime.fromisoformat(f"{found['day']} {found['clock']}")
    except ValueError:
        raise _unclear(text, "there is no such day or time") from None
    if local.year not in YEARS:
        raise _unclear(text, f"its year is none of {YEARS[0]} to {YEARS[-1]}")
    moment = _placed(local, _zone(found["zone"], local, zone) if found["zone"] else bare or zone)
    if moment is None:
        raise _unclear(text, "the clocks are changed at that time, so it comes twice or never")
    return moment.astimezone(zone)


def read_timestamp(path: Path, zone: tzinfo) -> datetime:
    """The time in a collector's file. Without a zone it is in UTC, as nbgrader's own collectors write it.

    Raises:
        OSError: there is no such file, or it can't be read.
        UnclearTime: the time in it is ambiguous or can't be read.
    """
    text = read_small(path, MAX_TIMESTAMP + 1)
    if len(text) > MAX_TIMESTAMP:
        raise _unclear(text, "too long")
    return read_time(text, zone, bare=UTC)


def show_time(moment: datetime, zone: tzinfo) -> str:
    """A time for people, in the class's zone. A time without a zone is from the gradebook, so in UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")


def for_gradebook(moment: datetime) -> datetime:
    """A time in the gradebook's form: in UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def named_zone(name: str) -> ZoneInfo:
    """The time zone with a name such as Europe/Berlin.

    Raises:
        ClassError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ClassError(f"{name!r} is no time zone; one is called, for example, Europe/Berlin or UTC") from None


def class_zone(config: Any) -> ZoneInfo:
    """The class's time zone, from its `nbgrader_config.py`; by default UTC, as in nbgrader.

    Raises:
        ClassError: the file names two zones, or one that does not exist.
    """
    names = {config[name].get("timezone", "") for name in ("Exchange", "NbGraderAPI") if name in config} - {""}
    if len(names) > 1:
        raise ClassError(f"nbgrader_config.py names two time zones, {' and '.join(sorted(names))}; a class has one")
    return named_zone(names.pop() if names else "UTC")


def _zone(name: str, local: datetime, zone: tzinfo) -> tzinfo:
    if offset := _OFFSET.fullmatch(name):
        sign, hours, minutes = offset[1], int(offset[2]), int(offset[3] or 0)
        distance = timedelta(hours=hours, minutes=minutes)
        if minutes < 60 and distance <= timedelta(hours=14):
            return timezone(-distance if sign == "-" else distance)
    elif name in ("Z", "UTC", "GMT"):
        return UTC
    elif short := _short(name, local, zone):
        return short
    elif "/" in name:
        try:
            return named_zone(name)
        except ClassError:
            pass
    raise _unclear(f"{local} {name}", f"the zone {name} is not known, or there are several")


def _short(name: str, local: datetime, zone: tzinfo) -> tzinfo | None:
    """The zone's offset under this abbreviation, which tells apart the two equal times when clocks go back."""
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold)
        if moment.tzname() == name and (distance := moment.utcoffset()) is not None:
            return timezone(distance)
    return None


def _placed(local: datetime, zone: tzinfo) -> datetime | None:
    """The local time in a zone; None if it occurs twice or never because clocks change."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first if first.utcoffset() == second.utcoffset() else None


def _unclear(text: str, why: str) -> UnclearTime:
    return UnclearTime(f"{text.strip()[:60]!r} is not clear: {why}; what is: {EXAMPLES}")
