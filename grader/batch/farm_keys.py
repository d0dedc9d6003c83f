"""A farm's certificates, and Dask's own scheduler and worker started with them.

One authority and one certificate for all: who has the folder belongs to the farm, and nobody else gets a connection.
What makes certificates is imported when they are made: each batch imports this file, and few make any.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from .. import isolated
from ..errors import GraderError
from ..files import write_new_secret

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from distributed.security import Security

DAYS = 200
"""How long the certificates are good: a term."""
AUTHORITY, CERTIFICATE, KEY = "ca.pem", "cert.pem", "key.pem"
SOON, SELDOM = 1.0, 60.0
"""Seconds until a worker whose scheduler has gone is started again: at first, and at most."""
_DIES_WITH_US = (
    "from grader.inside import linux; linux.die_with_parent({parent}); " if sys.platform.startswith("linux") else ""
)


class FarmProblem(GraderError):
    """A farm can't be reached, or something there does not fit."""


def make(folder: Path, days: int = DAYS) -> None:
    """Make the certificates in a folder that is not there yet, for its owner alone.

    Raises:
        FarmProblem: the folder is there.
        OSError: it can't be made.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise FarmProblem(f"{folder}: it is there already; a farm's keys are never overwritten") from None
    begins = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    ends = begins + datetime.timedelta(days=days)
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _signed("grader farm authority", authority.public_key(), authority, begins, ends, is_authority=True)
    own = _signed("grader farm", key.public_key(), authority, begins, ends, is_authority=False)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for name, data in (
        (AUTHORITY, root.public_bytes(serialization.Encoding.PEM)),
        (CERTIFICATE, own.public_bytes(serialization.Encoding.PEM)),
        (KEY, private),
    ):
        write_new_secret(folder / name, data.decode("ascii"))


def _signed(
    name: str,
    key: ec.EllipticCurvePublicKey,
    authority: ec.EllipticCurvePrivateKey,
    begins: datetime.datetime,
    ends: datetime.datetime,
    *,
    is_authority: bool,
) -> x509.Certificate:
    """A certificate (RFC 5280). The authority's key is thrown away: nobody can make another one."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "grader farm authority")])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(authority, hashes.SHA256())
    )


def security(folder: Path) -> Security:
    """What Dask's client needs of the certificates.

    Raises:
        FarmProblem: they are not there, or Dask is not.
    """
    _require(folder)
    from distributed.security import Security

    return Security(
        tls_ca_file=str(folder / AUTHORITY),
        tls_client_cert=str(folder / CERTIFICATE),
        tls_client_key=str(folder / KEY),
        require_encryption=True,
    )


def run_scheduler(folder: Path, host: str, port: int) -> int:
    """Run Dask's scheduler until Ctrl-C. Returns its exit code.

    Raises:
        FarmProblem: the certificates are not there, or Dask is not.
    """
    return _run("scheduler", folder, [f"--host=tls://{host}:{port}", "--no-dashboard"])


def run_worker(folder: Path, address: str, jobs: int) -> None:
    """Run Dask's workers, one process with one thread for each job, until Ctrl-C.

    They end when their scheduler does, so they are started again.

    Raises:
        FarmProblem: the certificates are not there, or Dask is not.
    """
    pause = SOON
    while True:
        started = time.monotonic()
        _run("worker", folder, [address, f"--nworkers={jobs}", "--nthreads=1", "--no-dashboard"])
        pause = SOON if time.monotonic() - started > SELDOM else min(2 * pause, SELDOM)
        time.sleep(pause)


def _run(what: str, folder: Path, arguments: list[str]) -> int:
    _require(folder)
    code = f"import sys; {_DIES_WITH_US}from distributed.cli.dask_{what} import main; sys.exit(main())"
    files = [f"--tls-ca-file={folder / AUTHORITY}", f"--tls-cert={folder / CERTIFICATE}", f"--tls-key={folder / KEY}"]
    # Its own default is to take connections without TLS where an address does not ask for it.
    environment = {**os.environ, "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"}
    command = [*isolated.run(code.format(parent=os.getpid())), *arguments, *files]
    with _ended_by_sigterm(), subprocess.Popen(command, env=environment) as process:  # noqa: S603 - our own command
        try:
            return process.wait()
        except BaseException:
            process.terminate()  # Dask ends what it has started
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()
            raise


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """In here SIGTERM is like Ctrl-C: what was started is ended, too."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _require(folder: Path) -> None:
    if find_spec("distributed") is None:
        raise FarmProblem("a farm needs the package distributed: pip install 'jwt-from-scratch[farm]'")
    if missing := [name for name in (AUTHORITY, CERTIFICATE, KEY) if not (folder / name).is_file()]:
        raise FarmProblem(f"{folder}: no {missing[0]} there; `grader farm init {folder}` makes a farm's keys")
