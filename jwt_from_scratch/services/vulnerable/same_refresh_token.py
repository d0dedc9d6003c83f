"""VULNERABLE ON PURPOSE (lesson 11): a refresh token stays the same, however often it is used.

So a copy works as long as the original, and nobody ever notices that there are two.
"""

from typing import Any


def same_refresh_token(
    request: dict[str, Any], state: dict[str, Any], now: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A token endpoint for the grant type refresh_token."""
    shown = request.get("refresh_token", "")
    record = state["refresh_tokens"].get(shown)
    if record is None or record["client_id"] != request.get("client_id") or now >= record["expires"]:
        return {"error": "invalid_grant"}, state
    access = {"sub": record["sub"], "aud": record["aud"], "client_id": record["client_id"]}
    return {"access_token": access, "refresh_token": shown}, state
