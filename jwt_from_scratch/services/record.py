"""Lesson 11: the record of the requests to some services, and of their answers, in order."""

import urllib.parse
from dataclasses import dataclass

from flask import Flask, Response, request

from .http import Server, serve


@dataclass(frozen=True)
class HTTPMessage:
    """A request, or the answer to one (RFC 9110 §3.4).

    Attributes:
        source, target: the names of the two.
        what: "GET /callback"; for an answer "200", or "302 to rota /callback".
        carries: names of its contents: parameters, members of a JSON answer, "cookie", "bearer token".
        answer: whether it is an answer.
    """

    source: str
    target: str
    what: str
    carries: tuple[str, ...]
    answer: bool

    def __str__(self) -> str:
        arrow = "<--" if self.answer else "-->"
        left, right = (self.target, self.source) if self.answer else (self.source, self.target)
        return f"{f'{left} {arrow} {right}':18} {self.what:22} {', '.join(self.carries)}".rstrip()


class Record:
    """The record of the services that it serves.

    Attributes:
        steps: the messages so far.
    """

    def __init__(self) -> None:
        self.steps: list[HTTPMessage] = []
        self._names: dict[str, str] = {}

    def serve(self, app: Flask, name: str) -> Server:
        """Start a service under this name and record its requests and answers.

        Raises:
            OSError: no port is free.
        """

        @app.before_request
        def asked() -> None:
            what = f"{request.method} {request.path}"
            self.steps.append(HTTPMessage(_caller(), name, what, _carried_by_request(), False))

        @app.after_request
        def answered(made: Response) -> Response:
            self.steps.append(HTTPMessage(name, _caller(), self._what(made), _carried_by_answer(made), True))
            return made

        server = serve(app)
        app.config["ADDRESS"] = server.url
        self._names[urllib.parse.urlsplit(server.url).netloc] = name
        return server

    def _what(self, made: Response) -> str:
        if "Location" not in made.headers:
            return str(made.status_code)
        parts = urllib.parse.urlsplit(urllib.parse.urljoin(request.host_url, made.headers["Location"]))
        return f"{made.status_code} to {self._names.get(parts.netloc, parts.netloc)} {parts.path}"


def _caller() -> str:
    return request.headers.get("User-Agent", "somebody")[:40]


def _carried_by_request() -> tuple[str, ...]:
    bearer = ("bearer token",) if "Authorization" in request.headers else ()
    return (*(request.form or request.args), *bearer)


def _carried_by_answer(made: Response) -> tuple[str, ...]:
    query = urllib.parse.parse_qsl(urllib.parse.urlsplit(made.headers.get("Location", "")).query)
    members = made.get_json() if made.is_json else {}
    cookie = ("cookie",) if "Set-Cookie" in made.headers else ()
    return (*(name for name, _ in query), *(members if isinstance(members, dict) else ()), *cookie)
