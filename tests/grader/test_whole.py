"""The whole course, solved, in one `grader grade` call: every point there is, and a certificate for it."""

import csv
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.course.masters import chapter
from grader.receipts.certificate import certify
from grader.receipts.keys import make_key, read_jwks, read_key
from grader.receipts.verify import verified
from grader.reports.local_key import local_key
from tests.grader.helpers import CHAPTERS, SYLLABUS

SECONDS = 60.0
"""The limit for the whole course on two processors; it takes about ten."""
COURSE = "https://course.example"


def test_the_syllabus_is_complete_and_sums_to_360() -> None:
    assert tuple(SYLLABUS) == CHAPTERS
    assert sum(SYLLABUS.values()) == 360


def test_lesson_12s_certificate_is_of_the_whole_course() -> None:
    cell = next(
        one.source for one in chapter("12_capstone").cells if "course-certificate+jwt" in one.source and one.is_code
    )
    assert tuple(re.findall(r'"(\d\d_\w+)"', cell)) == CHAPTERS
    assert re.findall(r'score": (\d+)', cell) == [str(sum(SYLLABUS.values()))] * 2


@pytest.mark.slow
@pytest.mark.usefixtures("sandbox")
def test_the_solved_course_earns_every_point_and_a_certificate(editions: Path, tmp_path: Path) -> None:
    submitted, graded = tmp_path / "submitted", tmp_path / "graded"
    shutil.copytree(editions / "solved", submitted / "ada")
    started = time.monotonic()
    command = [sys.executable, "-m", "grader", "grade", str(submitted), "--out", str(graded), "--jobs", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    seconds = time.monotonic() - started
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((graded / "summary.csv").open(encoding="utf-8")))
    assert {row["chapter"]: int(row["score"]) for row in rows} == SYLLABUS
    assert {row["sandbox"] for row in rows} == {"full"}
    assert seconds < SECONDS

    private, public = make_key(tmp_path / "keys" / "course.json")
    path = certify(graded, "ada", read_key(private), COURSE, local_key())
    claims = verified(path, read_jwks(public), issuer=COURSE).claims
    assert (claims["sub"], claims["score"], claims["max_score"]) == ("ada", 360, 360)
    assert [one["name"] for one in claims["chapters"]] == list(SYLLABUS)
