"""The telescope of lesson 08: key endpoints, how they are asked, and six checks with the flaw that their file names."""

import base64
import json
import sqlite3
import time
from contextlib import closing

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from flask import Flask, Response, redirect

from jwt_from_scratch import Key, decode, encode
from jwt_from_scratch.encoding import b64u_decode
from jwt_from_scratch.services import fetch, jwks, serve
from jwt_from_scratch.services.forgeries import f08_keys
from jwt_from_scratch.services.jwks import get_jwks, issuer_app
from jwt_from_scratch.services.telescope import header_of, telescope_app
from jwt_from_scratch.services.vulnerable.embedded_jwk import embedded_jwk_app
from jwt_from_scratch.services.vulnerable.jku_followed import jku_followed_app
from jwt_from_scratch.services.vulnerable.kid_as_sql import kid_as_sql_app
from jwt_from_scratch.services.vulnerable.one_pool import one_pool_app
from jwt_from_scratch.services.vulnerable.open_redirect import open_redirect_app
from jwt_from_scratch.services.vulnerable.refetching import refetching_app

UPPSALA, LEIDEN = "https://uppsala.example", "https://leiden.example"
OURS, THEIRS = Key.generate("ES256", kid="uppsala-1"), Key.generate("ES256", kid="leiden-1")
MALLORY = Key.generate("ES256", kid="mallory")
KNOWN = {"keys": [OURS.to_jwk()]}


def issue(key, issuer=UPPSALA, exp=600, **header):
    return encode({"iss": issuer, "sub": "ada", "exp": int(time.time()) + exp}, key, header=header)


def named(key, kid):
    return Key.from_jwk(key.to_jwk(private=True) | {"kid": kid})


def status(app, token):
    with serve(app) as site:
        return fetch(site.url, token=token).status


def sql_kid(key=MALLORY):
    return f"x' UNION SELECT '{json.dumps(key.to_jwk())}' --"


@pytest.fixture
def mallory():
    with serve(issuer_app(MALLORY)) as site:
        yield site.url


@pytest.fixture
def uppsala():
    app = issuer_app(OURS)
    with serve(app) as site:
        yield app, site.url + "/jwks.json"


# -- key endpoints ----------------------------------------------------------------------------------------------------


def test_an_issuer_says_where_its_keys_are_and_how_long_they_may_be_kept(uppsala):
    _, address = uppsala
    site = address.removesuffix("/jwks.json")
    said = fetch(site + "/.well-known/openid-configuration").json
    assert said == {"issuer": site, "jwks_uri": address}
    assert fetch(address).headers["Cache-Control"] == "max-age=300"


def test_an_issuer_publishes_the_public_halves_of_its_keys_of_the_moment(uppsala):
    app, url = uppsala
    published = fetch(url)
    assert published.headers["Content-Type"] == "application/jwk-set+json"
    assert published.json == {"keys": [OURS.to_jwk() | {"use": "sig"}]}
    app.keys.append(THEIRS)
    assert get_jwks(url) == {"keys": [key.to_jwk() | {"use": "sig"} for key in (OURS, THEIRS)]}
    assert not any("d" in jwk for jwk in get_jwks(url)["keys"])
    assert app.asked == 3


def test_an_issuer_that_is_down_is_still_counted(uppsala):
    app, url = uppsala
    app.down = True
    with pytest.raises(ValueError, match="503"):
        get_jwks(url)
    assert app.asked == 1


ANSWERS = {
    "not JSON": Response("<h1>maintenance</h1>"),
    "a list": Response("[]"),
    "no keys": Response("{}"),
    "keys is no list": Response('{"keys": {}}'),
    "keys twice": Response('{"keys": [], "keys": []}'),
    "not UTF-8": Response(b"\xff"),
    "too much": Response('{"keys": [' + " " * jwks.MAX_BYTES + "]}"),
    "an error with keys": Response('{"keys": []}', 500),
    "a redirect": redirect("/ok"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_whatever_is_no_key_set_is_refused(answer):
    app = Flask("odd")
    app.add_url_rule("/", view_func=lambda: answer)
    with serve(app) as site, pytest.raises(ValueError, match=r"answer|JSON|UTF-8|name"):
        get_jwks(site.url)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/jwks.json",
        "http://192.0.2.1/jwks.json",
        "http://127.0.0.1@192.0.2.1/",
        "http://0/",
        "file:///dev/null",
        "http://127.0.0.1:99999/",
        "http://[",
        "/jwks.json",
        "",
        "http://127.0.0.1:9/a b",
        "http://127.0.0.1:9/\u00e9",
    ],
)
def test_only_this_machine_is_asked(url):
    with pytest.raises(ValueError, match=r"."):
        get_jwks(url)


def test_nobody_there_is_an_oserror(mallory):
    with serve(Flask("gone")) as site:
        url = site.url
    with pytest.raises(ConnectionRefusedError):
        get_jwks(url)


def test_redirects_are_followed_as_often_as_is_said_and_no_further(mallory):
    app = Flask("round and round")
    targets = {
        "once": f"{mallory}/jwks.json",
        "twice": "/once",
        "loop": "/loop",
        "away": "http://192.0.2.1/jwks.json",
    }
    app.add_url_rule("/<name>", view_func=lambda name: redirect(targets[name]))
    with serve(app) as site:
        assert get_jwks(site.url + "/once", redirects=1)["keys"]
        assert get_jwks(site.url + "/twice", redirects=2)["keys"]
        for path, redirects in (("/once", 0), ("/twice", 1), ("/loop", 5), ("/away", 5)):
            with pytest.raises(ValueError, match=r"status 302|this machine"):
                get_jwks(site.url + path, redirects=redirects)


# -- the telescope ----------------------------------------------------------------------------------------------------


def test_the_telescope_turns_for_a_good_pass_and_survives_every_check():
    def broken(error):
        def check(token):
            raise error

        return check

    token = issue(OURS)
    with serve(telescope_app(lambda token: decode(token, OURS.public()))) as site:
        assert fetch(site.url, token=token).json["observer"] == "ada"
        assert fetch(site.url).status == fetch(site.url, token="a.b").status == 401
    assert status(telescope_app(broken(NotImplementedError("not written yet"))), token) == 501
    assert status(telescope_app(broken(RuntimeError("hm"))), token) == 401
    assert header_of(token)["kid"] == "uppsala-1"


def apps(tmp_path, url):
    return {
        "embedded": embedded_jwk_app(KNOWN),
        "followed": jku_followed_app(KNOWN),
        "sql": kid_as_sql_app(KNOWN, tmp_path / "keys.db"),
        "refetching": refetching_app(url),
        "pool": one_pool_app({UPPSALA: KNOWN, LEIDEN: {"keys": [THEIRS.to_jwk()]}}),
    }


def test_each_opens_to_honest_passes_and_to_its_own_forgery_alone(tmp_path, uppsala, mallory):
    forged = {
        "embedded": issue(MALLORY, jwk=MALLORY.to_jwk()),
        "followed": issue(MALLORY, jku=f"{mallory}/jwks.json"),
        "sql": issue(named(MALLORY, sql_kid())),
        "pool": issue(THEIRS),
    }
    refused = {
        "a stranger's key": issue(MALLORY),
        "a stranger's key under our kid": issue(named(MALLORY, "uppsala-1")),
        "expired": issue(OURS, exp=-1),
        "no token": "",
        "another issuer": issue(MALLORY, issuer="https://mallory.example"),
    }
    for name, app in apps(tmp_path, uppsala[1]).items():
        with serve(app) as site:
            assert fetch(site.url, token=issue(OURS)).status == 200, name
            opened = {other for other, token in forged.items() if fetch(site.url, token=token).status == 200}
            assert opened == {name} & set(forged), name
            for what, token in refused.items():
                assert fetch(site.url, token=token).status == 401, (name, what)


def test_the_pool_knows_its_issuers():
    pool = one_pool_app({UPPSALA: KNOWN, LEIDEN: {"keys": [THEIRS.to_jwk()]}})
    assert status(pool, issue(THEIRS, issuer=LEIDEN)) == 200
    assert status(pool, issue(OURS, issuer="https://mallory.example")) == 401


def test_an_address_inside_is_asked_although_the_pass_is_refused():
    asked = []
    dome = Flask("dome")
    dome.add_url_rule("/open", view_func=lambda: asked.append("open") or "open")
    with serve(dome) as site:
        assert status(jku_followed_app(KNOWN), issue(MALLORY, jku=site.url + "/open")) == 401
        assert asked == ["open"]
        assert status(jku_followed_app(KNOWN, allow=lambda url: False), issue(MALLORY, jku=site.url + "/open")) == 401
        assert asked == ["open"]


def test_a_user_name_and_a_redirect_lead_past_an_address_that_begins_well(mallory):
    with serve(open_redirect_app(OURS)) as site:
        user = f"{site.url}@{mallory.removeprefix('http://')}/jwks.json"
        trap = f"{site.url}/go?to={mallory}/jwks.json"
        honest = issue(OURS, jku=site.url + "/jwks.json")
        for redirects, statuses in ((3, [200, 200, 200]), (0, [200, 200, 401])):
            app = jku_followed_app(KNOWN, lambda url: url.startswith(site.url), redirects)
            assert [
                status(app, token) for token in (honest, issue(MALLORY, jku=user), issue(MALLORY, jku=trap))
            ] == statuses


def test_the_database_is_a_real_one_and_unharmed(tmp_path):
    app = kid_as_sql_app(KNOWN, tmp_path / "keys.db")
    assert status(app, issue(named(MALLORY, sql_kid()))) == 200
    assert status(app, issue(named(MALLORY, "x'; DROP TABLE keys --"))) == 401
    with closing(sqlite3.connect(tmp_path / "keys.db")) as db:
        assert db.execute("SELECT kid FROM keys").fetchall() == [("uppsala-1",)]


def test_every_unknown_kid_costs_a_request_and_a_failure_costs_the_keys(uppsala):
    app, url = uppsala
    with serve(refetching_app(url)) as site:
        assert fetch(site.url, token=issue(OURS)).status == 200
        for number in range(5):
            fetch(site.url, token=issue(named(MALLORY, f"no-{number}")))
        assert fetch(site.url, token=issue(OURS)).status == 200
        assert app.asked == 6
        app.down = True
        assert fetch(site.url, token=issue(OURS)).status == 200
        assert fetch(site.url, token=issue(MALLORY)).status == 401
        assert fetch(site.url, token=issue(OURS)).status == 401


# -- the forgeries ----------------------------------------------------------------------------------------------------


def key_in(header):
    """The key that a token brings, in the header itself or in a certificate."""
    if "jwk" in header:
        return Key.from_jwk(header["jwk"])
    certificate = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
    pem = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Key.from_pem(pem)


def key_in_database(kid):
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE keys (kid TEXT, value TEXT)")
        (value,) = db.execute(f"SELECT value FROM keys WHERE kid = '{kid}'").fetchone()
    return Key.from_jwk(json.loads(value)) if value.startswith("{") else Key.from_secret(b64u_decode(value))


def test_the_forgeries_are_no_straw_men():
    """A verifier with the mistake that a forgery is about accepts it."""
    let_in = {"jwk": 0, "x5c": 0, "SQL": 0}
    for one in f08_keys.forgeries():
        header = header_of(one.token)
        kind = one.name.split()[0].rstrip(":")
        if kind in let_in:
            key = key_in_database(header["kid"]) if kind == "SQL" else key_in(header)
            assert decode(one.token, key, require=())["sub"] == "mallory", one.name
            let_in[kind] += 1
    assert let_in == {"jwk": 4, "x5c": 1, "SQL": 2}


def test_the_other_forgeries_say_where_a_key_is_or_are_signed_by_somebody_else():
    headers = {one.name: header_of(one.token) for one in f08_keys.forgeries()}
    assert sum("jku" in header for header in headers.values()) == 4
    assert sum("x5u" in header for header in headers.values()) == 1
    assert sum(name.startswith("Leiden") for name in headers) == 2
    assert len(headers) == 14
