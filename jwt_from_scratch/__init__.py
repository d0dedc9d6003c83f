"""JSON Web Tokens from scratch: a small, strict reference module (RFC 7515, 7517, 7518, 7519, 8037, 8725, 9864).

Read it in this order: `encoding`, `errors`, `algorithms`, `material`, `jwk`, `keys`, `jws`, `claims`, `jwt`.

>>> from jwt_from_scratch import Key, encode, decode
>>> key = Key.generate("HS256")
>>> token = encode({"sub": "ada", "exp": 2_000_000_000}, key)
>>> decode(token, key, now=1_900_000_000)["sub"]
'ada'
"""

from .errors import ClaimError, EncodingError, ExpiredError, JWTError, KeyRefused, SignatureError, TokenError
from .jws import Signed, sign, verify
from .jwt import Issuer, Unverified, decode, decode_from, encode, peek
from .keys import Key, KeySet

__all__ = [
    "ClaimError",
    "EncodingError",
    "ExpiredError",
    "Issuer",
    "JWTError",
    "Key",
    "KeyRefused",
    "KeySet",
    "SignatureError",
    "Signed",
    "TokenError",
    "Unverified",
    "decode",
    "decode_from",
    "encode",
    "peek",
    "sign",
    "verify",
]
