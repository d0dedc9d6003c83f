"""Finding submissions: every layout that teachers meet, and nothing that a zip file or a folder may try."""

import contextlib
import io
import os
import stat
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.batch import collect as collect_module
from grader.batch.collect import Found, collect, look_through
from grader.engine.budget import MAX_BYTES
from grader.student import StudentId

NOTEBOOK = b'{"cells": []}'
NAME = "01_encoding.ipynb"

Tree = dict[str, bytes]
"""Files by their path."""


def laid_out(folder: Path, tree: Tree) -> Path:
    for name, data in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def zipped(tree: Tree, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in tree.items():
            archive.writestr(name, data)
    return out.getvalue()


def everything_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


class Place:
    """A folder to collect in, beside one for what comes out of zip files and one that nothing may touch."""

    def __init__(self, folder: Path) -> None:
        self.given = folder / "given"
        self.given.mkdir()
        self.unpacked = folder / "out" / "unpacked"
        self._folder = folder

    def collect(self, target: Path | None = None) -> list[Found]:
        before = self._outside()
        found = collect(target or self.given, self.unpacked)
        assert self._outside() == before, "something was written outside"
        for one in found:
            assert one.problem or one.path.parent == self.unpacked or self.given in one.path.parents
        return found

    def everything(self, data: bytes) -> list[Found]:
        """What is in a zip file that the teacher names, what is not taken included."""
        (self.given / "class.zip").write_bytes(data)
        return look_through([self.given / "class.zip"], self.unpacked)

    def zip(self, data: bytes, name: str = "class.zip") -> list[Found]:
        """What comes of a zip file that the teacher names."""
        path = self.given / name
        path.write_bytes(data)
        return self.collect(path)

    def _outside(self) -> set[str]:
        return {name for name in everything_in(self._folder) if not name.startswith("out")}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def names(found: list[Found]) -> dict[str, str]:
    """The students by submission; every one of them must be readable."""
    assert [one.problem for one in found] == [""] * len(found)
    return {one.name: one.student for one in found}


def problem(found: list[Found]) -> str:
    """The problem of the only submission."""
    (one,) = found
    assert one.problem
    return one.problem


# -- layouts ----------------------------------------------------------------------------------------------------------

FOLDERS = {"ada/01_encoding.ipynb": NOTEBOOK, "ada/02_hmac.ipynb": NOTEBOOK, "grace/01_encoding.ipynb": NOTEBOOK}
FOLDERS_FOUND = {"ada/01_encoding.ipynb": "ada", "ada/02_hmac.ipynb": "ada", "grace/01_encoding.ipynb": "grace"}
FLAT = {
    "ada_01_encoding.ipynb": NOTEBOOK,
    "01_encoding-grace hopper.ipynb": NOTEBOOK,
    "01_encoding.ipynb": NOTEBOOK,
    "homework.ipynb": NOTEBOOK,
}
FLAT_FOUND = {
    "ada_01_encoding.ipynb": "ada",
    "01_encoding-grace hopper.ipynb": "grace hopper",
    "01_encoding.ipynb": "01_encoding",
    "homework.ipynb": "homework",
}
NBGRADER = {"submitted/ADA/ps1/01_encoding.ipynb": NOTEBOOK, "submitted/GRACE/ps1/01_encoding.ipynb": NOTEBOOK}
NBGRADER_FOUND = {"ADA/ps1/01_encoding.ipynb": "ADA", "GRACE/ps1/01_encoding.ipynb": "GRACE"}
COURSE_ROOT = {
    **NBGRADER,
    "source/ps1/01_encoding.ipynb": NOTEBOOK,
    "release/ps1/01_encoding.ipynb": NOTEBOOK,
    "autograded/ADA/ps1/01_encoding.ipynb": NOTEBOOK,
    "gradebook.db": b"",
}
ONE_STUDENT = {"ada/01_encoding.ipynb": NOTEBOOK}
LAYOUTS = {
    "a folder per student": (FOLDERS, FOLDERS_FOUND),
    "flat files": (FLAT, FLAT_FOUND),
    "nbgrader's folders": (NBGRADER, NBGRADER_FOUND),
    "nbgrader's course": (COURSE_ROOT, NBGRADER_FOUND),
    "one student": (ONE_STUDENT, {"ada/01_encoding.ipynb": "ada"}),
}
each_layout = pytest.mark.parametrize(("tree", "expected"), LAYOUTS.values(), ids=LAYOUTS)


@each_layout
def test_a_layout_in_a_folder(place: Place, tree: Tree, expected: dict[str, str]) -> None:
    laid_out(place.given, tree)
    assert names(place.collect()) == expected
    assert not place.unpacked.exists()


@each_layout
def test_the_same_layout_in_a_zip_file(place: Place, tree: Tree, expected: dict[str, str]) -> None:
    found = place.zip(zipped(tree))
    assert names(found) == expected
    assert all(one.path.read_bytes() == NOTEBOOK for one in found)


@each_layout
def test_the_same_layout_in_a_zip_file_wrapped_in_one_folder(
    place: Place, tree: Tree, expected: dict[str, str]
) -> None:
    if len(tree) == 1:
        pytest.skip("one student's folder and a folder around it look alike")
    assert names(place.zip(zipped({f"class/{name}": data for name, data in tree.items()}))) == expected


def test_one_zip_file_per_student(place: Place) -> None:
    tree = {
        "ada.zip": zipped({NAME: NOTEBOOK, "02_hmac.ipynb": NOTEBOOK}),
        "grace.zip": zipped({f"my work/{NAME}": NOTEBOOK}),
        "mallory/handed-in.zip": zipped({NAME: NOTEBOOK}),
    }
    expected = {
        f"ada/{NAME}": "ada",
        "ada/02_hmac.ipynb": "ada",
        f"grace/my work/{NAME}": "grace",
        f"mallory/handed-in/{NAME}": "mallory",
    }
    laid_out(place.given, tree)
    assert names(place.collect()) == expected


def test_one_zip_file_per_student_in_a_zip_file(place: Place) -> None:
    inner = zipped({NAME: NOTEBOOK})
    expected = {f"ada/{NAME}": "ada", f"grace/{NAME}": "grace"}
    assert names(place.zip(zipped({"ada.zip": inner, "grace.zip": inner}))) == expected
    assert names(place.zip(zipped({"class/ada.zip": inner, "class/grace.zip": inner}))) == expected


def test_the_order_is_that_of_the_names_whatever_the_file_system_says(place: Place) -> None:
    laid_out(place.given, {f"{student}/{NAME}": NOTEBOOK for student in ("b", "c", "a", "B", "10", "9")})
    found = place.collect()
    assert [one.name for one in found] == sorted(one.name for one in found)


def test_one_notebook_is_a_submission(place: Place) -> None:
    laid_out(place.given, {"ada_01_encoding.ipynb": NOTEBOOK})
    assert names(place.collect(place.given / "ada_01_encoding.ipynb")) == {"ada_01_encoding.ipynb": "ada"}


def test_what_is_no_submission_is_no_submission(place: Place) -> None:
    tree = {
        f"ada/{NAME}": NOTEBOOK,
        "ada/.ipynb_checkpoints/01_encoding-checkpoint.ipynb": NOTEBOOK,
        "ada/.hidden.ipynb": NOTEBOOK,
        f"__MACOSX/ada/._{NAME}": b"\0\5\x16\7",
        f"__MACOSX/ada/{NAME}": b"\0\5\x16\7",
        "ada/__pycache__/x.ipynb": NOTEBOOK,
        ".git/x.ipynb": NOTEBOOK,
        "ada/notes.txt": b"x",
        "ada/data.ipynb.bak": b"x",
        "timestamp.txt": b"x",
        "ipynb": b"x",
    }
    laid_out(place.given, tree)
    assert names(place.collect()) == {f"ada/{NAME}": "ada"}
    listed = {"ada/notes.txt", "ada/data.ipynb.bak", "ipynb"}
    for target in (place.given, laid_out(place.given, {"x.zip": zipped(tree)}) / "x.zip"):
        rest = [one for one in look_through([target], place.unpacked) if one.not_taken]
        assert {one.name.removeprefix("x/") for one in rest} == listed, "the rest is what programs leave"
    assert names(collect(place.given / "x.zip", place.unpacked)) == {f"ada/{NAME}": "ada"}


def test_upper_case_endings_count(place: Place) -> None:
    laid_out(place.given, {"ADA/WORK.IPYNB": NOTEBOOK, "GRACE.ZIP": zipped({"WORK.Ipynb": NOTEBOOK})})
    assert names(place.collect()) == {"ADA/WORK.IPYNB": "ADA", "GRACE/WORK.Ipynb": "GRACE"}


@pytest.mark.parametrize("tree", [{}, {"notes.txt": b"x"}, {"a/b/c/.x": b""}], ids=["empty", "text", "hidden"])
def test_where_there_is_no_submission_none_is_found(place: Place, tree: Tree) -> None:
    laid_out(place.given, tree)
    assert place.collect() == []
    assert place.zip(zipped(tree)) == []


def test_a_missing_target_is_an_os_error_that_names_it(tmp_path: Path) -> None:
    for name in ("nowhere", "nowhere.zip", "nowhere.ipynb"):
        with pytest.raises(OSError, match="nowhere") as caught:
            collect(tmp_path / name, tmp_path / "unpacked")
        assert caught.value.filename == str(tmp_path / name)


# -- names in zip files -----------------------------------------------------------------------------------------------

LEAD_OUT = [
    "../x.ipynb",
    "../../../../../../tmp/x.ipynb",
    "a/../../x.ipynb",
    "/x.ipynb",
    "//x.ipynb",
    "..\\x.ipynb",
    "\\x.ipynb",
    "\\\\server\\share\\x.ipynb",
    "a\\..\\..\\x.ipynb",
    "../x.zip",
    "/etc/x.zip",
]


@pytest.mark.parametrize("name", LEAD_OUT)
def test_a_name_that_leads_out_is_refused_and_said(place: Place, name: str) -> None:
    found = place.zip(zipped({name: NOTEBOOK, f"ada/{NAME}": NOTEBOOK, f"grace/{NAME}": NOTEBOOK}))
    by_problem = {bool(one.problem): one for one in found}
    assert len(found) == 3
    assert by_problem[True].problem == "its name in the zip file leads out of it"
    assert ".." not in by_problem[True].name.split("/")
    assert not by_problem[True].name.startswith("/")


def test_backslashes_are_folders(place: Place) -> None:
    """As some programs on Windows write them."""
    found = place.zip(zipped({f"ada\\{NAME}": NOTEBOOK, f"grace\\deep\\{NAME}": NOTEBOOK}))
    assert names(found) == {f"ada/{NAME}": "ada", f"grace/deep/{NAME}": "grace"}


def test_a_drive_letter_is_only_a_name(place: Place) -> None:
    (one,) = place.everything(zipped({"C:\\x\\y.ipynb": NOTEBOOK}))
    assert one.path.parent == place.unpacked
    assert "'C:' can't be an id" in one.not_taken


ODD_NAMES = [
    "\x1b[31mred.ipynb",
    "new\nline.ipynb",
    "\u202egnp.ipynb",
    "æøå/ñ.ipynb",
    "\U0001f600.ipynb",
    " .ipynb",
    "=1+1.ipynb",
    "CON.ipynb",
    "x" * 255 + ".ipynb",
    "d/" * 200 + "x.ipynb",
    "a" * 60_000 + ".ipynb",
    "./x.ipynb",
    "a//b.ipynb",
    "a/./b.ipynb",
]


@pytest.mark.parametrize("name", ODD_NAMES, ids=lambda name: ascii(name[:12]))
def test_an_odd_name_in_a_zip_file_is_only_a_name(place: Place, name: str) -> None:
    (one,) = place.everything(zipped({name: NOTEBOOK}))
    assert one.problem == ""
    assert one.path.read_bytes() == NOTEBOOK
    assert_an_id_or_put_aside(one)


def assert_an_id_or_put_aside(one: Found) -> None:
    if one.student:
        assert StudentId.parse(one.student) == one.student
        assert one.not_taken == ""
    else:
        assert "can't be an id" in one.not_taken
        assert "grade again" in one.not_taken


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if len(name) < 250 and "//" not in name], ids=ascii)
def test_an_odd_name_in_a_folder_is_only_a_name(place: Place, name: str) -> None:
    laid_out(place.given, {name: NOTEBOOK})
    (one,) = look_through([place.given], place.unpacked)
    assert one.problem == ""
    assert one.path.read_bytes() == NOTEBOOK
    assert_an_id_or_put_aside(one)


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take only UTF-8")
def test_a_name_that_is_not_utf8(place: Place) -> None:
    folder = os.fsencode(place.given)
    os.mkdir(folder + b"/\xff\xfe")
    with open(folder + b"/\xff\xfe/\x80.ipynb", "wb") as file:
        file.write(NOTEBOOK)
    (one,) = look_through([place.given], place.unpacked)
    assert one.path.read_bytes() == NOTEBOOK
    assert_an_id_or_put_aside(one)


def test_names_that_are_not_what_the_zip_file_says_they_are(place: Place) -> None:
    """The bit for UTF-8 is set, the bytes are none."""
    data = bytearray(zipped({"\u00e6\u00e6.ipynb": NOTEBOOK}))
    for start in (index for index in range(len(data)) if data[index : index + 4] == "\u00e6\u00e6".encode()):
        data[start : start + 4] = b"\xff\xfe\xff\xfe"
    assert "can't be read" in problem(place.zip(bytes(data)))


def test_a_name_with_a_nul_byte(place: Place) -> None:
    data = zipped({"ada/x@.ipynb": NOTEBOOK}).replace(b"x@", b"x\0")
    assert [one.student for one in place.zip(data)] in ([], ["ada"], ["class.zip"])


@pytest.mark.parametrize("letters", ["_", ",", " copy", "a, "])
def test_a_name_that_no_file_system_has_room_for_takes_no_time(place: Place, letters: str) -> None:
    start = time.process_time()
    found = place.everything(zipped({f"{letters * (60_000 // len(letters))}.ipynb": NOTEBOOK, f"ada_{NAME}": NOTEBOOK}))
    assert time.process_time() - start < 2
    assert sorted(one.student for one in found) == ["", "ada"]
    (long,) = (one for one in found if not one.student)
    assert "can't be an id" in long.not_taken
    assert (len(long.name), long.name[-6:]) == (255, ".ipynb")


def test_duplicate_names_the_first_counts(place: Place) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for data in (b"first", b"second"):
            with pytest.warns(UserWarning, match="Duplicate") if data == b"second" else contextlib.nullcontext():
                archive.writestr(f"ada/{NAME}", data)
    good, bad = sorted(place.zip(out.getvalue()), key=lambda one: one.problem)
    assert good.path.read_bytes() == b"first"
    assert bad.problem == "this name occurs twice in the zip file"


# -- what a zip file may hold besides ---------------------------------------------------------------------------------


def with_mode(mode: int, name: str = f"ada/{NAME}", content: bytes = b"/etc/passwd") -> bytes:
    member = zipfile.ZipInfo(name)
    member.create_system = 3
    member.external_attr = mode << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, content)
    return out.getvalue()


SPECIAL = {
    "link": stat.S_IFLNK,
    "fifo": stat.S_IFIFO,
    "block": stat.S_IFBLK,
    "character": stat.S_IFCHR,
    "socket": stat.S_IFSOCK,
    "folder": stat.S_IFDIR,
}


@pytest.mark.parametrize("mode", SPECIAL.values(), ids=SPECIAL)
@pytest.mark.parametrize("name", [f"ada/{NAME}", "ada.zip"])
def test_a_link_or_a_device_in_a_zip_file_is_refused(place: Place, mode: int, name: str) -> None:
    assert problem(place.zip(with_mode(mode | 0o644, name))) == "a link or a device in a zip file"
    assert not place.unpacked.exists()


def test_set_uid_bits_are_not_taken_over(place: Place) -> None:
    (one,) = place.zip(with_mode(stat.S_IFREG | 0o7777))
    assert one.path.stat().st_mode & 0o7000 == 0


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_a_method_that_is_not_read_is_said(place: Place, method: int) -> None:
    """Their decompressors have no limit on what one call may give."""
    assert problem(place.zip(zipped({f"ada/{NAME}": NOTEBOOK}, method))).startswith("compressed by a method")


def test_an_encrypted_member_is_not_a_crash(place: Place) -> None:
    data = bytearray(zipped({f"ada/{NAME}": NOTEBOOK}, zipfile.ZIP_STORED))
    for mark, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        data[data.index(mark) + offset] |= 1
    assert "encrypted" in problem(place.zip(bytes(data)))


def lying(data: bytes, size: int) -> bytes:
    """A zip file of one member that says that its content has this size."""
    changed = bytearray(data)
    struct.pack_into("<I", changed, changed.index(b"PK\3\4") + 22, size)
    struct.pack_into("<I", changed, changed.index(b"PK\1\2") + 24, size)
    return bytes(changed)


@pytest.mark.parametrize("size", [0, 1, 2**31, 2**32 - 2])
def test_a_member_that_lies_of_its_size_is_bounded(place: Place, size: int) -> None:
    (one,) = place.zip(lying(zipped({f"ada/{NAME}": bytes(3 * MAX_BYTES)}), size))
    assert one.problem or one.path.stat().st_size <= MAX_BYTES + 1


def test_a_bomb_in_a_zip_file_is_bounded_in_time_and_bytes(place: Place) -> None:
    """A gigabyte of zeros as a notebook and as a zip file, each many times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in ("ada/bomb.ipynb", "ada/bomb.zip"):
            with archive.open(name, "w") as member:
                for _ in range(400):
                    member.write(bytes(2**20))
    started = time.monotonic()
    found = place.zip(out.getvalue())
    assert len(found) == 2
    assert written(place) <= MAX_BYTES + collect_module.MAX_ZIP_BYTES + 2
    assert time.monotonic() - started < 60


def written(place: Place) -> int:
    return sum(path.stat().st_size for path in place.unpacked.iterdir())


def test_many_small_bombs_together_are_bounded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect_module, "MAX_UNPACKED_BYTES", 30_000_000)
    bombs = {f"{number}.ipynb": bytes(1_000_000) for number in range(40)}
    laid_out(place.given, {"ada.zip": zipped(bombs), "grace.zip": zipped({NAME: NOTEBOOK})})
    found = place.collect()
    assert {one.problem for one in found if one.student == "ada"} == {"", "the zip file holds more than 30 MB"}
    assert [one.problem for one in found if one.student == "grace"] == [""], "one bomb harms another student"
    assert written(place) <= 30_000_000 + len(NOTEBOOK)


def test_too_many_files_in_a_zip_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect_module, "MAX_MEMBERS", 10)
    said = problem(place.zip(zipped({f"{number}/{NAME}": b"" for number in range(11)})))
    assert "11 files; at most 10 are read" in said


def table_of(count: int, size: int | None = None) -> bytes:
    """A zip file that is a table of contents and nothing else; it may lie about that table's size in a ZIP64 record."""
    entry = struct.pack("<4s4B4H3L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 7, *([0] * 6)) + b"a.ipynb"
    table = entry * count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), len(table), 0, 0)
    if size is None:
        return table + end
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(table), 1)
    return table + record + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)


@pytest.mark.parametrize("nested", [False, True], ids=["", "in a zip"])
@pytest.mark.parametrize("size", [None, 53 * 190_000, 2**40], ids=["", "zip64", "lying"])
def test_a_long_table_of_contents_is_not_read(place: Place, size: int | None, nested: bool) -> None:
    data = table_of(190_000, size)
    laid_out(
        place.given, {"ada.zip": zipped({"in.zip": data}) if nested else data, "grace.zip": zipped({NAME: NOTEBOOK})}
    )
    tracemalloc.start()
    try:
        found = place.collect()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [bool(one.problem) for one in found] == [True, False]
    assert size == 2**40 or "table of contents" in found[0].problem
    assert peak < 40_000_000


def test_a_table_of_contents_as_long_as_it_may_be_is_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({f"{number}/{NAME}": NOTEBOOK for number in range(50)})
    size = struct.unpack("<L", data[-10:-6])[0]
    monkeypatch.setattr(collect_module, "MAX_DIRECTORY", max(size, len(NOTEBOOK)))
    assert {one.problem for one in place.zip(data)} == {""}
    monkeypatch.setattr(collect_module, "MAX_DIRECTORY", size - 1)
    assert "table of contents" in problem(place.zip(data))


def test_too_many_files_in_a_folder(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect_module, "MAX_MEMBERS", 10)
    laid_out(place.given, {f"ada/{number}.txt": b"" for number in range(10)} | {f"ada/{NAME}": NOTEBOOK})
    laid_out(place.given, {f"grace/{NAME}": NOTEBOOK})
    found = place.collect()
    assert [one.student for one in found] == ["ada", "grace"]
    assert [one.problem for one in found] == ["more than 10 files, in one folder or of one student", ""]


def test_zip_files_inside_each_other_end_somewhere(place: Place) -> None:
    data = NOTEBOOK
    tree = {NAME: data}
    for depth in range(6):
        tree = {f"{depth}.zip": zipped(tree)}
    assert problem(place.zip(zipped(tree))) == "a zip file in a zip file in a zip file"
    laid_out(place.given, {"ada.zip": zipped(tree)})
    (place.given / "class.zip").unlink()
    assert problem(place.collect()) == "a zip file in a zip file in a zip file"


def test_many_zip_files_in_zip_files_are_bounded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for all of them together and not for each."""
    monkeypatch.setattr(collect_module, "MAX_UNPACKED_BYTES", 3_000_000)
    inner = zipped({f"{number}.ipynb": os.urandom(1000) + bytes(100_000) for number in range(10)})
    laid_out(place.given, {"ada.zip": zipped({f"{number}.zip": inner for number in range(100)})})
    assert {one.problem for one in place.collect()} == {"", "the zip file holds more than 3 MB"}
    assert 2_000_000 < written(place) <= 3_000_000


TRUNCATED = zipped({f"ada/{NAME}": os.urandom(4000), f"grace/{NAME}": NOTEBOOK})
NO_ZIP = {
    "empty": b"",
    "text": b"I could not open the file, sorry!",
    "half": TRUNCATED[: len(TRUNCATED) // 2],
    "no end": TRUNCATED[:-10],
    "no beginning": TRUNCATED[2000:],
    "only the end": TRUNCATED[-22:],
    "rar": b"Rar!\x1a\x07\x00" + bytes(100),
    "notebook": NOTEBOOK,
}


@pytest.mark.parametrize("data", NO_ZIP.values(), ids=NO_ZIP)
def test_what_is_no_zip_file_is_said_and_the_others_are_found(place: Place, data: bytes) -> None:
    laid_out(place.given, {"ada.zip": data, f"grace/{NAME}": NOTEBOOK})
    found = place.collect()
    readable = [one for one in found if not one.problem]
    assert f"grace/{NAME}" in [one.name for one in readable]
    broken = [one for one in found if one.problem]
    assert all(one.path.read_bytes() == b"" for one in readable if one.student == "ada.zip")
    assert broken or any(one.student.startswith("ada") for one in found)
    assert place.zip(data)


def test_a_member_with_a_wrong_checksum_is_a_submission_that_can_not_be_read(place: Place) -> None:
    data = zipped({f"ada/{NAME}": b"x" * 100}, zipfile.ZIP_STORED).replace(b"x" * 100, b"y" * 100)
    assert "can't be" in problem(place.zip(data))


# -- what a folder may hold besides -----------------------------------------------------------------------------------


def test_links_are_not_followed(place: Place, tmp_path: Path) -> None:
    secret = laid_out(tmp_path / "secret", {NAME: b"secret", "all.zip": zipped({NAME: b"secret"})})
    (place.given / "ada").mkdir()
    (place.given / "ada" / NAME).symlink_to(secret / NAME)
    (place.given / "bob").symlink_to(secret, target_is_directory=True)
    (place.given / "eve.zip").symlink_to(secret / "all.zip")
    (place.given / "round").symlink_to(place.given, target_is_directory=True)
    found = {one.student: one for one in collect(place.given, place.unpacked)}
    assert found["bob"].problem == found["round"].problem == "a link to a folder, and links are not followed"
    assert found["eve"].problem
    # The notebook itself is refused by whoever reads it; see `read_regular`.
    assert found["ada"].path.is_symlink()
    assert not place.unpacked.exists()


def test_what_the_teacher_names_may_be_a_link(place: Place, tmp_path: Path) -> None:
    laid_out(place.given, FOLDERS)
    (tmp_path / "link").symlink_to(place.given, target_is_directory=True)
    assert names(collect(tmp_path / "link", place.unpacked)) == FOLDERS_FOUND
    (tmp_path / "link.zip").symlink_to(tmp_path / "real.zip")
    (tmp_path / "real.zip").write_bytes(zipped(FOLDERS))
    assert names(collect(tmp_path / "link.zip", place.unpacked)) == FOLDERS_FOUND


def test_a_submitted_folder_that_is_a_link_is_not_followed(place: Place, tmp_path: Path) -> None:
    laid_out(tmp_path / "elsewhere", {f"ada/{NAME}": NOTEBOOK})
    (place.given / "submitted").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert problem(collect(place.given, place.unpacked)) == "a link to a folder, and links are not followed"


@pytest.mark.parametrize("tree", [FOLDERS, {"ada.zip": zipped({NAME: NOTEBOOK})}], ids=["folders", "zip files"])
def test_a_student_named_submitted_hides_nobody(place: Place, tree: Tree) -> None:
    tree = {**tree, f"submitted/{NAME}": NOTEBOOK}
    laid_out(place.given, tree)
    assert {one.student for one in place.collect()} >= {"ada", "submitted"}
    assert {one.student for one in place.zip(zipped(tree))} >= {"ada", "submitted"}


def test_students_called_like_a_course_s_folders_hide_nobody_in_silence(place: Place) -> None:
    tree = {**FOLDERS, f"submitted/{NAME}": NOTEBOOK, f"source/{NAME}": NOTEBOOK}
    laid_out(place.given, tree)
    for found in (look_through([place.given], place.unpacked), place.everything(zipped(tree))):
        beside = {one.name for one in found if "lies beside" in one.not_taken}
        assert beside == set(FOLDERS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_hangs_nothing(place: Place) -> None:
    for name in ("x.ipynb", "x.zip"):
        os.mkfifo(place.given / name)
    found = {one.path.name: one for one in place.collect()}
    assert "not a regular" in found["x.zip"].problem
    assert "x.ipynb" in found  # refused by whoever reads it; see `read_regular`
    assert "not a regular" in problem(place.collect(place.given / "x.zip"))


def test_folders_that_look_like_files(place: Place) -> None:
    laid_out(place.given, {f"ada.zip/{NAME}": NOTEBOOK, f"grace.ipynb/{NAME}": NOTEBOOK})
    assert names(place.collect()) == {f"ada.zip/{NAME}": "ada.zip", f"grace.ipynb/{NAME}": "grace.ipynb"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root opens everything")
def test_a_folder_that_can_not_be_opened_is_said(place: Place) -> None:
    laid_out(place.given, {f"ada/{NAME}": NOTEBOOK, f"grace/{NAME}": NOTEBOOK})
    (place.given / "ada").chmod(0)
    try:
        found = {one.student: one.problem for one in place.collect()}
    finally:
        (place.given / "ada").chmod(0o700)
    assert found == {"ada": "the folder can't be opened: Permission denied", "grace": ""}


def test_a_very_deep_tree_is_no_exception(place: Place, tmp_path: Path) -> None:
    """Deeper than Python recurses and than a path may be long."""
    here = os.open(place.given, os.O_RDONLY)
    for _ in range(2500):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    laid_out(place.given, {f"grace/{NAME}": NOTEBOOK})
    try:
        problems = {one.student: one.problem for one in collect(place.given, place.unpacked)}
    finally:
        subprocess.run(["rm", "-rf", place.given], check=True)  # pytest could not
    assert problems == {"grace": "", "d": f"more than {collect_module.DEEPEST} folders inside each other"}


# -- anything at all --------------------------------------------------------------------------------------------------

GOOD_ZIP = zipped({f"ada/{NAME}": NOTEBOOK * 20, "grace.zip": zipped({NAME: NOTEBOOK}), "x/": b""})


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good zip file with some bytes changed, some cut off and some put in front."""
    data = bytearray(draw(st.binary(max_size=10)) + GOOD_ZIP)
    changes = st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255))
    for place, byte in draw(st.lists(changes, max_size=6)):
        data[place] = byte
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@contextlib.contextmanager
def somewhere(base: Path) -> Iterator[Path]:
    folder = base / str(len(os.listdir(base)))
    folder.mkdir()
    yield folder


@given(data=st.one_of(st.binary(max_size=400), damaged()))
@example(data=GOOD_ZIP)
@example(data=GOOD_ZIP[:-1])
def test_any_bytes_as_a_zip_file_give_a_list(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    with somewhere(tmp_path_factory.getbasetemp()) as folder:
        given_folder = folder / "given"
        given_folder.mkdir()
        (given_folder / "ada.zip").write_bytes(data)
        for target in (given_folder, given_folder / "ada.zip"):
            found = collect(target, folder / "unpacked")
            assert isinstance(found, list)
            assert all(isinstance(one, Found) and isinstance(one.name, str) and one.student for one in found)
        outside = {name for name in everything_in(folder) if not name.startswith("unpacked")}
        assert outside == {"given", "given/ada.zip"}


FILE_NAMES = st.text(min_size=1, max_size=20).map(lambda name: f"x{name}.ipynb")


@given(tree=st.dictionaries(FILE_NAMES, st.binary(), max_size=4))
def test_any_names_in_a_zip_file_stay_in_the_folder(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Any]
) -> None:
    try:
        data = zipped(tree)
    except UnicodeEncodeError:  # lone surrogates, which no zip file can hold
        return
    with somewhere(tmp_path_factory.getbasetemp()) as folder:
        (folder / "x.zip").write_bytes(data)
        for one in collect(folder / "x.zip", folder / "unpacked"):
            assert one.problem or one.path.parent == folder / "unpacked"
        assert {name.split("/")[0] for name in everything_in(folder)} <= {"x.zip", "unpacked"}


def test_the_folder_of_the_results_is_nobodys_hand_in(tmp_path: Path) -> None:
    for place in ("submitted/ada/01_encoding.ipynb", "graded/reports/ada/01_encoding.ipynb.json", "graded/summary.csv"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("{}")
    (found,) = look_through([tmp_path], tmp_path / "graded" / ".unpacked", tmp_path / "graded")
    assert (found.name, found.student) == ("ada/01_encoding.ipynb", "ada")
    (found,) = look_through([tmp_path / "graded" / ".."], tmp_path / "x", tmp_path / "submitted" / ".." / "graded")
    assert found.student == "ada"
