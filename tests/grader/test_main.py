"""The command where only the reference module and its one dependency are installed."""

import os
import signal
import subprocess
import sys

import pytest


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


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is no signal here")
def test_ctrl_c_while_the_command_is_imported_shows_no_traceback() -> None:
    press = (
        "class Press:\n def find_spec(*names): name = names[1]; 'cli' in name and os.kill(os.getpid(), signal.SIGINT)"
    )
    code = f"import os, signal, sys\n{press}\nsys.meta_path.insert(0, Press())\n"
    code += "from grader.__main__ import main\nmain()"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")
