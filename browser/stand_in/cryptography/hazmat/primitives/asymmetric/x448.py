"""Not implemented here."""

from ....exceptions import Unsupported as X448PrivateKey
from ....exceptions import Unsupported as X448PublicKey
