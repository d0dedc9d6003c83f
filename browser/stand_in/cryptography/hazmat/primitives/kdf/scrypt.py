"""Not here."""

from ....exceptions import Unsupported as Scrypt
