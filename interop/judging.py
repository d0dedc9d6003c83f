"""What an answer means: read, changed, refused, or beyond what the library claims to do."""

import base64
import json
import re
from decimal import Decimal
from typing import Any

from .cases import Case
from .libraries import Library

READ, CHANGED, REFUSED, BEYOND, SILENT = "read", "changed", "refused", "beyond", "no answer"


def verdict(case: Case, answer: dict[str, Any] | None, library: Library) -> str:
    """One of the five verdicts; all except `read` are followed by a colon and what happened."""
    if answer is None:
        return f"{SILENT}: the program ended"
    if "beyond" in answer:
        return f"{BEYOND}: {answer['beyond']}"
    if "refused" in answer:
        why = answer["refused"]
        return f"{BEYOND}: algorithm or curve ({why[:90]})" if case.rare else _refused(case, why, library)
    if "bytes" in answer:
        found = base64.b64decode(answer["bytes"])
        if found == case.payload:
            return READ
        if case.kind == "jws":
            return f"{CHANGED}: {case.payload[:40]!r} became {found[:60]!r}"
        answer = {"claims": found.decode("utf-8", "replace")}
    difference = changed(case.payload.decode(), answer["claims"])
    return READ if difference is None else f"{CHANGED}: {difference}"


def _refused(case: Case, why: str, library: Library) -> str:
    if case.kind == "jws" and not library.any_payload and not _is_object(case.payload):
        return f"{BEYOND}: for claims alone ({why[:60]})"
    return f"{REFUSED}: {why}"


def _is_object(payload: bytes) -> bool:
    try:
        return isinstance(json.loads(payload), dict)
    except ValueError:
        return False


def changed(wanted: str, found: str) -> str | None:
    """The first claim whose value has changed, or None. Numbers are compared by value; fractions as doubles."""
    try:
        before, after = _exact(wanted), _exact(found)
    except (ValueError, ArithmeticError):
        return f"the claims came back as {found[:80]!r}"
    if not isinstance(before, dict) or not isinstance(after, dict):
        return None if before == after else f"{wanted[:60]!r} became {found[:60]!r}"
    for name in {**before, **after}:
        old, new = before.get(name, _ABSENT), after.get(name, _ABSENT)
        if old != new:
            return _plain(f"{name!r}: {old!r} became {new!r}"[:160])
    return None


class _Absent:
    def __repr__(self) -> str:
        return "absent"


_ABSENT = _Absent()


def _plain(text: str) -> str:
    return re.sub(r"Decimal\('([^']*)'\)", r"\1", text)


def _exact(text: str) -> Any:
    return json.loads(text, parse_int=Decimal, parse_float=_number, parse_constant=lambda name: name)


def _number(literal: str) -> Decimal | float:
    number = Decimal(literal)
    whole = number == number.to_integral_value() or abs(number) > Decimal("1e308")
    return number if whole else float(literal)
