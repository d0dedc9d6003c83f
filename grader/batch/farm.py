"""A batch on other machines, by Dask's scheduler and workers: submissions go there as bytes, Reports come back.

This process alone writes. A worker grades one submission at a time; some more wait there, never all of them, because
the scheduler would hold them in memory. All talk by TLS, with the certificates of `farm_keys`: whoever has those may
run any code on the workers. Dask is an optional package, so it is imported only when it is needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SandboxError
from ..reports.report import versions
from .farm_keys import FarmProblem, security
from .farm_parcel import Parcel

if TYPE_CHECKING:
    from distributed import Client, Future

    from ..engine.grade import Graded, Options
    from .pool import Task

WINDOW = 4
"""Submissions that wait at each worker. One is graded in some 100 ms, and the way there and back takes a few."""
PATIENCE = 60.0
"""Seconds to wait for the scheduler, and for a first worker."""
COUNTED = 1.0
"""Seconds for which a count of the workers holds. The scheduler is asked for it, and tells all of each worker."""


@dataclass(frozen=True)
class Farm:
    """Where a farm is.

    Attributes:
        address: of its scheduler, `tls://host:port`.
        keys: the folder with its certificates; see `farm_keys`.
    """

    address: str
    keys: Path

    def pool(self, options: Options) -> FarmPool:
        """Connect, and get the workers ready to grade so.

        Raises:
            FarmProblem: it can't be reached, has no worker, or one of another version.
            SandboxError: a worker has no sandbox.
        """
        return FarmPool(self, options)


class FarmPool:
    """A pool whose workers are on a farm."""

    def __init__(self, farm: Farm, options: Options) -> None:
        self._farm, self._options = farm, options
        self._jobs = 0
        self._workers, self._counted = 1, 0.0
        self._tasks: dict[Future[Any], Task] = {}
        self._client = _connected(farm)
        try:
            self._name = _equip(self._client, options)
        except BaseException:
            self.close()
            raise

    def resize(self, jobs: int) -> None:
        """See `Pool`."""
        self._jobs = jobs

    def has_room(self) -> bool:
        """See `Pool`."""
        if time.monotonic() > self._counted + COUNTED:
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
            self._workers, self._counted = max(1, len(workers)), time.monotonic()
        return len(self._tasks) < min(self._jobs, WINDOW * self._workers)

    def give(self, task: Task) -> None:
        """See `Pool`."""
        from .farm_worker import grade_parcel

        future = self._client.submit(grade_parcel, Parcel.of(task.found), self._name, versions(), pure=False)
        self._tasks[future] = task

    def take(self) -> list[tuple[Task, Graded | None]]:
        """See `Pool`."""
        from distributed import wait
        from distributed.client import FuturesCancelledError
        from distributed.comm.core import CommClosedError

        # A future that is cancelled is done; `_result` says so below.
        with contextlib.suppress(TimeoutError, FuturesCancelledError), self._client.as_current():
            wait(list(self._tasks), timeout=1.0, return_when="FIRST_COMPLETED")
        taken = []
        for future in [future for future in self._tasks if future.done()]:
            # Its worker may have gone with the answer; then it is not done any more, and graded by another one.
            with contextlib.suppress(TimeoutError, CommClosedError):
                taken.append((self._tasks[future], self._result(future)))
                del self._tasks[future]
        if not taken and self._client.status != "running":
            raise self._gone()
        return taken

    def close(self) -> None:
        """See `Pool`."""
        self._tasks.clear()
        with contextlib.suppress(Exception):  # it may be gone, which is what is wanted
            self._client.close(timeout=5)

    def _result(self, future: Future[Any]) -> Graded | None:
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker

        try:
            graded: Graded = future.result(timeout=10)
        except KilledWorker:
            return None
        except FutureCancelledError:
            raise self._gone() from None
        return graded

    def _gone(self) -> FarmProblem:
        return FarmProblem(f"{self._farm.address}: the scheduler is gone; what was graded is kept, so try again later")


def _connected(farm: Farm) -> Client:
    keys = security(farm.keys)
    from distributed import Client

    # What happens to a connection is said here in a sentence; Dask would print a traceback as well.
    for name in ("distributed", "distributed.client", "tornado.application"):  # which have levels of their own
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)

    if not farm.address.startswith("tls://"):
        raise FarmProblem(f"{farm.address}: a farm's address begins with tls://, such as tls://node1:8786")
    try:
        client = Client(farm.address, security=keys, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        why = str(error) or type(error).__name__
        raise FarmProblem(f"{farm.address}: no scheduler answers there with these certificates ({why})") from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close(timeout=5)
        raise FarmProblem(f"{farm.address}: it has no worker; start one by `grader farm worker`") from None
    return client


def _equip(client: Client, options: Options) -> str:
    """Give each worker its grader, also those that come later. Returns its name there."""
    from .farm_worker import Graders, difference, problem_at, versions_there

    for address, theirs in sorted(client.run(versions_there).items()):
        if theirs != versions():
            raise FarmProblem(
                f"{address}: {difference(theirs, versions())}; install the same there, and start it again"
            )
    name = f"grader-{hashlib.sha256(repr((options, options.secret, options.inputs_key)).encode()).hexdigest()[:16]}"
    client.register_plugin(Graders(options, name), name=name)
    problems = client.run(problem_at, name)
    for address, problem in sorted(problems.items()):
        if problem:
            raise SandboxError(f"{address}: {problem}")
    return name
