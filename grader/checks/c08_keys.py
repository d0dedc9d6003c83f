"""Chapter 08: names for keys, the one key for a header, and addresses that keys may be fetched from."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_encode

from ..judging.legacy.case import Case, exercise
from .rsa_pool import rsa_key

_KEY_MAKERS = ("jwt", "joserfc", "jwt_from_scratch.keys", "jwt_from_scratch.jwk", "jwt_from_scratch.material")

Jwk = dict[str, Any]

# -- jwk_thumbprint ---------------------------------------------------------------------------------------------------

_MEMBERS = {
    "RSA": ("e", "kty", "n"),
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "oct": ("k", "kty"),
}


@exercise(
    "jwk_thumbprint",
    points=5,
    spec="RFC 7638 §3; RFC 8037 §2",
    forbids=_KEY_MAKERS,
    hints=(
        "Two copies of one key may carry different labels. Which members make it *this* key, and how do you write "
        "these few so that everybody writes the same bytes?",
        "The type of key says which members are needed; a dict from `kty` to their names does it. Take only those, "
        "each of them a str, write them as JSON sorted and without spaces, and hash the bytes.",
        "`needed = {'RSA': 'e kty n', 'EC': 'crv kty x y', 'OKP': 'crv kty x', 'oct': 'k kty'}`; a kty that is no str "
        "or not in there: ValueError. `members = {name: jwk.get(name) for name in needed[kty].split()}`; a value that "
        "is no str: ValueError. Then `json.dumps(members, sort_keys=True, separators=(',', ':'))`, `.encode()`, "
        "`hashlib.sha256(…).digest()`, `b64u_encode`.",
    ),
)
def jwk_thumbprint(case: Case) -> None:
    """The SHA-256 thumbprint of a JWK."""
    keys = _real_keys(case)
    case.satisfies(keys["Ed25519"], _thumbprint_form, "return 43 characters of base64url, without padding")
    for alg, jwk in keys.items():
        expected = Key.from_jwk(jwk, alg).thumbprint()
        case.equal(_shuffled(case, jwk), expected, why=f"What is hashed is `{_outline(jwk)}` (RFC 7638 §3).")
        labels = {"alg": alg, "kid": f"key-{case.random.randrange(1000)}", "use": "sig", "key_ops": ["verify"]}
        why = "Labels are not a part of the key: with them or without, the thumbprint is the same."
        case.equal(_shuffled(case, jwk | labels), expected, why=why)
    private = {"d": b64u_encode(case.random.randbytes(32)), "x5t": "AA", "e_": 1, "ext": True}
    for alg in ("ES256", "Ed25519"):
        why = "The private key and its public half have one thumbprint, that of the public members (RFC 7638 §3.2.1)."
        case.equal(keys[alg] | private, Key.from_jwk(keys[alg], alg).thumbprint(), why=why)
    x25519 = {"kty": "OKP", "crv": "X25519", "x": b64u_encode(case.random.randbytes(32))}
    case.equal(x25519, _thumbprint(x25519), why="Any curve of kty OKP has the same three members (RFC 8037 §2).")
    _bad_thumbprints(case, keys)
    _thumbprint_mistakes(case)


def _real_keys(case: Case) -> dict[str, Jwk]:
    """A fresh key of each kind, without labels."""
    rsa = rsa_key(case.random)
    made: dict[str, Jwk] = {
        "RS256": {"kty": "RSA", "n": b64u_encode(rsa.n.to_bytes(rsa.size, "big")), "e": "AQAB"},
        "HS256": {"kty": "oct", "k": b64u_encode(case.random.randbytes(32))},
    }
    for alg, crv, curve in (("ES256", "P-256", ec.SECP256R1()), ("ES384", "P-384", ec.SECP384R1())):
        numbers = ec.derive_private_key(case.random.randrange(1, 2**255), curve).public_key().public_numbers()
        size = curve.key_size // 8
        x, y = (b64u_encode(number.to_bytes(size, "big")) for number in (numbers.x, numbers.y))
        made[alg] = {"kty": "EC", "crv": crv, "x": x, "y": y}
    point = Ed25519PrivateKey.from_private_bytes(case.random.randbytes(32)).public_key().public_bytes_raw()
    made["Ed25519"] = {"kty": "OKP", "crv": "Ed25519", "x": b64u_encode(point)}
    return made


def _bad_thumbprints(case: Case, keys: dict[str, Jwk]) -> None:
    for alg in ("RS256", "HS256", "ES256", "Ed25519"):
        jwk = keys[alg]
        for name in _MEMBERS[jwk["kty"]]:
            without = {member: value for member, value in jwk.items() if member != name}
            case.raises(without, ValueError, why=f"The member {name} is missing, so this is no key: ValueError.")
    text = "Every needed member is a str (RFC 7518 §6, RFC 8037 §2); anything else is a ValueError."
    for alg, name, value in (
        ("RS256", "e", 65537),
        ("RS256", "n", None),
        ("HS256", "k", ["AQAB"]),
        ("ES256", "y", 12),
        ("ES256", "crv", True),
        ("Ed25519", "x", {}),
        ("Ed25519", "x", b"AQAB"),
    ):
        case.raises(keys[alg] | {name: value}, ValueError, why=text)
    kind = "kty is exactly RSA, EC, OKP or oct; for anything else nobody knows what is needed."
    others: tuple[Any, ...] = ("rsa", "OCT", "DSA", "", None, 1, ["EC"], {})
    for kty in others:
        case.raises(keys["ES256"] | {"kty": kty}, ValueError, why=kind)


def _shuffled(case: Case, jwk: Jwk) -> Jwk:
    members = list(jwk.items())
    case.random.shuffle(members)
    return dict(members)


def _outline(jwk: Jwk) -> str:
    """The JSON that is hashed, with long values left out."""
    parts = [f'"{name}":"{jwk[name] if len(jwk[name]) < 8 else "…"}"' for name in _MEMBERS[jwk["kty"]]]
    return "{" + ",".join(parts) + "}"


def _thumbprint_form(value: Any) -> bool | str:
    """Whether this looks like a hash's 32 bytes in base64url. What else it looks like says what went wrong."""
    if isinstance(value, bytes):
        return "these are bytes. It must return text: b64u_encode makes it"
    if not isinstance(value, str):
        return f"it must return text, not {type(value).__name__}"
    if re.fullmatch(r"[0-9a-f]{64}", value):
        return "these are 64 characters of 0-9 and a-f: hexadecimal. b64u_encode the 32 bytes of .digest()"
    if re.fullmatch(r"[0-9a-f]{40}", value):
        return "these are 40 characters of 0-9 and a-f: SHA-1, in hexadecimal. b64u_encode the 32 bytes of SHA-256"
    return bool(re.fullmatch(r"[A-Za-z0-9_-]{43}", value))


def _needed(jwk: Jwk) -> dict[str, Any]:
    return {name: jwk[name] for name in _MEMBERS[jwk["kty"]]}


def _thumbprint(
    jwk: Jwk,
    members: Callable[[Jwk], dict[str, Any]] = _needed,
    check: bool = True,
    dump: Callable[[dict[str, Any]], str] = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":")),
    digest: Callable[[bytes], bytes] = lambda data: hashlib.sha256(data).digest(),
    encode: Callable[[bytes], str] = b64u_encode,
) -> str:
    """The rule; a mistake changes one of its parts."""
    kty = jwk.get("kty")
    if check and not (isinstance(kty, str) and kty in _MEMBERS):
        raise ValueError("kty")
    if check and not all(isinstance(jwk.get(name), str) for name in _MEMBERS[str(kty)]):
        raise ValueError("member")
    return encode(digest(dump(members(jwk)).encode()))


def _thumbprint_mistakes(case: Case) -> None:
    def wrong(**changes: Any) -> Callable[[Jwk], str]:
        return lambda jwk: _thumbprint(jwk, **changes)

    case.mistake(
        wrong(members=lambda jwk: jwk),
        "The whole JWK is hashed, labels and all. Then `kid` or `use` changes the thumbprint, and the key is the same.",
    )
    for dump in (json.dumps, lambda value: json.dumps(value, sort_keys=True)):
        first = "in any order, " if dump is json.dumps else ""
        case.mistake(
            wrong(members=lambda jwk: jwk, check=False, dump=dump),
            f"The JWK goes through `json.dumps` as it is: with its labels, {first}with spaces. Take the members that "
            "count for its kty, sorted, and without spaces.",
        )
    case.mistake(
        wrong(dump=lambda value: json.dumps(value, sort_keys=True)),
        "There are spaces in the JSON. `json.dumps` writes them unless you say `separators=(',', ':')`.",
    )
    for between in ("", ".", ",", " "):
        case.mistake(
            wrong(dump=lambda value, between=between: between.join(value[name] for name in sorted(value))),
            f"The values are joined {f'with {between!r}' if between else 'just so'}. The members count only as JSON, "
            'with their names: `{"e":"AQAB","kty":"RSA","n":"…"}`.',
        )
    case.mistake(
        wrong(dump=lambda value: str(dict(sorted(value.items())))),
        "`str` writes a dict as Python does, with single quotes and spaces. JSON comes from `json.dumps`.",
    )
    case.mistake(
        wrong(dump=lambda value: json.dumps(value, separators=(",", ":")), members=lambda jwk: _in_given_order(jwk)),
        "The members are hashed in the order in which they come. Sort them: `sort_keys=True`.",
    )
    case.mistake(
        wrong(dump=lambda value: json.dumps(value, separators=(",", ":")), members=lambda jwk: _kty_first(jwk)),
        "kty is written first. The order is that of the letters, so `crv`, `e` and `k` come before it.",
    )
    case.mistake(
        wrong(members=lambda jwk: {name: value for name, value in _needed(jwk).items() if name != "kty"}),
        "kty is not hashed. It is a needed member, too (RFC 7638 §3.2).",
    )
    case.mistake(
        wrong(members=lambda jwk: {name: value for name, value in _needed(jwk).items() if name != "crv"}),
        "crv is not hashed. The same x on another curve is another key.",
    )
    case.mistake(
        wrong(members=lambda jwk: _needed(jwk) | ({"d": jwk["d"]} if "d" in jwk else {})),
        "The private member d is hashed. Then the two halves of one key have two names.",
    )
    case.mistake(
        wrong(members=lambda jwk: _needed(jwk) | ({"alg": jwk["alg"]} if "alg" in jwk else {})),
        "alg is hashed. It is a label: the thumbprint names the key alone.",
    )
    case.mistake(
        wrong(digest=lambda data: hashlib.sha256(data).digest(), encode=lambda data: data),
        "It returns the hash's bytes. A thumbprint is text: b64u_encode them.",
    )
    case.mistake(
        wrong(digest=lambda data: hashlib.sha256(data).hexdigest().encode()),
        "The hash's hexadecimal text is encoded. Encode its 32 bytes: `.digest()`.",
    )
    case.mistake(
        wrong(encode=lambda data: data.hex()),
        "The answer is in hexadecimal. A thumbprint is base64url here.",
    )
    case.mistake(
        wrong(encode=lambda data: base64.urlsafe_b64encode(data).decode()),
        "There is a '=' at the end. base64url has no padding here; take the b64u_encode that you are given.",
    )
    case.mistake(
        wrong(encode=lambda data: base64.b64encode(data).decode().rstrip("=")),
        "It is plain base64, with + and /. base64url writes - and _ instead.",
    )
    case.mistake(
        wrong(digest=lambda data: hashlib.sha1(data).digest()),  # noqa: S324 - the mistake
        "The hash is SHA-1, as in `x5t`. This thumbprint uses SHA-256.",
    )
    case.mistake(
        wrong(check=False),
        "A missing member is a KeyError, which is no ValueError, and a number is hashed as if it were text. Look at "
        "each needed member first.",
    )
    case.mistake(
        lambda jwk: _thumbprint(jwk, check=False) if _all_there(jwk) else _refuse(),
        "A member that is a number, a list or null is hashed all the same. Every needed member must be a str.",
    )
    case.mistake(
        lambda jwk: _thumbprint(
            {
                name: str(value) if name in _MEMBERS.get(str(jwk.get("kty")), ()) else value
                for name, value in jwk.items()
            }
        ),
        "`str(…)` turns anything into text, so that 65537 becomes a member. What is no str is refused.",
    )
    case.mistake(
        lambda jwk: _thumbprint(
            jwk,
            check=False,
            members=lambda jwk: {name: jwk[name] for name in jwk if name in ("crv", "e", "k", "n", "x", "y", "kty")},
        ),
        "It hashes what happens to be there, so a key with a member missing gets a name, too. Look up what its kty "
        "needs.",
    )
    case.mistake(
        lambda jwk: _thumbprint(jwk) if jwk.get("kty") != "OKP" else _refuse(),
        "OKP is missing. It has the members crv, kty and x (RFC 8037 §2).",
    )
    case.mistake(
        lambda jwk: _thumbprint(jwk) if jwk.get("kty") != "oct" else _refuse(),
        "oct is missing. It has the members k and kty (RFC 7638 §3.2).",
    )


def _in_given_order(jwk: Jwk) -> dict[str, Any]:
    return {name: value for name, value in jwk.items() if name in _MEMBERS[jwk["kty"]]}


def _kty_first(jwk: Jwk) -> dict[str, Any]:
    return {name: jwk[name] for name in ("kty", *(name for name in _MEMBERS[jwk["kty"]] if name != "kty"))}


def _all_there(jwk: Jwk) -> bool:
    kty = jwk.get("kty")
    return isinstance(kty, str) and kty in _MEMBERS and all(name in jwk for name in _MEMBERS[kty])


def _refuse() -> Any:
    raise ValueError("refused")


# -- find_key ---------------------------------------------------------------------------------------------------------


@exercise(
    "find_key",
    points=10,
    spec="RFC 7517 §4.2–§4.5, §5; RFC 7515 §4.1.4, §6; RFC 8725 §3.1",
    forbids=_KEY_MAKERS,
    hints=(
        "It is a filter, and then a count. Which members of the set could have signed a token with this header? And "
        "what if that is not exactly one?",
        "First what is wrong by itself: `keys` no list, alg no str, a kid that is there and no str. Then a list "
        "comprehension over the members that are dicts: alg equal, `use` absent or 'sig', `key_ops` absent or a list "
        "with 'verify', and, if the header *has* a kid, the same kid.",
        "`found = [jwk for jwk in keys if isinstance(jwk, dict) and jwk.get('alg') == alg and jwk.get('use', 'sig') "
        "== 'sig' and may_verify(jwk) and ('kid' not in header or jwk.get('kid') == header['kid'])]`, where may_verify "
        "asks whether `jwk.get('key_ops', ['verify'])` is a list that has 'verify' in it. "
        "`if len(found) != 1: raise ValueError(…)`, and `return found[0]`.",
    ),
)
def find_key(case: Case) -> None:
    """The one key of a set that a header may be verified with."""
    keys = _key_set(case)
    _found_keys(case, *keys)
    _lost_keys(case, *keys)
    _bad_sets(case, keys[0])
    _find_mistakes(case)


def _key_set(case: Case) -> tuple[Jwk, Jwk, Jwk]:
    """Three keys of one issuer: two for ES256 and one for RS256, all with a kid."""
    number = case.random.randrange(10, 10**6)
    rsa = {"kid": f"rsa-{number}", "alg": "RS256", "kty": "RSA", "n": _some_text(case), "e": "AQAB"}
    return _ec_key(case, f"ec-{number}"), _ec_key(case, f"ec-{number + 1}"), rsa


def _ec_key(case: Case, kid: str | None, **members: Any) -> Jwk:
    """A JWK for ES256. Nobody computes with it: its numbers are short, so that a check's table can show the rest."""
    named = {} if kid is None else {"kid": kid}
    return named | {"alg": "ES256"} | members | {"kty": "EC", "crv": "P-256", "x": _some_text(case), "y": "AQAB"}


def _some_text(case: Case) -> str:
    return b64u_encode(case.random.randbytes(6))


def _found_keys(case: Case, one: Jwk, two: Jwk, rsa: Jwk) -> None:
    def good(keys: list[Any], header: dict[str, Any], expected: Jwk, why: str, rare: bool = False) -> None:
        case.equal(({"keys": keys}, header), expected, why=why, rare=rare)

    by_kid = "alg and kid name it. Return the JWK as it stands in the set."
    for key in (one, two):
        good([one, rsa, two], {"alg": "ES256", "kid": key["kid"]}, key, by_kid)
    good([two, one, rsa], {"kid": rsa["kid"], "typ": "JWT", "alg": "RS256", "x": 1}, rsa, by_kid)
    alone = "The header has no kid, and only one key of the set is for this alg."
    good([rsa, one], {"alg": "ES256", "typ": "JWT"}, one, alone)
    good([_without(one, "kid")], {"alg": "ES256"}, _without(one, "kid"), alone)
    twins = "Two keys of different kinds may share a kid (RFC 7517 §4.5). alg and kid together decide."
    for key in (one, rsa | {"kid": one["kid"]}):
        good([rsa | {"kid": one["kid"]}, one], {"alg": key["alg"], "kid": one["kid"]}, key, twins)
    exact = "kid is compared exactly (RFC 7517 §4.5)."
    upper = two | {"kid": one["kid"].upper()}
    good([upper, one], {"alg": "ES256", "kid": one["kid"]}, one, exact)
    good([one, upper], {"alg": "ES256", "kid": upper["kid"]}, upper, exact)
    empty = two | {"kid": ""}
    good([one, empty], {"alg": "ES256", "kid": ""}, empty, "An empty kid is a kid.", rare=True)
    use = "This one is for signatures; the other one is not (RFC 7517 §4.2, §4.3)."
    for members in ({"use": "sig"}, {"key_ops": ["verify"]}, {"use": "sig", "key_ops": ["sign", "verify"]}):
        good([two | {"kid": one["kid"], "use": "enc"}, one | members], _header(one), one | members, use)
    good([one, two | {"key_ops": ["deriveKey"]}], {"alg": "ES256"}, one, use)
    nameless = "A JWK without alg is for no header: its owner did not say what it is for. Pass over it."
    good([_without(two, "alg"), one], {"alg": "ES256"}, one, nameless)
    odd = "A member that is no JWK, or has no alg, ends nothing: pass over it, the others are still good (RFC 7517 §5)."
    good([None, 3, "text", [one], {}, {"kid": one["kid"]}, one], _header(one), one, odd)
    good([two | {"kid": 7}, two | {"alg": ["ES256"]}, one], _header(one), one, odd)
    mallory = _ec_key(case, one["kid"])
    offered = {"jwk": mallory, "jku": "https://mallory.example/jwks.json", "x5u": "https://mallory.example/c.pem"}
    ignored = "What the header offers is ignored. Only the set has keys."
    good([two, one], _header(one) | offered | {"x5c": ["MIIB"]}, one, ignored)
    good([rsa, one], {"alg": "ES256", "jwk": mallory}, one, ignored)


def _header(key: Jwk) -> dict[str, Any]:
    return {"alg": key["alg"], "kid": key["kid"]}


def _without(key: Jwk, member: str) -> Jwk:
    return {name: value for name, value in key.items() if name != member}


def _lost_keys(case: Case, one: Jwk, two: Jwk, rsa: Jwk) -> None:
    def bad(keys: list[Any], header: dict[str, Any], why: str, vital: bool = False) -> None:
        case.raises(({"keys": keys}, header), ValueError, why=why, vital=vital)

    unknown = "No key of the set has this kid. There is no other key to go on with."
    bad([one, rsa], _header(two), unknown, vital=True)
    bad([one], _header(two), unknown, vital=True)
    bad([_without(one, "kid")], _header(one), unknown)
    bad([one, two], {"alg": "ES256", "kid": one["kid"][:-1]}, unknown)
    bad([one, two], {"alg": "ES256", "kid": f"{one['kid']} "}, unknown)
    bad([one, two], {"alg": "ES256", "kid": one["kid"].upper()}, "kid is compared exactly.")
    bad([one], {"alg": "ES256", "kid": ""}, "An empty kid is a kid, and no key has it.")
    bad([], _header(one), "There is no key at all.")
    other = "The kid fits and the alg does not. One key, one algorithm (RFC 8725 §3.1)."
    bad([one, rsa], {"alg": "HS256", "kid": rsa["kid"]}, other, vital=True)
    bad([one, rsa], {"alg": "PS256", "kid": rsa["kid"]}, other, vital=True)
    bad([one], {"alg": "none", "kid": one["kid"]}, other, vital=True)
    bad([rsa], {"alg": "ES256"}, other)
    bad([one], {"alg": "es256", "kid": one["kid"]}, "alg is compared exactly (RFC 7515 §4.1.1).")
    several = "Two keys fit, and nothing says which. Don't try them: two are as wrong as none."
    bad([one, two], {"alg": "ES256"}, several, vital=True)
    bad([one, two | {"kid": one["kid"]}], _header(one), several, vital=True)
    bad([one, rsa, one], _header(one), "The set holds this key twice, so two members fit.")
    offered = "The header brings a key of its own, and no key of the set fits."
    mallory = _ec_key(case, "mallory")
    bad([one, two], _header(mallory) | {"jwk": mallory}, offered, vital=True)
    bad([], {"alg": "ES256", "jwk": mallory}, offered, vital=True)
    text = "kid is there and is no str (RFC 7515 §4.1.4)."
    for kid in (None, 7, True, [one["kid"]], {"kid": one["kid"]}):
        bad([one], {"alg": "ES256", "kid": kid}, text)
        bad([one | {"kid": kid}], {"alg": "ES256", "kid": kid}, text)
    for kid in (None, 7):
        bad([one | {"kid": str(kid)}], {"alg": "ES256", "kid": kid}, text)
    named = "The header must say an alg, and it is a str (RFC 7515 §4.1.1)."
    bad([_without(one, "alg")], {"kid": one["kid"]}, named, vital=True)
    bad([one], {"kid": one["kid"]}, named)
    for alg in (None, ["ES256"], 256):
        bad([one | {"alg": alg}], {"alg": alg, "kid": one["kid"]}, named)
    owner = "This JWK has no alg: its owner did not say what it is for, and the header may not."
    bad([_without(one, "alg")], _header(one), owner)
    use = "This key is not for verifying signatures: use is not 'sig', or key_ops is no list with 'verify' in it."
    for use_of in ("enc", "SIG", "signature", None, ["sig"]):
        bad([one | {"use": use_of}, rsa], _header(one), use, vital=use_of == "enc")
    for key_ops in (["encrypt"], ["sign"], [], "verify", None, {"verify": True}):
        bad([one | {"key_ops": key_ops}], _header(one), use)


def _bad_sets(case: Case, one: Jwk) -> None:
    shape = "A key set is an object with an array `keys` (RFC 7517 §5); anything else is a ValueError."
    for jwks in ({}, {"keys": None}, {"keys": {one["kid"]: one}}, {"keys": "none"}, [one], one, None, "keys", 3):
        case.raises((jwks, _header(one)), ValueError, why=shape)


def _find(
    jwks: Any,
    header: dict[str, Any],
    alg_ok: Callable[[Any, Any], bool] = lambda theirs, ours: bool(theirs == ours),
    kid_there: Callable[[dict[str, Any]], bool] = lambda header: "kid" in header,
    kid_ok: Callable[[Any, Any], bool] = lambda theirs, ours: bool(theirs == ours),
    use_ok: Callable[[Jwk], bool] = lambda jwk: jwk.get("use", "sig") == "sig",
    ops_ok: Callable[[Jwk], bool] = lambda jwk: (
        isinstance(jwk.get("key_ops", ["verify"]), list) and "verify" in jwk.get("key_ops", ["verify"])
    ),
    member_ok: Callable[[Any], bool] = lambda jwk: isinstance(jwk, dict),
    shape: bool = True,
    alg_text: bool = True,
    kid_text: bool = True,
    choose: Callable[[list[Jwk], list[Jwk]], Any] | None = None,
) -> Any:
    """The rule; a mistake changes one of its parts."""
    if shape and (not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list)):
        raise ValueError("shape")
    alg, kid = header.get("alg"), header.get("kid")
    if (alg_text and not isinstance(alg, str)) or (kid_text and "kid" in header and not isinstance(kid, str)):
        raise ValueError("header")
    of_alg = [
        jwk for jwk in jwks["keys"] if member_ok(jwk) and alg_ok(alg, jwk.get("alg")) and use_ok(jwk) and ops_ok(jwk)
    ]
    found = [jwk for jwk in of_alg if not kid_there(header) or kid_ok(kid, jwk.get("kid"))]
    if choose is not None:
        return choose(found, of_alg)
    if len(found) != 1:
        raise ValueError("not exactly one")
    return found[0]


def _find_mistakes(case: Case) -> None:
    def wrong(**changes: Any) -> Callable[..., Any]:
        return lambda jwks, header: _find(jwks, header, **changes)

    def or_refuse(found: list[Jwk]) -> Any:
        return found[0] if found else _refuse()

    case.mistake(
        wrong(choose=lambda found, of_alg: or_refuse(found)),
        "Where two keys fit it takes the first. Nothing says that it is the right one: exactly one must remain.",
    )
    case.mistake(
        wrong(choose=lambda found, of_alg: found[0]),
        "It takes the first of those that fit. Two are as wrong as none, and of none there is no first: that is an "
        "IndexError and no ValueError.",
    )
    case.mistake(
        wrong(choose=lambda found, of_alg: next(iter(found), None)),
        "Where no key fits it returns None. The caller who forgets to look goes on without a key: raise ValueError.",
    )
    case.mistake(
        wrong(choose=lambda found, of_alg: or_refuse(found or of_alg)),
        "For an unknown kid it goes on with another key. An unknown kid is an error (lesson 04).",
    )
    case.mistake(
        wrong(choose=lambda found, of_alg: found),
        "It returns a list. Return the one JWK itself.",
    )
    case.mistake(
        wrong(kid_there=lambda header: False),
        "kid is not looked at, so a set with two keys for one alg is of no use, and an unknown kid is not noticed.",
    )
    case.mistake(
        wrong(kid_there=lambda header: bool(header["kid"]) or True),
        "A header without kid ends in a KeyError. Then every key with its alg is a candidate.",
    )
    case.mistake(
        wrong(kid_there=lambda header: True),
        "`header.get('kid') == jwk.get('kid')` asks a header without kid for a key without kid. Then every key with "
        "its alg is a candidate.",
    )
    case.mistake(
        wrong(alg_ok=lambda theirs, ours: True),
        "alg is not looked at. A kid alone would let the sender use a key with another algorithm (lesson 07).",
    )
    case.mistake(
        wrong(kid_there=lambda header: bool(header.get("kid"))),
        "`header.get('kid')` is false for an empty text, and that is a kid, too. Ask `'kid' in header`.",
    )
    case.mistake(
        wrong(kid_text=False, kid_there=lambda header: header.get("kid") is not None),
        "A kid that is null or no text counts as absent or is compared as it is. It is there, so it must be a str.",
    )
    case.mistake(
        wrong(kid_text=False),
        "A kid that is no str is compared all the same, and 7 equals 7. It must be a str (RFC 7515 §4.1.4).",
    )
    case.mistake(
        wrong(kid_text=False, kid_ok=lambda theirs, ours: str(theirs) == str(ours)),
        "kid is turned into text with `str(…)`, so that null, 7 and lists become names. It must be a str already.",
    )
    case.mistake(
        wrong(kid_ok=lambda theirs, ours: str(theirs).lower() == str(ours).lower()),
        "kid is compared without regard to case; it is exact (RFC 7517 §4.5).",
    )
    case.mistake(
        wrong(kid_ok=lambda theirs, ours: theirs.strip() == ours),
        "kid is stripped before it is compared. A space is a character like any other.",
    )
    case.mistake(
        wrong(kid_ok=lambda theirs, ours: isinstance(ours, str) and theirs in ours),
        "A part of a kid is taken for the kid: `in` finds it inside. Compare with `==`.",
    )
    case.mistake(
        wrong(kid_ok=lambda theirs, ours: ours is None or theirs == ours),
        "A JWK without kid is taken for any kid. When the header has one, the JWK must have the same.",
    )
    case.mistake(
        wrong(alg_text=False),
        "A header without alg finds a JWK without alg, for None equals None. The header's alg must be a str.",
    )
    case.mistake(
        wrong(alg_ok=lambda theirs, ours: ours is None or theirs == ours),
        "A JWK without alg is taken for any alg. Then the sender says what the key is for; leave such a JWK out.",
    )
    case.mistake(
        wrong(alg_ok=lambda theirs, ours: isinstance(ours, str) and theirs.lower() == ours.lower()),
        "alg is compared without regard to case; it is exact (RFC 7515 §4.1.1).",
    )
    case.mistake(
        wrong(use_ok=lambda jwk: True, ops_ok=lambda jwk: True),
        "Neither use nor key_ops is looked at, so a key that is meant for encryption verifies signatures.",
    )
    case.mistake(
        wrong(use_ok=lambda jwk: True),
        "use is not looked at. A key with use 'enc' is for encryption (RFC 7517 §4.2).",
    )
    case.mistake(
        wrong(use_ok=lambda jwk: jwk.get("use") != "enc"),
        "Only the word 'enc' is refused. Name what you accept: use is absent or exactly 'sig'.",
    )
    case.mistake(
        wrong(use_ok=lambda jwk: jwk.get("use") == "sig"),
        "A JWK without use is refused. The member may be absent (RFC 7517 §4.2).",
    )
    case.mistake(
        wrong(ops_ok=lambda jwk: True),
        "key_ops is not looked at. It lists what the key may do (RFC 7517 §4.3).",
    )
    case.mistake(
        wrong(ops_ok=lambda jwk: "verify" in (jwk.get("key_ops") or ["verify"])),
        "`or` replaces an empty list, and `in` finds 'verify' inside a text. If key_ops is there, it is a list that "
        "has 'verify' in it.",
    )
    case.mistake(
        wrong(member_ok=lambda jwk: True),
        "A member of the set that is no dict ends in an AttributeError. Pass over it; the others are still good.",
    )
    case.mistake(
        wrong(shape=False),
        "A set without the array `keys` ends in a KeyError or a TypeError, or is read as if it were one. See that it "
        "is a dict with a list in `keys`, and raise ValueError.",
    )
    case.mistake(
        lambda jwks, header: header["jwk"] if "jwk" in header else _find(jwks, header),
        "It takes the key from the header. Whoever sends the token wrote that, and signed with that key.",
    )
    case.mistake(
        lambda jwks, header: {jwk["kid"]: jwk for jwk in jwks["keys"]}[header["kid"]],
        "A dict by kid keeps only the last of two keys with one kid, knows no key without one, and forgets about alg. "
        "Filter the list instead.",
    )
    case.mistake(
        _by_kid_alone,
        "It takes the first JWK with this kid and asks nothing else: not its alg, not what it may be used for, not "
        "whether there is a second one.",
    )
    _loop_mistakes(case)
    case.mistake(
        lambda jwks, header: _find(_members_read(jwks), header),
        "One member that is no good JWK makes it refuse the whole set. Pass over that member (RFC 7517 §5).",
    )
    case.mistake(
        lambda jwks, header: _find(_all_have_alg(jwks, _refuse), header),
        "One JWK without alg ended the whole search: an exception inside leaves the loop for good. Pass over it, the "
        "others are still good. `jwk.get('alg')` needs no `try`.",
    )
    case.mistake(
        lambda jwks, header: _find(_all_have_alg(jwks), header, member_ok=lambda jwk: True),
        "A JWK without alg ends in a KeyError, and what is no dict in another exception. Ask `isinstance(jwk, dict)` "
        "and `jwk.get('alg')`.",
    )
    case.mistake(
        lambda jwks, header: _find(_all_have_alg(_dicts_only(jwks)), header),
        "A JWK without alg ends in a KeyError. `jwk.get('alg')` is None there, and equals no header's alg.",
    )


def _loop_mistakes(case: Case) -> None:
    """The loop that comes to mind first: `if jwk["kid"] == header["kid"]: return jwk`."""
    for names, uses in ((("kid",), False), (("alg", "kid"), False), (("alg", "kid"), True), (("kid", "alg"), False)):
        asks = " and ".join(f"jwk['{name}'] == header['{name}']" for name in names)
        missing = ["use and key_ops are not looked at"] * (not uses)
        missing += ["alg is not compared"] * ("alg" not in names)
        case.mistake(
            lambda jwks, header, names=names, uses=uses: _first_in_loop(jwks, header, names, uses),
            f"`{asks}` is not all that must be asked. A header, or a JWK, without kid ends in a KeyError; "
            f"{''.join(f'{one}; ' for one in missing)}where two fit it takes the first.",
        )


def _first_in_loop(jwks: Any, header: dict[str, Any], names: tuple[str, ...], uses: bool) -> Any:
    """Right about the shape of what it is given, so that no more than the loop is wrong."""
    if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list) or not isinstance(header.get("alg"), str):
        raise ValueError("shape")
    if not isinstance(header.get("kid", ""), str):
        raise ValueError("kid")
    for jwk in jwks["keys"]:
        if all(jwk[name] == header[name] for name in names) and (not uses or _may_verify(jwk)):
            return jwk
    raise ValueError("none")


def _may_verify(jwk: Jwk) -> bool:
    ops = jwk.get("key_ops", ["verify"])
    return jwk.get("use", "sig") == "sig" and isinstance(ops, list) and "verify" in ops


def _dicts_only(jwks: Any) -> Any:
    if isinstance(jwks, dict) and isinstance(jwks.get("keys"), list):
        return {"keys": [jwk for jwk in jwks["keys"] if isinstance(jwk, dict)]}
    return jwks


def _all_have_alg(jwks: Any, otherwise: Callable[[], Any] | None = None) -> Any:
    """The set, after a loop that reads `jwk["alg"]` of each member; otherwise says what an exception there becomes."""
    try:
        for jwk in jwks["keys"] if isinstance(jwks, dict) and isinstance(jwks.get("keys"), list) else ():
            jwk["alg"]
    except (KeyError, TypeError):
        if otherwise is not None:
            return otherwise()
        raise
    return jwks


def _by_kid_alone(jwks: Any, header: dict[str, Any]) -> Any:
    for jwk in jwks["keys"]:
        if jwk.get("kid") == header.get("kid"):
            return jwk
    raise ValueError("none")


def _members_read(jwks: Any) -> Any:
    """Insists that every member is a JWK with its labels in order."""
    if isinstance(jwks, dict) and isinstance(jwks.get("keys"), list):
        for jwk in jwks["keys"]:
            if not isinstance(jwk, dict) or not isinstance(jwk.get("alg"), str):
                raise ValueError("a bad member")
    return jwks


# -- is_safe_jku ------------------------------------------------------------------------------------------------------

_ALLOWED_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~%:/?=&]*")


@exercise(
    "is_safe_jku",
    points=10,
    spec="RFC 7515 §4.1.2, §8; RFC 6454 §4; RFC 3986 §3.2",
    hints=(
        "Don't list what is bad; say what a good address looks like, letter by letter. Where in the text does the "
        "origin end, for every reader?",
        "Three steps: a str of the allowed characters only (`re.fullmatch`); it begins with `https://`; what stands "
        "between that and the next slash, without a `:443` at the end, makes an origin that is in the list.",
        "`if not isinstance(url, str) or not re.fullmatch(r'[A-Za-z0-9._~%:/?=&-]+', url): return False`; "
        "`if not url.startswith('https://'): return False`; "
        "`host = url[len('https://'):].split('/')[0].removesuffix(':443')`; "
        "`return 'https://' + host in allowed_origins`.",
    ),
)
def is_safe_jku(case: Case) -> None:
    """Whether keys may be fetched from an address that a token names."""
    number = case.random.randrange(100, 10**6)
    host, other = f"keys-{number}.example", f"login.uni-{number}.example"
    allowed = [f"https://{host}", f"https://{other}:8443", "https://10.0.0.7"]
    case.random.shuffle(allowed)
    _safe_addresses(case, allowed, host, other)
    _unsafe_addresses(case, allowed, host, other)
    _safe_mistakes(case)


def _safe_addresses(case: Case, allowed: list[str], host: str, other: str) -> None:
    def good(url: str, why: str) -> None:
        case.equal((url, allowed), True, why=why)

    path = "The origin is in the list, and what stands behind the next slash is free."
    for rest in ("/jwks.json", "/.well-known/jwks.json", "/", "/v2/Keys/%7E1/", "/keys?p=signin&n=1"):
        good(f"https://{host}{rest}", path)
        good(f"https://{other}:8443{rest}", path)
    good("https://10.0.0.7/jwks.json", path)
    good(f"https://{host}", "The text may end behind the origin.")
    good(f"https://{host}:443/jwks.json", "443 is the port of https: the same origin with it and without.")
    good(f"https://{host}:443", "443 is the port of https: the same origin with it and without.")
    trap = "It asks an allowed origin. If that one redirects, the fetcher must not follow; this function can't know."
    good(f"https://{host}/go?to=https://mallory.example/jwks.json", trap)
    good(f"https://{host}/mallory.example/jwks.json", "Another host's name in the path is only a path.")
    case.equal((f"https://{other}/k", [f"https://{other}"]), True, why=path)


def _unsafe_addresses(case: Case, allowed: list[str], host: str, other: str) -> None:
    def bad(url: Any, why: str, vital: bool = False) -> None:
        case.refuses((url, allowed), why=why, vital=vital)

    stranger = "This origin is not in the list."
    for url in ("https://mallory.example/jwks.json", "https://127.0.0.1/jwks.json", "https://169.254.169.254/latest"):
        bad(url, stranger, vital=True)
    bad(f"https://mallory.example/{host}/jwks.json", stranger, vital=True)
    bad(f"https://mallory.example/?https://{host}/", stranger, vital=True)
    bad("https://localhost/jwks.json", stranger)
    case.refuses((f"https://{host}/jwks.json", []), why="The list is empty: nothing is allowed.")
    plain = "Without TLS anybody on the way can put in a key of their own (RFC 7515 §8)."
    bad(f"http://{host}/jwks.json", plain, vital=True)
    bad(f"http://{host}:443/jwks.json", plain)
    for url in (f"ftp://{host}/jwks.json", "file:///etc/jwks.json", "data:,x", f"//{host}/jwks.json", "/jwks.json"):
        bad(url, "It does not begin with https://.")
    for url in (host, f"https:{host}/", f"https:/{host}/", f"https:///{host}/", f" https://{host}/", ""):
        bad(url, "It does not begin with https:// and a host. Fetchers read such texts in different ways.")
    begin = "It only begins like an allowed origin. Behind that must come a slash, or the end."
    bad(f"https://{host}.mallory.example/jwks.json", begin, vital=True)
    for url in (
        f"https://{host}mallory.example/",
        f"https://{host}:8443/",
        f"https://{host}-m/",
    ):
        bad(url, begin)
    bad(
        f"https://{host}:444/",
        "Another port is another origin (RFC 6454 §4), and somebody else may have it.",
        vital=True,
    )
    end = "It only ends like an allowed host; the name is another one."
    bad(f"https://mallory-{host}/jwks.json", end, vital=True)
    bad(f"https://www.{host}/jwks.json", end)
    bad(f"https://{host.replace('.', 'x')}/jwks.json", "A dot is a dot: in a regular expression it is any character.")
    user = "What stands before an @ is a user's name. The request goes to the host behind it (RFC 3986 §3.2.1)."
    bad(f"https://{host}@mallory.example/jwks.json", user, vital=True)
    for url in (
        f"https://{host}:443@mallory.example/",
        f"https://ada@{host}/",
        f"https://@{host}/",
        f"https://{host}/@m",
    ):
        bad(url, user)
    bad(f"https://{host}%40mallory.example/", "A % in the host is no spelling of an allowed origin.")
    differ = "Here readers disagree where the host ends: some take a backslash for a slash (WHATWG URL), some don't."
    for url in (f"https://mallory.example\\@{host}/", f"https://{host}\\.mallory.example/", f"https:\\\\{host}\\"):
        bad(url, differ)
    hidden = "Behind the origin comes a slash, or nothing. ? and # end the host for some readers and not for others."
    for url in (f"https://{host}?@mallory.example/", f"https://{host}#@mallory.example/", f"https://{host}?p=1"):
        bad(url, hidden)
    bad(f"https://mallory.example#https://{host}/", hidden, vital=True)
    bad(f"https://{host}/jwks.json#keys", "A fragment is never sent to a server. # is not among the characters.")
    control = "Spaces, line breaks and control characters are no part of an address; some fetchers drop them silently."
    for url in (
        "\thttps://{}/",
        "https://{}/\n",
        "https://{}\t/",
        "ht\ntps://{}/",
        "https://{}/ HTTP/1.1",
        "https://{}/\r\nX: y",
    ):
        bad(url.format(host), control)
    for url in (
        f"https://{host}\0.mallory.example/",
        f"https://{host}/\0",
        f"https://{host}\u00a0/",
        f"https://{host}/\x7f",
    ):
        bad(url, control)
    letters = "Only ASCII: a letter from another script, or a full-width dot, is another character that looks alike."
    for url in (host.replace("e", "\u0435", 1), host.replace(".", "\uff0e"), host.replace("k", "\uff4b")):
        bad(f"https://{url}/jwks.json", letters)
    bad(f"https://{host}/\u00e9", letters)
    spelling = "One meaning, one spelling: the origin is compared letter for letter with the list."
    for url in (f"HTTPS://{host}/", f"https://{host.upper()}/", f"Https://{host}/", f"https://{host.title()}/"):
        bad(url, spelling)
    bad(f"https://{host}./jwks.json", "A name with a dot at the end is another origin, and often another certificate.")
    for port in (":", ":0443", ":443:443", ":443.", ":4430", ":44", ":99999", ":https", "::443"):
        bad(f"https://{host}{port}/jwks.json", "Only a :443 at the end, just so, counts as not there.")
    bad(f"https://{other}/jwks.json", "The list allows another port of this host, and only that one.")
    bad(f"https://{other}:443/jwks.json", "The list allows another port of this host, and only that one.")
    address = "It may mean an allowed address, in another spelling. Only the spelling in the list is allowed."
    for ip in ("10.7", "167772167", "0x0a000007", "012.0.0.7", "10.0.0.07", "[::ffff:10.0.0.7]", "[", "10.0.0.7]"):
        bad(f"https://{ip}/jwks.json", address)
    odd = "A header can hold any JSON. What is no str is no address, and the answer is False."
    for value in (None, 443, True, [f"https://{host}"], {"url": f"https://{host}"}, f"https://{host}/".encode()):
        bad(value, odd)


def _safe(
    url: Any,
    allowed: list[str],
    text: Callable[[Any], Any] = lambda url: url if isinstance(url, str) else None,
    characters: Callable[[str], bool] = lambda url: bool(_ALLOWED_CHARACTERS.fullmatch(url)),
    scheme: Callable[[str], bool] = lambda url: url.startswith("https://"),
    origin: Callable[[str], str] = lambda url: "/".join(url.split("/")[:3]).removesuffix(":443"),
    equal: Callable[[str, str], bool] = lambda theirs, ours: theirs == ours,
) -> bool:
    """The rule; a mistake changes one of its parts."""
    url = text(url)
    if url is None or not characters(url) or not scheme(url):
        return False
    return any(equal(origin(url), one) for one in allowed)


def _parsed(url: Any, allowed: list[str], careful: bool = True, userinfo: bool = False) -> bool:
    """As many write it with urlsplit: it lowers, drops and forgives; careful turns its exceptions into False."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port in (None, 443) else f":{parts.port}"
        if userinfo and "@" in parts.netloc:
            return False
        return parts.scheme == "https" and f"https://{parts.hostname}{port}" in allowed
    except (ValueError, TypeError, AttributeError):
        if careful:
            return False
        raise


def _safe_mistakes(case: Case) -> None:
    def wrong(**changes: Any) -> Callable[..., Any]:
        return lambda url, allowed_origins: _safe(url, allowed_origins, **changes)

    def text_only(function: Callable[[str, list[str]], Any]) -> Callable[..., Any]:
        return lambda url, allowed_origins: isinstance(url, str) and function(url, allowed_origins)

    case.mistake(
        text_only(lambda url, allowed: url.startswith(tuple(allowed))),
        "An address is compared by its beginning, and `https://good.example.mallory.example` and "
        "`https://good.example@mallory.example` begin like yours.",
    )
    case.mistake(
        wrong(origin=lambda url: url, equal=lambda theirs, ours: theirs.startswith(ours)),
        "Only the beginning is compared. Behind the allowed origin must come a slash, or nothing.",
    )
    case.mistake(
        text_only(lambda url, allowed: any(one in url for one in allowed)),
        "The allowed origin is looked for anywhere in the address. An attacker writes it into a query.",
    )
    case.mistake(
        text_only(lambda url, allowed: urlsplit(url).netloc in [urlsplit(one).netloc for one in allowed]),
        "Only the host is compared, not the scheme. Over http anybody on the way can put in another key.",
    )
    case.mistake(
        wrong(scheme=lambda url: url.startswith(("https://", "http://")), origin=lambda url: _origin_as_https(url)),
        "http is allowed. Keys come over TLS or not at all (RFC 7515 §4.1.2).",
    )
    case.mistake(
        wrong(origin=lambda url: re.sub(r":[0-9]+$", "", "/".join(url.split("/")[:3]))),
        "Every port is dropped. Another port is another origin; only 443 is the one that goes without saying.",
    )
    case.mistake(
        wrong(equal=lambda theirs, ours: theirs == ours and theirs.count(":") == 1),
        "Any port but 443 is refused. It stays a part of the origin, and an origin with `:8443` is in your list.",
    )
    case.mistake(
        wrong(origin=lambda url: "/".join(url.split("/")[:3])),
        "`:443` is not recognised as the port of https. With it and without it is the same origin.",
    )
    case.mistake(
        wrong(equal=lambda theirs, ours: theirs.endswith(ours.removeprefix("https://"))),
        "A host that *ends* like an allowed one is let in, such as `mallory-good.example`. Compare the whole origin.",
    )
    case.mistake(
        wrong(equal=lambda theirs, ours: theirs == ours or theirs.endswith("." + ours.removeprefix("https://"))),
        "Subdomains are let in. `www.good.example` is another origin, and somebody else may have it.",
    )
    case.mistake(
        wrong(equal=lambda theirs, ours: bool(re.fullmatch(ours, theirs))),
        "The allowed origin is used as a regular expression, where a dot is any character. Compare with `==`.",
    )
    case.mistake(
        wrong(scheme=lambda url: url.lower().startswith("https://"), origin=lambda url: _lowered_origin(url)),
        "Upper case is let in. It may be the same host, but it is another spelling, and one meaning has one spelling.",
    )
    case.mistake(
        wrong(origin=lambda url: "/".join(url.split("/")[:3]).removesuffix(":443").rstrip(".")),
        "A dot at the end of the host is dropped. To browsers and certificates it is another name.",
    )
    case.mistake(
        wrong(characters=lambda url: True),
        "The characters are not looked at. A backslash, a tab, an @ or a # makes two readers see two addresses.",
    )
    case.mistake(
        wrong(characters=lambda url: not re.search(r"[@\\#]", url)),
        "@, \\ and # are forbidden one by one, and control characters and other scripts remain. Name what is allowed.",
    )
    case.mistake(
        wrong(characters=lambda url: bool(re.match(r"[A-Za-z0-9\-._~%:/?=&]*$", url))),
        "In a regular expression `$` also fits before a line break at the end. Use `re.fullmatch`.",
    )
    case.mistake(
        wrong(text=lambda url: url.strip() if isinstance(url, str) else None),
        "The text is stripped first. What is judged must be what is fetched, to the last character.",
    )
    case.mistake(
        _parsed,
        "urlsplit forgives: it lowers, drops tabs, line breaks and user names, and ignores a fragment. Look at the "
        "text itself before you have it read, and compare what is written there.",
    )
    case.mistake(
        lambda url, allowed_origins: _parsed(url, allowed_origins, careful=False),
        "urlsplit raises for some texts, and port does for others. The answer is False, never an exception.",
    )
    case.mistake(
        lambda url, allowed_origins: _parsed(url, allowed_origins, userinfo=True),
        "The user name is noticed, and urlsplit still lowers, drops tabs and line breaks, and ignores a fragment. Look "
        "at the characters first.",
    )
    case.mistake(
        wrong(text=lambda url: url),
        "What is no text ends in an exception. A header can hold any JSON: first ask `isinstance(url, str)`.",
    )
    case.mistake(
        wrong(characters=lambda url: bool(_ALLOWED_CHARACTERS.fullmatch(url)) and "?" not in url),
        "A query is refused. Behind the origin's slash everything is free: some issuers have one.",
    )
    case.mistake(
        wrong(characters=lambda url: bool(_ALLOWED_CHARACTERS.fullmatch(url)) and url.count("://") == 1),
        "An address inside the query is refused. The request goes to an allowed origin; that it is not sent on from "
        "there is the fetcher's duty.",
    )
    case.mistake(
        wrong(equal=lambda theirs, ours: theirs == ours.lower() and theirs.count("/") == 2, origin=lambda url: url),
        "The whole address is compared with the origins. A path follows the origin.",
    )
    case.mistake(
        wrong(characters=lambda url: bool(_ALLOWED_CHARACTERS.fullmatch(url)) and url.endswith("/jwks.json")),
        "Only one path is allowed. Each issuer chooses its own.",
    )
    case.mistake(lambda url, allowed_origins: False, "It refuses every address, also the allowed ones.")
    case.mistake(lambda url, allowed_origins: True, "It lets every address through.")


def _origin_as_https(url: str) -> str:
    return "/".join(url.split("/")[:3]).replace("http://", "https://", 1).removesuffix(":443")


def _lowered_origin(url: str) -> str:
    return "/".join(url.split("/")[:3]).lower().removesuffix(":443")
