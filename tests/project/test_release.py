"""What is released: one version, and a wheel and an sdist that hold what is needed, and run where no checkout is."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest

from grader.gradescope.wheel import sources
from tests.grader.helpers import CHAPTERS, REPO, solved

VERSION = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_the_newest_changes_are_of_this_version_and_have_a_date() -> None:
    newest = re.findall(r"^## (.+)$", (REPO / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0]
    assert re.fullmatch(rf"(Unreleased|{re.escape(VERSION)} - \d{{4}}-\d\d-\d\d)", newest)


def test_the_version_stands_nowhere_else() -> None:
    for folder in ("grader", "jwt_from_scratch"):
        for path in (REPO / folder).rglob("*.py"):
            assert not re.search(r"^__version__|jwt-from-scratch==", path.read_text("utf-8"), re.MULTILINE), path


def build(what: str, source: Path, out: Path) -> Path:
    words = [sys.executable, "-m", "hatchling", "build", "-t", what, "-d", str(out)]
    subprocess.run(words, cwd=source, check=True, capture_output=True)
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    out = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build("sdist", REPO, out)) as archive:
        archive.extractall(out, filter="data")
    return out / f"jwt_from_scratch-{VERSION}"


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built of it."""
    return build("wheel", sdist, tmp_path_factory.mktemp("wheel"))


def test_the_sdist_is_what_is_committed(sdist: Path) -> None:
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=REPO, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no git here")
    committed = {name for name in listed.stdout.splitlines() if (REPO / name).is_file()}
    found = {str(path.relative_to(sdist)) for path in sdist.rglob("*") if path.is_file()}
    assert found - committed == {"PKG-INFO"}
    assert {name for name in committed - found if not name.startswith(".")} == set()


def test_the_wheel_holds_what_the_package_is_made_of_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {name for name, _ in sources() if ".ipynb_checkpoints" not in name}
    assert {name.split("/")[0] for name in names} == {"grader", "jwt_from_scratch", "jwt_from_scratch-start.pth"}
    for chapter in CHAPTERS:
        assert {f"grader/notebooks/{chapter}.ipynb", f"grader/notebooks/source/{chapter}.md"} <= names
    assert {
        *("grader/requirements.lock", "grader/py.typed", "jwt_from_scratch/py.typed"),
        *("grader/reports/report.schema.json", "grader/lti/work.html.j2", "grader/lti/page.css"),
        *("grader/gradescope/setup.sh", "grader/learner/jupyter/jupyter_server_config.json"),
    } <= names
    assert not [name for name in names if re.search(r"(^|/)(tests?|docs|work|solutions)/|\.pyc$|\.db$", name)]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and with this one's packages below it; the checkout is not among them."""
    root = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
    place = Path(sysconfig.get_path("purelib", vars={"base": str(root)}))
    (place / "packages.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(root / "bin" / "python")]
    options = ["--quiet", "--no-deps", "--no-index", "--ignore-installed", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *options, str(wheel)], check=True, capture_output=True)
    return root


@pytest.mark.slow
@pytest.mark.in_ci
def test_it_runs_where_no_checkout_is(installed: Path, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = subprocess.run(
            [installed / "bin" / "grader", *words],
            **{"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 120},
            env={**os.environ, "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"},  # nbgrader's alembic
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("--version").split()[-1] == VERSION
    run("start", "--copy-only")
    assert sorted(path.stem for path in (tmp_path / "work").glob("*.ipynb")) == sorted(CHAPTERS)
    nbformat.write(solved("00_start_here"), tmp_path / "ada.ipynb")
    (report,) = json.loads(run("grade", "ada.ipynb", "--json", "-", "--unsafe-no-sandbox"))
    assert (report["score"], report["versions"]["jwt-from-scratch"]) == (5, VERSION)
    run("class", "init", "jwt", "--course-id", "jwt-2026")
    assert (tmp_path / "jwt" / "source" / "01_encoding" / "01_encoding.ipynb").is_file()
