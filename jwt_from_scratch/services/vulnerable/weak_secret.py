"""VULNERABLE ON PURPOSE (lesson 02): the HMAC key is a password that a person made up.

The algorithm is fixed, the comparison takes constant time, expiry is checked. None of it helps. Anyone who has one
token can try passwords offline, as fast as a computer hashes (RFC 8725 §3.5).
"""

import hashlib
import hmac
import time

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from ...encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict
from ..login import refused

HEADER = b64u_encode(json_dumps({"alg": "HS256", "typ": "JWT"}))


def weak_secret_app(secret: str) -> Flask:
    """POST /login {"user": …} gives anyone a reader's token; GET /admin wants one with the role admin."""
    app = Flask(__name__)

    def mac(signing_input: str) -> bytes:
        return hmac.new(secret.encode(), signing_input.encode(), hashlib.sha256).digest()

    @app.post("/login")
    def login() -> ResponseReturnValue:
        form = request.get_json(silent=True)
        user = str(form.get("user", "guest")) if isinstance(form, dict) else "guest"
        claims = {"sub": user, "role": "reader", "exp": int(time.time()) + 86_400}
        signing_input = f"{HEADER}.{b64u_encode(json_dumps(claims))}"
        return jsonify(access_token=f"{signing_input}.{b64u_encode(mac(signing_input))}")

    @app.get("/admin")
    def admin() -> ResponseReturnValue:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            header, payload, signature = token.split(".")
            if header != HEADER or not hmac.compare_digest(mac(f"{header}.{payload}"), b64u_decode(signature)):
                return refused("the signature does not fit")
            claims = json_loads_strict(b64u_decode(payload))
        except ValueError:
            return refused("not a token")
        if claims.get("exp", 0) <= time.time():
            return refused("the token has expired")
        if claims.get("role") != "admin":
            return jsonify(error="admins only"), 403
        return jsonify(welcome=claims.get("sub"), takings_today=4711)

    return app
