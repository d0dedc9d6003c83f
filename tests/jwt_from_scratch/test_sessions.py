"""The climbing hall, its proxy and the store that its nodes share."""

import time

import pytest

from jwt_from_scratch import JWTError, Key, decode, encode
from jwt_from_scratch.services import fetch, serve
from jwt_from_scratch.services.forgeries.f09_sessions import forgeries, honest, twin
from jwt_from_scratch.services.hall import hall_app
from jwt_from_scratch.services.proxy import proxy_app, taking_turns
from jwt_from_scratch.services.shared import SharedStore


@pytest.fixture
def store(tmp_path):
    one = SharedStore(tmp_path / "hall.db")
    yield one
    one.close()


# -- the hall ---------------------------------------------------------------------------------------------------------


def test_the_hall_knows_who_logged_in_until_the_logout(store):
    with serve(hall_app("north", store.create, store.get, store.destroy)) as hall:
        login = fetch(hall.url + "/login", json={"user": "ada"})
        credential = login.json["credential"]
        assert login.headers["Set-Cookie"] == f"hall={credential}; Path=/; HttpOnly; SameSite=Lax"
        assert fetch(hall.url + "/me", token=credential).json == {"hello": "ada", "node": "north"}
        assert fetch(hall.url + "/me", token="x" + credential).status == 401
        assert fetch(hall.url + "/me").status == 401
        assert fetch(hall.url + "/logout", json={}, token=credential).status == 200
        assert fetch(hall.url + "/me", token=credential).status == 401


def test_the_hall_takes_the_cookie_too(store):
    client = hall_app("north", store.create, store.get, store.destroy).test_client()
    assert client.post("/login", json={"user": "ada"}).status_code == 200
    assert client.get("/me").json["hello"] == "ada"
    assert client.get("/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_what_is_not_written_yet_is_answered_with_501():
    def unwritten(text):
        raise NotImplementedError("not written yet")

    client = hall_app("north", unwritten, unwritten, unwritten).test_client()
    assert client.post("/login", json={"user": "ada"}).status_code == 501
    assert client.post("/login", data="no JSON").status_code == 501
    assert client.get("/me").status_code == 501
    assert client.post("/logout").json == {"reason": "not written yet"}


# -- the proxy --------------------------------------------------------------------------------------------------------


def site(store, choose):
    nodes = {name: serve(hall_app(name, store.create, store.get, store.destroy)) for name in ("north", "south")}
    up = {name: node.url for name, node in nodes.items()}
    return nodes, up, serve(proxy_app(up, choose))


def test_the_proxy_takes_turns_and_passes_all_that_matters(store):
    nodes, up, proxy = site(store, taking_turns())
    try:
        login = fetch(proxy.url + "/login", json={"user": "ada"})
        assert login.json["node"] == "north"
        assert "HttpOnly" in login.headers["Set-Cookie"]
        seen = [fetch(proxy.url + "/me", token=login.json["credential"]).json["node"] for _ in range(4)]
        assert seen == ["south", "north", "south", "north"]
        assert fetch(proxy.url + "/no/such/page").status == 404
        assert fetch(proxy.url + "/me").status == 401
        nodes["north"].close()
        assert {fetch(proxy.url + "/me", token=login.json["credential"]).status for _ in range(2)} == {200, 502}
        del up["north"]
        assert fetch(proxy.url + "/me", token=login.json["credential"]).json["node"] == "south"
    finally:
        for server in (proxy, *nodes.values()):
            server.close()


def test_the_proxy_routes_by_what_the_client_brings(store):
    asked = []

    def choose(brought, names):
        asked.append((brought, names))
        return "south"

    nodes, _, proxy = site(store, choose)
    try:
        login = fetch(proxy.url + "/login", json={"user": "ada"})
        assert fetch(proxy.url + "/me", token=login.json["credential"]).json == {"hello": "ada", "node": "south"}
        assert asked == [("", ["north", "south"]), (login.json["credential"], ["north", "south"])]
    finally:
        for server in (proxy, *nodes.values()):
            server.close()


def test_a_route_that_is_not_written_yet_is_answered_with_501(store):
    def unwritten(brought, names):
        raise NotImplementedError("not written yet")

    assert proxy_app({"north": "http://127.0.0.1:1"}, unwritten).test_client().get("/me").status_code == 501


# -- the shared store -------------------------------------------------------------------------------------------------


def test_two_nodes_see_the_same_sessions(tmp_path):
    north, south = (SharedStore(tmp_path / "hall.db") for _ in range(2))
    try:
        phone, laptop, other = north.create("ada"), south.create("ada"), north.create("zoë's")
        assert len({phone, laptop, other}) == 3
        assert (south.get(phone), north.get(laptop), south.get(other)) == ("ada", "ada", "zoë's")
        south.destroy(phone)
        south.destroy(phone)
        with pytest.raises(KeyError):
            north.get(phone)
        north.destroy_all("ada")
        with pytest.raises(KeyError):
            south.get(laptop)
        assert north.get(other) == "zoë's"
        assert north.lookups == 6
    finally:
        north.close()
        south.close()


def test_two_nodes_see_the_same_refused_tokens(tmp_path):
    north, south = (SharedStore(tmp_path / "hall.db") for _ in range(2))
    try:
        north.add("https://a", "1", 100)
        north.add("https://b", "1", 200.5)
        south.add("https://a", "1", 50)
        assert [south.blocked("https://a", "1", now) for now in (0, 60, 99.5, 100)] == [True, True, True, False]
        assert not south.blocked("https://c", "1", 0)
        assert not south.blocked("https://a", "", 0)
        north.add("https://a", "1", 150)
        assert south.blocked("https://a", "1", 149)
        assert [south.size(now) for now in (149, 150, 200, 200.5)] == [2, 1, 1, 0]
    finally:
        north.close()
        south.close()


# -- one token, other spellings ---------------------------------------------------------------------------------------


def test_a_forgiving_verifier_is_shown_the_other_spellings():
    names = [one.name for one in forgeries()]
    for alg in ("HS256", "ES256", "Ed25519"):
        assert sum(name.startswith(alg) for name in names) == 7
    assert all(one.token.count(".") == 2 for one in forgeries())


def test_the_twin_of_a_token_is_another_text_with_the_same_claims():
    key = Key.generate("ES256")
    token = encode({"iss": "https://hall.example", "jti": "7w", "exp": int(time.time()) + 60}, key)
    assert twin(token) != token
    assert twin(twin(token)) == token
    expected = {"issuer": "https://hall.example"}
    assert decode(twin(token), key.public(), **expected) == decode(token, key.public(), **expected)
    with pytest.raises(JWTError):
        decode(twin(token)[:-1], key.public(), **expected)
    assert {one.claims["jti"] for one in honest() if "jti" in one.claims} == {"logged-out"}
