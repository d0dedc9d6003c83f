"""A login service: a password in, a token out, and one page that only a good token opens (RFC 6750)."""

import time
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

from .. import JWTError, Key, decode, encode

ISSUER = "https://login.example"
LIFETIME = 900
"""Seconds for which a token is good."""


def login_app(users: dict[str, tuple[str, dict[str, Any]]], key: Key | None = None) -> Flask:
    """Make the service.

    Args:
        users: for each name the password and further claims for the token.
        key: the signing key; a fresh HS256 key when None, which nobody else ever sees.

    POST /login takes {"user": …, "password": …} and answers {"access_token": …}. GET /me wants that token back as
    `Authorization: Bearer …` and answers with its claims.
    """
    app = Flask(__name__)
    signing_key = key or Key.generate("HS256")
    hashes = {name: generate_password_hash(password, "scrypt:1024:8:1") for name, (password, _) in users.items()}
    nobody = generate_password_hash("", "scrypt:1024:8:1")  # a wrong name costs the same time as a wrong password

    @app.post("/login")
    def login() -> ResponseReturnValue:
        form = request.get_json(silent=True)
        name, password = (str(form.get(field, "")) for field in ("user", "password")) if form else ("", "")
        if not check_password_hash(hashes.get(name, nobody), password) or name not in users:
            return jsonify(error="wrong name or password"), 401
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": name, "iat": now, "exp": now + LIFETIME, **users[name][1]}
        return jsonify(access_token=encode(claims, signing_key), token_type="Bearer", expires_in=LIFETIME)  # noqa: S106

    @app.get("/me")
    def me() -> ResponseReturnValue:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return refused("a token is needed")
        try:
            return jsonify(decode(token, signing_key, issuer=ISSUER))
        except JWTError as error:
            return refused(str(error))

    return app


def refused(reason: str) -> Response:
    """A 401 answer that says why, as RFC 6750 §3 asks."""
    answer = jsonify(error="invalid_token", reason=reason)
    answer.status_code = 401
    answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return answer
