import hashlib

from jwt_from_scratch.encoding import b64u_encode


def pkce_pair(random):
    if not 32 <= len(random) <= 96:
        raise ValueError("a verifier is made from 32 to 96 random bytes")
    verifier = b64u_encode(random)
    return verifier, b64u_encode(hashlib.sha256(verifier.encode("ascii")).digest())
