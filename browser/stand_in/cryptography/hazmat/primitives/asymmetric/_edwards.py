"""EdDSA (RFC 8032) on both curves, by `ecdsa`."""

import secrets

import ecdsa
from ecdsa import curves

from ....exceptions import InvalidSignature
from ..serialization import Encoding, written


class _Public:
    curve = None

    def __init__(self, raw):
        self._raw, self._key = raw, None

    @classmethod
    def from_public_bytes(cls, data):
        if len(data) != cls.curve.baselen:
            raise ValueError(f"{cls.__name__} is {cls.curve.baselen} bytes long")
        return cls(bytes(data))

    def _loaded(self):
        """The point, decoded at its first use, as in the real package."""
        self._key = self._key or ecdsa.VerifyingKey.from_string(self._raw, self.curve)
        return self._key

    def public_bytes_raw(self):
        return self._raw

    def public_bytes(self, encoding, format):
        return self._raw if encoding is Encoding.Raw else written(encoding, "PUBLIC KEY", self._loaded().to_der())

    def __eq__(self, other):
        return type(other) is type(self) and self._raw == other._raw

    __hash__ = None

    def verify(self, signature, data):
        try:
            self._loaded().verify(signature, data)
        except Exception:
            raise InvalidSignature from None


class _Private:
    public = _Public

    def __init__(self, raw):
        self._raw, self._key = raw, ecdsa.SigningKey.from_string(raw, self.public.curve)

    @classmethod
    def generate(cls):
        return cls(secrets.token_bytes(cls.public.curve.baselen))

    @classmethod
    def from_private_bytes(cls, data):
        if len(data) != cls.public.curve.baselen:
            raise ValueError(f"{cls.__name__} is {cls.public.curve.baselen} bytes long")
        return cls(bytes(data))

    def public_key(self):
        return self.public(bytes(self._key.verifying_key.to_string()))

    def private_bytes_raw(self):
        return self._raw

    def private_bytes(self, encoding, format, encryption_algorithm):
        return (
            self._raw
            if encoding is Encoding.Raw
            else written(encoding, "PRIVATE KEY", self._key.to_der(format="pkcs8"))
        )

    def sign(self, data):
        return bytes(self._key.sign(data))


def _kinds(curve):
    public = type(f"{curve.name}PublicKey", (_Public,), {"curve": curve})
    return type(f"{curve.name}PrivateKey", (_Private,), {"public": public}), public


Ed25519PrivateKey, Ed25519PublicKey = _kinds(curves.Ed25519)
Ed448PrivateKey, Ed448PublicKey = _kinds(curves.Ed448)
