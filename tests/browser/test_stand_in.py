"""The stand-in for `cryptography`: it is separate from the product, small, correct, and still needed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.gradescope.wheel import sources

REPO = Path(__file__).resolve().parents[2]
STAND_IN = REPO / "browser" / "stand_in"
FILES = sorted(STAND_IN.rglob("*.py"))
MODULES = ("algorithms", "capstone", "choosing", "confused_key", "jws", "jwt", "keys", "paddings", "peers", "vectors")
"""The names of the reference module's tests of keys and signatures."""
NOT_IN_IT = ("test_pems_that_are_refused",)
"""The one test that needs encrypted keys, which the stand-in does not implement."""
QUICK = "test_vectors.py"


def python(*arguments: str, path: Path, timeout: float = 60) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(path)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=REPO, env=environment, capture_output=True, text=True, timeout=timeout
    )


def test_it_can_not_be_imported_here() -> None:
    done = python("-c", "import cryptography", path=STAND_IN)
    assert done.returncode
    assert "never to be used elsewhere: pip install cryptography" in done.stderr


def test_it_is_in_no_wheel_and_small() -> None:
    assert not [name for name, _ in sources() if "stand_in" in name]
    lines = [line for path in FILES for line in path.read_text("utf-8").splitlines()]
    assert sum(bool(line.strip()) for line in lines) < 900


def test_nothing_of_it_reaches_what_the_project_needs() -> None:
    allowed = {"ecdsa", "base64", "functools", "re", "hashlib", "hmac", "math", "secrets", "sys", "enum"}
    for path in FILES:
        for line in path.read_text("utf-8").splitlines():
            words = line.split()
            if words[:1] in (["import"], ["from"]) and not words[1].startswith("."):
                assert words[1].split(".")[0] in allowed, (path.name, line)


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that can be imported outside a browser, for these tests."""
    folder = tmp_path_factory.mktemp("stand_in")
    shutil.copytree(STAND_IN / "cryptography", folder / "cryptography")
    (folder / "cryptography" / "__init__.py").write_text('__version__ = "0+stand.in"\n', "utf-8")
    return folder


def run_tests(unguarded: Path, *files: str) -> None:
    left_out = [part for name in NOT_IN_IT for part in ("--deselect", f"tests/jwt_from_scratch/test_keys.py::{name}")]
    options = ["-o", "addopts=--import-mode=importlib", "-q", "-p", "no:cacheprovider", *left_out]
    paths = [f"tests/jwt_from_scratch/{file}" for file in files]
    done = python("-m", "pytest", *options, *paths, path=unguarded, timeout=1800)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    asked = python("-c", "import cryptography; print(cryptography.__version__)", path=unguarded)
    assert asked.stdout.strip() == "0+stand.in"


def test_it_computes_what_the_rfcs_say(unguarded: Path) -> None:
    run_tests(unguarded, QUICK)


TRIALS = """
from grader import checks
for chapter in checks.chapters():
    for exercise in checks.exercises(chapter):
        try:
            assert exercise.trials("in a page")
        except Exception as error:
            print(exercise.name, error)
"""


@pytest.mark.in_ci
def test_each_exercises_trials_fit_with_it(unguarded: Path) -> None:
    """Where the two packages judge a token differently, a check ends in an error in a browser, and only there."""
    done = python("-c", TRIALS, path=unguarded, timeout=300)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_reference_modules_own_tests_pass_on_it(unguarded: Path, thorough: bool) -> None:
    if not thorough:
        pytest.skip("two minutes: run with --thorough")
    run_tests(unguarded, *(f"test_{name}.py" for name in MODULES))


def test_it_is_still_needed(tmp_path: Path) -> None:
    """When this fails, delete browser/ and all that names it, and use the real `cryptography`."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--dest",
        str(tmp_path),
    ]
    where = ["--platform", "pyemscripten_2026_0_wasm32", "--python-version", "314", "--implementation", "cp"]
    kinds = [part for abi in ("cp314", "abi3", "none") for part in ("--abi", abi)]
    command = [*pip, "--retries", "0", "--timeout", "10", *where, *kinds, "cryptography"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if "No matching distribution" not in done.stderr and done.returncode:
        pytest.skip("no package registry can be asked here")
    found = [path.name for path in tmp_path.glob("cryptography-*emscripten*.whl")]
    assert not found, f"{found[0]} can be had: the stand-in in browser/ is not needed any more"
