"""What the docstring of decode_securely says, rule by rule: the claims, and all rules that a call breaks."""

from typing import Any

from jwt_from_scratch.encoding import b64u_decode
from jwt_from_scratch.services.defences import decoder

from ..c03_claims.check_times import CLOCK, NAMES, broken_by
from ..compact import object_in
from .token import bare


def oracle(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> tuple[Any, set[str]]:
    """The claims, and all rules that are broken."""
    parts = token.split(".")
    if len(parts) != 3:
        return None, {"1 segments"}
    try:
        first, second, _ = (b64u_decode(part) for part in parts)
    except ValueError:
        return None, {"1 spelling"}
    header, claims = object_in(first), object_in(second)
    if header is None or claims is None:
        return None, ({"1 header"} if header is None else set()) | ({"1 claims"} if claims is None else set())
    broken = {"1 extensions"} if "crit" in header or "b64" in header else set()
    iss = claims.get("iss")
    if isinstance(iss, str) and iss in keys:
        broken |= _of_key(keys[iss]["keys"], header, token)
    else:
        broken.add("2 iss")
    return claims, broken | _of_kind(header, policy["typ"]) | _of_claims(claims, policy)


def _of_kind(header: dict[str, Any], wanted: str | None) -> set[str]:
    typ = header.get("typ")
    return {"4"} if wanted is not None and (not isinstance(typ, str) or bare(typ) != bare(wanted)) else set()


def _of_claims(claims: dict[str, Any], policy: dict[str, Any]) -> set[str]:
    broken = {f"5 {name}" for name in ("sub", "jti") if not isinstance(claims.get(name, ""), str)}
    for name in NAMES:
        if name in claims:
            found = broken_by(name, claims[name], policy["now"], policy["leeway"])
            broken |= {f"7 {name}" if rule == CLOCK[name] else f"5 {name}" for rule in found}
    broken |= {"6"} if any(name not in claims for name in policy["require"]) else set()
    return broken | _of_audience(claims, policy["audience"])


def _of_audience(claims: dict[str, Any], audience: str | None) -> set[str]:
    if "aud" not in claims:
        return {"8"} if audience is not None else set()
    aud = claims["aud"]
    if not isinstance(aud, str) and not (isinstance(aud, list) and aud and all(isinstance(one, str) for one in aud)):
        return {"5 aud"}
    return set() if audience is not None and audience in (aud if isinstance(aud, list) else [aud]) else {"8"}


def _of_key(jwks: list[Any], header: dict[str, Any], token: str) -> set[str]:
    """Where no key is a candidate, the rule that alone keeps one out; else rule 3, if the signature does not fit."""
    lacks = [_lacking(jwk, header) for jwk in jwks]
    found = [jwk for jwk, lack in zip(jwks, lacks, strict=True) if not lack]
    if len(found) != 1:
        return {lack[0] for lack in lacks if len(lack) == 1 and not found} or {"2 one key"}
    return set() if _fits(found[0], header, token) else {"3"}


def _lacking(jwk: dict[str, Any], header: dict[str, Any]) -> list[str]:
    alg, kid, ops = header.get("alg"), header.get("kid", ""), jwk.get("key_ops", ["verify"])
    holds = {
        "2 alg": isinstance(alg, str) and jwk.get("alg") == alg,
        "2 kid": isinstance(kid, str) and ("kid" not in header or jwk.get("kid") == kid),
        "2 use": jwk.get("use", "sig") == "sig",
        "2 key_ops": isinstance(ops, list) and "verify" in ops,
    }
    return [rule for rule, held in holds.items() if not held]


_ONLY_SIGNATURE = decoder("types", "times", "required", "audience", "typ", "crit", "use", "issuer's keys", "one key")
"""The lesson's own decoder, with nothing left of it but the question whether the signature fits."""


def _fits(jwk: dict[str, Any], header: dict[str, Any], token: str) -> bool:
    try:
        _ONLY_SIGNATURE(token, {"": {"keys": [jwk]}}, {})
    except (ValueError, TypeError, KeyError):
        return False
    return True
