"""The honest services: an API that leaves the check to its owner, and a login that serves several APIs."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jwt_from_scratch import JWTError, Key, decode, services
from jwt_from_scratch.services import Server, fetch, serve, vulnerable
from jwt_from_scratch.services.api import api_app
from jwt_from_scratch.services.depot import BadProof, depot_app
from jwt_from_scratch.services.dpop import make_proof
from jwt_from_scratch.services.login import ISSUER, login_app

ADA = {"user": "ada", "password": "pw"}


@pytest.fixture
def key() -> Key:
    return Key.generate("ES256")


@pytest.fixture
def serving() -> Iterator[Callable[[Any], Server]]:
    servers: list[Server] = []

    def start(app: Any) -> Server:
        servers.append(serve(app))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def test_a_token_is_for_the_service_that_was_asked_for(serving: Callable[[Any], Server], key: Key) -> None:
    login = serving(
        login_app({"ada": ("pw", {"aud": "nobody"})}, key, issuer="https://a.example", audiences=["x", "y"])
    )
    token = fetch(login.url + "/login", json={**ADA, "audience": "y"}).json["access_token"]
    assert decode(token, key.public(), issuer="https://a.example", audience="y")["sub"] == "ada"
    with pytest.raises(JWTError, match="aud"):
        decode(token, key.public(), issuer="https://a.example", audience="x")


@pytest.mark.parametrize("audience", ["z", "", None, 7, ["x"], {"x": 1}])
def test_a_service_that_nobody_knows_gets_no_token(serving: Callable[[Any], Server], key: Key, audience: Any) -> None:
    login = serving(login_app({"ada": ("pw", {})}, key, audiences=["x", "y"]))
    answer = fetch(login.url + "/login", json={**ADA, "audience": audience})
    assert (answer.status, answer.json) == (400, {"error": "invalid_target"})


def test_without_an_audience_the_token_is_for_the_login_itself(serving: Callable[[Any], Server], key: Key) -> None:
    login = serving(login_app({"ada": ("pw", {"role": "customer"})}, key, audiences=["x"]))
    token = fetch(login.url + "/login", json=ADA).json["access_token"]
    assert "aud" not in decode(token, key.public(), issuer=ISSUER)
    assert fetch(login.url + "/me", token=token).json == {"hello": "ada", "role": "customer"}
    other = fetch(login.url + "/login", json={**ADA, "audience": "x"}).json["access_token"]
    assert fetch(login.url + "/me", token=other).status == 401


def test_an_api_does_what_its_check_says(serving: Callable[[Any], Server]) -> None:
    def check(token: str) -> dict[str, Any]:
        if token == "unwritten":
            raise NotImplementedError("not written yet")
        if token != "good":
            raise ValueError("aud: someone else")
        return {"sub": "ada"}

    api = serving(api_app("the wages", check))
    assert fetch(api.url, token="good").json == {"hello": "ada", "page": "the wages"}
    bad = fetch(api.url, token="bad")
    assert (bad.status, bad.json) == (401, {"reason": "aud: someone else"})
    assert bad.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    nothing = fetch(api.url)
    assert (nothing.status, nothing.headers["WWW-Authenticate"]) == (401, 'Bearer realm="course"')
    unwritten = fetch(api.url, token="unwritten")
    assert (unwritten.status, unwritten.json) == (501, {"reason": "not written yet"})


# -- the map ----------------------------------------------------------------------------------------------------------


def first_line(path: Path) -> str:
    return path.read_text("utf-8").splitlines()[0]


def test_the_open_page_of_the_depot_shows_no_ropes(serving: Callable[[Any], Server]) -> None:
    depot = serving(depot_app(lambda asked: (200, "")))
    assert fetch(depot.url + "/about", form={"rope": "7", "to": "x"}).json == {"page": "/about"}
    assert fetch(depot.url + "/ropes", form={"rope": "8", "to": "ada"}).json == {"ropes": {"8": "ada"}}


@pytest.mark.parametrize(
    ("status", "why", "error"),
    [
        (401, ValueError("bound to another key"), "invalid_token"),
        (401, BadProof("iat is not now"), "invalid_dpop_proof"),
        (403, "not with this token", "insufficient_scope"),
    ],
    ids=["token", "proof", "scope"],
)
def test_the_depot_says_what_was_wrong(
    serving: Callable[[Any], Server], status: int, why: str | ValueError, error: str
) -> None:
    depot = serving(depot_app(lambda asked: (status, why)))
    answer = fetch(depot.url + "/ropes", token="some")
    assert (answer.status, answer.json) == (status, {"error": error, "reason": str(why)})
    assert answer.headers["WWW-Authenticate"] == f'DPoP error="{error}", algs="ES256 Ed25519"'
    nothing = fetch(depot.url + "/ropes")
    assert (nothing.status, nothing.json) == (status, {"reason": str(why)})
    assert nothing.headers["WWW-Authenticate"] == 'DPoP algs="ES256 Ed25519"'


def test_two_clients_of_the_depot_may_give_their_proofs_the_same_name(serving: Callable[[Any], Server]) -> None:
    app = depot_app(lambda asked: (200, ""), lambda proof, asked, now, seen: str(sorted(seen)))
    depot, key = serving(app), Key.generate("ES256")
    proof = make_proof(key, "POST", depot.url + "/token", jti="one")
    answers = []
    for client in ("rota", "quartermaster", "rota"):
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": app.secrets[client]}
        answers.append(fetch(depot.url + "/token", form=form, headers={"DPoP": proof}))
    assert [one.status for one in answers] == [200, 200, 400]
    assert answers[2].json == {"error": "invalid_dpop_proof", "reason": "this proof has been shown before"}


def test_the_map_of_services_has_each_file_and_its_lesson() -> None:
    folder = Path(services.__file__).parent
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", services.__doc__ or "", re.MULTILINE)
    files = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    assert sorted(name for name, _ in rows) == sorted(files - {"__init__"})
    for name, lessons in rows:
        path = folder / f"{name}.py"
        if re.match(r"\d", lessons) and path.exists():
            assert re.findall(r"\d\d", first_line(path).partition(":")[0]) == lessons.split(", ")


def test_each_vulnerable_service_says_so_and_in_which_lesson() -> None:
    files = [path for path in Path(vulnerable.__file__).parent.glob("*.py") if path.stem != "__init__"]
    assert len(files) > 20
    for path in files:
        assert re.match(r'"""VULNERABLE ON PURPOSE \(lesson \d\d\): ', first_line(path)), path.name
