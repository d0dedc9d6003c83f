"""Lesson 09: other spellings of one token. A verifier that accepts them lets a denied token in again, as another text.

Header and payload are signed as text, so only the third segment can be written differently. ES256 with n - s instead of
s is not a forgery: FIPS 186-5 accepts it, so it is among the honest tokens.
"""

import string

from ... import Key, encode
from ...encoding import b64u_decode, b64u_encode
from ..p256 import N
from . import Forgery, Honest
from .f08_keys import honest as honest_so_far

CLAIMS = {"iss": "https://hall.example", "sub": "ada", "jti": "logged-out"}
LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
ALGORITHMS = ("HS256", "ES256", "Ed25519")


def honest() -> list[Honest]:
    """The tokens of earlier lessons, and an ES256 token with its twin: both are accepted, and have the same jti."""
    key = Key.generate("ES256")
    token = encode(CLAIMS, key)
    jwk = key.to_jwk()
    return [
        *honest_so_far(),
        Honest("ES256, logged out later", token, jwk, CLAIMS),
        Honest("ES256, the same with n - s", twin(token), jwk, CLAIMS),
    ]


def forgeries() -> list[Forgery]:
    """Tokens that must be refused: their signatures are valid, but not written in strict base64url."""
    return [one for alg in ALGORITHMS for one in _respelled(alg)]


def twin(token: str) -> str:
    """An ES256 token with n - s instead of s, which is valid, too."""
    signing_input, _, signature = token.rpartition(".")
    data = b64u_decode(signature)
    s = N - int.from_bytes(data[32:], "big")
    return f"{signing_input}.{b64u_encode(data[:32] + s.to_bytes(32, 'big'))}"


def _respelled(alg: str) -> list[Forgery]:
    key = Key.generate(alg)
    token, jwk = _with_a_dash(key), key.to_jwk(private=alg == "HS256")
    signing_input, _, seal = token.rpartition(".")
    forgiving = "The decoder forgives what no encoder writes, so one token has many texts (RFC 7515 §2)."
    spare = "The last character's spare bits are ignored, so one token has many texts (RFC 4648 §3.5)."
    last = seal[:-1] + LETTERS[LETTERS.index(seal[-1]) ^ 1]
    spellings = {
        "with the '=' that base64 would have": (forgiving, seal + "=" * (-len(seal) % 4)),
        "with '====' behind it": (forgiving, f"{seal}===="),
        "with its last spare bit set": (spare, last),
        "in base64 with + and /": (forgiving, seal.translate(str.maketrans("-_", "+/"))),
        "with a line break at its end": (forgiving, f"{seal}\n"),
        "with a space in its middle": (forgiving, f"{seal[:8]} {seal[8:]}"),
        "with an exclamation mark in its middle": (forgiving, f"{seal[:8]}!{seal[8:]}"),
    }
    return [
        Forgery(f"{alg}, signature {what}", why, f"{signing_input}.{new}", jwk)
        for what, (why, new) in spellings.items()
    ]


def _with_a_dash(key: Key) -> str:
    """A token whose signature has - or _ in it, so that base64 writes it differently."""
    for number in range(1000):
        token = encode({**CLAIMS, "iat": number}, key)
        if set(token.rpartition(".")[2]) & set("-_"):
            return token
    raise AssertionError("a signature without - and _, a thousand times over")
