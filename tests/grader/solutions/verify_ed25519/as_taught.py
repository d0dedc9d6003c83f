"""The lesson's way: encode again and compare, double three times."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def decode_point(data):
    number = int.from_bytes(data, "little")
    y, odd = number % 2**255 % P, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(data) != 32 or x * x % P != square:
        raise ValueError("no point")
    return (-x % P if x % 2 != odd else x), y


def encode_point(point):
    x, y = point
    return (y | x % 2 << 255).to_bytes(32, "little")


def add(p, q):
    (x1, y1), (x2, y2) = p, q
    k = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def verify_ed25519(token: str, jwk: dict) -> dict:
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519" or not isinstance(jwk.get("x"), str):
        raise ValueError("not an Ed25519 key")
    names = ("Ed25519", "EdDSA")
    if "alg" in jwk:
        if jwk["alg"] not in names:
            raise ValueError("a key for another algorithm")
        names = (jwk["alg"],)
    data = b64u_decode(jwk["x"])
    point = decode_point(data)
    if encode_point(point) != data:
        raise ValueError("a second spelling")
    for _ in range(3):
        point = add(point, point)
    if point == (0, 1):
        raise ValueError("small order")
    head, body, seal = token.split(".")
    header = json_loads_strict(b64u_decode(head))
    if not isinstance(header, dict) or "crit" in header or "b64" in header or header.get("alg") not in names:
        raise ValueError("header")
    payload, signature = b64u_decode(body), b64u_decode(seal)
    try:
        Ed25519PublicKey.from_public_bytes(data).verify(signature, f"{head}.{body}".encode())
    except InvalidSignature:
        raise ValueError("the signature does not fit") from None
    claims = json_loads_strict(payload)
    if not isinstance(claims, dict):
        raise ValueError("claims are an object")
    return claims
