"""The archive and its seven guards: each has the flaw that its file names, and no other of the seven."""

import hashlib
import hmac
import json
import keyword
import os
import secrets
import time

import pytest

from jwt_from_scratch import Key, decode
from jwt_from_scratch.encoding import b64u_encode, json_dumps
from jwt_from_scratch.services import fetch, serve
from jwt_from_scratch.services.archive import archive_app, read, sign
from jwt_from_scratch.services.vulnerable.crit_ignored import crit_ignored_app
from jwt_from_scratch.services.vulnerable.empty_key import empty_key_app
from jwt_from_scratch.services.vulnerable.empty_signature import empty_signature_app
from jwt_from_scratch.services.vulnerable.json_accepted import json_accepted_app
from jwt_from_scratch.services.vulnerable.kid_as_path import kid_as_path_app
from jwt_from_scratch.services.vulnerable.never_verified import never_verified_app
from jwt_from_scratch.services.vulnerable.none_accepted import none_accepted_app

KEY = {"kty": "oct", "k": b64u_encode(secrets.token_bytes(32)), "alg": "HS256", "kid": "2026"}
ADMIN = {"sub": "mallory", "role": "admin", "exp": int(time.time()) + 86_400}  # the suite may take a while
READER = ADMIN | {"role": "reader"}
CRIT = sign(ADMIN, KEY, crit=["terminal"], terminal=1)


def strict(token):
    return decode(token, Key.from_jwk(KEY))


@pytest.fixture
def apps(tmp_path):
    return {
        "payload": never_verified_app(KEY),
        "none": none_accepted_app(KEY),
        "empty": empty_signature_app(KEY),
        "path": kid_as_path_app(KEY, tmp_path),
        "no key": empty_key_app(KEY),
        "crit": crit_ignored_app(KEY),
        "json": json_accepted_app(KEY),
        "strict": archive_app(strict, KEY),
    }


def sealed(secret, **header):
    signing_input = f"{b64u_encode(json_dumps({'alg': 'HS256', **header}))}.{b64u_encode(json_dumps(ADMIN))}"
    return f"{signing_input}.{b64u_encode(hmac.new(secret, signing_input.encode(), hashlib.sha256).digest())}"


def forged():
    header, payload, signature = sign(READER, KEY).split(".")
    admin = b64u_encode(json_dumps(ADMIN))
    with open(keyword.__file__, "rb") as file:
        content = file.read()
    both = {"protected": header, "payload": payload, "signature": signature, "x": f".{admin}."}
    return {
        "payload": f"{header}.{admin}.{signature}",
        "none": f"{b64u_encode(json_dumps({'alg': 'none'}))}.{admin}.",
        "empty": f"{header}.{admin}.",
        "path": sealed(content, kid=keyword.__file__),
        "no key": sealed(b"", kid="no such key"),
        "json": json.dumps(both),
    }


def statuses(app, tokens):
    with serve(app) as archive:
        return {name: fetch(archive.url + "/strongroom", token=token).status for name, token in tokens.items()}


def test_each_guard_takes_its_own_forgery_and_only_who_never_verifies_takes_more(apps):
    for door, app in apps.items():
        opened = {name for name, status in statuses(app, forged()).items() if status == 200}
        if door == "payload":
            assert opened == set(forged())
        else:
            assert opened == {door} & set(forged()), door


def test_honest_tokens_are_judged_by_their_role_and_their_time(apps):
    tokens = {
        "admin": sign(ADMIN, KEY),
        "reader": sign(READER, KEY),
        "old": sign(ADMIN | {"exp": 1}, KEY),
        "no exp": sign({"role": "admin"}, KEY),
        "nothing": "",
    }
    for door, app in apps.items():
        assert list(statuses(app, tokens).values()) == [200, 403, 401, 401, 401], door


def test_only_the_strict_guard_refuses_what_it_does_not_understand(apps):
    for door, app in apps.items():
        assert statuses(app, {"crit": CRIT})["crit"] == (401 if door == "strict" else 200)


def test_login_gives_a_readers_token_whatever_it_is_asked(apps):
    with serve(apps["strict"]) as archive:
        for form in ({"user": "ada"}, {"user": "ada", "role": "admin"}, {}):
            token = fetch(archive.url + "/login", json=form).json["access_token"]
            claims = strict(token)
            assert claims["role"] == "reader"
            assert claims["sub"] == form.get("user", "guest")


def test_a_list_of_forbidden_names_is_not_enough():
    admin = b64u_encode(json_dumps(ADMIN))
    tokens = {alg: f"{b64u_encode(json_dumps({'alg': alg}))}.{admin}." for alg in ("none", "None", "nOnE", "nine")}
    assert list(statuses(none_accepted_app(KEY, forbidden=["none"]), tokens).values()) == [401, 200, 200, 401]


def test_dev_null_is_an_empty_key_and_a_missing_file_is_none(tmp_path):
    tokens = {"null": sealed(b"", kid=os.devnull), "missing": sealed(b"", kid="no such file"), "none": sealed(b"")}
    answers = statuses(kid_as_path_app(KEY, tmp_path), tokens)
    assert (answers["missing"], answers["none"]) == (401, 401)
    if os.name != "nt":
        assert answers["null"] == 200


def test_a_guard_who_stumbles_lets_nobody_in(capfd):
    def stumbling(token):
        raise RuntimeError("oh")

    assert statuses(archive_app(stumbling, KEY), {"admin": sign(ADMIN, KEY)}) == {"admin": 401}
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("segment", ["", "W10", "eyJhIjoxLCJhIjoyfQ", "e30=", "é"])
def test_read_takes_only_strict_objects(segment):
    with pytest.raises(ValueError, match=r"not|twice"):
        read(segment)
