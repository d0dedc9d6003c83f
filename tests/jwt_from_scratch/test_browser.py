"""Lesson 10's servers and the rule model of a browser. `tests/browser` holds the model against a real Chromium."""

import time

import pytest

from jwt_from_scratch import Key, decode
from jwt_from_scratch.services import browsers, fetch, serve
from jwt_from_scratch.services.archive import sign
from jwt_from_scratch.services.browser_model import LAX_POST_SECONDS, Model
from jwt_from_scratch.services.kittens import kittens_app
from jwt_from_scratch.services.page_scripts import TWINS, page_script, ride_note, theft_note
from jwt_from_scratch.services.shed import shed_app
from jwt_from_scratch.services.vulnerable.give_by_get import give_by_get_app
from jwt_from_scratch.services.vulnerable.raw_notes import raw_notes_app

KEY = Key.generate("HS256", kid="test")
JWK = KEY.to_jwk(private=True)
SAFE_COOKIE = "cookie; Secure; HttpOnly; SameSite=Lax"


def check(token):
    return decode(token, KEY)


@pytest.fixture
def kittens():
    app = kittens_app()
    with serve(app) as server:
        app.near, app.far = server.url, server.url.replace("127.0.0.1", "localhost")
        yield app


def logged_in(browser, url):
    browser.open(url)
    browser.press("login")
    return browser


# -- the tool library -------------------------------------------------------------------------------------------------


def test_a_token_is_taken_from_where_it_is_kept_and_from_nowhere_else():
    with serve(shed_app(JWK, check, "localStorage")) as site:
        token = fetch(site.url + "/login", json={}).text
        assert fetch(site.url + "/me", token=token).text.count("hello") == 1
        assert "who are you" in fetch(f"{site.url}/me?token={token}").text
    with serve(shed_app(JWK, check, "url")) as site:
        assert "hello" in fetch(f"{site.url}/me?token={token}").text
        assert "who are you" in fetch(f"{site.url}/me?token={token[:-2]}").text


def test_a_worthless_bearer_token_does_not_open_the_way_for_the_cookie():
    shed = shed_app(JWK, check, "cookie")
    client = shed.test_client()
    client.post("/login", data={"user": "ada"})
    assert b"ada gives" in client.post("/give", data={"to": "bob"}).data
    refused = client.post("/give", data={"to": "mallory"}, headers={"Authorization": "Bearer nonsense"})
    assert refused.status_code == 401
    assert shed.gifts == [("ada", "bob")]


def test_notes_and_names_are_escaped():
    shed = shed_app(JWK, check, "cookie")
    shed.notes.append("<script>alert(1)</script>")
    client = shed.test_client()
    client.post("/login", data={"user": "<b>ada"})
    assert b"<script>alert" not in client.get("/").data
    assert b"<b>" not in client.get("/").data
    assert b"<b>" not in client.post("/give", data={"to": "<b>bob"}).data


def test_a_guard_that_stumbles_lets_nobody_in(kittens):
    def unwritten(request):
        raise NotImplementedError("not written yet")

    shed = shed_app(JWK, check, "cookie", guard=unwritten)
    client = shed.test_client()
    assert client.post("/login", data={"user": "ada"}).status_code == 501
    client.set_cookie("token", sign({"sub": "ada", "exp": time.time() + 60}, JWK))
    answer = client.post("/give", data={"to": "bob"})
    assert (answer.status_code, shed.gifts) == (501, [])
    assert b"not written yet" in answer.data


def test_the_login_is_guarded_too():
    shed = shed_app(JWK, check, "cookie", guard=lambda request: request["headers"].get("Origin") != "null")
    assert shed.test_client().post("/login", data={"user": "ada"}).headers.get("Set-Cookie")
    forged = shed.test_client().post("/login", data={"user": "mallory"}, headers={"Origin": "null"})
    assert (forged.status_code, "Set-Cookie" in forged.headers) == (403, False)


def test_the_attackers_site_points_at_this_machine_only(kittens):
    for at in ("https://elsewhere.example/", "http://127.0.0.1.elsewhere.example/", 'http://127.0.0.1:1/"onx=', ""):
        assert 'action=""' in kittens.test_client().get("/form", query_string={"at": at}).text


# -- the model --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("a=1", True),
        ("a=1; Secure; SameSite=None", True),
        ("a=1; SameSite=None", False),
        ("__Host-a=1; Secure; Path=/", True),
        ("__Host-a=1; Path=/", False),
        ("__Host-a=1; Secure", False),
        ("__Host-a=1; Secure; Path=/tools", False),
        ("__Secure-a=1; Path=/", False),
        ("a=1; Domain=shed.example", False),
        ("a=1; Max-Age=0", False),
        (f"a={'x' * 4095}", True),
        (f"a={'x' * 4096}", False),
    ],
)
def test_which_cookies_are_kept(line, kept):
    model = Model()
    model.keep(line, "http://127.0.0.1:8000/board")
    assert bool(model.kept) is kept


def test_secure_cookies_are_neither_kept_nor_sent_on_plain_http_elsewhere():
    model = Model()
    model.keep("a=1; Secure; Path=/", "http://shed.example/")
    assert model.kept == []
    model.keep("a=1; Secure; Path=/", "https://shed.example/")
    assert model.cookies_for("https://shed.example/", "GET", None) == "a=1"
    assert model.cookies_for("http://shed.example/", "GET", None) == ""


def test_a_cookie_without_samesite_rides_with_a_form_for_two_minutes(kittens):
    now = [1000.0]
    shed = shed_app(JWK, check, "cookie")
    with serve(shed) as site:
        model = logged_in(Model(clock=lambda: now[0]), site.url)
        now[0] += LAX_POST_SECONDS - 1
        model.open(f"{kittens.far}/form?at={site.url}/give")
        assert shed.gifts == [("ada", "mallory")]
        now[0] += 1
        model.open(f"{kittens.far}/form?at={site.url}/give")
        assert (shed.gifts, model.read("status")) == ([("ada", "mallory")], "log in first")
        model.open(f"{kittens.far}/link?at={site.url}/me")
        assert model.read("user") == "ada"


def test_strict_lax_and_the_neighbour(kittens):
    for same_site, link, form in (("Lax", "ada", ""), ("Strict", "", ""), ("None", "ada", "ada")):
        shed = shed_app(JWK, check, f"cookie; Secure; SameSite={same_site}")
        with serve(shed) as site:
            model = logged_in(Model(), site.url)
            for start, who in ((f"{kittens.far}/link", link), (f"{kittens.far}/form", form)):
                path = "/me" if "link" in start else "/give"
                model.open(f"{start}?at={site.url}{path}")
                assert shed.visits[-1].who == who, (same_site, start)
            model.open(f"{kittens.near}/form?at={site.url}/give")
            assert shed.visits[-1].who == "ada"


def test_scripts_read_what_they_may_and_act_where_they_are(kittens):
    for keep, stolen in (("cookie", True), (SAFE_COOKIE, False), ("localStorage", True), ("memory", True)):
        shed = raw_notes_app(JWK, check, keep)
        shed.notes += [theft_note(kittens.far + "/loot"), ride_note()]
        kittens.loot.clear()
        with serve(shed) as site:
            logged_in(Model(), site.url)
        assert ("ada", "mallory") in shed.gifts
        assert any("eyJ" in piece for piece in kittens.loot) is stolen, keep


def test_get_gives_only_where_that_is_the_flaw(kittens):
    for make, gifts in ((shed_app, []), (give_by_get_app, [("ada", "mallory")])):
        shed = make(JWK, check, SAFE_COOKIE)
        with serve(shed) as site:
            client = shed.test_client()
            client.post("/login", data={"user": "ada"})
            client.get("/give?to=mallory")
            assert shed.gifts == gifts
            assert site.url


def test_the_model_runs_no_unknown_script_and_asks_nobody_else():
    shed = raw_notes_app(JWK, check)
    shed.notes.append("<script>alert(1)</script>")
    with serve(shed) as site, pytest.raises(ValueError, match="JavaScript"):
        Model().open(site.url)
    with pytest.raises(ValueError, match="this machine"):
        Model().open("http://shed.example/")


def test_every_script_of_the_lesson_has_a_twin():
    for keep in ("cookie", SAFE_COOKIE, "localStorage", "memory", "url"):
        assert page_script(keep) in TWINS


def test_without_chromium_the_model_takes_over(monkeypatch):
    monkeypatch.delenv("JWT_COURSE_BROWSER", raising=False)
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert isinstance(browsers.open_browser(), Model)
    with pytest.raises(RuntimeError, match="no Chromium"):
        browsers.open_browser("chromium")
    monkeypatch.setenv("JWT_COURSE_BROWSER", "model")
    assert isinstance(browsers.open_browser(), Model)


def test_until_waits_and_gives_up():
    answers = iter([False, False, True])
    assert browsers.until(lambda: next(answers))
    assert not browsers.until(lambda: False, seconds=0.02)
