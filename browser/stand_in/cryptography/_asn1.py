"""PEM (RFC 7468) and DER (X.690): the encodings of keys that `ecdsa` does not have."""

import base64
import functools
import re

from ecdsa import der

from .exceptions import UnsupportedAlgorithm

RSA = der.encode_sequence(der.encode_oid(1, 2, 840, 113549, 1, 1, 1), b"\x05\x00")
_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END \1-----")


def from_pem(data):
    """The kind and the bytes of the first block."""
    found = _BLOCK.search(bytes(data).decode("ascii"))
    if not found:
        raise ValueError("Unable to load PEM file.")
    return found[1], base64.b64decode("".join(found[2].split()), validate=True)


def integers(data):
    """All integers of a DER sequence, which must be the whole data."""
    body, rest = der.remove_sequence(data)
    values = []
    if rest:
        raise ValueError("trailing data")
    while body:
        value, body = der.remove_integer(body)
        values.append(value)
    return values


def spki(algorithm, key):
    """A SubjectPublicKeyInfo (RFC 5280 §4.1)."""
    return der.encode_sequence(algorithm, der.encode_bitstring(key, 0))


def pkcs8(algorithm, key):
    """A PrivateKeyInfo (RFC 5208 §5)."""
    return der.encode_sequence(der.encode_integer(0), algorithm, der.encode_octet_string(key))


def as_value_error(load):
    """Turn any error that a malformed key causes into a ValueError."""

    @functools.wraps(load)
    def guarded(*args, **kwargs):
        try:
            return load(*args, **kwargs)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise
        except Exception as error:
            raise ValueError("Could not deserialize key data.") from error

    return guarded
