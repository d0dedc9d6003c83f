"""A class whose gradebook is a real PostgreSQL, started for the test on a socket in a folder of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from class_helpers import LESSON, NBGRADER, autograded, book, grades, hand_in, run
from grader_helpers import solved, student

from grader.classroom import setup

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]


def binaries() -> Path | None:
    """The folder with a server and its tools: Debian keeps them out of the path, one folder to a version."""
    places = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        Path(shutil.which("createdb") or "").parent,
    ]
    return next(
        (one for one in places if all((one / name).exists() for name in ("initdb", "postgres", "createdb"))), None
    )


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The SQLAlchemy URL of an empty database."""
    where = binaries()
    if where is None:
        assert not os.environ.get("CI"), "CI installs PostgreSQL"
        pytest.skip("no PostgreSQL on this machine")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    become: tuple[str, ...] = ()
    user = "grader"
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        become = ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    data = folder / "data"
    subprocess.run([*become, where / "initdb", "-D", data, "-U", user, "-A", "trust"], check=True, capture_output=True)
    server = subprocess.Popen(
        [*become, where / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 30
        ready = [where / "createdb", "-h", folder, "-U", user, "jwt"]
        while subprocess.run(ready, capture_output=True, check=False).returncode:
            assert time.monotonic() < end, "PostgreSQL did not start"
            time.sleep(0.1)
        yield f"postgresql+psycopg://{user}@/jwt?host={folder}"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def test_a_class_on_postgresql_is_graded_like_any_other(database: str, root: Path, tmp_path: Path) -> None:
    other = tmp_path / "postgres"
    setup.init(other, course_id="jwt", db_url=database)
    shutil.copytree(root / "submitted", other / "submitted")
    autograded(root)
    autograded(other)
    assert not (other / "gradebook.db").exists()
    assert book(other) == book(root)
    hand_in(other, "cy", solved(LESSON))
    done = run(NBGRADER, other, "autograde", LESSON, "--student", "cy", "--force")
    assert done.returncode == 0, done.stderr
    assert grades(other, "cy")["b64u_encode"] == 5
    hand_in(other, "cy", student(LESSON))
    autograded(other)
    assert grades(other, "cy")["b64u_encode"] == 0
    exported = run(NBGRADER, other, "export")
    assert exported.returncode == 0, exported.stderr
    assert "ada" in (other / "grades.csv").read_text("utf-8")
