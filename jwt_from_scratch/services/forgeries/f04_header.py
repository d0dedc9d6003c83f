"""Lesson 04: the sender of a token writes its header, so a good verifier does not let the header decide.

The attacker of this lesson has one honest reader's token and no key. Tokens that are signed with the right key come
from an issuer whose rules the verifier does not know, or show that a token has only one form.
"""

import hashlib
import hmac
import json
import secrets
import sysconfig
from pathlib import Path
from typing import Any

from ...encoding import b64u_decode, b64u_encode, json_dumps
from . import Forgery, Honest

READER = {"iss": "https://login.example", "sub": "mallory", "role": "reader"}
ADMIN = READER | {"role": "admin"}


def honest() -> list[Honest]:
    """Tokens that a verifier of lesson 04 accepts: HS256, also with harmless header parameters."""
    key = _jwk(secrets.token_bytes(32), kid="2026-11")
    long_key = _jwk(secrets.token_bytes(64))
    spaced = b'{ "typ" : "JWT",\r\n  "alg" : "HS256" }'
    return [
        Honest("HS256", _token(READER, key), key, READER),
        Honest("HS256 with a kid", _token(READER, key, kid="2026-11"), key, READER),
        Honest("no typ, a member nobody knows", _signed(b'{"alg":"HS256","x":1}', READER, key), key, READER),
        Honest("header with spaces, long key", _signed(spaced, READER, long_key), long_key, READER),
        Honest("no claims at all", _token({}, key), key, {}),
    ]


def forgeries() -> list[Forgery]:
    """Tokens that must be refused, made from one honest token."""
    key = _jwk(secrets.token_bytes(32), kid="2026-11")
    token = _token(READER, key, kid="2026-11")
    tokens = [*_unsigned(token), *_known_keys(), *extensions(key), *other_forms(token, key)]
    return [
        *(Forgery(name, lets_in, forged, key) for name, lets_in, forged in tokens),
        *_useless_keys(key),
    ]


def _unsigned(token: str) -> list[tuple[str, str, str]]:
    """Unsigned tokens whose header says that they need no signature."""
    header, _, signature = token.split(".")
    admin = b64u_encode(json_dumps(ADMIN))
    trusting = "The header's alg decides how to verify. The key's must."
    listing = "Spellings of none are forbidden one by one. Name what you accept instead."
    empty = "An empty signature is not compared at all."
    return [
        ("payload changed, old signature", "The signature is not checked.", f"{header}.{admin}.{signature}"),
        ("alg none, no signature", trusting, f"{_header(alg='none')}.{admin}."),
        ("alg none, old signature", trusting, f"{_header(alg='none')}.{admin}.{signature}"),
        *(
            (f"alg none, spelled {name!r}", listing, f"{_header(alg=name)}.{admin}.")
            for name in ("None", "NONE", "nOnE", "none ")
        ),
        ("no alg, no signature", "A header without alg counts as unsigned.", f"{_header(typ='JWT')}.{admin}."),
        ("alg null, no signature", "A header with alg null counts as unsigned.", f"{_header(alg=None)}.{admin}."),
        ("alg HS256, empty signature", empty, f"{header}.{admin}."),
        ("alg HS256, 32 zero bytes", "The signature is not checked.", f"{header}.{admin}.{'A' * 43}"),
        ("third segment missing", "A missing signature counts as none needed.", f"{header}.{admin}"),
    ]


def _known_keys() -> list[tuple[str, str, str]]:
    """Tokens signed with a key that everybody has."""
    public = Path(sysconfig.get_path("stdlib"), "keyword.py")
    guess = "A kid that is not known gives an empty key, and anybody can sign with that."
    path = "The kid is used as a path, so the sender chooses the file that serves as the key."
    empty, content = _jwk(b""), _jwk(public.read_bytes())
    return [
        ("unknown kid, signed with an empty key", guess, _token(ADMIN, empty, kid="no such key")),
        ("no kid, signed with an empty key", guess, _token(ADMIN, empty)),
        ("kid is /dev/null, an empty key", path, _token(ADMIN, empty, kid="/dev/null")),
        ("kid is ../../../../dev/null, an empty key", path, _token(ADMIN, empty, kid="../../../../dev/null")),
        ("kid is a public file, its content the key", path, _token(ADMIN, content, kid=str(public))),
    ]


def extensions(key: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Tokens signed by the issuer with extensions that this verifier does not know (RFC 7515 §4.1.11, RFC 7797)."""
    crit = "crit is ignored, so a rule that the issuer calls critical is not kept (RFC 7515 §4.1.11)."
    b64 = "b64 is ignored, so other bytes are read than were signed (RFC 7797 §6)."
    return [
        ("crit with an unknown name", crit, _token(ADMIN, key, crit=["terminal"], terminal=3)),
        ("crit is an empty list", crit, _token(ADMIN, key, crit=[])),
        ("crit is null", crit, _token(ADMIN, key, crit=None)),
        ("crit and b64 false", b64, _token(ADMIN, key, crit=["b64"], b64=False)),
        ("b64 false without crit", b64, _token(ADMIN, key, b64=False)),
    ]


def other_forms(token: str, key: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Texts that are not three segments of strict base64url with strict JSON in the first two."""
    header, payload, signature = token.split(".")
    form = "The JSON serialization is taken, though compact tokens were agreed on (RFC 7515 §7.2)."
    flat = {"protected": header, "payload": payload, "signature": signature}
    admin = b64u_encode(json_dumps(ADMIN))
    twice = b'{"alg":"none","alg":"HS256"}'
    case = "The header's alg is compared without regard to case."
    return [
        ("JSON serialization, flattened", form, json.dumps(flat)),
        ("JSON serialization, no signature in the list", form, json.dumps({"payload": admin, "signatures": []})),
        ("JSON and compact at once", form, json.dumps(flat | {"x": f".{admin}."})),
        ("four segments", "More than three segments are taken.", f"{token}.{admin}"),
        ("'=' at the end", "base64url is decoded forgivingly.", f"{token}="),
        ("header in base64 with '='", "base64url is decoded forgivingly.", _padded_header(key)),
        ("alg twice in the header", "Two readers of the header see two algorithms.", _signed(twice, ADMIN, key)),
        ("header is a list", "The header is not known to be an object.", _signed(b'["HS256"]', ADMIN, key)),
        ("claims are a list", "The claims are not known to be an object.", _signed(b'{"alg":"HS256"}', ["admin"], key)),
        ("alg hs256", case, _signed(b'{"alg":"hs256"}', ADMIN, key)),
    ]


def _useless_keys(key: dict[str, Any]) -> list[Forgery]:
    """The signature is valid, but the key is not acceptable: empty, too short, or not for HS256 (RFC 7518 §3.2)."""
    empty, short = _jwk(b""), _jwk(b"secret")
    other = key | {"alg": "HS512"}
    nameless = {name: value for name, value in key.items() if name != "alg"}
    known = "An empty HMAC key is used, and everybody has that one (RFC 7518 §3.2)."
    weak = "An HMAC key under 32 bytes is used, and it can be guessed (RFC 7518 §3.2)."
    one = "The key is used for an algorithm that it does not name."
    return [
        Forgery("the verifier's own key is empty", known, _token(ADMIN, empty), empty),
        Forgery("the verifier's own key has 6 bytes", weak, _token(ADMIN, short), short),
        Forgery("an HS512 key, an HS256 token", one, _token(ADMIN, key), other),
        Forgery("a key that names no algorithm", one, _token(ADMIN, key), nameless),
    ]


def _jwk(secret: bytes, **members: Any) -> dict[str, Any]:
    return {"kty": "oct", "k": b64u_encode(secret), "alg": "HS256", **members}


def _header(**members: Any) -> str:
    return b64u_encode(json_dumps(members))


def _token(claims: Any, key: dict[str, Any], **members: Any) -> str:
    return _signed(json_dumps({"alg": "HS256", "typ": "JWT", **members}), claims, key)


def _signed(header: bytes, claims: Any, key: dict[str, Any]) -> str:
    signing_input = f"{b64u_encode(header)}.{b64u_encode(json_dumps(claims))}"
    return f"{signing_input}.{_seal(signing_input, key)}"


def _padded_header(key: dict[str, Any]) -> str:
    sixteen_bytes = b64u_encode(b'{"alg": "HS256"}')
    signing_input = f"{sixteen_bytes}==.{b64u_encode(json_dumps(ADMIN))}"
    return f"{signing_input}.{_seal(signing_input, key)}"


def _seal(signing_input: str, key: dict[str, Any]) -> str:
    return b64u_encode(hmac.new(b64u_decode(key["k"]), signing_input.encode(), hashlib.sha256).digest())
