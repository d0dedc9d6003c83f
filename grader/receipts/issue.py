"""`grader receipts`: a receipt for each Report in a graded folder. It can be interrupted, and goes on where it was."""

from dataclasses import dataclass, field
from pathlib import Path

from jwt_from_scratch import Key

from ..batch.output_folder import refuse_foreign_in
from ..errors import NothingFound
from ..inside.values import plain_text
from ..reports.local_key import LocalKey
from .tokens import RECEIPT, NoReceipt, Unreadable, keep_or_sign, own_report, read_file, receipt_claims, report_files


@dataclass
class Issued:
    """What came of it: how many receipts were written or kept, and why some Reports have none."""

    fresh: int = 0
    kept: int = 0
    problems: list[str] = field(default_factory=list)
    is_bad: bool = False
    """Whether a Report has none for another reason than that its submission could not be read."""


def issue_all(folder: Path, key: Key, issuer: str, out: Path, local: LocalKey | None) -> Issued:
    """Sign a receipt for each Report in `folder`, into `out`, at the Report's own place there.

    Args:
        folder: what `grader grade --out` wrote.
        key: the course key.
        issuer: what the course is called.
        out: where the receipts go.
        local: the key that the Reports were kept with; None believes whatever they say.

    Raises:
        NothingFound: there is no Report.
        ForeignFile: there is a link among the receipts.
        OSError: a receipt can't be written.
    """
    refuse_foreign_in(folder / "receipts")
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
            done.problems.append(f"{plain_text(name, 500)}: {getattr(error, 'strerror', None) or error}")
            continue
        fresh = keep_or_sign(out / f"{name.removesuffix('.json')}.jwt", claims, RECEIPT, key)
        done.fresh += fresh
        done.kept += not fresh
    return done
