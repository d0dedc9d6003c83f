"""Lesson 07: one key, one algorithm; and keys for which anybody can make a valid signature.

Most of these tokens have a valid signature. What is wrong is the combination: a key used for an algorithm that it does
not name, a name that is nearly right, a signature with other parameters, or a point that is not a valid key.
"""

import hashlib
import hmac
import itertools
import json
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from ... import Key, encode
from ...encoding import b64u_decode, b64u_encode, json_dumps
from . import Forgery, Honest

PASSENGER = {"iss": "https://ferry.example", "sub": "mallory", "role": "passenger"}
CAPTAIN = PASSENGER | {"role": "captain"}
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493  # of Ed25519's base point (RFC 8032 §5.1)


def honest() -> list[Honest]:
    """Tokens that the `verify` at the end of lesson 07 accepts: every algorithm, and both names of Ed25519."""
    shared, elliptic = Key.generate("HS256"), Key.generate("ES256")
    made = [
        Honest("HS256", encode(PASSENGER, shared), shared.to_jwk(private=True), PASSENGER),
        Honest("RS256", _rsa_token("RS256", _PKCS1, PASSENGER), _rsa_jwk("RS256"), PASSENGER),
        Honest("ES256", encode(PASSENGER, elliptic), elliptic.to_jwk(), PASSENGER),
        Honest("PS256", _rsa_token("PS256", _PSS, PASSENGER), _rsa_jwk("PS256"), PASSENGER),
    ]
    for name, sign in itertools.product(("Ed25519", "EdDSA"), (0, 1)):
        private = _ed25519(sign)
        what = f"{name}, a key whose x is {('even', 'odd')[sign]}"
        made.append(Honest(what, _ed_token(private, PASSENGER, name), _ed_jwk(private, name), PASSENGER))
    spaced = b64u_encode(b'{ "typ" : "JWT",\r\n  "alg" : "Ed25519" }') + "." + b64u_encode(b"{}")
    token = f"{spaced}.{b64u_encode(private.sign(spaced.encode()))}"
    made.append(Honest("Ed25519, header with spaces, no claims", token, _ed_jwk(private), {}))
    return made


def forgeries() -> list[Forgery]:
    """Tokens that must be refused."""
    return [
        *_two_algorithms(),
        *_other_parameters(),
        *_nearly_the_name(),
        *_small_order(),
        *_ed25519_names(),
        *_forms(),
    ]


def _two_algorithms() -> list[Forgery]:
    """A key for one algorithm, with a valid signature of another (RFC 8725 §3.1)."""
    one = "The header chooses among the algorithms that the key could serve. One key, one algorithm."
    name = "The name in the header is not compared; whatever fits the key's kind is tried."
    rs_jwk, ps_jwk = _rsa_jwk("RS256"), _rsa_jwk("PS256")
    elliptic, edwards = Key.generate("ES256").to_jwk(), _ed25519(0)
    says_ed25519, says_eddsa = _es256_token("Ed25519"), _es256_token("EdDSA")
    made = [
        Forgery("a PS256 key, an RS256 token", one, _rsa_token("RS256", _PKCS1), ps_jwk),
        Forgery("an RS256 key, a PS256 token", one, _rsa_token("PS256", _PSS), rs_jwk),
        Forgery("a PS256 key, an RS256 signature that says PS256", name, _rsa_token("PS256", _PKCS1), ps_jwk),
        Forgery("an RS256 key, a PS256 signature that says RS256", name, _rsa_token("RS256", _PSS), rs_jwk),
        Forgery("an RSA key that says Ed25519", name, _rsa_token("Ed25519", _PSS), ps_jwk | {"alg": "Ed25519"}),
        Forgery("an ES256 key, a token that says Ed25519", name, *says_ed25519),
        Forgery("an ES256 key, an ES256 signature that says EdDSA", name, *says_eddsa),
        Forgery("an ES256 key, somebody's Ed25519 token", one, _ed_token(edwards, CAPTAIN), elliptic),
        Forgery(
            "an EC key that says Ed25519, its x an Ed25519 key",
            "The alg decides alone. kty and crv say what x means (RFC 8037 §2).",
            _ed_token(edwards, CAPTAIN),
            elliptic | {"x": b64u_encode(_raw(edwards)), "alg": "Ed25519"},
        ),
    ]
    public = "A public key is no secret: whoever knows it can compute this HMAC."
    ed_jwk = _ed_jwk(edwards)
    for what, secret in {
        "the 32 bytes of x": _raw(edwards),
        "the text of x": ed_jwk["x"].encode(),
        "the JWK as JSON": json_dumps(ed_jwk),
        "the JWK as JSON with spaces": json.dumps(ed_jwk).encode(),
        "the PEM": Key.from_jwk(ed_jwk).to_pem().encode(),
    }.items():
        made.append(
            Forgery(f"an Ed25519 key, an HS256 token, secret is {what}", public, _hs256("HS256", secret), ed_jwk)
        )
    unsigned = f"{_input(CAPTAIN, 'none')}."
    return [*made, Forgery("alg none against an Ed25519 key", one, unsigned, ed_jwk)]


def _other_parameters() -> list[Forgery]:
    """PS256 has one hash, one mask function with the same hash, and a salt of 32 bytes (RFC 7518 §3.5)."""
    sha256, sha512 = hashes.SHA256(), hashes.SHA512()
    salt = "Any length of salt is taken. PS256 has 32 bytes (RFC 7518 §3.5)."
    hashing = "The hash is whatever fits. PS256 uses SHA-256 twice (RFC 7518 §3.5)."
    jwk = _rsa_jwk("PS256")
    tokens = [
        ("no salt", salt, _rsa_token("PS256", padding.PSS(padding.MGF1(sha256), 0))),
        ("a salt of 20 bytes", salt, _rsa_token("PS256", padding.PSS(padding.MGF1(sha256), 20))),
        ("the longest salt", salt, _rsa_token("PS256", padding.PSS(padding.MGF1(sha256), 222))),
        ("a mask made with SHA-512", hashing, _rsa_token("PS256", padding.PSS(padding.MGF1(sha512), 32))),
        ("SHA-512 throughout", hashing, _rsa_token("PS256", padding.PSS(padding.MGF1(sha512), 64), digest=sha512)),
        ("PS512 and says so", hashing, _rsa_token("PS512", padding.PSS(padding.MGF1(sha512), 64), digest=sha512)),
    ]
    head, payload, seal = _rsa_token("PS256", _PSS).split(".")
    data = b64u_decode(seal)
    changed = f"{head}.{b64u_encode(json_dumps(PASSENGER | {'sub': 'ada'}))}.{seal}"
    tokens += [
        ("the payload changed", "The signature is not checked.", changed),
        ("no signature", "An empty signature is not compared at all.", f"{head}.{payload}."),
        ("256 zero bytes", "The signature is not checked.", f"{head}.{payload}.{b64u_encode(bytes(256))}"),
        ("a zero byte before it", "The length is not checked.", f"{head}.{payload}.{b64u_encode(bytes(1) + data)}"),
    ]
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak on purpose
    numbers = weak.public_key().public_numbers()
    short = {"kty": "RSA", "alg": "PS256", "n": _uint(numbers.n), "e": _uint(numbers.e)}
    signing_input = _input(CAPTAIN, "PS256")
    token = f"{signing_input}.{b64u_encode(weak.sign(signing_input.encode(), _PSS, sha256))}"
    return [
        *(Forgery(f"PS256 with {what}", why, token, jwk) for what, why, token in tokens),
        Forgery("PS256 with a key of 1024 bits", "Keys under 2048 bits are used (RFC 7518 §3.5).", token, short),
        _even_exponent(),
    ]


def _even_exponent() -> Forgery:
    """RS256 with e = 4: a signature that is valid for an invalid key."""
    private = _rsa().private_numbers()
    n, p, q = private.public_numbers.n, private.p, private.q
    for number in itertools.count():
        signing_input = _input(CAPTAIN | {"jti": f"{number}"}, "RS256")
        ending = b"\0" + _SHA256_NAME + hashlib.sha256(signing_input.encode()).digest()
        block = int.from_bytes((b"\0\1" + b"\xff" * 512)[: 256 - len(ending)] + ending, "big")
        # One block in four has fourth roots, because it is a square modulo both primes.
        if pow(block, p // 2, p) == pow(block, q // 2, q) == 1:
            break
    s = pow(block, pow(4, -1, (p // 2) * (q // 2)), n)
    token = f"{signing_input}.{b64u_encode(s.to_bytes(256, 'big'))}"
    even = "An even e is taken. An RSA key's e is odd; an even power can't be undone (RFC 8017 §3.1)."
    return Forgery("an RS256 key whose e is 4", even, token, {"kty": "RSA", "alg": "RS256", "n": _uint(n), "e": "BA"})


def _nearly_the_name() -> list[Forgery]:
    """The key's algorithm contains the header's as a part, or the reverse, and the signature is valid."""
    part = "The names are compared with `in`, and a part of a name is in the name. Compare with ==."
    case = "The names are compared without regard to case."
    secret = hashlib.sha256(b"a key of the ferry line").digest()
    shared = {"kty": "oct", "k": b64u_encode(secret), "alg": "HS256"}
    made = [
        Forgery(f"an HS256 key, a header that says {name!r}", part, _hs256(name, secret), shared)
        for name in ("XXHS256XX", "HS256,RS256", "HS", "S256", "", "HS256 ")
    ]
    edwards = _ed25519(1)
    jwk = _ed_jwk(edwards)
    made += [
        Forgery(f"an Ed25519 key, a header that says {name!r}", part, _ed_token(edwards, CAPTAIN, name), jwk)
        for name in ("XXEd25519XX", "Ed25519ph", "Ed", "25519", "")
    ]
    made += [
        Forgery(f"an RSA key for {alg}, a header that says {name!r}", part, _rsa_token(name, scheme), _rsa_jwk(alg))
        for alg, name, scheme in (("PS256", "PS256 RS256", _PSS), ("PS256", "S256", _PSS), ("RS256", "S256", _PKCS1))
    ]
    made.append(
        Forgery("an Ed25519 key, a header that says 'ed25519'", case, _ed_token(edwards, CAPTAIN, "ed25519"), jwk)
    )
    return made


def _small_order() -> list[Forgery]:
    """Public keys of which 8 times the point is the neutral one: anybody can sign for them (RFC 8725 §3.4)."""
    small = "Points of small order are taken for keys, and such a key fits signatures that anyone can make."
    second = "A point that is not in its canonical form is taken for a key (RFC 8032 §5.1.3)."
    sign, eighth = 1 << 255, 2707385501144840649318225287225658788936804267575313519463743609750303402022
    keys = {
        "32 zero bytes": (0, small),
        "the other point of order 4": (0 | sign, small),
        "the neutral point": (1, small),
        "the point of order 2": (P - 1, small),
        "the first point of order 8": (eighth, small),
        "the second point of order 8": (eighth | sign, small),
        "the third point of order 8": (P - eighth, small),
        "the fourth point of order 8": ((P - eighth) | sign, small),
        "y = p, which is 0": (P, second),
        "y = p, with the sign bit": (P | sign, second),
        "y = p + 1, which is 1": (P + 1, second),
        "y = p + 1, with the sign bit": ((P + 1) | sign, second),
        "the neutral point, with the sign bit": (1 | sign, second),
        "the point of order 2, with the sign bit": ((P - 1) | sign, second),
    }
    made = []
    for (what, (number, why)), alg in zip(keys.items(), itertools.cycle(("Ed25519", "EdDSA")), strict=False):
        public = number.to_bytes(32, "little")
        token = fits_without_a_key(public, alg)
        made.append(Forgery(f"{alg} key: {what}", why, token, _ed_jwk(public, alg)))
    return made


def _ed25519_names() -> list[Forgery]:
    """Ed25519 has two names, and "EdDSA" is the name for two curves (RFC 8037 §3.1, RFC 9864 §2.2)."""
    exact = "The key names its algorithm, and the header says another name."
    curve = "EdDSA is a name for several curves. The key's crv must be Ed25519 (RFC 8037 §2)."
    use = "crv is not compared. X25519 keys are for agreeing on keys, not for signing (RFC 8037 §3.2)."
    private, longer = _ed25519(0), Ed448PrivateKey.generate()
    long_jwk = {"kty": "OKP", "crv": "Ed448", "x": b64u_encode(longer.public_key().public_bytes_raw()), "alg": "EdDSA"}
    long_token = _ed_token(longer, CAPTAIN, "EdDSA")
    return [
        Forgery(
            "a key that says Ed25519, a header that says EdDSA",
            exact,
            _ed_token(private, CAPTAIN, "EdDSA"),
            _ed_jwk(private),
        ),
        Forgery(
            "a key that says EdDSA, a header that says Ed25519",
            exact,
            _ed_token(private, CAPTAIN),
            _ed_jwk(private, "EdDSA"),
        ),
        Forgery("an Ed448 key that says EdDSA", curve, long_token, long_jwk),
        Forgery("an Ed448 key that says crv Ed25519", curve, long_token, long_jwk | {"crv": "Ed25519"}),
        Forgery(
            "an Ed25519 key that says crv Ed448",
            curve,
            _ed_token(private, CAPTAIN),
            _ed_jwk(private) | {"crv": "Ed448"},
        ),
        Forgery(
            "an Ed25519 key that says crv X25519",
            use,
            _ed_token(private, CAPTAIN),
            _ed_jwk(private) | {"crv": "X25519"},
        ),
    ]


def _forms() -> list[Forgery]:
    """Ed25519 signatures and keys in another encoding than the only right one."""
    private = _ed25519(1)
    jwk, token = _ed_jwk(private), _ed_token(private, CAPTAIN)
    signing_input, _, seal = token.rpartition(".")
    data = b64u_decode(seal)
    s = int.from_bytes(data[32:], "little") + ORDER
    not_checked = "The signature is not checked."
    signatures = {
        "with S + L in place of S": ("S must be below L (RFC 8032 §5.1.7).", data[:32] + s.to_bytes(32, "little")),
        "with S first": (not_checked, data[32:] + data[:32]),
        "cut to R": (not_checked, data[:32]),
        "with a byte more": (not_checked, data + b"\0"),
        "of zeros": (not_checked, bytes(64)),
        "of no bytes": ("An empty signature is not compared at all.", b""),
    }
    made = [
        Forgery(f"Ed25519 signature {what}", why, f"{signing_input}.{b64u_encode(wrong)}", jwk)
        for what, (why, wrong) in signatures.items()
    ]
    width = "x is the base64url of exactly 32 bytes, strictly (RFC 8037 §2). One key has one spelling."
    keys = {"with '=' behind x": jwk["x"] + "=", "with x in hexadecimal": _raw(private).hex()}
    made += [Forgery(f"an Ed25519 key {what}", width, token, jwk | {"x": x}) for what, x in keys.items()]
    no_x = {name: value for name, value in jwk.items() if name != "x"}
    header = token.partition(".")[0]
    changed = f"{header}.{b64u_encode(json_dumps(CAPTAIN | {'sub': 'ada'}))}.{seal}"
    return [
        *made,
        Forgery("an Ed25519 key without x", "Nothing is no key.", token, no_x),
        Forgery("Ed25519, payload changed, old signature", not_checked, changed, jwk),
        Forgery("Ed25519, signed with somebody else's key", not_checked, _ed_token(_ed25519(0), CAPTAIN), jwk),
    ]


# -- how they are made ---------------------------------------------------------------------------------------------

_SHA256_NAME = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017 §9.2, note 1
_PKCS1 = padding.PKCS1v15()
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


@cache
def _rsa() -> rsa.RSAPrivateKey:
    """A key whose primes are 3 modulo 4, as half of all primes are; `_even_exponent` needs that."""
    keys = iter(lambda: rsa.generate_private_key(65537, 2048), None)
    return next(key for key in keys if key.private_numbers().p % 4 == key.private_numbers().q % 4 == 3)


def _uint(number: int) -> str:
    return b64u_encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _rsa_jwk(alg: str) -> dict[str, Any]:
    """One key for several algorithms, against the rule. Each token here is checked with one of them."""
    numbers = _rsa().public_key().public_numbers()
    return {"kty": "RSA", "alg": alg, "n": _uint(numbers.n), "e": _uint(numbers.e)}


def _rsa_token(
    alg: str,
    scheme: padding.AsymmetricPadding,
    claims: dict[str, Any] = CAPTAIN,
    digest: hashes.HashAlgorithm = hashes.SHA256(),  # noqa: B008 - it has no state
) -> str:
    signing_input = _input(claims, alg)
    return f"{signing_input}.{b64u_encode(_rsa().sign(signing_input.encode(), scheme, digest))}"


def _es256_token(alg: str) -> tuple[str, dict[str, Any]]:
    """An ES256 signature under a header with another algorithm, and its key."""
    private = generate_private_key(SECP256R1())
    signing_input = _input(CAPTAIN, alg)
    r, s = decode_dss_signature(private.sign(signing_input.encode(), ECDSA(hashes.SHA256())))
    numbers = private.public_key().public_numbers()
    x, y = (b64u_encode(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    token = f"{signing_input}.{b64u_encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return token, {"kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256"}


def _ed25519(sign: int) -> Ed25519PrivateKey:
    """A new key whose public half has this top bit (the sign of x)."""
    return next(key for key in iter(Ed25519PrivateKey.generate, None) if _raw(key)[31] >> 7 == sign)


def _raw(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()


def _ed_jwk(key: Ed25519PrivateKey | bytes, alg: str = "Ed25519") -> dict[str, Any]:
    public = key if isinstance(key, bytes) else _raw(key)
    return {"kty": "OKP", "crv": "Ed25519", "x": b64u_encode(public), "alg": alg}


def _ed_token(private: Ed25519PrivateKey | Ed448PrivateKey, claims: dict[str, Any], alg: str = "Ed25519") -> str:
    signing_input = _input(claims, alg)
    return f"{signing_input}.{b64u_encode(private.sign(signing_input.encode()))}"


def fits_without_a_key(public: bytes, alg: str) -> str:
    """A token with R the neutral point and S = 0, whose hash makes the equation true: at least one in eight does."""
    key, signature = Ed25519PublicKey.from_public_bytes(public), b"\1" + bytes(63)
    for number in itertools.count():
        signing_input = _input(CAPTAIN | {"jti": f"{number}"}, alg)
        try:
            key.verify(signature, signing_input.encode())
        except InvalidSignature:
            continue
        return f"{signing_input}.{b64u_encode(signature)}"
    raise AssertionError


def _hs256(alg: str, secret: bytes) -> str:
    signing_input = _input(CAPTAIN, alg)
    return f"{signing_input}.{b64u_encode(hmac.new(secret, signing_input.encode(), hashlib.sha256).digest())}"


def _input(claims: dict[str, Any], alg: str) -> str:
    return f"{b64u_encode(json_dumps({'alg': alg, 'typ': 'JWT'}))}.{b64u_encode(json_dumps(claims))}"
