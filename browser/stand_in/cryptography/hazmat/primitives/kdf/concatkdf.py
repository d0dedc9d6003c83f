"""Not implemented here."""

from ....exceptions import Unsupported as ConcatKDFHash
