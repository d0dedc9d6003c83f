"""The mountain rescue of lesson 11: real servers, honest and careless, and the attacks that each allows."""

import runpy
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from jwt_from_scratch import JWTError, KeySet, decode, encode
from jwt_from_scratch.encoding import b64u_decode, json_loads_strict
from jwt_from_scratch.services import serve
from jwt_from_scratch.services.client import Client, client_app
from jwt_from_scratch.services.issuer import ISSUER, LOGOUT_EVENT
from jwt_from_scratch.services.record import HTTPMessage
from jwt_from_scratch.services.station import PAGES, Station, api_name, in_address
from jwt_from_scratch.services.visitor import Visitor
from jwt_from_scratch.services.vulnerable.any_browser import any_browser_client
from jwt_from_scratch.services.vulnerable.any_code import any_code
from jwt_from_scratch.services.vulnerable.any_kind_of_token import any_kind_of_token
from jwt_from_scratch.services.vulnerable.any_login import any_login_client
from jwt_from_scratch.services.vulnerable.local_logout import local_logout_client
from jwt_from_scratch.services.vulnerable.same_refresh_token import same_refresh_token

SOLUTIONS = Path(__file__).resolve().parents[1] / "grader" / "solutions"


def solution(name: str) -> Any:
    """A correct solution of an exercise of the lesson."""
    return runpy.run_path(str(sorted((SOLUTIONS / name).glob("*.py"))[0]))[name]


token_endpoint, refresh, pkce_pair = map(solution, ("token_endpoint", "refresh", "pkce_pair"))


def access_only(token: str, keys: KeySet, me: str) -> dict[str, Any]:
    return decode(token, keys, issuer=ISSUER, audience=me, typ="at+jwt")


def honest(client: Callable[..., Client] = client_app) -> Station:
    return Station(access_only, token_endpoint, refresh, pkce_pair, client)


def careless(client: Callable[..., Client] = client_app) -> Station:
    return Station(access_only, any_code, same_refresh_token, client=client)


@pytest.fixture
def station() -> Iterator[Station]:
    with honest() as made:
        yield made


def redeem(station: Station, address: str, **more: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": in_address(address, "code"),
        "client_id": "rota",
        "redirect_uri": station.url["rota"] + "/callback",
        **more,
    }
    answer = Visitor("mallory").post(station.url["base"] + "/token", form)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.status == (400 if "error" in answer.json else 200)
    return dict(answer.json)


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = token.split(".")
    return json_loads_strict(b64u_decode(header)), json_loads_strict(b64u_decode(payload))


def only_session(client: Client) -> dict[str, str]:
    (session,) = client.sessions.values()
    return session


# -- one login, two clients -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [honest, careless])
def test_one_password_opens_both_clients(make: Callable[[], Station]) -> None:
    with make() as station:
        ada = Visitor("ada")
        assert station.log_in(ada, "rota") == f"rota: hello ada. {PAGES['rota']}"
        assert ada.get(station.url["depot"] + "/login").text == f"depot: hello ada. {PAGES['depot']}"
        assert sorted(ada.cookies) == ["base", "depot", "rota"]
        assert [step.carries for step in station.record.steps if "password" in step.carries][1:] == []


def test_the_tokens_are_told_apart_by_typ_and_aud(station: Station) -> None:
    station.log_in(Visitor("ada"), "rota")
    session = only_session(station.rota)
    (id_header, identity), (access_header, access) = opened(session["id_token"]), opened(session["access_token"])
    assert (id_header["typ"], identity["aud"]) == ("JWT", "rota")
    assert (access_header["typ"], access["aud"], access["client_id"]) == ("at+jwt", api_name("rota"), "rota")
    assert "nonce" in identity
    assert "nonce" not in access
    for claims in (identity, access):
        assert claims["iss"] == ISSUER
        assert claims["exp"] - claims["iat"] == 300
    with pytest.raises(ValueError, match="segments"):
        access_only(session["refresh_token"], KeySet([station.issuer.key.public()]), api_name("rota"))


def test_no_token_reaches_the_browser(station: Station) -> None:
    station.log_in(Visitor("ada"), "rota")
    tokens = [step for step in station.record.steps if any("_token" in name for name in step.carries)]
    assert tokens
    assert all("ada" not in (step.source, step.target) for step in tokens)


def test_a_step_can_be_read(station: Station) -> None:
    station.log_in(Visitor("ada"), "rota")
    assert station.record.steps[0] == HTTPMessage("ada", "rota", "GET /login", (), False)
    texts = [" ".join(str(step).split()) for step in station.record.steps]
    assert texts[0] == "ada --> rota GET /login"
    assert texts[5] == "ada <-- base 302 to rota /callback code, state, cookie"


# -- the issuer -------------------------------------------------------------------------------------------------------


def authorize(station: Station, **changes: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": "rota",
        "redirect_uri": station.url["rota"] + "/callback",
        "state": "s",
        "nonce": "n",
        "code_challenge": pkce_pair(bytes(32))[1],
        "code_challenge_method": "S256",
        **changes,
    }
    return f"{station.url['base']}/authorize?{urlencode(asked)}"


def test_a_wrong_password_gives_the_form_again(station: Station) -> None:
    for user, password in (("ada", "wrong"), ("nobody", ""), ("", "")):
        answer = Visitor("x").post(authorize(station), {"user": user, "password": password}, follow=False)
        assert answer.status == 401
        assert "Location" not in answer.headers
    assert station.issuer.sessions == {}


def test_nobody_is_sent_to_an_address_that_is_not_registered(station: Station) -> None:
    ada = Visitor("ada")
    station.log_in(ada, "rota")
    for changes in (
        {"redirect_uri": "https://mallory.example/callback"},
        {"redirect_uri": station.url["rota"] + "/callback/"},
        {"redirect_uri": station.url["depot"] + "/callback"},
        {"client_id": "mallory"},
    ):
        answer = ada.get(authorize(station, **changes), follow=False)
        assert answer.status == 400
        assert "Location" not in answer.headers


def test_a_login_without_a_good_challenge_is_sent_back_with_an_error(station: Station) -> None:
    ada = Visitor("ada")
    station.log_in(ada, "rota")
    for changes, error in (
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ):
        address = ada.get(authorize(station, **changes), follow=False).headers["Location"]
        assert (in_address(address, "error"), in_address(address, "state")) == (error, "s")
        assert "code=" not in address


def test_a_parameter_twice_is_no_good_request(station: Station) -> None:
    answer = Visitor("x").post(station.url["base"] + "/token", [("grant_type", "a"), ("grant_type", "b")])  # type: ignore[arg-type]
    assert (answer.status, answer.json) == (400, {"error": "invalid_request"})


def test_a_function_that_is_not_written_or_fails_is_said_so() -> None:
    def unwritten(*_: Any) -> Any:
        raise NotImplementedError("not written yet")

    def failing(*_: Any) -> Any:
        raise KeyError("code")

    for function, status, text in ((unwritten, 501, "not written yet"), (failing, 500, "KeyError")):
        with Station(access_only, function, refresh, pkce_pair) as station:
            address = station.until_code(Visitor("ada"), "rota")
            form = {"grant_type": "authorization_code", "code": in_address(address, "code")}
            answer = Visitor("x").post(station.url["base"] + "/token", form)
            assert answer.status == status
            assert text in answer.json["error"]


def test_a_code_works_once_also_when_many_come_at_the_same_moment(station: Station) -> None:
    address = station.until_code(Visitor("ada"), "rota")
    verifier = station.rota.logins[in_address(address, "state")]["verifier"]
    answers: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(redeem(station, address, code_verifier=verifier)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("access_token" in one for one in answers) == 1
    assert station.issuer.state["refresh_tokens"] == {}  # the others were replays


# -- which token opens which API --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "opens"), [(any_kind_of_token, [True, True, True, True]), (access_only, [True, False, False, False])]
)
def test_an_api_that_checks_the_signature_only_takes_every_token(check: Any, opens: list[bool]) -> None:
    with Station(check, any_code, same_refresh_token) as station:
        ada = Visitor("ada")
        station.log_in(ada, "rota")
        station.log_in(ada, "depot")
        tokens = [
            only_session(app)[kind] for app in (station.rota, station.depot) for kind in ("access_token", "id_token")
        ]
        api = station.url["rota-api"] + "/"
        assert [Visitor("mallory").get(api, token=token).status == 200 for token in tokens] == opens


# -- codes ------------------------------------------------------------------------------------------------------------


def test_any_code_serves_the_thief_and_ada() -> None:
    with careless() as station:
        ada = Visitor("ada")
        address = station.until_code(ada, "rota")
        assert {"access_token", "refresh_token"} <= redeem(station, address).keys()
        assert "hello ada" in ada.get(address).text


def test_a_stolen_code_is_worth_nothing_without_the_verifier(station: Station) -> None:
    ada = Visitor("ada")
    address = station.until_code(ada, "rota")
    assert redeem(station, address) == {"error": "invalid_request"}
    for verifier in ("x" * 43, pkce_pair(bytes(32))[1]):
        assert redeem(station, address, code_verifier=verifier) == {"error": "invalid_grant"}
    assert "hello ada" in ada.get(address).text


def test_a_replayed_code_ends_what_was_issued_from_it(station: Station) -> None:
    address = station.until_code(Visitor("ada"), "rota")
    verifier = station.rota.logins[in_address(address, "state")]["verifier"]
    assert "access_token" in redeem(station, address, code_verifier=verifier)
    assert len(station.issuer.state["refresh_tokens"]) == 1
    assert redeem(station, address, code_verifier=verifier) == {"error": "invalid_grant"}
    assert station.issuer.state["refresh_tokens"] == {}


def test_a_login_by_link_works_only_where_the_state_is_not_bound_to_the_browser() -> None:
    for client, text in ((any_browser_client, "hello mallory"), (client_app, "did not begin in this browser")):
        with honest(client) as station:
            link = station.until_code(Visitor("mallory"), "rota")
            assert text in Visitor("ada").get(link).text


@pytest.mark.parametrize(
    ("make", "client", "text"),
    [
        (careless, any_login_client, "hello ada"),
        (careless, client_app, "belongs to another login"),
        (honest, any_login_client, "invalid_grant"),
        (honest, client_app, "invalid_grant"),
    ],
)
def test_an_injected_code_is_seen_by_the_nonce_and_by_pkce(make: Any, client: Any, text: str) -> None:
    with make(client) as station:
        hers = station.until_code(Visitor("ada"), "rota")
        mallory = Visitor("mallory")
        own = station.until_code(mallory, "rota")
        mixed = own.replace(in_address(own, "code"), in_address(hers, "code"))
        assert text in mallory.get(mixed).text


def test_a_client_takes_no_other_token_for_an_id_token() -> None:
    def swapped(request: Any, state: Any, now: int) -> Any:
        response, after = token_endpoint(request, state, now)
        return {**response, "id_token": {**response["id_token"], "aud": "depot"}}, after

    with Station(access_only, swapped, refresh, pkce_pair) as station:
        assert "hello" not in station.log_in(Visitor("ada"), "rota")
        assert station.rota.sessions == {}


# -- refresh tokens ---------------------------------------------------------------------------------------------------


def renew(station: Station, token: str) -> dict[str, Any]:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "rota"}
    return dict(Visitor("mallory").post(station.url["base"] + "/token", form).json)


def test_a_copy_of_a_refresh_token_that_never_changes_works_for_both() -> None:
    with careless() as station:
        ada = Visitor("ada")
        station.log_in(ada, "rota")
        copied = only_session(station.rota)["refresh_token"]
        for _ in range(2):
            assert "access_token" in renew(station, copied)
            assert ada.post(station.url["rota"] + "/renew", {}).text == "rota: renewed"
        assert renew(station, "no such token") == {"error": "invalid_grant"}


@pytest.mark.parametrize("thief_first", [False, True])
def test_the_reuse_of_a_refresh_token_ends_the_family(station: Station, thief_first: bool) -> None:
    ada, bob = Visitor("ada"), Visitor("bob")
    station.log_in(ada, "rota")
    copied = only_session(station.rota)["refresh_token"]
    station.log_in(bob, "rota")
    if thief_first:
        assert "access_token" in renew(station, copied)
    else:
        assert "renewed" in ada.post(station.url["rota"] + "/renew", {}).text
        assert renew(station, copied) == {"error": "invalid_grant"}
    assert "please log in" in ada.post(station.url["rota"] + "/renew", {}).text
    assert {one["sub"] for one in station.issuer.state["refresh_tokens"].values()} == {"bob"}
    assert bob.post(station.url["rota"] + "/renew", {}).text == "rota: renewed"
    assert ada.post(station.url["rota"] + "/renew", {}).text == "rota: please log in"


# -- logout -----------------------------------------------------------------------------------------------------------


def test_a_local_logout_leaves_everything_but_one_session() -> None:
    with honest(local_logout_client) as station:
        ada = Visitor("ada")
        station.log_in(ada, "rota")
        station.log_in(ada, "depot")
        copied = only_session(station.rota)["refresh_token"]
        assert ada.post(station.url["rota"] + "/logout", {}).text == "rota: please log in"
        assert "hello ada" in ada.get(station.url["depot"] + "/").text
        assert "hello ada" in ada.get(station.url["rota"] + "/login").text
        assert "access_token" in renew(station, copied)


def test_a_logout_at_the_issuer_ends_everything_but_the_access_token(station: Station) -> None:
    ada, bob = Visitor("ada"), Visitor("bob")
    station.log_in(bob, "depot")
    station.log_in(ada, "rota")
    station.log_in(ada, "depot")
    unused = station.until_code(ada, "rota")
    kept = dict(only_session(station.rota))
    assert ada.post(station.url["rota"] + "/logout", {}).text == "rota: please log in"
    assert ada.get(station.url["depot"] + "/").text == "depot: please log in"
    assert "password" in ada.get(station.url["rota"] + "/login").text
    assert renew(station, kept["refresh_token"]) == {"error": "invalid_grant"}
    assert in_address(unused, "code") not in station.issuer.state["codes"]
    assert Visitor("x").get(station.url["rota-api"] + "/", token=kept["access_token"]).status == 200
    assert "hello bob" in bob.get(station.url["depot"] + "/").text


def test_no_other_site_can_log_ada_out(station: Station) -> None:
    ada, mallory = Visitor("ada"), Visitor("mallory")
    station.log_in(ada, "rota")
    session = dict(only_session(station.rota))
    station.log_in(mallory, "depot")
    hers = only_session(station.depot)
    address = station.url["base"] + "/logout"
    for hint in ("", "x", hers["id_token"], session["access_token"]):
        assert ada.get(f"{address}?id_token_hint={hint}", follow=False).status == 400
    assert mallory.get(f"{address}?id_token_hint={session['id_token']}", follow=False).status == 400
    assert "hello ada" in ada.get(station.url["rota"] + "/").text
    assert ada.get(f"{address}?id_token_hint={session['id_token']}", follow=False).status == 302


def test_a_client_takes_nothing_but_a_logout_token_for_one(station: Station) -> None:
    station.log_in(Visitor("ada"), "rota")
    session = only_session(station.rota)
    good = {"iss": ISSUER, "sub": "ada", "aud": "rota", "exp": 4_000_000_000, "events": {LOGOUT_EVENT: {}}}
    key = station.issuer.key
    bad = [
        session["id_token"],
        session["access_token"],
        "",
        encode(good, key),
        encode(good | {"nonce": "n"}, key, typ="logout+jwt"),
        encode(good | {"aud": "depot"}, key, typ="logout+jwt"),
        encode(good | {"events": {}}, key, typ="logout+jwt"),
        encode(good | {"exp": 1}, key, typ="logout+jwt"),
    ]
    address = station.url["rota"] + "/backchannel"
    for token in bad:
        assert Visitor("base").post(address, {"logout_token": token}).status == 400
    assert only_session(station.rota)["sub"] == "ada"
    token = encode(good, key, typ="logout+jwt")
    with pytest.raises(JWTError):
        access_only(token, KeySet([key.public()]), "rota")
    assert Visitor("base").post(address, {"logout_token": token}).status == 200
    assert station.rota.sessions == {}


# -- the visitor ------------------------------------------------------------------------------------------------------


def test_a_visitor_stays_on_this_machine() -> None:
    for address in ("https://127.0.0.1/", "http://base.example/", "file:///etc/passwd", "http://127.0.0.1.example/"):
        with pytest.raises(ValueError, match="not on this machine"):
            Visitor("ada").get(address)


def test_a_visitor_gives_up_going_in_circles() -> None:
    from flask import Flask, redirect

    app, seen = Flask("circle"), []

    @app.get("/")
    def again() -> Any:
        seen.append(1)
        return redirect("/")

    with serve(app) as server:
        assert Visitor("ada").get(server.url + "/").status == 302
    assert len(seen) == 9
