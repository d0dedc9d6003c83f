"""Measures visits to the browser edition: `python -m tests.browser.measure_site SITE...`, Chromium on loopback.

Not a test. For a first and a second visit, the browser started anew: bytes and requests until the kernel is idle,
seconds, and processor time of the browser's processes, until then and afterwards; then how long checks take. Several
sites are measured in turn.
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
AFTERWARDS = 9.0
"""For so many seconds the page stays open: it puts its files away, and Chromium what it has compiled."""


def processor_seconds() -> float:
    """The processor time of the browser's processes, without those that have ended."""
    times = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "chrom" in process.name():
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
    time.sleep(1)  # the browser's own start
    began, before = time.monotonic(), processor_seconds()
    opened(page, address, LESSON)
    taken["MB from the host"] = (Quiet.sent - sent) / 1e6
    seconds, idle = time.monotonic() - began, processor_seconds()
    time.sleep(AFTERWARDS)
    return {**taken, "s": seconds, "processor s": idle - before, "afterwards": processor_seconds() - idle}


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
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    with sync_playwright() as playwright:
        for site in sys.argv[1:] * RUNS:
            with hosted(Path(site)) as host, tempfile.TemporaryDirectory() as profile:
                for name in ("first", "second"):
                    browser = playwright.chromium.launch_persistent_context(
                        profile, executable_path=chromium_path(), args=CHROMIUM_OPTIONS
                    )
                    page = browser.new_page()
                    page.set_default_timeout(InPage.patience * 1000)
                    row = visit(page, f"{host}/lite/lab/index.html")
                    found.setdefault((site, name), []).append(row | (checks(page) if name == "second" else {}))
                    browser.close()
    for (site, name), rows in found.items():
        medians = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
        print(site, name, "visit:", ", ".join(f"{key} {value:.1f}" for key, value in medians.items()))
        print("   processor s:", ", ".join(f"{row['processor s']:.1f}" for row in rows))


if __name__ == "__main__":
    main()
