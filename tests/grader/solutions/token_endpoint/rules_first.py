import hashlib
import hmac

from jwt_from_scratch.encoding import b64u_encode

NEEDED = {"code", "client_id", "redirect_uri", "code_verifier"}


def token_endpoint(request, state, now):
    asked = {name: value for name, value in request.items() if value}
    error = form_error(asked)
    if error:
        return {"error": error}, state
    grant = state["codes"].get(asked["code"], {})
    hashed = b64u_encode(hashlib.sha256(asked["code_verifier"].encode()).digest())
    if not (
        grant
        and grant["client_id"] == asked["client_id"]
        and grant["redirect_uri"] == asked["redirect_uri"]
        and hmac.compare_digest(grant["code_challenge"], hashed)
    ):
        return {"error": "invalid_grant"}, state
    if grant["used"]:
        others = filter(lambda item: item[1]["family"] != grant["family"], state["refresh_tokens"].items())
        return {"error": "invalid_grant"}, {**state, "refresh_tokens": dict(others)}
    if not now < grant["expires"]:
        return {"error": "invalid_grant"}, state
    first, *rest = state["fresh"]
    subject, api, client = grant["sub"], grant["aud"], grant["client_id"]
    record = {"client_id": client, "sub": subject, "aud": api, "family": grant["family"]}
    new = {
        "codes": {**state["codes"], asked["code"]: {**grant, "used": True}},
        "refresh_tokens": {**state["refresh_tokens"], first: {**record, "expires": now + 28800, "used": False}},
        "fresh": rest,
    }
    response = {
        "access_token": {"sub": subject, "aud": api, "client_id": client},
        "id_token": {"sub": subject, "aud": client, "nonce": grant["nonce"]},
        "refresh_token": first,
    }
    return response, new


def form_error(asked):
    match asked.get("grant_type"):
        case None:
            return "invalid_request"
        case "authorization_code":
            return "invalid_request" if NEEDED - asked.keys() else ""
        case _:
            return "unsupported_grant_type"
