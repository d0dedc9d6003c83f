"""HMAC keys: any bytes, at least as long as the hash (RFC 7518 §3.2)."""

from jwt_from_scratch.encoding import b64u_encode

from ..keys import letters, octets
from .making import SECRET, Case, case


def cases() -> list[Case]:
    foreign = b"\xff\xfe\x80" + octets(40, "not UTF-8").replace(b"\0", b"\1")
    bare = {"jwk": {"kty": "oct", "k": b64u_encode(SECRET)}}
    return [
        case("D12", "HS256, 32 bytes", "HS256", letters(32)),
        case("D01", "HS256, 64 bytes", "HS256", letters(64)),
        case("D02", "HS256, 65 bytes: more than a block", "HS256", letters(65)),
        case("D03", "HS256, 200 bytes", "HS256", letters(200)),
        case("D04", "HS256, a NUL inside", "HS256", b"abc\0" + letters(40)),
        case("D04b", "HS256, beginning with NUL", "HS256", b"\0" + letters(40)),
        case("D06", "HS384, 48 bytes", "HS384", letters(48)),
        case("D05", "HS512, 64 bytes", "HS512", letters(64)),
        case("D07", "HS512, 129 bytes: more than a block", "HS512", letters(129)),
        case("D08", "HS256, bytes that are no UTF-8", "HS256", foreign),
        case("D09", "HS256, ending in a line feed", "HS256", letters(40) + b"\n"),
        case("D10", "HS256, beginning with 'ssh-rsa '", "HS256", b"ssh-rsa " + letters(40)),
        case("D11", "oct JWK without alg", key=bare),
    ]
