"""Lesson 13: the depot, an issuer that gives tokens to services, and an API whose owner judges each request."""

import hmac
import secrets
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from .. import Key, encode
from .dpop import remember
from .issuer import ISSUER, TOKEN_LIFETIME

API = "https://api.depot.example"
CLIENTS = {"rota": "ropes:read", "quartermaster": "ropes:read ropes:write"}
"""The registered services, and the largest scope that each may ask for."""
RULES = {"GET /about": [], "GET /ropes": ["ropes:read"], "POST /ropes": ["ropes:read", "ropes:write"]}
"""The scopes that a request needs."""
CODES = {401: "invalid_token", 403: "insufficient_scope"}


class BadProof(ValueError):
    """The DPoP proof is wrong, not the token: the client only needs a new proof (RFC 9449 §7.1)."""


Judge = Callable[[dict[str, Any]], tuple[int, str | ValueError]]
"""Takes a request (method, path, url, scheme, token or None, proofs as a list), returns the status and the reason."""
Prove = Callable[[str, dict[str, Any], int, dict[str, int]], str]
"""verify_dpop: takes proof, request, now and seen; returns the key's thumbprint, or raises ValueError."""


class Depot(Flask):
    """Issuer and API in one, to keep it short.

    Attributes:
        key: the issuer's signing key.
        secrets: the clients' passwords.
        ropes: which ropes are lent, and to whom.
        seen: for each client, the proofs that its token endpoint has accepted lately, see `remember`.
    """

    key: Key
    secrets: dict[str, str]
    ropes: dict[str, str]
    seen: dict[str, dict[str, int]]


def depot_app(judge: Judge, prove: Prove | None = None) -> Depot:
    """Make the service.

    Args:
        judge: decides what the API answers.
        prove: verifies the proof in a request for a token; None for an issuer that does not bind tokens.

    POST /token gives a token to a service that knows its password (grant_type client_credentials, RFC 6749 §4.4). If
    the request has a DPoP proof, the token is bound to the proof's key (RFC 9449 §5, §6.1). GET /about, GET /ropes and
    POST /ropes are the API.
    """
    app = Depot(__name__)
    app.key = Key.generate("ES256", kid="base-1")
    app.secrets = {name: secrets.token_urlsafe(16) for name in CLIENTS}
    app.ropes, app.seen = {}, {}

    @app.post("/token")
    def token() -> ResponseReturnValue:
        form = request.form
        name, password = form.get("client_id", ""), form.get("client_secret", "")
        if not hmac.compare_digest(app.secrets.get(name, secrets.token_urlsafe(16)).encode(), password.encode()):
            return jsonify(error="invalid_client"), 401
        if form.get("grant_type") != "client_credentials":
            return jsonify(error="unsupported_grant_type"), 400
        wanted = form.get("scope", CLIENTS[name])
        if not set(wanted.split(" ")) <= set(CLIENTS[name].split(" ")):
            return jsonify(error="invalid_scope"), 400
        proofs, bound, seen = request.headers.getlist("DPoP"), {}, app.seen.setdefault(name, {})
        if proofs and prove is not None:
            try:
                (proof,) = proofs
                bound = {"cnf": {"jkt": prove(proof, asked(), int(time.time()), seen)}}
                remember(seen, proof, int(time.time()))
            except ValueError as error:
                return jsonify(error="invalid_dpop_proof", reason=str(error)), 400
            except NotImplementedError as error:
                return jsonify(error=str(error)), 501
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": name, "client_id": name, "aud": API, "scope": wanted}
        times = {"iat": now, "exp": now + TOKEN_LIFETIME, "jti": secrets.token_urlsafe(8)}
        answer = {"access_token": encode({**claims, **times, **bound}, app.key, typ="at+jwt"), "scope": wanted}
        made = jsonify(**answer, token_type="DPoP" if bound else "Bearer", expires_in=TOKEN_LIFETIME)
        made.headers["Cache-Control"] = "no-store"  # RFC 6749 §5.1
        return made

    def asked() -> dict[str, Any]:
        """The request, as the judge gets it. At the token endpoint it has no token."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        return {
            "method": request.method,
            "path": request.path,
            "url": request.url,
            "scheme": scheme.lower(),
            "token": text or None,
            "proofs": request.headers.getlist("DPoP"),
        }

    @app.route("/<path:_>", methods=["GET", "POST"])
    def api(_: str) -> ResponseReturnValue:
        try:
            status, why = judge(asked())
        except NotImplementedError as error:
            return jsonify(reason=str(error)), 501
        if status != 200:
            code = "invalid_dpop_proof" if isinstance(why, BadProof) else CODES[status]
            # RFC 6750 §3.1: a request without any token gets the bare challenge.
            said = {"error": code} if request.headers.get("Authorization") else {}
            made = jsonify(**said, reason=str(why))
            made.status_code = status
            parts = [f'{name}="{text}"' for name, text in {**said, "algs": "ES256 Ed25519"}.items()]
            made.headers["WWW-Authenticate"] = "DPoP " + ", ".join(parts)
            return made
        if request.path != "/ropes":
            return jsonify(page=request.path)
        if request.method == "POST":
            app.ropes[request.form.get("rope", "")] = request.form.get("to", "")
        return jsonify(ropes=app.ropes)

    return app
