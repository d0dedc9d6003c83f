"""Measures visits to the browser edition: `python -m tests.browser.measure_site SITE`, Chromium on loopback.

Not a test. For a first and a second visit: bytes and requests until the kernel is idle, seconds, and processor time of
the browser's processes; then how long checks take.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import sync_playwright

from tests.browser.driver import CHROMIUM_OPTIONS, chromium_path
from tests.browser.test_site import LESSON, InPage, Quiet, hosted, opened, solutions

RUNS = 5


def processor_seconds() -> float:
    """The processor time of all processes below this one, without those that have ended."""
    times = []
    for process in psutil.Process().children(recursive=True):
        try:
            times.append(process.cpu_times())
        except psutil.NoSuchProcess:
            continue
    return sum(one.user + one.system for one in times)


def visit(page: Any, address: str) -> dict[str, float]:
    """Open lesson 01 and wait until its kernel is idle."""
    taken, sent = {"requests": 0.0}, Quiet.sent

    def answered(response: Any) -> None:
        taken["requests"] += 1

    page.on("response", answered)
    began, before = time.monotonic(), processor_seconds()
    opened(page, address, LESSON)
    taken["MB from the host"] = (Quiet.sent - sent) / 1e6
    return {**taken, "s": time.monotonic() - began, "processor s": processor_seconds() - before}


def checks(page: Any) -> dict[str, float]:
    """Milliseconds until a check's result is shown: the first one, and the median of five."""
    lesson = InPage(page)
    lesson.run(lesson.cell("# setup"))
    exercise = lesson.cell("def b64u_encode")
    lesson.write(exercise, solutions(LESSON)["b64u_encode"])
    lesson.run(exercise)
    times = []
    for _ in range(6):
        began = time.monotonic()
        lesson.run(lesson.cell('check("b64u_encode")'))
        times.append(1000 * (time.monotonic() - began))
    return {"first check ms": times[0], "check ms": statistics.median(times[1:])}


def main() -> None:
    rows: dict[str, list[dict[str, float]]] = {"first": [], "second": []}
    with hosted(Path(sys.argv[1])) as host, sync_playwright() as playwright:
        for _ in range(RUNS):
            with tempfile.TemporaryDirectory() as profile:
                browser = playwright.chromium.launch_persistent_context(
                    profile, executable_path=chromium_path(), args=CHROMIUM_OPTIONS
                )
                for name, found in rows.items():
                    page = browser.new_page()
                    page.set_default_timeout(InPage.patience * 1000)
                    found.append(visit(page, f"{host}/lite/lab/index.html"))
                    if name == "second":
                        found[-1] |= checks(page)
                    page.close()
                browser.close()
    for name, found in rows.items():
        medians = {key: statistics.median(row[key] for row in found) for key in found[0]}
        print(name, "visit:", ", ".join(f"{key} {value:.1f}" for key, value in medians.items()))


if __name__ == "__main__":
    main()
