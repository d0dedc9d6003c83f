"""The repository as a whole: the files that must agree with each other do."""

import json
import re
import shlex
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import click
import pytest
import yaml

from grader.cli import main as cli

REPO = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
DOCUMENTS = [
    path
    for path in (REPO / "README.md", *sorted(REPO.glob("*.md")), *sorted((REPO / "docs").rglob("*.md")))
    if path.is_file()
]
DOCUMENTS = list(dict.fromkeys(DOCUMENTS))
each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


@cache
def committed() -> tuple[Path, ...]:
    """The files that git tracks or would add; all files if there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=REPO,
            capture_output=True,
            check=True,
        ).stdout.decode()
        paths = [REPO / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in REPO.rglob("*") if not {".venv", "work", ".git"} & set(path.parts)]
    return tuple(path for path in paths if path.is_file())


def texts() -> list[tuple[str, str]]:
    found = []
    for path in committed():
        data = path.read_bytes()
        if b"\0" not in data:
            found.append((str(path.relative_to(REPO)), data.decode("utf-8", "replace")))
    return found


# -- the environments -------------------------------------------------------------------------------------------------


def split(requirement: str) -> tuple[str, str]:
    """A requirement's name, in the form that all spellings share and without its extras, and its constraint."""
    found = re.fullmatch(r"\s*([A-Za-z0-9._-]+)\s*(?:\[[\w,-]+\])?\s*([^;\[]*?)\s*(?:;.*)?", requirement)
    assert found is not None, requirement
    return re.sub(r"[-_.]+", "-", found[1]).lower(), found[2].replace(" ", "")


NOT_IN_CONDA = {"pyseccomp"}
"""What conda's channel may lack, so that pip installs it there too."""


def conda_environment() -> tuple[dict[str, str], list[str]]:
    """What conda installs, and what it has pip install."""
    environment = yaml.safe_load((REPO / "environment.yml").read_text("utf-8"))
    assert environment["channels"] == ["conda-forge"]
    (by_pip,) = [one["pip"] for one in environment["dependencies"] if isinstance(one, dict)]
    return dict(split(one) for one in environment["dependencies"] if isinstance(one, str)), by_pip


def test_conda_and_pip_ask_for_the_same() -> None:
    conda, by_pip = conda_environment()
    conda |= dict(split(one) for one in by_pip if not one.startswith("-"))
    pinned = re.fullmatch(r"=3\.(\d+)", conda.pop("python"))  # the form that repo2docker reads
    assert PROJECT["requires-python"] == ">=3.11"
    assert pinned is not None
    assert int(pinned[1]) >= 11
    assert conda.pop("pip") == ""
    assert conda == dict(split(one) for one in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["course"]))


def test_the_devcontainer_sets_up_what_everybody_else_has() -> None:
    found = json.loads((REPO / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    assert found["postCreateCommand"] == "make setup"
    version = re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:(3\.\d+)", found["image"])
    assert version is not None
    assert f"python={version[1]}" in (REPO / "environment.yml").read_text("utf-8")


def test_conda_lets_pip_install_this_project_and_what_it_lacks() -> None:
    _, by_pip = conda_environment()
    assert by_pip[-1] in ("-e .", "--no-deps -e .")
    assert {split(one)[0] for one in by_pip[:-1]} == NOT_IN_CONDA


def lock_entries() -> list[str]:
    text = (REPO / "requirements.lock").read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def test_every_pin_of_the_lock_is_exact_and_has_hashes() -> None:
    entries = lock_entries()
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9.-]*(\[[a-z,-]+\])?==[^\s;]+( |$)", entry), entry
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry


def test_the_lock_has_no_address_in_it() -> None:
    text = (REPO / "requirements.lock").read_text("utf-8")
    for bad in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", "-e ", "file:", "@ "):
        assert bad not in text


def test_everything_that_pyproject_asks_for_is_in_the_lock() -> None:
    locked = {split(entry.split("==")[0].split("[")[0])[0] for entry in lock_entries()}
    for group in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()):
        for requirement in group:
            assert split(requirement)[0] in locked, requirement


def test_the_module_alone_needs_only_cryptography() -> None:
    assert [split(one)[0] for one in PROJECT["dependencies"]] == ["cryptography"]


# -- what must not be in the repository -------------------------------------------------------------------------------

# Written in pieces, so that this file does not hold what it looks for.
PLACES = [f"/{first}/" for first in ("work", "root", "home")]
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "ana" + "conda.org"]
PATHS = re.compile(r"(?<![\w.~$}/-])(?:" + "|".join(map(re.escape, PLACES)) + r")[\w.-]+")
# A learner's path made up for a test or a text is no machine's.
MADE_UP = re.compile(r"/home/(?:ada|grace|learner|mallory|alice|bob|you|user|jovyan|runner)\b")


def test_no_absolute_path_of_a_machine_is_committed() -> None:
    for name, text in texts():
        found = [one for one in PATHS.findall(text) if not MADE_UP.match(one)]
        assert not found, (name, found)


def test_no_package_registry_is_named() -> None:
    for name, text in texts():
        for host in REGISTRIES:
            assert host not in text, (name, host)


def test_no_private_index_is_configured() -> None:
    for name, text in texts():
        if name.endswith((".toml", ".lock", ".yml", ".yaml", "Makefile", ".cfg", ".ini")) or name.startswith(".ci/"):
            assert not re.search(r"index-url\s*=|extra-index-url\s*=|PIP_INDEX|UV_INDEX|UV_DEFAULT_INDEX", text), name


def test_no_private_key_or_work_of_a_learner_is_committed() -> None:
    names = [name for name, _ in texts()]
    assert not [name for name in names if name.startswith(("work/", ".venv/")) or name.endswith((".db", ".pyc"))]
    assert not [name for name in names if Path(name).name in (".env", ".progress.json", "id_rsa")]


def test_text_files_are_utf8_with_unix_line_ends() -> None:
    bad_inputs = "tests/grader/bad_inputs/"
    for path in committed():
        name = str(path.relative_to(REPO))
        data = path.read_bytes()
        if b"\0" in data or name.startswith(bad_inputs):
            continue
        data.decode("utf-8")
        assert b"\r\n" not in data, name


# -- the documents ----------------------------------------------------------------------------------------------------


def prose(text: str) -> str:
    """Markdown without its code, where a bracket is no link."""
    text = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^( {4}|\t).*$", "", text, flags=re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-") for heading in headings}


@each_document
def test_links_lead_to_files(path: Path) -> None:
    text = path.read_text("utf-8")
    for target in re.findall(r"\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)", prose(text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{path.name}: {target}"
        assert REPO in (found, *found.parents), f"{path.name}: {target} leads out of the repository"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found.read_text("utf-8")), f"{path.name}: {target}"


@each_document
def test_pictures_have_words(path: Path) -> None:
    for alt in re.findall(r"!\[([^\]]*)\]\(", path.read_text("utf-8")):
        assert len(alt.split()) >= 3


def commands(text: str, program: str) -> list[list[str]]:
    """The uses of a program in a document: in code spans, and at the start of code lines."""
    spans = re.findall(r"`([^`\n]+)`", text)
    lines = re.findall(r"^(?: {4,}|\t|\$ )(.+)$", text, re.MULTILINE)
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    found = []
    for line in (*spans, *lines, *(line for block in blocks for line in block.splitlines())):
        line = re.sub(r"^\s*\$ ", "", line).split("  #")[0].split(" # ")[0].split("|")[0].strip()
        if line.split(" ")[0].removeprefix(".venv/bin/") == program:
            try:
                found.append(shlex.split(line)[1:])
            except ValueError:
                continue
    return found


@each_document
def test_every_grader_command_in_a_document_exists(path: Path) -> None:
    for words in commands(path.read_text("utf-8"), "grader"):
        if not words or words[0] in ("…", "...") or words[0].startswith("-"):
            continue
        assert words[0] in cli.cli.commands, f"{path.name}: grader {' '.join(words)}"
        command = cli.cli.commands[words[0]]
        if isinstance(command, click.Group) and len(words) > 1:
            assert words[1] in command.commands, f"{path.name}: grader {' '.join(words)}"
            command = command.commands[words[1]]
        options = {one for parameter in command.params for one in parameter.opts} | {"-h", "--help"}
        for word in words[1:]:
            if re.match(r"--?[a-z]", word):
                assert word.split("=")[0] in options, f"{path.name}: grader {' '.join(words)}"


@each_document
def test_every_make_target_in_a_document_exists(path: Path) -> None:
    makefile = (REPO / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    for words in commands(path.read_text("utf-8"), "make"):
        for word in words:
            if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-"):
                assert word in targets, f"{path.name}: make {' '.join(words)}"


def test_the_makefile_describes_its_targets_and_calls_what_exists() -> None:
    makefile = (REPO / "Makefile").read_text("utf-8")
    phony = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split())
    described = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert phony == described
    assert {"lab", "test", "notebooks", "bench"} <= described
    for name in re.findall(r"\$\(BIN\)/grader ([a-z]+)", makefile):
        assert name in cli.cli.commands


def test_the_console_script_is_there() -> None:
    assert PROJECT["scripts"] == {"grader": "grader.__main__:main"}
    assert callable(cli.main)


@pytest.mark.parametrize(
    "name",
    ["README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/ARCHITECTURE.md", ".gitignore"],
)
def test_the_usual_files_are_there_and_not_empty(name: str) -> None:
    assert (REPO / name).stat().st_size > (10 if name == ".gitignore" else 200)


def test_the_licence_is_the_one_that_pyproject_names() -> None:
    assert PROJECT["license"] == "MIT"
    assert (REPO / "LICENSE").read_text("utf-8").lstrip().startswith("MIT License")


def test_no_file_of_the_checks_is_too_long_to_read_at_once() -> None:
    lengths = {
        str(path.relative_to(REPO)): len(path.read_text("utf-8").splitlines())
        for room in ("checks", "judging")
        for path in sorted((REPO / "grader" / room).rglob("*.py"))
    }
    assert {name: lines for name, lines in lengths.items() if lines > 550} == {}
