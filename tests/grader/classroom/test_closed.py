"""A class's directory is closed to everybody else, and stays so."""

import os
import stat
from pathlib import Path

import pytest

from grader.classroom import closed, setup
from grader.classroom.closed import OTHERS, close_new, require_closed
from grader.errors import ClassError
from tests.grader.classroom.helpers import GRADER, LESSON, NBGRADER, book, run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights of this kind are POSIX's")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_class_is_closed_whatever_the_umask(fresh_class: Path) -> None:
    assert mode(fresh_class) == 0o700
    assert [name for name in closed._INSIDE if (there := fresh_class / name).exists() and mode(there) & OTHERS] == []
    assert {"gradebook.db", ".grader", "nbgrader_config.py"} <= {path.name for path in fresh_class.iterdir()}


@pytest.mark.parametrize(("before", "after"), [(0o777, 0o700), (0o755, 0o700), (0o2775, 0o2770), (0o700, 0o700)])
def test_a_directory_that_was_there_is_closed_too(tmp_path: Path, before: int, after: int) -> None:
    root = tmp_path / "class"
    root.mkdir()
    root.chmod(before)
    close_new(root)
    assert mode(root) == after


@pytest.mark.parametrize("rights", [0o777, 0o755, 0o711, 0o701, 0o704, 0o2775])
@pytest.mark.parametrize("command", [NBGRADER, GRADER], ids=["nbgrader", "grader"])
def test_nothing_is_graded_in_an_open_one(root: Path, command: tuple[str, ...], rights: int) -> None:
    root.chmod(rights)
    done = run(command, root, "autograde", LESSON)
    assert done.returncode != 0
    assert f"chmod o-rwx {root}" in done.stderr
    assert not list(root.glob("autograded/*/*/*.ipynb"))
    assert not any(grade[0] for entry in book(root).values() for grade in entry["grades"].values())


def test_the_command_in_the_message_closes_it(root: Path) -> None:
    root.chmod(0o755)
    with pytest.raises(ClassError) as refused:
        require_closed(root)
    assert os.system(str(refused.value).rpartition("close it with: ")[2]) == 0
    require_closed(root)


def test_a_group_may_share_it(root: Path) -> None:
    root.chmod(0o2770)
    for name in ("submitted", "gradebook.db"):
        (root / name).chmod(0o777)
    require_closed(root)
    assert mode(root) == 0o2770
    assert mode(root / "submitted") == mode(root / "gradebook.db") == 0o770


def test_a_link_in_it_is_not_followed(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "others"
    other.mkdir()
    other.chmod(0o755)
    (root / "feedback").symlink_to(other)
    require_closed(root)
    assert mode(other) == 0o755


def test_an_existing_open_class_is_not_made_ready(fresh_class: Path, root: Path) -> None:
    root.chmod(0o755)
    with pytest.raises(ClassError, match="chmod o-rwx"):
        setup.init(root, course_id="jwt", db_url="")
