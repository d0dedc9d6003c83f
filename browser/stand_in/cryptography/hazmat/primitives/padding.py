"""Not here."""

from ...exceptions import Unsupported as PKCS7  # noqa: F401
