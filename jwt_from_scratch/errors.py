"""Everything that can be wrong with a token or a key, as one tree.

    JWTError(ValueError)
    ├── EncodingError      not base64url, not UTF-8, not JSON
    ├── KeyRefused         a key that is malformed, weak, unsupported or not meant for this
    ├── TokenError         three segments, a header, an algorithm: one of them is wrong
    │   └── SignatureError the signature does not fit
    └── ClaimError         the signature fits, but a claim says no; `claim` names it
        └── ExpiredError   `exp` has passed: the one refusal that a client can cure

Catch `JWTError` to refuse a token. Its text is one line, names no secret and may go into a log.
A TypeError, by contrast, is a mistake in the calling program and is worth a crash.
"""


class JWTError(ValueError):
    """The root: catch it and the token is refused."""


class EncodingError(JWTError):
    """Text that is not strict base64url or not strict JSON (RFC 7515 §2, RFC 8259)."""


class KeyRefused(JWTError):
    """A JWK, JWKS or PEM that is malformed, weak or unsupported, or a key used for what it is not meant for."""


class TokenError(JWTError):
    """A token whose form or header is refused (RFC 7515 §5.2)."""


class SignatureError(TokenError):
    """A signature that does not fit the key and the bytes."""


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
