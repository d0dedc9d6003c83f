"""grader.inside.wasm: what a page lacks and the course needs. The rest of it runs in tests/browser."""

import importlib
import sysconfig
import zipfile
from pathlib import Path

import pytest

from grader.inside import wasm
from grader.judging import library

forge_kid = importlib.import_module("grader.checks.c04_header.forge_kid")


def test_what_lesson_04_opens_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyodide has the standard library in one zip file, and a folder of it only if something was unpacked there."""
    stdlib = Path(sysconfig.get_path("stdlib"))
    with zipfile.ZipFile(tmp_path / "library.zip", "w") as packed:
        for file in (*stdlib.glob("*.py"), *stdlib.glob("[cej]*/__init__.py")):
            packed.write(file, file.relative_to(stdlib))
    there = tmp_path / "there"
    with zipfile.ZipFile(tmp_path / "library.zip") as packed:
        wasm.unpack(packed, there)
    assert not (there / "email").exists()

    everywhere = {text for text, path in forge_kid.files().items() if path.suffix == ".py"}
    everywhere -= {"with a byte order mark"}  # one of Python's own tests, which no page has
    assert "by way of another folder" in everywhere
    monkeypatch.setattr(library, "HERE", there)
    forge_kid.files.cache_clear()
    try:
        assert everywhere <= set(forge_kid.files())
        assert all(path.exists() for path in forge_kid.files().values())
    finally:
        forge_kid.files.cache_clear()
