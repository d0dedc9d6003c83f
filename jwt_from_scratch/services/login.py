"""Lessons 00 and 03: a login service, which gives a token for a password, and a page for its holder (RFC 6750)."""

import time
from collections.abc import Collection
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

from .. import JWTError, Key, decode, encode
from .passwords import CHEAP

ISSUER = "https://login.example"
LIFETIME = 900
"""Seconds for which a token is valid."""
CHALLENGE = 'Bearer realm="course"'
"""For a request without a token: no error code (RFC 6750 §3.1), and a realm, for Bearer must not stand alone (§3)."""


def login_app(
    users: dict[str, tuple[str, dict[str, Any]]],
    key: Key | None = None,
    *,
    issuer: str = ISSUER,
    audiences: Collection[str] = (),
) -> Flask:
    """Make the service.

    Args:
        users: for each name the password and further claims for the token.
        key: the signing key; by default a new HS256 key that nobody else knows.
        issuer: the `iss` of its tokens.
        audiences: the services for which it issues tokens.

    POST /login takes {"user": …, "password": …} and answers {"access_token": …}. With "audience": …, that is the
    token's `aud`; without, the token is for this service. GET /me expects such a token as `Authorization: Bearer …`
    and answers with the name and the role in it.
    """
    app = Flask(__name__)
    signing_key = key or Key.generate("HS256")
    services = frozenset(audiences)
    hashes = {name: generate_password_hash(password, CHEAP) for name, (password, _) in users.items()}
    nobody = generate_password_hash("", CHEAP)  # for an unknown name, which so takes as long as a wrong password

    @app.post("/login")
    def login() -> ResponseReturnValue:
        form = request.get_json(silent=True)
        form = form if isinstance(form, dict) else {}
        name, password = str(form.get("user", "")), str(form.get("password", ""))
        if not check_password_hash(hashes.get(name, nobody), password) or name not in users:
            return jsonify(error="wrong name or password"), 401
        now = int(time.time())
        claims = {**users[name][1], "iss": issuer, "sub": name, "iat": now, "exp": now + LIFETIME}
        if "audience" in form:
            claims["aud"] = str(form["audience"])
            if claims["aud"] not in services:
                return jsonify(error="invalid_target"), 400  # RFC 8707 §2
        answer = jsonify(access_token=encode(claims, signing_key), token_type="Bearer", expires_in=LIFETIME)  # noqa: S106
        answer.headers["Cache-Control"] = "no-store"  # RFC 6749 §5.1
        return answer

    @app.get("/me")
    def me() -> ResponseReturnValue:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return refused("a token is needed", challenge=CHALLENGE)
        try:
            claims = decode(token, signing_key, issuer=issuer)
        except JWTError as error:
            return refused(str(error))
        return jsonify(hello=claims["sub"], role=claims.get("role"))

    return app


def refused(reason: str, challenge: str = 'Bearer error="invalid_token"') -> Response:
    """A 401 answer. A request without any token gets `CHALLENGE` as its challenge."""
    answer = jsonify(reason=reason)
    answer.status_code = 401
    answer.headers["WWW-Authenticate"] = challenge
    return answer
