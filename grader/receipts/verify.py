"""`grader verify-receipt`: is a receipt genuine, and what does it say?"""

import datetime
from pathlib import Path
from typing import Any, NamedTuple

from jwt_from_scratch import JWTError, KeySet, decode, verify

from ..errors import REFUSED, GraderError
from ..files import read_file
from ..inside.values import plain_text
from ..reports.report import Report
from .keys import ALG
from .tokens import CERTIFICATE, CLAIMS, RECEIPT, NoReceipt, as_report, receipt_claims

_LEEWAY = 60
"""Seconds that our clock may be behind the issuer's."""


class NotGenuine(GraderError):
    """A token that is not genuine, or not the one asked for. The text is one line."""

    code = REFUSED

    def sentence(self) -> str:
        """The text, after "refused: "."""
        return f"refused: {self}"


class Verified(NamedTuple):
    """A genuine token."""

    typ: str
    claims: dict[str, Any]


def verified(file: Path, keys: KeySet, *, issuer: str | None = None, report: Report | None = None) -> Verified:
    """Check the receipt or certificate in a file.

    Args:
        file: its path.
        keys: the course's public keys.
        issuer: the `iss` that it must have; by default any.
        report: the Report that it must belong to; by default any.

    Raises:
        NotGenuine: it is not genuine, or has another issuer or Report.
        OSError: the file can't be read.
    """
    try:
        token = read_file(file).decode("ascii").strip()
        header = verify(token, keys).header
        typ = header.get("typ", "")
        if header["alg"] != ALG or "kid" not in header or typ not in CLAIMS:
            raise NotGenuine("the token is signed by the course, but it is neither a receipt nor a certificate")
        claims = decode(token, keys, issuer=issuer, typ=typ, require=tuple(CLAIMS[typ]), leeway=_LEEWAY)
    except UnicodeDecodeError:
        raise NotGenuine("not a token") from None
    except JWTError as error:
        raise NotGenuine(plain_text(str(error))) from None
    _check_types(typ, claims)
    if report is not None:
        _check_report(typ, claims, report)
    return Verified(typ, claims)


def read_report(file: Path) -> Report:
    """The Report in a file.

    Raises:
        NotGenuine: it is not a Report.
        OSError: it can't be read.
    """
    try:
        return as_report(read_file(file))
    except NoReceipt as error:
        raise NotGenuine(f"{plain_text(str(file), 500)}: {error}") from None


def _check_types(typ: str, claims: dict[str, Any]) -> None:
    for name, kind in CLAIMS[typ].items():
        if type(claims[name]) is not kind:
            raise NotGenuine(f"its claim {name} is of another type")
    if claims["iat"] < 0:
        raise NotGenuine("it says that it was issued before 1970")
    for one in claims.get("chapters", []) if typ == CERTIFICATE else []:
        kinds = {"name": str, "score": int, "max_score": int, "sandbox": str}
        if not isinstance(one, dict) or any(type(one.get(name)) is not kind for name, kind in kinds.items()):
            raise NotGenuine("its claim chapters is of another type")


def _check_report(typ: str, claims: dict[str, Any], report: Report) -> None:
    if typ != RECEIPT:
        raise NotGenuine("a certificate is not for one Report")
    try:
        wanted = receipt_claims(report, claims["iss"])
    except NoReceipt as error:
        raise NotGenuine(f"the Report can't have a receipt: {error}") from None
    for name, value in wanted.items():
        if claims[name] != value:
            raise NotGenuine(f"it is for another Report: its {name} differs")


def described(found: Verified) -> list[str]:
    """The token's content as lines for people; its texts are escaped for a terminal."""
    claims = found.claims
    when = datetime.datetime.fromtimestamp(claims["iat"], datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    rows = [
        ("course", claims["iss"]),
        ("student", claims["sub"]),
        ("score", f"{claims['score']} of {claims['max_score']}"),
        ("issued", when),
        ("id", claims["jti"]),
    ]
    if found.typ == RECEIPT:
        rows.append(("assignment", claims["assignment"]))
        rows.append(("submission", f"sha256 {claims['submission']}"))
        rows.append(("sandbox", _sandbox(claims["sandbox"])))
    else:
        for one in claims["chapters"]:
            rows.append((one["name"], f"{one['score']} of {one['max_score']}{_unless_full(one['sandbox'])}"))
    kind = "receipt" if found.typ == RECEIPT else "certificate"
    return [f"genuine {kind}", *(f"  {plain_text(name, 40):<13} {plain_text(value)}" for name, value in rows)]


def _sandbox(level: str) -> str:
    return "none: the submitted code could have changed the score" if level == "none" else level


def _unless_full(level: str) -> str:
    return "" if level == "full" else f", sandbox {_sandbox(level)}"
