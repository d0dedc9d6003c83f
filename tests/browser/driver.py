"""Helpers of the browser tests: start the course as a learner does, and use JupyterLab in Chromium."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

PATIENCE = 30.0
"""Seconds to wait for anything; only a broken or very busy machine needs them."""

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--no-first-run", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
READY = re.compile(r"JupyterLab is ready:\s+(http://127\.0\.0\.1:\d+/lab\S*\?token=\S+)")
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"


def chromium_path() -> str | None:
    """The browser to drive: $CHROMIUM, or the first of its usual names on the PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def missing() -> str | None:
    """What these tests need and this machine lacks, in a few words; None if nothing."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "the Python package playwright is not installed"
    return None if chromium_path() else f"no Chromium: set $CHROMIUM, or install one of {', '.join(CHROMIUM_NAMES)}"


def need_browser() -> None:
    """Skip the test if there is no browser; in CI that is a failure."""
    if reason := missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


# -- the lab ----------------------------------------------------------------------------------------------------------


class Lab:
    """`grader start` on a folder, with Jupyter settings separate from those of the user who runs the tests."""

    def __init__(
        self, lessons: Path, home: Path, settings: dict[str, Any] | None = None, browser: Path | None = None
    ) -> None:
        home.mkdir(parents=True, exist_ok=True)
        for plugin, values in (settings or {}).items():
            extension, _, name = plugin.partition(":")
            file = home / "settings" / extension / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), "utf-8")
        self.log = home / "lab.log"
        own = {
            "JUPYTER_CONFIG_DIR": home / "config",
            "JUPYTER_DATA_DIR": home / "data",
            "JUPYTER_RUNTIME_DIR": home / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": home / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
            "IPYTHONDIR": home / "ipython",
        }
        shown = {"DISPLAY": ":0", "BROWSER": f"{browser} %s &"} if browser else {}
        command = [sys.executable, "-m", "grader.cli.main"]
        if beside := shutil.which("grader", path=str(Path(sys.executable).parent)):
            command = [beside]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *command,
                    "start",
                    "--dir",
                    str(lessons),
                    "--port",
                    str(free_port()),
                    *([] if shown else ["--no-browser"]),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **{name: str(path) for name, path in own.items()}, **shown, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )

    @property
    def printed(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def address(self) -> str:
        """The address that `grader start` prints."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if found := READY.search(self.printed):
                return found[1]
            time.sleep(0.05)
        pytest.fail(f"`grader start` printed no address (exit code {self.process.poll()}):\n{self.printed}")

    def family(self) -> list[psutil.Process]:
        """The command's descendants: the server and its kernels."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command and to its group, as a terminal does for Ctrl-C or when it is closed."""
        os.killpg(self.process.pid, number)

    def end(self) -> None:
        """End all that is left of it: first by SIGINT, then by SIGKILL."""
        if self.process.poll() is not None:
            return
        family = self.family()
        self.process.send_signal(signal.SIGINT)
        psutil.wait_procs([psutil.Process(self.process.pid), *family], timeout=15)
        for one in family:
            if one.is_running():
                one.kill()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@contextmanager
def running_lab(
    lessons: Path, home: Path, settings: dict[str, Any] | None = None, browser: Path | None = None
) -> Iterator[Lab]:
    lab = Lab(lessons, home, settings, browser)
    try:
        yield lab
    finally:
        lab.end()


# -- the browser ------------------------------------------------------------------------------------------------------


@contextmanager
def browser_page(width: int = 1366, height: int = 768, scale: float = 1) -> Iterator[Any]:
    """A page of a headless Chromium that can reach only this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_OPTIONS)
        try:
            page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
            page.set_default_timeout(PATIENCE * 1000)
            yield page
        finally:
            browser.close()


@contextmanager
def explained(page: Any, folder: Path, lab: Lab | None = None) -> Iterator[None]:
    """If the block fails, save a screenshot and say where."""
    try:
        yield
    except BaseException as error:
        try:
            page.screenshot(path=folder / "failure.png", timeout=5000)
            error.add_note(f"What the browser showed: {folder / 'failure.png'}")
        except Exception as no_picture:
            error.add_note(f"The browser could not be photographed: {no_picture}")
        if lab:
            error.add_note(f"What `grader start` printed:\n{lab.printed}")
        raise


class Notebook:
    """The notebook that is open and in front, used by mouse and keyboard."""

    patience = PATIENCE

    def __init__(self, page: Any) -> None:
        self.page = page
        self.panel = page.locator(PANEL)

    @classmethod
    def open(cls, page: Any, name: str) -> "Notebook":
        """Double-click a notebook in JupyterLab's list of files, and wait for its kernel."""
        page.locator(".jp-DirListing-item", has_text=name).dblclick()
        page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-current", has_text=name).wait_for()
        return cls(page).ready()

    def ready(self) -> "Notebook":
        """Wait until the cells are shown and the kernel is idle."""
        self.panel.locator(".jp-Cell").first.wait_for(state="attached")
        # Not the toolbar's indicator, which says "idle" even before there is a kernel.
        self.page.locator("#jp-main-statusbar").get_by_text(
            re.compile(r"\((?:ipykernel|Pyodide)\) \| Idle$")
        ).wait_for()
        return self

    def cell(self, text: str) -> Any:
        """The first code cell whose code contains text."""
        inside = self.page.locator(".jp-InputArea-editor", has_text=text)
        found = self.panel.locator(".jp-CodeCell").filter(has=inside).first
        found.scroll_into_view_if_needed()
        return found

    def write(self, cell: Any, code: str) -> None:
        """Replace a cell's code as a person does: click, select all, write."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)

    def new_cell(self, above: Any, code: str) -> Any:
        """Add a cell below another one, with Esc and B, and write code into it."""
        above.locator(".cm-content").click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.keyboard.press("Enter")
        self.page.keyboard.insert_text(code)
        return self.cell(code)

    def run(self, cell: Any) -> Any:
        """Click into a cell, press Shift-Enter, and wait until it has run. Returns the cell's output area."""
        before = self._count(cell)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        self._wait(cell, lambda: self._count(cell) not in ("[ ]:", "[*]:", before), "to have run")
        return cell.locator(".jp-Cell-outputWrapper")

    def _count(self, cell: Any) -> str:
        return cell.locator(".jp-InputArea-prompt").inner_text().strip()

    def _wait(self, cell: Any, done: Any, what: str) -> None:
        end = time.monotonic() + self.patience
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"this cell was expected {what} within {self.patience:.0f} s:\n{cell.inner_text()}")
            self.page.wait_for_timeout(20)
