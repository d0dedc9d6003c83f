"""pyodide-lock.json: the packages that a kernel in the browser can import, and nothing else.

Before JupyterLite's kernel runs a cell, it loads the packages that the cell imports. So lessons need no install line.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from packaging.utils import canonicalize_name

from . import pinned
from .problem import SiteError
from .wheels import metadata, needs

_PROJECT = "jwt-from-scratch"


def lock(wheels: Mapping[str, bytes], for_project: tuple[str, ...]) -> str:
    """The file's text.

    Args:
        wheels: for each file name its content.
        for_project: the packages that this project's code imports, though its metadata lists them only as extras.

    Raises:
        SiteError: a package that is needed is not among the wheels.
    """
    packages = dict(_entry(name, content) for name, content in sorted(wheels.items()))
    packages[_PROJECT]["depends"] += for_project
    missing = {need for one in packages.values() for need in one["depends"] if need not in packages}
    if missing:
        raise SiteError(f"the browser edition lacks {', '.join(sorted(missing))}: add what brings it to site/wheels.py")
    return json.dumps({"info": pinned.PINNED["info"], "packages": packages}, indent=1, sort_keys=True) + "\n"


def _entry(file: str, content: bytes) -> tuple[str, dict[str, Any]]:
    about = metadata(content)
    name = str(canonicalize_name(about["Name"]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tops = {_top(one) for one in archive.namelist() if one.endswith((".py", ".so"))}
    return name, {
        "name": about["Name"],
        "version": about["Version"],
        "file_name": file,
        "install_dir": "site",
        "sha256": hashlib.sha256(content).hexdigest(),
        "package_type": "package",
        "imports": sorted(one for one in tops if not one.endswith((".dist-info", ".data"))),
        "depends": sorted(needs(about.get_all("Requires-Dist") or [])),
        "unvendored_tests": False,
    }


def _top(path: str) -> str:
    """The name by which a file's package is imported."""
    return path.partition("/")[0] if "/" in path else path.partition(".")[0]
