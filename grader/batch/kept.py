"""What is kept of a graded submission: its Report and, for a class, its cells, each under this machine's key.

Submissions may lie beside the output folder, or come with one. So a file there is believed only if its MAC is right;
the one of the cells covers the Report's, so that they belong together.
"""

import hmac
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..engine.budget import brackets
from ..engine.grade import Graded, Ran
from ..files import MAX_FILE, TooLarge, read_file, write_whole
from ..reports.local_key import LocalKey
from ..reports.report import Report

_CELLS = "cells"
_MAX_CELLS = 50_000_000
"""Bytes of a submission's cells: more than what the budget of a submission lets be shown."""
_MAX_BRACKETS = 4_000_000
"""Brackets and braces in a kept file. What is shown may hold some itself."""


class NotOurs(Exception):
    """A file that was not written with this machine's key, or was changed since."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The Report and the cells of one submission, as files."""

    report: Path
    cells: Path

    def read_report(self, key: LocalKey) -> Report:
        """The Report.

        Raises:
            OSError: it is not there.
            NotOurs: its MAC is wrong, or it is no Report.
        """
        return parsed(_bytes(self.report, MAX_FILE), key)

    def read(self, key: LocalKey) -> Graded:
        """The Report and the cells.

        Raises:
            OSError: one is not there.
            NotOurs: a MAC is wrong, or it is something else.
        """
        report = self.read_report(key)
        data = _bytes(self.cells, _MAX_CELLS)
        try:
            found = _loaded(data)
            mac, cells = found["mac"], found["cells"]
            if not hmac.compare_digest(str(mac).encode(), _mac_of_cells(report, cells, key).encode()):
                raise NotOurs(f"{self.cells}: not written with this machine's key, or changed since")
            return Graded(report, [Ran(**one) for one in cells])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise NotOurs(f"{self.cells}: not the cells of a submission") from None

    def write(self, graded: Graded, key: LocalKey, *, with_cells: bool = True) -> Graded:
        """Keep something else, each file whole or not at all. Returns it with its MAC.

        Raises:
            OSError: a file can't be written.
        """
        report = graded.report.sealed(key)
        if with_cells:
            cells = [asdict(cell) for cell in graded.cells]
            write_whole(self.cells, json.dumps({"mac": _mac_of_cells(report, cells, key), "cells": cells}) + "\n")
        write_whole(self.report, json.dumps(report.to_dict(), indent=2) + "\n")
        return replace(graded, report=report)


def parsed(data: bytes, key: LocalKey) -> Report:
    """The Report in a file's bytes.

    Raises:
        NotOurs: its MAC is wrong, or it is no Report.
    """
    try:
        report = Report.from_dict(_loaded(data))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotOurs("not a Report") from None
    if not report.is_ours(key):
        raise NotOurs("not written with this machine's key, or changed since")
    return report


def _bytes(path: Path, most: int) -> bytes:
    """A file's bytes.

    Raises:
        OSError: it can't be read.
        NotOurs: it is larger than what we write.
    """
    try:
        return read_file(path, most)
    except TooLarge:
        raise NotOurs(f"{path}: too large") from None


def _loaded(data: bytes) -> Any:
    """What is in a JSON file.

    Raises:
        ValueError, RecursionError: it is no JSON, or more than there can be.
    """
    if brackets(data) > _MAX_BRACKETS:
        raise ValueError("too much")
    return json.loads(data)


def _mac_of_cells(report: Report, cells: object, key: LocalKey) -> str:
    return key.mac(_CELLS, json.dumps([report.mac, cells], sort_keys=True).encode())
