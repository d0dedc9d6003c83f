"""The integer arithmetic of lesson 06 agrees with the library, and its signing server has just the one flaw."""

import hashlib
import random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from jwt_from_scratch import Key, encode, verify
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict
from jwt_from_scratch.services import fetch, p256, serve
from jwt_from_scratch.services.forgeries import f06_ecdsa
from jwt_from_scratch.services.p256 import FIELD, A, B, G, N
from jwt_from_scratch.services.vulnerable.repeated_nonce import repeated_nonce_app


def library(k):
    numbers = ec.derive_private_key(k, ec.SECP256R1()).public_key().public_numbers()
    return numbers.x, numbers.y


def number(data):
    return int.from_bytes(data, "big")


def test_the_constants_are_those_of_the_curve():
    x, y = G
    assert (y * y - x**3 - A * x - B) % FIELD == 0
    assert library(1) == G
    assert p256.scalar_mul(N, G) is None
    assert ec.SECP256R1().group_order == N


@pytest.mark.parametrize("k", [1, 2, 3, 7, 2**128 + 1, N - 1])
def test_multiples_agree_with_the_library(k):
    assert p256.scalar_mul(k, G) == library(k)


def test_sums_agree_with_the_library():
    dice = random.Random(6)
    for _ in range(20):
        a, b = dice.randrange(1, N), dice.randrange(1, N)
        assert p256.point_add(library(a), library(b)) == library((a + b) % N)
    assert p256.point_add(G, G) == library(2)
    assert p256.point_add(G, library(N - 1)) is None
    assert p256.point_add(None, G) == p256.point_add(G, None) == G
    assert p256.point_add(None, None) is None
    assert p256.scalar_mul(0, G) is None


def test_who_reads_all_behind_r_as_s_lets_signatures_of_other_lengths_in():
    """The forgeries of that form are no straw men: the numbers in them are those of a good signature."""
    taken = set()
    for one in f06_ecdsa.forgeries():
        signing_input, _, seal = one.token.rpartition(".")
        data = b64u_decode(seal)
        if one.name.startswith("ES256 signature ") and len(data) != 64:
            point = tuple(number(b64u_decode(one.key[name])) for name in "xy")
            key = ec.EllipticCurvePublicNumbers(*point, ec.SECP256R1()).public_key()
            try:
                seal = encode_dss_signature(number(data[:32]), number(data[32:]))
                key.verify(seal, signing_input.encode(), ec.ECDSA(hashes.SHA256()))
            except InvalidSignature:
                continue
            taken.add(one.name.removeprefix("ES256 signature "))
    assert taken == {"without s's leading zero byte", "with a zero byte between r and s"}


@pytest.fixture
def bikes():
    with serve(repeated_nonce_app()) as server:
        yield server.url


def login(url, user):
    return fetch(url + "/login", json={"user": user}).json["access_token"]


def test_its_tokens_are_sound_es256_and_a_rider_is_no_admin(bikes):
    token = login(bikes, "ada")
    key = Key.from_jwk(fetch(bikes + "/key").json)
    claims = json_loads_strict(verify(token, key).payload)
    assert (claims["sub"], claims["role"]) == ("ada", "rider")
    assert fetch(bikes + "/admin", token=token).status == 403
    assert fetch(bikes + "/admin", token="nonsense").status == 401
    assert fetch(bikes + "/admin").status == 401
    assert fetch(bikes + "/admin", token=encode(claims, Key.generate("ES256"))).status == 401


def test_one_user_twice_gives_the_key_away_and_two_users_do_not(bikes):
    first, other, second = (login(bikes, user).rpartition(".") for user in ("mallory", "ada", "mallory"))
    (r1, s1), (r3, _), (r2, s2) = (
        (number(b64u_decode(one[2])[:32]), number(b64u_decode(one[2])[32:])) for one in (first, other, second)
    )
    assert r1 == r2 != r3
    e1, e2 = (number(hashlib.sha256(one[0].encode()).digest()) for one in (first, second))
    k = (e1 - e2) * pow(s1 - s2, -1, N) % N
    d = (s1 * k - e1) * pow(r1, -1, N) % N
    jwk = fetch(bikes + "/key").json
    stolen = Key.from_jwk({**jwk, "d": b64u_encode(d.to_bytes(32, "big"))})
    claims = json_loads_strict(b64u_decode(first[0].split(".")[1])) | {"role": "admin"}
    assert json_dumps(claims)
    assert fetch(bikes + "/admin", token=encode(claims, stolen)).status == 200
