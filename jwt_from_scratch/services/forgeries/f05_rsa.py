"""Lesson 05: the public key is public. With it, one must be able to verify and to do nothing else.

The attacker has one honest visitor's token, the public key, and no private key. A few tokens are signed by the issuer
itself with a bad padding: a verifier must refuse them, even if the mistake is the issuer's.
"""

import hashlib
import hmac
import itertools
import json
import secrets
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ...encoding import b64u_decode, b64u_encode, json_dumps
from . import Forgery, Honest

VISITOR = {"iss": "https://passes.example", "sub": "mallory", "role": "visitor"}
ADMIN = VISITOR | {"role": "admin"}
PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017 §9.2, note 1


def honest() -> list[Honest]:
    """Tokens that a verifier of lesson 05 accepts: RS256, and HS256 as before."""
    usual, small = _key(65537), _key(3)
    secret = {"kty": "oct", "k": b64u_encode(secrets.token_bytes(32)), "alg": "HS256"}
    spaced = b'{ "typ" : "JWT",\r\n  "alg" : "RS256" }'
    return [
        Honest("RS256", _signed_rs256(VISITOR, usual), _jwk(usual), VISITOR),
        Honest("RS256 with e = 3", _signed_rs256(VISITOR, small), _jwk(small), VISITOR),
        Honest("RS256 with a kid", _signed_rs256(VISITOR, usual, kid="a"), _jwk(usual, kid="a"), VISITOR),
        Honest("RS256, header with spaces", _rs256(_input(spaced, VISITOR), usual), _jwk(usual), VISITOR),
        Honest("RS256, no claims at all", _signed_rs256({}, usual), _jwk(usual), {}),
        Honest("HS256", _hs256(VISITOR, b64u_decode(secret["k"])), secret, VISITOR),
    ]


def forgeries() -> list[Forgery]:
    """Tokens that must be refused."""
    return [*_confused(), *_other_spellings(), *_bad_paddings(), *_weak_keys()]


def _confused() -> list[Forgery]:
    """The public key as an HMAC secret, in every encoding in which a server may have it (RFC 8725 §2.1)."""
    private = _key(65537)
    public, jwk = private.public_key(), _jwk(private, kid="a")
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    thin = {name: jwk[name] for name in ("e", "kty", "n")}
    secrets_known_to_all = {
        "the PEM": pem,
        "the PEM without its last newline": pem.rstrip(),
        "the PEM with Windows line ends": pem.replace(b"\n", b"\r\n"),
        "the PKCS#1 PEM": public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        "the DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "the OpenSSH line": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "the JWK as JSON": json_dumps(jwk),
        "the JWK as JSON with spaces": json.dumps(jwk).encode(),
        "the bytes of n": b64u_decode(jwk["n"]),
    }
    lets_in = "The header's alg decides, so public bytes serve as an HMAC secret. One key, one algorithm."
    forged = [
        Forgery(f"RS256 key, HS256 token, secret is {name}", lets_in, _hs256(ADMIN, secret), jwk)
        for name, secret in secrets_known_to_all.items()
    ]
    mac = _hs256(ADMIN, pem, alg="RS256")
    forged.append(Forgery("an HMAC under a header that says RS256", "The signature's length decides.", mac, jwk))
    shared = {"kty": "oct", "k": b64u_encode(pem), "alg": "HS256"}
    mixed = "The key's type and its algorithm need not agree. RS256 needs kty RSA, HS256 needs kty oct."
    crossed = "The header's alg decides, so the secret is read as somebody's public key."
    signed = _signed_rs256(ADMIN, private)
    unsigned = _input(b'{"alg":"none"}', ADMIN) + "."
    return [
        *forged,
        Forgery("an HS256 key that is a PEM, an RS256 token", crossed, signed, shared),
        Forgery("an RSA key that says HS256", mixed, _hs256(ADMIN, pem), jwk | {"alg": "HS256"}),
        Forgery("an oct key that says RS256", mixed, signed, shared | {"alg": "RS256"}),
        Forgery("an RSA key that names no algorithm", "The header fills in what the key leaves open.", signed, thin),
        Forgery("an RS256 key, alg none", "The header's alg decides.", unsigned, jwk),
    ]


def _other_spellings() -> list[Forgery]:
    """Numbers that are not signatures, or a signature in another encoding (RFC 8017 §8.2.2)."""
    private = _key(3)
    jwk, n = _jwk(private), private.public_key().public_numbers().n
    token, right = _with_room_above(private)
    size, s = len(right), int.from_bytes(right, "big")
    length = "The signature's length is not checked (RFC 8017 §8.2.2, step 1)."
    spellings = [
        ("s + n", "s is not known to be below n (RFC 8017 §5.2.2).", (s + n).to_bytes(size, "big")),
        ("a zero byte in front", length, b"\0" + right),
        ("the last byte missing", length, right[:-1]),
        ("no signature", "An empty signature is not compared.", b""),
        ("zero", "A failed comparison counts as success.", bytes(size)),
        ("n itself", "s is not known to be below n (RFC 8017 §5.2.2).", n.to_bytes(size, "big")),
    ]
    signing_input = token.rpartition(".")[0]
    header, _, _ = token.split(".")
    changed = f"{header}.{b64u_encode(json_dumps(ADMIN))}.{b64u_encode(right)}"
    another = _signed_rs256(ADMIN, rsa.generate_private_key(3, 2048))
    return [
        *(Forgery(f"RS256, {what}", why, f"{signing_input}.{b64u_encode(new)}", jwk) for what, why, new in spellings),
        Forgery("RS256, payload changed, old signature", "The signature is not checked.", changed, jwk),
        Forgery("RS256, signed with somebody else's key", "The signature is not checked.", another, jwk),
    ]


def _bad_paddings() -> list[Forgery]:
    """Signatures of another message than the only valid encoding of RFC 8017 §9.2."""
    small = _key(3)
    jwk, size = _jwk(small), small.key_size // 8
    signing_input = _input(b'{"alg":"RS256"}', ADMIN)
    digest = hashlib.sha256(signing_input.encode()).digest()
    from_the_left = "The padding is skipped and the hash read from the left; behind it may stand anything."
    behind = _cubed(b"\0\1" + b"\xff" * 8 + b"\0" + PREFIX + digest)
    tokens = [("garbage behind the hash", from_the_left, f"{signing_input}.{b64u_encode(behind)}")]
    only_the_end = "Only the end of the encoded message is compared."
    tokens.append(("zeros before the hash", only_the_end, _ends_right(b"")))
    # Parameters of 191 bytes, which a lenient DER parser skips (as in CVE-2022-24771).
    long = bytes.fromhex("3081f23081cd060960864801650304020104 81bf")
    lax = "The hash's name is read by a forgiving parser and not compared with the one right form."
    tokens.append(("garbage inside the hash's name", lax, _ends_right(b"\0\1" + b"\xff" * 8 + b"\0" + long)))
    for what, encoded in _odd_encodings(signing_input.encode(), size):
        why = "The padding is not compared byte by byte with the one right form."
        tokens.append((what, why, f"{signing_input}.{b64u_encode(_power(small, encoded))}"))
    sha512 = small.sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA512())
    why = "The hash is the one that the signature names, or any. RS256 is SHA-256."
    tokens.append(("signed with SHA-512 under RS256", why, f"{signing_input}.{b64u_encode(sha512)}"))
    other = _input(b'{"alg":"RS512"}', ADMIN)
    signature = small.sign(other.encode(), padding.PKCS1v15(), hashes.SHA512())
    tokens.append(("an RS256 key, an RS512 token", "The header's alg decides.", f"{other}.{b64u_encode(signature)}"))
    return [Forgery(f"e = 3: {what}", why, token, jwk) for what, why, token in tokens]


def _odd_encodings(message: bytes, size: int) -> list[tuple[str, bytes]]:
    digest = hashlib.sha256(message).digest()
    right = PREFIX + digest
    fill = size - 3 - len(right)
    no_null = bytes.fromhex("302f300b06096086480165030402010420") + digest
    other_name = PREFIX.replace(bytes.fromhex("040201"), bytes.fromhex("040206"))  # SHA-512/256, of 32 bytes as well
    return [
        ("the block type of encryption", b"\0\2" + b"\xff" * fill + b"\0" + right),
        ("one byte of the padding wrong", b"\0\1" + b"\xff" * 9 + b"\xfe" + b"\xff" * (fill - 10) + b"\0" + right),
        ("01 in place of the 00 before the hash's name", b"\0\1" + b"\xff" * fill + b"\1" + right),
        ("the name of another hash", b"\0\1" + b"\xff" * fill + b"\0" + other_name + digest),
        ("the hash's name without NULL", b"\0\1" + b"\xff" * (fill + 2) + b"\0" + no_null),
        ("the hash without its name", b"\0\1" + b"\xff" * (fill + 19) + b"\0" + digest),
        ("the bare hash, unpadded", bytes(size - 32) + digest),
    ]


def _weak_keys() -> list[Forgery]:
    """The signature is valid, but the key is not acceptable (RFC 7518 §3.3, RFC 8017 §3.1)."""
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak on purpose
    signing_input = _input(b'{"alg":"RS256"}', ADMIN)
    n = _key(65537).public_key().public_numbers().n
    one = {"kty": "RSA", "alg": "RS256", "n": _uint(n), "e": _uint(1)}
    return [
        Forgery("an RSA key of 1024 bits", "Keys under 2048 bits are used.", _rs256(signing_input, short), _jwk(short)),
        Forgery(
            "an RSA key with e = 1",
            "e is not checked: with e = 1 the padded message is its own signature.",
            f"{signing_input}.{b64u_encode(encoded_as_its_own_signature(signing_input.encode()))}",
            one,
        ),
    ]


def encoded_as_its_own_signature(message: bytes) -> bytes:
    """The padded hash (RFC 8017 §9.2), which is a valid signature for every key of 2048 bits with e = 1."""
    tail = PREFIX + hashlib.sha256(message).digest()
    return b"\0\1" + b"\xff" * (253 - len(tail)) + b"\0" + tail


# -- how they are made ---------------------------------------------------------------------------------------------


@cache
def _key(e: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(e, 2048)


def _uint(number: int) -> str:
    return b64u_encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _jwk(private: rsa.RSAPrivateKey, **members: Any) -> dict[str, Any]:
    numbers = private.public_key().public_numbers()
    return {"kty": "RSA", "alg": "RS256", "n": _uint(numbers.n), "e": _uint(numbers.e), **members}


def _input(header: bytes, claims: Any) -> str:
    return f"{b64u_encode(header)}.{b64u_encode(json_dumps(claims))}"


def _rs256(signing_input: str, private: rsa.RSAPrivateKey) -> str:
    return f"{signing_input}.{b64u_encode(private.sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _signed_rs256(claims: Any, private: rsa.RSAPrivateKey, **members: Any) -> str:
    return _rs256(_input(json_dumps({"alg": "RS256", "typ": "JWT", **members}), claims), private)


def _hs256(claims: Any, secret: bytes, alg: str = "HS256") -> str:
    signing_input = _input(json_dumps({"alg": alg, "typ": "JWT"}), claims)
    return f"{signing_input}.{b64u_encode(hmac.new(secret, signing_input.encode(), hashlib.sha256).digest())}"


def _with_room_above(private: rsa.RSAPrivateKey) -> tuple[str, bytes]:
    """A token whose s + n still has as many bytes as n, and its signature."""
    n = private.public_key().public_numbers().n
    for number in itertools.count():
        token = _signed_rs256(VISITOR | {"jti": f"{number}"}, private)
        signature = b64u_decode(token.rpartition(".")[2])
        if int.from_bytes(signature, "big") + n < 256 ** len(signature):
            return token, signature
    raise AssertionError


def _power(private: rsa.RSAPrivateKey, encoded: bytes) -> bytes:
    numbers = private.private_numbers()
    return pow(int.from_bytes(encoded, "big"), numbers.d, numbers.public_numbers.n).to_bytes(len(encoded), "big")


def _cubed(start: bytes, size: int = 256) -> bytes:
    """A signature for e = 3, made without a private key: its cube begins with these bytes."""
    wanted = int.from_bytes(start.ljust(size, b"\0"), "big")
    root = 1 << (wanted.bit_length() // 3 + 1)
    while root**3 > wanted:  # Newton's method, from above
        root = (2 * root + wanted // root**2) // 3
    return (root + 1).to_bytes(size, "big")


def _ends_right(start: bytes, size: int = 256) -> str:
    """A token for e = 3 whose signature's cube begins with start and ends with the hash as it should."""
    for number in itertools.count():
        signing_input = _input(b'{"alg":"RS256"}', ADMIN | {"jti": f"{number}"})
        digest = hashlib.sha256(signing_input.encode()).digest()
        tail = b"\x04\x20" + digest if start else b"\0" + PREFIX + digest
        wanted, modulus = int.from_bytes(tail, "big"), 256 ** len(tail)
        if wanted % 2:  # an odd number has exactly one cube root modulo a power of two
            low = pow(wanted, pow(3, -1, modulus // 2), modulus)
            high = int.from_bytes(_cubed(start), "big") // modulus + 1 if start else 0
            return f"{signing_input}.{b64u_encode((high * modulus + low).to_bytes(size, 'big'))}"
    raise AssertionError
