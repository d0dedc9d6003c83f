"""The issuer: the only service that sees a password. It hands out codes, and tokens for codes (OpenID Connect Core).

What decides at its token endpoint are two functions of its owner: `(request, state, now) -> (response, state)`. They
say which claims go into the tokens; the issuer adds what is the same each time, and signs.
"""

import secrets
import threading
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

from .. import JWTError, Key, encode, verify
from ..encoding import json_loads_strict
from .passwords import CHEAP
from .visitor import Visitor

ISSUER = "https://base.example"
CODE_LIFETIME = 60
TOKEN_LIFETIME = 300
"""Seconds: a code crosses over at once, an access token can't be called back."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

Grant = Callable[[dict[str, Any], dict[str, Any], int], tuple[dict[str, Any], dict[str, Any]]]


class Issuer(Flask):
    """The service, with what it remembers.

    Attributes:
        state: codes, refresh tokens and unused random texts, as the two functions see them.
        sessions: by the cookie's value, who is logged in here, and which families of tokens came of it.
        clients: what each client has registered: redirect_uri, aud, home, logout_uri.
        key: the signing key.
    """

    state: dict[str, Any]
    sessions: dict[str, dict[str, Any]]
    clients: dict[str, dict[str, str]]
    key: Key

    def register(self, client_id: str, address: str, aud: str) -> None:
        """Let a client in: where codes for it may go, and which API its access tokens are for."""
        self.clients[client_id] = {
            "redirect_uri": address + "/callback",
            "aud": aud,
            "home": address + "/",
            "logout_uri": address + "/backchannel",
        }


def issuer_app(
    users: dict[str, str], token_endpoint: Grant, refresh: Grant, *, needs_challenge: bool = True, name: str = "base"
) -> Issuer:
    """Make the service.

    Args:
        users: names and passwords.
        token_endpoint: decides about the grant type authorization_code, and all others but the next.
        refresh: decides about the grant type refresh_token.
        needs_challenge: whether a login must begin with a PKCE challenge (RFC 9700 §2.1.1).
        name: what it calls itself when it asks others.

    GET /authorize begins a login and, where there is no session yet, shows a form; POST /authorize takes the password.
    POST /token is the token endpoint, GET /jwks has the keys, GET /logout ends the session, at the clients too.
    """
    app = Issuer(__name__)
    app.key = Key.generate("ES256", kid="base-1")
    app.state = {"codes": {}, "refresh_tokens": {}, "fresh": []}
    app.sessions, app.clients = {}, {}
    hashes = {user: generate_password_hash(password, CHEAP) for user, password in users.items()}
    nobody = generate_password_hash("", CHEAP)  # a wrong name takes as long as a wrong password
    one_at_a_time = threading.Lock()

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> ResponseReturnValue:
        asked = request.args
        client = app.clients.get(asked.get("client_id", ""))
        if client is None or asked.get("redirect_uri") != client["redirect_uri"]:
            # Never redirect to an address that is not registered (RFC 6749 §4.1.2.1, RFC 9700 §4.1).
            return "no such client, or not its address", 400
        if asked.get("response_type") != "code":
            return back(asked, error="unsupported_response_type")
        if needs_challenge and not (asked.get("code_challenge") and asked.get("code_challenge_method") == "S256"):
            return back(asked, error="invalid_request")  # RFC 7636 §4.4.1
        sid = request.cookies.get(name, "")
        if request.method == "POST" and sid not in app.sessions:
            user, password = request.form.get("user", ""), request.form.get("password", "")
            if not check_password_hash(hashes.get(user, nobody), password) or user not in users:
                return FORM, 401
            sid = secrets.token_urlsafe(16)
            app.sessions[sid] = {"sub": user, "families": [], "clients": []}
        if sid not in app.sessions:
            return FORM
        answer = back(asked, code=code_for(app.sessions[sid], asked, client))
        answer.set_cookie(name, sid, httponly=True, samesite="Lax")  # Secure as well, were this not plain http
        return answer

    def back(asked: dict[str, str], **said: str) -> Response:
        query = urllib.parse.urlencode({**said, "state": asked.get("state", "")})
        answer = redirect(f"{asked['redirect_uri']}?{query}")
        return answer  # type: ignore[return-value]

    def code_for(session: dict[str, Any], asked: dict[str, str], client: dict[str, str]) -> str:
        code, family = secrets.token_urlsafe(24), secrets.token_urlsafe(8)
        session["families"].append(family)
        session["clients"].append(asked["client_id"])
        app.state["codes"][code] = {
            "client_id": asked["client_id"],
            "redirect_uri": asked["redirect_uri"],
            "code_challenge": asked.get("code_challenge", ""),
            "nonce": asked.get("nonce", ""),
            "sub": session["sub"],
            "aud": client["aud"],
            "family": family,
            "expires": int(time.time()) + CODE_LIFETIME,
            "used": False,
        }
        return code

    @app.post("/token")
    def token() -> ResponseReturnValue:
        if any(len(values) > 1 for _, values in request.form.lists()):
            return jsonify(error="invalid_request"), 400  # no parameter twice (RFC 6749 §3.2)
        form = request.form.to_dict()
        decide = refresh if form.get("grant_type") == "refresh_token" else token_endpoint
        # Two requests with the same code at the same moment must not both find it unused.
        with one_at_a_time:
            app.state["fresh"].append(secrets.token_urlsafe(32))
            try:
                response, app.state = decide(form, app.state, int(time.time()))
                answer, status = (dict(response), 400) if "error" in response else (signed(response), 200)
            except NotImplementedError as error:
                answer, status = {"error": str(error)}, 501
            except Exception as error:  # the functions are a learner's
                answer, status = {"error": f"server_error: {type(error).__name__}: {error}"}, 500
        made = jsonify(answer)
        made.headers["Cache-Control"] = "no-store"  # RFC 6749 §5.1
        return made, status

    def signed(response: dict[str, Any]) -> dict[str, Any]:
        """The claims as tokens, each of its own kind, with what is the same in all."""
        answer: dict[str, Any] = {**response, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME}
        for kind, typ in (("access_token", "at+jwt"), ("id_token", "JWT")):
            if kind in response:
                answer[kind] = stamped(response[kind], typ)
        return answer

    def stamped(claims: dict[str, Any], typ: str) -> str:
        now = int(time.time())
        same = {"iss": ISSUER, "iat": now, "exp": now + TOKEN_LIFETIME, "jti": secrets.token_urlsafe(8)}
        return encode({**claims, **same}, app.key, typ=typ)

    @app.get("/jwks")
    def jwks() -> ResponseReturnValue:
        return jsonify(keys=[app.key.to_jwk()])

    @app.get("/logout")
    def logout() -> ResponseReturnValue:
        # A GET that changes something: only with a token that clients of this person have (RP-Initiated Logout §2).
        try:
            header, payload = verify(request.args.get("id_token_hint", ""), app.key)
            hint = json_loads_strict(payload)
        except JWTError:
            return "who asks for that?", 400
        client = app.clients.get(hint.get("aud", "") if header.get("typ") == "JWT" else "")
        session = app.sessions.get(request.cookies.get(name, ""), {"sub": None})
        if client is None or session["sub"] != hint["sub"]:
            return "who asks for that?", 400
        with one_at_a_time:
            del app.sessions[request.cookies[name]]
            for table in ("codes", "refresh_tokens"):
                left = {text: it for text, it in app.state[table].items() if it["family"] not in session["families"]}
                app.state = {**app.state, table: left}
        for client_id in dict.fromkeys(session["clients"]):
            claims = {"sub": session["sub"], "aud": client_id, "events": {LOGOUT_EVENT: {}}}
            address = app.clients[client_id]["logout_uri"]
            Visitor(name).post(address, {"logout_token": stamped(claims, "logout+jwt")})
        answer = redirect(client["home"])
        answer.delete_cookie(name)
        return answer

    return app


FORM = """<form method=post>
  <input name=user> <input name=password type=password> <button>log in</button>
</form>"""
