"""`grader receipts`: a receipt for each Report in a graded folder. After an interruption, the next run goes on."""

from dataclasses import dataclass, field
from pathlib import Path

from jwt_from_scratch import Key

from ..batch.output_folder import refuse_foreign_in
from ..errors import NothingFound
from ..files import read_file
from ..reports.local_key import LocalKey
from ..student import readable
from .tokens import RECEIPT, NoReceipt, Unreadable, keep_or_sign, own_report, receipt_claims, report_files


@dataclass
class Issued:
    """How many receipts were written or kept, and why some Reports have none."""

    fresh: int = 0
    kept: int = 0
    problems: list[str] = field(default_factory=list)
    is_bad: bool = False
    """Whether a Report has no receipt for a reason other than an unreadable submission."""


def issue_all(folder: Path, key: Key, issuer: str, out: Path, local: LocalKey | None) -> Issued:
    """Sign a receipt for each Report in `folder`, into `out`, at the Report's relative path.

    Args:
        folder: the folder that `grader grade --out` wrote.
        key: the course key.
        issuer: the course's name, for `iss`.
        out: the folder of the receipts.
        local: the key of the Reports' MACs; None accepts Reports without checking them.

    Raises:
        NothingFound: there is no Report.
        ForeignFile: `out` holds a link, or something that the grader did not write.
        OSError: a receipt can't be written.
    """
    refuse_foreign_in(out)
    done, found = Issued(), list(report_files(folder))
    if not found:
        raise NothingFound(
            f"{folder}: no Report in {folder / 'reports'}; name a folder that `grader grade --out` wrote"
        )
    for name, path in found:
        try:
            report = own_report(read_file(path), local)
            claims = receipt_claims(report, issuer)
        except (NoReceipt, OSError) as error:
            done.is_bad |= not isinstance(error, Unreadable)
            reason, there = getattr(error, "strerror", None) or error, _place(out, name)
            left = f"; an earlier grade's receipt is still there: {there}" if there.exists() else ""
            done.problems.append(f"{readable(name, 500)}: {reason}{readable(left, 500)}")
            continue
        fresh = keep_or_sign(_place(out, name), claims, RECEIPT, key)
        done.fresh += fresh
        done.kept += not fresh
    return done


def _place(out: Path, report: str) -> Path:
    """Where the receipt of a Report is."""
    return out / f"{report.removesuffix('.json')}.jwt"
