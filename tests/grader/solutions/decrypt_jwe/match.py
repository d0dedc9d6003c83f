"""Patterns for the segments and for the header."""

import contextlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict


def key_size(header, algs) -> int:
    match header:
        case {"zip": _} | {"crit": _}:
            raise ValueError("zip or crit")
        case {"alg": "dir", "enc": "A128GCM" as enc} | {"alg": "dir", "enc": "A256GCM" as enc}:
            if {"dir", enc} <= set(algs):
                return int(enc[1:4]) // 8
    raise ValueError("not agreed on")


def decrypt_jwe(token, key, algs):
    if len(token) >= 16_385:
        raise ValueError("too long")
    match token.split("."):
        case [first, "", nonce, ciphertext, tag]:
            sizes = key_size(json_loads_strict(b64u_decode(first)), algs), 12, 16
            iv, seal = b64u_decode(nonce), b64u_decode(tag)
            if (len(key), len(iv), len(seal)) != sizes:
                raise ValueError("sizes")
            with contextlib.suppress(InvalidTag):
                return AESGCM(key).decrypt(iv, b64u_decode(ciphertext) + seal, first.encode("ascii"))
    raise ValueError("not a token that fits")
