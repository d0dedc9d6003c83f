"""The browser edition's packages, and the list of them."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.site import lite, wheels
from grader.site.lock import lock
from grader.site.problem import SiteError


def names_in(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_a_package_comes_with_what_it_needs_and_without_what_was_compiled() -> None:
    made = wheels.of_environment(("jinja2",), {})
    assert sorted(name.split("-")[0] for name in made) == ["jinja2", "markupsafe"]
    for content in made.values():
        assert not [name for name in names_in(content) if name.endswith((".so", ".pyc", ".pth")) or ".." in name]
    assert made == wheels.of_environment(("jinja2",), {})  # byte for byte


def of_jedi() -> bytes:
    (content,) = (content for name, content in wheels.of_environment(("jedi",), {}).items() if name.startswith("jedi"))
    return content


def test_types_of_packages_that_no_lesson_has_are_left_out() -> None:
    with zipfile.ZipFile(io.BytesIO(of_jedi())) as archive:
        inside = names_in(archive.read("jedi/packed.zip"))
    third_party = {name.split("/")[2] for name in inside if name.startswith("third_party/typeshed/")}
    assert "stdlib" in third_party
    assert "stubs" not in third_party
    assert len(inside) < 1000


def test_a_late_package_unpacks_itself_when_it_is_imported(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(of_jedi())) as archive:
        archive.extractall(tmp_path)
    assert sorted(path.name for path in (tmp_path / "jedi").iterdir()) == ["__init__.py", "packed.zip"]
    program = "import jedi.api, jedi; print(jedi.__file__, jedi.Script('import js').complete()[0].name)"
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(tmp_path / "jedi" / "__init__.py"), "json"]


def test_piplite_asks_no_other_host() -> None:
    made = wheels.of_kernel(lite._LABEXTENSIONS / lite._EXTENSION)
    (piplite,) = (content for name, content in made.items() if name.startswith("piplite"))
    with zipfile.ZipFile(io.BytesIO(piplite)) as archive:
        assert b"\n_PIPLITE_DISABLE_PYPI = True\n" in archive.read("piplite/piplite.py")


def test_what_others_bring_is_not_made_again() -> None:
    jinja = wheels.of_environment(("jinja2",), {})
    markupsafe = {name: content for name, content in jinja.items() if name.startswith("markupsafe")}
    assert [name.split("-")[0] for name in wheels.of_environment(("jinja2",), markupsafe)] == ["jinja2"]


def test_another_version_than_the_pinned_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_pinned_versions", lambda: {"flask": {"0.1"}})
    with pytest.raises(SiteError, match=r"flask .* requirements\.lock has 0\.1"):
        wheels.of_environment(("flask",), {})


def test_a_package_that_is_not_installed_is_a_sentence() -> None:
    with pytest.raises(SiteError, match="'no-such-package' is missing"):
        wheels.of_environment(("no-such-package",), {})


@pytest.mark.parametrize(
    ("requirement", "needed"),
    [
        ("six>=1", ["six"]),
        ('colorama; sys_platform == "win32"', []),
        ('psutil; sys_platform != "emscripten"', []),
        ('typing_extensions; python_version < "3.12"', []),
        ('Foo.Bar[more]>=2; extra == "test"', []),
        ("Foo.Bar[more]>=2", ["foo-bar"]),
    ],
)
def test_markers_are_asked_about_a_browser(requirement: str, needed: list[str]) -> None:
    assert wheels.needs([requirement]) == needed


def test_the_course_comes_without_masters_and_without_the_graders_engine() -> None:
    ((name, content),) = wheels.of_course().items()
    inside = names_in(content)
    assert "grader/learner/lesson.py" in inside
    assert "grader/notebooks/01_encoding.ipynb" in inside
    assert not [one for one in inside if one.startswith(("grader/engine", "grader/notebooks/source", "grader/cli"))]
    version, build, *_ = name.removeprefix("jwt_from_scratch-").split("-")
    assert version
    assert build.isdigit()


def test_no_notebook_of_the_course_has_a_solution() -> None:
    ((_, content),) = wheels.of_course().items()
    archive = zipfile.ZipFile(io.BytesIO(content))
    for name in archive.namelist():
        if name.endswith((".ipynb", ".md")):
            assert b"BEGIN SOLUTION" not in archive.read(name), name


def test_the_lock_says_what_is_imported_from_where() -> None:
    made = wheels.of_course() | wheels.stand_in()
    made |= wheels.of_environment(("jinja2",), made)
    packages: dict[str, Any] = json.loads(lock(made, ("jinja2",)))["packages"]
    project = packages["jwt-from-scratch"]
    assert project["imports"] == ["grader", "jwt_from_scratch"]
    assert project["depends"] == ["cryptography", "jinja2"]
    assert packages["cryptography"]["depends"] == ["ecdsa"]
    assert packages["jinja2"]["file_name"] in made
    assert all(one["sha256"] and one["install_dir"] == "site" for one in packages.values())


def test_a_lock_with_a_gap_is_refused() -> None:
    with pytest.raises(SiteError, match="lacks cryptography, numpy"):
        lock(wheels.of_course(), ("numpy",))
