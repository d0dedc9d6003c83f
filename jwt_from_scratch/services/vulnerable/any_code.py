"""VULNERABLE ON PURPOSE (lesson 11): anyone with a code gets the tokens.

The issuer knows for which client it made the code, but does not check which client presents it, nor how often. A code
is sent in an address, so others see it, too.
"""

from typing import Any


def any_code(request: dict[str, Any], state: dict[str, Any], now: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A token endpoint for the grant type authorization_code."""
    grant = state["codes"].get(request.get("code"))
    if grant is None:
        return {"error": "invalid_grant"}, state
    token, *fresh = state["fresh"]
    record = {name: grant[name] for name in ("client_id", "sub", "aud", "family")}
    tokens = {**state["refresh_tokens"], token: {**record, "expires": now + 28_800, "used": False}}
    response = {
        "access_token": {"sub": grant["sub"], "aud": grant["aud"], "client_id": grant["client_id"]},
        "id_token": {"sub": grant["sub"], "aud": grant["client_id"], "nonce": grant["nonce"]},
        "refresh_token": token,
    }
    return response, {**state, "refresh_tokens": tokens, "fresh": fresh}
