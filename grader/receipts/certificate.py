"""`grader certificate`: one token for a student who has handed in every lesson."""

from pathlib import Path

from jwt_from_scratch import Key

from ..batch.output_folder import refuse_foreign_in
from ..course.masters import chapter_names
from ..errors import GraderError, NothingFound
from ..files import read_file
from ..reports.local_key import LocalKey
from ..reports.report import Report
from ..student import StudentId, readable
from .tokens import (
    CERTIFICATE,
    NoReceipt,
    Unreadable,
    as_report,
    certificate_claims,
    keep_or_sign,
    own_report,
    receipt_claims,
    report_files,
)


class LessonsMissing(GraderError):
    """Lessons that were not handed in. The text names them."""


def certify(folder: Path, student: str, key: Key, issuer: str, local: LocalKey | None, out: Path | None = None) -> Path:
    """Sign a certificate, unless there is one that says the same. Returns its path.

    If a student has several graded Reports on a lesson, the best one counts.

    Args:
        folder: the folder that `grader grade --out` wrote.
        student: the student's id in the Reports.
        key: the course key.
        issuer: the course's name, for `iss`.
        local: the key of the Reports' MACs; None accepts Reports without checking them.
        out: the certificate's file; by default one in `folder`.

    Raises:
        NotAnId: student is not a valid id.
        NothingFound: there is no Report of this student.
        LessonsMissing: a lesson is missing.
        ForeignFile: there is a link in the folder of certificates.
        OSError: the file can't be written.
    """
    refuse_foreign_in(folder / "certificates")
    who = StudentId.parse(student)
    best, unfit = _best(folder, who, issuer, local)
    problems = f" ({'; '.join(unfit[:3])})" if unfit else ""
    if not best:
        raise NothingFound(f"{folder}: no Report of a student called {readable(who)!r}{problems}")
    if missing := [name for name in chapter_names() if name not in best]:
        raise LessonsMissing(f"{readable(who)} has not handed in: {', '.join(missing)}{problems}")
    path = out or folder / "certificates" / f"{who.file_name}.jwt"
    claims = certificate_claims(who, [best[name] for name in chapter_names()], issuer)
    keep_or_sign(path, claims, CERTIFICATE, key)
    return path


def _best(folder: Path, student: StudentId, issuer: str, local: LocalKey | None) -> tuple[dict[str, Report], list[str]]:
    """The student's best Report of each chapter, and the reasons why others of the student's do not count."""
    best: dict[str, Report] = {}
    unfit = []
    for name, path in report_files(folder):
        try:
            data = read_file(path)
            if as_report(data).student != student:
                continue
            report = own_report(data, local)
            receipt_claims(report, issuer)  # a Report that can't have a receipt does not count here either
        except Unreadable:
            continue
        except (NoReceipt, OSError) as error:
            unfit.append(f"{readable(name, 500)}: {getattr(error, 'strerror', None) or error}")
            continue
        if report.chapter not in best or best[report.chapter].score < report.score:
            best[report.chapter] = report
    return best, unfit
