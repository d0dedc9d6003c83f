"""A learner's own copies of the lessons, and JupyterLab on them."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import psutil

from .. import isolated
from ..course.masters import NOTEBOOKS
from ..files import write_whole
from . import editions, saved
from .saved import NotALesson

FIRST = "00_start_here.ipynb"
SETTINGS = Path(__file__).parent / "jupyter"
"""Settings for a learner's JupyterLab: without teachers' menus and news, with encrypted channels to the kernels."""
PATIENCE = 60.0
"""Seconds to wait for JupyterLab to answer."""
_ENDINGS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""The signals of Ctrl-C, of a system that ends a command, and of a terminal that is closed. Windows has no SIGHUP."""


def copy_missing(folder: Path) -> list[Path]:
    """Copy the student editions that are not in folder yet. Existing files are never changed.

    Raises:
        OSError: the folder can't be written to.
    """
    copied = []
    for source in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        target = folder / source.name
        if not target.exists():
            write_whole(target, source.read_text("utf-8"))
            copied.append(target)
    return copied


def renew(folder: Path, name: str) -> str:
    """Renew a copy, keeping all that the learner wrote. Returns what was done, as a sentence.

    Raises:
        NotALesson: there is no such lesson in folder.
        OSError: folder can't be written to.
    """
    path = folder / f"{Path(name).name.removesuffix('.ipynb')}.ipynb"
    aside = editions.renew(path)
    return f"{path.name} is whole again, with what you wrote; as it was, it is {aside.relative_to(folder)}"


def problems(folder: Path) -> Iterator[str]:
    """For each copy in folder that is older than the course, or broken: a sentence that says so and what to do."""
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        try:
            mine = saved.read(path)
            problem = editions.problem(mine)
        except NotALesson as error:
            yield f"{str(error).replace('`', '')} Move it away, and grader start copies a new one"
            continue
        if problem:
            yield f"{path} {problem}. {editions.way_out(mine).replace('`', '')}"


def run_lab(folder: Path, port: int, no_browser: bool) -> int:
    """Run JupyterLab on folder until it ends, and print its address once it answers. Returns its exit code."""
    command = [
        *isolated.run("import runpy; runpy.run_module('jupyterlab', run_name='__main__', alter_sys=True)"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
        *(f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{FIRST}"),
        *("--Application.log_level=ERROR", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
    ]
    if no_browser or not _has_display():
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    # A token in the environment, which other users can't read. With a token given, Jupyter does not print its address.
    environment = {**os.environ, "JUPYTER_TOKEN": secrets.token_urlsafe(24), "JUPYTER_CONFIG_PATH": _config_path()}
    with suppress(KeyboardInterrupt), _running(command, environment) as lab:
        address = _address(lab)
        if address:
            print(f"\nJupyterLab is ready:\n\n    {address}\n\nLeave it running; Ctrl-C here ends it.\n", flush=True)
        return lab.wait()
    return 0


def _config_path() -> str:
    theirs = os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)
    return os.pathsep.join([str(SETTINGS), *(os.path.abspath(place) for place in theirs if place)])


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or any(os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY"))


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The server; ended with all that it started when the block ends, or a terminal is closed, or SIGTERM comes.

    What comes while it is being started waits until there is something to end.
    """
    early: list[int] = []
    heard = [number for number in _ENDINGS if signal.getsignal(number) != signal.SIG_IGN]  # nohup has one ignored
    before = {number: signal.signal(number, lambda number, _: early.append(number)) for number in heard}
    try:
        # It starts in a folder of ours, because Jupyter reads settings from the current one. Kernels do not.
        # In its session no Ctrl-C reaches it: Jupyter would ask for confirmation or, without stdin, leave its kernels
        # running. And no terminal stops it because it writes, as one does with another group after `stty tostop`.
        lab = subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, cwd=SETTINGS, stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            for number in heard:
                signal.signal(number, _leave)
            for number in early:
                _leave(number, None)
            yield lab
        except KeyboardInterrupt:
            print("\nClosing JupyterLab ...", flush=True)
            raise
        finally:
            _end(lab)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)


def _end(lab: subprocess.Popen[bytes]) -> None:
    """Let the server end its kernels and terminals, and then end what is left; at once after another Ctrl-C."""
    family: list[psutil.Process] = []
    try:
        family = _family(lab)
        lab.terminate()
        lab.wait(10)
        psutil.wait_procs(family, timeout=3)
    except (KeyboardInterrupt, SystemExit, subprocess.TimeoutExpired):
        lab.kill()
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    lab.wait()


def _family(lab: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The server's kernels and terminals, each of which has a session of its own. The browser is the learner's."""
    family = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(lab.pid).children():
            with suppress(psutil.Error):
                if not any(f"jpserver-{lab.pid}-open" in word for word in child.cmdline()):  # the page that it opens
                    family += [child, *child.children(recursive=True)]
    return family


def _address(lab: subprocess.Popen[bytes]) -> str | None:
    """The address of the first lesson, with the server's token, once the server has written its info file."""
    from jupyter_server.serverapp import list_running_servers

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and lab.poll() is None:
        for server in list_running_servers():
            if server["pid"] == lab.pid and _answers(server):
                return f"{server['url']}lab/tree/{FIRST}?token={server['token']}"
        time.sleep(0.1)
    return None


def _answers(server: dict[str, Any]) -> bool:
    import urllib.request

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{server['url']}api", timeout=2):
            return True
    except OSError:
        return False
