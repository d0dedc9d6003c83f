"""Lesson 14: SD-JWT. The issuer signs hashes of claims, and the holder discloses the claims one by one (RFC 9901).

Only members of the outermost object can be hidden here, and elements of lists that are its members.
"""

import hashlib
import random
import secrets
from collections.abc import Collection
from typing import Any

from .. import Key, encode
from ..encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict


def disclosure(value: Any, name: str | None = None, *, salt: str = "") -> str:
    """A disclosure of a member or, without a name, of a list's element (RFC 9901 §4.2).

    Args:
        value: any JSON.
        name: the member's name.
        salt: by default 128 random bits.
    """
    salt = salt or secrets.token_urlsafe(16)
    return b64u_encode(json_dumps([salt, value] if name is None else [salt, name, value]))


def digest_of(text: str) -> str:
    """A disclosure's digest, which is in the signed token: the SHA-256 of its characters, in base64url (§4.2.3)."""
    return b64u_encode(hashlib.sha256(text.encode("ascii")).digest())


def issue(
    claims: dict[str, Any], key: Key, *, hide: Collection[str], each_of: Collection[str] = (), decoys: int = 0
) -> str:
    """Sign claims, some of them as digests. Returns the token and all disclosures, each followed by ~ (§4).

    Args:
        claims: the claims.
        key: the issuer's private key.
        hide: names of members to be hidden.
        each_of: names of lists; each of their elements is hidden.
        decoys: the number of random digests that are added, so that nobody can count the hidden claims (§4.2.5).

    Raises:
        JWTError: see `encode`.
    """
    shown = {name: value for name, value in claims.items() if name not in hide}
    made = [disclosure(claims[name], name) for name in claims if name in hide]
    for name in each_of:
        elements = [disclosure(value) for value in claims[name]]
        shown[name] = [{"...": digest_of(one)} for one in elements]
        made += elements
    digests = [digest_of(one) for one in made if len(json_loads_strict(b64u_decode(one))) == 3]
    digests += [b64u_encode(secrets.token_bytes(32)) for _ in range(decoys)]
    random.SystemRandom().shuffle(digests)  # their order must not reveal which is which (§4.2.4.1)
    token = encode({**shown, "_sd": digests, "_sd_alg": "sha-256"}, key, typ="example+sd-jwt")
    return "~".join([token, *made, ""])


def present(sd_jwt: str, *names: str) -> str:
    """The text that a holder presents: the token with only these disclosures, by name, or an element by its value."""
    token, *made, _ = sd_jwt.split("~")
    kept = [one for one in made if json_loads_strict(b64u_decode(one))[1] in names]
    return "~".join([token, *kept, ""])
