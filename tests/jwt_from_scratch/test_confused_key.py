"""The server that confuses its key: right for honest tokens, open to one forgery, and only to that one."""

import hashlib
import hmac

import pytest

from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_encode, json_dumps
from jwt_from_scratch.services import fetch, serve
from jwt_from_scratch.services.vulnerable.confused_key import claims_of, confused_key_app

KEY = Key.generate("RS256")
PEM = KEY.to_pem().encode()
ADMIN = {"sub": "mallory", "role": "admin", "exp": 4_000_000_000}


def confused(secret, claims=ADMIN, alg="HS256"):
    signing_input = ".".join(b64u_encode(json_dumps(part)) for part in ({"alg": alg}, claims))
    return f"{signing_input}.{b64u_encode(hmac.new(secret, signing_input.encode(), hashlib.sha256).digest())}"


@pytest.fixture(scope="module")
def url():
    with serve(confused_key_app(KEY)) as server:
        yield server.url


def test_a_visitor_gets_a_token_that_is_no_key_to_the_vault(url):
    token = fetch(f"{url}/login", json={"user": "mallory"}).json["access_token"]
    assert claims_of(token, PEM)["role"] == "visitor"
    assert fetch(f"{url}/vault", token=token).status == 403


def test_the_public_key_as_a_secret_opens_it(url):
    answer = fetch(f"{url}/vault", token=confused(PEM))
    assert (answer.status, answer.json["welcome"]) == (200, "mallory")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b",
        "e30.e30.",
        "W10.e30.",
        confused(PEM.strip()),
        confused(b""),
        confused(PEM, alg="RS256"),
        confused(PEM, alg="none"),
        confused(PEM, alg=["HS256"]),
        confused(PEM, claims=ADMIN | {"exp": 1}),
        confused(PEM, claims=ADMIN | {"exp": "late"}),
        confused(PEM, claims=["admin"]),
        confused(PEM, claims={"role": "admin"}),
    ],
    ids=lambda _: "token",  # made anew each time
)
def test_nothing_else_does(url, token):
    assert fetch(f"{url}/vault", token=token).status == 401
