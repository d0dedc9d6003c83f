"""One function reads times: with their zones, and nothing by guessing."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import nbgrader
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.utils import parse_utc
from traitlets.config import Config

from grader.classroom.times import (
    EXAMPLES,
    UnclearTime,
    class_zone,
    for_gradebook,
    named_zone,
    read_time,
    read_timestamp,
    show_time,
)
from grader.errors import ClassError

BERLIN, SINGAPORE = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Singapore")
NOON = datetime(2026, 10, 19, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-10-19 12:00 UTC", BERLIN, "12:00"),
        ("2026-10-19T12:00Z", BERLIN, "12:00"),
        ("2026-10-19T12:00:00.5 GMT", BERLIN, "12:00"),
        ("2026-10-19 12:00 +0100", UTC, "11:00"),
        ("2026-10-19 12:00 +01:00", UTC, "11:00"),
        ("2026-10-19 12:00+01", UTC, "11:00"),
        ("2026-10-19 12:00:00.000000 +08", UTC, "04:00"),
        ("2026-10-19 12:00 +08", SINGAPORE, "04:00"),
        ("2026-10-19 01:00 -0330", UTC, "04:30"),
        ("2026-10-19 12:00 Europe/Berlin", UTC, "10:00"),
        ("2026-10-19 12:00 America/Argentina/Buenos_Aires", UTC, "15:00"),
        ("2026-10-19 12:00 CEST", BERLIN, "10:00"),
        ("2026-12-19 12:00 CET", BERLIN, "11:00"),
        ("2026-10-25 02:30 CEST", BERLIN, "00:30"),
        ("2026-10-25 02:30 CET", BERLIN, "01:30"),
        ("2026-10-25 02:30 +0200", BERLIN, "00:30"),
        ("2026-10-19 12:00", BERLIN, "10:00"),
        ("  2026-10-19 12:00\n", UTC, "12:00"),
    ],
)
def test_what_is_clear(text: str, zone: ZoneInfo, utc: str) -> None:
    moment = read_time(text, zone)
    assert moment.tzinfo is zone
    assert moment.astimezone(UTC).strftime("%H:%M") == utc


@pytest.mark.parametrize(
    "text",
    [
        *("", "tomorrow", "12:00", "2026-10-19", "19.10.2026 12:00", "10/19/2026 12:00", "2026-10-19 12", "1789000000"),
        *("2026-10-19 12:00 EST", "2026-10-19 12:00 IST", "2026-10-19 12:00 CET", "2026-10-19 12:00 +1"),
        *("2026-10-19 12:00 +8", "2026-10-19 12:00 +100", "2026-10-19 12:00 +01000", "2026-10-19 12:00 +0199"),
        *("2026-10-19 12:00 +2500", "2026-10-19 12:00 Europe/Nowhere", "2026-10-19 12:00 ../../etc/passwd"),
        *(
            "2026-10-19 12:00 UTC+1",
            "2026-10-19 12:00 noon",
            "2026-02-30 12:00",
            "2026-10-19 24:01",
            "2026-10-19 12:00 PM",
        ),
        *("0001-01-01 00:00 +14:00", "0001-01-01 00:00", "9999-12-31 23:59 UTC", "1969-12-31 23:59 Europe/Berlin"),
        *("2026-10-25 02:30", "2026-03-29 02:30", "2026-10-25 02:30 Europe/Berlin", "２０２６-10-19 12:00"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(UnclearTime) as refused:
        read_time(text, BERLIN)
    assert EXAMPLES in str(refused.value)


def test_the_examples_are_clear() -> None:
    for example in EXAMPLES.replace(" or ", ", ").split(", "):
        assert read_time(example, UTC).astimezone(UTC) == datetime(2026, 10, 19, 10, tzinfo=UTC)


@given(st.text(max_size=60) | st.from_regex(r"2026-\d\d-\d\d \d\d:\d\d( [+\-A-Z/a-z0-9:]{1,8})?", fullmatch=True))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        moment = read_time(text, BERLIN)
    except UnclearTime:
        return
    assert read_time(show_time(moment, BERLIN), BERLIN).replace(microsecond=0) == moment.replace(microsecond=0)


def test_times_are_kept_in_utc_and_shown_in_the_classes_zone() -> None:
    assert for_gradebook(read_time("2026-10-19 14:00", BERLIN)) == NOON.replace(tzinfo=None)
    assert show_time(NOON, BERLIN) == show_time(NOON.replace(tzinfo=None), BERLIN) == "2026-10-19 14:00:00 CEST"


def test_a_collectors_file_without_a_zone_is_in_utc(tmp_path: Path) -> None:
    file = tmp_path / "timestamp.txt"
    file.write_text("2026-10-19 12:00:00")
    assert read_timestamp(file, BERLIN) == NOON
    file.write_text("2026-10-19 14:00:00.000000 CEST")
    assert read_timestamp(file, BERLIN) == NOON
    file.write_text("2026-10-19 12:00:00" + " " * 200)
    with pytest.raises(UnclearTime):
        read_timestamp(file, BERLIN)


def test_a_class_has_one_zone() -> None:
    assert class_zone(Config()) == ZoneInfo("UTC")
    assert class_zone(Config({"Exchange": {"timezone": "Europe/Berlin"}})) == BERLIN
    assert class_zone(Config({"NbGraderAPI": {"timezone": "Europe/Berlin"}})) == BERLIN
    with pytest.raises(ClassError, match="two time zones"):
        class_zone(Config({"Exchange": {"timezone": "UTC"}, "NbGraderAPI": {"timezone": "Europe/Berlin"}}))
    for name in ("CEST", "Berlin", "../x", "", "/etc/passwd", "a\0b"):
        with pytest.raises(ClassError, match="no time zone"):
            named_zone(name)


def test_what_nbgrader_itself_reads() -> None:
    """Why there is a function of our own. Should a new version read it better, the documents are to say so."""
    assert nbgrader.__version__ == "0.9.6"
    assert parse_utc("2026-10-19 12:00 +0100") == datetime(2026, 10, 19, 11, 58, 20)
    assert parse_utc("2026-10-19 12:00 +08") == datetime(2026, 10, 19, 11, 59, 52)
    assert parse_utc("2026-10-19 12:00 XYZ") == datetime(2026, 10, 19, 12)
