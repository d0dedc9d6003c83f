"""Lesson 12: a decoder whose defences can be removed one by one, to see which attacks each of them stops.

With all defences it does what `decode_securely` has to do. Without one it is as naive in that point as real programs
have been. It is made for measuring, and must never protect anything.
"""

import base64
import hmac
import json
import math
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .. import Key
from ..encoding import b64u_decode, json_dumps, json_loads_strict

DEFENCES = {
    "signature": ("RFC 8725 §3.3", "the signature is checked"),
    "algorithm": ("RFC 8725 §3.1", "the key names its algorithm, and the header can only agree"),
    "key material": ("RFC 8725 §3.4, §3.5", "keys are long enough and well formed"),
    "own keys": ("RFC 8725 §3.10", "a key that the token brings is not used"),
    "issuer's keys": ("RFC 8725 §3.8", "each issuer has its own keys, and an unknown one has none"),
    "one key": ("RFC 7515 §6", "kid and alg leave exactly one key; nothing is tried"),
    "use": ("RFC 7517 §4.2, §4.3", "a key is used for what it is meant for"),
    "one spelling": ("RFC 7515 §2", "base64url has one spelling"),
    "strict JSON": ("RFC 8725 §3.7", "JSON is UTF-8, with unique names and finite numbers"),
    "crit": ("RFC 7515 §4.1.11", "an extension that is not understood is refused"),
    "types": ("RFC 7519 §4.1", "registered claims have their types"),
    "times": ("RFC 7519 §4.1.4", "exp, nbf and iat are held against the clock"),
    "required": ("RFC 7519 §4", "claims that the policy requires are there"),
    "audience": ("RFC 8725 §3.9", "the token is meant for us"),
    "typ": ("RFC 8725 §3.11, §3.12", "the token is of the kind that we take"),
}
"""Each defence: the source of its rule, and the rule."""

Decode = Callable[[str, dict[str, Any], dict[str, Any]], dict[str, Any]]

_KTY = {"HS256": "oct", "RS256": "RSA", "PS256": "RSA", "ES256": "EC", "Ed25519": "OKP", "EdDSA": "OKP"}


def decoder(*without: str) -> Decode:
    """A `decode_securely` with all defences except these.

    Raises:
        KeyError: there is no such defence.
    """
    off = {name for name in without if DEFENCES[name]}

    def decode(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
        first, second, third = token.split(".")
        read = _forgiving_b64 if "one spelling" in off else b64u_decode
        loads = json.loads if "strict JSON" in off else json_loads_strict
        header, claims, seal = loads(read(first)), loads(read(second)), read(third)
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise ValueError("the header and the claims are objects")
        if "crit" not in off and ("crit" in header or "b64" in header):
            raise ValueError("crit and b64 are not understood here")
        message = f"{first}.{second}".encode()
        if not any(_fits(jwk, header, message, seal, off) for jwk in _candidates(header, claims, keys, off)):
            raise ValueError("the signature does not fit")
        if "typ" not in off:
            _check_typ(header, policy["typ"])
        _check_claims(claims, policy, off)
        return claims

    return decode


def _forgiving_b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


# -- which key ----------------------------------------------------------------------------------------------------


def _candidates(header: dict[str, Any], claims: dict[str, Any], keys: dict[str, Any], off: set[str]) -> list[Any]:
    if "own keys" in off and isinstance(header.get("jwk"), dict):
        return [header["jwk"]]
    iss = claims.get("iss")
    if not isinstance(header.get("kid", ""), str):
        raise ValueError("kid is a string")
    if "issuer's keys" in off:
        return [jwk for jwks in keys.values() for jwk in _of_one_set(jwks, header, off)]
    if not isinstance(iss, str) or iss not in keys:
        raise ValueError("an issuer that we do not know")
    named = _of_one_set(keys[iss], header, off)
    if "one key" not in off and len(named) != 1:
        raise ValueError(f"{len(named)} keys fit, not one")
    return named


def _of_one_set(jwks: dict[str, Any], header: dict[str, Any], off: set[str]) -> list[Any]:
    fitting = [jwk for jwk in jwks["keys"] if _meant(jwk, header.get("alg"), off)]
    named = [jwk for jwk in fitting if "kid" not in header or jwk.get("kid") == header["kid"]]
    return named or fitting if "one key" in off else named


def _meant(jwk: dict[str, Any], alg: Any, off: set[str]) -> bool:
    """Whether the key is for this algorithm and for verifying."""
    if "algorithm" not in off:
        fits = isinstance(alg, str) and jwk.get("alg") == alg
    else:
        believed = _believed(alg)
        fits = believed in ("none", "HS256") or jwk.get("kty") == _KTY[believed]
    ops = jwk.get("key_ops", ["verify"])
    return fits and ("use" in off or (jwk.get("use", "sig") == "sig" and isinstance(ops, list) and "verify" in ops))


# -- whether the signature fits -----------------------------------------------------------------------------------


def _fits(jwk: dict[str, Any], header: dict[str, Any], message: bytes, seal: bytes, off: set[str]) -> bool:
    if "key material" not in off:
        _check_material(jwk)
    if "algorithm" in off:
        alg = _believed(header.get("alg"))
    else:
        alg = jwk["alg"]
        if _KTY.get(alg) != jwk.get("kty"):
            raise ValueError("the key's type does not go with its algorithm")
    if "signature" in off or alg == "none":
        return True
    if alg == "HS256":
        return any(hmac.compare_digest(hmac.digest(secret, message, "sha256"), seal) for secret in _secrets(jwk))
    return jwk.get("kty") == _KTY[alg] and _fits_public(_public(jwk), alg, message, seal)


def _check_material(jwk: dict[str, Any]) -> None:
    """Check the key's own numbers, for any use."""
    usual = {"oct": "HS256", "RSA": "RS256", "EC": "ES256", "OKP": "Ed25519"}
    members = {name: value for name, value in jwk.items() if name not in ("alg", "kid", "use", "key_ops")}
    Key.from_jwk({**members, "alg": usual.get(str(jwk.get("kty")), "none")})


def _believed(alg: Any) -> str:
    """The algorithm for a decoder that lets the header choose: the first known name contained in alg."""
    text = "none" if alg is None else str(alg).lower()
    for name in ("none", *_KTY):
        if name.lower() in text:
            return name
    raise ValueError("no algorithm that is known here")


def _secrets(jwk: dict[str, Any]) -> list[bytes]:
    """The bytes of a key that a careless decoder might use as an HMAC secret."""
    if jwk.get("kty") == "oct":
        return [b64u_decode(jwk["k"])]
    pem = _public(jwk).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return [pem, json_dumps(jwk)]


def _public(jwk: dict[str, Any]) -> Any:
    number = {name: int.from_bytes(b64u_decode(jwk[name]), "big") for name in ("n", "e", "x", "y") if name in jwk}
    match jwk.get("kty"):
        case "RSA":
            return rsa.RSAPublicNumbers(number["e"], number["n"]).public_key()
        case "EC":
            return ec.EllipticCurvePublicNumbers(number["x"], number["y"], ec.SECP256R1()).public_key()
        case "OKP":
            return ed25519.Ed25519PublicKey.from_public_bytes(b64u_decode(jwk["x"]))
    raise ValueError("not a public key that is known here")


def _fits_public(public: Any, alg: str, message: bytes, seal: bytes) -> bool:
    digest = hashes.SHA256()
    try:
        if alg == "RS256":
            public.verify(seal, message, padding.PKCS1v15(), digest)
        elif alg == "PS256":
            public.verify(seal, message, padding.PSS(padding.MGF1(digest), 32), digest)
        elif alg == "ES256":
            r, s = (int.from_bytes(half, "big") for half in (seal[:32], seal[32:]))
            public.verify(encode_dss_signature(r, s), message, ec.ECDSA(digest))
            return len(seal) == 64
        else:
            public.verify(seal, message)
    except InvalidSignature:
        return False
    return True


# -- what the token says ------------------------------------------------------------------------------------------


def _check_typ(header: dict[str, Any], wanted: str | None) -> None:
    if wanted is None:
        return
    typ = header.get("typ")
    if not isinstance(typ, str) or _kind(typ) != _kind(wanted):
        raise ValueError("a token of another kind")


def _kind(typ: str) -> str:
    return typ.lower().removeprefix("application/")


def _check_claims(claims: dict[str, Any], policy: dict[str, Any], off: set[str]) -> None:
    if "types" not in off:
        _check_types(claims)
    if "required" not in off and not set(policy["require"]) <= set(claims):
        raise ValueError("a claim that is required is missing")
    if "times" not in off:
        _check_times({name: _as_time(claims.get(name)) for name in ("exp", "nbf", "iat")}, policy)
    if "audience" not in off:
        _check_audience(claims, policy["audience"])


def _check_types(claims: dict[str, Any]) -> None:
    for name in ("iss", "sub", "jti"):
        if not isinstance(claims.get(name, ""), str):
            raise ValueError(f"{name} is a string")
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name, 0)
        if type(value) not in (int, float) or not -math.inf < value < math.inf:
            raise ValueError(f"{name} is a number of seconds")
    aud = claims.get("aud", "")
    if not isinstance(aud, str) and not (isinstance(aud, list) and aud and all(isinstance(one, str) for one in aud)):
        raise ValueError("aud is a string or a list of strings")


def _as_time(value: Any) -> float | None:
    """A time as a number; like decoders that do not check types, it also accepts digits in a string, true and false."""
    if value is None:
        return None
    return value if isinstance(value, (int, float)) else float(value) if isinstance(value, str) else None


def _check_times(times: dict[str, float | None], policy: dict[str, Any]) -> None:
    now, leeway = policy["now"], policy["leeway"]
    exp, nbf, iat = times["exp"], times["nbf"], times["iat"]
    if exp is not None and now - leeway >= exp:
        raise ValueError("exp: the token has expired")
    if nbf is not None and now + leeway < nbf:
        raise ValueError("nbf: the token is not good yet")
    if iat is not None and iat > now + leeway:
        raise ValueError("iat: the token was issued in the future")


def _check_audience(claims: dict[str, Any], audience: str | None) -> None:
    if audience is None:
        if "aud" in claims:
            raise ValueError("aud: it names somebody, and we did not say who we are")
        return
    aud = claims.get("aud", [])
    if audience not in (aud if isinstance(aud, (list, dict)) else [aud]):
        raise ValueError("aud: the token is meant for someone else")
