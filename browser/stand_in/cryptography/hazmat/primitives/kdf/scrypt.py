"""Not here."""

from ....exceptions import Unsupported as Scrypt  # noqa: F401
