"""Not here."""

from ....exceptions import Unsupported as X25519PrivateKey  # noqa: F401
from ....exceptions import Unsupported as X25519PublicKey  # noqa: F401
