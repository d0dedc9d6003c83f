"""Keys that know what they are for: JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2), JWKS, PEM, thumbprints (RFC 7638).

A key here has exactly one algorithm, decided when it is loaded. A token's header can only agree with it. That
one rule ends every attack that makes a verifier use a key for another algorithm (RFC 8725 §3.1).
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from math import gcd
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from .algorithms import (
    ALGORITHMS,
    ECDSA,
    HMAC,
    Algorithm,
    algorithm_named,
    check_ed25519_point,
    check_rsa_numbers,
)
from .encoding import b64u_decode, b64u_encode, json_dumps
from .errors import EncodingError, KeyRefused

MAX_PEM = 65_536
"""Characters; a PEM of an 8192-bit private key has about 6,400."""

_BY_CURVE = {"P-256": ("ES256",), "P-384": ("ES384",), "P-521": ("ES512",), "Ed25519": ("Ed25519", "EdDSA")}
# RFC 7638 §3.2 and RFC 8037 §2: the members that make a key what it is.
_THUMBPRINT_MEMBERS = {
    "oct": ("k", "kty"),
    "RSA": ("e", "kty", "n"),
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
}


class Key:
    """A key and the one algorithm it is for. Make one with `generate`, `from_secret`, `from_jwk` or `from_pem`."""

    __slots__ = ("_algorithm", "_key_ops", "_kid", "_names", "_private", "_public", "_use")

    def __init__(
        self,
        names: tuple[str, ...],
        private: Any,
        public: Any,
        kid: str | None = None,
        use: str | None = None,
        key_ops: tuple[str, ...] | None = None,
    ) -> None:
        if kid is not None and not isinstance(kid, str):
            raise TypeError(f"kid must be str or None, not {type(kid).__name__}")
        self._algorithm: Algorithm = ALGORITHMS[names[0]]
        self._algorithm.accept(public)
        self._names = names
        self._private = private
        self._public = public
        self._kid = kid
        self._use = use
        self._key_ops = key_ops

    # -- making one ---------------------------------------------------------------------------------------

    @classmethod
    def generate(cls, alg: str, *, kid: str | None = None, size: int = 2048) -> "Key":
        """Make a fresh private (or, for HS, shared) key.

        Args:
            alg: the algorithm's name, such as "ES256".
            kid: the key's name in a key set (RFC 7517 §4.5).
            size: bits of an RSA modulus, 2048 to 8192; the other algorithms fix their own size.

        Raises:
            TypeError: an argument of the wrong type.
            JWTError: an unsupported algorithm or RSA size.
        """
        if not isinstance(size, int) or isinstance(size, bool):
            raise TypeError(f"size must be int, not {type(size).__name__}")
        private = algorithm_named(alg).generate(size)
        return cls((alg,), private, _public_part(private), kid)

    @classmethod
    def from_secret(cls, secret: bytes, alg: str = "HS256", kid: str | None = None) -> "Key":
        """Use bytes as a shared HMAC key (RFC 7518 §3.2). The bytes are a secret, whatever they look like.

        Raises:
            TypeError: an argument of the wrong type.
            JWTError: alg is not one of HS256, HS384, HS512, or the secret is shorter than its hash.
        """
        if not isinstance(secret, bytes):
            raise TypeError(f"the secret must be bytes, not {type(secret).__name__}")
        if not isinstance(algorithm_named(alg), HMAC):
            raise KeyRefused(f"a shared secret is for HS256, HS384 and HS512, not for {alg}")
        return cls((alg,), secret, secret, kid)

    @classmethod
    def from_jwk(cls, jwk: dict[str, Any], alg: str | None = None) -> "Key":
        """Read a JWK (RFC 7517 §4).

        Args:
            jwk: the JSON object, as a dict. Members that this module does not know are ignored.
            alg: the algorithm, needed where the JWK names none and its curve does not decide.

        Raises:
            TypeError: alg is neither str nor None.
            JWTError: anything wrong with the JWK, or an alg that contradicts it.
        """
        if alg is not None:
            algorithm_named(alg)
        if not isinstance(jwk, dict):
            raise KeyRefused(f"a JWK is a JSON object, not {type(jwk).__name__}")
        kty, named, kid, use = (_optional_text(jwk, member) for member in ("kty", "alg", "kid", "use"))
        if kty not in _READERS:
            what = " (ML-DSA, RFC 9964)" if kty == "AKP" else ""
            raise KeyRefused("the JWK has no kty" if kty is None else f"the kty {kty[:40]!r}{what} is not supported")
        names = _resolve(kty, jwk.get("crv"), named, alg)
        private, public = _READERS[kty](jwk, ALGORITHMS[names[0]])
        return cls(names, private, public, kid, use, _key_ops(jwk))

    @classmethod
    def from_pem(cls, data: str | bytes, alg: str | None = None, kid: str | None = None) -> "Key":
        """Read a public or an unencrypted private key in PEM (RFC 7468 §10, §13; PKCS#1 and SEC1 forms too).

        Args:
            data: the PEM text, "-----BEGIN … KEY-----".
            alg: the algorithm, needed for RSA; an elliptic curve decides by itself.
            kid: the key's name in a key set.

        Raises:
            TypeError: an argument of the wrong type.
            JWTError: anything wrong with the PEM, or an alg that contradicts it.
        """
        if alg is not None:
            algorithm_named(alg)
        private, public = _read_pem(data)
        kty, crv = _kind(public)
        return cls(_resolve(kty, crv, None, alg), private, public, kid)

    # -- what it is -----------------------------------------------------------------------------------------

    @property
    def alg(self) -> str:
        """The algorithm's name, as `sign` writes it into the header."""
        return self._names[0]

    @property
    def kid(self) -> str | None:
        """The key's name in a key set (RFC 7517 §4.5), if it has one."""
        return self._kid

    def __repr__(self) -> str:
        kind = "shared" if self._algorithm.kty == "oct" else "public" if self._private is None else "private"
        return f"<Key {self.alg} {kind} kid={self._kid!r}>"

    def public(self) -> "Key":
        """The half that may be given away.

        Raises:
            JWTError: a shared secret has no such half.
        """
        if self._algorithm.kty == "oct":
            raise KeyRefused("a shared secret has no public half")
        key_ops = self._key_ops
        if key_ops is not None and self._private is not None:
            key_ops = ("verify",) if {"sign", "verify"} & set(key_ops) else ()
        return Key(self._names, None, self._public, self._kid, self._use, key_ops)

    def to_jwk(self, private: bool = False) -> dict[str, Any]:
        """The key as a JWK (RFC 7517 §4).

        Args:
            private: include the secret members. Without it the JWK is fit to publish.

        Raises:
            JWTError: private is wanted and absent, or absent and the key is nothing but a secret.
        """
        if not private:
            key = self.public()
        elif self._private is None:
            raise KeyRefused("this is a public key; it has no private members")
        else:
            key = self
        jwk = _members(key._private, key._public)
        # An Ed25519 key that named no algorithm goes by two names; naming one here would lose the other.
        if len(key._names) == 1:
            jwk["alg"] = key.alg
        for name, value in (("kid", key._kid), ("use", key._use), ("key_ops", key._key_ops)):
            if value is not None:
                jwk[name] = list(value) if isinstance(value, tuple) else value
        return jwk

    def to_pem(self, private: bool = False) -> str:
        """The key as PEM: SubjectPublicKeyInfo, or unencrypted PKCS#8 when private (RFC 7468 §13, §10).

        Raises:
            JWTError: private is wanted and absent, or the key is a shared secret, which has no PEM form.
        """
        if self._algorithm.kty == "oct":
            raise KeyRefused("a shared secret has no PEM form")
        if not private:
            pem: bytes = self._public.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        elif self._private is None:
            raise KeyRefused("this is a public key; it has no private PEM")
        else:
            pem = self._private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        return pem.decode("ascii")

    def thumbprint(self) -> str:
        """The SHA-256 thumbprint in base64url: one name for one key, however it is written (RFC 7638 §3)."""
        members = _members(None, self._public)
        needed = {name: members[name] for name in _THUMBPRINT_MEMBERS[self._algorithm.kty]}
        return b64u_encode(sha256(json_dumps(needed)).digest())

    # -- what it does -----------------------------------------------------------------------------------------

    def accepts(self, alg: str) -> bool:
        """Whether a token whose header says alg may be verified with this key."""
        return alg in self._names

    def sign(self, message: bytes) -> bytes:
        """The signature of some bytes, not yet in base64url. Tokens are made by `jwt_from_scratch.sign`.

        Raises:
            JWTError: a public key, or one whose `use` or `key_ops` forbid signing (RFC 7517 §4.2, §4.3).
        """
        if self._private is None:
            raise KeyRefused("a public key can't sign")
        self._permit("sign")
        return self._algorithm.sign(self._private, message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature fits the bytes. Tokens are checked by `jwt_from_scratch.verify`.

        Raises:
            JWTError: a key whose `use` or `key_ops` forbid verifying (RFC 7517 §4.2, §4.3).
        """
        self._permit("verify")
        return self._algorithm.verify(self._public, message, signature)

    def _permit(self, operation: str) -> None:
        if self._use is not None and self._use != "sig":
            raise KeyRefused(f"this key's use is {self._use[:40]!r}, not 'sig'")
        if self._key_ops is not None and operation not in self._key_ops:
            raise KeyRefused(f"this key's key_ops do not include {operation!r}")


class KeySet:
    """Some keys, of which a token's header may choose one by `alg` and `kid` (RFC 7517 §5)."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(keys)
        for key in self._keys:
            if not isinstance(key, Key):
                raise TypeError(f"a KeySet holds Key objects, not {type(key).__name__}")

    @classmethod
    def from_jwks(cls, jwks: dict[str, Any], alg: str | None = None) -> "KeySet":
        """Read a JWK set (RFC 7517 §5). Members that `Key.from_jwk` refuses are left out, as the RFC asks.

        Args:
            jwks: the JSON object with the member "keys", as a dict.
            alg: the algorithm for the keys that name none; keys that name another are left out.

        Raises:
            TypeError: alg is neither str nor None.
            JWTError: jwks is not a dict with a list "keys", or alg is not supported.
        """
        if alg is not None:
            algorithm_named(alg)
        if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list):
            raise KeyRefused('a JWK set is a JSON object with an array "keys"')
        keys = []
        for jwk in jwks["keys"]:
            try:
                keys.append(Key.from_jwk(jwk, alg))
            except (KeyRefused, EncodingError):
                continue
        return cls(keys)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __repr__(self) -> str:
        return f"<KeySet {list(self._keys)!r}>"

    def to_jwks(self, private: bool = False) -> dict[str, Any]:
        """The set as a JWK set, without the secret members unless private (RFC 7517 §5).

        Raises:
            JWTError: see `Key.to_jwk`.
        """
        return {"keys": [key.to_jwk(private) for key in self._keys]}

    def find(self, alg: str, kid: str | None = None) -> Key:
        """The one key for a header: its algorithm is alg and, if kid is given, its kid is that.

        There is no second try: two keys that fit are as wrong as none.

        Raises:
            TypeError: alg is not str, or kid is neither str nor None.
            JWTError: no key fits, or more than one.
        """
        if not isinstance(alg, str):
            raise TypeError(f"alg must be str, not {type(alg).__name__}")
        if kid is not None and not isinstance(kid, str):
            raise TypeError(f"kid must be str or None, not {type(kid).__name__}")
        found = [key for key in self._keys if key.accepts(alg) and (kid is None or key.kid == kid)]
        if len(found) != 1:
            wanted = f"alg {alg[:40]!r}" + ("" if kid is None else f" and kid {kid[:40]!r}")
            raise KeyRefused(f"{'no key' if not found else 'more than one key'} in the set has {wanted}")
        return found[0]


def _resolve(kty: str, crv: Any, named: str | None, alg: str | None) -> tuple[str, ...]:
    """The names a key answers to: the one it was given, or those that its curve implies."""
    if named is not None and alg is not None and named != alg:
        raise KeyRefused(f"the key says alg {named[:40]!r}, the caller says {alg!r}")
    name = alg if alg is not None else named
    if name is None:
        if kty in ("EC", "OKP") and isinstance(crv, str) and crv in _BY_CURVE:
            return _check_kty(_BY_CURVE[crv], kty)
        if kty in ("EC", "OKP"):
            raise KeyRefused(f"the curve {_named(crv)} is not supported; choose from {', '.join(_BY_CURVE)}")
        raise KeyRefused(f"this {kty} key names no algorithm; pass alg=")
    algorithm_named(name)
    return _check_kty((name,), kty)


def _named(crv: Any) -> str:
    return repr(crv[:40]) if isinstance(crv, str) else "(missing, or not a string)"


def _check_kty(names: tuple[str, ...], kty: str) -> tuple[str, ...]:
    needed = ALGORITHMS[names[0]].kty
    if needed != kty:
        raise KeyRefused(f"{names[0]} needs a key of type {needed}, not {kty}")
    return names


# -- JWK members ------------------------------------------------------------------------------------------------


def _optional_text(jwk: dict[str, Any], member: str) -> str | None:
    if member not in jwk:
        return None
    value = jwk[member]
    if not isinstance(value, str):
        raise KeyRefused(f"the JWK's {member} must be a string")
    return value


def _key_ops(jwk: dict[str, Any]) -> tuple[str, ...] | None:
    if "key_ops" not in jwk:
        return None
    key_ops = jwk["key_ops"]
    if not isinstance(key_ops, list) or not all(isinstance(operation, str) for operation in key_ops):
        raise KeyRefused("the JWK's key_ops must be an array of strings (RFC 7517 §4.3)")
    if len(set(key_ops)) != len(key_ops):
        raise KeyRefused("the JWK's key_ops repeats a value (RFC 7517 §4.3)")
    return tuple(key_ops)


def _octets(jwk: dict[str, Any], member: str, size: int | None = None) -> bytes:
    """A base64url member, full width where the RFC fixes the width."""
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
    with _refusing("an RSA public key"):
        public = numbers.public_key()
    if "d" not in jwk:
        return None, public
    if "oth" in jwk:
        raise KeyRefused("RSA keys of more than two primes are not supported (RFC 7518 §6.3.2.7)")
    d = _integer(jwk, "d")
    if any(member in jwk for member in ("p", "q", "dp", "dq", "qi")):  # one of them: all of them (RFC 7518 §6.3.2)
        p, q, dp, dq, qi = (_integer(jwk, member) for member in ("p", "q", "dp", "dq", "qi"))
    else:
        p, q, dp, dq, qi = _recover_primes(n, e, d)
    with _refusing("a consistent RSA private key"):
        return rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, numbers).private_key(), public


def _recover_primes(n: int, e: int, d: int) -> tuple[int, int, int, int, int]:
    """Split n with the help of d: a square root of 1 other than 1 and -1 shares a factor with n.

    A prime or a power of one has no such root, and `rsa_recover_prime_factors` looks for it for minutes.
    """
    if not 1 < d < n or gcd(pow(2, n, n) - 2, n) != 1:
        raise KeyRefused("the RSA modulus is not a product of two primes, or d is out of range")
    power = e * d - 1
    twos = (power & -power).bit_length() - 1
    for _ in range(64):  # each base finds such a root with a chance of one half or better
        root = pow(2 + secrets.randbelow(n - 3), power >> twos, n)
        for _ in range(twos):
            before, root = root, root * root % n
            if root == 1 and before not in (1, n - 1):
                p = gcd(before - 1, n)
                q = n // p
                with _refusing("a consistent RSA private key"):
                    return p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)
        if root != 1:
            break
    raise KeyRefused("the RSA private exponent does not fit n and e")


def _read_ec(
    jwk: dict[str, Any], algorithm: Algorithm
) -> tuple[ec.EllipticCurvePrivateKey | None, ec.EllipticCurvePublicKey]:
    if not isinstance(algorithm, ECDSA) or jwk.get("crv") != algorithm.crv:
        raise KeyRefused(f"{algorithm.name} needs the curve {getattr(algorithm, 'crv', None)} (RFC 7518 §3.4)")
    x, y = (int.from_bytes(_octets(jwk, member, algorithm.width), "big") for member in ("x", "y"))
    numbers = ec.EllipticCurvePublicNumbers(x, y, algorithm.curve)
    with _refusing(f"a point on {algorithm.crv}"):
        public = numbers.public_key()
    if "d" not in jwk:
        return None, public
    d = int.from_bytes(_octets(jwk, "d", algorithm.width), "big")
    with _refusing("a consistent EC private key"):
        return ec.EllipticCurvePrivateNumbers(d, numbers).private_key(), public


def _read_okp(
    jwk: dict[str, Any], algorithm: Algorithm
) -> tuple[ed25519.Ed25519PrivateKey | None, ed25519.Ed25519PublicKey]:
    if jwk.get("crv") != "Ed25519":
        raise KeyRefused(f"the curve {_named(jwk.get('crv'))} is not supported; of the OKP curves only Ed25519 is")
    x = _octets(jwk, "x", 32)
    check_ed25519_point(x)
    with _refusing("an Ed25519 public key"):
        public = ed25519.Ed25519PublicKey.from_public_bytes(x)
    if "d" not in jwk:
        return None, public
    private = ed25519.Ed25519PrivateKey.from_private_bytes(_octets(jwk, "d", 32))
    if private.public_key().public_bytes_raw() != x:
        raise KeyRefused("the JWK's d and x do not belong together")
    return private, public


_READERS = {"oct": _read_oct, "RSA": _read_rsa, "EC": _read_ec, "OKP": _read_okp}


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    """Turn the library's complaints into ours; its texts may quote key material."""
    try:
        yield
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm):
        raise KeyRefused(f"not {what}") from None


def _members(private: Any, public: Any) -> dict[str, Any]:
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
        return {"kty": "EC", "crv": _kind(public)[1], **octets}
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


# -- PEM ----------------------------------------------------------------------------------------------------------


def _read_pem(data: str | bytes) -> tuple[Any, Any]:
    if not isinstance(data, (str, bytes)):
        raise TypeError(f"a PEM must be str or bytes, not {type(data).__name__}")
    if len(data) > MAX_PEM:
        raise KeyRefused(f"a PEM of more than {MAX_PEM} characters")
    try:
        pem = data.encode("ascii") if isinstance(data, str) else data
    except UnicodeEncodeError:
        raise KeyRefused("not a PEM: it holds characters outside ASCII") from None
    if b"-----BEGIN CERTIFICATE-----" in pem:
        raise KeyRefused("this PEM is an X.509 certificate; check it and take the public key out of it first")
    if b"PRIVATE KEY-----" in pem:
        with _refusing("an unencrypted private key in PEM that this module can use"):
            private: Any = serialization.load_pem_private_key(pem, None)
            return private, private.public_key()
    with _refusing("a public or private key in PEM that this module can use"):
        return None, serialization.load_pem_public_key(pem)


def _kind(public: Any) -> tuple[str, str | None]:
    """The JWK kty and crv of a loaded public key."""
    if isinstance(public, rsa.RSAPublicKey):
        return "RSA", None
    if isinstance(public, ed25519.Ed25519PublicKey):
        return "OKP", "Ed25519"
    if isinstance(public, ec.EllipticCurvePublicKey):
        for algorithm in ALGORITHMS.values():
            if isinstance(algorithm, ECDSA) and algorithm.curve.name == public.curve.name:
                return "EC", algorithm.crv
        raise KeyRefused(f"keys on the curve {public.curve.name} are not supported")
    name = type(public).__name__.removesuffix("PublicKey")  # Ed448, X25519, DSA, MLDSA44
    raise KeyRefused(f"keys of the type {name} are not supported")


def _public_part(private: Any) -> Any:
    return private if isinstance(private, bytes) else private.public_key()
