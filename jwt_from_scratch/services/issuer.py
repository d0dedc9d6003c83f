"""Lesson 11: the issuer, the only service that sees a password (OpenID Connect Core).

It gives out codes, and tokens for codes. Two functions of its owner decide at its token endpoint:
`(request, state, now) -> (response, state)`. They return the tokens' claims; the issuer adds those that are always the
same, and signs.
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
"""Seconds. Short, because an access token can't be revoked."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

Grant = Callable[[dict[str, Any], dict[str, Any], int], tuple[dict[str, Any], dict[str, Any]]]


class SignOn(Flask):
    """The service and its state.

    GET /authorize begins a login and, if there is no session yet, shows a form; POST /authorize takes the password.
    POST /token is the token endpoint, GET /jwks has the keys, GET /logout ends the session, also at the clients.

    Attributes:
        state: codes, refresh tokens and unused random texts, for the two functions.
        sessions: by the cookie's value, who is logged in here, and which families of tokens were issued to them.
        clients: what each client has registered: redirect_uri, aud, home, logout_uri.
        key: the signing key.
    """

    def __init__(
        self,
        users: dict[str, str],
        token_endpoint: Grant,
        refresh: Grant,
        *,
        needs_challenge: bool = True,
        cookie: str = "base",
    ) -> None:
        """Make the service.

        Args:
            users: names and passwords.
            token_endpoint: decides about the grant type authorization_code, and all others except refresh_token.
            refresh: decides about the grant type refresh_token.
            needs_challenge: whether a login must begin with a PKCE challenge (RFC 9700 §2.1.1).
            cookie: the name of its cookie, and its own name in requests to others.
        """
        super().__init__(__name__)
        self.key = Key.generate("ES256", kid="base-1")
        self.state: dict[str, Any] = {"codes": {}, "refresh_tokens": {}, "fresh": []}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.clients: dict[str, dict[str, str]] = {}
        self._hashes = {user: _hashed(password) for user, password in users.items()}
        self._nobody = _hashed("")  # compared for an unknown name, which so takes as long as a wrong password
        self._token_endpoint, self._refresh = token_endpoint, refresh
        self._needs_challenge, self._cookie = needs_challenge, cookie
        self._one_at_a_time = threading.Lock()
        self.add_url_rule("/authorize", view_func=self._authorize, methods=["GET", "POST"])
        self.add_url_rule("/token", view_func=self._token, methods=["POST"])
        self.add_url_rule("/jwks", view_func=self._jwks)
        self.add_url_rule("/logout", view_func=self._logout)

    def register(self, client_id: str, address: str, aud: str) -> None:
        """Register a client: the address for its codes, and the API that its access tokens are for."""
        self.clients[client_id] = {
            "redirect_uri": address + "/callback",
            "aud": aud,
            "home": address + "/",
            "logout_uri": address + "/backchannel",
        }

    # -- a login, up to the code --------------------------------------------------------------------------------------

    def _authorize(self) -> ResponseReturnValue:
        asked = request.args
        client = self.clients.get(asked.get("client_id", ""))
        if client is None or asked.get("redirect_uri") != client["redirect_uri"]:
            # Never redirect to an address that is not registered (RFC 6749 §4.1.2.1, RFC 9700 §4.1).
            return "no such client, or not its address", 400
        if asked.get("response_type") != "code":
            return self._back(asked, error="unsupported_response_type")
        challenge = asked.get("code_challenge") and asked.get("code_challenge_method") == "S256"
        if self._needs_challenge and not challenge:
            return self._back(asked, error="invalid_request")  # RFC 7636 §4.4.1
        sid = request.cookies.get(self._cookie, "")
        if request.method == "POST" and sid not in self.sessions:
            user = self._who_logs_in()
            if user is None:
                return FORM, 401
            sid = secrets.token_urlsafe(16)
            self.sessions[sid] = {"sub": user, "families": [], "clients": []}
        if sid not in self.sessions:
            return FORM
        answer = self._back(asked, code=self._code_for(self.sessions[sid], asked, client))
        # With https it would be Secure, too.
        answer.set_cookie(self._cookie, sid, httponly=True, samesite="Lax")
        return answer

    def _who_logs_in(self) -> str | None:
        user, password = request.form.get("user", ""), request.form.get("password", "")
        right = check_password_hash(self._hashes.get(user, self._nobody), password)
        return user if right and user in self._hashes else None

    def _back(self, asked: dict[str, str], **said: str) -> Response:
        query = urllib.parse.urlencode({**said, "state": asked.get("state", "")})
        answer = redirect(f"{asked['redirect_uri']}?{query}")
        return answer  # type: ignore[return-value]

    def _code_for(self, session: dict[str, Any], asked: dict[str, str], client: dict[str, str]) -> str:
        code, family = secrets.token_urlsafe(24), secrets.token_urlsafe(8)
        session["families"].append(family)
        session["clients"].append(asked["client_id"])
        self.state["codes"][code] = {
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

    # -- tokens for a code --------------------------------------------------------------------------------------------

    def _token(self) -> ResponseReturnValue:
        if any(len(values) > 1 for _, values in request.form.lists()):
            return jsonify(error="invalid_request"), 400  # no parameter twice (RFC 6749 §3.2)
        form = request.form.to_dict()
        decide = self._refresh if form.get("grant_type") == "refresh_token" else self._token_endpoint
        # Two simultaneous requests with the same code must not both find it unused.
        with self._one_at_a_time:
            self.state["fresh"].append(secrets.token_urlsafe(32))
            try:
                response, self.state = decide(form, self.state, int(time.time()))
                answer, status = (dict(response), 400) if "error" in response else (self._signed(response), 200)
            except NotImplementedError as error:
                answer, status = {"error": str(error)}, 501
            except Exception as error:  # the functions are a learner's, and may raise anything
                answer, status = {"error": f"server_error: {type(error).__name__}: {error}"}, 500
        made = jsonify(answer)
        made.headers["Cache-Control"] = "no-store"  # RFC 6749 §5.1
        return made, status

    def _signed(self, response: dict[str, Any]) -> dict[str, Any]:
        """The response with its claims as signed tokens, each with its own typ and the common claims."""
        answer: dict[str, Any] = {**response, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME}
        for kind, typ in (("access_token", "at+jwt"), ("id_token", "JWT")):
            if kind in response:
                answer[kind] = self._stamped(response[kind], typ)
        return answer

    def _stamped(self, claims: dict[str, Any], typ: str) -> str:
        now = int(time.time())
        same = {"iss": ISSUER, "iat": now, "exp": now + TOKEN_LIFETIME, "jti": secrets.token_urlsafe(8)}
        return encode({**claims, **same}, self.key, typ=typ)

    def _jwks(self) -> ResponseReturnValue:
        return jsonify(keys=[self.key.to_jwk()])

    # -- the end of a session -----------------------------------------------------------------------------------------

    def _logout(self) -> ResponseReturnValue:
        # This GET changes something, so it needs an ID token, which only this person's clients have (RP-Initiated
        # Logout §2).
        try:
            header, payload = verify(request.args.get("id_token_hint", ""), self.key)
            hint = json_loads_strict(payload)
        except JWTError:
            return "who asks for that?", 400
        client = self.clients.get(hint.get("aud", "") if header.get("typ") == "JWT" else "")
        session = self.sessions.get(request.cookies.get(self._cookie, ""), {"sub": None})
        if client is None or session["sub"] != hint["sub"]:
            return "who asks for that?", 400
        self._forget(request.cookies[self._cookie])
        self._tell_clients(session)
        answer = redirect(client["home"])
        answer.delete_cookie(self._cookie)
        return answer

    def _forget(self, sid: str) -> None:
        """End a session, with all codes and refresh tokens that were issued in it."""
        with self._one_at_a_time:
            families = self.sessions.pop(sid)["families"]
            for table in ("codes", "refresh_tokens"):
                left = {text: it for text, it in self.state[table].items() if it["family"] not in families}
                self.state = {**self.state, table: left}

    def _tell_clients(self, session: dict[str, Any]) -> None:
        for client_id in dict.fromkeys(session["clients"]):
            claims = {"sub": session["sub"], "aud": client_id, "events": {LOGOUT_EVENT: {}}}
            address = self.clients[client_id]["logout_uri"]
            Visitor(self._cookie).post(address, {"logout_token": self._stamped(claims, "logout+jwt")})


def _hashed(password: str) -> str:
    return generate_password_hash(password, CHEAP)


FORM = """<form method=post>
  <input name=user> <input name=password type=password> <button>log in</button>
</form>"""
