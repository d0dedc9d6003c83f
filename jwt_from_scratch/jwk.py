"""JSON Web Keys: from members to key material and back (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2, RFC 7638)."""

from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from .algorithms import ECDSA, Algorithm, check_ed25519_point, check_rsa_numbers
from .encoding import b64u_decode, b64u_encode, json_dumps
from .errors import EncodingError, KeyRefused
from .material import kind, recover_primes, refusing

# RFC 7638 §3.2 and RFC 8037 §2: the required members of each key type, of which the thumbprint is made.
_THUMBPRINT_MEMBERS = {
    "oct": ("k", "kty"),
    "RSA": ("e", "kty", "n"),
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
}


def optional_text(jwk: dict[str, Any], member: str) -> str | None:
    """The value of an optional member that must be a string (else KeyRefused); None if it is absent."""
    if member not in jwk:
        return None
    value = jwk[member]
    if not isinstance(value, str):
        raise KeyRefused(f"the JWK's {member} must be a string")
    return value


def key_ops_of(jwk: dict[str, Any]) -> tuple[str, ...] | None:
    """The key's `key_ops`, or None; KeyRefused if they are not an array of different strings."""
    if "key_ops" not in jwk:
        return None
    key_ops = jwk["key_ops"]
    if not isinstance(key_ops, list) or not all(isinstance(operation, str) for operation in key_ops):
        raise KeyRefused("the JWK's key_ops must be an array of strings (RFC 7517 §4.3)")
    if len(set(key_ops)) != len(key_ops):
        raise KeyRefused("the JWK's key_ops repeats a value (RFC 7517 §4.3)")
    return tuple(key_ops)


def named_curve(crv: Any) -> str:
    """A JWK's crv, which may be of any type, as text for a message."""
    return repr(crv[:40]) if isinstance(crv, str) else "(missing, or not a string)"


def _octets(jwk: dict[str, Any], member: str, size: int | None = None) -> bytes:
    """The bytes of a base64url member, of exactly `size` bytes if it is given."""
    value = jwk.get(member)
    if not isinstance(value, str):
        raise KeyRefused(f"the JWK's {member} is missing or not a string")
    try:
        data = b64u_decode(value)
    except EncodingError as error:
        raise KeyRefused(f"the JWK's {member} is {error}") from None
    if size is not None and len(data) != size:
        raise KeyRefused(f"the JWK's {member} must be {size} bytes, not {len(data)}")
    return data


def _integer(jwk: dict[str, Any], member: str) -> int:
    """A Base64urlUInt: big-endian and no longer than needed (RFC 7518 §2)."""
    data = _octets(jwk, member)
    if not data or (data[0] == 0 and len(data) > 1):
        raise KeyRefused(f"the JWK's {member} is empty or has leading zero bytes (RFC 7518 §2)")
    if len(data) > 1024:
        raise KeyRefused(f"the JWK's {member} is longer than 8192 bits")
    return int.from_bytes(data, "big")


def _read_oct(jwk: dict[str, Any], algorithm: Algorithm) -> tuple[bytes, bytes]:
    secret = _octets(jwk, "k")
    return secret, secret


def _read_rsa(jwk: dict[str, Any], algorithm: Algorithm) -> tuple[rsa.RSAPrivateKey | None, rsa.RSAPublicKey]:
    n, e = _integer(jwk, "n"), _integer(jwk, "e")
    check_rsa_numbers(n, e)
    numbers = rsa.RSAPublicNumbers(e, n)
    with refusing("an RSA public key"):
        public = numbers.public_key()
    if "d" not in jwk:
        return None, public
    if "oth" in jwk:
        raise KeyRefused("RSA keys of more than two primes are not supported (RFC 7518 §6.3.2.7)")
    d = _integer(jwk, "d")
    if any(member in jwk for member in ("p", "q", "dp", "dq", "qi")):  # then all must be there (RFC 7518 §6.3.2)
        p, q, dp, dq, qi = (_integer(jwk, member) for member in ("p", "q", "dp", "dq", "qi"))
    else:
        p, q, dp, dq, qi = recover_primes(n, e, d)
    with refusing("a consistent RSA private key"):
        return rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, numbers).private_key(), public


def _read_ec(
    jwk: dict[str, Any], algorithm: Algorithm
) -> tuple[ec.EllipticCurvePrivateKey | None, ec.EllipticCurvePublicKey]:
    if not isinstance(algorithm, ECDSA) or jwk.get("crv") != algorithm.crv:
        raise KeyRefused(f"{algorithm.name} needs the curve {getattr(algorithm, 'crv', None)} (RFC 7518 §3.4)")
    x, y = (int.from_bytes(_octets(jwk, member, algorithm.width), "big") for member in ("x", "y"))
    numbers = ec.EllipticCurvePublicNumbers(x, y, algorithm.curve)
    with refusing(f"a point on {algorithm.crv}"):
        public = numbers.public_key()
    if "d" not in jwk:
        return None, public
    d = int.from_bytes(_octets(jwk, "d", algorithm.width), "big")
    with refusing("a consistent EC private key"):
        return ec.EllipticCurvePrivateNumbers(d, numbers).private_key(), public


def _read_okp(
    jwk: dict[str, Any], algorithm: Algorithm
) -> tuple[ed25519.Ed25519PrivateKey | None, ed25519.Ed25519PublicKey]:
    if jwk.get("crv") != "Ed25519":
        raise KeyRefused(f"the curve {named_curve(jwk.get('crv'))} is not supported; of the OKP curves only Ed25519 is")
    x = _octets(jwk, "x", 32)
    check_ed25519_point(x)
    with refusing("an Ed25519 public key"):
        public = ed25519.Ed25519PublicKey.from_public_bytes(x)
    if "d" not in jwk:
        return None, public
    private = ed25519.Ed25519PrivateKey.from_private_bytes(_octets(jwk, "d", 32))
    if private.public_key().public_bytes_raw() != x:
        raise KeyRefused("the JWK's d and x do not belong together")
    return private, public


READERS = {"oct": _read_oct, "RSA": _read_rsa, "EC": _read_ec, "OKP": _read_okp}
"""For each kty, the function that reads a JWK's key material: the pair (private, public)."""


def thumbprint(public: Any) -> str:
    """The SHA-256 thumbprint of a public or shared key, in base64url (RFC 7638 §3)."""
    own = members(None, public)
    needed = {name: own[name] for name in _THUMBPRINT_MEMBERS[own["kty"]]}
    return b64u_encode(sha256(json_dumps(needed)).digest())


def members(private: Any, public: Any) -> dict[str, Any]:
    """The members that the key type defines (RFC 7518 §6, RFC 8037 §2)."""
    if isinstance(public, bytes):
        return {"kty": "oct", "k": b64u_encode(public)}
    if isinstance(public, rsa.RSAPublicKey):
        return {"kty": "RSA", **{name: _uint(value) for name, value in _rsa_numbers(private, public).items()}}
    if isinstance(public, ec.EllipticCurvePublicKey):
        point, width = public.public_numbers(), (public.curve.key_size + 7) // 8
        numbers = {"x": point.x, "y": point.y}
        if private is not None:
            numbers["d"] = private.private_numbers().private_value
        octets = {name: b64u_encode(value.to_bytes(width, "big")) for name, value in numbers.items()}
        return {"kty": "EC", "crv": kind(public)[1], **octets}
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64u_encode(public.public_bytes_raw())}
    return jwk if private is None else {**jwk, "d": b64u_encode(private.private_bytes_raw())}


def _rsa_numbers(private: rsa.RSAPrivateKey | None, public: rsa.RSAPublicKey) -> dict[str, int]:
    own = public.public_numbers()
    if private is None:
        return {"n": own.n, "e": own.e}
    secret = private.private_numbers()
    return {
        **{"n": own.n, "e": own.e, "d": secret.d, "p": secret.p, "q": secret.q},
        **{"dp": secret.dmp1, "dq": secret.dmq1, "qi": secret.iqmp},
    }


def _uint(value: int) -> str:
    return b64u_encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))
