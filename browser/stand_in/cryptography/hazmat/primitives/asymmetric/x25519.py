"""Not implemented here."""

from ....exceptions import Unsupported as X25519PrivateKey
from ....exceptions import Unsupported as X25519PublicKey
