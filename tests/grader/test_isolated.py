"""Grading from inside a folder that holds a file or a package of every importable name, by every way of starting it."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from grader import isolated
from grader.batch.run import run_batch
from grader.engine.grade import Options
from grader.errors import NOT_ALL_TAKEN
from grader.reports.report import taken
from tests.grader.helpers import student, write

BIN = Path(sys.executable).parent
SETTINGS = (
    *("nbgrader_config.py", "jupyter_config.py", "jupyter_server_config.py", "jupyter_lab_config.py"),
    *("ipython_config.py", "jupytext.py", "pytest_plugin.py", ".pythonrc.py", ".ipython/profile_default/startup/0.py"),
    *(".ipython/profile_default/ipython_config.py", ".jupyter/jupyter_server_config.py", "noxfile.py", "setup.py"),
)
"""Files in which some program or other looks for settings, and runs them."""
TEXTS = {
    "matplotlibrc": "backend: module://canary\n",
    "jupytext.toml": "formats = 1\n",
    "pyvenv.cfg": "home = .\n",
    "canary.pth": "import canary\n",
    "jupyter_server_config.json": '{"ServerApp": {"port": "canary"}}',
    ".netrc": "machine x login y\n",
}


@cache
def importable() -> list[str]:
    """The names of all modules and packages that anything here may import, and of those that Python looks for."""
    found = {*sys.stdlib_module_names, *packages_distributions(), "conftest", "sitecustomize", "usercustomize"}
    return sorted(name for name in found if name.isidentifier())


class Place:
    """A folder of submissions with an untouched notebook, and all those files, each leaving a mark when it is run."""

    def __init__(self, folder: Path, form: str, without: tuple[str, ...] = ()) -> None:
        self.folder = folder / "submissions"
        self.marks = folder / "marks"
        self.marks.mkdir()
        self.folder.mkdir()
        write(self.folder, student("01_encoding"), "ada_01_encoding.ipynb")
        for name in importable():
            if name not in without:
                self._mine(name, form.format(name))
        for place in SETTINGS:
            self._mine(place.replace("/", "-"), place)
        for place, text in TEXTS.items():
            (self.folder / place).write_text(text, "utf-8")

    def _mine(self, name: str, place: str) -> None:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"open({str(self.marks / name)!r}, 'w').close()\n", "utf-8")

    def run(self, *command: str | Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        home = str(self.folder) if "HOME" not in variables else variables["HOME"]
        environment = {**os.environ, "PYTHONSTARTUP": "ast.py", **variables, "HOME": home}
        return subprocess.run(
            list(map(str, command)), cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300
        )

    def is_untouched(self) -> None:
        """Nothing in the folder was run."""
        assert sorted(path.name for path in self.marks.iterdir()) == []

    def earned_nothing(self) -> None:
        reports = [json.loads(path.read_text("utf-8")) for path in (self.folder / "graded" / "reports").glob("*.json")]
        (report,) = [one for one in reports if one["status"] != "not taken"]
        assert (report["score"], report["max_score"], report["status"]) == (0, 25, "not attempted")
        assert report["student"] == "ada"
        assert report["sandbox"] == "full"


FORMS = {"files": "{}.py", "packages": "{}/__init__.py"}
MODULE, ISOLATED = (BIN / "python", "-m", "grader"), (BIN / "python", "-I", "-m", "grader")
WAYS: dict[str, tuple[tuple[str | Path, ...], dict[str, str]]] = {
    "the command": ((BIN / "grader",), {}),
    "the module": (MODULE, {}),
    "the module, isolated, in an environment that the folder decides": (
        ISOLATED,
        {"PYTHONPATH": ".", "PYTHONHOME": ".", "PYTHONUSERBASE": ".", "PYTHONPYCACHEPREFIX": "."},
    ),
    "the module, its name in one word": ((BIN / "python", "-mgrader"), {}),
}
# What is named like the package itself, `python -m grader` takes for the package: so Python's rule has it.
OURS = ("grader",)


@pytest.mark.parametrize("form", ["files", pytest.param("packages", marks=pytest.mark.in_ci)])
@pytest.mark.parametrize(
    "way",
    [one if one == "the command" or "isolated" in one else pytest.param(one, marks=pytest.mark.in_ci) for one in WAYS],
)
def test_no_file_in_the_current_folder_is_run_by_grading(tmp_path: Path, way: str, form: str, sandbox: None) -> None:
    command, variables = WAYS[way]
    place = Place(tmp_path, FORMS[form], without=() if command[0] == BIN / "grader" or "-I" in command else OURS)
    done = place.run(*command, "grade", ".", "--jobs", "2", **variables)
    assert done.returncode == NOT_ALL_TAKEN, done.stderr
    place.is_untouched()
    place.earned_nothing()
    assert place.run(*command, "grade", ".", "--jobs", "2", "--fail-under", "1", **variables).returncode == 1
    one = place.run(*command, "grade", "ada_01_encoding.ipynb", "--json", "-", **variables)
    assert [report["score"] for report in json.loads(one.stdout)] == [0]
    place.is_untouched()


@pytest.mark.in_ci
def test_a_program_that_is_not_isolated_itself_starts_isolated_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: None
) -> None:
    place = Place(tmp_path, "{}.py")
    monkeypatch.chdir(place.folder)
    monkeypatch.setenv("PYTHONPATH", str(place.folder))
    (report,) = taken(run_batch([Path(".")], Path("graded"), Options(), 2))
    assert report.score == 0
    place.is_untouched()
    place.earned_nothing()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("build", "--check"), marks=pytest.mark.in_ci),
        pytest.param(("build", "--solved", "solved"), marks=pytest.mark.in_ci),
        ("doctor",),
        ("likeness", "."),
        ("start", "--copy-only"),
        ("keys", "init", "--out", "key.json"),
        ("gradescope-zip",),
        pytest.param(("class", "init", "class"), marks=pytest.mark.in_ci),
    ],
    ids=" ".join,
)
def test_no_other_command_runs_one(tmp_path: Path, arguments: tuple[str, ...], sandbox: None) -> None:
    place = Place(tmp_path, "{}.py", without=OURS)
    done = place.run(*MODULE, *arguments)
    assert done.returncode == 0, done.stderr
    place.is_untouched()


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("grade", "-h")], ids=" ".join)
@pytest.mark.parametrize("variables", [{}, {"PYTHONPATH": "."}, {"PYTHONWARNINGS": "error::ast.X"}], ids=str)
@pytest.mark.parametrize("command", [(BIN / "grader",), MODULE], ids=["the command", "the module"])
def test_asking_for_help_runs_none(
    tmp_path: Path, command: tuple[str | Path, ...], variables: dict[str, str], words: tuple[str, ...]
) -> None:
    place = Place(tmp_path, "{}.py", without=OURS)
    # What Python itself imports at its start, from a folder that PYTHONPATH names, runs before any program.
    by_python = {*sys.stdlib_module_names, "sitecustomize", "usercustomize", "_distutils_hack"}
    for name in by_python if "PYTHONPATH" in variables else ():
        (place.folder / f"{name}.py").unlink(missing_ok=True)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run([*command, *words], cwd=place.folder, env={**plain, **variables}, capture_output=True)
    assert done.returncode == 0, done.stderr
    place.is_untouched()


@pytest.mark.parametrize("options", [(), ("-I",)], ids=["plain", "isolated"])
def test_the_run_in_gradescopes_container_runs_none(tmp_path: Path, options: tuple[str, ...], sandbox: None) -> None:
    place = Place(tmp_path, "{}.py", without=OURS)
    place.folder.rename(tmp_path / "submission")
    place.folder = tmp_path / "submission"
    done = place.run(BIN / "python", *options, "-m", "grader.gradescope", tmp_path, "full", "01_encoding")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "results" / "results.json").read_text("utf-8"))["score"] == 0
    place.is_untouched()


@pytest.mark.in_ci
def test_a_class_is_graded_from_inside_the_submissions(tmp_path: Path, sandbox: None) -> None:
    place = Place(tmp_path, "{}.py", without=OURS)
    course = tmp_path / "class"
    assert place.run(*MODULE, "class", "init", course).returncode == 0
    handed_in = course / "submitted" / "ada" / "01_encoding"
    handed_in.parent.mkdir(parents=True)
    place.folder.rename(handed_in)
    place.folder = handed_in
    (handed_in / "ada_01_encoding.ipynb").rename(handed_in / "01_encoding.ipynb")
    for name in importable():
        (handed_in / f"{name}.py").unlink(missing_ok=True) if name in OURS else None
    done = place.run(*MODULE, "autograde", "01_encoding", "--dir", course)
    assert done.returncode == NOT_ALL_TAKEN, done.stderr
    report = json.loads((course / "graded/reports/ada/01_encoding/01_encoding.json").read_text("utf-8"))
    assert report["score"] == 0
    place.is_untouched()


@pytest.mark.slow
@pytest.mark.in_ci
def test_a_learners_jupyterlab_starts_in_a_folder_with_such_files(tmp_path: Path) -> None:
    place = Place(tmp_path, "{}.py", without=OURS)
    environment = {**os.environ, "HOME": str(tmp_path), "JUPYTER_PLATFORM_DIRS": "0"}
    command = [BIN / "grader", "start", "--dir", ".", "--no-browser", "--port", "18888"]
    server = subprocess.Popen(
        command, cwd=place.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert server.stdout is not None
        said, end = "", time.monotonic() + 90
        while "JupyterLab is ready" not in said and time.monotonic() < end and (line := server.stdout.readline()):
            said += line
        assert "JupyterLab is ready" in said
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
    place.is_untouched()


def test_what_is_started_finds_what_the_starter_found_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "ast.py").write_text("raise SystemExit(7)\n", "utf-8")
    code = "import ast, grader, click, os; print(sys.flags.isolated, os.getcwd() in sys.path, '' in sys.path)"
    done = subprocess.run(isolated.run(code), cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == ["1", "False", "False"], done.stderr
