"""Makes the documents' screenshots: `.venv/bin/python -m tests.browser.screenshots`. Needs Chromium and Pillow."""

import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from tests.browser.driver import Notebook, browser_page, missing, running_lab
from tests.browser.test_formgrader import graded_class, log_in, open_submission
from tests.browser.test_lab import LESSON, PADDED, RIGHT

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
STUB = "    # Write your code here"
NO_NEWS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
DARK = {"@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Dark"}}


def picture(name: str, solution: str, settings: dict[str, Any], height: int) -> Path:
    """Solve b64u_encode of lesson 01 in this way, check it, and save the part of the page around it."""
    body = solution.rstrip().partition("\n")[2]
    with tempfile.TemporaryDirectory() as folder:
        work, home = Path(folder) / "work", Path(folder) / "home"
        with running_lab(work, home, settings) as lab, browser_page(1200, height) as page:
            page.goto(lab.address())
            Notebook(page).ready()
            lesson = Notebook.open(page, LESSON)
            lesson.run(lesson.cell("# setup"))
            page.keyboard.press("ControlOrMeta+b")  # hide the list of files
            cell = lesson.cell("def b64u_encode")
            lesson.write(cell, stub(work / LESSON) + body)
            lesson.run(cell)
            lesson.run(lesson.cell('check("b64u_encode")'))
            heading = lesson.panel.locator("h2", has_text="Build: encode")
            heading.evaluate("e => { e.scrollIntoView(); e.closest('.jp-WindowedPanel-outer').scrollBy(0, -110) }")
            page.mouse.move(600, 5)
            page.wait_for_timeout(500)  # until the scroll bar has faded
            return save(page.screenshot(), IMAGES / f"{name}.png")


def formgrader() -> Path:
    """A graded submission in formgrader: the last check with its score, and the written answer, yet to be marked."""
    with (
        tempfile.TemporaryDirectory() as folder,
        graded_class(Path(folder)) as (_, address),
        browser_page(1200, 900) as page,
    ):
        log_in(page, address)
        open_submission(page, "ada")
        page.locator("[id='01_encoding-answer']").evaluate("e => e.scrollIntoView({block: 'end'})")
        page.mouse.wheel(0, 120)
        page.wait_for_timeout(500)
        return save(page.screenshot(), IMAGES / "formgrader.png")


def stub(path: Path) -> str:
    """The exercise's given code, up to the place where the learner writes."""
    sources = ("".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"])
    return next(source for source in sources if source.startswith("def b64u_encode")).partition(STUB)[0]


def save(png: bytes, path: Path) -> Path:
    """Write it with a palette of 256 colours, which takes a third of the size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def main() -> None:
    if reason := missing():
        sys.exit(reason)
    for path in (
        picture("lesson-check", RIGHT, NO_NEWS, 800),
        picture("lesson-mistake-dark", PADDED, NO_NEWS | DARK, 880),
        formgrader(),
    ):
        print(f"{path.relative_to(IMAGES.parents[1])}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
