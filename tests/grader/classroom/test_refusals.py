"""A locked or damaged gradebook, a full disk, a read-only folder: one sentence each, on every command that writes.

Each command runs in a fork of this process, with mounts of its own: a disk that is really full, a folder that is really
read-only.
"""

import ctypes
import os
import re
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from grader.cli import main as cli
from grader.inside import linux
from grader.refusals import sentence
from grader.reports.local_key import local_key
from tests.grader.classroom.helpers import LESSON, autograded, hand_in
from tests.grader.helpers import solved

NOTEBOOK = f"submitted/ada/{LESSON}/{LESSON}.ipynb"
PLAIN = "--unsafe-no-sandbox"
FILES = [
    f"grader autograde {LESSON} --force --jobs 1",
    f"grader class points {LESSON} b64u_encode 7",
    f"grader class deadline {LESSON} 2026-10-10 12:00",
    f"grader class likeness {LESSON}",
    "grader class roster new.csv",
    f"grader class grades canvas {LESSON}",
    "grader class init fresh",
    f"grader grade submitted --out out --jobs 1 {PLAIN}",
    *(f"grader grade {NOTEBOOK} {PLAIN} --{form} out.txt" for form in ("json", "junit", "csv", "gradescope")),
    "grader likeness submitted --out like.html",
    "grader start --copy-only --dir work",
    f"grader start --copy-only --dir old --renew {LESSON}",
    "grader build --solved solved",
    "grader gradescope-zip --out a.zip",
    "grader keys init --out new-key.json",
    "grader farm init farm-keys",
    "grader lti init new-tool --url https://tool.example",
    "grader lti register tool --issuer https://lms.example --client-id 1 --deployment 1 "
    "--auth https://lms.example/a --token https://lms.example/t --jwks https://lms.example/k",
    "grader receipts graded --key key.json --issuer jwt --out new",
    f"nbgrader autograde {LESSON} --force",
    f"nbgrader zip_collect {LESSON}",
    f"nbgrader generate_feedback {LESSON}",
    f"nbgrader generate_assignment {LESSON} --force",
    "nbgrader export",
]
"""Every command that writes files. A test below says that none is missing."""
GRADEBOOK = [
    "grader class init .",
    *(
        one
        for one in FILES
        if one.startswith(("grader class", "grader autograde", "nbgrader")) and not re.search("likeness|fresh", one)
    ),
]
"""The commands that read or write the gradebook."""
NOTHING_WRITTEN = {
    *("doctor", "advice", "verify-receipt", "lti who"),
    *("farm scheduler", "farm worker", "lti serve", "lti push"),  # they write what their clients ask for, or nothing
    "certificate",  # writes as `receipts` does, but only for a student who has handed in everything
    "class variants",
    "site",  # runs all lessons first; tests/grader/site tests what a failed build leaves behind
}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str


@pytest.fixture(scope="module")
def graded(fresh_class: Path, tmp_path_factory: pytest.TempPathFactory, sandbox: None) -> Path:
    """A class with one graded submission, which tests must not change."""
    root = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(fresh_class, root)
    hand_in(root, "ada", solved(LESSON))
    autograded(root)
    archive = root / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    shutil.copy(root / NOTEBOOK, archive / f"bob_{LESSON}.ipynb")
    (root / "new.csv").write_text("id\nnew\n")
    (root / "old").mkdir()
    shutil.copy(root / NOTEBOOK, root / "old" / f"{LESSON}.ipynb")
    local_key((root,))
    assert in_fork(root, lambda: None, "grader keys init --out key.json").code == 0
    assert in_fork(root, lambda: None, "grader lti init tool --url https://tool.example").code == 0
    return root


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "course"))


def in_fork(root: Path, prepare: Callable[[], None], command: str) -> Ended:
    """Run a command in a fork, in a course directory, after `prepare` was called in the fork."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            os.dup2(write, 1)
            os.dup2(write, 2)
            sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
            prepare()
            os.chdir(root)
            code = run(command)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        out = pipe.read()
    return Ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), out)


def run(command: str) -> int:
    """The command's main function. Returns the exit code, as Python would end with it."""
    program, *sys.argv[1:] = command.split()
    try:
        if program == "grader":
            cli.main()
        else:
            from nbgrader.apps.nbgraderapp import main

            main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1 if ended.code else 0
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


# -- what happens to the machine --------------------------------------------------------------------------------------


def own_mounts() -> None:
    """Enter a mount namespace, so that other processes do not see the test's mounts."""
    user, group = os.getuid(), os.getgid()
    linux.unshare(linux.NEW_MOUNTS | (linux.NEW_USER if user else 0))
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    recursive_private = ctypes.c_ulong(0x4000 | 0x40000)
    assert ctypes.CDLL(None).mount(b"none", b"/", None, recursive_private, None) == 0


def full(root: Path, gone: tuple[str, ...]) -> None:
    """Put the class on a full disk, without folders by whose removal a command would gain space."""
    own_mounts()
    copy = root.with_name("copy")
    shutil.copytree(root, copy)
    linux.mount("tmpfs", str(root), 0, "size=32m,mode=700")
    shutil.copytree(copy, root, dirs_exist_ok=True)
    for name in gone:
        shutil.rmtree(root / name)
    with (root / "filler").open("wb", buffering=0) as file:
        for size in (2**16, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


def read_only(root: Path) -> None:
    """A folder in which nothing can be written."""
    own_mounts()
    linux.put_over(str(root), str(root))
    remount = ctypes.c_ulong(0x20 | 0x1000 | linux.READ_ONLY)
    assert ctypes.CDLL(None, use_errno=True).mount(None, bytes(root), None, remount, None) == 0


@pytest.fixture(scope="module", autouse=True)
def may_mount() -> None:
    """Skips the test if a process may not have mounts of its own here."""
    if in_fork(Path("/"), own_mounts, "grader --version").code:
        pytest.skip("no mounts of one's own here")


@pytest.fixture
def locked(course: Path) -> Iterator[Path]:
    """A class whose gradebook is locked by another writer."""
    with sqlite3.connect(course / "gradebook.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield course
        other.execute("ROLLBACK")
    other.close()


# -- the sentences ----------------------------------------------------------------------------------------------------


def is_one_sentence(ended: Ended, command: str, *words: str) -> None:
    assert ended.code not in (0, 99), ended.out
    assert "Traceback" not in ended.out, ended.out
    ours = [line for line in ended.out.splitlines() if any(word in line for word in words)]
    assert len(ours) == 1, ended.out
    begins = "grader: " if command.startswith("grader") else ("nbgrader: ", "[")
    assert ours[0].startswith(begins), ended.out
    if command.startswith("grader"):
        assert ended.out.splitlines()[-1] == ours[0], ended.out


@pytest.mark.parametrize("command", FILES)
def test_a_full_disk(course: Path, command: str) -> None:
    before = (course / "gradebook.db").read_bytes()
    gone = ("autograded", "release") if command.startswith("nbgrader") and "--force" in command else ()
    ended = in_fork(course, lambda: full(course, gone), command)
    is_one_sentence(ended, command, "no room left")
    assert (course / "gradebook.db").read_bytes() == before


@pytest.mark.parametrize("command", FILES)
def test_a_read_only_folder(course: Path, command: str) -> None:
    ended = in_fork(course, lambda: read_only(course), command)
    is_one_sentence(ended, command, "read-only", "can't be written to")


@pytest.mark.parametrize("command", GRADEBOOK)
def test_a_damaged_gradebook(course: Path, command: str) -> None:
    (course / "gradebook.db").write_bytes(b"this is no gradebook " * 1000)
    ended = in_fork(course, lambda: None, command)
    is_one_sentence(ended, command, "the gradebook can't be used: it is damaged")
    assert (course / "gradebook.db").read_bytes() == b"this is no gradebook " * 1000


@pytest.mark.parametrize("command", GRADEBOOK)
def test_a_locked_gradebook(locked: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **named: stock(*given, **{**named, "timeout": 0.05}))
    monkeypatch.setattr(sqlite3.dbapi2, "connect", sqlite3.connect)
    ended = in_fork(locked, lambda: None, command)
    is_one_sentence(ended, command, "another program is writing into it")


def test_no_command_is_missing() -> None:
    named = {tuple(word for word in one.split()[1:] if not word.startswith("-")) for one in FILES}

    def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        for name, command in group.commands.items():
            yield (*before, name)
            if isinstance(command, click.Group):
                yield from commands(command, (*before, name))

    asked = {command for command in commands(cli.cli) if any(one[: len(command)] == command for one in named)}
    assert {" ".join(command) for command in {*commands(cli.cli)} - asked} == NOTHING_WRITTEN


@pytest.mark.parametrize("text", ['relation "grade" does not exist', "", "connection refused\nIs the server running?"])
def test_another_databases_words_are_one_line(text: str) -> None:
    from sqlalchemy.exc import OperationalError

    said = sentence(OperationalError("SELECT 1", {}, Exception(text)))
    assert said.startswith("the gradebook can't be used: ")
    assert "\n" not in said
    assert not sentence(ValueError(text))
