"""Making self-signed certificates (RFC 5280 §4.1), for lesson 08's forged one. Reading them is not implemented."""

import secrets

from ecdsa import der

from ..exceptions import Unsupported as load_der_x509_certificate
from ..exceptions import Unsupported as load_pem_x509_certificate
from ..hazmat.primitives.asymmetric.ec import ECDSA
from ..hazmat.primitives.serialization import Encoding, PublicFormat, written

_ECDSA_WITH_SHA256 = der.encode_sequence(der.encode_oid(1, 2, 840, 10045, 4, 3, 2))


class NameAttribute:
    def __init__(self, oid, value):
        self.oid, self.value = oid, value


class Name:
    def __init__(self, attributes):
        self._attributes = attributes

    def encoded(self):
        return der.encode_sequence(*(_tagged(0x31, _pair(one)) for one in self._attributes))


def _pair(attribute):
    return der.encode_sequence(der.encode_oid(*attribute.oid), _tagged(0x0C, attribute.value.encode()))


def _tagged(tag, content):
    return bytes([tag]) + der.encode_length(len(content)) + content


def _time(when):
    return _tagged(0x17, when.strftime("%y%m%d%H%M%SZ").encode())


def random_serial_number():
    return secrets.randbits(159)


class CertificateBuilder:
    def __init__(self, issuer_name, subject_name, public_key, serial_number, before=None, after=None):
        self._fixed = (issuer_name, subject_name, public_key, serial_number)
        self._times = (before, after)

    def not_valid_before(self, time):
        return CertificateBuilder(*self._fixed, time, self._times[1])

    def not_valid_after(self, time):
        return CertificateBuilder(*self._fixed, self._times[0], time)

    def sign(self, private_key, algorithm, backend=None):
        issuer, subject, public, serial = self._fixed
        body = der.encode_sequence(
            der.encode_constructed(0, der.encode_integer(2)),
            der.encode_integer(serial),
            _ECDSA_WITH_SHA256,
            issuer.encoded(),
            der.encode_sequence(*map(_time, self._times)),
            subject.encoded(),
            public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        )
        signature = der.encode_bitstring(private_key.sign(body, ECDSA(algorithm)), 0)
        return Certificate(der.encode_sequence(body, _ECDSA_WITH_SHA256, signature))


class Certificate:
    def __init__(self, raw):
        self._raw = raw

    def public_bytes(self, encoding):
        return written(encoding, "CERTIFICATE", self._raw)
