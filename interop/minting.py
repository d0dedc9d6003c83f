"""The reverse: tokens that the libraries mint with their defaults, and that all the others are asked to read."""

import json
from typing import Any

from jwt_from_scratch.encoding import b64u_decode

from .asking import ask
from .cases import NOW, Case
from .cases.curves import P256
from .cases.making import EXP, SECRET, offered
from .installing import Ready
from .judging import changed
from .keys import ec_key, private_jwk, private_pem, rsa_key

_CLAIMS = {"sub": "Zoë 🐈", "aud": "shop", "iat": 1_700_000_000, "exp": EXP}
_HALF = EXP + 0.5

KINDS = {
    "HS256, integers": ("HS256", _CLAIMS, None),
    "RS256, integers": ("RS256", _CLAIMS, None),
    "ES256, integers": ("ES256", _CLAIMS, None),
    "HS256, exp with a fraction": ("HS256", {**_CLAIMS, "exp": _HALF}, None),
    "HS256, exp as the library's date": ("HS256", {name: _CLAIMS[name] for name in ("sub", "aud", "iat")}, _HALF),
}
"""The tokens that each library is asked to mint: algorithm, claims, and `exp` if it is given as a date, in seconds."""


def _private(alg: str) -> Any:
    return {"HS256": SECRET, "RS256": rsa_key(2048), "ES256": ec_key(P256)}[alg]


def _signing_key(alg: str) -> dict[str, Any]:
    private = _private(alg)
    if isinstance(private, bytes):
        return offered(alg, private)
    return {"jwk": {**private_jwk(private), "alg": alg}, "pem": private_pem(private)}


def minted(ready: Ready, *, freeze: bool = True) -> dict[str, dict[str, str]]:
    """By kind: the token, its header, its claims and what the library changed in them; or why there is none."""
    questions = [
        {"id": kind, "mint": claims, "date": date, "alg": alg, "key": _signing_key(alg)}
        for kind, (alg, claims, date) in KINDS.items()
    ]
    found = {}
    for kind, answer in ask(ready, questions, NOW if freeze else None).items():
        if answer is None or "token" not in answer:
            found[kind] = {"none": str((answer or {}).get("beyond") or (answer or {}).get("refused") or "no answer")}
        else:
            found[kind] = _described(kind, answer["token"])
    return found


def _described(kind: str, token: str) -> dict[str, str]:
    _, claims, date = KINDS[kind]
    header, payload = (b64u_decode(part) for part in token.split(".")[:2])
    seen = {"header": header.decode("utf-8", "replace"), "claims": payload.decode("utf-8", "replace")}
    if "\ufffd" in seen["claims"]:  # not JSON, so the others are not asked to read it
        return {**seen, "changed": f"not UTF-8: {payload[:60]!r}"}
    asked = json.dumps(claims if date is None else {**claims, "exp": date}, ensure_ascii=False)
    return {"token": token, **seen, "changed": changed(asked, seen["claims"]) or ""}


def as_case(library: str, kind: str, token: str) -> Case:
    """A minted token as a case for the others: read with the public half, `aud` checked."""
    alg = KINDS[kind][0]
    payload = b64u_decode(token.split(".")[1])
    return Case(f"{library}: {kind}", kind, alg, token, payload, offered(alg, _private(alg)), aud="shop")
