"""`grader certificate`: one token for a student who has handed in every lesson."""

from pathlib import Path

from jwt_from_scratch import Key

from ..batch.run import Nothing
from ..course.masters import chapter_names
from ..inside.values import plain_text
from ..reports.report import Report
from ..student import StudentId
from .tokens import (
    CERTIFICATE,
    Unfit,
    as_report,
    certificate_claims,
    keep_or_sign,
    read_file,
    receipt_claims,
    report_files,
)


class Incomplete(Exception):  # noqa: N818 - it says what is wrong
    """Lessons that were not handed in. The text names them."""


def certify(folder: Path, student: str, key: Key, issuer: str, out: Path | None = None) -> Path:
    """Sign a certificate, unless the one that is there says the same already. Returns its path.

    Where a student has two graded Reports on a lesson, the better one counts.

    Raises:
        NotAnId: nobody can be called so.
        Nothing: there is no Report of this student.
        Incomplete: a lesson is missing.
        OSError: the file can't be written.
    """
    who = StudentId.parse(student)
    best = _best(folder, who, issuer)
    if not best:
        raise Nothing(f"{folder}: no Report of a student called {plain_text(who)!r}")
    if missing := [name for name in chapter_names() if name not in best]:
        raise Incomplete(f"{plain_text(who)} has not handed in: {', '.join(missing)}")
    path = out or folder / "certificates" / f"{who.file_name}.jwt"
    claims = certificate_claims(who, [best[name] for name in chapter_names()], issuer)
    keep_or_sign(path, claims, CERTIFICATE, key)
    return path


def _best(folder: Path, student: StudentId, issuer: str) -> dict[str, Report]:
    best: dict[str, Report] = {}
    for _, path in report_files(folder):
        try:
            report = as_report(read_file(path))
            receipt_claims(report, issuer)  # what is not fit for a receipt counts for nothing here
        except (Unfit, OSError):
            continue
        if report.student == student and (report.chapter not in best or best[report.chapter].score < report.score):
            best[report.chapter] = report
    return best
