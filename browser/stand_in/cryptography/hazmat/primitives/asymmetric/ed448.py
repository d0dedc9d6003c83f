"""Ed448."""

from ._edwards import Ed448PrivateKey, Ed448PublicKey
