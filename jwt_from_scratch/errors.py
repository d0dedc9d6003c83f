"""The errors of tokens and keys, as one hierarchy.

    JWTError(ValueError)
    ├── EncodingError      not base64url, not UTF-8, not JSON
    ├── KeyRefused         a key that is malformed, weak, unsupported or not meant for this
    ├── TokenError         the segments, the header or its algorithm are wrong
    │   └── SignatureError the signature is not valid
    └── ClaimError         the signature is valid, but a claim is not as wanted; `claim` names it
        └── ExpiredError   `exp` has passed: the client may get a new token and try again

Catch `JWTError` to refuse a token. Its text is one line, contains no secret and may be logged.
A TypeError, in contrast, is a mistake in the calling program and should not be caught.
"""


class JWTError(ValueError):
    """The base class: whoever catches it refuses the token."""


class EncodingError(JWTError):
    """Text that is not strict base64url or not strict JSON (RFC 7515 §2, RFC 8259)."""


class KeyRefused(JWTError):
    """A JWK, JWKS or PEM that is malformed, weak or unsupported, or a key used for what it is not meant for."""


class TokenError(JWTError):
    """A token whose form or header is refused (RFC 7515 §5.2)."""


class SignatureError(TokenError):
    """A signature that is not valid for the key and the bytes."""


class ClaimError(JWTError):
    """A claim that is missing, of the wrong type, or not what the caller asked for (RFC 7519 §4).

    Attributes:
        claim: the claim's name, such as "aud".
    """

    def __init__(self, claim: str, reason: str) -> None:
        super().__init__(f"{claim}: {reason}")
        self.claim = claim


class ExpiredError(ClaimError):
    """The token's `exp` has passed (RFC 7519 §4.1.4)."""
