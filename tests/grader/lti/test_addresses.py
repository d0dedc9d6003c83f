"""How other servers are asked: once, there, for so long and for so much."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, Response, redirect, request

from grader.lti import addresses
from grader.lti.addresses import MAX_ANSWER, Reply, Unreachable, ask, origin_of, problem_with, with_query
from jwt_from_scratch.services.http import serve


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """Another server, on loopback."""
    app = Flask("other")
    asked: list[str] = []

    @app.before_request
    def note() -> None:
        asked.append(request.path)

    @app.route("/echo", methods=["GET", "POST"])
    def echo() -> Response:
        said = f"{request.method} {request.headers.get('X-One')} {request.get_data(as_text=True)}"
        return Response(said, headers={"Retry-After": "7"})

    @app.get("/agent")
    def agent() -> str:
        return request.headers["User-Agent"]

    @app.get("/elsewhere")
    def elsewhere() -> Any:
        return redirect("/echo")

    @app.get("/missing")
    def missing() -> Any:
        return "not here", 404

    @app.get("/large/<int:more>")
    def large(more: int) -> str:
        return "x" * (MAX_ANSWER + more)

    with serve(app) as running:
        running.asked = asked
        yield running


def test_an_answer_is_its_status_its_headers_and_its_body(server: Any) -> None:
    answer = ask(f"{server.url}/echo")
    assert (answer.status, answer.body, answer.is_good) == (200, b"GET None ", True)
    assert answer.headers["retry-after"] == "7"
    assert ask(f"{server.url}/echo", b"a=b", {"X-One": "1"}).body == b"POST 1 a=b"


def test_a_refusal_is_an_answer(server: Any) -> None:
    answer = ask(f"{server.url}/missing")
    assert (answer.status, answer.body, answer.is_good) == (404, b"not here", False)


def test_no_redirect_is_followed(server: Any) -> None:
    server.asked.clear()
    answer = ask(f"{server.url}/elsewhere", headers={"Authorization": "Bearer secret"})
    assert (answer.status, answer.is_good) == (302, False)
    assert server.asked == ["/elsewhere"]


def test_an_answer_has_an_end(server: Any) -> None:
    assert len(ask(f"{server.url}/large/0").body) == MAX_ANSWER
    with pytest.raises(Unreachable, match="more than"):
        ask(f"{server.url}/large/1")


def test_what_is_for_this_machine_stays_on_it(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert ask(f"{server.url}/echo").status == 200


@contextmanager
def saying(data: bytes, *, hangs: bool = False) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says this to whoever comes, and then hangs up, or just hangs; and what it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        ended, asked = threading.Event(), []

        def answer() -> None:
            one, _ = listening.accept()
            with one:
                asked.append(one.recv(10_000))
                one.sendall(data)
                if hangs:
                    ended.wait(10)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/", asked
        finally:
            ended.set()
            thread.join()


HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
NO_ANSWERS = {
    "nothing": (b"", False, "does not answer"),
    "no HTTP": (b"hello\r\n\r\n", False, "does not answer"),
    "half": (HALF, False, "broke off its answer .5 bytes"),
    "half a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", False, "broke off"),
    "silence": (b"", True, "does not answer"),
    "silence in the midst": (HALF, True, "broke off"),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_what_is_no_answer_is_one_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "TIMEOUT", 0.5)
    data, hangs, problem = NO_ANSWERS[name]
    with saying(data, hangs=hangs) as (address, _), pytest.raises(Unreachable, match=problem) as caught:
        ask(address)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"], ids=["head", "body"])
def test_an_answer_byte_by_byte_ends_in_time(beginning: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "LONGEST", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def answer() -> None:
            one, _ = listening.accept()
            with one, contextlib.suppress(OSError):
                one.sendall(beginning or b"HTTP/1.1 200 O")
                while not ended.wait(0.05):
                    one.sendall(b"K")

        thread = threading.Thread(target=answer)
        thread.start()
        began = time.monotonic()
        with pytest.raises(Unreachable, match="TimeoutError"):
            ask(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        ended.set()
        thread.join()
    assert time.monotonic() - began < 5


def test_we_say_who_we_are(server: Any) -> None:
    assert ask(f"{server.url}/agent").body == b"jwt-from-scratch"  # "Python-urllib" is turned away by many


def test_others_are_asked_by_the_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying(b"HTTP/1.1 403 no\r\n\r\n") as (proxy, asked):
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(Unreachable, match="does not answer"):
            ask("https://lms.example/keys")
    assert asked[0].startswith(b"CONNECT lms.example:443 ")


@pytest.mark.parametrize(("status", "is_good"), [(199, False), (200, True), (299, True), (300, False), (401, False)])
def test_what_is_good_has_a_status_that_says_so(status: int, is_good: bool) -> None:
    assert Reply(status, {}, b"").is_good == is_good


def test_nobody_there_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1 does not answer"):
        ask(f"http://127.0.0.1:{port}/")


def test_an_address_that_is_not_taken_is_not_asked() -> None:
    with pytest.raises(Unreachable, match="https://"):
        ask("http://lms.example/keys")


GOOD = {
    **{"http://127.0.0.1:80/x": "http://127.0.0.1", "http://localhost/x": "http://localhost"},
    **{"http://[::1]:8400": "http://[::1]:8400", "https://LMS.example:443": "https://lms.example"},
    **{"https://lms.example": "https://lms.example", "https://lms.example:80/": "https://lms.example:80"},
    "https://xn--bcher-kva.example:8443/a?b=c": "https://xn--bcher-kva.example:8443",
    f"https://lms.example/{'x' * 1980}": "https://lms.example",
}


@pytest.mark.parametrize("address", GOOD, ids=lambda address: address[:40])
def test_these_addresses_are_asked(address: str) -> None:
    assert problem_with(address) == ""
    assert origin_of(address) == GOOD[address]


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1.evil.example/", "http://10.0.0.1/", "file:///etc/passwd", "https://a:b@c.example/"),
        *("https://lms.example\\@evil.example/", "https://lms.example:99999/", "HTTPS:lms.example", "//lms.example"),
        *("https://lms.example/#x", "https://ä.example/", "https://.example/", "https://*.example/", ""),
        *("https://a@lms.example/", "https://[::1", "https://[::2]/", "https://lms.example/\n", "ftp://localhost/"),
        *("https://lms-.example-/", "https://lms.example/ x", f"https://lms.example/{'x' * 1981}"),
    ],
    ids=lambda address: address[:40],
)
def test_these_are_not(address: str) -> None:
    assert problem_with(address) != ""
    assert origin_of(address) == ""


def test_a_query_goes_behind_what_is_there() -> None:
    assert with_query("https://lms.example/auth", {"a": "b&c"}) == "https://lms.example/auth?a=b%26c"
    assert with_query("https://lms.example/auth?site=7", {"a": "b"}) == "https://lms.example/auth?site=7&a=b"
