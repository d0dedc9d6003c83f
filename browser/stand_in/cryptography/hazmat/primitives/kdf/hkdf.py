"""Not here."""

from ....exceptions import Unsupported as HKDF
