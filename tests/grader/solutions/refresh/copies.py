import copy


def refresh(request, state, now):
    state = copy.deepcopy(state)
    if not request.get("grant_type"):
        return {"error": "invalid_request"}, state
    if request["grant_type"] != "refresh_token":
        return {"error": "unsupported_grant_type"}, state
    if not request.get("refresh_token") or not request.get("client_id"):
        return {"error": "invalid_request"}, state
    tokens = state["refresh_tokens"]
    record = tokens.get(request["refresh_token"])
    if record is None or record["client_id"] != request["client_id"]:
        return {"error": "invalid_grant"}, state
    if record["used"]:
        state["refresh_tokens"] = {t: r for t, r in tokens.items() if r["family"] != record["family"]}
        return {"error": "invalid_grant"}, state
    if now >= record["expires"]:
        return {"error": "invalid_grant"}, state
    token = state["fresh"].pop(0)
    tokens[token] = dict(record)
    record["used"] = True
    access = {"sub": record["sub"], "aud": record["aud"], "client_id": record["client_id"]}
    return {"access_token": access, "refresh_token": token}, state
