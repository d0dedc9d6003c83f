"""What the sandbox shows of this machine: as little as a lesson needs, at neutral paths.

It shows the system's programs and libraries, Python and the installed packages, and the few files of this project
that the zygote needs. The virtual environment may lie in the checkout, and the system may have packages of its own. So
only what is needed is mounted, never the folder around it, and packages that could solve an exercise are searched for
and hidden.
"""

import functools
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

COURSE = "/opt/course"
"""The sandbox's path of the reference module and the files of `grader` that the zygote needs."""
ENVIRONMENT = "/opt/environment"
"""The sandbox's path of the virtual environment."""
PYTHON = "/opt/python"
"""The sandbox's path of Python itself, unless it is the system's own and there is no virtual environment."""

_PACKAGE = Path(__file__).resolve().parent.parent
_FILES_INSIDE = ("__init__.py", "inside")
_LIB = f"lib/python{sys.version_info.major}.{sys.version_info.minor}"
_PROGRAMS = ("bin", "sbin", "libexec")
_LIBRARIES = ("lib", "lib32", "lib64", "libx32")
_USED = (
    "locale",
    "terminfo",
    "ssl",
    "ossl-modules",
    "engines-3",
    "chromium",
    "chromium-browser",
    "gconv",
    "fontconfig",
)
"""Folders in /usr/lib that programs need, besides those with an architecture's libraries."""
_SHARED = ("zoneinfo", "fonts", "fontconfig", "mime", "ca-certificates")
"""The same in /usr/share."""
_PACKAGE_FOLDERS = ("site-packages", "dist-packages")
ANSWERS = ("authlib", "jose", "joserfc", "josepy", "jwcrypto", "jwt", "jwt_from_scratch", "nbgrader")
"""Packages that could solve an exercise. Learners can import one only if a setup cell of the chapter does."""
COURSE_FILES = ("00_start_here.md", "00_start_here.ipynb", "c00_start_here.py")
"""Files by which a folder of masters, notebooks or checks is recognised, wherever it is."""


@functools.cache
def mounts() -> tuple[tuple[str, str], ...]:
    """The read-only mounts: path on this machine, path in the sandbox. Later ones may lie inside earlier ones."""
    return tuple(dict.fromkeys((*_system(), *_python(), *_course())))


def links() -> Iterator[tuple[str, str]]:
    """The symbolic links to make: target, path."""
    for place in (f"{root}/{name}" for name in (*_PROGRAMS, *_LIBRARIES) for root in ("", "/usr")):
        if os.path.islink(place):
            yield os.readlink(place), place
    for name in _LIBRARIES:
        for entry in _entries(f"/usr/{name}"):
            if entry.is_symlink():
                yield os.readlink(entry.path), entry.path
    if _in_environment():
        yield f"{PYTHON}/bin/python", f"{ENVIRONMENT}/bin/python"


@functools.cache
def hidden() -> tuple[tuple[str, bool], ...]:
    """Paths in the mounts that are hidden from every submission, each with whether it is a folder.

    These are packages that no lesson needs, this project and its masters, and files that name the project's path.
    """
    return tuple((found.place, found.is_folder) for found in _search() if not found.package)


@functools.cache
def places_of(packages: tuple[str, ...]) -> list[str]:
    """The sandbox's paths of these packages, including the grader's own files."""
    found = [one.place for one in _search() if one.package in packages]
    return [f"{COURSE}/grader", *([f"{COURSE}/jwt_from_scratch"] if "jwt_from_scratch" in packages else []), *found]


def shows(place: Path) -> bool:
    """Whether a learner's process could see a file at this path; a secret must not be kept there."""
    real = Path(os.path.realpath(place))
    roots = [source for source, _ in mounts()]
    # All of /usr and of Python's folder, though only parts are shown: a secret must not depend on which.
    return any(real.is_relative_to(os.path.realpath(root)) for root in (*roots, "/usr", sys.prefix, sys.base_prefix))


def program() -> str:
    """The sandbox's path of the interpreter."""
    if _in_environment():
        return f"{ENVIRONMENT}/bin/python"
    return f"{PYTHON}/bin/python" if _is_moved() else sys.executable


def library() -> str:
    """The sandbox's path of Python's standard library."""
    return _in_python(sysconfig.get_path("stdlib"))


def variables() -> dict[str, str]:
    """The environment variables by which the interpreter finds its library at its path in the sandbox."""
    return {"LD_LIBRARY_PATH": f"{PYTHON}/shared"} if _is_moved() and _shared_libraries() else {}


def _in_environment() -> bool:
    return sys.prefix != sys.base_prefix


def _is_moved() -> bool:
    return _in_environment() or os.path.realpath(sys.base_prefix) not in ("/usr", "/usr/local")


def _system() -> Iterator[tuple[str, str]]:
    for name in _PROGRAMS:
        yield from _same(f"/usr/{name}")
    for name in _LIBRARIES:
        for entry in _entries(f"/usr/{name}"):
            # Files such as libc.so.6, or folders such as x86_64-linux-gnu on systems that sort by architecture.
            is_library = ".so" in entry.name if entry.is_file(follow_symlinks=False) else "-linux-gnu" in entry.name
            if not entry.is_symlink() and (is_library or entry.name in _USED):
                yield entry.path, entry.path
    for name in _SHARED:
        yield from _same(f"/usr/share/{name}")
    for name in (*_PROGRAMS, *_LIBRARIES):
        if not os.path.islink(f"/{name}"):
            yield from _same(f"/{name}")
    for file in (_PACKAGE / "inside" / "etc").iterdir():
        yield str(file), f"/etc/{file.name}"
    yield from _same("/etc/ld.so.cache")
    yield from _same("/etc/alternatives")


def _python() -> Iterator[tuple[str, str]]:
    """The interpreter with its standard library, and the folders of installed packages."""
    base = os.path.realpath(sys.base_prefix)
    yield os.path.realpath(sys.executable), _in_python(os.path.realpath(sys.executable), "bin/python")
    if base in ("/usr", "/usr/local"):
        for path in (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")):
            yield path, _in_python(path)
    else:
        yield f"{base}/lib", f"{PYTHON}/lib"
    for library in _shared_libraries():
        yield library, _in_python(library, f"shared/{os.path.basename(library)}")
    if _in_environment():
        name = "pyvenv-system.cfg" if len(_packages()) > 1 else "pyvenv.cfg"
        yield str(_PACKAGE / "inside" / name), f"{ENVIRONMENT}/pyvenv.cfg"
    yield from _packages().items()


def _in_python(path: str, name: str = "") -> str:
    """The sandbox's path of one of Python's own files."""
    own = sys.base_prefix if Path(path).is_relative_to(sys.base_prefix) else os.path.realpath(sys.base_prefix)
    return f"{PYTHON}/{name or os.path.relpath(path, own)}" if _is_moved() else path


def _packages() -> dict[str, str]:
    """The folders of installed packages that this interpreter uses, except the user's, with their sandbox paths."""
    found = {}
    for path in (path for path in sys.path if os.path.basename(path) in _PACKAGE_FOLDERS and os.path.isdir(path)):
        if _in_environment() and _is_in(path, sys.prefix):
            found[os.path.realpath(path)] = f"{ENVIRONMENT}/{_LIB}/site-packages"
        elif _is_in(path, sys.base_prefix):
            found[os.path.realpath(path)] = _in_python(path)
    return found


def _is_in(path: str, root: str) -> bool:
    return any(Path(path).is_relative_to(place) for place in (root, os.path.realpath(root)))


def _shared_libraries() -> list[str]:
    folder = Path(sysconfig.get_config_var("LIBDIR") or "/usr/local/lib")
    shared = sysconfig.get_config_var("Py_ENABLE_SHARED") and os.path.realpath(sys.base_prefix) != "/usr"
    return sorted(map(str, folder.glob("libpython*.so*"))) if shared else []


def _course() -> Iterator[tuple[str, str]]:
    for name in _FILES_INSIDE:
        yield str(_PACKAGE / name), f"{COURSE}/grader/{name}"
    spec = importlib.util.find_spec("jwt_from_scratch")
    if spec is None or not spec.submodule_search_locations:
        raise OSError(2, "is not installed", "jwt_from_scratch")
    yield next(iter(spec.submodule_search_locations)), f"{COURSE}/jwt_from_scratch"


def _same(path: str) -> Iterator[tuple[str, str]]:
    if os.path.exists(path) and not os.path.islink(path):
        yield path, path


def _entries(folder: str) -> list["os.DirEntry[str]"]:
    """A folder's entries; none if it is a link or missing."""
    if os.path.islink(folder) or not os.path.isdir(folder):
        return []
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)


class _Found(NamedTuple):
    """A path in the sandbox to hide; if it belongs to no package, from every submission."""

    place: str
    is_folder: bool
    package: str = ""


@functools.cache
def _search() -> tuple[_Found, ...]:
    used = set(_packages().values())
    roots = [(source, place) for source, place in mounts() if not place.startswith(f"{COURSE}/")]
    return tuple(found for source, place in roots for found in _search_in(source, place, used))


def _search_in(source: str, place: str, used: set[str]) -> Iterator[_Found]:
    others = {other for _, other in mounts()} - {place}
    with_others = {os.path.dirname(other) for other in others}
    waiting = [(source, place)] if os.path.isdir(source) else []
    while waiting:
        folder, inside = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = list(found)
        except OSError:  # if we can't read it, the sandbox can't either
            continue
        if inside in with_others:
            entries = [entry for entry in entries if f"{inside}/{entry.name}" not in others]
        if not {entry.name for entry in entries}.isdisjoint(COURSE_FILES):
            yield _Found(inside, True)
            continue
        in_packages = os.path.basename(inside) in _PACKAGE_FOLDERS
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if not (is_folder or in_packages):
                continue
            here = f"{inside}/{entry.name}"
            if (hides := _hides(entry, is_folder, in_packages, here in used)) is not None:
                yield _Found(here, is_folder, hides)
            elif is_folder:
                waiting.append((entry.path, here))


def _hides(entry: "os.DirEntry[str]", is_folder: bool, in_packages: bool, is_used: bool) -> str | None:
    """The package that a folder's entry belongs to, if it could solve an exercise; "" if hidden from all; else None."""
    name = entry.name.partition(".")[0]
    if is_folder and entry.name in _PACKAGE_FOLDERS:
        return None if is_used else ""
    if in_packages and _tells(entry.name):
        return ""
    if name not in ANSWERS:
        return None
    return name if in_packages or os.path.isfile(f"{entry.path}/__init__.py") else None


def _tells(name: str) -> bool:
    """Whether an entry of a folder of packages is this project, or names its path on this machine."""
    return name == "grader" or "jwt_from_scratch-" in name or name.startswith(("_editable_impl_", "__editable__"))
