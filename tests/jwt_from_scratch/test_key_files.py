"""Key sets that name no algorithm, and the accidents that happen to PEM files."""

from typing import Any

import pytest

from jwt_from_scratch import Key, KeyRefused, KeySet, verify
from tests.jwt_from_scratch.helpers import EC_NAMES, forge, key_for

RSA, EC = key_for("RS256"), key_for("ES256")
PRIVATE = [RSA, EC, key_for("Ed25519"), key_for("ES512")]
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def without_alg(key: Key, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in key.to_jwk().items() if name not in ("alg", "kid")} | more


PUBLISHED = {"keys": [without_alg(RSA, kid="a", use="sig"), without_alg(RSA, kid="b", use="sig")]}


def test_a_set_knows_what_it_left_out_and_why() -> None:
    keys = KeySet.from_jwks(PUBLISHED)
    assert len(keys) == 0
    assert [one.kid for one in keys.left_out] == ["a", "b"]
    assert all("names no algorithm; pass alg=" in one.reason for one in keys.left_out)
    assert KeySet.from_jwks(PUBLISHED, "RS256").left_out == ()
    assert KeySet([RSA]).left_out == ()


@pytest.mark.parametrize("kid", ["a", None, "c"])
def test_no_key_fits_says_so(kid: str | None) -> None:
    token = forge({"alg": "RS256"} | ({"kid": kid} if kid else {}), {}, RSA)
    with pytest.raises(KeyRefused) as caught:
        verify(token, KeySet.from_jwks(PUBLISHED))
    text = str(caught.value)
    assert text.startswith("no key in the set has alg 'RS256'")
    assert "2 of its members were left out, one because this RSA key names no algorithm; pass alg=" in text
    assert "\n" not in text


def test_the_reason_is_that_of_the_key_that_was_meant() -> None:
    keys = KeySet.from_jwks({"keys": [{"kty": "AKP", "kid": "x"}, without_alg(RSA, kid="a"), None, 5, without_alg(EC)]})
    assert len(keys) == 1
    assert [one.kid for one in keys.left_out] == ["x", "a", None, None]
    with pytest.raises(KeyRefused, match="one because this RSA key names no algorithm"):
        keys.find("RS256", "a")
    with pytest.raises(KeyRefused, match="'AKP'"):
        keys.find("ML-DSA-44", "x")
    with pytest.raises(KeyRefused) as caught:
        KeySet([EC]).find("RS256")
    assert "left out" not in str(caught.value)


@pytest.mark.parametrize(
    ("pem", "says"),
    [
        (RSA.to_pem(private=True).replace("\n", "\\n"), "a backslash and an n"),
        (RSA.to_pem().replace("\n", "\\n"), "a backslash and an n"),
        (RSA.to_pem(private=True) + CERTIFICATE, "a key and an X.509 certificate"),
        (CERTIFICATE + RSA.to_pem(private=True), "a key and an X.509 certificate"),
        (CERTIFICATE, "is an X.509 certificate"),
        (RSA.to_pem() + RSA.to_pem(private=True), "a key and more"),
        (RSA.to_pem(private=True, passphrase=b"a secret"), "is encrypted; pass passphrase="),
        ("", "not a public or private key"),
        ("a\\nb", "not a public or private key"),
    ],
)
def test_a_pem_that_is_no_single_key_is_named_for_what_it_is(pem: str, says: str) -> None:
    for data in (pem, pem.encode()):
        with pytest.raises(KeyRefused) as caught:
            Key.from_pem(data, "RS256")
        assert says in str(caught.value)


# -- encrypted PEM ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", PRIVATE, ids=lambda key: key.alg)
@pytest.mark.parametrize("passphrase", [b"x", "pässword".encode(), bytes(range(256)), b"a" * 1023])
def test_an_encrypted_pem_comes_back_with_its_passphrase(key: Key, passphrase: bytes) -> None:
    pem = key.to_pem(private=True, passphrase=passphrase)
    assert "BEGIN ENCRYPTED PRIVATE KEY" in pem
    again = Key.from_pem(pem, key.alg, passphrase=passphrase)
    assert again.to_jwk(private=True) == {**key.to_jwk(private=True), **again.to_jwk(private=True)}
    assert again.thumbprint() == key.thumbprint()


@pytest.mark.parametrize("alg", EC_NAMES)
def test_another_passphrase_opens_nothing_and_shows_nothing(alg: str) -> None:
    pem = key_for(alg).to_pem(private=True, passphrase=b"right")
    with pytest.raises(KeyRefused) as caught:
        Key.from_pem(pem, passphrase=b"wrong secret")
    assert "passphrase" in str(caught.value)
    assert "wrong secret" not in str(caught.value)


@pytest.mark.parametrize("passphrase", [b"", b"a" * 1024])
def test_a_passphrase_has_a_length(passphrase: bytes) -> None:
    with pytest.raises(KeyRefused, match="1 to 1023 bytes"):
        EC.to_pem(private=True, passphrase=passphrase)
    with pytest.raises(KeyRefused, match="1 to 1023 bytes"):
        Key.from_pem(EC.to_pem(private=True), passphrase=passphrase)


@pytest.mark.parametrize("passphrase", ["text", 1, bytearray(b"x")])
def test_a_passphrase_is_bytes(passphrase: Any) -> None:
    with pytest.raises(TypeError):
        EC.to_pem(private=True, passphrase=passphrase)
    with pytest.raises(TypeError):
        Key.from_pem(EC.to_pem(private=True), passphrase=passphrase)


def test_a_passphrase_where_none_is_needed_is_a_mistake_that_shows() -> None:
    for pem in (EC.to_pem(), EC.to_pem(private=True)):
        with pytest.raises(KeyRefused, match="is not encrypted"):
            Key.from_pem(pem, passphrase=b"x")
    with pytest.raises(KeyRefused, match="a public key is not encrypted"):
        EC.to_pem(passphrase=b"x")
