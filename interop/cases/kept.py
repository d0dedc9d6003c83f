"""Tokens and keys that follow every rule of docs/interop.md. Libraries that support the algorithm must read them."""

from typing import Any

from ..keys import ec_key, public_jwk, public_pem, rsa_key
from .curves import P256
from .making import SECRET, Case, case, claims, offered

_MORE = claims('"iss":"https://login.example","aud":"shop","iat":1700000000,"jti":"9007199254740993","name":"Zoë 🐈"')


def cases() -> list[Case]:
    secret = offered("HS256", SECRET)
    return [
        _kept("S01", "HS256, and a shared secret", "HS256", SECRET, {**secret, "jwk": {**secret["jwk"], "kid": "k1"}}),
        _kept("S02", "RS256, and the public key", "RS256", rsa_key(2048), _alone("RS256", rsa_key(2048))),
        _kept("S03", "ES256, and the public key", "ES256", ec_key(P256), _alone("ES256", ec_key(P256))),
        _kept(
            "S04", "RS256, and a set of RSA keys", "RS256", rsa_key(2048), _set("RS256", rsa_key(3072), rsa_key(2048))
        ),
        _kept("S05", "ES256, and a set of EC keys", "ES256", ec_key(P256), _set("ES256", _OTHER, ec_key(P256))),
    ]


_OTHER = ec_key(P256, zeros=("x", 1))


def _kept(id: str, text: str, alg: str, private: Any, key: dict[str, Any]) -> Case:
    header = f'{{"alg":"{alg}","typ":"JWT","kid":"k1"}}'
    return case(id, text, alg, private, header=header, payload=_MORE, key=key, aud="shop", iss="https://login.example")


def _jwk(alg: str, private: Any, kid: str) -> dict[str, Any]:
    return {**public_jwk(private), "kid": kid, "alg": alg, "use": "sig"}


def _alone(alg: str, private: Any) -> dict[str, Any]:
    return {"jwk": _jwk(alg, private, "k1"), "pem": public_pem(private)}


def _set(alg: str, other: Any, private: Any) -> dict[str, Any]:
    return {"jwks": {"keys": [_jwk(alg, other, "k0"), _jwk(alg, private, "k1")]}}
