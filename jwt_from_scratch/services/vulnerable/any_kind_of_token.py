"""VULNERABLE ON PURPOSE (lesson 11): an API that checks a token's signature, but not its typ or audience.

One issuer signs ID tokens, access tokens and logout tokens, for everybody, with the same key.
"""

from typing import Any

from ... import KeySet, verify
from ...encoding import json_loads_strict


def any_kind_of_token(token: str, keys: KeySet, me: str) -> dict[str, Any]:
    """The API's check: a valid signature is enough."""
    claims: dict[str, Any] = json_loads_strict(verify(token, keys).payload)
    return claims
