"""Lessons 03 and 11: a small API, which answers requests with a token that its owner accepts (RFC 6750)."""

from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from .login import CHALLENGE, refused


def api_app(page: str, check: Callable[[str], dict[str, Any]]) -> Flask:
    """Make the service.

    Args:
        page: the protected text.
        check: takes the token, returns its claims, raises ValueError for a token that it refuses.

    GET / wants a token as `Authorization: Bearer …` and answers with the page and the name in the token.
    If the check is not written yet, the answer is 501, Not Implemented.
    """
    app = Flask(__name__)

    @app.get("/")
    def door() -> ResponseReturnValue:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return refused("a token is needed", challenge=CHALLENGE)
        try:
            claims = check(token)
        except ValueError as error:
            return refused(str(error))
        except NotImplementedError as error:
            return jsonify(reason=str(error)), 501
        return jsonify(hello=claims.get("sub"), page=page)

    return app
