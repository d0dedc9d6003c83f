def refresh(request, state, now):
    def no(error, **changes):
        return {"error": error}, {**state, **changes}

    grant_type, shown, client = (request.get(name) or None for name in ("grant_type", "refresh_token", "client_id"))
    if grant_type not in (None, "refresh_token"):
        return no("unsupported_grant_type")
    if None in (grant_type, shown, client):
        return no("invalid_request")
    old = state["refresh_tokens"].get(shown, {})
    if old.get("client_id") != client:
        return no("invalid_grant")
    if old["used"]:
        family = {token for token, one in state["refresh_tokens"].items() if one["family"] == old["family"]}
        kept = {token: one for token, one in state["refresh_tokens"].items() if token not in family}
        return no("invalid_grant", refresh_tokens=kept)
    if old["expires"] <= now:
        return no("invalid_grant")
    new, *fresh = state["fresh"]
    response = {
        "access_token": {name: old[name] for name in ("aud", "client_id", "sub")},
        "refresh_token": new,
    }
    tokens = {**state["refresh_tokens"], shown: {**old, "used": True}, new: old}
    return response, {"codes": state["codes"], "refresh_tokens": tokens, "fresh": fresh}
