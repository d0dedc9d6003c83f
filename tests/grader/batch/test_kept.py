"""What lies in an output folder is believed only if this machine's grader wrote it there, and no link is followed."""

import copy
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.batch.kept import Kept, NotOurs
from grader.batch.output_folder import refuse_foreign
from grader.batch.run import Shard, submissions_in
from grader.engine.grade import Graded, Options, Ran
from grader.errors import AtWork, ForeignFile
from grader.files import MAX_FILE, TooLarge, read_file, write_whole
from grader.refusals import sentence
from grader.reports import local_key as keys
from grader.reports.local_key import LocalKey, local_key
from grader.reports.report import Report
from tests.grader.helpers import deep, grader, student, write
from tests.grader.sample_reports import report
from tests.grader.warm import here

LEVEL = "--unsafe-no-sandbox"


class Place:
    """Submissions of two students, graded, with a state directory of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.submitted = folder / "submitted"
        for who in ("ada", "grace"):
            (self.submitted / who).mkdir(parents=True)
            write(self.submitted / who, student("00_start_here"), "00_start_here.ipynb")
        self.out = folder / "graded"

    def grade(self, *more: str | Path, **env: str) -> Any:
        return here(*self._command, *more, env={"XDG_STATE_HOME": str(self.state), **env})

    def grade_anew(self, **env: str) -> Any:
        """In a process of its own: one that can keep no key has one for itself."""
        return grader(*self._command, env={"XDG_STATE_HOME": str(self.state), **env})

    @property
    def _command(self) -> tuple[str | Path, ...]:
        return "grade", self.submitted, "--out", self.out, "--jobs", "1", LEVEL

    def report(self, who: str = "ada") -> Path:
        return self.out / "reports" / who / "00_start_here.ipynb.json"

    def score(self, who: str = "ada") -> int:
        return int(json.loads(self.report(who).read_text("utf-8"))["score"])


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("class"))
    assert place.grade().returncode == 0
    return place


@pytest.fixture
def place(graded: Place, tmp_path: Path) -> Place:
    shutil.copytree(graded.folder, tmp_path, dirs_exist_ok=True)
    found = copy.copy(graded)
    found.folder, found.state = tmp_path, tmp_path / "state"
    found.submitted, found.out = tmp_path / "submitted", tmp_path / "graded"
    return found


def full_marks(report: dict[str, Any]) -> dict[str, Any]:
    exercises = [{**one, "score": one["max_score"], "status": "passed"} for one in report["exercises"]]
    return {**report, "score": report["max_score"], "status": "graded", "exercises": exercises}


EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "full marks": full_marks,
    "full marks, no MAC": lambda one: {**full_marks(one), "mac": ""},
    "full marks, as an older grader wrote it": lambda one: {k: v for k, v in full_marks(one).items() if k != "mac"},
    "a MAC under a key that everybody knows": lambda one: (
        Report.from_dict(full_marks(one)).sealed(LocalKey(b"")).to_dict()
    ),
    "a MAC that is no text": lambda one: {**full_marks(one), "mac": 0},
    "a MAC beyond ASCII": lambda one: {**full_marks(one), "mac": "\ud800é"},
    "one point more": lambda one: {**one, "score": one["score"] + 1},
    "another sandbox": lambda one: {**one, "sandbox": "full"},
    "another hash": lambda one: {**one, "sha256": "0" * 64},
    "another student": lambda one: {**one, "student": "grace"},
    "True for one": lambda one: {**one, "score": True},
    "one more field": lambda one: {**one, "x": 1},
    "a list": lambda one: [one],
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_report_is_graded_again_and_said_so(place: Place, edit: str) -> None:
    path = place.report()
    path.write_text(json.dumps(EDITS[edit](json.loads(path.read_text("utf-8")))), "utf-8")
    done = place.grade("--fail-under", "1")
    assert done.returncode == 1
    assert place.score() == 0
    assert "1 graded again: results not written with this machine's key, or changed since" in done.stderr
    assert "ada/00_start_here.ipynb.json" in done.stderr
    assert "1 of 2 had been graded before" in done.stderr


def test_what_nobody_touched_is_kept(place: Place) -> None:
    before = place.report().read_bytes()
    done = place.grade()
    assert "2 of 2 had been graded before" in done.stderr
    assert "graded again" not in done.stderr
    assert place.report().read_bytes() == before


def test_anothers_report_in_ones_place_is_not_believed(place: Place) -> None:
    shutil.copy(place.report("grace"), place.report("ada"))
    assert "1 of 2 had been graded before" in place.grade().stderr
    assert json.loads(place.report("ada").read_text("utf-8"))["student"] == "ada"


def test_a_lost_key_loses_no_work(place: Place) -> None:
    shutil.rmtree(place.state)
    done = place.grade()
    assert done.returncode == 0
    assert "2 graded again" in done.stderr
    assert "2 of 2 had been graded before" in place.grade().stderr


@pytest.mark.parametrize("where", ["graded/state", "submitted/ada/state", "submitted"])
def test_a_key_where_submissions_are_is_not_used(place: Place, where: str) -> None:
    state = place.folder / where
    shutil.copytree(place.state, state, dirs_exist_ok=True)
    place.state = state
    if where.startswith("graded"):
        done = grader("grade", place.submitted, "--out", place.out, LEVEL, env={"XDG_STATE_HOME": str(state)})
        assert done.returncode == 2  # a folder that the grader did not make
        assert "graded/state: a folder" in done.stderr
        return
    for _ in range(2):
        done = place.grade_anew()
        assert "2 graded again" in done.stderr
        assert "the next run will grade all of this again: no key can be kept" in done.stderr


def test_without_a_home_the_key_is_made_each_time(place: Place) -> None:
    done = place.grade_anew(HOME="nowhere", XDG_STATE_HOME="relative")
    assert done.returncode == 0
    assert "no key can be kept (there is no home for it" in done.stderr
    assert not list(place.folder.rglob("relative"))


LINKS: dict[str, Callable[[Place, Path], Path]] = {
    "the folder itself": lambda place, other: replaced(place.out, other),
    "reports": lambda place, other: replaced(place.out / "reports", other),
    "a student's reports": lambda place, other: replaced(place.out / "reports" / "ada", other),
    "a report": lambda place, other: replaced(place.report(), other / "file"),
    "cells": lambda place, other: replaced(place.out / "cells", other),
    "what was unpacked": lambda place, other: replaced(place.out / ".unpacked", other),
    "the summary": lambda place, other: replaced(place.out / "summary.csv", other / "file"),
    "the overview, dangling": lambda place, other: replaced(place.out / "index.html", other / "nowhere"),
    "receipts": lambda place, other: replaced(place.out / "receipts", other),
    "another name": lambda place, other: replaced(place.out / "more", other),
    "a hard link": lambda place, other: hard(place.report(), other / "file"),
    "a pipe": lambda place, other: pipe(place.report()),
    "a program": lambda place, other: written(place.out / "json.py"),
    "a notebook": lambda place, other: written(place.out / "reports" / "x.ipynb"),
    "a folder": lambda place, other: written(place.out / "grader" / "__init__.py").parent,
    "a file in place of a folder": lambda place, other: written(place.out / "cells"),
}


def gone(path: Path) -> Path:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()
    return path


def replaced(path: Path, target: Path) -> Path:
    gone(path).symlink_to(target)
    return path


def hard(path: Path, target: Path) -> Path:
    os.link(target, gone(path))
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(gone(path))
    return path


def written(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("1", "utf-8")
    return path


@pytest.mark.parametrize("link", LINKS)
def test_links_and_foreign_files_are_refused_by_name_before_anything_is_graded(place: Place, link: str) -> None:
    other = place.folder / "other"
    other.mkdir()
    (other / "file").write_text("precious", "utf-8")
    found = LINKS[link](place, other)
    reports = {
        path: path.read_bytes() for path in place.out.rglob("*.json") if path.is_file() and not path.is_symlink()
    }
    done = place.grade("--fail-under", "1")
    assert done.returncode == 2
    assert str(found) in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in other.iterdir()] == ["file"]
    assert (other / "file").read_text("utf-8") == "precious"
    assert reports == {path: path.read_bytes() for path in reports}


def test_a_link_on_the_way_from_the_submissions_to_the_folder_is_refused(place: Place) -> None:
    (place.folder / "other").mkdir()
    (place.submitted / "eve").symlink_to(place.folder / "other")
    place.out = place.submitted / "eve" / "graded"
    done = place.grade()
    assert done.returncode == 2
    assert f"{place.submitted}/eve: a link" in done.stderr
    assert not list((place.folder / "other").iterdir())


def test_what_other_options_wrote_there_may_stay(place: Place) -> None:
    for _ in range(2):
        assert place.grade("--junit", place.out / "junit.xml", "--json", place.out / "all.json").returncode == 0


# -- the key ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(keys, "_kept", keys._kept.__wrapped__)
    return tmp_path / "jwt-from-scratch" / "local-key"


def test_the_key_is_its_owners_alone_and_never_shown(state: Path) -> None:
    key = local_key()
    assert state.stat().st_mode & 0o777 == 0o600
    assert state.parent.stat().st_mode & 0o777 == 0o700
    assert local_key().mac("x") == key.mac("x")
    assert len(state.read_text("ascii").strip()) == 64
    assert state.read_text("ascii").strip() not in repr(key) + key.mac("x") + key.mac("")
    assert len({key.mac("x"), key.mac("y"), key.mac("x", b"1"), key.mac("x1")}) == 4


SPOILT: dict[str, Callable[[Path], None]] = {
    "readable by others": lambda path: path.chmod(0o644),
    "in a folder where others write": lambda path: path.parent.chmod(0o777),
    "too short": lambda path: path.write_text("00", "ascii"),
    "no hex": lambda path: path.write_text("zz" * 32, "ascii"),
    "not ASCII": lambda path: path.write_text("é" * 32, "utf-8"),
    "empty": lambda path: path.write_text("", "ascii"),
    "a link": lambda path: (path.rename(path.with_name("x")), path.symlink_to(path.with_name("x")))[1],
    "a hard link": lambda path: os.link(path, path.with_name("x")),
    "a folder": lambda path: (path.unlink(), path.mkdir())[1],
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path, 0o600))[1],
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_key_that_others_may_know_is_not_used(state: Path, how: str) -> None:
    before = local_key()
    assert not before.problem
    SPOILT[how](state)
    after = local_key()
    assert str(state) in after.problem
    assert after.mac("x") != before.mac("x")


# -- the inputs -------------------------------------------------------------------------------------------------------


def test_inputs_are_the_same_on_this_machine_and_nobody_can_compute_them(state: Path) -> None:
    assert Options().seed("ab", "ada") == Options().seed("ab", "ada")
    seeds = [
        Options().seed(digest, who) for digest, who in (("ab", "ada"), ("ab", "grace"), ("cd", "ada"), ("a", "bada"))
    ]
    seeds += [Options(secret="s").seed("ab", "ada"), Options(inputs_key="s1").seed("ab", "ada")]
    assert len(set(seeds)) == 6
    assert all(re.fullmatch("[0-9a-f]{64}", seed) for seed in seeds)  # nothing of the name or the file is in it
    state.unlink()
    assert Options().seed("ab", "ada") not in seeds


def test_no_secret_shows_in_the_options() -> None:
    assert "hidden" not in repr(Options(secret="hidden", inputs_key="hidden"))


def test_workers_and_this_process_give_the_same_inputs(place: Place, tmp_path: Path) -> None:
    one = place.submitted / "ada" / "00_start_here.ipynb"
    out = place.folder / "again"
    env = {"XDG_STATE_HOME": str(place.state)}
    grader("grade", place.submitted, "--out", out, "--jobs", "2", LEVEL, env=env)
    again = json.loads((out / "reports" / "ada" / "00_start_here.ipynb.json").read_text("utf-8"))
    first = json.loads(place.report().read_text("utf-8"))
    assert again["seed_id"] == first["seed_id"] != ""
    alone = json.loads(grader("grade", one, "--json", "-", LEVEL, env=env).stdout)[0]
    elsewhere = json.loads(
        grader("grade", one, "--json", "-", LEVEL, env={"XDG_STATE_HOME": str(tmp_path / "x")}).stdout
    )
    assert alone["seed_id"] != elsewhere[0]["seed_id"]


# -- a class's cells --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edit", ["an output", "another's cells", "no MAC", "no JSON", "another key"])
def test_cells_are_believed_only_beside_their_own_report(tmp_path: Path, edit: str) -> None:
    key, cells = LocalKey(b"key"), [Ran("exercise", "x", "source", [{"text": "harmless"}])]
    kept, other = (Kept(tmp_path / f"{who}.json", tmp_path / f"{who}.cells") for who in ("ada", "grace"))
    kept.write(Graded(report(), cells), key)
    other.write(Graded(report(student="grace"), cells), key)
    assert kept.read(key).cells == cells
    text = kept.cells.read_text("utf-8")
    changed = {
        "an output": text.replace("harmless", "<script>"),
        "another's cells": other.cells.read_text("utf-8"),
        "no MAC": json.dumps({"cells": json.loads(text)["cells"]}),
        "no JSON": "[",
        "another key": text,
    }
    kept.cells.write_text(changed[edit], "utf-8")
    with pytest.raises(NotOurs):
        kept.read(LocalKey(b"another") if edit == "another key" else key)


# -- others at work ---------------------------------------------------------------------------------------------------


def test_two_commands_do_not_empty_each_others_folder(tmp_path: Path) -> None:
    write(tmp_path, student("00_start_here"), "ada_00_start_here.ipynb")
    out = tmp_path / "out"
    with submissions_in([tmp_path], out) as found:
        assert found
        with pytest.raises(AtWork, match="another command"), submissions_in([tmp_path], out):
            pass
        with submissions_in([tmp_path], out, Shard(1, 2)):
            pass
        assert (out / ".unpacked").exists()
    assert not (out / ".unpacked").exists()


def test_folders_within_folders_without_end_are_refused(tmp_path: Path) -> None:
    deep(tmp_path / "out" / "reports", 1_200)
    with pytest.raises(ForeignFile, match="no grader made"):
        refuse_foreign(tmp_path / "out")
    deep(tmp_path / "out" / ".unpacked", 1_200)
    with pytest.raises(ForeignFile, match="no grader made"), submissions_in([tmp_path], tmp_path / "out"):
        pass
    subprocess.run(["rm", "-rf", str(tmp_path / "out")], check=True)  # which pytest can't


@pytest.mark.parametrize("name", ["\x1b[2J\x1b]0;x\x07.exe", "a\u202eb.exe", "line\nbreak.exe"], ids=ascii)
def test_a_name_in_a_message_says_nothing_to_the_terminal(place: Place, name: str) -> None:
    (place.out / name).write_text("x")
    done = place.grade()
    assert done.returncode == 2
    assert all(c.isprintable() for line in done.stderr.splitlines() for c in line)


@pytest.mark.parametrize("content", [b" " * (MAX_FILE + 1), b"[" * 4_000_001, b"["], ids=("bytes", "brackets", "half"))
def test_what_is_larger_than_any_result_is_not_read(content: bytes, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "report.json", tmp_path / "cells.json")
    kept.report.write_bytes(content)
    with pytest.raises(NotOurs):
        kept.read_report(local_key())
    kept.write(Graded(report(), []), local_key())
    os.truncate(kept.cells, 10_000_000_000)  # it takes no room, and says so much of itself
    with pytest.raises(NotOurs):
        kept.read(local_key())


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        (".ada.json.a1b2c3_d", True),
        (".htaccess", False),
        (".index.html", False),
        (".json", False),
        (".x.json.A1b2c3d4", False),
        ("likeness.html", True),
    ],
)
def test_a_hidden_file_is_the_graders_only_while_it_writes_it(name: str, is_ours: bool, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    if is_ours:
        refuse_foreign(tmp_path)
    else:
        with pytest.raises(ForeignFile, match="no grader made there"):
            refuse_foreign(tmp_path)


def test_a_folder_in_a_report_s_place_is_refused_before_anything_is_graded(tmp_path: Path) -> None:
    (tmp_path / "reports" / "ada" / "01_encoding.ipynb.json").mkdir(parents=True)
    with pytest.raises(ForeignFile, match="a folder that no grader made there"):
        refuse_foreign(tmp_path)


def test_that_a_file_is_too_large_is_not_told_as_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "a.jwt").write_bytes(b"12345")
    with pytest.raises(TooLarge) as raised:
        read_file(tmp_path / "a.jwt", 4)
    assert sentence(raised.value) == f"{tmp_path / 'a.jwt'}: too large"


def test_a_folder_in_a_files_place_is_called_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(IsADirectoryError) as raised:
        write_whole(tmp_path / "report.json", "{}")
    assert raised.value.filename == str(tmp_path / "report.json")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
