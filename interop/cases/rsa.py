"""RSA keys and signatures (RFC 7518 §3.3, §3.5, §6.3)."""

from ..keys import private_jwk, public_jwk, rsa_key
from .certificates import certificate, der64, thumbprint
from .making import Case, case, payload_for


def cases() -> list[Case]:
    return [*_moduli(), *_pss(), *_jwks()]


def _moduli() -> list[Case]:
    key = rsa_key(2048)
    return [
        case("E01", "RS256, 2048 bits", "RS256", key),
        case("E02", "RS384, 3072 bits", "RS384", rsa_key(3072)),
        case("E03", "RS512, 4096 bits", "RS512", rsa_key(4096)),
        case("E04", "RS256, 2049 bits", "RS256", rsa_key(2049)),
        case("E07", "RS256, 8192 bits", "RS256", rsa_key(8192)),
        case("E05", "RS256, exponent 3", "RS256", rsa_key(2048, 3)),
        case("E06", "RS256, exponent 4294967291", "RS256", rsa_key(2048, 4_294_967_291)),
        case("E06b", "RS256, exponent 2147483647", "RS256", rsa_key(2048, 2_147_483_647)),
        case("E06c", "RS256, exponent of 41 bits", "RS256", rsa_key(2048, 2**40 + 15)),
        case(
            *("E13", "RS256, signature that begins with a zero byte", "RS256", key),
            payload=payload_for("RS256", key, lambda signature: signature[0] == 0),
        ),
    ]


def _pss() -> list[Case]:
    key = rsa_key(2048)
    return [
        case("E08", "PS256, 2048 bits", "PS256", key),
        case("E09", "PS384, 2048 bits", "PS384", key),
        case("E10", "PS512, 2048 bits", "PS512", key),
        case("E11", "PS256, 2049 bits", "PS256", rsa_key(2049)),
    ]


def _jwks() -> list[Case]:
    private = rsa_key(2048)
    jwk, cert = public_jwk(private), certificate(private, "rsa.example")
    named = {"x5t": thumbprint(cert, "sha1"), "x5t#S256": thumbprint(cert, "sha256")}

    def rs256(id: str, text: str, jwk: dict[str, object]) -> Case:
        return case(id, text, "RS256", private, key={"jwk": jwk})

    return [
        rs256("G01b", "JWK without alg, use, kid", jwk),
        rs256("G02b", "JWK with key_ops verify alone", {**jwk, "key_ops": ["verify"]}),
        rs256("G04", "JWK with x5c, x5t, x5t#S256", {**jwk, "x5c": [der64(cert)], **named}),
        rs256("G05b", "JWK with all private members", private_jwk(private)),
        rs256("G06", "JWK with use sig, no alg", {**jwk, "use": "sig"}),
        rs256("G08", "private JWK of n, e, d alone", {**jwk, "d": private_jwk(private)["d"]}),
    ]
