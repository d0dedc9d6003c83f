"""What is changed in JupyterLite's own files, and the bytecode."""

import shutil
import zipfile
from pathlib import Path

import pytest

from grader.site import lite
from grader.site.problem import SiteError


def written(folder: Path, times: int) -> Path:
    for name, (old, _) in lite._CHANGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"before {old * times} behind", "utf-8")
    return folder


def test_each_change_is_made_in_its_place(tmp_path: Path) -> None:
    lite._change(written(tmp_path, 1))
    for name, (_, new) in lite._CHANGES.items():
        assert (tmp_path / name).read_text("utf-8") == f"before {new} behind"


@pytest.mark.parametrize("times", [0, 2])
def test_another_jupyterlite_is_not_changed_blindly(times: int, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"index\.html is another one"):
        lite._change(written(tmp_path, times))


def test_without_node_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    lite._compile(tmp_path, ["not there.zip"])


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_a_folder_without_pyodide_is_a_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w"):
        pass
    with pytest.raises(SiteError, match="Node could not compile"):
        lite._compile(tmp_path, ["some.zip"])
