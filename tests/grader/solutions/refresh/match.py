import json


def refresh(request, state, now):
    after = json.loads(json.dumps(state))
    tokens = after["refresh_tokens"]
    match request:
        case {"grant_type": "refresh_token", "refresh_token": str(shown), "client_id": str(client)} if shown and client:
            pass
        case {"grant_type": str(other)} if other not in ("", "refresh_token"):
            return {"error": "unsupported_grant_type"}, after
        case _:
            return {"error": "invalid_request"}, after
    match tokens.get(shown):
        case {"client_id": owner, "used": False, "expires": expires} if owner == client and now < expires:
            pass
        case {"client_id": owner, "used": True, "family": family} if owner == client:
            for token in list(tokens):
                if tokens[token]["family"] == family:
                    del tokens[token]
            return {"error": "invalid_grant"}, after
        case _:
            return {"error": "invalid_grant"}, after
    token, after["fresh"] = after["fresh"][0], after["fresh"][1:]
    tokens[token] = tokens[shown].copy()
    tokens[shown]["used"] = True
    sub, aud = tokens[token]["sub"], tokens[token]["aud"]
    return {"refresh_token": token, "access_token": {"sub": sub, "aud": aud, "client_id": client}}, after
