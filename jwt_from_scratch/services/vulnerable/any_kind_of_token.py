"""VULNERABLE ON PURPOSE: an API that checks who signed a token, and not what kind of token it is or whom it is for.

One issuer signs ID tokens, access tokens and logout tokens, for everybody, with the same key.
"""

from typing import Any

from ... import KeySet, verify
from ...encoding import json_loads_strict


def any_kind_of_token(token: str, keys: KeySet, me: str) -> dict[str, Any]:
    """The API's check: a good signature is enough."""
    claims: dict[str, Any] = json_loads_strict(verify(token, keys).payload)
    return claims
