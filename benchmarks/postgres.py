"""A PostgreSQL of one's own for a while: on a socket in a folder that is removed with it. The tests use it, too."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_USER = "grader"


def binaries() -> Path | None:
    """The folder with a server and its tools: Debian keeps them out of the path, one folder to a version."""
    places = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        Path(shutil.which("createdb") or "").parent,
    ]
    return next(
        (one for one in places if all((one / name).exists() for name in ("initdb", "postgres", "createdb"))), None
    )


@contextmanager
def running(where: Path) -> Iterator[str]:
    """Start a server. Yields the SQLAlchemy URL of an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    become: tuple[str, ...] = ()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        become = ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    data = folder / "data"
    subprocess.run([*become, where / "initdb", "-D", data, "-U", _USER, "-A", "trust"], check=True, capture_output=True)
    server = subprocess.Popen(
        [*become, where / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 60
        ready = [where / "createdb", "-h", folder, "-U", _USER, "jwt"]
        while subprocess.run(ready, capture_output=True, check=False).returncode:
            assert time.monotonic() < end, "PostgreSQL did not start"
            time.sleep(0.1)
        yield f"postgresql+psycopg://{_USER}@/jwt?host={folder}"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)
