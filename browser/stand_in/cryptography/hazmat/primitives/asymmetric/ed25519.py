"""Ed25519."""

from ._edwards import Ed25519PrivateKey, Ed25519PublicKey
