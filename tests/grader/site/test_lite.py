"""What is changed in JupyterLite's own files, and the bytecode."""

import shutil
import zipfile
from pathlib import Path

import pytest

from grader.site import lite
from grader.site.problem import SiteError


def written(folder: Path, times: int) -> Path:
    for pattern, old, _ in lite._CHANGES:
        path = folder / pattern.replace("*", "some")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"before {old * times} behind ")
    return folder


def test_each_change_is_made_in_its_place(tmp_path: Path) -> None:
    lite._change(written(tmp_path, 1))
    for pattern, _, new in lite._CHANGES:
        assert f"before {new} behind" in (tmp_path / pattern.replace("*", "some")).read_text("utf-8")


@pytest.mark.parametrize("times", [0, 2])
def test_another_jupyterlite_is_not_changed_blindly(times: int, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"index\.html is another one"):
        lite._change(written(tmp_path, times))


def test_a_file_that_is_not_there_is_another_jupyterlite(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"index\.html is another one"):
        lite._change(tmp_path)


def test_the_store_of_another_edition_has_another_name(tmp_path: Path) -> None:
    (tmp_path / "some.js").write_text("1", "utf-8")
    lite._add_store(tmp_path)
    first = (tmp_path / "offline.js").read_text("utf-8")
    assert '"files/00_start_here.ipynb"' in first
    (tmp_path / "offline.js").unlink()
    (tmp_path / "some.js").write_text("2", "utf-8")
    lite._add_store(tmp_path)
    assert (tmp_path / "offline.js").read_text("utf-8") != first


def test_without_node_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    lite._compile(tmp_path, ["not there.zip"])


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_a_folder_without_pyodide_is_a_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w"):
        pass
    with pytest.raises(SiteError, match="Node could not compile"):
        lite._compile(tmp_path, ["some.zip"])
