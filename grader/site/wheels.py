"""The Python packages of the browser edition, each as a wheel.

Wheels of pure-Python packages are made of the installed files. These came through `requirements.lock`, with its
hashes, so a learner has the same versions in the browser as elsewhere.
"""

import email
import hashlib
import io
import re
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..gradescope.archive import packed
from ..gradescope.wheel import as_wheel, lock_file, wheel
from . import pinned
from .problem import SiteError

IN_BROWSER = {
    "sys_platform": "emscripten",
    "platform_system": "Emscripten",
    "platform_machine": "wasm32",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "python_version": "3.14",
    "python_full_version": "3.14.2",
    "extra": "",
}
"""The environment of the browser, for the markers of requirements (PEP 508)."""

KERNEL = ("ipython", "comm", "packaging")
"""Packages that JupyterLite's kernel needs besides its own wheels."""
COURSE = ("flask", "pyjwt", "joserfc", "matplotlib", "matplotlib-inline")
"""Packages that the lessons import. `matplotlib` is one of Pyodide's own builds."""
_HERE_ONLY = (
    *(
        f"grader/{room}/"
        for room in ("batch", "classroom", "cli", "engine", "gradescope", "lti", "receipts", "reports", "site")
    ),
    *("grader/notebooks/source/", "grader/requirements.lock"),
)
"""Files not needed in a browser; and the masters, which contain the solutions."""
_UNUSED = ("jedi/third_party/django-stubs/", "jedi/third_party/typeshed/stubs/")
"""Types of packages that no lesson has: five thousand files, a second at each start of a kernel."""
_LATE = ("jedi", "parso", "prompt_toolkit", "wcwidth", "pygments/lexers", "pygments/styles")
"""Packages that stay packed until they are imported: for a completion, or for an error's lines. To unpack their
thirteen hundred files takes a quarter of a second."""
_UNPACK = b"""import importlib, pathlib, shutil, sys

here = pathlib.Path(__file__).parent
shutil.unpack_archive(here / "packed.zip", here)
importlib.invalidate_caches()
del sys.modules[__name__]  # this file is another one now
importlib.import_module(__name__)
"""
STAND_IN = Path(__file__).resolve().parents[2] / "browser" / "stand_in"
"""The stand-in's folder in the repository; it is in no wheel of ours."""

Wheels = dict[str, bytes]


def of_kernel(extension: Path) -> Wheels:
    """JupyterLite's own wheels for its kernel, from its extension's folder.

    Raises:
        SiteError: this is another version of them.
    """
    names = ("piplite", "pyodide_kernel", "ipykernel")
    paths = sorted((extension / "static" / "pypi").glob("*.whl"))
    return {path.name: _without_pypi(path) for path in paths if path.name.startswith(names)}


def _without_pypi(path: Path) -> bytes:
    """A wheel's bytes; in it, `piplite` asks no other host. JupyterLite imports it at each start to tell it so."""
    if not path.name.startswith("piplite"):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    old, new = b"\n_PIPLITE_DISABLE_PYPI = False\n", b"\n_PIPLITE_DISABLE_PYPI = True\n"
    if files["piplite/piplite.py"].count(old) != 1:
        raise SiteError("this JupyterLite's piplite is another one: look at _without_pypi in site/wheels.py")
    files["piplite/piplite.py"] = files["piplite/piplite.py"].replace(old, new)
    return as_wheel(path.name.removesuffix("-py3-none-any.whl"), files)[1]


def of_pyodide(cache: Path) -> Wheels:
    """Pyodide's own builds."""
    names = [*pinned.WHEELS, *(pinned.CRYPTOGRAPHY if pinned.has_cryptography(cache) else ())]
    return {name: (cache / name).read_bytes() for name in names}


def of_environment(names: tuple[str, ...], others: Wheels) -> Wheels:
    """Packages that are installed here, with all dependencies of theirs and of the other wheels.

    Args:
        names: the packages.
        others: wheels from elsewhere.

    Raises:
        SiteError: one is not installed, or not in the pinned version.
    """
    made: Wheels = {}
    about = [metadata(content) for content in others.values()]
    seen = {str(canonicalize_name(one["Name"])) for one in about}
    waiting = [*names, *(need for one in about for need in needs(one.get_all("Requires-Dist") or []))]
    versions = _pinned_versions()
    while waiting:
        name = str(canonicalize_name(waiting.pop()))
        if name in seen:
            continue
        seen.add(name)
        found = _installed(name, versions)
        file, content = _repacked(found)
        made[file] = content
        waiting += needs(found.requires or [])
    return made


def of_course() -> Wheels:
    """The part of the course that a browser needs. Its name changes with its content, because browsers cache files."""
    name, content = wheel(left_out=_HERE_ONLY)
    mark = int(hashlib.sha256(content).hexdigest()[:12], 16)
    return {name.replace("-py3-", f"-{mark}-py3-"): content}


def stand_in() -> Wheels:
    """The stand-in for `cryptography`.

    Raises:
        SiteError: this is not the repository.
    """
    sources = sorted(STAND_IN.rglob("*.py"))
    if not sources:
        raise SiteError(
            "the stand-in for cryptography is in the course's repository only; build with `--source release`"
        )
    stem = "cryptography-47.0.0+stand.in"
    about = "Metadata-Version: 2.1\nName: cryptography\nVersion: 47.0.0+stand.in\nRequires-Dist: ecdsa\n"
    files = {path.relative_to(STAND_IN).as_posix(): path.read_bytes() for path in sources}
    name, content = as_wheel(stem, {**files, f"{stem}.dist-info/METADATA": about.encode()})
    return {name: content}


def needs(requirements: list[str]) -> list[str]:
    """The names of the packages that these requirements ask for in a browser."""
    read = [Requirement(one) for one in requirements]
    return [str(canonicalize_name(one.name)) for one in read if one.marker is None or one.marker.evaluate(IN_BROWSER)]


def metadata(content: bytes) -> Any:
    """A wheel's metadata (PEP 566)."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(one for one in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", one))
        return email.message_from_bytes(archive.read(name))


def _pinned_versions() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;]+)", lock_file().read_text("utf-8"), re.MULTILINE):
        found.setdefault(str(canonicalize_name(name)), set()).add(version)
    return found


def _installed(name: str, versions: dict[str, set[str]]) -> Distribution:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise SiteError(f"the package {name!r} is missing; install the course: jwt-from-scratch[course,site]") from None
    if found.version not in versions.get(name, {found.version}):
        raise SiteError(
            f"{name} {found.version} is installed, and requirements.lock has {', '.join(sorted(versions[name]))}: "
            "run `make site`, or install what is pinned"
        )
    return found


def _repacked(found: Distribution) -> tuple[str, bytes]:
    """The installed package as a pure-Python wheel, without its compiled modules, which are optional."""
    stem = f"{canonicalize_name(found.metadata['Name']).replace('-', '_')}-{found.version}"
    files = {}
    for path in sorted(found.files or [], key=str):
        parts = path.parts
        if ".." in parts or "__pycache__" in parts or path.suffix in (".so", ".pyd", ".pyc", ".pth"):
            continue
        if path.as_posix().startswith(_UNUSED):
            continue
        if parts[0].endswith(".dist-info"):
            if parts[1:] != ("METADATA",) and parts[1] not in ("licenses", "LICENSE", "entry_points.txt"):
                continue
            parts = (f"{stem}.dist-info", *parts[1:])
        files["/".join(parts)] = Path(str(found.locate_file(path))).read_bytes()
    for package in _LATE:
        files = _for_later(package, files)
    return as_wheel(stem, files)


def _for_later(package: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with those of a package, if it is among them, packed; its only module unpacks them."""
    inside = f"{package}/"
    own = {path.removeprefix(inside): content for path, content in files.items() if path.startswith(inside)}
    if not own:
        return files
    rest = {path: content for path, content in files.items() if not path.startswith(inside)}
    return {**rest, f"{inside}__init__.py": _UNPACK, f"{inside}packed.zip": packed(own)}
