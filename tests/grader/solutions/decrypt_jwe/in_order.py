"""Look before you compute, in the order of the rules."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict

SIZES = {"A128GCM": 16, "A256GCM": 32}


def decrypt_jwe(token: str, key: bytes, algs: list) -> bytes:
    if len(token) > 16_384:
        raise ValueError("too long")
    segments = token.split(".")
    if len(segments) != 5:
        raise ValueError("not five segments")
    first, encrypted_key, nonce, ciphertext, tag = map(b64u_decode, segments)
    header = json_loads_strict(first)
    if not isinstance(header, dict):
        raise ValueError("header")
    if "zip" in header or "crit" in header:
        raise ValueError("zip or crit")
    alg, enc = header.get("alg"), header.get("enc")
    if alg != "dir" or alg not in algs:
        raise ValueError("alg")
    if not isinstance(enc, str) or enc not in SIZES or enc not in algs:
        raise ValueError("enc")
    if encrypted_key or len(key) != SIZES[enc] or len(nonce) != 12 or len(tag) != 16:
        raise ValueError("sizes")
    try:
        return AESGCM(key).decrypt(nonce, ciphertext + tag, segments[0].encode())
    except InvalidTag:
        raise ValueError("tag") from None
