"""The examples that the RFCs print: every one verifies, or is refused, as its RFC says."""

import pytest

from jwt_from_scratch import JWTError, Key, KeyRefused, KeySet, decode, sign, verify
from tests.jwt_from_scratch.helpers import vectors

SIGNED = [
    pytest.param(case, id=f"{name}-{case['section']}")
    for name in ("rfc7515", "rfc7520")
    for case in vectors(name)["signed"]
]
KEYS = [Key.from_jwk(param.values[0]["key"], param.values[0]["alg"]) for param in SIGNED]


def test_every_file_names_its_source():
    for name in ("rfc4231", "rfc6979", "rfc7515", "rfc7517", "rfc7520", "rfc7638", "rfc7797", "rfc8037"):
        assert vectors(name)["source"].startswith(f"RFC {name[3:]}")


@pytest.mark.parametrize("case", SIGNED)
def test_signed_example(case):
    key = Key.from_jwk(case["key"], case["alg"])
    signed = verify(case["token"], key)
    assert signed.header == case["header"]
    assert signed.payload == case["payload"].encode()
    if key.alg[0] != "H":
        assert verify(case["token"], key.public()) == signed


@pytest.mark.parametrize("case", SIGNED)
def test_signed_example_with_one_bit_changed(case):
    key = Key.from_jwk(case["key"], case["alg"])
    start, _, signature = case["token"].rpartition(".")
    for changed in ("A" + signature[1:], "B" + signature[1:], signature[:-4] + "AAAA", ""):
        if changed != signature:
            with pytest.raises(JWTError):
                verify(f"{start}.{changed}", key)


@pytest.mark.parametrize("case", [case for case in SIGNED if case.values[0]["reproducible"]])
def test_signing_gives_the_printed_token(case):
    key = Key.from_jwk(case["key"], case["alg"])
    assert sign(case["payload"].encode(), key, case["header"]) == case["token"]


@pytest.mark.parametrize("case", SIGNED)
def test_no_other_key_of_the_rfcs_fits(case):
    own = Key.from_jwk(case["key"], case["alg"]).thumbprint()
    for key in KEYS:
        if key.thumbprint() != own:
            with pytest.raises(JWTError):
                verify(case["token"], key)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{name}-{case['section']}-{case['why']}")
        for name in ("rfc7515", "rfc7520", "rfc7797")
        for case in vectors(name)["refused"]
    ],
)
def test_refused_example(case):
    for key in [*KEYS, KeySet(KEYS), Key.from_secret(bytes(64))]:
        with pytest.raises(JWTError):
            verify(case["token"], key)


def test_rfc7519_example_claims():
    """RFC 7519 §3.1 signs these claims as RFC 7515 A.1 does."""
    case = vectors("rfc7515")["signed"][0]
    key = Key.from_jwk(case["key"], "HS256")
    claims = decode(case["token"], key, issuer="joe", typ="JWT", now=1300819379)
    assert claims == {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}


def test_rfc8037():
    vector = vectors("rfc8037")
    private, public = Key.from_jwk(vector["key"]), Key.from_jwk(vector["public"]["jwk"])
    assert private.public().to_jwk() == public.to_jwk() == vector["public"]["jwk"]
    assert private.thumbprint() == public.thumbprint() == vector["thumbprint"]["value"]
    example = vector["signed"]
    assert verify(example["token"], public) == (example["header"], example["payload"].encode())
    named = Key.from_jwk(vector["key"], "EdDSA")
    assert sign(example["payload"].encode(), named) == example["token"]
    with pytest.raises(KeyRefused):
        Key.from_jwk(vector["unsupported"]["jwk"])


def test_rfc7638():
    vector = vectors("rfc7638")
    assert Key.from_jwk(vector["key"]).thumbprint() == vector["thumbprint"]


def test_rfc7797():
    vector = vectors("rfc7797")
    key = Key.from_jwk(vector["key"], "HS256")
    assert verify(vector["signed"]["token"], key).payload == vector["signed"]["payload"].encode()
    assert sign(vector["signed"]["payload"].encode(), key) == vector["signed"]["token"]


def test_rfc7517_public_and_private_sets():
    public = KeySet.from_jwks(vectors("rfc7517")["public"]["jwks"])
    private = KeySet.from_jwks(vectors("rfc7517")["private"]["jwks"])
    assert [key.alg for key in public] == [key.alg for key in private] == ["ES256", "RS256"]
    assert [key.thumbprint() for key in public] == [key.thumbprint() for key in private]
    assert private.to_jwks() == public.to_jwks()
    assert private.to_jwks(private=True)["keys"][1] == vectors("rfc7517")["private"]["jwks"]["keys"][1]
    encryption, signing = private
    assert verify(sign(b"m", signing), public).payload == b"m"
    with pytest.raises(KeyRefused, match="use"):
        sign(b"m", encryption)


def test_rfc7517_symmetric_set():
    jwks = vectors("rfc7517")["symmetric"]["jwks"]
    assert len(KeySet.from_jwks(jwks)) == 0  # one is for key wrapping, the other names no algorithm
    keys = KeySet.from_jwks(jwks, "HS256")
    assert [key.kid for key in keys] == ["HMAC key used in JWS spec Appendix A.1 example"]
    assert verify(vectors("rfc7515")["signed"][0]["token"], keys)
