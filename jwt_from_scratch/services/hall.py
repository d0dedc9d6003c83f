"""Lesson 09: a climbing hall's members' page. How the hall knows its members is an argument.

Members log in, ask who they are, and log out. The same page can be run on sessions and on tokens, and
on several nodes at once.
"""

from collections.abc import Callable

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from .login import refused

COOKIE = "hall"


def hall_app(
    node: str,
    log_in: Callable[[str], str],
    who: Callable[[str], str],
    log_out: Callable[[str], None] = lambda credential: None,
) -> Flask:
    """Make one node of the service.

    Args:
        node: its name, which is in its answers.
        log_in: takes a member's name, returns the member's credential: a session id or a token.
        who: takes a credential, returns the member's name, raises KeyError or ValueError if it is not valid.
        log_out: takes a credential and ends it.

    POST /login takes {"user": …} (without a password, which this lesson does not need). The answer has the credential
    as "credential", and as a cookie for browsers. GET /me and POST /logout expect it as `Authorization: Bearer …` or
    in that cookie. If a function is not written yet, the answer is 501.
    """
    app = Flask(__name__)

    def brought() -> str:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        return bearer if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")

    @app.post("/login")
    def login() -> ResponseReturnValue:
        form = request.get_json(silent=True)
        credential = log_in(str(form.get("user", "guest")) if isinstance(form, dict) else "guest")
        answer = jsonify(credential=credential, node=node)
        answer.headers["Set-Cookie"] = f"{COOKIE}={credential}; Path=/; HttpOnly; SameSite=Lax"
        return answer

    @app.get("/me")
    def me() -> ResponseReturnValue:
        return jsonify(hello=who(brought()), node=node)

    @app.post("/logout")
    def logout() -> ResponseReturnValue:
        log_out(brought())
        return jsonify(goodbye=True, node=node)

    @app.errorhandler(KeyError)
    @app.errorhandler(ValueError)
    def stranger(error: Exception) -> ResponseReturnValue:
        return refused(f"{node}: nobody that I know")

    @app.errorhandler(NotImplementedError)
    def unwritten(error: NotImplementedError) -> ResponseReturnValue:
        return jsonify(reason=str(error)), 501

    return app
