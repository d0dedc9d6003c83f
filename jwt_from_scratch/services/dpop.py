"""DPoP proofs, as a client makes them: this key's holder is asking, now, here, with this token (RFC 9449 §4.2)."""

import hashlib
import secrets
import time

from .. import Key, encode
from ..encoding import b64u_encode


def token_hash(token: str) -> str:
    """The `ath` of an access token: the SHA-256 of its characters, in base64url (RFC 9449 §4.2)."""
    return b64u_encode(hashlib.sha256(token.encode("ascii")).digest())


def make_proof(key: Key, method: str, url: str, *, token: str = "", now: float | None = None, jti: str = "") -> str:
    """Make a proof for one request.

    Args:
        key: the client's private key.
        method, url: of the request; the URL's query and fragment are left out of the proof.
        token: the access token that goes along, if one does.
        now: the time in seconds; the clock's when None.
        jti: the proof's name; 96 random bits when empty.

    Raises:
        JWTError: the key has no private half.
    """
    claims = {
        "jti": jti or secrets.token_urlsafe(12),
        "htm": method,
        "htu": url.partition("#")[0].partition("?")[0],
        "iat": int(time.time() if now is None else now),
        **({"ath": token_hash(token)} if token else {}),
    }
    return encode(claims, key, typ="dpop+jwt", header={"jwk": key.to_jwk()})
