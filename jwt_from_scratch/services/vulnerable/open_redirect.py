"""VULNERABLE ON PURPOSE (lesson 08): this issuer's website sends visitors wherever the link says (CWE-601).

It was made for "you are leaving our pages". For a client that follows redirects, an address that begins with this one
can now lead anywhere.
"""

from flask import redirect, request
from werkzeug.wrappers import Response

from ... import Key
from ..jwks import KeyEndpoint, issuer_app


def open_redirect_app(*keys: Key) -> KeyEndpoint:
    """An issuer whose GET /go?to=… leads on."""
    app = issuer_app(*keys)

    @app.get("/go")
    def go() -> Response:
        return redirect(request.args.get("to", "/"))

    return app
