"""Serving in the same process, as the browser edition does: clients see what they see elsewhere."""

import hashlib
import re
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_from_scratch.services import fetch, http, serve, wasm
from jwt_from_scratch.services.login import login_app

USERS = {"ada": ("pier 7", {"role": "captain"})}


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(socket, "create_connection", wasm._connect)
    monkeypatch.setattr(http, "_InThread", wasm.InProcess)
    yield
    wasm._apps.clear()


def exchanges(app):
    with serve(app) as server:
        good = fetch(server.url + "/login", json={"user": "ada", "password": "pier 7"})
        token = good.json["access_token"]
        found = [
            good,
            fetch(server.url + "/login", json={"user": "ada", "password": "pier 8"}),
            fetch(server.url + "/me", token=token),
            fetch(server.url + "/me", token=token[:-2]),
            fetch(server.url + "/nowhere?x=1"),
        ]
    changing = re.compile(r'[\w-]+\.[\w-]+\.[\w-]+|"(?:exp|iat)": ?\d+')
    return [(one.status, sorted(set(one.headers) - {"Connection"}), changing.sub("…", one.text)) for one in found]


def test_an_exchange_is_the_same_as_over_a_socket(request: pytest.FixtureRequest) -> None:
    app = login_app(USERS)
    over_sockets = exchanges(app)
    request.getfixturevalue("in_process")
    assert exchanges(app) == over_sockets
    assert [status for status, *_ in over_sockets] == [200, 401, 200, 401, 404]


def test_nobody_else_answers(in_process: None) -> None:
    with serve(login_app(USERS)) as server:
        url = server.url
    for address in (url, "http://127.0.0.1:1"):
        with pytest.raises(OSError, match="refused"):
            fetch(address + "/me")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("example.org", 80))


@given(st.binary(max_size=80), st.binary(max_size=40), st.integers(1, 5), st.integers(1, 100))
def test_pbkdf2_is_pbkdf2(password: bytes, salt: bytes, rounds: int, size: int) -> None:
    for name in ("sha1", "sha256", "sha512"):
        assert wasm.pbkdf2_hmac(name, password, salt, rounds, size) == hashlib.pbkdf2_hmac(
            name, password, salt, rounds, size
        )
    assert wasm.pbkdf2_hmac("sha256", password, salt, rounds) == hashlib.pbkdf2_hmac("sha256", password, salt, rounds)
