"""A client: a website that lets an issuer find out who its visitor is, and calls an API for them (RFC 6749 §4.1).

Where the course breaks a client, the broken part is an argument here.
"""

import operator
import secrets
import time
import urllib.parse
from collections.abc import Callable

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from .. import JWTError, KeySet, decode
from .issuer import ISSUER, LOGOUT_EVENT
from .visitor import Visitor

Pkce = Callable[[bytes], tuple[str, str]]
Same = Callable[[str, str], bool]


class Client(Flask):
    """The service, with what it remembers.

    Attributes:
        logins: by `state`, the logins that have begun: verifier and nonce.
        sessions: by the cookie's value, who is logged in here, and the tokens. No token ever goes to the browser.
    """

    logins: dict[str, dict[str, str]]
    sessions: dict[str, dict[str, str]]


def client_app(
    name: str,
    issuer: str,
    api: str,
    pkce: Pkce | None = None,
    *,
    same_browser: Same = operator.eq,
    same_login: Same = operator.eq,
    logout_everywhere: bool = True,
) -> Client:
    """Make the service.

    Args:
        name: its client_id, and the name of its cookie.
        issuer: the issuer's address.
        api: the API's address.
        pkce: makes verifier and challenge from random bytes; None leaves PKCE out.
        same_browser: whether the state in this browser's cookie and the one in the address fit together.
        same_login: whether the nonce of the login and the one in the ID token fit together.
        logout_everywhere: whether a logout goes on to the issuer.

    GET /login begins, GET /callback is where the code arrives, GET / shows what the API says, POST /renew takes a new
    access token, POST /logout ends it, and POST /backchannel hears from the issuer that somebody has logged out.
    """
    app = Client(__name__)
    app.logins, app.sessions = {}, {}
    server = Visitor(name)
    known: dict[str, KeySet] = {}

    def keys() -> KeySet:
        if not known:
            known[issuer] = KeySet.from_jwks(server.get(issuer + "/jwks").json)
        return known[issuer]

    def redirect_uri() -> str:
        return str(app.config["ADDRESS"]) + "/callback"

    @app.get("/login")
    def login() -> ResponseReturnValue:
        state, nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        verifier, challenge = pkce(secrets.token_bytes(32)) if pkce else ("", "")
        app.logins[state] = {"verifier": verifier, "nonce": nonce}
        asked = {
            "response_type": "code",
            "client_id": name,
            "redirect_uri": redirect_uri(),
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            **({"code_challenge": challenge, "code_challenge_method": "S256"} if pkce else {}),
        }
        answer = redirect(f"{issuer}/authorize?{urllib.parse.urlencode(asked)}")
        # Lax and not Strict: the visitor comes back from another site, and the cookie must come along.
        answer.set_cookie(f"{name}-login", state, httponly=True, samesite="Lax")
        return answer

    @app.get("/callback")
    def callback() -> ResponseReturnValue:
        state = request.args.get("state", "")
        begun = app.logins.pop(state, None)
        if begun is None or not same_browser(request.cookies.get(f"{name}-login", ""), state):
            return f"{name}: this login did not begin in this browser", 403
        if "error" in request.args:
            return f"{name}: the issuer says {request.args['error']}", 403
        form = {
            "grant_type": "authorization_code",
            "code": request.args.get("code", ""),
            "client_id": name,
            "redirect_uri": redirect_uri(),
            **({"code_verifier": begun["verifier"]} if pkce else {}),
        }
        tokens = server.post(issuer + "/token", form).json
        if "error" in tokens:
            return f"{name}: the issuer says {tokens['error']}", 403
        try:  # OpenID Connect Core §3.1.3.7
            who = decode(tokens["id_token"], keys(), issuer=ISSUER, audience=name, typ="JWT")
        except JWTError as error:
            return f"{name}: {error}", 403
        if not same_login(begun["nonce"], str(who.get("nonce", ""))):
            return f"{name}: this ID token belongs to another login", 403
        session = secrets.token_urlsafe(16)
        kept = {kind: tokens[kind] for kind in ("access_token", "refresh_token", "id_token")}
        app.sessions[session] = {"sub": who["sub"], **kept}
        answer = redirect("/")
        answer.set_cookie(name, session, httponly=True, samesite="Lax")
        answer.delete_cookie(f"{name}-login")
        return answer

    @app.get("/")
    def home() -> ResponseReturnValue:
        session = app.sessions.get(request.cookies.get(name, ""))
        if session is None:
            return f"{name}: please log in"
        answer = server.get(api + "/", token=session["access_token"])
        if answer.status != 200:
            return f"{name}: hello {session['sub']}, but the API says {answer.status}"
        return f"{name}: hello {session['sub']}. {answer.json['page']}"

    @app.post("/renew")
    def renew() -> ResponseReturnValue:
        session = app.sessions.get(request.cookies.get(name, ""))
        if session is None:
            return f"{name}: please log in"
        form = {"grant_type": "refresh_token", "refresh_token": session["refresh_token"], "client_id": name}
        tokens = server.post(issuer + "/token", form).json
        if "error" in tokens:
            del app.sessions[request.cookies[name]]
            return f"{name}: the issuer says {tokens['error']}; please log in"
        session.update({kind: tokens[kind] for kind in ("access_token", "refresh_token")})
        return f"{name}: renewed"

    @app.post("/logout")
    def logout() -> ResponseReturnValue:
        session = app.sessions.pop(request.cookies.get(name, ""), None)
        hint = urllib.parse.urlencode({"id_token_hint": session["id_token"]}) if session else ""
        answer = redirect(f"{issuer}/logout?{hint}" if hint and logout_everywhere else "/", 303)
        answer.delete_cookie(name)
        return answer

    @app.post("/backchannel")
    def backchannel() -> ResponseReturnValue:
        token = request.form.get("logout_token", "")
        try:  # OpenID Connect Back-Channel Logout §2.6
            told = decode(token, keys(), issuer=ISSUER, audience=name, typ="logout+jwt", now=time.time())
        except JWTError:
            return "", 400
        if LOGOUT_EVENT not in told.get("events", {}) or "nonce" in told:
            return "", 400
        app.sessions = {text: it for text, it in app.sessions.items() if it["sub"] != told["sub"]}
        return ""

    return app
