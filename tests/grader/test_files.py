"""Files that are whole or not there, and folders that other people have filled."""

import os
import subprocess
from pathlib import Path

import pytest

from grader.errors import AtWork
from grader.files import DEEPEST, alone_in, in_turn, new_beside, tree, write_whole
from tests.grader.helpers import deep


def test_no_folder_is_walked_deeper_than_it_may_be(tmp_path: Path) -> None:
    deep(tmp_path / "deep", 1_200)
    (tmp_path / "deep" / "file").write_text("x")
    (tmp_path / "deep" / "round").symlink_to(tmp_path, target_is_directory=True)
    found = [Path(one.path).relative_to(tmp_path).parts for one in tree(tmp_path / "deep")]
    assert max(map(len, found)) == DEEPEST + 2
    assert ("deep", "file") in found
    assert [parts for parts in found if "round" in parts] == [("deep", "round")], "no link is followed"
    subprocess.run(["rm", "-rf", str(tmp_path / "deep")], check=True)  # which pytest can't


def test_only_one_command_works_in_a_folder(tmp_path: Path) -> None:
    with alone_in(tmp_path), pytest.raises(AtWork, match="another command"), alone_in(tmp_path):
        pass
    with alone_in(tmp_path):
        pass


def test_a_new_file_takes_no_name_that_somebody_prepared(tmp_path: Path) -> None:
    (tmp_path / ".x.ipynb.new").mkdir()
    (tmp_path / "x.ipynb").symlink_to(tmp_path / "elsewhere")
    with new_beside(tmp_path / "x.ipynb") as new:
        new.write_text("mine")
    assert (tmp_path / "x.ipynb").read_text() == "mine"
    assert not (tmp_path / "x.ipynb").is_symlink()
    assert not (tmp_path / "elsewhere").exists()
    assert sorted(os.listdir(tmp_path)) == [".x.ipynb.new", "x.ipynb"]


def test_a_long_name_in_any_script_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("\U00020000" * 60)
    write_whole(path, "x")
    assert path.read_text() == "x"


def test_ctrl_c_in_the_moment_of_writing_is_a_ctrl_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def interrupted(old: str, new: Path) -> None:
        replace(old, new)
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.files.os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "x", "whole")
    assert (tmp_path / "x").read_text() == "whole"
    assert os.listdir(tmp_path) == ["x"]


def test_a_turn_that_somebody_keeps_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.files._TURNS", 2)
    with in_turn(tmp_path), in_turn(tmp_path), in_turn(tmp_path / "gone"):
        pass
    monkeypatch.setattr(os, "name", "nt")  # there are no such locks
    with in_turn(tmp_path):
        pass
