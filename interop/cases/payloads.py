"""Payloads of a JWS that is not a JWT: any bytes (RFC 7515 §3)."""

from .making import Case, case

_PLAIN = '{"alg":"HS256"}'


def cases() -> list[Case]:
    return [
        case("C01", "an empty payload", header=_PLAIN, payload="", kind="jws"),
        case("C02", "all 256 bytes", header=_PLAIN, payload=bytes(range(256)), kind="jws"),
        case("C03", "plain text", header=_PLAIN, payload="It\u2019s a dangerous business, Frodo.", kind="jws"),
    ]
