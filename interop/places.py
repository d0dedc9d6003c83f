"""Paths."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent
DRIVERS = HERE / "drivers"
MATRIX = REPO / "docs" / "interop.json"
PAGE = REPO / "docs" / "interop.md"
READERS = REPO / "jwt_from_scratch" / "services" / "readers.json"
VECTORS = REPO / "tests" / "vectors"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jwt-from-scratch" / "interop"
"""The folder of libraries, compiled drivers and keys. May be deleted at any time; `make interop` makes it again."""
