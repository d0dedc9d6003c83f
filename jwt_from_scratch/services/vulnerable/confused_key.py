"""VULNERABLE ON PURPOSE (lesson 05): one key file serves two algorithms, and the token says which.

Each branch of `claims_of` is right by itself, and nothing is wrong with RSA or with HMAC. But an HS256 token makes the
server use its *public* key as an HMAC secret, and everybody may have that one (RFC 8725 §2.1).
"""

import hashlib
import hmac
import time
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from ... import Key, encode
from ...encoding import b64u_decode, json_loads_strict
from ..login import refused


def claims_of(token: str, key_file: bytes) -> dict[str, Any]:
    """Check the signature and the expiry, and return the claims; ValueError if something is wrong."""
    header, payload, signature = token.split(".")
    alg = json_loads_strict(b64u_decode(header))["alg"]
    signing_input = f"{header}.{payload}".encode()
    if alg == "RS256":
        fits = Key.from_pem(key_file, alg="RS256").verify(signing_input, b64u_decode(signature))
    elif alg == "HS256":
        fits = hmac.compare_digest(hmac.new(key_file, signing_input, hashlib.sha256).digest(), b64u_decode(signature))
    else:
        raise ValueError("this algorithm is not supported")
    claims: dict[str, Any] = json_loads_strict(b64u_decode(payload))
    if not fits or claims["exp"] <= time.time():
        raise ValueError("the signature does not fit, or the token has expired")
    return claims


def confused_key_app(key: Key) -> Flask:
    """POST /login {"user": …} gives anyone a visitor's token, signed with RS256; GET /vault wants the role admin."""
    app = Flask(__name__)
    key_file = key.to_pem().encode("ascii")  # the public key

    @app.post("/login")
    def login() -> ResponseReturnValue:
        form = request.get_json(silent=True)
        user = str(form.get("user", "guest")) if isinstance(form, dict) else "guest"
        return jsonify(access_token=encode({"sub": user, "role": "visitor", "exp": int(time.time()) + 86_400}, key))

    @app.get("/vault")
    def vault() -> ResponseReturnValue:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            claims = claims_of(token, key_file)
        except (ValueError, TypeError, LookupError):
            return refused("no valid pass")
        if claims.get("role") != "admin":
            return jsonify(error="admins only"), 403
        return jsonify(welcome=claims.get("sub"), alarm_code="1432")

    return app
