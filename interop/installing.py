"""Getting a library and its driver ready: from PyPI and npm into the cache folder, from Debian by apt-get."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .libraries import Library
from .places import CACHE, DRIVERS, REPO

_LONG = 900
"""Seconds that one installation or one compilation may take."""


class NotHad(Exception):
    """This library can't be run here. The text says why."""


@dataclass(frozen=True)
class Ready:
    """A library that can be run: `command` reads questions and writes answers."""

    library: Library
    version: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


def ready(library: Library, *, install: bool = True) -> Ready:
    """Install what is missing, build the driver, and say how to run it.

    Raises:
        NotHad: the library, its language or its driver is not available here.
    """
    return {"here": _here, "PyPI": _from_pypi, "npm": _from_npm, "Debian": _from_debian}[library.source](
        library, install
    )


def _here(library: Library, install: bool) -> Ready:
    if library.driver.endswith(".mjs"):
        return Ready(library, _node_version(), ["node", str(DRIVERS / library.driver)], {"LIBRARY": str(DRIVERS)})
    from jwt_from_scratch import __name__ as module

    commit = _output(["git", "-C", str(REPO), "rev-parse", "--short", "HEAD"], default="unknown")
    command = [sys.executable, str(DRIVERS / library.driver), *library.words]
    return Ready(library, commit, command, {"PYTHONPATH": str(REPO), "MODULE": module})


def _from_pypi(library: Library, install: bool) -> Ready:
    folder = CACHE / "pypi" / _plain(library.package)
    python = folder / "bin" / "python"
    distribution = library.package.split("[")[0]
    if not (folder / "whole").exists():
        _wanted(library, install)
        uv = [sys.executable, "-m", "uv"]
        shutil.rmtree(folder, ignore_errors=True)
        _run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
        _run([*uv, "pip", "install", "--quiet", "--python", str(python), library.package])
        (folder / "whole").touch()
    asks = f"import importlib.metadata as m; print(m.version({distribution!r}))"
    return Ready(library, _output([str(python), "-c", asks]), [str(python), str(DRIVERS / library.driver)])


def _from_npm(library: Library, install: bool) -> Ready:
    _node_version()
    folder = CACHE / "npm" / _plain(library.package)
    if not (folder / "whole").exists():
        _wanted(library, install)
        if not shutil.which("npm"):
            raise NotHad("npm is not installed")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        _run(["npm", "install", *quiet, "--prefix", str(folder), library.package])
        (folder / "whole").touch()
    found = re.search(
        r'"version":\s*"([^"]+)"', (folder / "node_modules" / library.package / "package.json").read_text("utf-8")
    )
    return Ready(library, found[1] if found else "?", ["node", str(DRIVERS / library.driver)], {"LIBRARY": str(folder)})


def _node_version() -> str:
    if not shutil.which("node"):
        raise NotHad("node is not installed")
    return _output(["node", "--version"]).removeprefix("v")


# -- Debian ------------------------------------------------------------------------------------------------------


def _from_debian(library: Library, install: bool) -> Ready:
    packages = (library.package, *library.needs)
    missing = [package for package in packages if not _installed(package)]
    if missing:
        _wanted(library, install)
        debian(missing)
    version = re.sub(r"^\d+:|[-+].*$", "", _installed(library.package))
    return Ready(library, version, _built(library, version))


def debian(packages: Sequence[str]) -> None:
    """Install Debian packages for the whole machine, which needs root; they can't be installed into a folder.

    Raises:
        NotHad: this is not Debian, we are not root, or apt-get fails.
    """
    if not shutil.which("apt-get"):
        raise NotHad(f"no apt-get here to install {' '.join(packages)}")
    if os.geteuid() != 0:
        raise NotHad(f"needs root once: apt-get install {' '.join(packages)}")
    quiet = ["-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    _run(["apt-get", "install", *quiet, *packages], DEBIAN_FRONTEND="noninteractive")


def _installed(package: str) -> str:
    """The installed version, or ""."""
    said = _output(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package], default="")
    return said.removeprefix("installed ") if said.startswith("installed ") else ""


# -- drivers that are compiled -------------------------------------------------------------------------------------


def _built(library: Library, version: str) -> list[str]:
    source = DRIVERS / library.driver
    runners = {".py": [sys.executable], ".pl": ["perl"], ".rb": ["ruby"], ".escript": ["escript"]}
    if source.suffix in runners:
        paths = (
            ":".join(map(str, sorted(Path("/usr/lib/erlang/lib").glob("ji*/ebin"))))
            if source.suffix == ".escript"
            else ""
        )
        return [*runners[source.suffix], str(source), *([paths] if paths else []), *library.words]
    shared = [path for path in sorted(source.parent.rglob("*")) if path.is_file()]
    mark = hashlib.sha256(b"".join([version.encode(), *(path.read_bytes() for path in shared)])).hexdigest()[:12]
    target = CACHE / "bin" / f"{source.parent.name}-{source.stem}-{mark}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        _BUILDERS[source.suffix](library, source, target)
    return [str(target), *(word for word in library.words if not word.startswith("-l"))]


def _build_c(library: Library, source: Path, target: Path) -> None:
    _compile(["gcc", "-O1", "-w", str(source), *library.words, "-ljansson", "-lcrypto", "-o"], target)


def _build_cpp(library: Library, source: Path, target: Path) -> None:
    _compile(["g++", "-std=c++17", "-O1", "-w", str(source), *library.words, "-lcrypto", "-o"], target)


def _build_go(library: Library, source: Path, target: Path) -> None:
    env = {"GOPATH": "/usr/share/gocode", "GO111MODULE": "off", "GOFLAGS": "", "GOCACHE": str(CACHE / "go")}
    _compile(["go", "build", "-o"], target, [str(source.parent / "driver.go"), str(source)], **env)


def _build_haskell(library: Library, source: Path, target: Path) -> None:
    objects = str(CACHE / "haskell")
    _compile(["ghc", "-v0", "-O0", "-dynamic", "-outputdir", objects, str(source), "-o"], target)


def _build_rust(library: Library, source: Path, target: Path) -> None:
    """Build with Debian's compiler and crates, even if there are others on the machine."""
    home = CACHE / "cargo"
    home.mkdir(parents=True, exist_ok=True)
    debian = '[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "/usr/share/cargo/registry"\n'
    (home / "config.toml").write_text(debian)
    shutil.copytree(source.parent, home / "driver", dirs_exist_ok=True)  # cargo writes a lock file beside it
    env = {"CARGO_HOME": str(home), "RUSTC": "/usr/bin/rustc", "CARGO_TARGET_DIR": str(home / "target")}
    _run(["/usr/bin/cargo", "build", "--quiet", "--offline", "--manifest-path", str(home / "driver/Cargo.toml")], **env)
    shutil.copy(home / "target/debug/rust_jsonwebtoken", target)


_BUILDERS = {".c": _build_c, ".cpp": _build_cpp, ".go": _build_go, ".hs": _build_haskell, ".toml": _build_rust}


def _compile(command: list[str], target: Path, behind: Sequence[str] = (), **env: str) -> None:
    """Compile to a file that is whole or not there."""
    half = target.with_suffix(".half")
    _run([*command, str(half), *behind], **env)
    half.replace(target)


# -- small things --------------------------------------------------------------------------------------------------


def _wanted(library: Library, install: bool) -> None:
    if not install:
        raise NotHad(f"{library.package} is not installed; `make interop` does it")


def _plain(package: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", package.split("[")[0].lower()).strip("-")


def _run(command: list[str], **env: str) -> None:
    """Run a step. If it fails, the end of its output is the reason."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONG, env={**os.environ, **env})
    except FileNotFoundError:
        raise NotHad(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise NotHad(f"{command[0]} took more than {_LONG} seconds") from None
    if done.returncode:
        words = " ".join((done.stderr or done.stdout).split())
        raise NotHad(f"{Path(command[0]).name} failed: {words[-300:]}")


def _output(command: list[str], default: str | None = None) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        if default is None:
            raise NotHad(f"{command[0]}: {error}") from None
        return default
    return done.stdout.strip()
