"""Addresses of the web: which ones are taken, and how they are asked."""

import http.client
import io
import re
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

TIMEOUT = 10.0
"""Seconds that another server may be silent."""
LONGEST = 20.0
"""Seconds that its answer may take, however it comes."""
MAX_ANSWER = 1_000_000
"""Bytes of an answer."""
_USUAL_PORTS = {"https": 443, "http": 80}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_CHARACTERS = re.compile(r"[!-~]{1,2000}")
_WHO = {"User-Agent": "jwt-from-scratch"}
"""Some web servers answer 403 to the name that urllib gives itself."""


class Unreachable(Exception):
    """Nobody answers at an address, or what comes back is no answer. The text is one line."""


@dataclass(frozen=True)
class Reply:
    """What a server answered.

    Attributes:
        status: the HTTP status.
        headers: by their names, in small letters.
        body: at most `MAX_ANSWER` bytes.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether the server says that all went well."""
        return 200 <= self.status < 300


def problem_with(address: str) -> str:
    """Why nothing is sent to an address; "" for a good one.

    Good is https with a host and without a user, password or fragment. Plain http is for this machine alone.
    """
    if not _CHARACTERS.fullmatch(address):
        return "it is empty, too long, or holds characters that no address has"
    try:
        parts = urllib.parse.urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "it is no address"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        return "it does not begin with https://"
    if not host or not (_HOST.fullmatch(host) or host == "::1") or "@" in parts.netloc:
        return "it names no host, or a user, too"
    return "it has a part behind a #" if "#" in address else ""


def origin_of(address: str) -> str:
    """The origin of a good address as a browser writes it (RFC 6454 §6.2), such as "https://lms.example"; else ""."""
    if problem_with(address):
        return ""
    parts = urllib.parse.urlsplit(address)
    usual = f":{_USUAL_PORTS[parts.scheme]}"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"


def with_query(address: str, query: dict[str, str]) -> str:
    """An address with more in its query (RFC 6749 §3.1: what is there stays)."""
    return f"{address}{'&' if '?' in address else '?'}{urllib.parse.urlencode(query)}"


def ask(address: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
    """GET an address, or POST to it. No redirect is followed: what is sent is for that server alone.

    Raises:
        Unreachable: the address is none that is taken, or nobody answers there.
    """
    if problem := problem_with(address):
        raise Unreachable(f"{address[:200]!a}: {problem}")
    request = urllib.request.Request(address, body, _WHO | (headers or {}))  # noqa: S310 - https, or this machine
    host = urllib.parse.urlsplit(address).hostname
    # What is for this machine stays on it; for the rest the environment may name a proxy.
    proxies = [urllib.request.ProxyHandler({})] if host in _LOOPBACK else []
    handlers: list[Any] = [_NoRedirect(), _Http(), _Https(), *proxies]
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT) as answer:
            return _read(answer, host)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error.fp, host)
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Unreachable(f"{host} does not answer ({type(reason).__name__})") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class _Within(io.RawIOBase):
    """What a server says within `LONGEST` seconds: else one that says a byte now and then would hold us for days."""

    def __init__(self, sock: socket.socket, said: io.RawIOBase) -> None:
        self._socket, self._said, self._end = sock, said, time.monotonic() + LONGEST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(min(TIMEOUT, left))
        return self._said.readinto(buffer)

    def close(self) -> None:
        self._said.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp: io.BufferedReader = io.BufferedReader(_Within(sock, self.fp.detach()))


class _Connection(http.client.HTTPConnection):
    response_class = _Answer


class _SecureConnection(http.client.HTTPSConnection):
    response_class = _Answer


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, req)


def _read(answer: Any, host: str | None) -> Reply:
    try:
        body = answer.read(MAX_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{host} broke off its answer ({type(error).__name__})") from None
    if len(body) > MAX_ANSWER:
        raise Unreachable(f"{host} answers with more than {MAX_ANSWER} bytes")
    if answer.length:  # what it said would come, and did not: no error where a length is asked for
        raise Unreachable(f"{host} broke off its answer ({answer.length} bytes are missing)")
    return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, body)
