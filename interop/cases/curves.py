"""Elliptic curves, their JWKs, and newer algorithms (RFC 7518 §3.4, RFC 8037, RFC 8812, RFC 9864, RFC 9964)."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from ..keys import ec_key, ed448_key, ed25519_key, mldsa44_key, private_jwk, public_jwk
from .making import EXP, Case, case, payload_for

P256, P384, P521, SECP256K1 = ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


def cases() -> list[Case]:
    return [*_signatures(), *_coordinates(), *_jwks(), *_edwards(), *_others()]


def _signatures() -> list[Case]:
    p256, p521 = ec_key(P256), ec_key(P521)

    def like(id: str, text: str, alg: str, key: Any, wanted: Any) -> Case:
        return case(id, text, alg, key, payload=payload_for(alg, key, wanted))

    high = like("F07", "ES256, s in the upper half", "ES256", p256, lambda found: _s(found) > _ORDER // 2)
    return [
        case("F01", "ES256", "ES256", p256),
        case("F02", "ES384", "ES384", ec_key(P384)),
        case("F03", "ES512", "ES512", p521),
        like("F04", "ES256, r begins with a zero byte", "ES256", p256, lambda found: found[0] == 0),
        like("F05", "ES256, s begins with a zero byte", "ES256", p256, lambda found: found[32] == 0),
        like("F06", "ES512, r begins with two zero bytes", "ES512", p521, lambda found: found[:2] == b"\0\0"),
        high,
        like("F08", "ES256, s in the lower half", "ES256", p256, lambda found: _s(found) <= _ORDER // 2),
    ]


def _s(signature: bytes) -> int:
    return int.from_bytes(signature[32:], "big")


def _coordinates() -> list[Case]:
    def jwk(id: str, text: str, alg: str, key: Any) -> Case:
        return case(id, text, alg, key, key={"jwk": {**public_jwk(key), "alg": alg}})

    return [
        jwk("F09", "P-256, x begins with a zero byte", "ES256", ec_key(P256, zeros=("x", 1))),
        jwk("F10", "P-256, y begins with a zero byte", "ES256", ec_key(P256, zeros=("y", 1))),
        jwk("F11", "P-521, x begins with two zero bytes", "ES512", ec_key(P521, zeros=("x", 2))),
    ]


def _jwks() -> list[Case]:
    private = ec_key(P256)
    jwk = public_jwk(private)
    unknown = {"ext": True, "iat": 1_700_000_000, "exp": EXP, "foo": {"bar": [None]}, "https://x.example/y": 1}

    def es256(id: str, text: str, jwk: dict[str, Any]) -> Case:
        return case(id, text, "ES256", private, key={"jwk": jwk})

    return [
        es256("G01", "JWK without alg, use, kid", jwk),
        es256("G02", "JWK with key_ops verify alone", {**jwk, "key_ops": ["verify"]}),
        es256("G03", "JWK with unknown members", {**jwk, **unknown}),
        es256("G05a", "JWK with the private member", private_jwk(private)),
        es256("G09", "private JWK with key_ops sign, verify", {**private_jwk(private), "key_ops": ["sign", "verify"]}),
        es256("G11", "JWK with use sig and key_ops verify", {**jwk, "use": "sig", "key_ops": ["verify"]}),
    ]


def _edwards() -> list[Case]:
    private = ed25519_key()
    return [
        case("F13", "EdDSA, Ed25519 key", "EdDSA", private, rare=True),
        case("G05c", "EdDSA, JWK with the private member", "EdDSA", private, key={"jwk": private_jwk(private)}),
        case("F14", "alg Ed25519 (RFC 9864)", "Ed25519", private, rare=True),
        case("F14b", "alg Ed25519, JWK without alg", "Ed25519", private, key={"jwk": public_jwk(private)}, rare=True),
        case("F15", "EdDSA, Ed448 key", "EdDSA", ed448_key(), rare=True),
        case("F16", "alg Ed448 (RFC 9864)", "Ed448", ed448_key(), rare=True),
    ]


def _others() -> list[Case]:
    found = [case("F12", "ES256K (RFC 8812)", "ES256K", ec_key(SECP256K1), rare=True)]
    if mldsa44_key() is not None:
        found.append(case("F18", "ML-DSA-44, AKP key (RFC 9964)", "ML-DSA-44", mldsa44_key(), rare=True))
    return found
