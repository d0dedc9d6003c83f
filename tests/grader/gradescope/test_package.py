"""The Gradescope zip: what is in it, and that a folder which stands for /autograder gets a results.json, always."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from grader.cli import main as cli
from grader.gradescope import container
from grader.gradescope.wheel import wheel
from tests.grader.helpers import REPO, python, solved, student, write

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the container is Linux")


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(cli.cli, [*map(str, arguments)], catch_exceptions=False)


class Autograder:
    """A folder that stands for /autograder, laid out as Gradescope's documentation says."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        archive = root / "autograder.zip"
        assert run("gradescope-zip", "--out", archive, *options).exit_code == 0
        for name in ("source", "submission"):
            (root / name).mkdir()
        subprocess.run(["unzip", "-q", archive, "-d", root / "source"], check=True)
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        metadata = {
            "id": 1,
            "users": [{"email": "ada@example.org", "id": 2, "name": "Ada"}],
            "previous_submissions": [],
        }
        (root / "submission_metadata.json").write_text(json.dumps(metadata), "utf-8")
        (root / "environment").symlink_to(sys.prefix)  # what setup.sh would install is here already

    @property
    def submission(self) -> Path:
        return self.root / "submission"

    def grade(self, **environment: str) -> dict[str, Any]:
        """Run `run_autograder` as the container does, and read what it leaves."""
        done = subprocess.run(
            [self.root / "run_autograder"],
            cwd=self.root,
            env={**os.environ, "AUTOGRADER_ROOT": str(self.root), **environment},
            capture_output=True,
            text=True,
            timeout=200,
        )
        self.said = done.stdout + done.stderr
        assert done.returncode == 0
        assert [path.name for path in (self.root / "results").iterdir()] == ["results.json"]
        found = json.loads((self.root / "results" / "results.json").read_text("utf-8"))
        assert isinstance(found["score"], int)
        return found  # type: ignore[no-any-return]


# -- the zip ----------------------------------------------------------------------------------------------------------


def test_the_zip_has_what_gradescope_asks_for_at_its_root(tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    assert run("gradescope-zip", "--out", target, "--chapter", "01_encoding").exit_code == 0
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
        script = archive.read("run_autograder").decode()
    assert {"setup.sh", "run_autograder", "requirements.lock"} <= set(names)
    assert sum(name.endswith(".whl") for name in names) == 1
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert script.startswith("#!/")
    assert "chapter='01_encoding'" in script
    assert "level='full'" in script
    first = target.read_bytes()
    run("gradescope-zip", "--out", target, "--chapter", "01_encoding")
    assert target.read_bytes() == first


def test_no_path_of_this_machine_and_no_registry_is_in_it(tmp_path: Path) -> None:
    run("gradescope-zip", "--out", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        contents = [archive.read(name) for name in archive.namelist() if not name.endswith(".whl")]
    with zipfile.ZipFile(io.BytesIO(wheel()[1])) as inner:
        contents += [inner.read(name) for name in inner.namelist()]
    for content in contents:
        for place in (
            str(REPO),
            str(Path.home()) + "/",
            sys.prefix,
            str(tmp_path),
            "pypi" + ".org",
            "python" + "hosted",
        ):
            assert place.encode() not in content, place


def test_the_scripts_are_bash(tmp_path: Path) -> None:
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", REPO / "grader" / "gradescope" / name], check=True)


@pytest.mark.parametrize("options", [["--chapter", "99_nothing"], ["--chapter", "'; rm -rf x"]])
def test_an_unknown_chapter_is_a_line(tmp_path: Path, options: list[str]) -> None:
    done = run("gradescope-zip", "--out", tmp_path / "a.zip", *options)
    assert done.exit_code == 2
    assert "no such lesson" in done.stderr
    assert not (tmp_path / "a.zip").exists()


def test_the_wheel_is_the_one_that_the_build_tool_makes(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=REPO,
        check=True,
        capture_output=True,
    )
    (built,) = tmp_path.glob("*.whl")
    name, content = wheel()
    assert built.name == name
    (tmp_path / "ours.whl").write_bytes(content)
    with zipfile.ZipFile(built) as theirs, zipfile.ZipFile(tmp_path / "ours.whl") as ours:
        extra = re.compile(r"dist-info/|\.ipynb_checkpoints")
        wanted = {one: theirs.read(one) for one in theirs.namelist() if not extra.search(one)}
        assert wanted == {one: ours.read(one) for one in ours.namelist() if not extra.search(one)}


def test_pip_installs_the_wheel_and_it_runs(tmp_path: Path) -> None:
    name, content = wheel()
    (tmp_path / name).write_bytes(content)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--no-index",
            "-t",
            tmp_path / "in",
            tmp_path / name,
        ],
        check=True,
        capture_output=True,
    )
    said = python(
        f"import sys; sys.path.insert(0, {str(tmp_path / 'in')!r})\n"
        "import grader; from grader.course.masters import chapter_names; from grader.reports.report import versions\n"
        "print(grader.__file__, versions(), len(chapter_names()))",
        cwd="/",
    )
    assert str(tmp_path / "in") in said


# -- setup.sh, with stand-ins for what it calls -----------------------------------------------------------------------

STAND_IN = """#!/bin/bash
echo "$(basename "$0") $*" >> "$LOG"
[ "$1" = -c ] && exit "${TOO_OLD:-0}"
[ "$2" = venv ] && mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
exit 0
"""


def test_setup_installs_what_is_pinned_and_the_wheel_without_anything_else(tmp_path: Path) -> None:
    made = Autograder(tmp_path)
    (tmp_path / "environment").unlink()
    (tmp_path / "programs").mkdir()
    for name in ("apt-get", "python3"):
        path = tmp_path / "programs" / name
        path.write_text(STAND_IN, "utf-8")
        path.chmod(0o755)
    log = tmp_path / "log"
    environment = {"PATH": f"{tmp_path / 'programs'}:/usr/bin:/bin", "LOG": str(log), "AUTOGRADER_ROOT": str(tmp_path)}
    subprocess.run(["bash", made.root / "source" / "setup.sh"], check=True, env=environment)
    said = log.read_text("utf-8")
    assert re.search(r"^apt-get install .*bubblewrap.* python3 python3-venv$", said, re.MULTILINE)
    assert re.search(r"^python .*pip .*install .*--require-hashes -r requirements\.lock$", said, re.MULTILINE)
    assert re.search(r"^python .*pip .*install .*--no-deps --no-index \./jwt_from_scratch-.*\.whl$", said, re.MULTILINE)


# -- run_autograder ---------------------------------------------------------------------------------------------------


def test_a_submission_is_graded_in_the_sandbox(tmp_path: Path, sandbox: None) -> None:
    made = Autograder(tmp_path, "--chapter", "01_encoding")
    path = write(made.submission, solved("01_encoding"), "whatever.ipynb")
    found = made.grade()
    assert (found["score"], found.get("extra_data", {}).get("sandbox")) == (25, "full"), found["output"] + made.said
    assert found["extra_data"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(found["tests"]) == 3


def test_without_a_sandbox_it_is_an_error_that_names_it(tmp_path: Path) -> None:
    made = Autograder(tmp_path)
    write(made.submission, solved("00_start_here"), "00_start_here.ipynb")
    (tmp_path / "programs").mkdir()
    for name in ("bash", "mkdir", "cp"):
        (tmp_path / "programs" / name).symlink_to(shutil.which(name) or "")
    found = made.grade(PATH=str(tmp_path / "programs"))
    assert (found["score"], found["tests"]) == (0, [])
    assert "bubblewrap is missing" in found["output"]


def test_a_teacher_can_do_without_and_the_result_says_so(tmp_path: Path) -> None:
    made = Autograder(tmp_path, "--unsafe-no-sandbox")
    write(made.submission, solved("00_start_here"), "00_start_here.ipynb")
    found = made.grade()
    assert (found["score"], found["extra_data"]["sandbox"]) == (5, "none")
    assert "without a sandbox" in found["output"]


def test_when_the_grader_cannot_even_start_there_is_a_result(tmp_path: Path) -> None:
    made = Autograder(tmp_path)
    (tmp_path / "environment").unlink()
    assert "stopped before it had finished" in made.grade()["output"]


# -- what it makes of an upload ---------------------------------------------------------------------------------------


def outcome(root: Path, chapter: str = "") -> dict[str, Any]:
    container.grade_into_results(root, "none", chapter)
    return json.loads((root / "results" / "results.json").read_text("utf-8"))  # type: ignore[no-any-return]


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    (tmp_path / "submission").mkdir()
    return tmp_path


def test_nothing_two_and_another_lesson_are_said_to_be_so(upload: Path) -> None:
    folder = upload / "submission"
    assert "no notebook" in outcome(upload)["output"]
    write(folder, student("00_start_here"), "00_start_here.ipynb")
    assert outcome(upload)["extra_data"]["status"] == "not attempted"
    assert "this is the lesson 00_start_here" in outcome(upload, "01_encoding")["output"]
    write(folder, student("01_encoding"), "01_encoding.ipynb")
    assert "just one notebook" in outcome(upload)["output"]
    assert outcome(upload, "01_encoding")["extra_data"]["chapter"] == "01_encoding"
    (folder / "more").mkdir()
    write(folder / "more", student("01_encoding"), "01_encoding.ipynb")
    assert "more/01_encoding.ipynb" in outcome(upload, "01_encoding")["output"]


@pytest.mark.parametrize(
    "name",
    ["my solution!.ipynb", "_x.ipynb", "Lovelace, Ada 00_start_here.ipynb", "00-Start-Here.ipynb", "Copy of ..ipynb"],
)
def test_a_notebook_may_have_any_name(upload: Path, name: str) -> None:
    write(upload / "submission", student("00_start_here"), name)
    assert outcome(upload, "00_start_here")["extra_data"]["status"] == "not attempted"


def test_a_file_that_is_no_notebook_gets_a_result_that_says_so(upload: Path) -> None:
    (upload / "submission" / "01_encoding.ipynb").write_text("\0", "utf-8")
    found = outcome(upload, "01_encoding")
    assert found["score"] == 0
    assert "not a notebook" in found["output"]


def test_an_error_of_the_grader_is_a_result_that_says_so(
    upload: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret of the teacher")

    monkeypatch.setattr(container, "in_a_students_folder", broken)
    found = outcome(upload)
    assert "the grader itself failed (RuntimeError)" in found["output"]
    assert "secret" not in json.dumps(found)
    assert "secret of the teacher" in capsys.readouterr().err
