"""Batches: every submission gets its Report, whatever one of them does and however often the command is killed."""

import contextlib
import csv
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch import run as run_module
from grader.batch import workers as batch
from grader.batch.collect import Found, collect
from grader.batch.run import Shard, run_batch
from grader.batch.workers import _report_name, grade_batch
from grader.engine.grade import Options
from grader.engine.sandbox import FULL, NONE
from grader.errors import NOT_ALL_TAKEN, SandboxError
from grader.inside import linux
from grader.reports.report import Report, taken
from tests.grader.batch import stand_ins
from tests.grader.helpers import cell_of, grader, sandbox_problem, solved, student, write

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="batches need Linux")

UNSAFE = "--unsafe-no-sandbox"


# -- with quick workers: what the batch itself does -------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_command", list)
    monkeypatch.setattr(batch, "subprocess", SimpleNamespace(Popen=stand_ins.Forked, DEVNULL=subprocess.DEVNULL))


class Class:
    """Some submissions whose names say what becomes of them, and where their Reports go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "class"
        self.folder.mkdir()
        self.out = folder / "reports"
        self.options = Options(level=NONE)

    def add(self, *names: str) -> None:
        for name in names:
            (self.folder / f"{name}.ipynb").write_text(name, "utf-8")

    def grade(self, jobs: int = 2) -> dict[str, tuple[Report, bool]]:
        """Each Report and whether it was made now, by the submission's name without ending."""
        fresh: dict[str, bool] = {}
        found = collect(self.folder, self.folder / "unpacked")

        def done(report: Report, is_fresh: bool) -> None:
            assert report.submission not in fresh
            fresh[report.submission] = is_fresh

        reports = grade_batch(found, self.out, self.options, jobs, done)
        assert [report.submission for report in reports] == [one.name for one in found]
        return {report.submission.removesuffix(".ipynb"): (report, fresh[report.submission]) for report in reports}

    def fresh(self, jobs: int = 2) -> set[str]:
        return {name for name, (_, fresh) in self.grade(jobs).items() if fresh}

    def report(self, name: str) -> Path:
        return self.out / f"{name}.ipynb.json"

    def log(self) -> list[str]:
        return [line.removesuffix(".ipynb") for line in stand_ins.where(self.folder)]


@pytest.fixture
def some(tmp_path: Path, quick: None) -> Class:
    return Class(tmp_path)


def test_every_submission_gets_a_report_and_a_file(some: Class) -> None:
    some.add("a", "b", "c")
    for name, (report, fresh) in some.grade().items():
        assert fresh
        assert report.score == 5
        assert json.loads(some.report(name).read_text("utf-8")) == report.to_dict()


def test_a_second_run_repeats_nothing(some: Class) -> None:
    some.add("a", "b", "c")
    first = some.grade()
    times = {name: some.report(name).stat().st_mtime_ns for name in first}
    second = some.grade()
    assert [report for report, _ in second.values()] == [report for report, _ in first.values()]
    assert not any(fresh for _, fresh in second.values())
    assert times == {name: some.report(name).stat().st_mtime_ns for name in first}
    assert some.log().count("begin a") == 1


def test_only_what_is_new_or_changed_is_graded(some: Class) -> None:
    some.add("a", "b", "c")
    some.grade()
    some.add("d")
    (some.folder / "b.ipynb").write_text("changed", "utf-8")
    assert some.fresh() == {"b", "d"}
    assert some.fresh() == set()


def test_shards_are_disjoint_and_together_the_whole_and_the_last_call_repeats_nothing(
    tmp_path: Path, quick: None
) -> None:
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    names = {f"s{number:02}_01_encoding.ipynb" for number in range(7)}
    for name in names:
        (folder / name).write_text(name, "utf-8")
    options = Options(level=NONE)
    parts = [run_batch([folder], out, options, 1, Shard(number, 3)) for number in (1, 2, 3)]
    graded = [report.submission for part in parts for report in taken(part)]
    assert sorted(graded) == sorted(names)
    assert all(len(part) < 7 for part in parts)
    assert not (out / "summary.csv").exists()
    times = {path: path.stat().st_mtime_ns for path in (out / "reports").glob("*.ipynb.json")}
    assert {report.submission for report in taken(run_batch([folder], out, options, 1))} == names
    assert times == {path: path.stat().st_mtime_ns for path in (out / "reports").glob("*.ipynb.json")}
    assert all(name in (out / "summary.csv").read_text("utf-8") for name in names)


@pytest.mark.parametrize("every", [0, 60])
def test_where_there_is_no_bar_a_line_now_and_then_says_how_far_it_is(
    tmp_path: Path, quick: None, every: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_module, "SAID_EVERY", every)
    for who in ("ada", "bob"):
        (tmp_path / f"{who}_01_encoding.ipynb").write_text(who, "utf-8")
    run_batch([tmp_path], tmp_path / "out", Options(level=NONE), 1)
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("grading")]
    assert lines == ([] if every else ["grading: 1 of 2", "grading: 2 of 2"])


def test_an_empty_shard_is_no_failure(tmp_path: Path, quick: None) -> None:
    path = tmp_path / "ada_01_encoding.ipynb"
    path.write_text("a", "utf-8")
    parts = [run_batch([path], tmp_path / "out", Options(level=NONE), 1, Shard(number, 3)) for number in (1, 2, 3)]
    assert sorted(map(len, parts)) == [0, 0, 1]


@pytest.mark.parametrize(
    "text", ["", "1", "0/3", "4/3", "1/0", "-1/3", "1/3/3", "a/b", " 1/3", "1 / 3", "١/٣", "1/9999999"]
)
def test_what_is_no_shard_is_said_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="such as 2/8"):
        Shard.parse(text)
    assert Shard.parse("2/8") == Shard(2, 8)


BAD_REPORTS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "no JSON": lambda data: b"hello",
    "no UTF-8": lambda data: b"\xff\xfe",
    "null": lambda data: b"null",
    "a list": lambda data: b"[]",
    "deep": lambda data: b"[" * 100_000,
    "no fields": lambda data: b"{}",
    "a field less": lambda data: data.replace(b'"student"', b'"pupil"'),
    "odd exercises": lambda data: data.replace(b'"exercises": [', b'"exercises": [3, '),
    "no exercises": lambda data: json.dumps({**json.loads(data), "exercises": None}).encode(),
    "a text as score": lambda data: json.dumps({**json.loads(data), "score": "5"}).encode(),
    "a text as a message": lambda data: data.replace(b'"messages": []', b'"messages": "x"'),
    "a list as student": lambda data: json.dumps({**json.loads(data), "student": []}).encode(),
    "another's": lambda data: data.replace(b'"grading_id": "', b'"grading_id": "0'),
    "no id": lambda data: re.sub(rb'"grading_id": "[^"]*"', b'"grading_id": ""', data),
    "an odd id": lambda data: re.sub(rb'"grading_id": "[^"]*"', b'"grading_id": 7', data),
}


@pytest.mark.parametrize("spoil", BAD_REPORTS.values(), ids=BAD_REPORTS)
def test_a_corrupt_or_foreign_report_file_is_replaced(some: Class, spoil: Callable[[bytes], bytes]) -> None:
    some.add("a", "b")
    some.grade()
    good = some.report("a").read_bytes()
    spoilt = spoil(good)
    assert spoilt != good
    some.report("a").write_bytes(spoilt)
    assert some.fresh() == {"a"}
    assert some.report("a").read_bytes() == good


@pytest.mark.parametrize("change", [{"run_demos": True}, {"secret": "spring"}, {"level": FULL}], ids=str)
def test_other_options_mean_other_reports(some: Class, change: dict[str, Any]) -> None:
    some.add("a", "b")
    some.grade()
    before, some.options = some.options, replace(some.options, **change)
    assert some.fresh() == {"a", "b"}
    assert some.fresh() == set()
    some.options = before
    assert some.fresh() == {"a", "b"}


def test_another_state_of_the_grader_means_other_reports(some: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    some.add("a")
    some.grade()
    monkeypatch.setattr("grader.engine.grade.versions", lambda: {"course": "another"})
    assert some.fresh() == {"a"}


def test_what_breaks_a_worker_twice_gets_a_report_and_the_others_are_graded(some: Class) -> None:
    some.add("a", "b-dies", "c", "d-dies", "e")
    for name, (report, _) in some.grade().items():
        if "dies" in name:
            assert (report.status, report.message) == ("unreadable", "the grader failed on it, twice")
            assert json.loads(some.report(name).read_text("utf-8")) == report.to_dict()
        else:
            assert report.status == "graded"
    assert some.log().count("begin b-dies") == 2


def test_what_breaks_a_worker_is_tried_again_in_the_next_run(some: Class) -> None:
    some.add("a", "b-dies")
    some.grade()
    assert some.fresh() == {"b-dies"}


def test_a_worker_that_broke_once_is_forgiven(some: Class) -> None:
    some.add("a", "b-@-once")
    assert {report.status for report, _ in some.grade().values()} == {"graded"}


def test_a_worker_that_hangs_is_replaced(some: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "PATIENCE", 3.0)
    some.add("a", "b-hangs", "c")
    reports = some.grade()
    assert reports["b-hangs"][0].message == "the grader failed on it, twice"
    assert reports["a"][0].score == reports["c"][0].score == 5


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_sandbox_that_can_not_be_set_up_ends_the_batch(some: Class, jobs: int) -> None:
    some.add("a", "b-no-sandbox")
    with pytest.raises(SandboxError, match="there is no sandbox"):
        some.grade(jobs)


def test_what_ran_out_of_time_is_tried_once_more_and_alone(some: Class) -> None:
    some.add("a-late", "b-slow", "c-slow", "d-late-always", "e-slow", "f")
    reports = some.grade(jobs=2)
    assert reports["a-late"][0].score == 5
    assert reports["d-late-always"][0].exercises[0].status == "timed out"
    log = some.log()
    for name in ("a-late", "d-late-always"):
        assert log.count(f"begin {name}") == 2
        again = len(log) - 1 - log[::-1].index(f"begin {name}")
        assert log[again + 1] == f"end {name}", "something ran beside it"
    last = min(len(log) - 1 - log[::-1].index(f"begin {name}") for name in ("a-late", "d-late-always"))
    assert last > max(log.index(f"end {name}") for name in ("b-slow", "c-slow", "e-slow", "f"))


def test_what_broke_its_worker_is_tried_once_more_and_alone(some: Class) -> None:
    some.add("a-@-once", "b-slow", "c-slow", "d-slow")
    assert some.grade(jobs=2)["a-@-once"][0].score == 5
    log = some.log()
    assert log.index("begin a-@-once") < log.index("begin c-slow")
    again = len(log) - 1 - log[::-1].index("begin a-@-once")
    assert again > max(log.index(f"end {name}") for name in ("b-slow", "c-slow", "d-slow"))


def test_with_one_job_nothing_ran_beside_it_so_nothing_is_tried_again(some: Class) -> None:
    some.add("a-late", "b")
    assert some.grade(jobs=1)["a-late"][0].exercises[0].status == "timed out"
    assert some.log().count("begin a-late") == 1


def test_more_jobs_than_submissions(some: Class) -> None:
    some.add("a")
    assert some.fresh(jobs=8) == {"a"}


def test_no_submission_at_all_needs_no_worker(some: Class) -> None:
    assert grade_batch([], some.out, some.options, 2) == []


def test_reports_of_submissions_that_are_gone_stay_and_count_for_nothing(some: Class) -> None:
    some.add("a", "b")
    some.grade()
    (some.folder / "a.ipynb").unlink()
    assert set(some.grade()) == {"b"}
    assert some.report("a").exists()


def test_a_report_that_can_not_be_written_is_an_os_error_and_no_worker_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_command", lambda: stand_ins.command("quick"))  # processes of their own
    some = Class(tmp_path)
    some.add("a", "b")
    some.out.write_text("a file where the folder should be", "utf-8")
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        some.grade()
    assert not [one for one in set(psutil.Process().children(recursive=True)) - before if "_work" in str(one.cmdline())]


# -- names of Reports -------------------------------------------------------------------------------------------------

HOSTILE = [
    "../../x.ipynb",
    "/etc/passwd",
    "..",
    ".",
    "",
    "~/x",
    ".hidden/x.ipynb",
    "a/../../b.ipynb",
    "ada/01.ipynb",
    "ADA/01.ipynb",
    "ada/01.IPYNB",
    "ada/01.ipynb.json/x.ipynb",
    "ada\\01.ipynb",
    "a\0b",
    "a\nb",
    "-rf",
    "x" * 5000,
    "x/" * 3000 + "x.ipynb",
    "\u00e6.ipynb",
    "\ud800.ipynb",
    "\udcff.ipynb",
    "CON",
    "a ",
    "a.",
    "$(reboot)",
    "`x`; rm -r .",
]
PARTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8), st.sampled_from(["ada", "ADA", "x.json", "01.ipynb"]))
NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


def report_names(names: list[str]) -> list[str]:
    taken: set[str] = set()
    chosen = []
    for name in names:
        chosen.append(_report_name(name, taken))
        taken.add(chosen[-1].casefold())
    return chosen


@given(names=st.lists(NAMES, max_size=12))
def test_names_of_reports_never_collide_or_leave_the_folder(names: list[str]) -> None:
    files = [f"{chosen}.json" for chosen in report_names(names)]
    assert len({file.casefold() for file in files}) == len(names)
    folders = {str(parent).casefold() for file in files for parent in Path(file).parents}
    assert not folders & {file.casefold() for file in files}, "a file where another needs a folder"
    for file in files:
        assert file.isascii()
        assert file.isprintable()
        assert len(file) < 1000
        for part in file.split("/"):
            assert part.strip(". ")
            assert part[0] not in ".-~ "
            assert len(part) <= 120
            assert not set(part) & set("\\:*?\"<>|$`;'")


def test_a_name_made_to_look_like_anothers_does_not_collide() -> None:
    hostile = "x\x1b"
    (made,) = report_names([hostile])
    assert len(set(report_names([made, hostile]))) == 2
    assert len(set(report_names([hostile, made]))) == 2
    assert len(set(report_names([made, hostile, hostile, hostile]))) == 4


def test_a_harmless_name_is_kept_and_any_name_is_stable() -> None:
    assert _report_name("Ada Lovelace/ps 1/01_encoding.ipynb", set()) == "Ada Lovelace/ps 1/01_encoding.ipynb"
    for name in HOSTILE:
        assert _report_name(name, set()) == _report_name(name, {"another"}), "its Report would be made again"


def test_reports_on_hostile_names_are_written_where_they_belong(some: Class, tmp_path: Path) -> None:
    (some.folder / "x").write_text("x", "utf-8")
    found = [Found(some.folder / "x", name, "ada") for name in HOSTILE]
    before = set(tmp_path.rglob("*"))
    reports = grade_batch(found, some.out, some.options, 1)
    assert len(reports) == len(HOSTILE)
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - before - {some.folder / stand_ins.LOG}
    assert len(written) == len(HOSTILE)
    assert all(some.out in path.parents for path in written)


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small class: good, bad, unreadable and hostile submissions, in folders and in zip files."""
    folder = tmp_path_factory.mktemp("classroom") / "class"
    for name in ("ada", "bob", "eve", "linus"):
        (folder / name).mkdir(parents=True)
    write(folder / "ada", solved("01_encoding"), "01_encoding.ipynb")
    write(folder / "ada", solved("00_start_here"), "00_start_here.ipynb")
    half = solved("01_encoding")
    cell_of(
        half, "b64u_encode"
    ).source = "import base64\ndef b64u_encode(data):\n    return base64.urlsafe_b64encode(data).decode()"
    write(folder / "bob", half, "01_encoding.ipynb")
    write(folder / "bob", student("00_start_here"), "00_start_here.ipynb")
    bad = solved("01_encoding")
    cell_of(bad, "b64u_encode").source = "import os\ndef b64u_encode(data):\n    os._exit(0)"
    cell_of(bad, "b64u_decode").source = "def b64u_decode(text):\n    raise ValueError('<script>alert(1)</script>')"
    write(folder / "eve", bad, "01_encoding.ipynb")
    (folder / "linus" / "01_encoding.ipynb").write_text('{"cells": [', "utf-8")
    (folder / "linus" / "link.ipynb").symlink_to(folder / "ada" / "01_encoding.ipynb")
    with zipfile.ZipFile(folder / "grace.zip", "w") as archive:
        archive.write(folder / "ada" / "01_encoding.ipynb", "01_encoding.ipynb")
        archive.writestr("../out.ipynb", "{}")
    (folder / "mallory.zip").write_bytes(b"no zip file")
    odd = folder / os.fsdecode(b"=\xff\x1b[31m<b>")
    odd.mkdir()
    shutil.copy(folder / "ada" / "00_start_here.ipynb", odd / "00_start_here.ipynb")
    return folder


CLASSROOM = 11
"""How many submissions it has, with the one that is not taken because its folder's name is no id."""


def outputs(out: Path) -> dict[str, Any]:
    """All that a batch wrote, the times aside."""
    found: dict[str, Any] = {}
    for path in sorted(out.rglob("*")):
        if path.suffix == ".json":
            found[str(path.relative_to(out))] = {**json.loads(path.read_text("utf-8")), "seconds": 0, "mac": ""}
        elif path.is_file():
            found[str(path.relative_to(out))] = path.read_text("utf-8")
    return found


def summary(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / "summary.csv").read_text("utf-8"))))


@pytest.fixture(scope="session")
def graded(classroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `grader grade --jobs 2` makes of the class; `all.json` and `stderr.txt` beside it."""
    if problem := sandbox_problem():
        pytest.skip(problem)
    folder = tmp_path_factory.mktemp("graded")
    done = grader("grade", classroom, "--out", folder / "out", "--jobs", "2", "--json", folder / "all.json")
    assert done.returncode == NOT_ALL_TAKEN, done.stderr
    assert done.stdout == ""
    (folder / "stderr.txt").write_text(done.stderr, "utf-8")
    return folder / "out"


def test_a_folder_gives_reports_a_summary_and_an_overview(graded: Path) -> None:
    reports = json.loads((graded.parent / "all.json").read_text("utf-8"))
    assert len(reports) == CLASSROOM
    on_disk = [value for name, value in outputs(graded).items() if name.endswith(".json")]
    assert sorted(on_disk, key=str) == sorted(({**one, "seconds": 0, "mac": ""} for one in reports), key=str)
    scores = {(one["student"], one["chapter"]): (one["score"], one["status"]) for one in reports}
    assert scores["ada", "01_encoding"] == (25, "graded")
    assert scores["ada", "00_start_here"] == (5, "graded")
    assert 0 < scores["bob", "01_encoding"][0] < 25
    assert scores["bob", "00_start_here"] == (0, "not attempted")
    assert 0 < scores["eve", "01_encoding"][0] < 25
    assert scores["linus", "01_encoding"] == (0, "unreadable")
    assert scores["grace", "01_encoding"] == (25, "graded")
    assert all(one["sandbox"] == "full" for one in reports)
    assert all(len(one["layers"]) >= 14 for one in reports if one["status"] != "not taken")
    assert [one["score"] for one in reports] == [int(row["score"]) for row in summary(graded)]
    assert "Traceback" not in (graded.parent / "stderr.txt").read_text("utf-8")
    assert sorted(path.name for path in graded.iterdir()) == ["index.html", "reports", "summary.csv"]


def test_each_unreadable_submission_says_why(graded: Path) -> None:
    said = {row["submission"]: row["message"] for row in summary(graded) if row["status"] == "unreadable"}
    assert said["linus/01_encoding.ipynb"].startswith("not a notebook, or only part of one")
    assert "links are not followed" in said["linus/link.ipynb"]
    assert said["grace/out.ipynb"] == "its name in the zip file leads out of it"
    assert said["mallory.zip"] == "the zip file can't be read: File is not a zip file"
    assert len(said) == 4


def test_a_name_that_can_be_no_id_is_put_aside_and_said(graded: Path) -> None:
    (row,) = [row for row in summary(graded) if "<b>" in row["submission"]]
    assert (row["score"], row["student"], row["status"], row["submission"][:2]) == ("0", "", "not taken", "'=")
    assert "can't be an id" in row["message"]
    for text in ((graded / "index.html").read_text("utf-8"), (graded.parent / "stderr.txt").read_text("utf-8")):
        assert "can't be an id" in text.replace("&#39;", "'")
        assert "\x1b" not in text


def test_another_run_says_that_nothing_was_left_to_do(graded: Path, classroom: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(graded, out)
    for path in out.rglob("*.json"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    done = grader("grade", classroom, "--out", out)
    assert done.returncode == NOT_ALL_TAKEN
    assert f"{CLASSROOM - 5} of {CLASSROOM - 1} had been graded before" in done.stderr
    assert outputs(out) == outputs(graded)
    kept = [path for path in out.rglob("*.json") if path.stat().st_mtime == 1_000_000_000]
    assert len(kept) == CLASSROOM - 5  # the unreadable ones are looked at again


def test_one_job_gives_the_same_as_two(graded: Path, classroom: Path, tmp_path: Path) -> None:
    done = grader("grade", classroom, "--out", tmp_path / "out", "--jobs", "1")
    assert done.returncode == NOT_ALL_TAKEN
    assert outputs(tmp_path / "out") == outputs(graded)


def test_a_zip_file_of_the_class_gives_the_same(graded: Path, classroom: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for name in ("ada", "bob"):
            for path in (classroom / name).iterdir():
                archive.write(path, path.relative_to(classroom))
    done = grader("grade", tmp_path / "class.zip", "--out", tmp_path / "out", "--jobs", "1", "--json", "-")
    assert done.returncode == 0
    theirs = {one["submission"]: one for one in json.loads((graded.parent / "all.json").read_text("utf-8"))}
    reports = json.loads(done.stdout)
    assert len(reports) == 4
    for one in reports:
        assert {**one, "seconds": 0, "mac": ""} == {**theirs[one["submission"]], "seconds": 0, "mac": ""}


@pytest.mark.in_ci
def test_a_submission_that_breaks_the_real_worker_or_its_sandbox_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_command", lambda: stand_ins.command("fragile"))
    for name in ("a", "b-breaks-worker", "c-breaks-sandbox", "d"):
        write(tmp_path, solved("00_start_here"), f"{name}.ipynb")
    found = collect(tmp_path, tmp_path / "unpacked")
    reports = grade_batch(found, tmp_path / "reports", Options(level=NONE), 1)
    assert [report.status for report in reports] == ["graded", "unreadable", "unreadable", "graded"]
    assert {report.message for report in reports} == {"", "the grader failed on it, twice"}


def test_an_empty_folder_and_a_missing_one_are_a_line_and_code_two(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name, says in (("empty", "no notebook and no zip file in it"), ("missing", "No such file or directory")):
        done = grader("grade", tmp_path / name, "--out", tmp_path / "out", "--jobs", "1")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"grader: {tmp_path / name}: {says}\n"
    assert not (tmp_path / "out" / ".unpacked").exists()


def test_a_place_that_can_not_be_written_to_is_a_line(classroom: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    done = grader("grade", classroom, "--out", tmp_path / "file" / "out")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"grader: {tmp_path / 'file'}")


def test_without_bubblewrap_nothing_is_graded_and_it_says_what_to_install(classroom: Path, tmp_path: Path) -> None:
    done = grader("grade", classroom, "--out", tmp_path / "out", env={"PATH": str(tmp_path)})
    assert done.returncode == 3
    assert "apt-get install bubblewrap" in done.stderr
    assert "--unsafe-no-sandbox" in done.stderr
    assert not list(tmp_path.rglob("*.json"))
    done = grader("doctor", env={"PATH": str(tmp_path)})
    assert done.returncode == 3
    assert done.stderr.startswith("grader: bubblewrap is missing; on Debian or Ubuntu: apt-get install bubblewrap\n")


def test_without_a_sandbox_every_report_says_so(classroom: Path, tmp_path: Path) -> None:
    done = grader("grade", UNSAFE, classroom, "--out", tmp_path, env={"PATH": str(tmp_path)})
    assert done.returncode == NOT_ALL_TAKEN
    assert done.stderr.startswith("grader: warning: the code runs without a sandbox")
    reports = [value for name, value in outputs(tmp_path).items() if name.endswith(".json")]
    assert len(reports) == CLASSROOM
    assert all(one["sandbox"] == "none" and one["layers"] == [] for one in reports)
    assert {row["sandbox"] for row in summary(tmp_path)} == {"none"}
    assert "Graded without a sandbox" in (tmp_path / "index.html").read_text("utf-8")


def test_the_doctor_names_every_layer(sandbox: None) -> None:
    done = grader("doctor", first=lambda: os.nice(5))  # whoever yields to others has a sandbox, too
    assert done.returncode == 0, done.stderr
    for layer in (
        *("namespaces", "user", "files", "environment", "processes", "network", "capabilities", "system calls"),
        *("limits", "disk", "memory", "memory: (cgroup v[12]|watched)", "processor: (cgroup v[12]|by the system)"),
        *("questions", "time", "end", "answers"),
    ):
        assert re.search(rf"{layer} .*held", done.stderr), layer
    assert done.stderr.endswith("grader: the sandbox holds\n")


# -- interrupted ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def orphans_come_to_us() -> Iterator[Callable[[], list[psutil.Process]]]:
    """Processes whose parents die become this process's children. Gives what lists those begun since."""
    subreaper = 36  # PR_SET_CHILD_SUBREAPER
    before = {one.pid for one in psutil.Process().children(recursive=True)}

    def begun() -> list[psutil.Process]:
        alive = []
        for one in psutil.Process().children(recursive=True):
            if one.pid in before:
                continue
            with contextlib.suppress(psutil.NoSuchProcess, ChildProcessError):
                if one.status() == psutil.STATUS_ZOMBIE:
                    if one.ppid() == os.getpid():
                        os.waitpid(one.pid, os.WNOHANG)
                else:
                    alive.append(one)
        return alive

    linux._libc.prctl(subreaper, 1, 0, 0, 0)
    try:
        yield begun
    finally:
        linux._libc.prctl(subreaper, 0, 0, 0, 0)


def all_end(begun: Callable[[], list[psutil.Process]], seconds: float) -> bool:
    """Whether no process that began since is left after some time."""
    end = time.monotonic() + seconds
    while begun():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def start(classroom: Path, out: Path, temporary: Path, jobs: int = 2) -> "subprocess.Popen[str]":
    temporary.mkdir(exist_ok=True)
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from grader.cli.main import main; main()",
            "grade",
            str(classroom),
            "--out",
            str(out),
            "--jobs",
            str(jobs),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary), "NO_COLOR": "1"},
        start_new_session=True,
    )


@pytest.mark.parametrize("when", ["at once", "starting", "grading"])
def test_ctrl_c_is_one_line_and_leaves_nothing(sandbox: None, tmp_path: Path, editions: Path, when: str) -> None:
    for number in range(200):
        target = tmp_path / "class" / f"s{number}"
        target.mkdir(parents=True)
        shutil.copy(editions / "solved" / "01_encoding.ipynb", target)
    with orphans_come_to_us() as begun:
        process = start(tmp_path / "class", tmp_path / "out", tmp_path / "tmp")
        until(lambda: (tmp_path / "out" / ".unpacked").exists())
        if when == "starting":
            until(lambda: len(begun()) >= 4)
        elif when == "grading":
            until(lambda: written(tmp_path / "out") > 0)
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        assert all_end(begun, 20)
    assert (process.returncode, stdout) == (130, "")
    # The first line ends the terminal's own, which may hold a ^C.
    assert stderr == "\ngrader: interrupted; a batch goes on when the same command is given again\n"
    assert not list((tmp_path / "tmp").iterdir())
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left <= {"reports"}
    assert len(list(tmp_path.rglob("*.json"))) < 200


def written(out: Path) -> int:
    """How many Reports there are. What was unpacked beside them may go at any moment."""
    return len(list((out / "reports").rglob("*.json")))


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture(scope="module")
def bigger_classroom(tmp_path_factory: pytest.TempPathFactory, classroom: Path) -> Path:
    """About 25 submissions, so that a kill may come anywhere."""
    folder = tmp_path_factory.mktemp("bigger") / "class"
    shutil.copytree(classroom, folder, symlinks=True)
    for number in range(7):
        for who in ("ada", "eve"):
            text = (classroom / who / "01_encoding.ipynb").read_text("utf-8")
            (folder / f"{who}{number}").mkdir()
            (folder / f"{who}{number}" / "01_encoding.ipynb").write_text(f"{text}{' ' * number}", "utf-8")
    return folder


@pytest.mark.slow
def test_kills_at_any_point_lose_nothing_and_leave_nothing(
    sandbox: None, tmp_path: Path, bigger_classroom: Path, thorough: bool
) -> None:
    calm = start(bigger_classroom, tmp_path / "calm", tmp_path / "tmp")
    _, stderr = calm.communicate(timeout=120)
    assert calm.returncode == NOT_ALL_TAKEN, stderr
    expected = outputs(tmp_path / "calm")
    assert len(expected) == 2 + 25

    dice = random.Random(7519)
    out = tmp_path / "out"
    seen = set()
    with orphans_come_to_us() as begun:
        for _ in range(10 if thorough else 4):
            process = start(bigger_classroom, out, tmp_path / "tmp")
            goal = written(out) + dice.randint(0, 4)
            until(lambda: written(out) >= goal or process.poll() is not None)
            time.sleep(dice.uniform(0, 0.3))
            process.kill()
            process.communicate()
            assert all_end(begun, 20), [one.cmdline() for one in begun()]
            assert not list((tmp_path / "tmp").iterdir())
            seen.add(written(out))
        process = start(bigger_classroom, out, tmp_path / "tmp")
        _, stderr = process.communicate(timeout=120)
        assert process.returncode == NOT_ALL_TAKEN, stderr
        assert all_end(begun, 20)
    assert {name: value for name, value in outputs(out).items() if "/." not in name} == expected
    assert not (out / ".unpacked").exists()
    assert not list((tmp_path / "tmp").iterdir())
    assert len(seen) > 1, "every kill came at the same point"
