"""Lesson 14: encrypted tokens of five segments (RFC 7516), with a key that both sides have.

There is one way of encrypting: `dir`, with which the shared key itself encrypts by AES-GCM (RFC 7518 §4.5, §5.3).
"""

import secrets
from collections.abc import Collection
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .. import JWTError
from ..encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

KEY_SIZES = {"A128GCM": 16, "A256GCM": 32}
"""Bytes of the key, by enc."""
MOST = 16_384
"""The longest encrypted token that is accepted, in characters."""
_NONCE, _TAG = 12, 16


def seal(plaintext: bytes, key: bytes, *, enc: str = "A256GCM", header: dict[str, Any] | None = None) -> str:
    """Encrypt bytes (RFC 7516 §5.1).

    Args:
        plaintext: any bytes.
        key: 16 bytes for A128GCM, 32 for A256GCM.
        enc: the algorithm for the content.
        header: further header members.
    """
    first = b64u_encode(json_dumps({"alg": "dir", "enc": enc, **(header or {})}))
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, plaintext, first.encode("ascii"))
    return ".".join([first, "", *map(b64u_encode, (nonce, sealed[:-_TAG], sealed[-_TAG:]))])


def unseal(token: str, key: bytes, algs: Collection[str]) -> bytes:
    """Decrypt a token (RFC 7516 §5.2).

    Args:
        token: the token, as text.
        key: the shared key.
        algs: the names that are allowed in alg and enc.

    Raises:
        JWTError: the token is refused. A compressed one always is (RFC 8725 §3.6).
    """
    segments = token.split(".", 5) if len(token) <= MOST else []
    if len(segments) != 5:
        raise JWTError(f"an encrypted token has five segments, and at most {MOST} characters")
    first, wrapped, nonce, ciphertext, tag = map(b64u_decode, segments)
    header = json_loads_strict(first)
    if not isinstance(header, dict) or {"zip", "crit"} & header.keys():
        raise JWTError("the header is no object, or has zip or crit")
    alg, enc = header.get("alg"), header.get("enc")
    if alg != "dir" or enc not in tuple(KEY_SIZES) or not {alg, enc} <= set(algs):
        raise JWTError("an algorithm that was not agreed on")
    if wrapped or len(key) != KEY_SIZES[enc] or len(nonce) != _NONCE or len(tag) != _TAG:
        raise JWTError("a part is not as long as it has to be")
    try:
        return AESGCM(key).decrypt(nonce, ciphertext + tag, segments[0].encode("ascii"))
    except InvalidTag:
        raise JWTError("another key, or the token was changed") from None
