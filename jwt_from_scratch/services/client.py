"""Lesson 11: a client, a website that asks an issuer who its visitor is, and calls an API (RFC 6749 §4.1).

Where the course breaks a client, the broken part is an argument here.
"""

import operator
import secrets
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from .. import JWTError, KeySet, decode
from .issuer import ISSUER, LOGOUT_EVENT
from .visitor import Visitor

Pkce = Callable[[bytes], tuple[str, str]]
Same = Callable[[str, str], bool]


class Client(Flask):
    """The service and its state.

    GET /login begins a login, GET /callback receives the code, GET / shows the API's answer, POST /renew gets a new
    access token, POST /logout ends the session, and by POST /backchannel the issuer reports that somebody logged out.

    Attributes:
        client_id: its name, and the name of its cookie.
        logins: by `state`, the logins that have begun: verifier and nonce.
        sessions: by the cookie's value, who is logged in here, and the tokens. No token ever goes to the browser.
    """

    def __init__(
        self,
        client_id: str,
        issuer: str,
        api: str,
        pkce: Pkce | None = None,
        *,
        same_browser: Same = operator.eq,
        same_login: Same = operator.eq,
        logout_everywhere: bool = True,
    ) -> None:
        """Make the service.

        Args:
            client_id: its name.
            issuer: the issuer's address.
            api: the API's address.
            pkce: makes verifier and challenge from random bytes; None leaves PKCE out.
            same_browser: compares the state in this browser's cookie with the one in the address.
            same_login: compares the nonce of the login with the one in the ID token.
            logout_everywhere: whether a logout also ends the session at the issuer.
        """
        super().__init__(__name__)
        self.client_id = client_id
        self.logins: dict[str, dict[str, str]] = {}
        self.sessions: dict[str, dict[str, str]] = {}
        self._issuer, self._api, self._pkce = issuer, api, pkce
        self._same_browser, self._same_login, self._logout_everywhere = same_browser, same_login, logout_everywhere
        self._server = Visitor(client_id)
        self._known: KeySet | None = None
        self.add_url_rule("/login", view_func=self._login)
        self.add_url_rule("/callback", view_func=self._callback)
        self.add_url_rule("/", view_func=self._home)
        self.add_url_rule("/renew", view_func=self._renew, methods=["POST"])
        self.add_url_rule("/logout", view_func=self._logout, methods=["POST"])
        self.add_url_rule("/backchannel", view_func=self._backchannel, methods=["POST"])

    def _keys(self) -> KeySet:
        if self._known is None:
            self._known = KeySet.from_jwks(self._server.get(self._issuer + "/jwks").json)
        return self._known

    def _redirect_uri(self) -> str:
        return str(self.config["ADDRESS"]) + "/callback"

    def _no(self, why: str) -> ResponseReturnValue:
        return f"{self.client_id}: {why}", 403

    # -- a login ------------------------------------------------------------------------------------------------------

    def _login(self) -> ResponseReturnValue:
        state, nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        verifier, challenge = self._pkce(secrets.token_bytes(32)) if self._pkce else ("", "")
        self.logins[state] = {"verifier": verifier, "nonce": nonce}
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self._redirect_uri(),
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            **({"code_challenge": challenge, "code_challenge_method": "S256"} if self._pkce else {}),
        }
        answer = redirect(f"{self._issuer}/authorize?{urllib.parse.urlencode(asked)}")
        # Lax, not Strict: the visitor comes back from another site, and the cookie must be sent then.
        answer.set_cookie(f"{self.client_id}-login", state, httponly=True, samesite="Lax")
        return answer

    def _callback(self) -> ResponseReturnValue:
        state = request.args.get("state", "")
        begun = self.logins.pop(state, None)
        if begun is None or not self._same_browser(request.cookies.get(f"{self.client_id}-login", ""), state):
            return self._no("this login did not begin in this browser")
        if "error" in request.args:
            return self._no(f"the issuer says {request.args['error']}")
        tokens = self._tokens_for(request.args.get("code", ""), begun["verifier"])
        if "error" in tokens:
            return self._no(f"the issuer says {tokens['error']}")
        try:  # OpenID Connect Core §3.1.3.7
            who = decode(tokens["id_token"], self._keys(), issuer=ISSUER, audience=self.client_id, typ="JWT")
        except JWTError as error:
            return self._no(str(error))
        if not self._same_login(begun["nonce"], str(who.get("nonce", ""))):
            return self._no("this ID token belongs to another login")
        return self._welcome(who["sub"], tokens)

    def _tokens_for(self, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self.client_id,
            "redirect_uri": self._redirect_uri(),
            **({"code_verifier": verifier} if self._pkce else {}),
        }
        return dict(self._server.post(self._issuer + "/token", form).json)

    def _welcome(self, sub: str, tokens: dict[str, str]) -> ResponseReturnValue:
        session = secrets.token_urlsafe(16)
        kept = {kind: tokens[kind] for kind in ("access_token", "refresh_token", "id_token")}
        self.sessions[session] = {"sub": sub, **kept}
        answer = redirect("/")
        answer.set_cookie(self.client_id, session, httponly=True, samesite="Lax")
        answer.delete_cookie(f"{self.client_id}-login")
        return answer

    # -- a session ----------------------------------------------------------------------------------------------------

    def _home(self) -> ResponseReturnValue:
        session = self.sessions.get(request.cookies.get(self.client_id, ""))
        if session is None:
            return f"{self.client_id}: please log in"
        answer = self._server.get(self._api + "/", token=session["access_token"])
        if answer.status != 200:
            return f"{self.client_id}: hello {session['sub']}, but the API says {answer.status}"
        return f"{self.client_id}: hello {session['sub']}. {answer.json['page']}"

    def _renew(self) -> ResponseReturnValue:
        session = self.sessions.get(request.cookies.get(self.client_id, ""))
        if session is None:
            return f"{self.client_id}: please log in"
        form = {
            "grant_type": "refresh_token",
            "refresh_token": session["refresh_token"],
            "client_id": self.client_id,
        }
        tokens = self._server.post(self._issuer + "/token", form).json
        if "error" in tokens:
            del self.sessions[request.cookies[self.client_id]]
            return f"{self.client_id}: the issuer says {tokens['error']}; please log in"
        session.update({kind: tokens[kind] for kind in ("access_token", "refresh_token")})
        return f"{self.client_id}: renewed"

    # -- its end ------------------------------------------------------------------------------------------------------

    def _logout(self) -> ResponseReturnValue:
        session = self.sessions.pop(request.cookies.get(self.client_id, ""), None)
        hint = urllib.parse.urlencode({"id_token_hint": session["id_token"]}) if session else ""
        answer = redirect(f"{self._issuer}/logout?{hint}" if hint and self._logout_everywhere else "/", 303)
        answer.delete_cookie(self.client_id)
        return answer

    def _backchannel(self) -> ResponseReturnValue:
        token = request.form.get("logout_token", "")
        try:  # OpenID Connect Back-Channel Logout §2.6
            told = decode(
                token, self._keys(), issuer=ISSUER, audience=self.client_id, typ="logout+jwt", now=time.time()
            )
        except JWTError:
            return "", 400
        if LOGOUT_EVENT not in told.get("events", {}) or "nonce" in told:
            return "", 400
        self.sessions = {text: it for text, it in self.sessions.items() if it["sub"] != told["sub"]}
        return ""


client_app = Client
"""The same, under a name like those of the other services."""
