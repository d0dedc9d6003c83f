"""Everything is asserted, and whatever goes wrong is a refusal; the policy is checked by a table."""

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


def is_number(value):
    return type(value) in (int, float) and abs(value) < math.inf


def list_of(value):
    assert isinstance(value, list)
    return value


def trusted(token, keys, policy):
    signed, _, seal = token.rpartition(".")
    header, claims = (json_loads_strict(b64u_decode(part)) for part in signed.split("."))
    assert type(header) is dict
    assert type(claims) is dict
    assert not {"crit", "b64"} & set(header)
    assert isinstance(header["alg"], str)
    assert isinstance(header.get("kid", ""), str)
    (jwk,) = (
        one
        for one in keys[claims["iss"]]["keys"]
        if one.get("alg") == header["alg"]
        and ("kid" not in header or one.get("kid") == header["kid"])
        and one.get("use", "sig") == "sig"
        and "verify" in list_of(one.get("key_ops", ["verify"]))
    )
    assert signature_fits(jwk, signed.encode(), b64u_decode(seal))
    if policy["typ"]:
        assert header["typ"].casefold().removeprefix("application/") == policy["typ"].casefold().removeprefix(
            "application/"
        )
    early = policy["now"] + policy["leeway"]
    late = policy["now"] - policy["leeway"]
    good = {
        "iss": lambda iss: isinstance(iss, str),
        "sub": lambda sub: isinstance(sub, str),
        "jti": lambda jti: isinstance(jti, str),
        "exp": lambda exp: is_number(exp) and exp > late,
        "nbf": lambda nbf: is_number(nbf) and nbf <= early,
        "iat": lambda iat: is_number(iat) and iat <= early,
    }
    assert all(fits(claims[name]) for name, fits in good.items() if name in claims)
    assert set(claims) >= set(policy["require"])
    if policy["audience"] is None:
        assert "aud" not in claims
    else:
        aud = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        assert {type(one) for one in aud} == {str}
        assert policy["audience"] in aud
    return claims


def decode_securely(token, keys, policy):
    try:
        return trusted(token, keys, policy)
    except Exception as error:
        raise ValueError(f"refused: {error!r}") from error
