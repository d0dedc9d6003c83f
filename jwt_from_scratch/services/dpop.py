"""Lesson 13: DPoP proofs, as a client makes them and a server remembers them (RFC 9449 §4.2, §11.1).

A proof shows that the holder of this key sends this request, now, to this address, with this token.
"""

import hashlib
import secrets
import threading
import time

from .. import Key, encode, peek
from ..encoding import b64u_encode

KEPT = 65
"""Seconds for which a proof must be remembered: it is accepted from 5 seconds before its time until 60 after."""
_NOTING = threading.Lock()


def token_hash(token: str) -> str:
    """The `ath` of an access token: the SHA-256 of its characters, in base64url (RFC 9449 §4.2)."""
    return b64u_encode(hashlib.sha256(token.encode("ascii")).digest())


def make_proof(key: Key, method: str, url: str, *, token: str = "", now: float | None = None, jti: str = "") -> str:
    """Make a proof for one request.

    Args:
        key: the client's private key.
        method, url: of the request; the URL's query and fragment are left out of the proof.
        token: the access token that is sent with it, if any.
        now: the time in seconds; by default the clock's.
        jti: the proof's id; by default 96 random bits.

    Raises:
        JWTError: the key is not a private key.
    """
    claims = {
        "jti": jti or secrets.token_urlsafe(12),
        "htm": method,
        "htu": url.partition("#")[0].partition("?")[0],
        "iat": int(time.time() if now is None else now),
        **({"ath": token_hash(token)} if token else {}),
    }
    return encode(claims, key, typ="dpop+jwt", header={"jwk": key.to_jwk()})


def remember(seen: dict[str, int], proof: str, now: int) -> None:
    """Note a proof that was accepted, and forget those that would be too old by now anyway (RFC 9449 §11.1).

    Both happen under a lock, so of two threads with the same proof one is refused.

    Args:
        seen: by jti, the second in which a proof was accepted; it is changed.
        proof: a proof that has been verified.
        now: the time in seconds.

    Raises:
        ValueError: the proof was accepted before.
    """
    name = peek(proof).unverified_claims["jti"]
    with _NOTING:
        for jti in [jti for jti, taken in seen.items() if taken < now - KEPT]:
            del seen[jti]
        if name in seen:
            raise ValueError("this proof has been shown before")
        seen[name] = now
