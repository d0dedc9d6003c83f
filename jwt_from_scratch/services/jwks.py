"""Lesson 08: an issuer's key endpoint, and a verifier's request to it (RFC 7517 §5)."""

import http.client
import urllib.parse
from typing import Any

from flask import Flask, Response, jsonify, request

from .. import Key, KeySet
from ..encoding import json_loads_strict
from .http import TIMEOUT

MAX_BYTES = 65_536
"""The largest answer, enough for some hundred keys."""
_REDIRECTS = (301, 302, 303, 307, 308)


class KeyEndpoint(Flask):
    """The service; its attributes may be changed while it runs.

    Attributes:
        keys: the keys whose public halves it publishes.
        asked: the number of requests for them.
        down: whether it answers 503 instead.
    """

    keys: list[Key]
    asked: int
    down: bool


def issuer_app(*keys: Key) -> KeyEndpoint:
    """Make the service. GET /jwks.json publishes the public halves of these keys as a JWK set.

    GET /.well-known/openid-configuration has its address and the issuer, which is the service's address.
    """
    app = KeyEndpoint(__name__)
    app.keys, app.asked, app.down = list(keys), 0, False

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        issuer = request.host_url.rstrip("/")
        return jsonify(issuer=issuer, jwks_uri=issuer + "/jwks.json")

    @app.get("/jwks.json")
    def jwks() -> Response:
        app.asked += 1
        if app.down:
            return Response("try again later", 503, mimetype="text/plain")
        answer = jsonify(keys=[jwk | {"use": "sig"} for jwk in KeySet(app.keys).to_jwks()["keys"]])
        answer.mimetype = "application/jwk-set+json"  # RFC 7517 §8.5.1
        answer.headers["Cache-Control"] = "max-age=300"
        return answer

    return app


def get_jwks(url: str, redirects: int = 0) -> dict[str, Any]:
    """Fetch a key set.

    Args:
        url: the address, on this machine only. A part before an @ is not the host.
        redirects: how many redirects are followed.

    Raises:
        OSError: no server answers there.
        ValueError: the answer is not a key set, or the address is not on this machine.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError(f"only services on this machine are asked, not {url[:80]!r}")
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        body = answer.read(MAX_BYTES + 1)
    except http.client.HTTPException as error:
        raise ValueError(f"not an answer: {error}") from None
    finally:
        connection.close()
    if answer.status in _REDIRECTS and redirects > 0:
        return get_jwks(urllib.parse.urljoin(url, answer.headers.get("Location", "")), redirects - 1)
    if answer.status != 200 or len(body) > MAX_BYTES:
        raise ValueError(f"the answer has status {answer.status} and {len(body)} bytes")
    jwks = json_loads_strict(body)
    if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list):
        raise ValueError("the answer is no key set")
    return jwks
