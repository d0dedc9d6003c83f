"""axe-core on every lesson, light and dark, wide and narrow: `.venv/bin/python tests/browser/accessibility.py`.

A script, not a test: it runs all lessons and fetches axe-core from npm (into the user's cache), which takes minutes.
It checks the lessons' own content, prose and outputs. Faults of JupyterLab's themes are left out: the colours of code,
links that are not underlined, and boxes that scroll if a table is wider than a phone.
`--pictures FOLDER` also saves each figure as it is shown, for a person to look at, since axe can't see inside figures.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter
from rich.progress import track

from grader.course import masters
from grader.course.editions import solved
from tests.browser.driver import browser_page, missing

AXE = Path.home() / ".cache" / "jwt-from-scratch" / "axe"
OWN = {
    "include": [[".jp-RenderedMarkdown"], [".jp-OutputArea"]],
    "exclude": [[".jp-InputArea-editor"], [".jp-OutputPrompt"], [".jp-RenderedMarkdown .highlight"]],
}
JUPYTERS = {"link-in-text-block": {"enabled": False}, "scrollable-region-focusable": {"enabled": False}}
VIEWS = [(theme, width) for theme in ("light", "dark") for width in (1366, 390)]


def axe() -> str:
    """axe-core's script, installed by npm if it is not there yet."""
    script = AXE / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        AXE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", str(AXE), "axe-core@4"], check=True, timeout=300)
    return script.read_text("utf-8")


def executed(name: str) -> Any:
    """The solved edition after "Run All Cells"."""
    notebook = solved(masters.chapter(name))
    with tempfile.TemporaryDirectory() as folder:
        path = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True, resources=path).execute()
    return notebook


def violations(page: Any, script: str) -> Iterator[str]:
    """axe's findings in the lesson's own content: the rule, its description, and the first place."""
    page.evaluate(script)
    options = {"resultTypes": ["violations"], "rules": JUPYTERS}
    found = page.evaluate("([own, options]) => axe.run(own, options)", [OWN, options])
    for one in found["violations"]:
        for node in one["nodes"]:
            yield f"{one['id']}: {node['html'][:110]!r} ({' '.join(node['failureSummary'].split())[:160]})"


def look_at(name: str, page: Any, script: str, pictures: Path | None) -> list[str]:
    """Check one lesson in all themes and widths."""
    notebook, found = executed(name), []
    for theme, width in VIEWS:
        html, _ = HTMLExporter(template_name="lab", theme=theme).from_notebook_node(notebook)
        page.set_viewport_size({"width": width, "height": 900})
        page.set_content(html, wait_until="domcontentloaded")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")  # axe skips folded parts
        page.wait_for_timeout(300)
        found += [f"{name}, {theme}, {width}: {one}" for one in violations(page, script)]
        wide = page.evaluate("document.documentElement.scrollWidth") - width
        found += [f"{name}, {theme}, {width}: {wide} pixels wider than the page"] if wide > 1 else []
        for number, figure in enumerate(page.locator(".jp-OutputArea img").all()) if pictures else ():
            figure.screenshot(path=str(pictures / f"{name[:2]}-{number}-{theme}-{width}.png"))
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("lessons", nargs="*", help="such as 03 08; all, if none is named")
    asked.add_argument("--pictures", type=Path, help="a folder for the figures as they are shown")
    options = asked.parse_args()
    if reason := missing():
        sys.exit(reason)
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    script = axe()
    names = [name for name in masters.chapter_names() if not options.lessons or name[:2] in options.lessons]
    with browser_page() as page:
        looked = (look_at(name, page, script, options.pictures) for name in track(names, "Looking at the lessons"))
        found = [one for lesson in looked for one in lesson]
    print("\n".join(found) or f"{len(names)} lessons, {len(VIEWS)} views each: axe-core found nothing")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
