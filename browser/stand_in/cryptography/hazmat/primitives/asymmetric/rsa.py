"""RSA (RFC 8017)."""

import base64
import math
import secrets

from ecdsa import der

from ...._asn1 import RSA, pkcs8, spki
from ....exceptions import InvalidSignature
from ....exceptions import Unsupported as rsa_recover_prime_factors
from ..serialization import PrivateFormat, PublicFormat, written

_SMALL = [p for p in range(3, 2000, 2) if all(p % q for q in range(3, math.isqrt(p) + 1, 2))]


def _is_prime(number, rounds=6):
    """The Miller-Rabin test."""
    if number < 2 or number % 2 == 0 or any(number % p == 0 and number != p for p in _SMALL):
        return False
    twos = (number - 1 & 1 - number).bit_length() - 1
    for _ in range(rounds):
        x = pow(2 + secrets.randbelow(number - 3), number - 1 >> twos, number) if number > 3 else 1
        if x not in (1, number - 1) and all((x := x * x % number) != number - 1 for _ in range(twos - 1)):
            return False
    return True


def _random_prime(bits, exponent):
    while True:
        found = secrets.randbits(bits) | 3 << (bits - 2) | 1
        if all(found % p for p in _SMALL) and math.gcd(found - 1, exponent) == 1 and _is_prime(found, 3):
            return found


class RSAPublicNumbers:
    def __init__(self, e, n):
        self.e, self.n = e, n

    def public_key(self, backend=None):
        if self.e < 3 or self.e % 2 == 0 or self.n % 2 == 0 or self.e >= self.n:
            raise ValueError("Invalid RSA numbers")
        return RSAPublicKey(self)

    def __eq__(self, other):
        return isinstance(other, RSAPublicNumbers) and (self.e, self.n) == (other.e, other.n)

    def __hash__(self):
        return hash((self.e, self.n))


class RSAPublicKey:
    def __init__(self, numbers):
        self._numbers = numbers
        self.key_size = numbers.n.bit_length()
        self._size = (self.key_size + 7) // 8

    def public_numbers(self):
        return self._numbers

    def __eq__(self, other):
        return isinstance(other, RSAPublicKey) and self._numbers == other._numbers

    __hash__ = None

    def _power(self, block):
        numbers = self._numbers
        return pow(int.from_bytes(block, "big"), numbers.e, numbers.n).to_bytes(self._size, "big")

    def verify(self, signature, data, padding, algorithm):
        if len(signature) != self._size or int.from_bytes(signature, "big") >= self._numbers.n:
            raise InvalidSignature
        if not padding.fits(self._power(signature), data, algorithm, self.key_size):
            raise InvalidSignature

    def encrypt(self, plaintext, padding):
        return self._power(padding.wrap(plaintext, self._size))

    def public_bytes(self, encoding, format):
        if format is PublicFormat.OpenSSH:  # RFC 4253 §6.6
            parts = (
                b"ssh-rsa",
                *(k.to_bytes(k.bit_length() // 8 + 1, "big") for k in (self._numbers.e, self._numbers.n)),
            )
            return b"ssh-rsa " + base64.b64encode(b"".join(len(one).to_bytes(4, "big") + one for one in parts))
        pkcs1 = der.encode_sequence(der.encode_integer(self._numbers.n), der.encode_integer(self._numbers.e))
        if format is PublicFormat.PKCS1:
            return written(encoding, "RSA PUBLIC KEY", pkcs1)
        return written(encoding, "PUBLIC KEY", spki(RSA, pkcs1))


class RSAPrivateNumbers:
    def __init__(self, p, q, d, dmp1, dmq1, iqmp, public_numbers):
        self.p, self.q, self.d, self.dmp1, self.dmq1, self.iqmp = p, q, d, dmp1, dmq1, iqmp
        self.public_numbers = public_numbers

    def private_key(self, backend=None, *, unsafe_skip_rsa_key_validation=False):
        if not unsafe_skip_rsa_key_validation and not self._is_consistent():
            raise ValueError("Invalid private key")
        return RSAPrivateKey(self)

    def _is_consistent(self):
        p, q, d, e = self.p, self.q, self.d, self.public_numbers.e
        return (
            min(p, q) > 2
            and p * q == self.public_numbers.n
            and e * d % math.lcm(p - 1, q - 1) == 1
            and (self.dmp1, self.dmq1, self.iqmp * q % p) == (d % (p - 1), d % (q - 1), 1)
            and _is_prime(p)
            and _is_prime(q)
        )


class RSAPrivateKey:
    def __init__(self, numbers):
        self._numbers, self._public = numbers, RSAPublicKey(numbers.public_numbers)
        self.key_size = self._public.key_size

    def private_numbers(self):
        return self._numbers

    def public_key(self):
        return self._public

    def _power(self, block):
        """By the Chinese remainder theorem (RFC 8017 §5.1.2, §5.2.1)."""
        k, value = self._numbers, int.from_bytes(block, "big")
        one, other = pow(value, k.dmp1, k.p), pow(value, k.dmq1, k.q)
        return (other + (one - other) * k.iqmp % k.p * k.q).to_bytes(self._public._size, "big")

    def sign(self, data, padding, algorithm):
        return self._power(padding.sign(data, algorithm, self.key_size))

    def decrypt(self, ciphertext, padding):
        if len(ciphertext) != self._public._size or int.from_bytes(ciphertext, "big") >= self._public._numbers.n:
            raise ValueError("Decryption failed")
        return padding.unwrap(self._power(ciphertext))

    def private_bytes(self, encoding, format, encryption_algorithm):
        k = self._numbers
        values = (0, k.public_numbers.n, k.public_numbers.e, k.d, k.p, k.q, k.dmp1, k.dmq1, k.iqmp)
        pkcs1 = der.encode_sequence(*map(der.encode_integer, values))
        if format is PrivateFormat.TraditionalOpenSSL:
            return written(encoding, "RSA PRIVATE KEY", pkcs1)
        return written(encoding, "PRIVATE KEY", pkcs8(RSA, pkcs1))


def generate_private_key(public_exponent, key_size, backend=None):
    p = _random_prime(key_size - key_size // 2, public_exponent)
    q = p
    while q == p:
        q = _random_prime(key_size // 2, public_exponent)
    d = pow(public_exponent, -1, math.lcm(p - 1, q - 1))
    public = RSAPublicNumbers(public_exponent, p * q)
    return RSAPrivateKey(RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public))


def rsa_crt_dmp1(private_exponent, p):
    return private_exponent % (p - 1)


rsa_crt_dmq1 = rsa_crt_dmp1


def rsa_crt_iqmp(p, q):
    return pow(q, -1, p)
