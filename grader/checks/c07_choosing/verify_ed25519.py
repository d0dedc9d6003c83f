"""verify_ed25519: a token and an Ed25519 JWK in, the claims out, or ValueError."""

import base64
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict

from ...judging.aspects import ABSENT, from_aspects, joined, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from .. import kit
from .points import decoded, encoded, is_point, order_divides, small_keys
from .tokens import NAMES, aspects, build, in_turn, world

RULES = {
    "1 kty": "kty is exactly 'OKP' (RFC 8037 §2).",
    "1 crv": "crv is exactly 'Ed25519'. EdDSA is a name for several curves; this function is for one (RFC 8037 §2).",
    "1 members": "Other members of the JWK are none of this function's business.",
    "2": "If the JWK has an alg, it is 'Ed25519' or 'EdDSA'. Only a member that is not there is absent.",
    "3 x": "x is a str, the strict base64url of exactly 32 bytes that are a point (RFC 8037 §2).",
    "3 spelling": "A point has one spelling, the one that encode_point gives (RFC 8032 §5.1.3). OpenSSL loads others.",
    "3 order": "Three doublings of the key may not end at (0, 1): anyone can make signatures that fit such a key.",
    "4": "open_token sees to the form: three segments, strict base64url, a header in strict JSON without crit and b64.",
    "5": "The header says exactly what the JWK's alg says; where the JWK has none, one of the two names.",
    "5 members": "Other members of the header are none of this function's business.",
    "6": "The signature does not fit the key and the bytes as they came.",
    "7": "The payload of a JWT is a JSON object with unique names (RFC 7519 §4).",
}


def oracle(token: str, jwk: dict[str, Any]) -> tuple[Any, set[str]]:
    """The claims, and all rules that are broken."""
    wanted = {"1 kty": jwk.get("kty") == "OKP", "1 crv": jwk.get("crv") == "Ed25519"}
    wanted["2"] = "alg" not in jwk or jwk["alg"] in NAMES
    broken = {rule for rule, holds in wanted.items() if not holds}
    data = _bytes_of(jwk.get("x"))
    broken |= {"3 x"} if data is None else _wrong_point(data)
    try:
        header, payload, signature = map(b64u_decode, token.split("."))
        head = json_loads_strict(header)
    except ValueError:
        return None, broken | {"4"}
    if not isinstance(head, dict) or "crit" in head or "b64" in head:
        return None, broken | {"4"}
    names = NAMES if "alg" not in jwk or "2" in broken else ()
    if not any(_same(head.get("alg", ABSENT), one) for one in (*names, jwk.get("alg", NAMES[0]))):
        broken.add("5")
    if data is not None and not _verifies(data, signature, token.rpartition(".")[0].encode()):
        broken.add("6")
    claims = _object_in(payload)
    return claims, broken if claims is not None else broken | {"7"}


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _bytes_of(x: Any) -> bytes | None:
    try:
        data = b64u_decode(x) if isinstance(x, str) else b""
    except ValueError:
        return None
    return data if len(data) == 32 and is_point(data) else None


@functools.lru_cache(maxsize=256)
def _wrong_point(data: bytes) -> frozenset[str]:
    if encoded(decoded(data)) != data:
        return frozenset(["3 spelling"])  # all of these that can be had are small, too
    return frozenset(["3 order"] if order_divides(decoded(data), 3) else [])


@functools.lru_cache(maxsize=1024)
def _verifies(data: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(data).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _object_in(text: bytes) -> dict[str, Any] | None:
    try:
        value = json_loads_strict(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


# -- known mistakes ---------------------------------------------------------------------------------------------------


def _check_point(data: bytes) -> bool:
    return not _wrong_point(data)


def _names(jwk: dict[str, Any]) -> tuple[Any, ...]:
    if "alg" not in jwk:
        return NAMES
    return tuple(name for name in NAMES if name == jwk["alg"])


@dataclass(frozen=True)
class Verify:
    """A right verify_ed25519, of parts that can be got wrong one by one."""

    kty: Callable[[dict[str, Any]], bool] = lambda jwk: jwk.get("kty") == "OKP"
    crv: Callable[[dict[str, Any]], bool] = lambda jwk: jwk.get("crv") == "Ed25519"
    ignored: Callable[[dict[str, Any]], bool] = lambda jwk: True
    names: Callable[[dict[str, Any]], Any] = _names
    x: Callable[[dict[str, Any]], Any] = lambda jwk: jwk["x"] if isinstance(jwk.get("x"), str) else "?"
    decode: Callable[[str], bytes] = b64u_decode
    sound: Callable[[bytes], bool] = _check_point
    understood: Callable[[dict[str, Any]], bool] = lambda head: "crit" not in head and "b64" not in head
    alg: Callable[[Any, Any], bool] = lambda alg, names: alg in names
    check: Callable[[bytes, bytes, bytes], bool] = _verifies
    refuse: Callable[[], Any] | None = None
    loads: Callable[[bytes], Any] = json_loads_strict
    objects: Callable[[Any], bool] = lambda claims: isinstance(claims, dict)

    def public(self, jwk: dict[str, Any]) -> bytes:
        """The key's bytes, checked."""
        if not (self.kty(jwk) and self.crv(jwk) and self.ignored(jwk)):
            raise ValueError("kind")
        data = self.decode(self.x(jwk))
        if len(data) != 32 or not is_point(data) or not self.sound(data):
            raise ValueError("x")
        return data

    def __call__(self, token: str, jwk: dict[str, Any]) -> Any:
        """Verify a token."""
        names, data = self.names(jwk), self.public(jwk)
        header, payload, signature = token.split(".")
        head = json_loads_strict(b64u_decode(header))
        if not isinstance(head, dict) or not self.understood(head):
            raise ValueError("header")
        if not self.alg(head.get("alg"), names):
            raise ValueError("alg")
        if not self.check(data, b64u_decode(signature), f"{header}.{payload}".encode()):
            if self.refuse is not None:
                return self.refuse()
            raise ValueError("signature")
        claims = self.loads(b64u_decode(payload))
        if not self.objects(claims):
            raise ValueError("claims")
        return claims


VERIFY = Verify()


def _leaks() -> Any:
    raise InvalidSignature


def _forgiving(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def _in_set(jwk: dict[str, Any]) -> Any:
    return {jwk["alg"]} & set(NAMES) if "alg" in jwk else NAMES


MISTAKES: Mistakes = {
    RETURNS: {
        "It refuses good tokens, all of them. Usual slips: `verify(signature, message)` in the other order; a test of "
        "what it returns, which is None; open_token's four values mixed up (the fourth is what was signed); the text x "
        "in place of its 32 bytes; a doubling before the comparison with encode_point.": lambda token, jwk: VERIFY(
            token, {}
        ),
    },
    "1 kty": {"Another kty passes. It says what the other members mean.": replace(VERIFY, kty=lambda jwk: True)},
    "1 crv": {
        "Another crv passes. It says what x means: with X25519 it is not a key for signatures at all.": replace(
            VERIFY, crv=lambda jwk: True
        ),
    },
    "1 members": {
        "A JWK whose use is not 'sig' is refused. Other members than kty, crv, x and alg are ignored here.": replace(
            VERIFY, ignored=lambda jwk: jwk.get("use", "sig") == "sig"
        ),
    },
    "2": {
        "It accepts any alg in the JWK that the header repeats, ES256 too. If the member is there, it is Ed25519 or "
        "EdDSA.": replace(VERIFY, names=lambda jwk: (jwk["alg"],) if "alg" in jwk else NAMES),
        'An alg that is null, empty or 0 counts as absent. It is there, and it names neither: ask `"alg" in '
        "jwk`.": replace(VERIFY, names=lambda jwk: _names(jwk) if jwk.get("alg") else NAMES),
        'An alg of null counts as absent. It is there, and names neither algorithm: ask `"alg" in jwk`.': replace(
            VERIFY, names=lambda jwk: _names(jwk) if jwk.get("alg") is not None else NAMES
        ),
        "A JWK's alg that is a list ends in a TypeError, as it does in a set. Compare with `==`, or look it up in a "
        "tuple.": replace(VERIFY, names=_in_set),
        "A JWK without alg raises KeyError. The member is optional: without it both names will do.": replace(
            VERIFY, names=lambda jwk: tuple(name for name in NAMES if name == jwk["alg"])
        ),
    },
    ("2", "5"): {
        "Whatever the JWK's alg says, both names pass. Where it names one, the header must say exactly that "
        "one.": replace(VERIFY, names=lambda jwk: NAMES),
        "Only Ed25519 is taken. Many libraries still write the older name, EdDSA (RFC 8037).": replace(
            VERIFY, names=lambda jwk: [name for name in _names(jwk) if name == "Ed25519"]
        ),
        "A JWK without alg is refused. The member is optional: without it the header may say either name.": replace(
            VERIFY, names=lambda jwk: _names(jwk) if "alg" in jwk else ()
        ),
    },
    "3 x": {
        "x is decoded by the forgiving decoder, so one key has many spellings. Use b64u_decode.": replace(
            VERIFY, decode=_forgiving
        ),
        "An x that is missing, a number or null ends in a KeyError or a TypeError. See that it is a str.": replace(
            VERIFY, x=lambda jwk: jwk["x"]
        ),
        "An x that is missing, a number or null ends in an error that is no ValueError. See that it is a str.": replace(
            VERIFY, x=lambda jwk: jwk.get("x")
        ),
    },
    ("3 spelling", "3 order"): {
        "Keys of small order pass, in any spelling. With 32 zero bytes for a key anyone can make signatures that fit, "
        "and OpenSSL loads it. Refuse points of small order.": replace(VERIFY, sound=lambda data: True),
        "The eight keys of small order are refused in one spelling each. Four of them have more: refuse bytes that are "
        "not what encode_point gives.": replace(VERIFY, sound=lambda data: data not in small_keys()),
    },
    "3 order": {
        "It refuses the key of 32 zero bytes and no other. Seven more points have a small order.": replace(
            VERIFY, sound=lambda data: data != bytes(32)
        ),
        "It refuses the zero bytes and the neutral point. Six more points have a small order.": replace(
            VERIFY, sound=lambda data: data not in (bytes(32), b"\1" + bytes(31))
        ),
        "The points of small order are let in, in their usual spelling. Double three times and compare with "
        "(0, 1).": replace(VERIFY, sound=lambda data: encoded(decoded(data)) == data),
        "The four points of order 8 are let in; 4·A is not (0, 1) there, and 8·A is. What counts is 8·A, after three "
        "doublings.": replace(VERIFY, sound=lambda data: not order_divides(decoded(data), 2)),
        "Only the two points whose order divides 2 are refused. Six more are small: double three times.": replace(
            VERIFY, sound=lambda data: not order_divides(decoded(data), 1)
        ),
    },
    "4": {
        "A header with crit or b64 is let through. open_token refuses both (lesson 04).": replace(
            VERIFY, understood=lambda head: True
        ),
    },
    ("5", "6"): {
        "The header's alg is never compared. Whatever it says, another reader can believe it.": replace(
            VERIFY, alg=lambda alg, names: True
        ),
    },
    "6": {
        "A wrong signature raises InvalidSignature, which is not a ValueError. Catch it and raise ValueError.": replace(
            VERIFY, refuse=_leaks
        ),
        "The signature is never checked. Decoding a token is not verifying it.": replace(
            VERIFY, check=lambda data, signature, message: True
        ),
        "A wrong signature gives None. The caller who forgets to look lets everyone in; raise ValueError.": replace(
            VERIFY, refuse=lambda: None
        ),
    },
    "7": {
        "Of two equal names in the claims the last counts, as for `json.loads`. Read them with "
        "json_loads_strict.": replace(VERIFY, loads=json.loads),
        "Claims are an object. A list or null must be refused (RFC 7519 §4).": replace(
            VERIFY, objects=lambda claims: True
        ),
    },
}

_EXAMPLE = (
    "eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJhZGEifQ.IRmxmbm_i00SEz39Yvm5Z37hA87avbA3"
    "aAErDEV8kJWETkBzQ_jYKtUhSyQ5Yq7DArLTT0Pdv0AupzjHmHZxAg"
)
_EXAMPLE_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

verify_ed25519 = Exercise(
    name="verify_ed25519",
    points=7,
    spec="RFC 8037 §2, §3.1; RFC 9864 §2.2; RFC 8032 §5.1.3; RFC 8725 §3.4",
    forbids=("jwt_from_scratch.algorithms", *kit.TOKEN_LIBRARIES),
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
    rules=RULES,
    source=joined(from_aspects(world, aspects, build, oracle, examples=((_EXAMPLE, _EXAMPLE_KEY),)), written(in_turn)),
    mistakes=MISTAKES,
)
