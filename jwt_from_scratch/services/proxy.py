"""Lesson 09: a reverse proxy: one address in front of several nodes. A function chooses the node for a request."""

import http.client
import itertools
import urllib.parse
from collections.abc import Callable

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from .http import TIMEOUT

Choose = Callable[[str, list[str]], str]
"""Takes the client's credential ("" without one) and the nodes' names; returns one of the names."""


def taking_turns() -> Choose:
    """Round robin: each request goes to the next node."""
    turn = itertools.count()
    return lambda credential, nodes: nodes[next(turn) % len(nodes)]


def proxy_app(nodes: dict[str, str], choose: Choose) -> Flask:
    """Make the service.

    Args:
        nodes: their addresses by their names. It is read at each request, so nodes may be removed or added.
        choose: chooses the node for a request.

    It forwards method, path, body, cookies and the Authorization header, and returns the node's answer. If the node
    does not answer, that is a 502.
    """
    app = Flask(__name__, static_folder=None)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def forward(path: str) -> ResponseReturnValue:
        address = urllib.parse.urlsplit(nodes[choose(_brought(), list(nodes))])
        passed = ("Authorization", "Cookie", "Content-Type")
        headers = {name: request.headers[name] for name in passed if name in request.headers}
        node = http.client.HTTPConnection(str(address.hostname), address.port, timeout=TIMEOUT)
        try:
            node.request(request.method, f"/{path}", request.get_data() or None, headers)
            answer = node.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name in ("Content-Type", "Set-Cookie")]
            return Response(answer.read(), answer.status, kept)
        except OSError:
            return jsonify(reason="this node does not answer"), 502
        finally:
            node.close()

    @app.errorhandler(NotImplementedError)
    def unwritten(error: NotImplementedError) -> ResponseReturnValue:
        return jsonify(reason=str(error)), 501

    return app


def _brought() -> str:
    _, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer or next(iter(request.cookies.values()), "")
