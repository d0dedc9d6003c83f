"""Shared by the site's tests: the pinned files and the browser edition."""

import os
from pathlib import Path

import pytest

from grader.site import build, lite, pinned
from grader.site.problem import SiteError

CACHE = Path(os.environ.get("SITE_CACHE") or build.CACHE)
"""The folder in which the pinned files are kept between runs."""


def pinned_files(*, download: bool) -> Path:
    """The cache folder, filled. Skips the test if that needs a download that is not allowed.

    Args:
        download: whether 106 MB may be downloaded.
    """
    wanted = pinned.CORE | pinned.WHEELS
    if not download and not all(pinned.has(CACHE, name, sha256) for name, sha256 in wanted.items()):
        pytest.skip(f"the browser edition needs 106 MB from PyPI; they are not in {CACHE.name}: run with --thorough")
    try:
        pinned.fill(CACHE, pinned.REGISTRIES)
    except SiteError as error:
        pytest.skip(f"the browser edition can't be built here: {error}")
    return CACHE


def browser_edition(folder: Path, *, download: bool) -> Path:
    """The edition that runs in a browser, built into a folder."""
    cache = pinned_files(download=download)
    (folder / "scratch").mkdir()
    lite.build(folder / "lite", cache, folder / "scratch")
    return folder / "lite"
