"""Lesson 08: a telescope that turns for everyone with a good pass, a token. How a pass is checked is an argument.

The vulnerable services of lesson 08 are built on this one, so that each of their files shows only how it finds a key.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from .archive import read
from .login import refused


def telescope_app(check: Callable[[str], dict[str, Any]]) -> Flask:
    """Make the service.

    Args:
        check: takes the pass, a token, and returns its claims, or raises an exception.

    GET / wants a pass as `Authorization: Bearer …` and answers with the observer and the university in it. If the check
    is not written yet, the answer is 501, Not Implemented.
    """
    app = Flask(__name__)

    @app.get("/")
    def turn() -> ResponseReturnValue:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            claims = check(token)
        except NotImplementedError as error:
            return jsonify(reason=str(error)), 501
        except Exception as error:  # if the check fails, nobody gets in
            return refused(f"{type(error).__name__}: {error}")
        return jsonify(observer=claims.get("sub"), university=claims.get("iss"), telescope="turns for you")

    return app


def header_of(token: str) -> dict[str, Any]:
    """The header of a token. Nothing is verified."""
    return read(token.split(".")[0])
