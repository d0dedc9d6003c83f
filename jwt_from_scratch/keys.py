"""Keys that know what they are for (RFC 7517): one, or a set of which a token's header chooses one.

A key here has exactly one algorithm, which is decided when it is loaded; a token's header can only agree with it.
This prevents every attack that makes a verifier use a key for another algorithm (RFC 8725 §3.1).
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import serialization

from .algorithms import ALGORITHMS, HMAC, Algorithm, algorithm_named
from .errors import EncodingError, KeyRefused
from .jwk import READERS, key_ops_of, members, named_curve, optional_text, thumbprint
from .material import check_passphrase, kind, public_part, read_pem

_BY_CURVE = {"P-256": ("ES256",), "P-384": ("ES384",), "P-521": ("ES512",), "Ed25519": ("Ed25519", "EdDSA")}


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
        return cls((alg,), private, public_part(private), kid)

    @classmethod
    def from_secret(cls, secret: bytes, alg: str = "HS256", kid: str | None = None) -> "Key":
        """Use bytes as a shared HMAC key (RFC 7518 §3.2). They are taken as they are, even if they look like a PEM.

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
        kty, named, kid, use = (optional_text(jwk, member) for member in ("kty", "alg", "kid", "use"))
        if kty not in READERS:
            what = " (ML-DSA, RFC 9964)" if kty == "AKP" else ""
            raise KeyRefused("the JWK has no kty" if kty is None else f"the kty {kty[:40]!r}{what} is not supported")
        names = _resolve(kty, jwk.get("crv"), named, alg)
        private, public = READERS[kty](jwk, ALGORITHMS[names[0]])
        return cls(names, private, public, kid, use, key_ops_of(jwk))

    @classmethod
    def from_pem(
        cls, data: str | bytes, alg: str | None = None, kid: str | None = None, *, passphrase: bytes | None = None
    ) -> "Key":
        """Read a public or a private key in PEM (RFC 7468 §10, §11, §13; PKCS#1 and SEC1 forms too).

        Args:
            data: the PEM text, "-----BEGIN … KEY-----".
            alg: the algorithm, needed for RSA; an elliptic curve decides by itself.
            kid: the key's name in a key set.
            passphrase: of an encrypted private key; it must be given for those, and only for those.

        Raises:
            TypeError: an argument of the wrong type.
            JWTError: anything wrong with the PEM or its passphrase, or an alg that contradicts it.
        """
        if alg is not None:
            algorithm_named(alg)
        private, public = read_pem(data, passphrase)
        kty, crv = kind(public)
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
        half = "shared" if self._algorithm.kty == "oct" else "public" if self._private is None else "private"
        return f"<Key {self.alg} {half} kid={self._kid!r}>"

    def public(self) -> "Key":
        """The public key, which may be given away.

        Raises:
            JWTError: a shared secret has no public key.
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
            JWTError: private is True and there is no private half, or private is False and the key is a shared secret.
        """
        if not private:
            key = self.public()
        elif self._private is None:
            raise KeyRefused("this is a public key; it has no private members")
        else:
            key = self
        jwk = members(key._private, key._public)
        # An Ed25519 key that named no algorithm has two names; to write one of them here would lose the other.
        if len(key._names) == 1:
            jwk["alg"] = key.alg
        for name, value in (("kid", key._kid), ("use", key._use), ("key_ops", key._key_ops)):
            if value is not None:
                jwk[name] = list(value) if isinstance(value, tuple) else value
        return jwk

    def to_pem(self, private: bool = False, *, passphrase: bytes | None = None) -> str:
        """The key as PEM: SubjectPublicKeyInfo, or PKCS#8 when private (RFC 7468 §13, §10).

        Args:
            private: the private key, not the public one.
            passphrase: encrypt the private key with it (RFC 7468 §11); at most 1023 bytes.

        Raises:
            TypeError: passphrase is neither bytes nor None.
            JWTError: a passphrase that is empty, too long or for a public key; private is True and there is no private
                half; or the key is a shared secret, which has no PEM form.
        """
        if self._algorithm.kty == "oct":
            raise KeyRefused("a shared secret has no PEM form")
        check_passphrase(passphrase)
        if passphrase is not None and not private:
            raise KeyRefused("a public key is not encrypted; a passphrase is for private=True")
        if not private:
            pem: bytes = self._public.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        elif self._private is None:
            raise KeyRefused("this is a public key; it has no private PEM")
        else:
            encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
            if passphrase is not None:
                encryption = serialization.BestAvailableEncryption(passphrase)
            pem = self._private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        return pem.decode("ascii")

    def thumbprint(self) -> str:
        """The SHA-256 thumbprint in base64url: the same for every way to write the same key (RFC 7638 §3)."""
        return thumbprint(self._public)

    # -- what it does -----------------------------------------------------------------------------------------

    def accepts(self, alg: str) -> bool:
        """Whether a token whose header says alg may be verified with this key."""
        return alg in self._names

    def sign(self, message: bytes) -> bytes:
        """The signature of some bytes, not yet in base64url. To make a token, use `jwt_from_scratch.sign`.

        Raises:
            JWTError: a public key, or one whose `use` or `key_ops` forbid signing (RFC 7517 §4.2, §4.3).
        """
        if self._private is None:
            raise KeyRefused("a public key can't sign")
        self._permit("sign")
        return self._algorithm.sign(self._private, message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is valid for the bytes. To check a token, use `jwt_from_scratch.verify`.

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


class LeftOut(NamedTuple):
    """A member of a JWK set that was left out: its kid, if it has one, and the reason."""

    kid: str | None
    reason: str


class KeySet:
    """A set of keys, from which a token's header may choose one by `alg` and `kid` (RFC 7517 §5).

    Attributes:
        left_out: the members of a JWK set that were left out, and why.
    """

    __slots__ = ("_keys", "left_out")

    def __init__(self, keys: Iterable[Key], left_out: Iterable[LeftOut] = ()) -> None:
        self._keys = tuple(keys)
        self.left_out = tuple(left_out)
        for key in self._keys:
            if not isinstance(key, Key):
                raise TypeError(f"a KeySet holds Key objects, not {type(key).__name__}")

    @classmethod
    def from_jwks(cls, jwks: dict[str, Any], alg: str | None = None) -> "KeySet":
        """Read a JWK set (RFC 7517 §5). Members that `Key.from_jwk` refuses are left out, as the RFC asks.

        `left_out` says which and why. Large issuers name no `alg` in their RSA keys: pass the one that they document.

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
        keys, left_out = [], []
        for jwk in jwks["keys"]:
            try:
                keys.append(Key.from_jwk(jwk, alg))
            except (KeyRefused, EncodingError) as error:
                kid = jwk.get("kid") if isinstance(jwk, dict) else None
                left_out.append(LeftOut(kid if isinstance(kid, str) else None, str(error)))
        return cls(keys, left_out)

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

        No key is tried out: if two keys match, that is an error, as if none does.

        Raises:
            TypeError: alg is not str, or kid is neither str nor None.
            JWTError: no key matches, or more than one.
        """
        if not isinstance(alg, str):
            raise TypeError(f"alg must be str, not {type(alg).__name__}")
        if kid is not None and not isinstance(kid, str):
            raise TypeError(f"kid must be str or None, not {type(kid).__name__}")
        found = [key for key in self._keys if key.accepts(alg) and (kid is None or key.kid == kid)]
        if len(found) != 1:
            wanted = f"alg {alg[:40]!r}" + ("" if kid is None else f" and kid {kid[:40]!r}")
            what, why = ("more than one key", "") if found else ("no key", self._why_not(kid))
            raise KeyRefused(f"{what} in the set has {wanted}{why}")
        return found[0]

    def _why_not(self, kid: str | None) -> str:
        """For the error message: why a member was left out, one with this kid if there is any."""
        for one in sorted(self.left_out, key=lambda one: one.kid != kid)[:1]:
            return f"; {len(self.left_out)} of its members were left out, one because {one.reason}"
        return ""


def _resolve(kty: str, crv: Any, named: str | None, alg: str | None) -> tuple[str, ...]:
    """The names of a key's algorithm: the one that was given, or those that its curve implies."""
    if named is not None and alg is not None and named != alg:
        raise KeyRefused(f"the key says alg {named[:40]!r}, the caller says {alg!r}")
    name = alg if alg is not None else named
    if name is None:
        if kty in ("EC", "OKP") and isinstance(crv, str) and crv in _BY_CURVE:
            return _check_kty(_BY_CURVE[crv], kty)
        if kty in ("EC", "OKP"):
            raise KeyRefused(f"the curve {named_curve(crv)} is not supported; choose from {', '.join(_BY_CURVE)}")
        raise KeyRefused(f"this {kty} key names no algorithm; pass alg=")
    algorithm_named(name)
    return _check_kty((name,), kty)


def _check_kty(names: tuple[str, ...], kty: str) -> tuple[str, ...]:
    needed = ALGORITHMS[names[0]].kty
    if needed != kty:
        raise KeyRefused(f"{names[0]} needs a key of type {needed}, not {kty}")
    return names
