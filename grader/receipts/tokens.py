"""The claims of receipts and certificates, and their files."""

import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jwt_from_scratch import JWTError, Key, decode, encode
from jwt_from_scratch.encoding import b64u_encode

from ..batch.kept import NotOurs, parsed
from ..batch.output_folder import foreign
from ..files import read_file, tree, write_whole
from ..reports.local_key import LocalKey
from ..reports.report import NOT_TAKEN, UNREADABLE, Report
from ..student import NotAnId, StudentId

RECEIPT, CERTIFICATE = "grade-receipt+jwt", "course-certificate+jwt"
"""The header's typ: what kind of token it is (RFC 8725 §3.11)."""

CLAIMS = {
    RECEIPT: {
        **{"iss": str, "sub": str, "assignment": str, "score": int, "max_score": int},
        **{"submission": str, "sandbox": str, "iat": int, "jti": str},
    },
    CERTIFICATE: {"iss": str, "sub": str, "score": int, "max_score": int, "chapters": list, "iat": int, "jti": str},
}
"""The claims of each kind, and their types. A token that lacks one is refused."""


class NoReceipt(Exception):
    """A file that is not a Report, or a Report for which no receipt can be signed. The text says why."""


class Unreadable(NoReceipt):
    """A Report on a submission that could not be read: there is no grade to sign. The Report itself is valid."""


def receipt_claims(report: Report, issuer: str) -> dict[str, Any]:
    """The claims of this Report's receipt, without the time.

    `jti` derives from the grade. So a receipt that is issued again has the same one, even if all files were lost, and
    no other grade has it.

    Raises:
        NoReceipt: it names no student, or the submission could not be read or was not taken.
    """
    if report.status == NOT_TAKEN:
        raise Unreadable("the file was not taken, so there is no grade to sign")
    if report.status == UNREADABLE:
        raise Unreadable("the submission could not be read, so there is no grade to sign")
    if not _is_id(report.student):
        raise NoReceipt("it names no student; grade a folder of submissions")
    if not (0 <= report.score <= report.max_score and report.chapter and re.fullmatch("[0-9a-f]{64}", report.sha256)):
        raise NoReceipt("a score, chapter or hash in it is impossible")
    claims = {
        **{"iss": issuer, "sub": report.student, "assignment": report.chapter},
        **{"score": report.score, "max_score": report.max_score},
        **{"submission": report.sha256, "sandbox": report.sandbox},
    }
    return {**claims, "jti": _name(RECEIPT, {**claims, "grading_id": report.grading_id})}


def _is_id(student: str) -> bool:
    try:
        return StudentId.parse(student) == student
    except NotAnId:
        return False


def certificate_claims(student: str, reports: list[Report], issuer: str) -> dict[str, Any]:
    """The claims of a certificate, without the time. reports: the student's best one of each chapter."""
    chapters = [
        {"name": one.chapter, "score": one.score, "max_score": one.max_score, "sandbox": one.sandbox} for one in reports
    ]
    score, possible = sum(one.score for one in reports), sum(one.max_score for one in reports)
    claims = {"iss": issuer, "sub": student, "score": score, "max_score": possible, "chapters": chapters}
    return {**claims, "jti": _name(CERTIFICATE, {**claims, "grading_ids": [one.grading_id for one in reports]})}


def _name(typ: str, content: dict[str, Any]) -> str:
    text = json.dumps([typ, content], sort_keys=True, separators=(",", ":"))
    return b64u_encode(hashlib.sha256(text.encode()).digest()[:16])


def keep_or_sign(path: Path, claims: dict[str, Any], typ: str, key: Key) -> bool:
    """Keep the token at path if it has these claims and our signature; else write one. Returns whether it wrote one.

    Raises:
        OSError: the file can't be written.
    """
    if _says(path, claims, typ, key):
        return False
    write_whole(path, encode({**claims, "iat": int(time.time())}, key, typ=typ) + "\n")
    return True


def _says(path: Path, claims: dict[str, Any], typ: str, key: Key) -> bool:
    try:
        found = decode(read_file(path).decode("ascii").strip(), key, typ=typ, require=("iat",))
    except (OSError, ValueError, JWTError):
        return False
    del found["iat"]
    return found == claims


def as_report(data: bytes) -> Report:
    """Parse a Report.

    Raises:
        NoReceipt: it is not a Report.
    """
    try:
        return Report.from_dict(json.loads(data))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NoReceipt("not a Report") from None


def own_report(data: bytes, key: LocalKey | None) -> Report:
    """Parse a Report and check its MAC; without a key, only parse it.

    Raises:
        NoReceipt: it is not a Report, or not one that this machine kept unchanged.
    """
    report = as_report(data)
    if key is not None:
        try:
            return parsed(data, key)
        except NotOurs:
            raise NoReceipt(
                "it was not written with this machine's key, or was changed since; grade the submission here, or let "
                "--unsafe-foreign-reports believe it"
            ) from None
    return report


def report_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The Reports of a graded folder: each one's path relative to `reports/`, and its file.

    Raises:
        ForeignFile: `reports/` is a link.
    """
    root = folder / "reports"
    if root.is_symlink():
        raise foreign(root)
    found = [Path(one.path) for one in tree(root) if one.is_file(follow_symlinks=False)] if root.is_dir() else []
    for path in sorted(found):
        if path.suffix == ".json":
            yield path.relative_to(root).as_posix(), path
