"""Both directions against PyJWT and joserfc: what we sign they verify, and what they sign we verify."""

import json

import jwt as pyjwt
import pytest
from joserfc import jws as joserfc_jws
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import import_key

from jwt_from_scratch import JWTError, Key, KeySet, decode, encode, sign, verify
from tests.jwt_from_scratch.helpers import EC_NAMES, ED_NAMES, HMAC_NAMES, NAMES, PUBLIC_NAMES, key_for, other_key

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")

CLAIMS = {"iss": "ï", "sub": "ada", "exp": 4_000_000_000, "n": 1.5, "list": [True, None, {"a": "b"}]}
PYJWT_NAMES = [name for name in NAMES if name != "Ed25519"]  # PyJWT 2.15 knows the older name alone


def pyjwt_key(key, private):
    return pyjwt.PyJWK.from_dict(key.to_jwk(private), algorithm=key.alg)


def joserfc_key(key, private):
    jwk = key.to_jwk(private)
    jwk.pop("alg", None)  # this library wants no OKP key under the older name
    return import_key(jwk)


def halves(alg):
    """What verifies a token: the shared secret, or the public half."""
    return key_for(alg), alg in HMAC_NAMES


@pytest.mark.parametrize("alg", PYJWT_NAMES)
def test_pyjwt_reads_ours(alg):
    key, shared = halves(alg)
    token = encode(CLAIMS, key)
    assert pyjwt.decode(token, pyjwt_key(key, shared), algorithms=[alg]) == CLAIMS
    with pytest.raises(pyjwt.InvalidSignatureError):
        pyjwt.decode(token, pyjwt_key(other_key(alg), shared), algorithms=[alg])


@pytest.mark.parametrize("alg", PYJWT_NAMES)
def test_we_read_pyjwt(alg):
    key, shared = halves(alg)
    token = pyjwt.encode(CLAIMS, pyjwt_key(key, True).key, algorithm=alg, headers={"kid": "k"})
    assert decode(token, key if shared else key.public(), typ="JWT") == CLAIMS
    with pytest.raises(JWTError):
        decode(token, other_key(alg))
    named = Key.from_jwk({**key.to_jwk(True), "kid": "k"})
    assert decode(token, KeySet([named, *(key_for(name) for name in EC_NAMES if name != alg)])) == CLAIMS


@pytest.mark.parametrize("alg", NAMES)
def test_joserfc_reads_ours(alg):
    key, shared = halves(alg)
    token = encode(CLAIMS, key)
    read = joserfc_jwt.decode(token, joserfc_key(key, shared), algorithms=[alg])
    assert (read.header, read.claims) == ({"alg": alg, "typ": "JWT"}, CLAIMS)
    payload = bytes(range(256))
    assert joserfc_jws.deserialize_compact(sign(payload, key), joserfc_key(key, shared), [alg]).payload == payload


@pytest.mark.parametrize("alg", NAMES)
def test_we_read_joserfc(alg):
    key, shared = halves(alg)
    token = joserfc_jwt.encode({"alg": alg}, CLAIMS, joserfc_key(key, True), algorithms=[alg])
    assert decode(token, key if shared else key.public()) == CLAIMS
    payload = bytes(range(256))
    token = joserfc_jws.serialize_compact({"alg": alg, "kid": "k"}, payload, joserfc_key(key, True), [alg])
    assert verify(token, key).payload == payload


@pytest.mark.parametrize("alg", PUBLIC_NAMES)
def test_keys_travel_both_ways(alg):
    key = key_for(alg)
    theirs = joserfc_key(key, True)
    assert theirs.thumbprint() == key.thumbprint()
    assert Key.from_jwk(theirs.as_dict(private=True), alg).to_jwk(True) == key.to_jwk(True)
    assert Key.from_pem(theirs.as_pem(private=True), alg).to_jwk(True) == key.to_jwk(True)
    assert Key.from_pem(theirs.as_pem(private=False), alg).to_jwk() == key.to_jwk()
    assert import_key(key.to_pem(private=True), key.to_jwk()["kty"]).thumbprint() == key.thumbprint()


@pytest.mark.parametrize("alg", PYJWT_NAMES)
def test_pyjwt_keys_come_back(alg):
    key, _shared = halves(alg)
    algorithm = pyjwt.get_algorithm_by_name(alg)
    jwk = json.loads(algorithm.to_jwk(pyjwt_key(key, True).key))
    for member in ("key_ops", "alg"):
        jwk.pop(member, None)
    assert Key.from_jwk(jwk, alg).to_jwk(True) == key.to_jwk(True)


@pytest.mark.parametrize("name", ED_NAMES)
def test_both_names_of_ed25519(name):
    """A key that names no algorithm reads tokens of either name, whoever wrote them."""
    source = key_for("Ed25519")
    jwk = {member: value for member, value in source.to_jwk().items() if member != "alg"}
    token = joserfc_jwt.encode({"alg": name}, CLAIMS, joserfc_key(source, True), algorithms=[name])
    assert decode(token, Key.from_jwk(jwk)) == CLAIMS
    assert decode(token, Key.from_jwk(jwk, name)) == CLAIMS
