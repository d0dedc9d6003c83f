"""What Python in a browser lacks and the course needs: SIGALRM, and the standard library's files.

Only Pyodide loads this (see `calling`).
"""

import keyword
import signal
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

_BELL = """({
    at: Infinity, every: 0,
    set(seconds, every) {
        this.at = seconds ? performance.now() + 1000 * seconds : Infinity;
        this.every = 1000 * every;
    },
    get 0() {
        const now = performance.now();
        if (now < this.at) return 0;
        this.at = this.every ? now + this.every : Infinity;
        return SIGALRM;
    },
    set 0(_) {},
})"""
"""Pyodide reads the first element of its interrupt buffer every few instructions, as the number of a signal to raise
(pyodide.org, "Interrupting execution"). This buffer contains SIGALRM's number once the time is up."""


def install() -> None:
    """Give Python what the course needs and Pyodide lacks."""
    _alarm()
    _library_files()


def _alarm() -> None:
    import pyodide_js
    from pyodide.code import run_js

    bell: Any = run_js(_BELL.replace("SIGALRM", str(int(signal.SIGALRM))))
    pyodide_js.setInterruptBuffer(bell)
    system: Any = signal
    system.ITIMER_REAL = 0
    system.setitimer = lambda which, seconds, every=0.0: bell.set(seconds, every)


def _library_files() -> None:
    """Unpack files of the standard library, which Pyodide has in one zip file: lesson 04 opens some."""
    folder = Path(sysconfig.get_path("stdlib"))
    with zipfile.ZipFile(next(path for path in sys.path if path.endswith(".zip"))) as library:
        unpack(library, folder)
    keyword.__file__ = str(folder / "keyword.py")


def unpack(library: zipfile.ZipFile, folder: Path) -> None:
    """Unpack the standard library's modules, and two packages' beginnings: a check opens one, and goes by the other."""
    modules = [name for name in library.namelist() if name.endswith(".py") and "/" not in name]
    library.extractall(folder, [*modules, "concurrent/__init__.py", "json/__init__.py"])
