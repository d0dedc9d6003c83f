"""All lessons, in a browser: serving without sockets and threads, by answering each request in a function call.

`http.client`, and with it `urllib`, connects through `socket.create_connection`. For the port of a server in this
process, that returns a connection of ours, from which werkzeug's own handler reads the request, and to which it writes
the answer. So the bytes are the same as over a network, and clients need no change.
"""

import errno
import hashlib
import hmac
import io
import itertools
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler

if TYPE_CHECKING:
    from flask import Flask

_LOOPBACK = ("127.0.0.1", "localhost")
_ports = itertools.count(40312)
_apps: dict[int, tuple[Any, type[WSGIRequestHandler]]] = {}


class InProcess:
    """A server that answers requests in the process and thread that send them."""

    def __init__(self, app: "Flask", handler: type[WSGIRequestHandler]) -> None:
        self.port = next(_ports)
        _apps[self.port] = (app, handler)

    def close(self) -> None:
        """Stop answering."""
        _apps.pop(self.port, None)


class _Line:
    """One connection, with those methods of a socket that `http.client` uses."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._sent = io.BytesIO()

    def sendall(self, data: bytes) -> None:
        self._sent.write(data)

    def makefile(self, *_: Any, **__: Any) -> io.BytesIO:
        """The server's answer to all that was sent; the client calls this when it begins to read."""
        if self._port not in _apps:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        app, kind = _apps[self._port]
        handler: Any = kind.__new__(kind)
        handler.client_address, handler.connection = ("127.0.0.1", 0), self
        handler.server = _server(app, self._port)
        handler.rfile, handler.wfile = io.BytesIO(self._sent.getvalue()), io.BytesIO()
        handler.handle_one_request()
        return io.BytesIO(handler.wfile.getvalue())

    def close(self) -> None: ...

    def settimeout(self, _: float | None) -> None: ...

    def setsockopt(self, *_: Any) -> None: ...

    def shutdown(self, _: int) -> None: ...


def _server(app: Any, port: int) -> SimpleNamespace:
    """The attributes of a server that werkzeug's handler reads."""
    return SimpleNamespace(
        app=app,
        host="127.0.0.1",
        port=port,
        server_address=("127.0.0.1", port),
        ssl_context=None,
        multithread=False,
        multiprocess=False,
        passthrough_errors=False,
        shutdown_signal=False,
        log=lambda *_: None,
        _server_version="",
    )


def _connect(address: tuple[str, int], *_: Any, **__: Any) -> Any:
    host, port = address
    if host in _LOOPBACK and port in _apps:
        return _Line(port)
    raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")


def pbkdf2_hmac(name: str, password: bytes, salt: bytes, iterations: int, dklen: int | None = None) -> bytes:
    """PBKDF2 (RFC 8018 §5.2), as `hashlib.pbkdf2_hmac`, which needs OpenSSL.

    Raises:
        ValueError: there is no such hash.
    """
    size = hashlib.new(name).digest_size
    made = b""
    for number in range(1, -(-(dklen or size) // size) + 1):
        block = hmac.digest(password, salt + number.to_bytes(4, "big"), name)
        total = int.from_bytes(block, "big")
        for _ in range(iterations - 1):
            block = hmac.digest(password, block, name)
            total ^= int.from_bytes(block, "big")
        made += total.to_bytes(size, "big")
    return made[: dklen or size]


def install() -> None:
    """Install these functions where Pyodide's standard library lacks them or can't use them."""
    system: Any = socket
    system.create_connection = _connect
    if not hasattr(hashlib, "pbkdf2_hmac"):
        hashes: Any = hashlib
        hashes.pbkdf2_hmac = pbkdf2_hmac
