"""What runs on a farm's workers: a grader that is made once, and the grading of what comes as bytes.

Only a process that has Dask imports this.
"""

import tempfile
from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker

from ..engine.grade import Graded, Grader, Options, proved_grader
from ..errors import SandboxError
from ..reports.report import versions
from .farm_keys import FarmProblem
from .farm_parcel import Parcel


class Graders(WorkerPlugin):
    """A worker's grader. Dask makes it in the worker's main thread, and the sandbox dies with the thread that made it.

    Args:
        options: how to grade.
        name: what the plugin is called, another name for other options.
    """

    idempotent = True

    def __init__(self, options: Options, name: str) -> None:
        self.options, self.name = options, name
        self.problem = ""
        self.grader: Grader | None = None

    def setup(self, worker: Worker) -> None:
        """Make the grader. What is wrong is kept, for Dask would only log it."""
        if worker.state.nthreads != 1:
            self.problem = f"it has {worker.state.nthreads} threads and must have one: start it by `grader farm worker`"
            return
        try:
            self.grader = proved_grader(self.options)
        except SandboxError as error:
            self.problem = str(error)

    def teardown(self, worker: Worker) -> None:
        """End the grader."""
        if self.grader:
            self.grader.close()


def versions_there() -> dict[str, str]:
    """What this worker would grade with."""
    return versions()


def problem_at(name: str, dask_worker: Worker) -> str:
    """Why a worker can't grade, or ""."""
    plugin = dask_worker.plugins.get(name)
    return plugin.problem if isinstance(plugin, Graders) else "it could not be made ready; its log says why"


def difference(theirs: dict[str, str], ours: dict[str, str]) -> str:
    """In which versions a worker and the command are not the same, in words."""
    return ", ".join(
        f"it has {name} {theirs.get(name, 'in no version')}, this command {ours.get(name, 'none')}"
        for name in sorted({*theirs, *ours})
        if theirs.get(name) != ours.get(name)
    )


def grade_parcel(parcel: Parcel, plugin: str, wanted: dict[str, str]) -> Graded:
    """Grade a submission on a worker.

    Args:
        parcel: the submission.
        plugin: the name of the worker's grader.
        wanted: the versions of the command that asks.

    Raises:
        FarmProblem: this worker came later, and has another version.
        SandboxError: it has no sandbox.
    """
    worker = get_worker()
    if versions() != wanted:
        raise FarmProblem(f"{worker.address}: {difference(versions(), wanted)}; install the same there")
    mine = worker.plugins.get(plugin)
    if not isinstance(mine, Graders) or mine.grader is None:
        raise SandboxError(f"{worker.address}: {problem_at(plugin, worker)}")
    with tempfile.TemporaryDirectory(dir=worker.local_directory) as folder:
        return grade_bytes(mine.grader, parcel, Path(folder))


def grade_bytes(grader: Grader, parcel: Parcel, folder: Path) -> Graded:
    """Grade a submission that came as bytes, in an empty folder."""
    if parcel.problem:
        return grader.unreadable(parcel.problem, name=parcel.name, student=parcel.student)
    path = folder / "submission.ipynb"
    path.write_bytes(parcel.data)
    return grader.grade_or_say_why(path, name=parcel.name, student=parcel.student, master=_master(parcel, folder))


def _master(parcel: Parcel, folder: Path) -> Path | None:
    if parcel.master is None:
        return None
    name, data = parcel.master
    path = folder / "master" / name
    path.parent.mkdir()
    path.write_bytes(data)
    return path
