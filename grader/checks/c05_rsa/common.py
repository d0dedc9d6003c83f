"""What the exercises of chapter 05 share: what they forbid, and a token's text to sign."""

import random

from jwt_from_scratch.encoding import b64u_encode, json_dumps

from .. import kit

LIBRARIES = ("cryptography", "jwt_from_scratch.algorithms", *kit.TOKEN_LIBRARIES)


def signing_input(source: random.Random) -> bytes:
    """The header and the payload of a token that differs from all others."""
    claims = {"sub": source.choice(["ada", "grace", "mallory"]), "role": "visitor", "jti": source.randbytes(6).hex()}
    return f"{b64u_encode(json_dumps({'alg': 'RS256'}))}.{b64u_encode(json_dumps(claims))}".encode()
