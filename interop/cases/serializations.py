"""The RFCs' examples, and serializations of a JWS other than the compact one (RFC 7515 §7.2, App. F, RFC 7797)."""

import hashlib
import hmac
import json
from functools import cache
from typing import Any

from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_decode, b64u_encode

from ..places import VECTORS
from .making import NOW, Case

_THEN = 1_300_819_000.0
"""A time before the `exp` of the tokens in RFC 7515, in 2011."""


@cache
def _rfc(number: int) -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads((VECTORS / f"rfc{number}.json").read_text("utf-8"))
    return vectors


def _signed(number: int, section: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in _rfc(number)["signed"] if one["section"] == section)
    return found


def _offers(jwk: dict[str, Any], alg: str) -> dict[str, Any]:
    if jwk["kty"] == "oct":
        return {"secret": jwk["k"], "jwk": jwk}
    key = Key.from_jwk({name: jwk[name] for name in jwk if name not in ("use", "key_ops", "alg")}, alg).public()
    public = {name: jwk[name] for name in jwk if name not in ("d", "p", "q", "dp", "dq", "qi")}
    return {"jwk": public, "pem": key.to_pem()}


def _mac(jwk: dict[str, Any], signing_input: str) -> str:
    return b64u_encode(hmac.new(b64u_decode(jwk["k"]), signing_input.encode(), hashlib.sha256).digest())


def cases() -> list[Case]:
    return [*_compact(), *_detached(), *_unencoded(), *_json()]


def _compact() -> list[Case]:
    found = []
    for number, section in [(7515, f"A.{n}") for n in (1, 2, 3, 4)] + [(7520, f"4.{n}") for n in (1, 2, 3, 4)]:
        one = _signed(number, section)
        now = NOW if (number, section) > (7515, "A.3") else _THEN
        text = f"RFC {number} {section} ({one['alg']})"
        key = _offers(one["key"], one["alg"])
        id, data = f"R{number}-{section}", one["payload"].encode()
        found.append(Case(id, text, one["alg"], one["token"], data, key, kind="jws", now=now))
    ed = _rfc(8037)["signed"]
    key = _offers(_rfc(8037)["public"]["jwk"], "EdDSA")
    text = "RFC 8037 A.4 (EdDSA)"
    return [*found, Case("R8037-A.4", text, "EdDSA", ed["token"], ed["payload"].encode(), key, kind="jws", rare=True)]


def _detached() -> list[Case]:
    one = _signed(7520, "4.4")
    header, _, signature = one["token"].split(".")
    data, key = one["payload"].encode(), _offers(one["key"], "HS256")
    return [
        Case("R7520-4.5", "RFC 7520 4.5, detached", "HS256", f"{header}..{signature}", data, key, "jws", "detached")
    ]


def _unencoded() -> list[Case]:
    jwk = _rfc(7797)["key"]
    header = b64u_encode(b'{"alg":"HS256","b64":false,"crit":["b64"]}')
    plain = "payload-without-dots"
    away = f"{header}..{_mac(jwk, header + '.$.02')}"
    inside = f"{header}.{plain}.{_mac(jwk, f'{header}.{plain}')}"
    key = _offers(jwk, "HS256")
    return [
        Case("R7797-4.2", "RFC 7797 4.2, b64 false, detached", "HS256", away, b"$.02", key, "jws", "detached-b64false"),
        Case("R7797-5.2", "b64 false, payload in clear", "HS256", inside, plain.encode(), key, "jws", "b64false"),
    ]


def _json() -> list[Case]:
    a2, a3 = (_signed(7515, f"A.{n}")["token"].split(".") for n in (2, 3))
    es256 = _signed(7515, "A.3")
    rs = {"protected": a2[0], "header": {"kid": "2010-12-29"}, "signature": a2[2]}
    es = {"protected": a3[0], "header": {"kid": "e9bc097a-ce51-4036-9562-d2ade882db0d"}, "signature": a3[2]}
    frodo = _signed(7520, "4.4")
    kid, payload = frodo["key"]["kid"], b64u_encode(frodo["payload"].encode())
    short = b64u_encode(b'{"alg":"HS256"}')
    named = {"protected": short, "header": {"kid": kid}, "signature": _mac(frodo["key"], f"{short}.{payload}")}
    open_ = {"header": {"alg": "HS256", "kid": kid}, "signature": _mac(frodo["key"], f".{payload}")}
    three = json.loads(next(one["token"] for one in _rfc(7520)["refused"] if one["section"] == "4.8"))

    def made(id: str, text: str, form: str, token: Any, of: dict[str, Any]) -> Case:
        key = _offers(of["key"], of["alg"])
        return Case(id, text, of["alg"], json.dumps(token), of["payload"].encode(), key, "jws", form)

    return [
        made("R7515-A.7", "RFC 7515 A.7, flattened JSON", "flat", {"payload": a3[1], **es}, es256),
        made("R7520-4.6", "RFC 7520 4.6, kid unprotected", "flat", {"payload": payload, **named}, frodo),
        made("R7520-4.7", "RFC 7520 4.7, alg unprotected", "flat", {"payload": payload, **open_}, frodo),
        made("R7515-A.6", "RFC 7515 A.6, two signatures", "general", {"payload": a2[1], "signatures": [rs, es]}, es256),
        made("R7520-4.8", "RFC 7520 4.8, three signatures", "general", three, frodo),
    ]
