"""`grader start`: what comes amid the start. How it ends otherwise is tested with JupyterLab in `tests/browser`."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.learner import start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_server_is_being_started_ends_it(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, begun = subprocess.Popen, []

    def and_then_a_signal(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        begun.append(begin(["sleep", "60"], **options))
        signal.raise_signal(number)
        return begun[0]

    monkeypatch.setattr(subprocess, "Popen", and_then_a_signal)
    before = signal.getsignal(number)
    if number == signal.SIGINT:
        assert start.run_lab(tmp_path, 8888, no_browser=True) == 0
    else:
        with pytest.raises(SystemExit) as ended:
            start.run_lab(tmp_path, 8888, no_browser=True)
        assert ended.value.code == 128 + number
    (server,) = begun
    assert server.returncode is not None  # what it is, nobody knows if something else here waits for all children
    assert not psutil.pid_exists(server.pid)
    assert signal.getsignal(number) == before
