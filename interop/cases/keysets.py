"""JWK sets: "Implementations SHOULD ignore JWKs within a JWK Set that use "kty" values that are not understood by
them" (RFC 7517 §5). The token is ES256, and its key e1 is in every set."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import x25519

from jwt_from_scratch.encoding import b64u_encode

from ..keys import ec_key, ed25519_key, mldsa44_key, public_jwk, rsa_key
from .curves import P256
from .making import Case, case

_NAMED = '{"alg":"ES256","typ":"JWT","kid":"e1"}'
_UNNAMED = '{"alg":"ES256","typ":"JWT"}'


def cases() -> list[Case]:
    bare_e, bare_r = public_jwk(ec_key(P256)), public_jwk(rsa_key(2048))
    e1 = {**bare_e, "kid": "e1", "alg": "ES256", "use": "sig"}
    r1 = {**bare_r, "kid": "r1", "alg": "RS256", "use": "sig"}
    ed = {**public_jwk(ed25519_key()), "kid": "d1", "alg": "Ed25519", "use": "sig"}
    unknown_kty = {"kty": "new", "kid": "n1", "foo": "bar"}
    unknown_crv = {"kty": "EC", "crv": "P-999", "kid": "q1", "x": "AAAA", "y": "AAAA"}
    return [
        _set("J00", "two good keys", r1, e1),
        _set("J05", "further members beside keys", r1, e1, iss="https://login.example", updated=1_700_000_000),
        _set("J11", "keys with kid alone", {**bare_r, "kid": "r1"}, {**bare_e, "kid": "e1"}),
        _set("J01", "a key of unknown kty first", unknown_kty, r1, e1),
        *([] if mldsa44_key() is None else [_set("J02", "an ML-DSA key first", _akp(), r1, e1)]),
        _set("J07", "an EC key of unknown crv", unknown_crv, e1),
        _set("J04", "an X25519 key for encryption", _x25519(), e1),
        _set("J08", "an RSA key for RSA-OAEP", {**bare_r, "kid": "o1", "alg": "RSA-OAEP", "use": "enc"}, e1),
        _set("J09", "a key whose alg is unknown", {**bare_r, "kid": "u1", "alg": "XS512"}, e1),
        _set("J10", "a key for alg Ed25519 (RFC 9864)", ed, e1),
        _set("J03", "an RSA and an EC key with one kid", {**r1, "kid": "e1"}, e1),
        _set("J12", "token without kid, set of one key", e1, header=_UNNAMED),
        _set("J13", "token without kid, set of an RSA and an EC key", r1, e1, header=_UNNAMED),
        _set("J14", "token without kid, set of one key without kid, alg, use", bare_e, header=_UNNAMED),
    ]


def _set(id: str, text: str, *keys: dict[str, Any], header: str = _NAMED, **members: Any) -> Case:
    jwks = {"keys": list(keys), **members}
    return case(id, text, "ES256", ec_key(P256), header=header, key={"jwks": jwks})


def _akp() -> dict[str, Any]:
    return {**public_jwk(mldsa44_key()), "kid": "m1"}


def _x25519() -> dict[str, Any]:
    public = x25519.X25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
    return {"kty": "OKP", "crv": "X25519", "kid": "x1", "use": "enc", "x": b64u_encode(public.public_bytes_raw())}
