"""Lesson 10: a real headless Chromium if it and Playwright are installed, otherwise the model."""

import atexit
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from .browser_model import Model

if TYPE_CHECKING:
    from playwright.sync_api import Browser as _Browser
    from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    *("--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--no-first-run", "--disable-component-update", "--disable-sync"),
    # One process for all pages is quicker, and does not change the lesson's rules.
    *("--disable-site-isolation-trials", "--process-per-site"),
    # Only this machine can be reached.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
PATIENCE = 10_000
"""Milliseconds to wait for a page."""

READY = "body[data-ready]"
"""A page of the lesson gets this attribute when its button's action is done."""

LEADS_ON = "at="
"""A part of the address of pages that navigate to another one by themselves."""


def open_browser(kind: str = "") -> "Chromium | Model":
    """Start a browser: "chromium", "model", or by default Chromium if it can be started, else the model.

    Raises:
        RuntimeError: "chromium" was asked for and can't be started.
    """
    kind = kind or os.environ.get("JWT_COURSE_BROWSER", "")
    if kind == "model":
        return Model()
    try:
        return Chromium()
    except Exception as error:  # no Playwright, no Chromium, a machine that does not let it start
        if kind == "chromium":
            raise RuntimeError(f"no Chromium: {error}") from error
        return Model()


def until(condition: Callable[[], Any], seconds: float = 5.0) -> bool:
    """Wait until the condition is true, at most so long. Requests of scripts take a moment to arrive."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


class Chromium:
    """A headless Chromium, driven by Playwright, in a thread of its own.

    Playwright's synchronous interface can't be used in a thread with a running event loop, such as a notebook's kernel.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        self._browser: _Browser | None = None
        self._page: Page | None = None
        atexit.register(self.close)
        try:
            self._do(self._start)
        except BaseException:
            self.close()
            raise
        self.name = f"a real Chromium {self._do(lambda: self._browser.version if self._browser else '')}"
        self.fresh()

    def fresh(self) -> None:
        """Delete all cookies and the storage of the page's origin."""
        self._do(self._fresh)

    def open(self, url: str) -> None:
        """Type an address, and wait until the page, or the one that it leads to, is loaded."""

        def go(page: "Page") -> None:
            if LEADS_ON not in url:
                page.goto(url, wait_until="domcontentloaded")
                return
            with page.expect_event("domcontentloaded", lambda there: LEADS_ON not in there.url):
                page.goto(url, wait_until="commit")

        self._on_page(go)

    def press(self, button: str) -> None:
        """Press a button of the page."""

        def press(page: "Page") -> None:
            click = "(id) => { delete document.body.dataset.ready; document.getElementById(id).click(); }"
            page.evaluate(click, button)
            page.wait_for_selector(READY, state="attached")
            page.wait_for_load_state("domcontentloaded")

        self._on_page(press)

    def leave_for(self, url: str) -> None:
        """Follow a link in the page to another address."""

        def follow(page: "Page") -> None:
            with page.expect_navigation(wait_until="domcontentloaded"):
                page.evaluate("(url) => { const a = document.getElementById('away'); a.href = url; a.click(); }", url)

        self._on_page(follow)

    def back(self) -> None:
        """Press the browser's Back button."""
        self._on_page(lambda page: page.go_back(wait_until="commit"))

    def read(self, element: str) -> str:
        """The text of an element of the page."""
        return str(self._on_page(lambda page: page.text_content(f"#{element}")) or "").strip()

    def script_sees(self) -> str:
        """The value of document.cookie in this page."""
        return str(self._on_page(lambda page: page.evaluate("document.cookie")))

    @property
    def url(self) -> str:
        """The address of the page."""
        return str(self._on_page(lambda page: page.url))

    @property
    def kept(self) -> list[str]:
        """The names of the cookies in the jar."""
        return sorted(one.get("name", "") for one in self._on_page(lambda page: page.context.cookies()))

    def close(self) -> None:
        """End the browser. Closing twice does no harm."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(10)
        atexit.unregister(self.close)

    def __enter__(self) -> "Chromium":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- in the browser's thread --------------------------------------------------------------------------------------

    def _work(self) -> None:
        self._playwright: Any = None
        while job := self._jobs.get():
            action, future = job
            try:
                future.set_result(action())
            except BaseException as error:
                future.set_exception(error)
        if self._browser:
            self._browser.close()
        if self._playwright:
            self._playwright.stop()

    def _do(self, action: Callable[[], Any]) -> Any:
        future: Future[Any] = Future()
        self._jobs.put((action, future))
        return future.result(60)

    def _on_page(self, action: "Callable[[Page], Any]") -> Any:
        def act() -> Any:
            if self._page is None:
                raise RuntimeError("the browser is closed")
            return action(self._page)

        return self._do(act)

    def _start(self) -> None:
        from playwright.sync_api import sync_playwright

        path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=path,  # None: the one that Playwright has installed, if any
            args=[*OPTIONS, *(["--no-sandbox"] if root else [])],
            timeout=PATIENCE * 2,
        )

    def _fresh(self) -> None:
        if self._browser is None:
            raise RuntimeError("the browser is closed")
        if self._page is None:
            self._page = self._browser.new_context().new_page()
            self._page.set_default_timeout(PATIENCE)
            return
        # A new context would do the same, but take longer.
        self._page.context.clear_cookies()
        if self._page.url.startswith("http"):
            self._page.evaluate("localStorage.clear()")
