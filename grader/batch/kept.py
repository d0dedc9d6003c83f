"""What is kept of a graded submission: its Report and, for a class, its cells, each under this machine's key.

Submissions may lie beside the output folder, or come with one. So a file there is believed only if its MAC is right;
the one of the cells covers the Report's, so that they belong together.
"""

import hmac
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..engine.grade import Graded, Ran
from ..files import write_whole
from ..reports.local_key import LocalKey
from ..reports.report import Report

_CELLS = "cells"


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
        return parsed(self.report.read_bytes(), key)

    def read(self, key: LocalKey) -> Graded:
        """The Report and the cells.

        Raises:
            OSError: one is not there.
            NotOurs: a MAC is wrong, or it is something else.
        """
        report = self.read_report(key)
        data = self.cells.read_bytes()
        try:
            found = json.loads(data)
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
        report = Report.from_dict(json.loads(data))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotOurs("not a Report") from None
    if not report.is_ours(key):
        raise NotOurs("not written with this machine's key, or changed since")
    return report


def _mac_of_cells(report: Report, cells: object, key: LocalKey) -> str:
    return key.mac(_CELLS, json.dumps([report.mac, cells], sort_keys=True).encode())
