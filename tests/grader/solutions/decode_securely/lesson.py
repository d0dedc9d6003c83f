"""The lesson's way: four questions, one after the other."""

import hmac
import math

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


def find_key(jwks: dict, header: dict) -> dict:
    def fits(jwk: dict) -> bool:
        return (
            jwk.get("alg") == header.get("alg")
            and ("kid" not in header or jwk.get("kid") == header["kid"])
            and jwk.get("use", "sig") == "sig"
            and isinstance(jwk.get("key_ops", []), list)
            and "verify" in jwk.get("key_ops", ["verify"])
        )

    if not isinstance(header.get("alg"), str) or not isinstance(header.get("kid", ""), str):
        raise ValueError("alg and kid are texts")
    found = [jwk for jwk in jwks["keys"] if fits(jwk)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} keys fit, not one")
    return found[0]


def kind(typ: str) -> str:
    return typ.lower().removeprefix("application/")


def check_claims(claims: dict, policy: dict) -> None:
    for name in ("iss", "sub", "jti"):
        if not isinstance(claims.get(name, ""), str):
            raise ValueError(f"{name}: not a string")
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name, 0)
        if type(value) not in (int, float) or not -math.inf < value < math.inf:
            raise ValueError(f"{name}: not a number")
    for name in policy["require"]:
        if name not in claims:
            raise ValueError(f"{name}: missing")
    now, leeway = policy["now"], policy["leeway"]
    if "exp" in claims and now - leeway >= claims["exp"]:
        raise ValueError("exp: expired")
    if now + leeway < claims.get("nbf", 0) or claims.get("iat", 0) > now + leeway:
        raise ValueError("nbf or iat: too early")
    if policy["audience"] is None:
        if "aud" in claims:
            raise ValueError("aud: not for us")
        return
    aud = claims.get("aud", [])
    aud = [aud] if isinstance(aud, str) else aud
    if not isinstance(aud, list) or not all(isinstance(one, str) for one in aud) or policy["audience"] not in aud:
        raise ValueError("aud: not for us")


def decode_securely(token: str, keys: dict, policy: dict) -> dict:
    head, body, seal = token.split(".")
    header, claims = json_loads_strict(b64u_decode(head)), json_loads_strict(b64u_decode(body))
    if not isinstance(header, dict) or not isinstance(claims, dict) or "crit" in header or "b64" in header:
        raise ValueError("not a token")
    iss = claims.get("iss")
    if not isinstance(iss, str) or iss not in keys:
        raise ValueError("iss: not known")
    if not signature_fits(find_key(keys[iss], header), f"{head}.{body}".encode(), b64u_decode(seal)):
        raise ValueError("the signature does not fit")
    if policy["typ"] is not None:
        typ = header.get("typ")
        if not isinstance(typ, str) or kind(typ) != kind(policy["typ"]):
            raise ValueError("typ: another kind")
    check_claims(claims, policy)
    return claims
