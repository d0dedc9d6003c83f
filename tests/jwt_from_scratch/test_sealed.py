"""What lessons 13 and 14 send: proofs, encrypted tokens, claims that are shown one by one."""

import json
from typing import Any

import pytest

from jwt_from_scratch import JWTError, Key, peek
from jwt_from_scratch import verify as verify_signature
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict
from jwt_from_scratch.services import published
from jwt_from_scratch.services.dpop import KEPT, make_proof, remember, token_hash
from jwt_from_scratch.services.sd_jwt import digest_of, issue, present
from jwt_from_scratch.services.sealed import MOST, seal, unseal

KEY = bytes(range(32))
ALGS = ("dir", "A256GCM")


def test_the_examples_of_the_rfcs_are_what_they_say() -> None:
    assert unseal(published.JWE, b64u_decode(published.JWE_KEY), ("dir", "A128GCM")).startswith(b"You can trust us")
    token, *disclosures, last = published.SD_JWT.split("~")
    payload = json_loads_strict(verify_signature(token, Key.from_jwk(published.SD_JWT_KEY)).payload)
    digests = {*payload["_sd"], *(one["..."] for one in payload["nationalities"])}
    assert last == ""
    assert {digest_of(text) for text in disclosures} == digests
    assert peek(published.DPOP_PROOF).unverified_claims["ath"] == token_hash(published.DPOP_TOKEN)


def test_what_was_sealed_opens_with_its_key() -> None:
    token = seal(b"text", KEY, header={"cty": "JWT"})
    assert unseal(token, KEY, ALGS) == b"text"
    assert json.loads(b64u_decode(token.split(".")[0])) == {"alg": "dir", "enc": "A256GCM", "cty": "JWT"}
    assert seal(b"text", KEY) != seal(b"text", KEY)


def with_part(token: str, number: int, part: str) -> str:
    parts = token.split(".")
    return ".".join([*parts[:number], part, *parts[number + 1 :]])


REFUSED = {
    "another key": (seal(b"text", KEY), KEY[::-1], ALGS),
    "another enc agreed": (seal(b"text", KEY), KEY, ("dir", "A128GCM")),
    "dir not agreed": (seal(b"text", KEY), KEY, ("A256GCM",)),
    "a key too short": (seal(b"text", KEY[:16]), KEY[:16], ALGS),
    "zip": (seal(b"text", KEY, header={"zip": "DEF"}), KEY, ALGS),
    "crit": (seal(b"text", KEY, header={"crit": ["x"]}), KEY, ALGS),
    "alg none": (seal(b"text", KEY, header={"alg": "none"}), KEY, ALGS),
    "enc a list": (seal(b"text", KEY, header={"enc": ["A256GCM"]}), KEY, ALGS),
    "a key in part two": (with_part(seal(b"text", KEY), 1, "AA"), KEY, ALGS),
    "no ciphertext": (with_part(seal(b"text", KEY), 3, ""), KEY, ALGS),
    "a header that is a list": (with_part(seal(b"text", KEY), 0, b64u_encode(json_dumps([1]))), KEY, ALGS),
    "a sixth part": (seal(b"text", KEY) + ".", KEY, ALGS),
    "too large": (seal(b"x" * MOST, KEY), KEY, ALGS),
    "nothing": ("", KEY, ALGS),
}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(JWTError):
        unseal(*REFUSED[name])


def test_an_sd_jwt_shows_what_its_holder_chooses() -> None:
    key = Key.generate("ES256")
    claims: dict[str, Any] = {"iss": "https://a.example", "born": 1815, "langs": ["en", "fr"]}
    whole = issue(claims, key, hide=["born"], each_of=["langs"], decoys=3)
    shown = present(whole, "born", "fr")
    assert len(whole.split("~")) == 5
    assert [json.loads(b64u_decode(one))[1:] for one in shown.split("~")[1:-1]] == [["born", 1815], ["fr"]]
    payload = json_loads_strict(verify_signature(shown.split("~")[0], key.public()).payload)
    assert len(payload["_sd"]) == 4
    assert "born" not in payload


def test_a_proof_is_remembered_until_it_is_too_old() -> None:
    seen: dict[str, int] = {}
    for second in (0, 10, KEPT + 5):
        remember(seen, make_proof(Key.generate("ES256"), "GET", "https://a.example/x?y#z", jti=str(second)), second)
    assert seen == {"10": 10, str(KEPT + 5): KEPT + 5}


def test_a_proof_is_remembered_once() -> None:
    seen: dict[str, int] = {}
    proof = make_proof(Key.generate("ES256"), "GET", "https://a.example/", jti="one")
    remember(seen, proof, 10)
    with pytest.raises(ValueError, match="shown before"):
        remember(seen, proof, 10 + KEPT)
    remember(seen, proof, 11 + KEPT)
    assert seen == {"one": 11 + KEPT}


def test_a_proof_names_the_address_without_query_and_fragment() -> None:
    proof = make_proof(Key.generate("Ed25519"), "GET", "https://a.example/x?y#z", now=7, token="t")
    claims = peek(proof).unverified_claims
    assert (claims["htu"], claims["iat"], claims["ath"]) == ("https://a.example/x", 7, token_hash("t"))
    assert "d" not in peek(proof).unverified_header["jwk"]
