"""A token object that cannot exist unless it is good; the claims are matched by patterns."""

import hmac
import math
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict

P = 2**255 - 19
EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL = {0, 1, P - 1, EIGHTH, P - EIGHTH}


def whole(text: str) -> int:
    return int.from_bytes(b64u_decode(text), "big")


def public_key(jwk: dict):
    match jwk:
        case {"kty": "RSA", "alg": "RS256" | "PS256", "n": str(n), "e": str(e)}:
            n, e = whole(n), whole(e)
            if not 2048 <= n.bit_length() <= 8192 or not 3 <= e < 2**32 or e % 2 == 0:
                raise ValueError("RSA")
            return rsa.RSAPublicNumbers(e, n).public_key()
        case {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": str(x), "y": str(y)}:
            if len(b64u_decode(x)) != 32 or len(b64u_decode(y)) != 32:
                raise ValueError("P-256")
            return ec.EllipticCurvePublicNumbers(whole(x), whole(y), ec.SECP256R1()).public_key()
        case {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519" | "EdDSA", "x": str(x)}:
            data = b64u_decode(x)
            y = int.from_bytes(data, "little") % 2**255
            if len(data) != 32 or y >= P or y in SMALL:
                raise ValueError("Ed25519")
            return Ed25519PublicKey.from_public_bytes(data)
    raise ValueError("no key")


def signature_fits(jwk: dict, message: bytes, signature: bytes) -> bool:
    if jwk.get("kty") == "oct" and jwk.get("alg") == "HS256":
        secret = b64u_decode(jwk["k"])
        if len(secret) < 32:
            raise ValueError("weak")
        return hmac.compare_digest(hmac.digest(secret, message, "sha256"), signature)
    key, sha256 = public_key(jwk), hashes.SHA256()
    try:
        match jwk["alg"]:
            case "RS256":
                key.verify(signature, message, padding.PKCS1v15(), sha256)
            case "PS256":
                key.verify(signature, message, padding.PSS(padding.MGF1(sha256), 32), sha256)
            case "ES256":
                r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
                key.verify(encode_dss_signature(r, s), message, ec.ECDSA(sha256))
                return len(signature) == 64
            case _:
                key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


class Refused(ValueError):
    """A token that is not let in."""


@dataclass
class Token:
    header: dict
    claims: dict
    message: bytes
    signature: bytes

    @classmethod
    def parse(cls, text: str) -> "Token":
        parts = text.split(".")
        if len(parts) != 3:
            raise Refused("three segments")
        header, claims, signature = map(b64u_decode, parts)
        return cls(json_loads_strict(header), json_loads_strict(claims), ".".join(parts[:2]).encode(), signature)

    def __post_init__(self) -> None:
        match self.header:
            case {"crit": _} | {"b64": _}:
                raise Refused("extensions")
            case {"alg": str(), "kid": str()}:
                pass
            case {"alg": str(), **rest} if "kid" not in rest:
                pass
            case _:
                raise Refused("header")
        match self.claims:
            case {"iss": str(), **rest} if all(isinstance(rest.get(name, ""), str) for name in ("sub", "jti")):
                pass
            case _:
                raise Refused("claims")
        for name in {"exp", "nbf", "iat"} & self.claims.keys():
            value = self.claims[name]
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
                raise Refused(name)

    @staticmethod
    def may_verify(jwk: dict) -> bool:
        match jwk:
            case {"key_ops": [*operations]}:
                return "verify" in operations
        return "key_ops" not in jwk

    def is_signed_by_one_of(self, jwks: list) -> bool:
        wanted = {name: self.header[name] for name in ("alg", "kid") if name in self.header}
        meant = [jwk for jwk in jwks if self.may_verify(jwk) and jwk.get("use", "sig") == "sig"]
        fitting = [jwk for jwk in meant if all(jwk.get(name) == value for name, value in wanted.items())]
        return len(fitting) == 1 and signature_fits(fitting[0], self.message, self.signature)

    def is_of_kind(self, typ: str | None) -> bool:
        if typ is None:
            return True
        mine = self.header.get("typ")
        own = typ.lower().removeprefix("application/")
        return isinstance(mine, str) and mine.lower() in (own, f"application/{own}")

    def is_for(self, audience: str | None) -> bool:
        match self.claims:
            case {"aud": str(aud)}:
                return aud == audience
            case {"aud": [*many]}:
                return all(isinstance(one, str) for one in many) and audience in many
            case {"aud": _}:
                return False
        return audience is None

    def is_good_at(self, now: float, leeway: float) -> bool:
        late, early, issued = (self.claims.get(name) for name in ("exp", "nbf", "iat"))
        return (
            (late is None or late > now - leeway)
            and (early is None or early <= now + leeway)
            and (issued is None or issued <= now + leeway)
        )


def decode_securely(token: str, keys: dict, policy: dict) -> dict:
    found = Token.parse(token)
    if not (
        found.is_signed_by_one_of(keys.get(found.claims["iss"], {"keys": []})["keys"])
        and found.is_of_kind(policy["typ"])
        and found.is_for(policy["audience"])
        and found.is_good_at(policy["now"], policy["leeway"])
        and found.claims.keys() >= set(policy["require"])
    ):
        raise Refused("not to be trusted")
    return found.claims
