"""ECDSA signatures as DER (RFC 3279 §2.2.3)."""

from ecdsa import der

from ...._asn1 import as_value_error, integers
from ....exceptions import Unsupported as Prehashed


def encode_dss_signature(r, s):
    return der.encode_sequence(der.encode_integer(r), der.encode_integer(s))


@as_value_error
def decode_dss_signature(signature):
    r, s = integers(signature)
    return r, s
