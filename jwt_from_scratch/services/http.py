"""All lessons: serves a Flask app on a free loopback port, sends it requests, and shows the whole exchange."""

import atexit
import json
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

from .wasm import InProcess, install

if TYPE_CHECKING:
    from flask import Flask

if sys.platform == "emscripten":  # as in a browser
    install()

TIMEOUT = 10.0
"""Seconds that `fetch` waits for an answer."""
_LOOKS = 0.01
"""Seconds between two looks whether a server is to end: so long `close()` waits, and lessons start many servers."""


class Server:
    """A running service. It ends with `close()`, at the end of a `with` block, or with the Python process."""

    def __init__(self, app: "Flask") -> None:
        self._listener = InProcess(app, _Silent) if sys.platform == "emscripten" else _InThread(app, _Silent)
        self.url = f"http://127.0.0.1:{self._listener.port}"
        """Its address, such as "http://127.0.0.1:40312"."""
        atexit.register(self.close)

    def close(self) -> None:
        """Stop listening. Closing twice does no harm."""
        self._listener.close()
        atexit.unregister(self.close)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Server {self.url}>"


class _InThread:
    """A server in a thread of its own, on a free port."""

    def __init__(self, app: "Flask", handler: type[WSGIRequestHandler]) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=[_LOOKS], daemon=True)
        self._thread.start()
        self.port = self._server.server_port

    def close(self) -> None:
        """Stop listening."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing: text on stderr would look like an error in a notebook."""


def serve(app: "Flask") -> Server:
    """Start a Flask app on a free port of 127.0.0.1 and return at once.

    Raises:
        OSError: no port is free.
    """
    return Server(app)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. Printing it shows both as they went over the wire.

    Attributes:
        status: the HTTP status code.
        headers: the answer's headers.
        text: the answer's body.
        request: the request, as text.
    """

    status: int
    headers: dict[str, str]
    text: str
    request: str

    @property
    def json(self) -> Any:
        """The answer's body as JSON; ValueError if it is none."""
        return json.loads(self.text)

    def __str__(self) -> str:
        shown = ("Content-Type", "WWW-Authenticate", "Set-Cookie", "Location")
        headers = "".join(f"{name}: {value}\n" for name, value in self.headers.items() if name in shown)
        return f"{self.request}\n\n→ {self.status}\n{headers}\n{self.text.strip()}"


def fetch(
    url: str,
    *,
    token: str | None = None,
    json: dict[str, Any] | None = None,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Exchange:
    """GET a URL of a local service, or POST JSON or a form to it, and return the request and the answer.

    Args:
        url: the address, on loopback only.
        token: sent as `Authorization: Bearer …` (RFC 6750 §2.1).
        json, form: the body; with one the request is a POST.
        headers: further request headers.

    Raises:
        ValueError: the URL is not a loopback address, or the token can't stand in a header.
        OSError: no server answers there.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError(f"fetch only asks services on this machine, not {url!r}")
    sent = ({} if token is None else {"Authorization": f"Bearer {token}"}) | (headers or {})
    body = None if json is None else _json_bytes(json)
    if body is not None:
        sent["Content-Type"] = "application/json"
    if form is not None:
        body = urllib.parse.urlencode(form).encode()
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    request = urllib.request.Request(url, data=body, headers=sent)  # noqa: S310 - the scheme is http
    text = "\n".join(
        [
            f"{request.get_method()} {parts.path or '/'}{'?' + parts.query if parts.query else ''}",
            f"Host: {parts.netloc}",
            *(f"{name}: {value}" for name, value in sent.items()),
            *(["", body.decode()] if body else []),
        ]
    )
    # Without a proxy, even if the environment names one: the request stays on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            return Exchange(answer.status, dict(answer.headers), answer.read().decode(), text)
    except urllib.error.HTTPError as answer:
        with answer:
            return Exchange(answer.code, dict(answer.headers), answer.read().decode(), text)


def _json_bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()
