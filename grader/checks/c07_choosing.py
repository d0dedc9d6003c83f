"""Chapter 07: Ed25519 with keys that OpenSSL should not have let in; one key, one algorithm, and which one."""

import base64
import functools
import hashlib
import hmac
import itertools
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ..judging.legacy.case import Case, exercise

_TOKEN_MAKERS = (
    "jwt",
    "joserfc",
    "jwt_from_scratch.jwt",
    "jwt_from_scratch.jws",
    "jwt_from_scratch.keys",
    "jwt_from_scratch.jwk",
    "jwt_from_scratch.material",
    "jwt_from_scratch.algorithms",
)

# -- verify_ed25519 ---------------------------------------------------------------------------------------------------

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_L = 2**252 + 27742317777372353535851937790883648493
_HEADER = {"alg": "Ed25519", "typ": "JWT"}

_Point = tuple[int, int]


def _point(data: bytes) -> _Point:
    """Read as generously as OpenSSL does: y beyond p and a sign for x = 0 are let through."""
    if len(data) != 32:
        raise ValueError("32 bytes")
    number = int.from_bytes(data, "little")
    y, odd = number % 2**255 % _P, number >> 255
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if x * x % _P != square:
        raise ValueError("no such point")
    return (-x % _P if x % 2 != odd else x), y


def _encoded(point: _Point) -> bytes:
    return (point[1] | point[0] % 2 << 255).to_bytes(32, "little")


def _add(a: _Point, b: _Point) -> _Point:
    (x1, y1), (x2, y2) = a, b
    k = _D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + k, -1, _P) % _P,
        (y1 * y2 + x1 * x2) * pow(1 - k, -1, _P) % _P,
    )


def _order_divides(point: _Point, doublings: int) -> bool:
    for _ in range(doublings):
        point = _add(point, point)
    return point == (0, 1)


@functools.cache
def _small_points() -> list[_Point]:
    """The eight points whose order divides 8, beginning with the neutral one: the multiples of one of order 8."""
    eighth = _point(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"))
    points = [(0, 1)]
    while len(points) < 8:
        points.append(_add(points[-1], eighth))
    return points


def _small_keys() -> list[bytes]:
    return [_encoded(point) for point in _small_points()]


def _second_spellings() -> list[bytes]:
    """The six other ways to write four of these points, each of which OpenSSL loads."""
    sign = 1 << 255
    numbers = (1 | sign, (_P - 1) | sign, _P, _P | sign, _P + 1, (_P + 1) | sign)
    return [number.to_bytes(32, "little") for number in numbers]


@exercise(
    "verify_ed25519",
    points=7,
    spec="RFC 8037 §2, §3.1; RFC 9864 §2.2; RFC 8032 §5.1.3; RFC 8725 §3.4",
    forbids=_TOKEN_MAKERS,
    seconds=5.0,
    hints=(
        "Two things are to be judged, the token and the *key*. The library checks the signature; it does not ask "
        "whether the key is one that anybody could sign for.",
        "The key first: kty, crv and alg by `==`, x a text that `b64u_decode` takes. `decode_point` gives the point; "
        "encoding it again must give the same bytes, and after three doublings it must not be `(0, 1)`. Then "
        "`open_token`, the names, the signature, the claims.",
        "`data = b64u_decode(x)`; `point = decode_point(data)`; refuse if `encode_point(point) != data`; three times "
        "`point = add(point, point)`; refuse `(0, 1)`. If `'alg' in jwk`, it must be one of the two names and the "
        "header's alg must equal it; if not, the header's alg must be one of the two. "
        "`Ed25519PublicKey.from_public_bytes(data).verify(signature, signed)` raises InvalidSignature: catch it and "
        "raise ValueError.",
    ),
)
def verify_ed25519(case: Case) -> None:
    """A token and an Ed25519 JWK in, the claims out, or ValueError."""
    private, other = _private(case.random, 0), _private(case.random, 1)
    jwk = _jwk(private)
    claims = {"sub": "ada", "exp": 2_000_000_000, "jti": case.random.randbytes(4).hex()}
    _good_tokens(case, private, other, claims)
    _bad_signatures(case, private, other, claims)
    _bad_names(case, private, claims)
    _bad_jwks(case, private, claims)
    _small_order(case, claims)
    _bad_forms(case, private, jwk, claims)
    _ed25519_mistakes(case)


def _private(random: random.Random, sign: int) -> Ed25519PrivateKey:
    """A key whose public half has this top bit."""
    while True:
        private = Ed25519PrivateKey.from_private_bytes(random.randbytes(32))
        if private.public_key().public_bytes_raw()[31] >> 7 == sign:
            return private


def _x(private: Any) -> str:
    return b64u_encode(private.public_key().public_bytes_raw())


def _jwk(private: Any, **members: Any) -> dict[str, Any]:
    return {"kty": "OKP", "crv": "Ed25519", "x": _x(private), "alg": "Ed25519", **members}


def _nameless(private: Any) -> dict[str, Any]:
    return {"kty": "OKP", "crv": "Ed25519", "x": _x(private)}


def _signed(private: Any, payload: bytes, header: bytes) -> str:
    signing_input = f"{b64u_encode(header)}.{b64u_encode(payload)}"
    return f"{signing_input}.{b64u_encode(private.sign(signing_input.encode()))}"


def _token(private: Any, claims: dict[str, Any], **header: Any) -> str:
    return _signed(private, json_dumps(claims), json_dumps({**_HEADER, **header}))


def _good_tokens(case: Case, private: Any, other: Any, claims: dict[str, Any]) -> None:
    bit = "The top bit of the last byte says whether x is odd. It is not part of y; half of all keys have it set."
    case.equal((_token(private, claims), _jwk(private)), claims)
    case.equal((_token(other, claims), _jwk(other)), claims, why=bit)
    case.equal(
        (_token(private, claims, alg="EdDSA"), _jwk(private, alg="EdDSA")),
        claims,
        why="EdDSA is the older name (RFC 8037 §3.1); a key may carry it.",
    )
    for alg in ("Ed25519", "EdDSA"):
        case.equal(
            (_token(other, claims, alg=alg), _nameless(other)),
            claims,
            why="A JWK that names no alg takes both names: alg is optional (RFC 7517 §4.4).",
        )
    case.equal((_token(private, {}), _jwk(private)), {}, why="A token without claims is a valid token.")
    case.equal((_token(private, {"name": "Þórður"}), _jwk(private)), {"name": "Þórður"})
    case.equal(
        (_token(private, claims, kid="gate-7"), _jwk(private, kid="2026-11", use="sig")),
        claims,
        why="Other members of the header and of the JWK are none of this function's business.",
    )
    case.equal(
        (_signed(private, json_dumps(claims), b'{ "alg" : "Ed25519" }'), _jwk(private)),
        claims,
        why="The signature covers the segments as they came.",
    )


def _bad_signatures(case: Case, private: Any, other: Any, claims: dict[str, Any]) -> None:
    why = "The signature does not fit the key and the bytes."
    token, jwk = _token(private, claims), _jwk(private)
    header, payload, third = token.split(".")
    case.raises((token, _jwk(other)), ValueError, why=why, vital=True)
    changed = b64u_encode(json_dumps({**claims, "sub": "admin"}))
    case.raises((f"{header}.{changed}.{third}", jwk), ValueError, why=why, vital=True)
    case.raises((f"{header}.{payload}.", jwk), ValueError, why="An empty signature is no signature.", vital=True)
    signature = b64u_decode(third)
    flipped = [bytes(byte ^ (i == place) for i, byte in enumerate(signature)) for place in (0, 31, 32, 60)]
    for wrong in (bytes(64), *flipped, signature[:63], signature + b"\0"):
        case.raises((f"{header}.{payload}.{b64u_encode(wrong)}", jwk), ValueError, why=why)
    s = int.from_bytes(signature[32:], "little") + _L
    spelled = b64u_encode(signature[:32] + s.to_bytes(32, "little"))
    case.raises(
        (f"{header}.{payload}.{spelled}", jwk), ValueError, why="S has a second spelling, S + L (RFC 8032 §5.1.7)."
    )


def _bad_names(case: Case, private: Any, claims: dict[str, Any]) -> None:
    exact = "The JWK names its algorithm, and the header must say exactly that."
    case.raises((_token(private, claims, alg="EdDSA"), _jwk(private)), ValueError, why=exact)
    case.raises((_token(private, claims), _jwk(private, alg="EdDSA")), ValueError, why=exact)
    for alg in ("none", "", "Ed448", "ed25519", "Ed25519ph", "XXEd25519XX", "Ed", "HS256", "ES256", None, ["Ed25519"]):
        for jwk in (_jwk(private), _nameless(private)):
            why = "The header says neither Ed25519 nor EdDSA."
            case.raises((_token(private, claims, alg=alg), jwk), ValueError, why=why, vital=alg == "none")
    case.raises(
        (_signed(private, json_dumps(claims), b'{"typ":"JWT"}'), _nameless(private)),
        ValueError,
        why="A header without alg.",
    )
    signing_input = f"{b64u_encode(json_dumps({'alg': 'HS256'}))}.{b64u_encode(json_dumps(claims))}"
    mac = hmac.new(private.public_key().public_bytes_raw(), signing_input.encode(), hashlib.sha256).digest()
    case.raises(
        (f"{signing_input}.{b64u_encode(mac)}", _nameless(private)),
        ValueError,
        why="This is an HMAC whose key is the public key, which everyone knows (lesson 05).",
        vital=True,
    )
    others: tuple[Any, ...] = ("ES256", "HS256", "Ed448", "eddsa", "Ed", "", ["Ed25519"], {"alg": "Ed25519"})
    for named in others:
        token = _token(private, claims, alg=named if isinstance(named, str) else "Ed25519")
        why = "The JWK names an algorithm other than Ed25519 or EdDSA."
        case.raises((token, _jwk(private, alg=named)), ValueError, why=why)
    for named in (None, "", 0, []):
        why = "The JWK has an alg, and it is neither Ed25519 nor EdDSA. Only a member that is not there is absent."
        case.raises((_token(private, claims), _jwk(private, alg=named)), ValueError, why=why)


def _bad_jwks(case: Case, private: Any, claims: dict[str, Any]) -> None:
    token = _token(private, claims)
    for member, values in {
        "kty": ("EC", "okp", "oct", None, 1, ["OKP"]),
        "crv": ("Ed448", "X25519", "P-256", "ed25519", None, ["Ed25519"]),
    }.items():
        why = f"{member} must be exactly {'OKP' if member == 'kty' else 'Ed25519'} (RFC 8037 §2)."
        for value in values:
            case.raises((token, _jwk(private, **{member: value})), ValueError, why=why)
        lacking = _jwk(private)
        del lacking[member]
        case.raises((token, lacking), ValueError, why=why)
    x = _x(private)
    data = b64u_decode(x)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = x[:-1] + alphabet[alphabet.index(x[-1]) + 1]
    strict = "x is the strict base64url of exactly 32 bytes (RFC 8037 §2)."
    for value in (x + "=", twin, x + "\n", "", b64u_encode(data[:31]), b64u_encode(data + b"\0"), data.hex(), None, 7):
        case.raises((token, _jwk(private, x=value)), ValueError, why=strict)
    lacking = _jwk(private)
    del lacking["x"]
    case.raises((token, lacking), ValueError, why=strict)
    case.raises((token, {}), ValueError, why="An empty JWK is no key.")
    nowhere = next(data for data in iter(lambda: case.random.randbytes(31) + b"\x12", None) if not _is_point(data))
    case.raises((token, _jwk(private, x=b64u_encode(nowhere))), ValueError, why="These 32 bytes are no curve point.")
    # An Ed448 key under the name that both curves share: a good signature, but not with this kind of key.
    longer = Ed448PrivateKey.from_private_bytes(case.random.randbytes(57))
    for crv in ("Ed448", "Ed25519"):
        jwk = {"kty": "OKP", "crv": crv, "x": _x(longer), "alg": "EdDSA"}
        why = "EdDSA is a name for several curves; this function is for Ed25519 alone."
        case.raises((_token(longer, claims, alg="EdDSA"), jwk), ValueError, why=why)


def _is_point(data: bytes) -> bool:
    try:
        return bool(_point(data))
    except ValueError:
        return False


def _fits_anything(public: bytes, claims: dict[str, Any], random: random.Random, alg: str) -> str:
    """A token that fits a key of small order: S = 0, R neutral, and claims for which the hash happens to suit."""
    key, signature = Ed25519PublicKey.from_public_bytes(public), b"\1" + bytes(63)
    while True:
        signing_input = ".".join(
            b64u_encode(json_dumps(part)) for part in ({"alg": alg}, {**claims, "jti": random.randbytes(4).hex()})
        )
        try:
            key.verify(signature, signing_input.encode())
        except InvalidSignature:
            continue
        return f"{signing_input}.{b64u_encode(signature)}"


def _small_order(case: Case, claims: dict[str, Any]) -> None:
    why = "This point has a small order: after three doublings it is (0, 1). Anyone can make signatures that fit it."
    for number, public in enumerate(_small_keys()):
        alg = ("Ed25519", "EdDSA")[number % 2]
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64u_encode(public), "alg": alg}
        case.raises((_fits_anything(public, claims, case.random, alg), jwk), ValueError, why=why, vital=True)
    spelled = "A second spelling of a point of small order. OpenSSL loads it; RFC 8032 §5.1.3 does not."
    for number, public in enumerate(_second_spellings()):
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64u_encode(public), "alg": "Ed25519"}
        token = _fits_anything(public, claims, case.random, "Ed25519")
        case.raises((token, jwk), ValueError, why=spelled, grave=number == 0)


def _bad_forms(case: Case, private: Any, jwk: dict[str, Any], claims: dict[str, Any]) -> None:
    token = _token(private, claims)
    form = "open_token sees to the form of a token: three segments, strict base64url, strict JSON."
    for other in (
        token + "=",
        token.rpartition(".")[0],
        token + ".AA",
        "",
        " " + token,
        token + "\n",
        token[:-1] + "é",
    ):
        case.raises((other, jwk), ValueError, why=form)
    for header in (b'{"alg":"none","alg":"Ed25519"}', b'["Ed25519"]', b"Ed25519"):
        case.raises((_signed(private, json_dumps(claims), header), jwk), ValueError, why=form)
    case.raises(
        (_token(private, claims, crit=["exp"], exp=1), jwk), ValueError, why="A crit header is refused (lesson 04)."
    )
    # RFC 8037 A.4 signs a sentence: a good JWS, and no JWT.
    for payload in (b"Example of Ed25519 signing", b'["sub"]', b"null", b'{"role":"user","role":"admin"}'):
        case.raises(
            (_signed(private, payload, json_dumps(_HEADER)), jwk),
            ValueError,
            why="The payload of a JWT is a JSON object with unique names (RFC 7519 §4).",
        )


def _ed25519_mistakes(case: Case) -> None:
    case.mistake(
        _ed25519_with(point=lambda data: None),
        "The key is never looked at. With 32 zero bytes for a key anyone can make signatures that fit, and OpenSSL "
        "loads it. Refuse points of small order.",
    )
    case.mistake(
        _ed25519_with(point=_refuse_unless(lambda data: data != bytes(32))),
        "It refuses the key of 32 zero bytes and no other. Seven more points have a small order.",
    )
    case.mistake(
        _ed25519_with(point=_refuse_unless(lambda data: data not in (bytes(32), b"\1" + bytes(31)))),
        "It refuses the zero bytes and the neutral point. Six more points have a small order.",
    )
    case.mistake(
        _ed25519_with(point=_refuse_unless(lambda data: data not in _small_keys())),
        "It knows the eight keys of small order in one spelling each. Four of them have more: refuse bytes that are "
        "not what encode_point gives.",
    )
    case.mistake(
        _ed25519_with(point=_refuse_unless(lambda data: _encoded(_point(data)) == data)),
        "It refuses second spellings, but not the points of small order themselves. Double three times and compare "
        "with (0, 1).",
    )
    case.mistake(
        _ed25519_with(point=_refuse_unless(lambda data: not _order_divides(_point(data), 2))),
        "4·A is computed, by two doublings or by adding A three times. Four points have the order 8: what counts is "
        "8·A, after three doublings.",
    )
    case.mistake(
        _ed25519_with(point=_refuse_unless(lambda data: not _order_divides(_point(data), 1))),
        "One doubling finds the points whose order divides 2. Double three times.",
    )
    case.mistake(
        _ed25519_with(point=_refuse_unless(lambda data: int.from_bytes(data, "little") < _P)),
        "The top bit is read as part of y, so every key with an odd x is refused. y is the number % 2**255.",
    )
    case.mistake(
        _ed25519_with(point=_refuse_unless(lambda data: _encoded(_point(data[::-1])) == data[::-1])),
        "The bytes are read in the wrong order. Ed25519 writes numbers with the smallest byte first, 'little'.",
    )
    case.mistake(
        _ed25519_with(escapes=True),
        "A wrong signature raises InvalidSignature, which is not a ValueError. Catch it and raise ValueError.",
    )
    case.mistake(
        _ed25519_with(check_signature=False), "The signature is never checked. Decoding a token is not verifying it."
    )
    case.mistake(
        _ed25519_with(names=lambda jwk: ["EdDSA"]),
        "Only EdDSA is taken. Since RFC 9864 the name is Ed25519, and new tokens say so.",
    )
    case.mistake(
        _ed25519_with(names=lambda jwk: ["Ed25519"]),
        "Only Ed25519 is taken. Many libraries still write the older name, EdDSA (RFC 8037).",
    )
    case.mistake(
        _ed25519_with(names=lambda jwk: ["Ed25519", "EdDSA"]),
        "The JWK's alg is not looked at. Where it names one, the header must say exactly that one.",
    )
    case.mistake(
        _ed25519_with(names=lambda jwk: [jwk.get("alg", "Ed25519")] if jwk.get("alg") else ["Ed25519", "EdDSA"]),
        "The JWK's alg may be anything that the header repeats, ES256 too, and an empty one counts as absent. If the "
        "member is there, it is Ed25519 or EdDSA.",
    )
    case.mistake(
        _ed25519_with(names=lambda jwk: _allowed_names(jwk) if jwk.get("alg") else ["Ed25519", "EdDSA"]),
        'An alg that is null, empty or 0 counts as absent. It is there, and it names neither: ask `"alg" in jwk`.',
    )
    case.mistake(
        _ed25519_with(names=lambda jwk: _allowed_names(jwk) if jwk.get("alg") is not None else ["Ed25519", "EdDSA"]),
        'An alg of null counts as absent. It is there, and names neither algorithm: ask `"alg" in jwk`.',
    )
    case.mistake(
        _ed25519_with(names=lambda jwk: [jwk["alg"]]),
        "A JWK without alg raises KeyError. The member is optional: without it both names will do.",
    )
    case.mistake(
        _ed25519_with(names=lambda jwk: _allowed_names(jwk) if "alg" in jwk else []),
        "A JWK without alg is refused. The member is optional: without it the header may say either name.",
    )
    case.mistake(
        lambda token, jwk: _ed25519_with()(token, {}),
        "It refuses good tokens, all of them. Usual slips: `verify(signature, message)` in the other order; a test of "
        "what it returns, which is None; open_token's four values mixed up (the fourth is what was signed); the text x "
        "in place of its 32 bytes; a doubling before the comparison with encode_point.",
    )
    case.mistake(
        _ed25519_with(
            names=lambda jwk: list({jwk["alg"]} & {"Ed25519", "EdDSA"}) if "alg" in jwk else ["Ed25519", "EdDSA"]
        ),
        "The JWK's alg may be a list, and looking a list up in a set raises TypeError. Compare with `==`, or look it "
        "up in a tuple.",
    )
    case.mistake(
        _ed25519_with(check_alg=False),
        "The header's alg is never compared. Whatever it says, another reader may believe it.",
    )
    case.mistake(
        _ed25519_with(check_kind=False),
        "kty and crv are not looked at. They say what x means: with X25519 it is not a key for signatures at all.",
    )
    case.mistake(
        _ed25519_with(decode=lambda text: base64.urlsafe_b64decode(text + "==")),
        "x is decoded by the forgiving decoder, so one key has many spellings. Use b64u_decode.",
    )
    case.mistake(
        _ed25519_with(trusts_x=True),
        "x may be missing, a number or null, and then the error is a KeyError or a TypeError. See that it is a str.",
    )
    case.mistake(
        _ed25519_with(loads=json.loads),
        "`json.loads` keeps the last of two equal names. Read the claims with json_loads_strict.",
    )
    case.mistake(
        _ed25519_with(object_only=False), "Claims are an object. A list or null must be refused (RFC 7519 §4)."
    )
    case.mistake(
        _ed25519_with(refuse=lambda: None),
        "A wrong signature gives None. The caller who forgets to look lets everyone in; raise ValueError.",
    )


def _refuse_unless(good: Callable[[bytes], bool]) -> Callable[[bytes], None]:
    def check(data: bytes) -> None:
        if not good(data):
            raise ValueError("key")

    return check


def _check_point(data: bytes) -> None:
    point = _point(data)
    if _encoded(point) != data or _order_divides(point, 3):
        raise ValueError("key")


def _allowed_names(jwk: dict[str, Any]) -> list[Any]:
    if "alg" not in jwk:
        return ["Ed25519", "EdDSA"]
    return [jwk["alg"]] if jwk["alg"] in ("Ed25519", "EdDSA") else []


def _ed25519_with(
    point: Callable[[bytes], None] = _check_point,
    names: Callable[[dict[str, Any]], list[Any]] = _allowed_names,
    check_alg: bool = True,
    check_kind: bool = True,
    check_signature: bool = True,
    escapes: bool = False,
    trusts_x: bool = False,
    object_only: bool = True,
    decode: Callable[[str], bytes] = b64u_decode,
    loads: Callable[[bytes], Any] = json_loads_strict,
    refuse: Callable[[], Any] | None = None,
) -> Callable[[str, dict[str, Any]], Any]:
    """verify_ed25519 with one part to be got wrong."""

    def wrong(token: str, jwk: dict[str, Any]) -> Any:
        if check_kind and (jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519"):
            raise ValueError("kind")
        x: Any = jwk["x"] if trusts_x else jwk.get("x")
        if not trusts_x and not isinstance(x, str):
            raise ValueError("x")
        public = decode(x)
        if len(public) != 32:
            raise ValueError("x")
        point(public)
        segments = token.split(".")
        if len(segments) != 3:
            raise ValueError("form")
        header, payload, signature = (b64u_decode(segment) for segment in segments)
        parsed = json_loads_strict(header)
        if not isinstance(parsed, dict) or "crit" in parsed or "b64" in parsed:
            raise ValueError("header")
        if check_alg and parsed.get("alg") not in names(jwk):
            raise ValueError("alg")
        try:
            if check_signature:
                signed = f"{segments[0]}.{segments[1]}".encode()
                Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
        except InvalidSignature as error:
            if escapes:
                raise
            if refuse is not None:
                return refuse()
            raise ValueError("signature") from error
        claims = loads(payload)
        if object_only and not isinstance(claims, dict):
            raise ValueError("claims")
        return claims

    return wrong


# -- choose_algorithm -------------------------------------------------------------------------------------------------

_SIZES = {"HS256": 32, "Ed25519": 64, "EdDSA": 64, "ES256": 64, "PS256": 256, "RS256": 256}
"""In the order of preference."""
_OTHERS = ("none", "HS512", "ES256K", "Ed448", "RSA-OAEP", "ed25519", "PS256 RS256")

_ONE_KEY = "A key that has served one algorithm serves no other (RFC 8725 §3.1): it is that one or none."
_ORDER = "Of the six, the most preferred one that is allowed. The order of verifiers_know means nothing."
_MINT = "Whoever can check HS256 can also make it, so it is out where the verifiers must not."


@exercise(
    "choose_algorithm",
    points=8,
    spec="RFC 8725 §3.1, §3.2; RFC 7518 §3.1; RFC 9864 §2.2",
    forbids=_TOKEN_MAKERS,
    hints=(
        "Write one small function, or one condition, that says of a *single* name whether it is allowed. After that "
        "the three rules are three lines.",
        "Put the six names and their sizes into a dict in the order of preference. Before all else compare the set of "
        "the scenario's fields with the set of the five you know, and see that `verifiers_know` is a list.",
        "`allowed = [name for name, size in SIZES.items() if name in know and (limit is None or size <= limit) and "
        "(name != 'HS256' or mint) and (name != 'ES256' or nonces)]`. If `key_alg` is not None, keep of these only "
        "that one. Return the first; if there is none, raise ValueError.",
    ),
)
def choose_algorithm(case: Case) -> None:
    """Five facts in, one name out, or ValueError."""
    everything = list(_SIZES)
    _chosen(case, why=_ORDER)
    _chosen(case, verifiers_may_mint=True, why="Where every verifier may mint, HS256 is the smallest and simplest.")
    _chosen(case, verifiers_may_mint=True, verifiers_know=["RS256"], why="Not every verifier knows HS256 here.")
    _chosen(case, verifiers_know=["RS256", "PS256"], why="New RSA keys are for PS256 (RFC 8017 §8).")
    _chosen(case, verifiers_know=["ES256", "EdDSA", "RS256"], why="EdDSA is the older name of Ed25519 (RFC 9864).")
    _chosen(case, verifiers_know=["EdDSA", "Ed25519"], why="Ed25519 says more than EdDSA, so it is preferred.")
    _chosen(case, verifiers_know=["RS256", "ES256"])
    _chosen(
        case, verifiers_know=["RS256", "ES256"], good_nonces=False, why="Without good nonces, no ECDSA (lesson 06)."
    )
    _chosen(case, verifiers_know=everything, good_nonces=False, why="Ed25519 needs no random nonce when signing.")
    _chosen(case, verifiers_know=["HS512", "none", "ES256K", "RS256"], why="Names of others do not matter here.")
    fits = "A signature that is exactly as long as the limit still fits."
    _chosen(case, max_signature=64, why=fits)
    _chosen(case, verifiers_know=["PS256", "RS256"], max_signature=256, why=fits)
    _chosen(case, verifiers_may_mint=True, max_signature=32, why=fits)
    # Enough for the bytes of a signature, and too little for its base64url.
    _chosen(case, max_signature=70, why="max_signature counts the signature's bytes.")
    _chosen(case, verifiers_know=["PS256"], max_signature=300, why="max_signature counts the signature's bytes.")
    for key_alg in ("RS256", "ES256", "EdDSA", "PS256", "Ed25519"):
        _chosen(case, key_alg=key_alg, why=_ONE_KEY)
    _chosen(case, verifiers_may_mint=True, key_alg="RS256", why=_ONE_KEY)
    _chosen(case, verifiers_may_mint=True, key_alg="HS256", why=_ONE_KEY)
    _refused_scenarios(case)
    _all_combinations(case)
    _choose_mistakes(case)


def _scenario(**facts: Any) -> dict[str, Any]:
    usual = {
        "verifiers_may_mint": False,
        "verifiers_know": list(_SIZES),
        "good_nonces": True,
        "max_signature": None,
        "key_alg": None,
    }
    return {**usual, **facts}


def _chosen(case: Case, why: str = "", vital: bool = False, **facts: Any) -> None:
    scenario = _scenario(**facts)
    know = scenario["verifiers_know"]
    if isinstance(know, list):
        scenario["verifiers_know"] = case.random.sample(know, len(know))  # the order says nothing
    _ask(case, scenario, why, vital)


def _ask(case: Case, scenario: dict[str, Any], why: str = "", vital: bool = False) -> None:
    facts = (
        f"The facts: the verifiers {'may' if scenario['verifiers_may_mint'] else 'must not'} mint and know "
        f"{', '.join(scenario['verifiers_know']) or 'nothing'}; {'good' if scenario['good_nonces'] else 'bad'} nonces; "
        f"max_signature {scenario['max_signature']}; key_alg {scenario['key_alg']!r}."
    )
    try:
        expected = _choose(scenario)
    except ValueError:
        case.raises(scenario, ValueError, why=f"{why or 'Nothing is allowed here.'} {facts}", vital=vital)
    else:
        case.equal(scenario, expected, why=f"{why} {facts}".strip())


def _refused_scenarios(case: Case) -> None:
    _chosen(case, verifiers_know=["HS256"], why=_MINT, vital=True)
    _chosen(case, key_alg="HS256", why=_MINT, vital=True)
    _chosen(case, verifiers_know=["none"], why="`none` is no algorithm.", vital=True)
    nothing = "Nothing is allowed here, and a guess would be worse than a ValueError."
    for know in ([], ["none", "HS512"], ["ed25519", "es256"], ["ES256K"], ["RSA-OAEP", "Ed448"]):
        _chosen(case, verifiers_know=know, verifiers_may_mint=True, why=nothing)
    _chosen(case, verifiers_know=["ES256"], good_nonces=False, why="Without good nonces, no ECDSA (lesson 06).")
    _chosen(case, max_signature=31, verifiers_may_mint=True, why=nothing)
    _chosen(
        case, max_signature=0, why="A limit of 0 is a limit, and no signature is that short. Only None is no limit."
    )
    _chosen(case, max_signature=63, why=nothing)
    _chosen(case, verifiers_know=["RS256", "PS256"], max_signature=255, why=nothing)
    kept = "The key is bound to an algorithm that is not allowed here. It needs a new key: ValueError."
    _chosen(case, key_alg="RS256", verifiers_know=["PS256", "Ed25519"], why=kept)
    _chosen(case, key_alg="PS256", max_signature=128, why=kept)
    _chosen(case, key_alg="ES256", good_nonces=False, why=kept)
    for key_alg in ("none", "HS512", "", "ES256K"):
        _chosen(case, key_alg=key_alg, verifiers_know=[*_SIZES, key_alg], why="Only the six names are on offer.")
    for field in _scenario():
        lacking = _scenario()
        del lacking[field]
        case.raises(lacking, ValueError, why=f"{field} is missing. A fact that nobody stated must not be guessed.")
    misspelled = "A field that nobody knows may be a misspelled one, so it is refused, not ignored."
    for field in ("verifier_may_mint", "Key_alg", f"note_{case.random.randrange(1000)}"):
        case.raises(_scenario(**{field: None}), ValueError, why=misspelled)
    renamed = _scenario()
    renamed["keyalg"] = renamed.pop("key_alg")
    case.raises(renamed, ValueError, why=misspelled)
    case.raises({}, ValueError, why="All five fields are missing.")
    text = "verifiers_know is a text here, and `in` finds a name inside a longer one: 'ES256' in 'ES256K'."
    for names in ("ES256K", "RS256, PS256", "XXHS256XX"):
        case.raises(_scenario(verifiers_know=names, verifiers_may_mint=True), ValueError, why=text)
    case.raises(
        _scenario(verifiers_know=tuple(_SIZES)), ValueError, why="verifiers_know is a tuple here; it must be a list."
    )


def _all_combinations(case: Case) -> None:
    """Every combination of the other four facts, each with some set of known names."""
    limits = (None, case.random.randrange(32, 64), case.random.randrange(64, 256), case.random.randrange(256, 999))
    for mint, nonces, limit, key_alg in itertools.product((True, False), (True, False), limits, (None, *_SIZES)):
        for _ in range(3 if key_alg is None else 1):
            know = case.random.sample(list(_SIZES), case.random.randint(1, 6))
            know += case.random.sample(_OTHERS, case.random.randint(0, 2))
            case.random.shuffle(know)
            scenario = _scenario(
                verifiers_may_mint=mint, verifiers_know=know, good_nonces=nonces, max_signature=limit, key_alg=key_alg
            )
            _ask(case, scenario, _ONE_KEY if key_alg else "")


def _choose(
    scenario: dict[str, Any],
    order: Sequence[str] = tuple(_SIZES),
    allow: Callable[[str, dict[str, Any]], bool] | None = None,
    key: str = "bound",
    fields: str = "exact",
    known: tuple[type, ...] = (list,),
    nothing: Callable[[], Any] | None = None,
) -> Any:
    """The rules; a mistake changes one of them."""
    missing, unknown = set(_scenario()) - set(scenario), set(scenario) - set(_scenario())
    if (unknown and fields in ("exact", "no unknown")) or (missing and fields in ("exact", "no missing")):
        raise ValueError("fields")
    scenario = {**_scenario(), **scenario} if missing and fields in ("any", "no unknown") else scenario
    if not isinstance(scenario["verifiers_know"], known):
        raise ValueError("verifiers_know")
    key_alg = (scenario["key_alg"] or None) if key == "truthy" else scenario["key_alg"]
    if key_alg is not None and key == "trusted":
        return key_alg
    allowed = [name for name in order if (allow or _allowed)(name, scenario)]
    if key_alg is not None and key in ("bound", "truthy"):
        allowed = [name for name in allowed if name == key_alg]
    if key_alg is not None and key == "preferred" and key_alg in allowed:
        return key_alg
    if not allowed:
        if nothing is not None:
            return nothing()
        raise ValueError("nothing is allowed")
    return allowed[0]


def _allowed(
    name: str,
    scenario: dict[str, Any],
    mint: bool = True,
    nonces: bool = True,
    know: Callable[[str, Any], bool] = lambda name, known: name in known,
    limit: Callable[[int, int], bool] = lambda size, limit: size <= limit,
    zero: bool = True,
) -> bool:
    most = scenario["max_signature"] if zero else scenario["max_signature"] or None
    return (
        know(name, scenario["verifiers_know"])
        and (most is None or limit(_SIZES[name], most))
        and (not mint or name != "HS256" or scenario["verifiers_may_mint"])
        and (not nonces or name != "ES256" or scenario["good_nonces"])
    )


def _choose_mistakes(case: Case) -> None:
    def wrong(**options: Any) -> Callable[[dict[str, Any]], Any]:
        return lambda scenario: _choose(scenario, **options)

    def allowing(**options: Any) -> Callable[[dict[str, Any]], Any]:
        return lambda scenario: _choose(scenario, allow=lambda name, facts: _allowed(name, facts, **options))

    def moved(first: str, second: str) -> Callable[[dict[str, Any]], Any]:
        order = [name for name in _SIZES if name != first]
        order.insert(order.index(second), first)
        return wrong(order=order)

    case.mistake(
        wrong(key="ignored"),
        "`key_alg` is not looked at. A key that has been used with one algorithm may serve only that one (RFC 8725 "
        "§3.1).",
    )
    case.mistake(
        wrong(key="preferred"),
        "When the key's algorithm is not allowed, another one is chosen for the same key. One key, one algorithm: "
        "raise ValueError, so that someone makes a new key.",
    )
    case.mistake(
        wrong(key="trusted"),
        "`key_alg` is returned without asking whether it is allowed. The verifiers must know it, it must fit, and the "
        "rules for HS256 and ES256 hold for it too.",
    )
    case.mistake(
        wrong(key="truthy"),
        "An empty `key_alg` counts as none. Only None means a new key: ask `is not None`.",
    )
    case.mistake(
        allowing(mint=False),
        "HS256 is chosen although the verifiers must not mint. Whoever can check an HMAC can make it.",
    )
    case.mistake(
        allowing(nonces=False), "ES256 is chosen although the signer has no good nonces: one repeated nonce is the key."
    )
    case.mistake(
        allowing(nonces=False, mint=False),
        "Neither the rule for HS256 (may the verifiers mint?) nor the one for ES256 (good nonces?) is there.",
    )
    case.mistake(
        allowing(know=lambda name, known: True),
        "`verifiers_know` is not looked at. A token that a verifier's library can't check is of no use.",
    )
    case.mistake(
        allowing(know=lambda name, known: any(name in one for one in known)),
        "A name is searched inside the known names, and 'ES256' is inside 'ES256K'. Compare whole names.",
    )
    case.mistake(
        allowing(know=lambda name, known: name.lower() in [one.lower() for one in known]),
        "Names are compared without regard to case; they are exact (RFC 7515 §4.1.1).",
    )
    case.mistake(
        allowing(limit=lambda size, limit: size < limit),
        "A signature that is exactly as long as `max_signature` is refused; it still fits.",
    )
    case.mistake(allowing(limit=lambda size, limit: True), "`max_signature` is not looked at.")
    case.mistake(
        allowing(zero=False),
        "A `max_signature` of 0 counts as no limit. Only None means that there is none: ask `is None`.",
    )
    case.mistake(
        allowing(limit=lambda size, limit: size * 8 <= limit),
        "The sizes are compared in bits. `max_signature` counts bytes.",
    )
    case.mistake(
        allowing(limit=lambda size, limit: -(-size * 4 // 3) <= limit),
        "The base64url text is measured. `max_signature` counts the signature's bytes.",
    )
    case.mistake(
        wrong(known=(list, tuple, set, frozenset)),
        "A tuple is taken for `verifiers_know`. The docstring wants a list, and ValueError for all else.",
    )
    case.mistake(
        wrong(known=(object,)),
        "A text is taken for `verifiers_know`, and `in` finds 'ES256' inside 'ES256K'. Accept a list only.",
    )
    case.mistake(
        wrong(fields="no unknown"),
        "A missing field is given a value of your own. Nobody stated that fact, so raise ValueError.",
    )
    case.mistake(
        wrong(fields="no missing"),
        "Unknown fields are ignored. One of them may be a misspelled fact, so raise ValueError.",
    )
    case.mistake(
        wrong(fields="unchecked"),
        "A missing field raises KeyError, which is not a ValueError, and an unknown one is ignored. Compare the "
        "scenario's fields with the five first.",
    )
    case.mistake(moved("EdDSA", "Ed25519"), "Ed25519 comes before EdDSA: the newer name says which curve it is.")
    case.mistake(moved("RS256", "PS256"), "PS256 comes before RS256, which is kept for compatibility (RFC 8017 §8).")
    case.mistake(moved("ES256", "Ed25519"), "Ed25519 comes before ES256: it has no nonce to get wrong.")
    case.mistake(
        wrong(order=["Ed25519", "EdDSA", "ES256", "PS256", "RS256", "HS256"]),
        "HS256 comes last. Where it is allowed, it comes first: smallest, fastest, and nothing to gain by key pairs.",
    )
    case.mistake(
        wrong(nothing=lambda: None),
        "Where nothing is allowed it returns None. Raise ValueError: a caller may overlook None.",
    )
    case.mistake(
        wrong(nothing=lambda: [][0]),
        "Where nothing is allowed it takes the first of an empty list, an IndexError. Raise ValueError instead.",
    )
    case.mistake(
        _chain,
        "Each name is asked other questions: nobody asks whether HS256 is known, or anything about RS256, or how long "
        "a signature is. Ask each of the six the same: known, short enough, and the rule of its own.",
    )
    case.mistake(
        wrong(nothing=lambda: "RS256"),
        "Where nothing is allowed it falls back to RS256. A fallback that breaks the rules is no choice: ValueError.",
    )
    case.mistake(
        lambda scenario: _choose(scenario, order=_as_listed(scenario)),
        "It goes by the order of `verifiers_know`, which means nothing. Go through the six by preference.",
    )


def _chain(scenario: dict[str, Any]) -> str:
    """What many write first: one `if` for each name, each with one question."""
    know = scenario["verifiers_know"]
    if scenario["key_alg"]:
        return str(scenario["key_alg"])
    if scenario["verifiers_may_mint"]:
        return "HS256"
    for name in ("Ed25519", "EdDSA", "ES256", "PS256"):
        if name in know and (name != "ES256" or scenario["good_nonces"]):
            return name
    return "RS256"


def _as_listed(scenario: dict[str, Any]) -> list[str]:
    known = scenario.get("verifiers_know")
    return [name for name in known if name in _SIZES] if isinstance(known, list) else []
