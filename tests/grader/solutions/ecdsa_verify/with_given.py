"""The given arithmetic; refusals by an exception that is caught at the end."""

from hashlib import sha256

from jwt_from_scratch.services import p256 as given


def numbers(signature: bytes):
    if len(signature) != 64:
        raise ValueError("64 bytes")
    for half in (signature[:32], signature[32:]):
        number = int(half.hex(), 16)
        if number == 0 or number >= given.N:
            raise ValueError("out of range")
        yield number


def require_point(public) -> None:
    if public is None or min(public) < 0 or max(public) >= given.FIELD:
        raise ValueError("no point")
    x, y = public
    if pow(y, 2, given.FIELD) != (pow(x, 3, given.FIELD) + given.A * x + given.B) % given.FIELD:
        raise ValueError("not on the curve")


def ecdsa_verify(public, message: bytes, signature: bytes) -> bool:
    try:
        r, s = numbers(signature)
        require_point(public)
        inverse = pow(s, -1, given.N)
        one = given.scalar_mul(int(sha256(message).hexdigest(), 16) * inverse, given.G)
        other = given.scalar_mul(r * inverse % given.N, public)
        x, _ = given.point_add(one, other)
    except (ValueError, TypeError):
        return False
    return x % given.N == r
