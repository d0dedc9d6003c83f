import copy
import hashlib

from jwt_from_scratch.encoding import b64u_encode


def token_endpoint(request, state, now):
    state = copy.deepcopy(state)
    if not request.get("grant_type"):
        return {"error": "invalid_request"}, state
    if request["grant_type"] != "authorization_code":
        return {"error": "unsupported_grant_type"}, state
    if not all(request.get(name) for name in ("code", "client_id", "redirect_uri", "code_verifier")):
        return {"error": "invalid_request"}, state
    refused = {"error": "invalid_grant"}
    grant = state["codes"].get(request["code"])
    if grant is None:
        return refused, state
    challenge = b64u_encode(hashlib.sha256(request["code_verifier"].encode()).digest())
    shown = (request["client_id"], request["redirect_uri"], challenge)
    if shown != (grant["client_id"], grant["redirect_uri"], grant["code_challenge"]):
        return refused, state
    tokens = state["refresh_tokens"]
    if grant["used"]:
        state["refresh_tokens"] = {t: r for t, r in tokens.items() if r["family"] != grant["family"]}
        return refused, state
    if now >= grant["expires"]:
        return refused, state
    grant["used"] = True
    token = state["fresh"].pop(0)
    tokens[token] = {
        "client_id": grant["client_id"],
        "sub": grant["sub"],
        "aud": grant["aud"],
        "family": grant["family"],
        "expires": now + 28_800,
        "used": False,
    }
    return {
        "access_token": {"sub": grant["sub"], "aud": grant["aud"], "client_id": grant["client_id"]},
        "id_token": {"sub": grant["sub"], "aud": grant["client_id"], "nonce": grant["nonce"]},
        "refresh_token": token,
    }, state
