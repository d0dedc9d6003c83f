"""Not here."""

from ....exceptions import Unsupported as X448PrivateKey  # noqa: F401
from ....exceptions import Unsupported as X448PublicKey  # noqa: F401
