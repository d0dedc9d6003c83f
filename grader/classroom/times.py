"""Times as people and tools write them, read in one place, with their zones.

nbgrader 0.9.6 reads the zone `+0100` at the end of a time as a hundred seconds, `+08` (which its own exchange writes
where a zone is named by a number) as eight, and a name that it does not know as UTC. Here what is not clear is refused.
The gradebook keeps times as nbgrader does: in UTC, without saying so.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import ClassError
from ..files import read_small

TIMESTAMP = "timestamp.txt"
"""Where a collector writes when a submission was handed in."""
MAX_TIMESTAMP = 100
EXAMPLES = "2026-10-19 12:00 Europe/Berlin, 2026-10-19 12:00 +02:00 or 2026-10-19T10:00Z"
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(?P<zone>[A-Za-z+-][\w+:/-]*)?",
    re.ASCII,
)
_OFFSET = re.compile(r"([+-])(\d\d)(?::?(\d\d))?")


class UnclearTime(ClassError):
    """A time that can't be read without doubt. The text says why, and what can be."""


def read_time(text: str, zone: tzinfo, *, bare: tzinfo | None = None) -> datetime:
    """The moment that a text names, in the class's zone.

    Args:
        text: a day, a time and, behind them, a zone: its name, its distance from UTC, or the short name that the
            class's own zone has at that time, such as CEST.
        zone: the class's.
        bare: the zone of a text that names none; the class's, if not given.

    Raises:
        UnclearTime: the text is none, or might mean more than one moment.
    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise _unclear(text, "not a day and a time")
    try:
        local = datetime.fromisoformat(f"{found['day']} {found['clock']}")
    except ValueError:
        raise _unclear(text, "there is no such day or time") from None
    moment = _placed(local, _zone(found["zone"], local, zone) if found["zone"] else bare or zone)
    if moment is None:
        raise _unclear(text, "the clocks are changed at that time, so it comes twice or never")
    return moment.astimezone(zone)


def read_timestamp(path: Path, zone: tzinfo) -> datetime:
    """The time in a collector's file. nbgrader's own write UTC where they write no zone.

    Raises:
        OSError: there is no such file, or it can't be read.
        UnclearTime: what it says is not clear.
    """
    text = read_small(path, MAX_TIMESTAMP + 1)
    if len(text) > MAX_TIMESTAMP:
        raise _unclear(text, "too long")
    return read_time(text, zone, bare=UTC)


def show_time(moment: datetime, zone: tzinfo) -> str:
    """A time for people, in the class's zone; one without a zone is the gradebook's, in UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")


def for_gradebook(moment: datetime) -> datetime:
    """A time as the gradebook keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def named_zone(name: str) -> ZoneInfo:
    """The zone of a name such as Europe/Berlin.

    Raises:
        ClassError: there is no zone of this name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ClassError(f"{name!r} is no time zone; one is called, for example, Europe/Berlin or UTC") from None


def class_zone(config: Any) -> ZoneInfo:
    """The class's zone, as its `nbgrader_config.py` sets it; UTC, as in nbgrader, if it does not.

    Raises:
        ClassError: it names two, or none that there is.
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
    """The class's zone as it is while it has this short name: it says which of two times it is when clocks go back."""
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold)
        if moment.tzname() == name and (distance := moment.utcoffset()) is not None:
            return timezone(distance)
    return None


def _placed(local: datetime, zone: tzinfo) -> datetime | None:
    """The local time in a zone; None where the clocks make it come twice or never."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first if first.utcoffset() == second.utcoffset() else None


def _unclear(text: str, why: str) -> UnclearTime:
    return UnclearTime(f"{text.strip()[:60]!r} is not clear: {why}; what is: {EXAMPLES}")
