"""verify_dpop: a DPoP proof and its request in, the thumbprint of the key that made it out, or ValueError."""

import base64
import hashlib
import hmac
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from jwt_from_scratch import Key, peek
from jwt_from_scratch import verify as verify_signature
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_loads_strict
from jwt_from_scratch.services.dpop import make_proof

from ...judging.aspects import from_aspects, joined, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Trial
from ...judging.verdict import ARGUMENTS
from ...judging.wants import Raises, Returns
from .. import held, kit
from .proofs import AHEAD, ALGORITHMS, LONGEST, OLDEST, TYP, aspects, build, world

RULES = {
    "1": "A proof is one compact token with strict JSON in it. header_of and open_with see to it; what they raise is "
    "right.",
    "2": "typ is exactly dpop+jwt, so that no other kind of token passes for a proof (RFC 9449 §4.3, RFC 8725 §3.11).",
    "3": "alg is ES256 or Ed25519: a list of asymmetric algorithms that stands outside the proof (RFC 9449 §4.3).",
    "4": "jwk is a dict, and the public half alone: no member d (RFC 9449 §4.3).",
    "5": "The signature fits the key in jwk, by the header's alg. open_with sees to it.",
    "6": "jti is a text of 1 to 128 characters (RFC 9449 §4.2, §11.1).",
    "7": "A proof whose jti is in seen has been shown already (RFC 9449 §11.1).",
    "8": "htm is the request's method, to the letter: methods have capitals (RFC 9110 §9.1).",
    "9": "htu is the request's URL without query and fragment, and otherwise to the letter (RFC 9449 §4.2, §4.3).",
    "10": "iat is a number, at most 60 seconds old and at most 5 seconds ahead, both included (RFC 9449 §11.1).",
    "11": "With a token in the request, ath is its SHA-256 in base64url. Without one, nobody looks (RFC 9449 §4.3).",
}
Request = dict[str, Any]
Seen = dict[str, int]


def oracle(proof: str, request: Request, now: int, seen: Seen) -> tuple[Any, set[str]]:
    """The thumbprint, and all rules that are broken."""
    try:
        read = peek(proof)
        parts = [b64u_decode(part) for part in proof.split(".")]
    except ValueError:
        return None, {"1"}
    header, claims = read.unverified_header, read.unverified_claims
    if {"crit", "b64"} & header.keys():
        return None, {"1"}
    broken = {"2"} if header.get("typ") != TYP else set()
    alg, jwk = header.get("alg"), header.get("jwk")
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        broken.add("3")
    if not isinstance(jwk, dict) or "d" in jwk:
        broken.add("4")
    if isinstance(jwk, dict):
        public = {name: one for name, one in jwk.items() if name != "d"}
        alg = _natural(public, alg) if "3" in broken else alg
        if not _fits(public, alg, proof.rpartition(".")[0].encode(), parts[2]):
            broken.add("5")
    broken |= _broken_claims(claims, request, now, seen)
    return (None if broken else Key.from_jwk(header["jwk"], header["alg"]).thumbprint()), broken


def _natural(jwk: dict[str, Any], said: Any) -> Any:
    """The algorithm by which a key signs; of a secret, the one that is said."""
    return {"P-256": "ES256", "P-384": "ES384", "Ed25519": "Ed25519"}.get(str(jwk.get("crv")), said)


def _fits(jwk: dict[str, Any], alg: Any, message: bytes, signature: bytes) -> bool:
    try:
        return Key.from_jwk(jwk, alg).verify(message, signature)
    except (ValueError, TypeError):
        return False


def _broken_claims(claims: dict[str, Any], request: Request, now: int, seen: Seen) -> set[str]:
    jti, token = claims.get("jti"), request["token"]
    fits = {
        "6": isinstance(jti, str) and 1 <= len(jti) <= LONGEST,
        "7": not isinstance(jti, str) or jti not in seen,
        "8": claims.get("htm") == request["method"],
        "9": claims.get("htu") == _cut(request["url"]),
        "10": _in_time(claims.get("iat"), now),
        "11": token is None or claims.get("ath") == _hash(token),
    }
    return {rule for rule, holds in fits.items() if not holds}


def _in_time(iat: Any, now: int) -> bool:
    is_number = isinstance(iat, (int, float)) and not isinstance(iat, bool)
    return is_number and now - OLDEST <= iat <= now + AHEAD


def _cut(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _hash(token: str) -> str:
    return b64u_encode(hashlib.sha256(token.encode()).digest())


def in_turn(source: random.Random) -> Iterator[Trial]:
    """The same proof for two requests, and twice with other memories."""
    w = world(source)
    key = w.keys["ES256"]
    proof = make_proof(key, "GET", w.url, token=w.token, now=w.now, jti=w.jti)
    request = {"method": "GET", "url": w.url, "token": w.token}
    thumbprint = Returns(key.thumbprint())
    yield kit.in_turn(
        "one proof, three requests",
        ((proof, request, w.now, {}), thumbprint),
        ((proof, request | {"method": "POST"}, w.now, {}), Raises()),
        ((proof, request | {"token": w.other_token}, w.now, {}), Raises()),
    )
    yield kit.in_turn(
        "one proof, and the memory is the caller's",
        ((proof, request, w.now, {}), thumbprint),
        ((proof, request, w.now, {w.jti: w.now}), Raises()),
        ((proof, request, w.now + 1, {}), thumbprint),
    )


# -- known mistakes ---------------------------------------------------------------------------------------------------


def _open(proof: str, jwk: dict[str, Any], alg: str) -> dict[str, Any]:
    claims = json_loads_strict(verify_signature(proof, Key.from_jwk(jwk, alg)).payload)
    if not isinstance(claims, dict):
        raise ValueError("claims")
    return claims


def _thumbprint(header: dict[str, Any]) -> Any:
    return Key.from_jwk(header["jwk"], header["alg"]).thumbprint()


@dataclass(frozen=True)
class Proof:
    """A right verify_dpop, of parts that can be got wrong one by one."""

    typ: Callable[[Any], bool] = lambda typ: bool(typ == TYP)
    alg: Callable[[Any], bool] = lambda alg: isinstance(alg, str) and alg in ALGORITHMS
    jwk: Callable[[Any], bool] = lambda jwk: isinstance(jwk, dict) and "d" not in jwk
    open: Callable[[str, dict[str, Any], Any], dict[str, Any]] = _open
    jti: Callable[[Any], bool] = lambda jti: isinstance(jti, str) and 1 <= len(jti) <= LONGEST
    new: Callable[[Any, Seen], bool] = lambda jti, seen: jti not in seen
    htm: Callable[[Any, str], bool] = lambda htm, method: bool(htm == method)
    htu: Callable[[Any, str], bool] = lambda htu, url: bool(htu == _cut(url))
    iat: Callable[[Any, int], bool] = _in_time
    ath: Callable[[Any, Any], bool] = lambda ath, token: token is None or ath == _hash(token)
    answer: Callable[[dict[str, Any]], Any] = _thumbprint
    notes: bool = False

    def __call__(self, proof: str, request: Request, now: int, seen: Seen) -> Any:
        """Verify a proof."""
        header = peek(proof).unverified_header
        if not (self.typ(header.get("typ")) and self.alg(header.get("alg")) and self.jwk(header.get("jwk"))):
            raise ValueError("header")
        claims = self.open(proof, header["jwk"], header["alg"])
        if not (self.jti(claims.get("jti")) and self.new(claims.get("jti"), seen)):
            raise ValueError("jti")
        if not (self.htm(claims.get("htm"), request["method"]) and self.htu(claims.get("htu"), request["url"])):
            raise ValueError("request")
        if not (self.iat(claims.get("iat"), now) and self.ath(claims.get("ath"), request["token"])):
            raise ValueError("iat or ath")
        if self.notes:
            seen[claims["jti"]] = now
        return self.answer(header)


RIGHT = Proof()


def _whole(iat: Any, form: Callable[[float], int]) -> Any:
    """A float made whole, anything else as it is."""
    return form(iat) if isinstance(iat, float) and math.isfinite(iat) else iat


def _hashed_as(form: Callable[[str], Any]) -> Proof:
    """The right program, but with an ath of this form."""
    return replace(RIGHT, ath=lambda ath, token: token is None or ath == form(token))


def _sha256(text: str) -> Any:
    return hashlib.sha256(text.encode())


_ATH = "It is `b64u_encode(hashlib.sha256(token.encode()).digest())`."

MISTAKES: Mistakes = {
    ARGUMENTS: {
        "It changes `seen`, or the request. Who has been here is noted by the caller, when everything is right: this "
        "function only looks.": replace(RIGHT, notes=True),
    },
    RETURNS: {
        "It returns the JWK. Return its thumbprint, as a text: that is what the token names.": replace(
            RIGHT, answer=lambda header: header["jwk"]
        ),
        "It returns True. The caller needs to know *whose* proof it was: return the key's thumbprint.": replace(
            RIGHT, answer=lambda header: True
        ),
    },
    "2": {
        "It accepts any typ. Then any token that a client signs with its key passes for a proof.": replace(
            RIGHT, typ=lambda typ: True
        ),
        "It accepts a typ with more before or behind it. It is exactly 'dpop+jwt'.": replace(
            RIGHT, typ=lambda typ: isinstance(typ, str) and "dpop+jwt" in typ
        ),
        "`application/` before typ is forgiven, as in media types. The rule says exactly.": replace(
            RIGHT, typ=lambda typ: isinstance(typ, str) and typ.removeprefix("application/") == TYP
        ),
        "typ is compared without regard to case. The rule says exactly.": replace(
            RIGHT, typ=lambda typ: isinstance(typ, str) and typ.lower() == TYP
        ),
    },
    "3": {
        "It looks up whatever alg is, and a list can't be looked up in a set or a dict: that is a "
        "TypeError. Look it up in a tuple.": replace(RIGHT, alg=lambda alg: alg in {*ALGORITHMS}),
    },
    "4": {
        "It accepts a jwk with `d`: a proof that carries the private key (RFC 9449 §4.3).": replace(
            RIGHT, jwk=lambda jwk: isinstance(jwk, dict)
        ),
    },
    "6": {
        "It accepts a jti of more than 128 characters, and the server keeps it. Refuse what is longer (RFC "
        "9449 §11.1).": replace(RIGHT, jti=lambda jti: isinstance(jti, str) and len(jti) >= 1),
        "An empty jti is taken. It names nothing.": replace(
            RIGHT, jti=lambda jti: isinstance(jti, str) and len(jti) <= LONGEST
        ),
        "It looks up whatever jti is, and a list can't be looked up in `seen`: that is a TypeError. See that it is "
        "a str first.": replace(RIGHT, jti=lambda jti: jti is not None and 1 <= len(str(jti)) <= LONGEST),
    },
    "7": {
        "It accepts every proof that is in seen. Ask `jti in seen`, or who overhears a proof shows it "
        "again within the minute.": replace(RIGHT, new=lambda jti, seen: True),
        "It accepts a proof that was seen at second 0, where `seen.get(jti)` is false. Ask `jti in seen`.": replace(
            RIGHT, new=lambda jti, seen: not seen.get(jti)
        ),
    },
    "8": {
        "It accepts a proof for another method. One for a GET lets a thief DELETE.": replace(
            RIGHT, htm=lambda htm, method: True
        ),
        "htm is compared without regard to case. Methods have a case (RFC 9110 §9.1).": replace(
            RIGHT, htm=lambda htm, method: isinstance(htm, str) and htm.lower() == method.lower()
        ),
    },
    "9": {
        "It accepts a proof for another address. So one proof opens them all.": replace(
            RIGHT, htu=lambda htu, url: True
        ),
        "htu is compared with the whole URL. Query and fragment are not part of it (RFC 9449 §4.2).": replace(
            RIGHT, htu=lambda htu, url: bool(htu == url)
        ),
        "The query is cut off, the fragment is not.": replace(
            RIGHT, htu=lambda htu, url: bool(htu == url.partition("?")[0])
        ),
        "It accepts an htu with a query or a fragment. A proof's htu has none (RFC 9449 §4.2).": replace(
            RIGHT, htu=lambda htu, url: isinstance(htu, str) and _cut(htu) == _cut(url)
        ),
    },
    "10": {
        "It accepts any iat. Then `seen` must remember every proof for ever.": replace(
            RIGHT, iat=lambda iat, now: True
        ),
        "A proof from the future is taken. Who has the key for a moment makes proofs for next year (RFC 9449 "
        "§11.2).": replace(
            RIGHT,
            iat=lambda iat, now: (
                _in_time(iat, now)
                or (isinstance(iat, (int, float)) and not isinstance(iat, bool) and iat > now and math.isfinite(iat))
            ),
        ),
        "It accepts an iat up to 60 seconds ahead. Behind it is 60, ahead it is 5.": replace(
            RIGHT,
            iat=lambda iat, now: (
                isinstance(iat, (int, float)) and not isinstance(iat, bool) and abs(now - iat) <= OLDEST
            ),
        ),
        "A proof that is exactly 60 seconds old is refused, or one exactly 5 ahead. Both are included.": replace(
            RIGHT, iat=lambda iat, now: _in_time(iat, now) and now - OLDEST < iat < now + AHEAD
        ),
        "An iat that is text ends in a TypeError, for it can't be compared with a number. See that it is "
        "an int or a float.": replace(RIGHT, iat=lambda iat, now: now - OLDEST <= iat <= now + AHEAD),
        "`isinstance(True, int)` is true in Python, so true and false pass as times. Refuse a bool first.": replace(
            RIGHT, iat=lambda iat, now: isinstance(iat, (int, float)) and now - OLDEST <= iat <= now + AHEAD
        ),
        "It takes whole numbers only. iat may have a fraction (RFC 7519 §2): allow float, too.": replace(
            RIGHT, iat=lambda iat, now: type(iat) is int and _in_time(iat, now)
        ),
        "It accepts an iat 5.25 seconds ahead. Compare iat as it came, with its fraction: 5 is the most.": replace(
            RIGHT, iat=lambda iat, now: _in_time(_whole(iat, int), now)
        ),
        "It accepts an iat 60.25 seconds old, and one 5.25 ahead. Compare iat as it came, with its fraction.": replace(
            RIGHT, iat=lambda iat, now: _in_time(_whole(iat, round), now)
        ),
    },
    (RETURNS, "11"): {  # with a token all good proofs are refused, so the plain case with one is, too
        f"ath is in hexadecimal here. {_ATH}": _hashed_as(lambda token: _sha256(token).hexdigest()),
        f"ath is the base64url of hexadecimal here, `hexdigest` for `digest`. {_ATH}": _hashed_as(
            lambda token: b64u_encode(_sha256(token).hexdigest().encode())
        ),
        f"ath has the padding `=` left in. {_ATH}": _hashed_as(lambda token: _hash(token) + "="),
        f"ath is in plain base64 here, with +, / and =. {_ATH}": _hashed_as(
            lambda token: base64.b64encode(_sha256(token).digest()).decode()
        ),
        f"No ath fits here, not even the right one. {_ATH} That is a text, and the token its whole text.": _hashed_as(
            lambda token: b""
        ),
    },
    "11": {
        "With a token that is the empty text, any ath will do. Ask `is not None`: only None is no token.": replace(
            RIGHT, ath=lambda ath, token: not token or ath == _hash(token)
        ),
        "It accepts any ath, and none. A proof that was made for one token goes with every other (RFC "
        "9449 §4.3).": replace(RIGHT, ath=lambda ath, token: True),
        "It accepts a proof without ath although a token came. Then it must be there.": replace(
            RIGHT, ath=lambda ath, token: token is None or ath is None or ath == _hash(token)
        ),
        "It accepts a proof without ath, or with an empty one, although a token came. Then it must be there.": replace(
            RIGHT, ath=lambda ath, token: token is None or not ath or ath == _hash(token)
        ),
        "An ath that is no text ends in a TypeError, as `hmac.compare_digest` raises it. Compare with "
        "`==`; ath is no secret.": replace(
            RIGHT, ath=lambda ath, token: token is None or hmac.compare_digest(ath, _hash(token))
        ),
    },
}

verify_dpop = Exercise(
    name="verify_dpop",
    points=15,
    spec="RFC 9449 §4.2, §4.3, §11.1; RFC 7638 §3; RFC 8725 §3.11",
    hints=(
        "First the header, which only chooses how to check; then open_with, which checks; then the claims, one by "
        "one, against the request. Each rule of the docstring is one `if` and one `raise ValueError`.",
        '`header = header_of(proof)`. typ with `==`, alg with `in ("ES256", "Ed25519")`, jwk with `isinstance(jwk, '
        'dict)` and `"d" not in jwk`. Then `claims = open_with(proof, jwk, alg)`. For htu, cut the request\'s URL at '
        "the first `#`, then at the first `?`.",
        '`url = request["url"].partition("#")[0].partition("?")[0]`; jti: `isinstance(jti, str) and 1 <= len(jti) <= '
        "128` and `jti not in seen`; iat: an int or float and no bool, `now - 60 <= iat <= now + 5`; ath, if "
        '`request["token"] is not None`: `b64u_encode(hashlib.sha256(request["token"].encode()).digest())`. In '
        "the end `return jwk_thumbprint(jwk)`.",
    ),
    rules=RULES,
    source=joined(from_aspects(world, aspects, build, oracle), written(in_turn)),
    mistakes=MISTAKES,
    holds=lambda proof, request, now, seen: held.signed(proof),
)
