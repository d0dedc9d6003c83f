"""Whose a file is, which attempt counts, and that whatever is not taken is told, wherever people look."""

import csv
import io
import json
import math
import os
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from grader.batch import attempts as attempts_module
from grader.batch import collect as collect_module
from grader.batch.attempts import MAX_LISTED, latest_only
from grader.batch.collect import Found, look_through
from grader.batch.names import lesson_named_in, without_mark
from grader.errors import BAD_INPUT, BELOW, NOT_ALL_TAKEN, OK, NothingFound
from grader.reports.report import SCHEMA
from tests.grader.helpers import solved, student
from tests.grader.warm import here

NAME = "01_encoding.ipynb"
NOON = 1_795_000_000.0
"""Seconds since 1970."""


def put(folder: Path, name: str, data: bytes | str = b"{}", when: float = NOON) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(path, (when, when))
    return path


def zipped(tree: dict[str, bytes], minute: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in tree.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 12, minute, 0)), data)
    return out.getvalue()


def seen(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The students of what is taken, and the reasons for what is not, both by name."""
    found = look_through([folder], folder.parent / "unpacked")
    taken = {one.name: str(one.student) for one in found if not one.not_taken}
    return taken, {one.name: one.not_taken for one in found if one.not_taken}


# -- names ------------------------------------------------------------------------------------------------------------

PLATFORMS = {
    "Ada Lovelace_4711_assignsubmission_file_01_encoding.ipynb": "Ada Lovelace",
    "Ada Lovelace_4711_assignsubmission_file/01_encoding.ipynb": "Ada Lovelace",
    "Ada Lovelace_4711_assignsubmission_file_/deep/01_encoding.ipynb": "Ada Lovelace",
    "lovelaceada_1235_98766_01_encoding.ipynb": "lovelaceada",
    "lovelaceada_LATE_1235_98766_01_encoding-2.ipynb": "lovelaceada",
    "Lesson 01_alovelace_attempt_2026-11-28-10-00-00_01_encoding.ipynb": "alovelace",
    "Lesson 01_alovelace_attempt_2026-11-28-10-00-00_homework.ipynb": "alovelace",
    "ada_01_encoding.ipynb": "ada",
    "ada_01_encoding (1).ipynb": "ada",
    "ada-01-encoding-Copy2.ipynb": "ada",
    "Copy of ada_01_encoding.ipynb": "ada",
    "ada_01_ENCODING_v2.IPYNB": "ada",
    "01_encoding ada - Kopie.ipynb": "ada",
    "ada_01_encoding.ipynb.txt": "ada",
    "01_encoding/ada/01_encoding.ipynb": "ada",
    "01_encoding/ada.ipynb": "ada",
    "eve/ada_01_encoding.ipynb": "eve",
    "eve/Ada Lovelace_4711_assignsubmission_file_01_encoding.ipynb": "eve",
    "2026_11_28_ada_01_encoding.ipynb": "2026_11_28_ada",
    "Lovelace, Ada(alovelace)/Submission attachment(s)/01_encoding.ipynb": "alovelace",
    "Lovelace, Ada(alovelace)_Submission attachment(s)_01_encoding.ipynb": "alovelace",
    "anon_Kx9fG_98766_01_encoding.ipynb": "anon_Kx9fG",
}


@pytest.mark.parametrize(("name", "who"), PLATFORMS.items(), ids=PLATFORMS)
def test_the_student_is_in_the_outermost_name(tmp_path: Path, name: str, who: str) -> None:
    put(tmp_path / "in", name)
    assert seen(tmp_path / "in") == ({name: who}, {})


@pytest.mark.parametrize("name", PLATFORMS, ids=PLATFORMS)
def test_the_same_as_a_zip_file_of_one_hand_in(tmp_path: Path, name: str) -> None:
    top = re.split(r"\.ipynb", name.partition("/")[0], flags=re.IGNORECASE)[0]
    put(tmp_path / "in", f"{top}.zip", zipped({"work/01_encoding.ipynb": b"{}"}))
    taken, rest = seen(tmp_path / "in")
    expected = "work" if top == "01_encoding" else PLATFORMS[name]
    assert ([*taken.values()], rest) == ([expected], {})


def test_two_people_of_one_name_stay_two(tmp_path: Path) -> None:
    for number in (12, 13):
        put(tmp_path / "in", f"Ada Lovelace_{number}_assignsubmission_file_{NAME}")
        put(tmp_path / "in", f"lovelaceada_10{number}_98766_{NAME}")
    for who in ("a_smith", "b_smith"):
        put(tmp_path / "in", f"Lesson_{who}_attempt_2026-11-28-10-00-00_{NAME}")
    taken, rest = seen(tmp_path / "in")
    assert rest == {}
    assert len({*taken.values()}) == len(taken) == 6


def test_who_is_told_apart_in_one_lesson_has_that_name_in_all(tmp_path: Path) -> None:
    names = {
        "wangli_1001_90001_01_encoding.ipynb": "wangli 1001",
        "wangli_1002_90002_01_encoding.ipynb": "wangli 1002",
        "wangli_1001_90003_02_hmac.ipynb": "wangli 1001",
        "Li Wei_21_assignsubmission_file_01_encoding.ipynb": "Li Wei",
        "Li Wei_34_assignsubmission_file_02_hmac.ipynb": "Li Wei",  # Moodle's number is another one in each lesson
    }
    for name in names:
        put(tmp_path / "in", name)
    assert seen(tmp_path / "in") == (names, {})


def test_a_name_with_other_signs_keeps_its_work(tmp_path: Path) -> None:
    put(tmp_path / "in", f"Conan O'Brien_77_assignsubmission_file/{NAME}")
    assert [*seen(tmp_path / "in")[0].values()] == ["Conan OBrien 77"]


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        *[
            (f"x{mark}", "x")
            for mark in ("-Copy1", "-Copy12", " (1)", "(2)", " copy", " copy 3", " - Kopie", " - Copy")
        ],
        *[("x - Kopie (2)", "x"), ("Copy of x", "x"), ("Kopie von x", "x"), ("Copie de x", "x")],
        *[(name, name) for name in ("xcopy", "copycat", "x1", "x v", "photocopy", "(1", "anna_v")],
    ],
)
def test_marks_of_a_copy(text: str, bare: str) -> None:
    assert without_mark(text)[0] == bare
    assert (without_mark(text)[1] > 0) == (text != bare)


def test_lessons_are_named_whatever_stands_between_their_words() -> None:
    for text in ("01_encoding", "x 01-Encoding y", "ada 01 encoding"):
        assert lesson_named_in(text) == "01_encoding"
    assert lesson_named_in("encoding 01") == ""


# -- attempts ---------------------------------------------------------------------------------------------------------


def test_of_several_attempts_the_newest_counts_and_the_others_are_named(tmp_path: Path) -> None:
    names = [
        NAME,
        "01_encoding-Copy1.ipynb",
        "01_encoding (1).ipynb",
        "again/01_ENCODING.IPYNB",
        "01_encoding - Kopie.ipynb",
    ]
    for newest in range(len(names)):
        for number, name in enumerate(names):
            put(tmp_path / "in" / "ada", name, when=NOON + (100 if number == newest else number))
        taken, rest = seen(tmp_path / "in")
        assert taken == {f"ada/{names[newest]}": "ada"}
        assert set(rest) == {f"ada/{name}" for name in names} - {f"ada/{names[newest]}"}
        assert all(f"ada/{names[newest]}" in why and "UTC" in why for why in rest.values())


def test_attempts_in_zip_files_folders_and_flat_are_one_students(tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/{NAME}", when=NOON)
    put(tmp_path / "in", f"ada_{NAME}", when=NOON + 1)
    put(tmp_path / "in", "ada (1).zip", zipped({NAME: b"{}"}), when=NOON + 3)
    put(tmp_path / "in", "ada.zip", zipped({"in.zip": zipped({f"x/{NAME}": b"{}"}, minute=59)}), when=NOON + 2)
    taken, rest = seen(tmp_path / "in")
    assert taken == {f"ada (1)/{NAME}": "ada"}
    assert set(rest) == {f"ada/{NAME}", f"ada_{NAME}", f"ada/in/x/{NAME}"}


def test_what_a_platform_says_of_the_time_counts_before_the_files_own(tmp_path: Path) -> None:
    early, late = (f"L_ada_attempt_2026-11-{day}-10-00-00_{NAME}" for day in (20, 21))
    put(tmp_path / "in", early, when=NOON + 1000)
    put(tmp_path / "in", late, when=NOON)
    assert [*seen(tmp_path / "in")[0]] == [late]


def test_a_time_that_a_student_wrote_into_an_inner_name_or_file_is_not_believed(tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/L_ada_attempt_2099-01-01-00-00-00_{NAME}", when=NOON)
    put(tmp_path / "in", f"ada/{NAME}", when=NOON + 1)
    put(tmp_path / "in", "ada/timestamp.txt", "2099-01-01 00:00:00 UTC")
    taken, rest = seen(tmp_path / "in")
    assert [*taken] == [f"ada/{NAME}"]
    assert len(rest) == 1


def test_a_renamed_notebook_is_an_attempt_at_the_lesson_that_is_in_it(tmp_path: Path) -> None:
    put(tmp_path / "in", "ada/final.ipynb", json.dumps(solved("01_encoding")), when=NOON + 1)
    put(tmp_path / "in", f"ada/{NAME}", json.dumps(student("01_encoding")), when=NOON)
    put(tmp_path / "in", "ada/other.ipynb", json.dumps(solved("02_hmac")), when=NOON)
    taken, rest = seen(tmp_path / "in")
    assert set(taken) == {"ada/final.ipynb", "ada/other.ipynb"}
    assert set(rest) == {f"ada/{NAME}"}


def test_a_folder_of_a_lesson_is_no_student(tmp_path: Path) -> None:
    for who in ("ada", "bob"):
        put(tmp_path / "in" / "01_encoding", f"{who}.ipynb")
    assert sorted(seen(tmp_path / "in")[0].values()) == ["ada", "bob"]


def test_files_named_after_others_stay_whose_folder_it_is_even_alone(tmp_path: Path) -> None:
    for number, who in enumerate(("ada", "bob")):
        put(tmp_path / "in" / "eve", f"{who}_{NAME}", when=NOON + number)
    assert seen(tmp_path / "in")[0] == {f"eve/bob_{NAME}": "eve"}


def test_what_is_no_file_takes_nobodys_work_away(tmp_path: Path) -> None:
    put(tmp_path / "in" / "ada", NAME)
    (tmp_path / "in" / "ada" / "01_encoding-Copy1.ipynb").symlink_to("/nowhere")
    found = look_through([tmp_path / "in"], tmp_path / "unpacked")
    assert [one.not_taken for one in found] == ["", ""]


def test_marks_on_a_students_name_count_only_where_somebody_can_be_meant(tmp_path: Path) -> None:
    for name in ("ada", "ada (1)", "group (1)", "group (2)", "solo (3)"):
        put(tmp_path / "in" / name, NAME, when=NOON + len(name))
    taken, rest = seen(tmp_path / "in")
    assert taken == {f"ada (1)/{NAME}": "ada", f"solo (3)/{NAME}": "solo"}
    assert all("can't be an id" in rest[f"group ({number})/{NAME}"] for number in (1, 2))


# -- what is not taken ------------------------------------------------------------------------------------------------

NO_NOTEBOOKS: dict[str, bytes | None] = {
    **{
        f"{kind}/01_encoding.{kind}": b"x"
        for kind in ("pdf", "py", "html", "docx", "rar", "7z", "png", "tar.gz", "txt")
    },
    "empty": None,
    "emptyzip.zip": zipped({}),
    "otherzip.zip": zipped({"essay.pdf": b"x", "deep/er/notes.txt": b"x"}),
    "ada_01_encoding.pdf": b"x",
}


def test_each_hand_in_that_is_no_notebook_is_named(tmp_path: Path) -> None:
    put(tmp_path / "in", f"good/{NAME}")
    for name, data in NO_NOTEBOOKS.items():
        (tmp_path / "in" / name).mkdir() if data is None else put(tmp_path / "in", name, data)
    found = {one.name: one for one in look_through([tmp_path / "in"], tmp_path / "unpacked")}
    assert found.keys() >= NO_NOTEBOOKS.keys()
    for name in NO_NOTEBOOKS:
        assert found[name].not_taken
        who = "ada" if name.startswith("ada_") else name.partition("/")[0].removesuffix(".zip")
        assert found[name].student == who


AROUND = {
    "Moodle": ("JWT-Lesson 1-4711", "Ada Lovelace_11_assignsubmission_file/x", "Bob_12_assignsubmission_file/x"),
    "Moodle's files": ("JWT", "Ada Lovelace_11_assignsubmission_file_x", "Bob_12_assignsubmission_file_x"),
    "Canvas": ("submissions", "lovelaceada_1001_90001_x", "babbagebob_LATE_1002_90002_x"),
    "Sakai": (
        "Lesson 1",
        "Lovelace, Ada(ada)/Submission attachment(s)/x",
        "Babbage, Bob(bob)/Submission attachment(s)/x",
    ),
}


@pytest.mark.parametrize("names", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("as_zip", [False, True])
def test_a_folder_or_zip_file_around_a_download_is_nobodys(
    tmp_path: Path, names: tuple[str, ...], as_zip: bool
) -> None:
    """It is not opened by itself: a student who is the first to hand in could call files so, and be a whole class."""
    around, *those = names
    files = {**{f"{name}.ipynb": b"{}" for name in those}, "grades.csv": b"", ".DS_Store": b""}
    if as_zip:
        put(tmp_path / "in", f"{around}.zip", zipped(files))
    for name, data in {} if as_zip else files.items():
        put(tmp_path / "in", f"{around}/{name}", data)
    inner = tmp_path / "in" / f"{around}{'.zip' * as_zip}"
    with pytest.raises(NothingFound, match=re.escape(f"grade {inner} itself")):
        seen(tmp_path / "in")
    taken, left = seen(inner)
    assert {*taken} == {f"{name}.ipynb" for name in those}
    assert [*left] == ["grades.csv"]


@pytest.mark.parametrize("data", [b"", b"PK", b"\0" * 99])
def test_the_only_zip_file_is_told_if_it_is_none(tmp_path: Path, data: bytes) -> None:
    put(tmp_path / "in", "JWT-Lesson 1-4711.zip", data)
    (one,) = look_through([tmp_path / "in"], tmp_path / "unpacked")
    assert "the zip file can't be read" in one.problem


def test_a_students_folder_is_the_students_whatever_is_in_it(tmp_path: Path) -> None:
    for number in (11, 12):
        put(
            tmp_path / "in",
            f"Eve_7_assignsubmission_file/Ada_{number}_assignsubmission_file_{NAME}",
            when=NOON + number,
        )
    assert [*seen(tmp_path / "in")[0].values()] == ["Eve"]
    work = zipped({f"A_{number}_assignsubmission_file_{NAME}": b"{}" for number in (11, 12)})
    put(tmp_path / "zips", "Eve_7_assignsubmission_file_work.zip", work)
    assert [*seen(tmp_path / "zips")[0].values()] == ["Eve"]
    put(tmp_path / "zips", "eve.zip", work)
    put(tmp_path / "zips", f"ada_{NAME}")
    assert sorted(seen(tmp_path / "zips")[0].values()) == ["Eve", "ada", "eve"]
    put(tmp_path / "in", f"ada/{NAME}")
    (tmp_path / "in" / "Eve_7_assignsubmission_file").rename(tmp_path / "in" / "eve")
    assert sorted(seen(tmp_path / "in")[0].values()) == ["ada", "eve"]


class Unsaid(zipfile.ZipInfo):
    """A member of a zip file that does not say in which encoding its name is."""

    __slots__ = ("encoding",)

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(self.encoding), self.flag_bits & ~0x800


@pytest.mark.parametrize("encoding", ["utf-8", "cp437"])
def test_names_in_a_zip_file_that_does_not_say_how_they_are_written(tmp_path: Path, encoding: str) -> None:
    names = {
        f"J\u00fcrgen/{NAME}": "J\u00fcrgen",
        f"Jos\u00e9 Li_4711_assignsubmission_file/{NAME}": "Jos\u00e9 Li",
        f"m\u00fcller_1007_90007_{NAME}": "m\u00fcller",
    }
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in names:
            member = Unsaid(name, (2026, 11, 20, 12, 0, 0))
            member.encoding = encoding
            archive.writestr(member, b"{}")
    found = look_through([tmp_path / "all.zip"], tmp_path / "unpacked")
    assert {one.name: str(one.student) for one in found if not one.not_taken} == names


GIVEN = {
    "Sakai": ("Lovelace, Ada(ada)/Submission attachment(s)", "Lovelace, Ada(ada)/Feedback Attachment(s)"),
    "OpenOlat": ("Lovelace_Ada_ada/2_submissions", "Lovelace_Ada_ada/3_corrections"),
    "OpenOlat's task": ("Lovelace_Ada_ada/2_submissions", "Lovelace_Ada_ada/1_task"),
    "OpenOlat's second round": ("Lovelace_Ada_ada/4_revisions_1", "Lovelace_Ada_ada/5_corrections_1"),
    "OpenOlat's archive": ("Lovelace_Ada_ada/1_submissions", "Lovelace_Ada_ada/2_assessment"),
}


@pytest.mark.parametrize("folders", GIVEN.values(), ids=GIVEN)
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_what_teachers_gave_is_no_attempt_however_new(tmp_path: Path, folders: tuple[str, str], ending: str) -> None:
    handed_in, given = folders
    content = zipped({NAME: b"{}"}) if ending else b"{}"
    name = "work.zip" if ending else NAME
    put(tmp_path / "in", f"{handed_in}/{name}", content)
    put(tmp_path / "in", f"{given}/{name}", content, when=NOON + 9)
    put(tmp_path / "in", f"Babbage, Bob(bob)/{given.partition('/')[2]}/{NAME}")
    put(tmp_path / "in", f"Babbage, Bob(bob)/{handed_in.partition('/')[2]}/essay.pdf")
    taken, left = seen(tmp_path / "in")
    assert [*taken] == [f"{handed_in}/{f'work/{NAME}' if ending else NAME}"]
    assert len(left) == 3
    assert sum("what teachers gave or wrote" in reason for reason in left.values()) == 2


def test_a_class_whose_own_folders_are_called_like_a_platforms_is_taken(tmp_path: Path) -> None:
    names = [f"{who}/{number}_assessment/{NAME}" for who in ("ada", "bob") for number in (1, 2)]
    for later, name in enumerate(names):
        put(tmp_path / "in", name, when=NOON + later)
    put(tmp_path / "in", f"eve/1_submissions/{NAME}")
    taken, left = seen(tmp_path / "in")
    assert [*taken] == [names[1], names[3], f"eve/1_submissions/{NAME}"], "nor does anybody else's folder change that"
    assert all("another attempt counts" in reason for reason in left.values())


def test_who_hands_in_nothing_but_text_is_said(tmp_path: Path) -> None:
    """Blackboard leaves a note on each attempt, and where somebody only wrote into its page there is nothing else."""
    for text in ("L_ada_attempt_2026-11-28-10-00-00.txt", "L_bob_attempt_2026-11-28-10-00-00.txt"):
        put(tmp_path / "in", text)
    put(tmp_path / "in", f"L_bob_attempt_2026-11-28-10-00-00_{NAME}")
    put(tmp_path / "in", "L_bob_attempt_2026-11-29-10-00-00.txt")
    put(tmp_path / "in", "lovelaceada_1235_text.html")
    put(tmp_path / "in", "babbagebob_LATE_1236_link.html")
    found = look_through([tmp_path / "in"], tmp_path / "unpacked")
    assert {one.name: one.student for one in found} == {
        "L_ada_attempt_2026-11-28-10-00-00.txt": "ada",
        f"L_bob_attempt_2026-11-28-10-00-00_{NAME}": "bob",
        "L_bob_attempt_2026-11-29-10-00-00.txt": "bob",
        "lovelaceada_1235_text.html": "lovelaceada",
        "babbagebob_LATE_1236_link.html": "babbagebob",
    }
    assert [one.name for one in found if not one.not_taken] == [f"L_bob_attempt_2026-11-28-10-00-00_{NAME}"]


def test_whom_canvas_hides_is_one_student_in_all_attempts(tmp_path: Path) -> None:
    names = ("anon_Kx9fG_98766_01_encoding.ipynb", "LATE_anon_Kx9fG_98767_01_encoding-1.ipynb")
    for later, name in enumerate(names):
        put(tmp_path / "in", name, when=NOON + later)
    taken, left = seen(tmp_path / "in")
    assert (taken, [*left]) == ({names[1]: "anon_Kx9fG"}, [names[0]])


@pytest.mark.parametrize("around", ["", "01_encoding/"])
def test_no_folder_of_one_student_makes_another_ones_a_teachers(tmp_path: Path, around: str) -> None:
    names = [f"{around}{who}/{folder}/{NAME}" for who, folder in (("ada", "1_assessment"), ("eve", "1_submissions"))]
    for name in names:
        put(tmp_path / "in", name)
    assert [*seen(tmp_path / "in")[0]] == names


def test_a_corrected_file_is_nobodys_work_where_nothing_was_handed_in(tmp_path: Path) -> None:
    put(tmp_path / "in", f"Lovelace_Ada_ada/3_corrections/{NAME}")
    (tmp_path / "in" / "Lovelace_Ada_ada" / "2_submissions").mkdir()
    put(tmp_path / "in", f"Babbage_Bob_bob/2_submissions/{NAME}")
    taken, left = seen(tmp_path / "in")
    assert [*taken] == [f"Babbage_Bob_bob/2_submissions/{NAME}"]
    assert "what teachers gave or wrote" in left[f"Lovelace_Ada_ada/3_corrections/{NAME}"]


def test_of_two_attempts_of_one_time_names_are_compared_as_people_count(tmp_path: Path) -> None:
    for number in (2, 9, 10):
        put(tmp_path / "in", f"Ada Lovelace/Lesson 1/Version {number}/{NAME}")
    for folder in ("a99", "b2"):
        put(tmp_path / "in", f"bob/{folder}/{NAME}")
    for number in "\u0669", "\u0661\u0660":  # 9 and 10 in Arabic digits
        put(tmp_path / "in", f"maryam/{number}/{NAME}")
    newest = [f"Ada Lovelace/Lesson 1/Version 10/{NAME}", f"bob/b2/{NAME}", f"maryam/\u0661\u0660/{NAME}"]
    assert [*seen(tmp_path / "in")[0]] == newest


def test_a_heap_of_other_files_is_a_few_lines(tmp_path: Path) -> None:
    for number in range(200):
        put(tmp_path / "in" / "ada", f"{number:03}.txt")
    put(tmp_path / "in" / "ada", NAME)
    found = look_through([tmp_path / "in"], tmp_path / "unpacked")
    assert len(found) == MAX_LISTED + 1
    assert sum(not one.not_taken for one in found) == 1
    assert any("181 files from here on" in one.not_taken for one in found)


ODD = {
    "a line break": "line\nbreak",
    "brackets": "br[1]ackets*?",
    "script": "<script>alert(1)<|script>".replace("|", "\u2215"),
    "an image": "<img src=x onerror=alert(1)>",
    "a formula": "=1+1",
    "an option": "--force",
    "at": "@SUM(1)",
    "an escape": "x%2f..%2f",
    "a dot": "trailing.",
    "from right to left": "ada\u202egpj",
    "zero width": "zero\u200bwidth",
    "not UTF-8": os.fsdecode(b"caf\xe9"),
    "long": "n" * 200,
    "control characters": "\x1b[31mred\x07",
}
ODD_BUT_FINE = {
    "con": "con",
    "Jose\u0301": "Jos\u00e9",
    "\u0645\u0631\u064a\u0645": "\u0645\u0631\u064a\u0645",
    "ADA": "ADA",
    "ada": "ada",
}


@pytest.fixture(scope="module")
def odd_class(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A class with odd names of every kind and hand-ins that are none, graded; and how the command ended."""
    folder = tmp_path_factory.mktemp("odd")
    right = json.dumps(solved("00_start_here"))
    for name in (*ODD.values(), *ODD_BUT_FINE):
        put(folder / "in", f"{name}/00_start_here.ipynb", right)
    put(folder / "in", "mallory/ada_00_start_here.ipynb", json.dumps(student("00_start_here")))
    put(folder / "in", "pia/essay;=1+1.pdf")
    (folder / "in" / "una").mkdir()
    options = [word for form in ("json", "junit", "csv") for word in (f"--{form}", str(folder / form))]
    done = here("grade", "--unsafe-no-sandbox", folder / "in", "--out", folder / "out", "--jobs", "2", *options)
    return folder, done


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_odd_names_stop_nobody_and_the_exit_code_says_that_something_was_left(odd_class: tuple[Path, Any]) -> None:
    folder, done = odd_class
    assert done.returncode == NOT_ALL_TAKEN, done.stderr
    scores = {row["student"]: row["score"] for row in rows((folder / "out" / "summary.csv").read_text("utf-8"))}
    assert {who: scores[who] for who in ODD_BUT_FINE.values()} == dict.fromkeys(ODD_BUT_FINE.values(), "5")
    assert scores["mallory"] == "0", "a file named after somebody else stays one's own"


def test_what_was_not_taken_stands_in_every_output(odd_class: tuple[Path, Any]) -> None:
    folder, done = odd_class
    reports = json.loads((folder / "json").read_text("utf-8"))
    left = [one for one in reports if one["status"] == "not taken"]
    assert len(left) == len(ODD) + 2
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert all(not list(validator.iter_errors(one)) for one in reports)
    table = {row["submission"]: row for row in rows((folder / "out" / "summary.csv").read_text("utf-8"))}
    page = (folder / "out" / "index.html").read_text("utf-8")
    suites = ElementTree.parse(folder / "junit").getroot()
    assert len(list(suites.iter("skipped"))) == len(left)
    assert sum(row["status"] == "not taken" for row in table.values()) == len(left)
    assert "Not taken" in page
    for one in left:
        assert one["message"]
        assert one["submission"] in done.stderr
    assert "<script>" not in page
    assert "<img" not in page
    assert all(character.isprintable() or character == "\n" for character in done.stderr)
    assert {one["student"] for one in left} == {"", "pia", "una"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", ":"])
def test_no_cell_is_a_formula_whatever_separates_cells(odd_class: tuple[Path, Any], separator: str) -> None:
    for path in (odd_class[0] / "out" / "summary.csv", odd_class[0] / "csv"):
        for row in csv.reader(io.StringIO(path.read_text("utf-8")), delimiter=separator):
            assert not any(cell.lstrip(" \"'").startswith(("=", "+", "@")) and cell[:1] != "'" for cell in row), row


def test_another_run_says_the_same(odd_class: tuple[Path, Any]) -> None:
    folder, _ = odd_class
    before = (folder / "out" / "summary.csv").read_text("utf-8")
    done = here("grade", "--unsafe-no-sandbox", folder / "in", "--out", folder / "out", "--jobs", "1")
    assert done.returncode == NOT_ALL_TAKEN
    assert f"{len(ODD_BUT_FINE) + 1} of {len(ODD_BUT_FINE) + 1} had been graded before" in done.stderr
    assert (folder / "out" / "summary.csv").read_text("utf-8") == before


def test_an_older_attempt_loses_the_report_that_it_had(tmp_path: Path) -> None:
    put(tmp_path / "in" / "ada", "00_start_here.ipynb", json.dumps(solved("00_start_here")))
    arguments = ("grade", "--unsafe-no-sandbox", tmp_path / "in", "--out", tmp_path / "out", "--jobs", "1")
    assert here(*arguments).returncode == OK
    put(tmp_path / "in" / "ada", "00_start_here-Copy1.ipynb", json.dumps(student("00_start_here")), when=NOON + 1)
    assert here(*arguments).returncode == NOT_ALL_TAKEN
    reports = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "out" / "reports").rglob("*.json")]
    assert sorted((one["status"], one["score"]) for one in reports) == [("not attempted", 0), ("not taken", 0)]


def test_reports_of_files_that_have_gone_are_named_and_stay(tmp_path: Path) -> None:
    for name in ("ada", "bobb", "<b>"):
        put(tmp_path / "in", f"{name}/00_start_here.ipynb", json.dumps(student("00_start_here")))
    arguments = ("grade", "--unsafe-no-sandbox", tmp_path / "in", "--out", tmp_path / "out", "--jobs", "1")
    assert "of no file that lay here now" not in here(*arguments).stderr
    (tmp_path / "in" / "bobb").rename(tmp_path / "in" / "bob")
    done = here(*arguments)
    assert (
        f"1 more in {tmp_path}/out/reports of no file that lay here now (bobb/00_start_here.ipynb.json)" in done.stderr
    )
    assert (tmp_path / "out" / "reports" / "bobb" / "00_start_here.ipynb.json").is_file()


def test_exit_codes(tmp_path: Path) -> None:
    put(tmp_path / "in", "pia/essay.pdf")
    arguments = ("grade", "--unsafe-no-sandbox", tmp_path / "in", "--out", tmp_path / "out", "--jobs", "1")
    done = here(*arguments)
    assert (done.returncode, "a PDF" in done.stderr) == (BAD_INPUT, True), "there is nothing to grade"
    assert "essay.pdf" in (tmp_path / "out" / "summary.csv").read_text("utf-8")
    put(tmp_path / "in", "ada/00_start_here.ipynb", json.dumps(solved("00_start_here")))
    assert here(*arguments).returncode == NOT_ALL_TAKEN
    assert here(*arguments, "--fail-under", "50").returncode == BELOW, "pia has handed in nothing that can be graded"
    (tmp_path / "in" / "pia" / "essay.pdf").rename(tmp_path / "in" / "ada" / "essay.pdf")
    (tmp_path / "in" / "pia").rmdir()
    assert here(*arguments, "--fail-under", "50").returncode == NOT_ALL_TAKEN
    put(tmp_path / "in", "<b>/00_start_here.ipynb", json.dumps(solved("00_start_here")))
    assert here(*arguments, "--fail-under", "50").returncode == BELOW, "somebody's work could not be graded"


def test_a_part_of_a_batch_with_nothing_but_a_pdf_is_not_a_batch_with_nothing_to_grade(tmp_path: Path) -> None:
    put(tmp_path / "in", "ada/00_start_here.ipynb", json.dumps(solved("00_start_here")))
    put(tmp_path / "in", "pia/essay.pdf")
    arguments = ("grade", "--unsafe-no-sandbox", tmp_path / "in", "--out", tmp_path / "out", "--jobs", "1")
    codes = [here(*arguments, "--shard", f"{number}/9").returncode for number in range(1, 10)]
    assert sorted(codes) == [OK] * 8 + [NOT_ALL_TAKEN]


def test_a_low_score_is_told_by_the_part_that_has_it_and_who_has_handed_in_nothing_by_the_last_call(
    tmp_path: Path,
) -> None:
    put(tmp_path / "in", "ada/00_start_here.ipynb", json.dumps(solved("00_start_here")))
    put(tmp_path / "in", "ada/old/00_start_here.ipynb", json.dumps(student("00_start_here")), when=NOON - 1)
    put(tmp_path / "in", "bob/00_start_here.ipynb", json.dumps(student("00_start_here")))
    put(tmp_path / "in", "pia/essay.pdf")
    arguments = ("grade", "--unsafe-no-sandbox", tmp_path / "in", "--out", tmp_path / "out", "--jobs", "1")
    limit = ("--fail-under", "50")
    codes = [here(*arguments, *limit, "--shard", f"{number}/9").returncode for number in range(1, 10)]
    assert codes.count(BELOW) == 1, "bob's"
    assert here(*arguments, *limit).returncode == BELOW
    (tmp_path / "in" / "bob" / "00_start_here.ipynb").unlink()
    codes = [here(*arguments, *limit, "--shard", f"{number}/9").returncode for number in range(1, 10)]
    assert BELOW not in codes
    assert here(*arguments, *limit).returncode == BELOW, "pia's"


@pytest.mark.parametrize("zips", [False, True])
def test_a_class_in_which_everybody_is_called_the_same_is_taken_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zips: bool
) -> None:
    """Where marking is anonymous, Moodle calls each "Participant", and only the numbers differ."""
    monkeypatch.setattr(attempts_module, "MAX_WORKS", 3)
    monkeypatch.setattr(collect_module, "MAX_WORKS", 3)
    monkeypatch.setattr(collect_module, "MAX_UNPACKED_BYTES", 5)
    for number in range(101, 106):
        place = f"Participant_{number}_assignsubmission_file"
        put(
            tmp_path / "in",
            f"{place}/work.zip" if zips else f"{place}/{NAME}",
            zipped({NAME: b"{}"}) if zips else b"{}",
        )
    taken, left = seen(tmp_path / "in")
    assert sorted(taken.values()) == [f"Participant {number}" for number in range(101, 106)]
    assert not left
    assert not any(one.problem for one in look_through([tmp_path / "in"], tmp_path / "again"))


def test_a_found_file_is_what_it_says(tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/{NAME}")
    (one,) = look_through([tmp_path / "in"], tmp_path / "unpacked")
    assert isinstance(one, Found)
    assert (one.times, one.stamped) == ((NOON, 0.0), False)


# -- names that others may have ---------------------------------------------------------------------------------------

FILE = "_assignsubmission_file_01_encoding.ipynb"


def test_a_name_made_of_name_and_number_is_nobody_elses(tmp_path: Path) -> None:
    """O'Connor's name is no id, so her number stands behind it; somebody calls himself just so, and hands in later."""
    place = tmp_path / "submitted"
    put(place, f"Sinead O'Connor_4711{FILE}")
    put(place, f"Sinead OConnor 4711_4712{FILE}", when=NOON + 1)
    put(place, f"Sinead OConnor 4711 4712_4713{FILE}", when=NOON + 2)
    taken, left = seen(place)
    assert not left
    assert {*taken.values()} == {
        "Sinead OConnor 4711",
        "Sinead OConnor 4711 4712",
        "Sinead OConnor 4711 4712 4713",
    }


def test_a_name_that_holds_the_platforms_words_takes_nobodys_work_away(tmp_path: Path) -> None:
    place = tmp_path / "submitted"
    graces = put(place, f"Grace Hopper_4711{FILE}")
    put(place, f"Grace Hopper_4711_assignsubmission_file_x_4799{FILE}", when=NOON + 9)
    put(place, f"Eve_99_assignsubmission_file_Bob_77{FILE}")
    taken, left = seen(place)
    assert taken == {graces.name: "Grace Hopper", f"Eve_99_assignsubmission_file_Bob_77{FILE}": "Eve"}
    assert ["not in doubt" in reason for reason in left.values()] == [True]


def test_of_one_student_a_hundred_submissions_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may take five minutes. Whatever they are called, and in how many zip files they come."""
    monkeypatch.setattr(attempts_module, "MAX_WORKS", 10)
    monkeypatch.setattr(collect_module, "MAX_WORKS", 10)
    place = tmp_path / "submitted"
    for number in range(12):
        put(place, f"ada/{number}.ipynb", when=NOON + number)
    put(place, f"bob/{NAME}")
    inner = zipped({f"{number}.ipynb": b"{}" for number in range(6)})
    put(place, "cy.zip", zipped({f"{number}.zip": inner for number in range(3)}))
    for number in range(3):
        put(place, f"di/{number}.zip", inner)
    taken, left = seen(place)
    assert [*taken.values()].count("ada") == 10
    assert [name for name in left if name.startswith("ada")] == ["ada/0.ipynb", "ada/1.ipynb"]
    assert [*taken.values()].count("bob") == 1
    assert all(sum(who == one for who in taken.values()) <= 10 for one in ("cy", "di"))


@pytest.mark.parametrize("times", [(0.0, math.inf), (1e12, 0.0), (-1e12, 0.0), (0.0, 0.0)], ids=repr)
def test_a_file_of_a_time_that_nobody_can_write_is_an_attempt_like_others(
    tmp_path: Path, times: tuple[float, float]
) -> None:
    (tmp_path / "a.ipynb").touch()
    two = [Found(tmp_path / "a.ipynb", name, "ada", times=times) for name in ("a", "b")]
    first, last = latest_only(two, ["01_encoding"] * 2)
    assert first.not_taken == "another attempt counts, the newest: b (no time is known)"
    assert not last.not_taken
