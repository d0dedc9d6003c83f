import base64
from hashlib import sha256


class Refused(Exception):
    pass


def token_endpoint(request, state, now):
    codes, refresh_tokens, fresh = dict(state["codes"]), dict(state["refresh_tokens"]), list(state["fresh"])
    result = {"codes": codes, "refresh_tokens": refresh_tokens, "fresh": fresh}
    try:
        grant = find(request, codes)
        if grant["used"]:
            for token in [t for t in refresh_tokens if refresh_tokens[t]["family"] == grant["family"]]:
                del refresh_tokens[token]
            raise Refused("invalid_grant")
        if grant["expires"] <= now:
            raise Refused("invalid_grant")
    except Refused as error:
        return {"error": str(error)}, result
    codes[request["code"]] = grant | {"used": True}
    token = fresh.pop(0)
    refresh_tokens[token] = {name: grant[name] for name in ("client_id", "sub", "aud", "family")}
    refresh_tokens[token].update(expires=now + 8 * 60 * 60, used=False)
    access = {"aud": grant["aud"], "client_id": grant["client_id"], "sub": grant["sub"]}
    identity = {"aud": grant["client_id"], "nonce": grant["nonce"], "sub": grant["sub"]}
    return {"access_token": access, "id_token": identity, "refresh_token": token}, result


def find(request, codes):
    def asked(name):
        value = request.get(name, "")
        if value == "":
            raise Refused("invalid_request")
        return value

    if asked("grant_type") != "authorization_code":
        raise Refused("unsupported_grant_type")
    code, client, redirect, verifier = map(asked, ("code", "client_id", "redirect_uri", "code_verifier"))
    if code not in codes:
        raise Refused("invalid_grant")
    grant = codes[code]
    hashed = base64.urlsafe_b64encode(sha256(verifier.encode("utf-8")).digest()).decode().rstrip("=")
    if client != grant["client_id"] or redirect != grant["redirect_uri"] or hashed != grant["code_challenge"]:
        raise Refused("invalid_grant")
    return grant
