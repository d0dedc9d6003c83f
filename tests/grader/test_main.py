"""The command where only the reference module and its one dependency are installed."""

import subprocess
import sys


def test_a_bare_install_says_what_to_install() -> None:
    code = "import sys; sys.modules['click'] = None; from grader.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "'click' is missing" in done.stderr
    assert "jwt-from-scratch[course]" in done.stderr


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "grader", "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "grade" in done.stdout
