"""What takes seconds to begin, begun once for many tests: the grader's workers, and nbgrader's imports.

How they begin is tested where they do so in earnest: tests/grader/batch, cli, test_isolated and tests/attacks.
"""

import contextlib
import io
import logging
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from unittest import mock

from grader.batch import workers
from grader.cli import main
from grader.engine.grade import Graded, Options

_LIMIT = 600
"""Seconds after which a forked program is ended."""
_idle: dict[Options, list["_Kept"]] = {}


class _Kept(workers._Worker):
    """A worker, proved and warm, that waits for the next batch of these options when its own is over."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._options = options
        self._is_sound = True

    def take(self) -> Graded | None:
        self._is_sound = False
        graded = super().take()
        self._is_sound = graded is not None
        return graded

    def close(self) -> None:
        if self._is_sound and not self.task:
            _idle.setdefault(self._options, []).append(self)
        else:
            super().close()

    def end(self) -> None:
        super().close()


def _hired(options: Options) -> _Kept:
    waiting = _idle.get(options)
    return waiting.pop() if waiting else _Kept(options)


@contextlib.contextmanager
def kept_workers() -> Iterator[None]:
    """Batches of this process take the workers of earlier ones."""
    with mock.patch.object(workers, "_Worker", _hired):
        yield


def end_workers() -> None:
    """End those that wait."""
    for waiting in _idle.values():
        while waiting:
            waiting.pop().end()


def here(
    *arguments: str | Path, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the `grader` command in this process, in a folder if one is named, with the workers of earlier ones."""
    out, err = io.StringIO(), io.StringIO()
    keep = mock.patch.dict(os.environ, env or {})  # what a command changes there is for those that it starts
    place = contextlib.chdir(folder) if folder else contextlib.nullcontext()
    with kept_workers(), keep, place, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main.cli.main([*map(str, arguments)], prog_name="grader", standalone_mode=False)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def forked(
    program: Callable[[], object], arguments: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program as a process of its own that has imported already what this one has.

    Args:
        program: what it runs, and then it ends.
        arguments: what it finds in sys.argv, the command's name included.
        folder: its current folder.
        environment: all its variables.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            _become(program, arguments, folder, environment, out.fileno(), err.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        said = [os.pread(file.fileno(), file.seek(0, os.SEEK_END), 0).decode("utf-8", "replace") for file in (out, err)]
    return subprocess.CompletedProcess(arguments, code, *said)


def _become(
    program: Callable[[], object],
    arguments: list[str],
    folder: Path,
    environment: dict[str, str],
    out: int,
    err: int,
) -> None:
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_LIMIT)
        for source, target in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
            os.dup2(source, target)
        sys.stdin = open(0)  # noqa: SIM115 - all three to the end
        sys.stdout = open(1, "w")  # noqa: SIM115
        sys.stderr = open(2, "w", errors="backslashreplace")  # noqa: SIM115
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = arguments
        logging.getLogger().handlers.clear()  # those of pytest
        program()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # what is this process's, such as other workers, stays
