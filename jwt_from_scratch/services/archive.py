"""Lesson 04: an archive with a strongroom. How it verifies a token is an argument.

The vulnerable services of lesson 04 share this, so that each of their files shows its flaw and little else.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from ..encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict
from .login import refused

Verify = Callable[[str], dict[str, Any]]
"""Takes a token and returns its claims, or raises ValueError."""

LIFETIME = 86_400
"""Seconds for which a token is valid: a day, because lesson 04 uses one from its first cells to its last."""


def archive_app(verify: Verify, key: dict[str, Any]) -> Flask:
    """Make the service.

    Args:
        verify: the guard at the strongroom's door, who checks the token.
        key: the JWK that readers' tokens are signed with, for HS256.

    POST /login takes {"user": …} and gives anyone a reader's token. GET /strongroom wants a token, as
    `Authorization: Bearer …`, whose role is admin.
    """
    app = Flask(__name__)

    @app.post("/login")
    def login() -> ResponseReturnValue:
        form = request.get_json(silent=True)
        user = str(form.get("user", "guest")) if isinstance(form, dict) else "guest"
        claims = {"sub": user, "role": "reader", "exp": int(time.time()) + LIFETIME}
        return jsonify(access_token=sign(claims, key))

    @app.get("/strongroom")
    def strongroom() -> ResponseReturnValue:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            claims = verify(token)
            expired = claims["exp"] <= time.time()
        except Exception as error:  # if the guard fails, nobody gets in
            return refused(f"{type(error).__name__}: {error}")
        if expired:
            return refused("the token has expired")
        if claims.get("role") != "admin":
            return jsonify(error="the strongroom is for admins"), 403
        return jsonify(welcome=claims.get("sub"), strongroom="open")

    return app


def sign(claims: dict[str, Any], key: dict[str, Any], **members: Any) -> str:
    """Sign claims with a JWK for HS256, as an honest issuer does. Further header members may be given."""
    header = {"alg": key["alg"], "typ": "JWT", "kid": key["kid"], **members}
    signing_input = f"{b64u_encode(json_dumps(header))}.{b64u_encode(json_dumps(claims))}"
    return f"{signing_input}.{b64u_encode(mac(b64u_decode(key['k']), signing_input))}"


def mac(secret: bytes, signing_input: str) -> bytes:
    """HMAC with SHA-256 over `header.payload`."""
    return hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()


def read(segment: str) -> dict[str, Any]:
    """The JSON object in a segment; ValueError if there is none."""
    value = json_loads_strict(b64u_decode(segment))
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value
