"""VULNERABLE ON PURPOSE (lesson 06): the nonce of a signature is made from the user's name.

It is secret, nobody can guess it, and it needs no random numbers. But one user's tokens all have the same nonce, and
two of them are enough to compute the private key (RFC 8725 §3.2). The verifying side has no flaw.
"""

import hashlib
import hmac
import secrets
import time

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from ... import JWTError, Key, decode
from ...encoding import b64u_encode, json_dumps
from ..login import refused
from ..p256 import G, N, scalar_mul

HEADER = b64u_encode(json_dumps({"alg": "ES256", "typ": "JWT"}))


def repeated_nonce_app() -> Flask:
    """POST /login {"user": …} gives anyone a rider's token; GET /key the public key; GET /admin wants an admin."""
    app = Flask(__name__)
    d = 1 + secrets.randbelow(N - 1)
    x, y = (b64u_encode(number.to_bytes(32, "big")) for number in scalar_mul(d, G) or ())
    public = {"kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256"}

    def signature(signing_input: str, user: str) -> bytes:
        k = int.from_bytes(hmac.digest(d.to_bytes(32, "big"), user.encode(), "sha256"), "big") % N  # the flaw
        r = (scalar_mul(k, G) or (0, 0))[0] % N
        e = int.from_bytes(hashlib.sha256(signing_input.encode()).digest(), "big")
        s = (e + r * d) * pow(k, -1, N) % N
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    @app.post("/login")
    def login() -> ResponseReturnValue:
        form = request.get_json(silent=True)
        user = str(form.get("user", "guest")) if isinstance(form, dict) else "guest"
        claims = {"sub": user, "role": "rider", "exp": int(time.time()) + 3600, "jti": secrets.token_hex(4)}
        signing_input = f"{HEADER}.{b64u_encode(json_dumps(claims))}"
        return jsonify(access_token=f"{signing_input}.{b64u_encode(signature(signing_input, user))}")

    @app.get("/key")
    def key() -> ResponseReturnValue:
        return jsonify(public)

    @app.get("/admin")
    def admin() -> ResponseReturnValue:
        try:
            claims = decode(request.headers.get("Authorization", "").removeprefix("Bearer "), Key.from_jwk(public))
        except JWTError as error:
            return refused(str(error))
        if claims.get("role") != "admin":
            return jsonify(error="admins only"), 403
        return jsonify(welcome=claims.get("sub"), locks_to_open=312)

    return app
