"""Collecting from nbgrader's exchange: by owner, by the system's time, and without following a link."""

import errno
import logging
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.classroom import exchange
from grader.classroom.classdir import ClassDir
from grader.classroom.exchange import Collect
from grader.classroom.times import read_timestamp
from tests.grader.classroom.helpers import LESSON, NBGRADER, run
from tests.grader.helpers import student, write

LONG_AGO = "2026-01-01 10:00:00.000000 UTC"
RANDOM = "abcdefghijkl"


def now(**off: float) -> str:
    return f"{datetime.now(UTC) + timedelta(**off):%Y-%m-%d %H:%M:%S.%f} UTC"


class Class:
    """A class with an exchange, in which each folder belongs to who may collect; see `others`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.inbound = root.parent / "exchange" / self.folder.coursedir.course_id / "inbound"
        self.inbound.mkdir(parents=True)
        self.inbound.parents[1].chmod(0o777)

    @property
    def folder(self) -> ClassDir:
        return ClassDir.at(self.root)

    def hands_in(self, who: str, time: str, assignment: str = LESSON, random: str = RANDOM) -> Path:
        folder = self.inbound / "+".join(filter(None, (who, assignment, time, random)))
        folder.mkdir()
        write(folder, student("00_start_here"), f"{assignment}.ipynb")
        (folder / "timestamp.txt").write_text(time)
        (folder / "submission_secret.txt").write_text("s")
        return folder

    def collects(self, student: str = "*", **options: Any) -> None:
        folder = self.folder
        folder.coursedir.assignment_id, folder.coursedir.student_id = LESSON, student
        place = str(self.inbound.parents[1])
        Collect(
            coursedir=folder.coursedir, parent=folder.app, root=place, log=logging.getLogger("collect"), **options
        ).start()

    def submitted(self, who: str) -> Path:
        return self.root / "submitted" / who / LESSON

    def time(self, who: str) -> datetime:
        return read_timestamp(self.submitted(who) / "timestamp.txt", UTC).astimezone(UTC)


@pytest.fixture
def course(fresh_class: Path, tmp_path: Path) -> Class:
    for part in ("nbgrader_config.py", "gradebook.db"):
        (tmp_path / "course").mkdir(mode=0o700, exist_ok=True)
        shutil.copy(fresh_class / part, tmp_path / "course")
    return Class(tmp_path / "course")


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes all folders belong to a student of that name."""
    monkeypatch.setattr(exchange, "_is_trusted", lambda user: False)
    return lambda name: monkeypatch.setattr(exchange, "_user", lambda user: name)


def test_nbgraders_own_command_collects_so(course: Class) -> None:
    time = now()
    course.hands_in("dan", time)
    done = run(NBGRADER, course.root, "collect", LESSON, f"--Exchange.root={course.inbound.parents[1]}")
    assert done.returncode == 0, done.stderr
    assert "Collected: dan" in done.stderr
    assert sorted(os.listdir(course.submitted("dan"))) == [f"{LESSON}.ipynb", "submission_secret.txt", "timestamp.txt"]
    assert course.time("dan") == datetime.fromisoformat(time.replace(" UTC", "+00:00"))
    assert not list(course.submitted("dan").parent.glob(".*"))


UNCLEAR = (LONG_AGO, "yesterday", "08", "9999-99-99 00:00:00 UTC", "2026-10-19 12:00 EST", "0001-01-01 00:00 +14:00")


def test_a_time_of_ones_own_makes_nothing_early_and_stops_nobody(course: Class) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    for number, time in enumerate((*UNCLEAR, now())):
        course.hands_in(f"dan{number}", time)
    course.collects()
    assert all(course.time(f"dan{number}") >= before for number in range(len(UNCLEAR) + 1))


def test_what_is_changed_later_came_in_later(course: Class, caplog: pytest.LogCaptureFixture) -> None:
    folder = course.hands_in("dan", now(minutes=-5))
    os.utime(folder / f"{LESSON}.ipynb", (0, 0))  # that changes what a file says of itself, not what the system knows
    os.utime(folder, (0, 0))
    course.collects()
    assert course.time("dan") > datetime.now(UTC) - timedelta(minutes=1)
    assert "was changed after that time" in caplog.text
    course.collects(by_name=True, update=True)  # the newer one of both is there already
    assert course.time("dan") > datetime.now(UTC) - timedelta(minutes=1)


def test_a_restored_exchange_is_believed_on_request(course: Class) -> None:
    course.hands_in("dan", LONG_AGO)
    course.collects(by_name=True)
    assert course.time("dan") == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_a_folder_is_its_owners(course: Class, others: Callable[[str], None], caplog: pytest.LogCaptureFixture) -> None:
    others("mallory")
    course.hands_in("dan", now())
    course.hands_in("mallory", now())
    course.collects()
    assert not course.submitted("dan").exists()
    assert course.submitted("mallory").is_dir()
    assert "it says that it is dan's, and belongs to mallory" in caplog.text
    course.collects(check_owner=False)
    assert course.submitted("dan").is_dir()


def test_what_is_no_id_is_not_collected(course: Class, caplog: pytest.LogCaptureFixture) -> None:
    before = sorted(course.root.iterdir())
    those = ("..", ".", "a\tb", "-x", "x" * 65)
    for who in (*those, "dan"):
        course.hands_in(who, now())
    course.collects()
    assert sorted(course.root.iterdir()) == sorted([*before, course.root / "submitted"])
    assert [path.name for path in (course.root / "submitted").iterdir()] == ["dan"]
    assert caplog.text.count("can't be an id") == len(those)


def test_links_stay_links_and_what_is_no_file_is_refused(course: Class, caplog: pytest.LogCaptureFixture) -> None:
    folder = course.hands_in("dan", now())
    (folder / "a").symlink_to(course.root / "gradebook.db")
    (folder / "b").symlink_to(course.root)
    os.mkfifo(course.hands_in("eve", now()) / "pipe")
    os.link(course.root / "gradebook.db", course.hands_in("fay", now()) / "hard")
    link = course.inbound / f"gus+{LESSON}+{now()}+{RANDOM}"
    link.symlink_to(course.root)
    course.hands_in("hal", now())
    course.collects()
    assert all((course.submitted("dan") / name).is_symlink() for name in "ab")
    assert [who for who in ("eve", "fay", "gus") if course.submitted(who).exists()] == []
    assert course.submitted("hal").is_dir()
    assert caplog.text.count("Not taken") == 3


@pytest.mark.parametrize("of", ["a folder", "a link"])
def test_what_takes_its_place_after_its_owner_was_looked_at_is_not_taken(
    course: Class, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, of: str
) -> None:
    folder, copy = course.hands_in("dan", now()), Collect._copy

    def too_late(self: Collect, one: exchange.HandIn, target: Path) -> None:
        folder.rename(tmp_path / "before")
        folder.mkdir() if of == "a folder" else folder.symlink_to(tmp_path / "before")
        copy(self, one, target)

    monkeypatch.setattr(Collect, "_copy", too_late)
    course.collects()
    assert not course.submitted("dan").exists()
    assert "another took its place" in caplog.text


def test_a_file_that_grows_is_copied_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    before = (tmp_path / "a").stat()
    (tmp_path / "a").write_bytes(b"x" * 100)
    folder = os.open(tmp_path, os.O_RDONLY)
    monkeypatch.setattr(exchange, "_PIECE", 5)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", lambda handle: before)
        assert exchange._copy_regular("a", folder, tmp_path / "b", 50) == 10
    os.close(folder)
    assert (tmp_path / "b").read_bytes() == b"x" * 10


def test_a_full_disk_ends_it(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    course.hands_in("dan", now())
    monkeypatch.setattr(exchange, "_copy_regular", full)
    with pytest.raises(OSError, match="No space left"):
        course.collects()
    assert not course.submitted("dan").exists()


def test_only_those_who_are_asked_for_are_collected(course: Class) -> None:
    for who in ("dan", "dora", "eve"):
        course.hands_in(who, now())
    course.collects(student="d*")
    assert sorted(path.name for path in (course.root / "submitted").iterdir()) == ["dan", "dora"]


def test_too_much_is_refused(course: Class) -> None:
    folder = course.hands_in("dan", now())
    for number in range(exchange.MAX_FILES):
        (folder / str(number)).touch()
    os.truncate(course.hands_in("eve", now()) / f"{LESSON}.ipynb", 10_000_000_000)
    deep = course.hands_in("fay", now())
    for _ in range(30):
        deep = deep / "x"
        deep.mkdir()
    course.collects()
    assert not (course.root / "submitted" / "dan" / LESSON).exists()
    assert not (course.submitted("eve") / f"{LESSON}.ipynb").exists()
    assert not course.submitted("fay").exists()


def test_the_newest_is_collected_and_a_newer_one_on_request(course: Class) -> None:
    course.hands_in("dan", now(seconds=-1))
    course.collects()
    first = course.time("dan")
    last = course.hands_in("dan", now(), random="mnopqrstuvwx")
    (last / "mine.txt").write_text("kept")
    course.collects()
    assert course.time("dan") == first
    course.collects(update=True)
    assert course.time("dan") > first
    assert (course.submitted("dan") / "mine.txt").read_text() == "kept"
    (course.submitted("dan") / "note").write_text("the teacher's")
    course.collects(update=True)
    assert (course.submitted("dan") / "note").exists()  # there is nothing newer


def test_a_name_with_a_plus_and_no_random_part(course: Class) -> None:
    course.hands_in("dan+x", now().replace("UTC", "+00"))
    course.hands_in("eve", now(), random="")
    course.hands_in("eve", now(), assignment="02_hmac")
    course.collects()
    assert course.submitted("dan+x").is_dir()
    assert course.submitted("eve").is_dir()
