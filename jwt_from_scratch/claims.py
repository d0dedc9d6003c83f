"""Checks of the registered claims (RFC 7519 §4.1): their types, issuer, audience, subject and times."""

import math
import time
from collections.abc import Collection
from typing import Any, NamedTuple

from .errors import ClaimError, ExpiredError, JWTError

_TEXTS = ("iss", "sub", "jti")
_TIMES = ("exp", "nbf", "iat")


def check_types(claims: dict[str, Any]) -> None:
    """Refuse registered claims of the wrong JSON type (RFC 7519 §4.1).

    Raises:
        ClaimError: iss, sub or jti is not a string; aud is neither a string nor a non-empty array of strings;
            exp, nbf or iat is not a number.
    """
    for name in _TEXTS:
        if name in claims and not isinstance(claims[name], str):
            raise ClaimError(name, "must be a string")
    for name in _TIMES:
        if name in claims and not _is_number(claims[name]):
            raise ClaimError(name, "must be a number of seconds since 1970-01-01 UTC")
    if "aud" in claims:
        _audiences(claims["aud"])


class Expected(NamedTuple):
    """The options of `decode` about claims, after their types were checked."""

    issuer: str | None
    audience: Collection[str] | None
    subject: str | None
    require: Collection[str]
    leeway: float
    now: float


def expected(
    *,
    issuer: str | None = None,
    audience: str | Collection[str] | None = None,
    subject: str | None = None,
    require: Collection[str] = ("exp",),
    leeway: float = 0,
    now: float | None = None,
) -> Expected:
    """Check the options of `decode` before the token, so that a mistake in the calling program shows at once.

    Raises:
        TypeError: an option of the wrong type.
        JWTError: leeway or now is not finite, or leeway is negative.
    """
    leeway = _option_number("leeway", leeway)
    if leeway < 0:
        raise JWTError("leeway must not be negative")
    return Expected(
        issuer=_option_text("issuer", issuer),
        audience=_option_audience(audience),
        subject=_option_text("subject", subject),
        require=_option_names("require", require),
        leeway=leeway,
        now=time.time() if now is None else _option_number("now", now),
    )


def check_claims(claims: dict[str, Any], wanted: Expected) -> None:
    """Check the claims of a token whose signature is valid.

    Raises:
        ClaimError: a claim is not as wanted; `claim` names it.
    """
    check_types(claims)
    for name in wanted.require:
        if name not in claims:
            raise ClaimError(name, "is required and missing")
    _check_times(claims, wanted.now, wanted.leeway)
    _check_equal(claims, "iss", wanted.issuer)
    _check_equal(claims, "sub", wanted.subject)
    _check_audience(claims, wanted.audience)


def _check_times(claims: dict[str, Any], now: float, leeway: float) -> None:
    if "exp" in claims and now - leeway >= claims["exp"]:
        raise ExpiredError("exp", "the token has expired (RFC 7519 §4.1.4)")
    if "nbf" in claims and now + leeway < claims["nbf"]:
        raise ClaimError("nbf", "the token is not valid yet (RFC 7519 §4.1.5)")
    # RFC 7519 §4.1.6 leaves this open. A token from the future comes from a wrong clock, or from a forger.
    if "iat" in claims and claims["iat"] > now + leeway:
        raise ClaimError("iat", "the token was issued in the future")


def _check_equal(claims: dict[str, Any], name: str, wanted: str | None) -> None:
    if wanted is None:
        return
    if name not in claims:
        raise ClaimError(name, "is missing, and the caller asked for one")
    if claims[name] != wanted:
        raise ClaimError(name, "is not the one that the caller asked for")


def _check_audience(claims: dict[str, Any], accepted: Collection[str] | None) -> None:
    if accepted is None:
        if "aud" in claims:
            raise ClaimError("aud", "it names an audience, and the caller did not say who it is: pass audience=")
    elif "aud" not in claims:
        raise ClaimError("aud", "is missing, and the caller asked for one")
    elif not any(one in accepted for one in _audiences(claims["aud"])):
        raise ClaimError("aud", "the token is meant for someone else (RFC 7519 §4.1.3)")


def _audiences(aud: Any) -> list[str]:
    audiences = [aud] if isinstance(aud, str) else aud
    if not isinstance(audiences, (list, tuple)) or not audiences:
        raise ClaimError("aud", "must be a string or a non-empty array of strings")
    if not all(isinstance(one, str) for one in audiences):
        raise ClaimError("aud", "must be a string or a non-empty array of strings")
    return list(audiences)


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _option_number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise JWTError(f"{name} must be a finite number")
    return value


def _option_text(name: str, value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be str or None, not {type(value).__name__}")
    return value


def _option_audience(value: Any) -> Collection[str] | None:
    return value if value is None else (value,) if isinstance(value, str) else _option_names("audience", value)


def _option_names(name: str, value: Any) -> list[str]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Collection):
        raise TypeError(f"{name} must be a collection of strings, such as a list, not {type(value).__name__}")
    names = list(value)
    if not all(isinstance(one, str) for one in names):
        raise TypeError(f"{name} must hold nothing but strings")
    return names
