"""The edition that runs in a browser: JupyterLite (jupyterlite.readthedocs.io) with the lessons in it."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from ..course.masters import NOTEBOOKS, chapter_names
from . import pinned, wheels
from .lock import lock
from .problem import SiteError

_EXTENSION = "@jupyterlite/pyodide-kernel-extension"
_LABEXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
_FIRST = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"]
"""Packages that the kernel imports first. Named here, they are loaded in parallel."""
_LIBRARY = "python_stdlib.zip"
_AT_START = (
    "micropip",
    "piplite",
    "ipykernel",
    "comm-",
    "pyodide_kernel",
    "ipython-",
    "traitlets",
    "packaging",
    "jwt_",
)
"""Packages that every visit imports from: how their files' names begin."""
_STILL = (
    "#jupyterlite-loading-indicator *, .jp-SpinnerContent, .jp-KernelStatus-spinner { animation: none !important; }"
)
"""What turns while it loads is drawn sixty times a second, by the same processor that should load."""
_LEFT_OUT = [
    "@jupyterlab/apputils-extension:splash",
    "@jupyterlab/apputils-extension:kernels-settings",
    "@jupyterlab/apputils-extension:running-sessions-status",
    "@jupyterlab/apputils-extension:subshell-settings",
    "@jupyterlab/apputils-extension:workspaces",
    "@jupyterlab/apputils-extension:licenses-plugin",
    "@jupyterlab/apputils-extension:toggle-header",
    "@jupyterlab/audio-extension",
    "@jupyterlab/video-extension",
    "@jupyterlab/celltags-extension",
    "@jupyterlab/csvviewer-extension",
    "@jupyterlab/htmlviewer-extension",
    "@jupyterlab/completer-extension:inline-history",
    "@jupyterlab/completer-extension:inline-completer",
    "@jupyterlab/completer-extension:inline-completer-factory",
    "@jupyterlab/console-extension",
    "@jupyterlab/notebook-extension:code-console",
    "@jupyterlab/inspector-extension:consoles",
    "@jupyterlab/tooltip-extension:consoles",
    "@jupyterlab/help-extension:licenses-commands",
    "@jupyterlab/help-extension:jupyter-forum",
    "@jupyterlab/logconsole-extension",
    "@jupyterlab/notebook-extension:log-output",
    "@jupyterlab/lsp-extension",
    "@jupyterlab/notebook-extension:language-server",
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlite/application-extension:lsp-connection-manager",
    "@jupyterlab/mermaid-extension",
    "@jupyterlab/pdf-extension",
    "@jupyterlab/vega5-extension",
    "@jupyterlab/javascript-extension",
    "@jupyterlab/json-lines-extension",
    "@jupyterlab/metadataform-extension",
    "@jupyterlab/notebook-extension:tools",
    "@jupyterlab/notebook-extension:active-cell-tool",
    "@jupyterlab/notebook-extension:metadata-editor",
    "@jupyterlab/notebook-extension:update-raw-mimetype",
    "@jupyterlab/running-extension",
    "@jupyterlab/settingeditor-extension",
    "@jupyterlab/terminal-extension",
    "@jupyterlab/services-extension:terminal-manager",
    "@jupyterlab/translation-extension:plugin",
    "@jupyterlab/workspaces-extension",
    "@jupyterlite/application-extension:share-file",
    "@jupyterlite/application-extension:plugin-manager",
    "@jupyterlite/application-extension:licenses-client",
    "@jupyterlite/notebook-application-extension:path-opener",
]
"""Plugins that no lesson needs. The property inspector stays: without it there is an empty strip on the right."""
_NARROW = """
const narrow = () => {
  const shell = window.jupyterapp?.shell;
  if (!shell) return setTimeout(narrow, 100);
  let touched = false;
  const fold = () => { if (!touched && !shell.leftCollapsed) shell.collapseLeft(); };
  addEventListener("pointerdown", () => { touched = true; }, { capture: true, once: true });
  shell.layoutModified.connect(fold);
  jupyterapp.restored.then(fold);
};
if (innerWidth < 760) narrow();
"""
"""On a phone the list of files would cover the lesson: it stays folded until somebody touches the page."""
_KEEP = """
performance.setResourceTimingBufferSize(1000);
const keep = () => {
  const kernel = window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel;
  const worker = navigator.serviceWorker?.controller;
  if (kernel?.status !== "idle" || !worker) return setTimeout(keep, 3000);
  const files = () => [location.href, ...performance.getEntriesByType("resource").map((one) => one.name)];
  setTimeout(() => worker.postMessage(files()), 3000);
};
setTimeout(keep, 3000);
"""
"""When the kernel is idle, offline.js is told which files there were."""
_WORKER = f"extensions/{_EXTENSION}/static/comlink.worker.*.js"
_CHANGES = (
    ("lab/index.html", "</head>", f"<style>{_STILL}</style><script>{_NARROW}{_KEEP}</script></head>"),
    ("service-worker.js", '"use strict";', '"use strict";importScripts("offline.js");'),
    ("service-worker.js", "shouldDrop(t,a)||(n=maybeFromCache(e))", "n=orFromStore(e)"),
    # Files of the page take a message each to another thread, and an import looks for its module there first.
    (
        _WORKER,
        "await this.initFilesystem(e),await this.initPackageManager(e),",
        'await this._pyodide.runPythonAsync("import pyodide_kernel"),await this.initFilesystem(e),',
    ),
)
"""In files of JupyterLite's: what stands there, once, and what stands there instead."""


def build(target: Path, cache: Path, scratch: Path) -> None:
    """Write the edition into a folder.

    Args:
        target: the folder, which does not exist yet.
        cache: the folder that `pinned.fill` has filled.
        scratch: an empty folder.

    Raises:
        SiteError: something is missing; the text says what.
        OSError: a folder can't be written to.
    """
    pyodide = scratch / "static" / "pyodide"
    pyodide.mkdir(parents=True)
    for name in pinned.CORE:
        (pyodide / name).write_bytes((cache / name).read_bytes())
    made = collected(cache)
    for name, content in made.items():
        (pyodide / name).write_bytes(content)
    (pyodide / "pyodide-lock.json").write_text(lock(made, wheels.COURSE), "utf-8")
    _compile(pyodide, [_LIBRARY, *(name for name in made if name.startswith(_AT_START))])
    made = {name: (pyodide / name).read_bytes() for name in made}
    (pyodide / "pyodide-lock.json").write_text(lock(made, wheels.COURSE), "utf-8")
    (scratch / "jupyter-lite.json").write_text(json.dumps(_config()), "utf-8")
    lessons = scratch / "lessons"
    lessons.mkdir()
    for name in chapter_names():
        (lessons / f"{name}.ipynb").write_bytes((NOTEBOOKS / f"{name}.ipynb").read_bytes())
    _run(scratch, target)
    _change(target)
    _add_store(target)


def collected(cache: Path) -> wheels.Wheels:
    """All wheels of the edition.

    Raises:
        SiteError: one is missing.
    """
    made = wheels.of_kernel(_LABEXTENSIONS / _EXTENSION) | wheels.of_pyodide(cache)
    if not pinned.has_cryptography(cache):
        made |= wheels.stand_in()
    made |= wheels.of_course()
    return made | wheels.of_environment((*wheels.KERNEL, *wheels.COURSE), made)


def _config() -> dict[str, object]:
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "JWT from scratch",
            "exposeAppInBrowser": True,  # for tests, and for _NARROW and _KEEP
            "disabledExtensions": _LEFT_OUT,
            # All cells at once: one by one, as is the default, each makes the browser lay out the page anew.
            "settingsOverrides": {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}},
            "litePluginSettings": {
                f"{_EXTENSION}:kernel": {"disablePyPIFallback": True, "loadPyodideOptions": {"packages": _FIRST}},
            },
        },
    }


def _add_store(target: Path) -> None:
    """Add offline.js. Another edition has another store."""
    digest = hashlib.sha256()
    for path in sorted(path for path in target.rglob("*") if path.is_file()):
        digest.update(path.read_bytes())
    lessons = [f"files/{name}.ipynb" for name in chapter_names()]
    text = Path(__file__).with_name("offline.js").read_text("utf-8")
    text = text.replace('"VERSION"', json.dumps(digest.hexdigest()[:16]))
    (target / "offline.js").write_text(text.replace("LESSONS", json.dumps(lessons)), "utf-8")


def _run(scratch: Path, target: Path) -> None:
    command = [sys.executable, "-I", "-m", "jupyterlite_core", "build", "--apps", "lab", "--no-sourcemaps"]
    options = ["--lite-dir", str(scratch), "--contents", str(scratch / "lessons"), "--output-dir", str(target)]
    # Of the installed JupyterLab extensions only this one: others would call servers that a static site lacks.
    options.append("--LiteBuildConfig.ignore_sys_prefix=True")
    options.append(f"--LiteBuildConfig.federated_extensions={_LABEXTENSIONS / _EXTENSION}")
    done = subprocess.run(  # noqa: S603
        [*command, *options], cwd=scratch, capture_output=True, text=True, errors="replace"
    )
    if done.returncode or not (target / "extensions" / _EXTENSION).is_dir():
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise SiteError("\n".join(["JupyterLite could not be built; the last that it said:", *said[-5:]]))


def _compile(pyodide: Path, names: list[str]) -> None:
    """Put bytecode into some of its files, by Node. Without Node all works, and starts two seconds later."""
    if not (node := shutil.which("node")):
        return
    command = [node, str(Path(__file__).with_name("compile.mjs")), str(pyodide), *names]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it did not say why"])[-1]
        raise SiteError(f"Node could not compile the edition's Python: {last}")


def _change(target: Path) -> None:
    for pattern, old, new in _CHANGES:
        texts = {path: path.read_text("utf-8") for path in target.glob(pattern)}
        if [text.count(old) for text in texts.values()] != [1]:
            raise SiteError(f"this JupyterLite's {pattern} is another one: look at _CHANGES in site/lite.py")
        for path, text in texts.items():
            path.write_text(text.replace(old, new), "utf-8")
