"""`grader grade DIR`: find the submissions, grade them, write what people read."""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Task as ProgressTask
from rich.text import Text

from ..engine.grade import Options
from ..errors import NothingFound
from ..files import alone_in, tree, write_whole
from ..reports.local_key import LocalKey, local_key
from ..reports.overview import overview_html
from ..reports.report import Report
from ..reports.summary import summary_csv
from ..student import readable
from .collect import Found, look_through
from .farm import Farm
from .output_folder import UNPACKED, foreign, refuse_foreign
from .workers import grade_batch, report_paths

SAID_EVERY = 60
"""Seconds between two lines on how far it is, where there is no terminal: some pipelines end what says nothing."""


@dataclass(frozen=True)
class Shard:
    """One of several parts of a batch, each graded by a call of its own, perhaps on a machine of its own.

    All see the same submissions and write into the same output folder, each the Reports of its own part. A last call
    without a shard finds them all there, grades what is missing, and writes what people read.

    Attributes:
        number: which one, from 1 on.
        count: how many there are.
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """A shard as people write it, "2/8".

        Raises:
            ValueError: it is none.
        """
        found = re.fullmatch(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})", text, re.ASCII)
        if not found or int(found[1]) > int(found[2]):
            raise ValueError(f"{text!r} is no shard; write I/N, from 1/N to N/N, such as 2/8")
        return cls(int(found[1]), int(found[2]))

    def takes(self, found: Found) -> bool:
        """Whether this submission is in this part. Its name alone decides, so others may come and go meanwhile."""
        digest = hashlib.sha256(found.name.encode()).digest()
        return int.from_bytes(digest) % self.count == self.number - 1


WHOLE = Shard(1, 1)


def run_batch(
    targets: Sequence[Path],
    out: Path,
    options: Options,
    jobs: int | None = None,
    shard: Shard = WHOLE,
    farm: Farm | None = None,
) -> list[Report]:
    """Grade all submissions in some folders, zip files and notebooks, or one shard of them.

    Args:
        targets: what to grade.
        out: gets `reports/`, `summary.csv` and `index.html`; Reports that this machine kept there stay.
        options: how to grade.
        jobs: how many at a time; one per processor, if not given.
        shard: which of them; what people read is written for the whole alone.
        farm: other machines that grade in the place of this one.

    Raises:
        NothingFound: there is nothing at all.
        ForeignFile: there is a link in `out`, or something that the grader did not write.
        SandboxError: the sandbox is missing, does not hold, or broke.
        OSError: a target can't be read or a result can't be written.
    """
    refuse_foreign(out, targets)
    key = local_key((out, *targets))
    with submissions_in(targets, out, shard) as found:
        reports = grade_found(found, out, options, jobs, key, shard, farm)
    if shard == WHOLE:
        write_summaries(out, reports)
        _tell_of_others(found, out / "reports")
    return reports


@contextmanager
def submissions_in(targets: Sequence[Path], out: Path, shard: Shard = WHOLE) -> Iterator[list[Found]]:
    """What is in some folders, zip files and notebooks; what comes out of zip files is in `out` meanwhile.

    Raises:
        NothingFound: there is nothing at all.
        AtWork: another command grades into `out`.
        OSError: a target can't be read.
    """
    with _unpacked(out / (UNPACKED if shard == WHOLE else f"{UNPACKED}-{shard.number}-of-{shard.count}")) as unpacked:
        found = look_through(targets, unpacked, out)
        if not found:
            raise NothingFound(f"{targets[0]}: no notebook and no zip file in it")
        yield found


def grade_found(
    found: list[Found],
    out: Path,
    options: Options,
    jobs: int | None,
    key: LocalKey,
    shard: Shard = WHOLE,
    farm: Farm | None = None,
) -> list[Report]:
    """Grade submissions that were found, with a progress bar; Reports in `out` that are up to date are kept.

    What is kept is sealed with the key, and what was not sealed with it is graded again.

    Raises:
        SandboxError: the sandbox is missing, does not hold, or broke.
        OSError: a Report can't be written.
    """
    not_ours: list[Path] = []
    grade = partial(
        grade_batch, options=options, jobs=jobs or processors(), key=key, not_ours=not_ours.append, farm=farm
    )
    reports = _with_progress(found, shard, partial(grade, found, out / "reports", takes=shard.takes))
    for text in _remarks(not_ours, key):
        _say(text)
    return reports


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write_summaries(out: Path, reports: list[Report]) -> None:
    """Write what people read of a batch.

    Raises:
        OSError: a file can't be written.
    """
    write_whole(out / "summary.csv", summary_csv(reports))
    write_whole(out / "index.html", overview_html(reports))


@contextmanager
def _unpacked(folder: Path) -> Iterator[Path]:
    """A folder for what comes out of zip files. It lies in `out`, so that even after a kill it is found and removed.

    Two commands at once would empty it for each other, so the second one is refused.

    Raises:
        AtWork: another command is at work in it.
        ForeignFile: there is a folder in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        for path in folder.iterdir():  # what a command that was killed has left
            if path.is_dir() and not path.is_symlink():
                raise foreign(path)
            path.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _with_progress(found: list[Found], shard: Shard, grade: Callable[..., list[Report]]) -> list[Report]:
    console = Console(stderr=True)
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), _Rate())
    kept, looked_at, total, said = 0, 0, sum(map(shard.takes, found)), time.monotonic()
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=total)

        def done(report: Report, fresh: bool) -> None:
            nonlocal kept, looked_at, said
            kept, looked_at = kept + (not fresh), looked_at + 1
            progress.advance(bar)
            if not console.is_terminal and time.monotonic() - said >= SAID_EVERY:
                said = time.monotonic()
                _say(f"grading: {looked_at} of {total}")

        reports = grade(done=done)
    if kept:
        number = sum(not one.not_taken and shard.takes(one) for one in found)
        console.print(f"{kept} of {number} had been graded before", highlight=False)
    return reports


def _tell_of_others(found: list[Found], folder: Path) -> None:
    """Say which Reports there are of no file in this batch: it is gone or renamed, or it was another batch's."""
    known = set(report_paths(one.name for one in found))
    there = (entry.path[len(str(folder)) + 1 :] for entry in tree(folder) if entry.is_file(follow_symlinks=False))
    others = sorted(name for name in there if name.endswith(".json") and name not in known)
    if others:
        names = ", ".join(readable(name, 200) for name in others[:3]) + (", ..." if len(others) > 3 else "")
        _say(
            f"{len(others)} more in {readable(str(folder), 200)} of no file that lay here now ({names}): "
            "receipts and certificates count them, so delete what does not count any more"
        )


def _say(text: str) -> None:
    Console(stderr=True, emoji=False).print(text, highlight=False, markup=False, soft_wrap=True)


def _remarks(not_ours: list[Path], key: LocalKey) -> Iterator[str]:
    if not_ours:
        names = ", ".join(readable(str(path), 200) for path in not_ours[:3]) + (", ..." if len(not_ours) > 3 else "")
        yield f"{len(not_ours)} graded again: results not written with this machine's key, or changed since ({names})"
    if key.problem:
        yield f"the next run will grade all of this again: no key can be kept ({readable(key.problem, 500)})"


class _Rate(ProgressColumn):
    """How many a second: worked out when it is drawn, for that takes longer than to look at a Report."""

    def render(self, task: ProgressTask) -> Text:
        """The rate, once there is one."""
        return Text(f"{task.speed:.1f} per second" if task.speed else "")
