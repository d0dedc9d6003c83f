"""A submission as it travels to a farm: bytes, because machines of a farm share no folder."""

from __future__ import annotations

from dataclasses import dataclass

from ..engine.rebuild import read_regular
from ..errors import BadSubmission
from .collect import Found


@dataclass(frozen=True)
class Parcel:
    """A submission on its way to a worker: what `Found` says of a file, without a file."""

    name: str
    student: str
    data: bytes
    problem: str
    master: tuple[str, bytes] | None
    """The file name and the bytes of a class's own master."""

    @classmethod
    def of(cls, found: Found) -> Parcel:
        """Read a submission."""
        problem, data = found.problem, b""
        if not problem:
            try:
                data = read_regular(found.path)
            except BadSubmission as error:
                problem = str(error).removeprefix(f"{found.path}: ")
        master = (found.master.name, found.master.read_bytes()) if found.master else None
        return cls(found.name, found.student, data, problem, master)
