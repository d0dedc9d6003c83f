import copy
import random
import re
import time
from math import gcd, prod

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa, x25519
from hypothesis import given
from hypothesis import strategies as st

from jwt_from_scratch import JWTError, Key, KeyRefused, KeySet, sign, verify
from jwt_from_scratch.encoding import b64u_decode
from tests.jwt_from_scratch.helpers import (
    CURVES,
    EC_NAMES,
    ED_NAMES,
    HMAC_NAMES,
    NAMES,
    PUBLIC_NAMES,
    RSA_NAMES,
    b64u,
    forge,
    hostile_values,
    key_for,
    other_key,
    private_jwk,
    rsa_jwk,
    vectors,
)

SECRET_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k"}


def without(jwk, *names):
    return {name: value for name, value in jwk.items() if name not in names}


def integer(jwk, member):
    return int.from_bytes(b64u_decode(jwk[member]), "big")


# -- making keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", [name for name in NAMES if name not in RSA_NAMES])
def test_generate(alg):
    key = Key.generate(alg, kid="one")
    assert (key.alg, key.kid) == (alg, "one")
    assert Key.generate(alg).kid is None
    assert key.thumbprint() != Key.generate(alg).thumbprint()
    assert verify(sign(b"m", key), key).header == {"alg": alg, "kid": "one"}


def test_generate_rsa():
    key = Key.generate("PS256")
    jwk = key.to_jwk()
    assert integer(jwk, "n").bit_length() == 2048
    assert integer(jwk, "e") == 65537


@pytest.mark.parametrize("options", [{"size": "2048"}, {"size": 2048.0}, {"size": True}, {"size": None}, {"kid": 7}])
def test_generate_type_errors(options):
    for alg in ("HS256", "ES256"):
        with pytest.raises(TypeError):
            Key.generate(alg, **options)


@pytest.mark.parametrize("alg", ["none", "", "ES256K", "RSA-OAEP"])
def test_an_unsupported_algorithm_is_refused_everywhere(alg):
    calls = [
        lambda: Key.generate(alg),
        lambda: Key.from_secret(bytes(64), alg),
        lambda: Key.from_jwk(private_jwk("ES256"), alg),
        lambda: Key.from_jwk({**private_jwk("ES256"), "alg": alg}),
        lambda: Key.from_pem(key_for("ES256").to_pem(), alg),
        lambda: KeySet.from_jwks({"keys": []}, alg),
    ]
    for call in calls:
        with pytest.raises(JWTError):
            call()


@pytest.mark.parametrize("alg", [7, b"ES256", ["ES256"], True])
def test_an_algorithm_of_the_wrong_type_is_the_callers_mistake(alg):
    calls = [
        lambda: Key.generate(alg),
        lambda: Key.from_secret(bytes(64), alg),
        lambda: Key.from_jwk(private_jwk("ES256"), alg),
        lambda: Key.from_pem(key_for("ES256").to_pem(), alg),
        lambda: KeySet.from_jwks({"keys": []}, alg),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()


def test_from_secret():
    key = Key.from_secret(b"s" * 32)
    assert (key.alg, key.kid) == ("HS256", None)
    assert Key.from_secret(b"s" * 64, "HS512", "k").kid == "k"
    assert key.to_jwk(private=True) == {"kty": "oct", "k": b64u(b"s" * 32), "alg": "HS256"}


@pytest.mark.parametrize(("alg", "size"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_hmac_minimum(alg, size):
    Key.from_secret(bytes(size), alg)
    Key.from_jwk({"kty": "oct", "k": b64u(bytes(size)), "alg": alg})
    for short in (0, 1, size - 1):
        with pytest.raises(KeyRefused):
            Key.from_secret(bytes(short), alg)
        with pytest.raises(KeyRefused):
            Key.from_jwk({"kty": "oct", "k": b64u(bytes(short))}, alg)


@pytest.mark.parametrize("alg", PUBLIC_NAMES)
def test_a_secret_is_for_hmac_alone(alg):
    with pytest.raises(KeyRefused):
        Key.from_secret(bytes(64), alg)
    with pytest.raises(KeyRefused):
        Key.from_jwk({"kty": "oct", "k": b64u(bytes(64))}, alg)


@pytest.mark.parametrize("secret", ["s" * 32, bytearray(32), memoryview(bytes(32)), None, 7, [1] * 32])
def test_from_secret_wants_bytes(secret):
    with pytest.raises(TypeError):
        Key.from_secret(secret)


def test_bytes_are_never_guessed_to_be_a_public_key():
    """What looks like a PEM or a JWK is a secret like any other when the caller says so."""
    for text in (key_for("RS256").to_pem(), key_for("ES256").to_pem(), '{"kty":"RSA","n":"AQAB","e":"AQAB"}'):
        key = Key.from_secret(text.encode())
        assert key.alg == "HS256"
        assert verify(sign(b"m", key), key).payload == b"m"


# -- one key, one algorithm -------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", RSA_NAMES + HMAC_NAMES)
def test_rsa_and_oct_keys_need_a_name(alg):
    jwk = without(private_jwk(alg), "alg")
    with pytest.raises(KeyRefused, match="pass alg="):
        Key.from_jwk(jwk)
    assert Key.from_jwk(jwk, alg).alg == alg
    assert Key.from_jwk({**jwk, "alg": alg}).alg == alg
    assert Key.from_jwk({**jwk, "alg": alg}, alg).alg == alg


@pytest.mark.parametrize("alg", EC_NAMES)
def test_a_curve_decides(alg):
    jwk = without(private_jwk(alg), "alg")
    assert Key.from_jwk(jwk).alg == alg
    assert Key.from_jwk(jwk, alg).alg == alg


@pytest.mark.parametrize("alg", NAMES)
def test_a_conflict_is_refused(alg):
    jwk = {**private_jwk(alg), "alg": alg}
    for other in NAMES:
        if other == alg:
            continue
        with pytest.raises(KeyRefused):
            Key.from_jwk(jwk, other)
        same_family = (other in RSA_NAMES and alg in RSA_NAMES) or (other in ED_NAMES and alg in ED_NAMES)
        if not same_family and not (other in HMAC_NAMES and alg in HMAC_NAMES):
            with pytest.raises(KeyRefused):
                Key.from_jwk({**jwk, "alg": other})
            with pytest.raises(KeyRefused):
                Key.from_jwk(without(jwk, "alg"), other)


@pytest.mark.parametrize("alg", PUBLIC_NAMES)
def test_a_pem_with_the_wrong_name(alg):
    pem = key_for(alg).to_pem()
    for other in NAMES:
        fits = any(other in family and alg in family for family in (RSA_NAMES, ED_NAMES)) or other == alg
        if fits:
            assert Key.from_pem(pem, other).alg == other
        else:
            with pytest.raises(KeyRefused):
                Key.from_pem(pem, other)


def ed_token(name):
    return sign(b"m", Key.from_jwk(without(private_jwk("Ed25519"), "alg"), name))


def test_an_unnamed_ed25519_key_goes_by_both_names():
    jwk = without(private_jwk("Ed25519"), "alg")
    for key in (Key.from_jwk(jwk), Key.from_pem(key_for("Ed25519").to_pem(private=True))):
        assert key.alg == "Ed25519"
        assert verify(sign(b"m", key), key).header["alg"] == "Ed25519"
        for name in ED_NAMES:
            assert verify(ed_token(name), key).payload == b"m"
            assert verify(ed_token(name), key.public()).payload == b"m"
            assert verify(ed_token(name), KeySet([key])).payload == b"m"
            assert verify(ed_token(name), Key.from_jwk(key.to_jwk())).payload == b"m"


@pytest.mark.parametrize(("named", "other"), [ED_NAMES, ED_NAMES[::-1]])
def test_a_named_ed25519_key_is_exact(named, other):
    jwk = without(private_jwk("Ed25519"), "alg")
    for key in (
        Key.from_jwk(jwk, named),
        Key.from_jwk({**jwk, "alg": named}),
        Key.from_pem(Key.from_jwk(jwk).to_pem(), named),
        Key.from_jwk(Key.from_jwk(jwk, named).to_jwk()),
    ):
        assert key.alg == named
        assert verify(ed_token(named), key).payload == b"m"
        with pytest.raises(JWTError):
            verify(ed_token(other), key)
        with pytest.raises(JWTError):
            verify(ed_token(other), KeySet([key]))


# -- RSA JWKs ---------------------------------------------------------------------------------------------------


def test_rsa_private_jwk_without_primes():
    jwk = without(rsa_jwk(), "p", "q", "dp", "dq", "qi")
    key = Key.from_jwk(jwk, "RS256")
    full = Key.from_jwk(rsa_jwk(), "RS256")
    assert key.sign(b"m") == full.sign(b"m")
    assert {key.to_jwk(True)[name] for name in "pq"} == {rsa_jwk()[name] for name in "pq"}


@pytest.mark.parametrize("member", ["p", "q", "dp", "dq", "qi"])
def test_rsa_primes_come_all_or_not_at_all(member):
    with pytest.raises(KeyRefused):
        Key.from_jwk(without(rsa_jwk(), member), "RS256")
    only = without(rsa_jwk(), *({"p", "q", "dp", "dq", "qi"} - {member}))
    with pytest.raises(KeyRefused):
        Key.from_jwk(only, "RS256")


@pytest.mark.parametrize("member", ["n", "e", "d", "p", "q", "dp", "dq", "qi"])
def test_rsa_numbers_must_fit_together(member):
    jwk = rsa_jwk()
    for delta in (-2, -1, 1, 2):
        with pytest.raises(KeyRefused):
            Key.from_jwk({**jwk, member: b64u(integer(jwk, member) + delta)}, "RS256")


def test_rsa_private_exponent_that_does_not_fit():
    jwk = without(rsa_jwk(), "p", "q", "dp", "dq", "qi")
    for d in (0, 1, 2, 3, 65537, integer(jwk, "d") + 2, integer(jwk, "n") - 2, integer(jwk, "n"), 2**4000 + 1):
        with pytest.raises(KeyRefused):
            Key.from_jwk({**jwk, "d": b64u(d)}, "RS256")


def known_primes():
    """The four primes of the two RSA keys that RFC 7515 and RFC 7520 print."""
    jwks = (rsa_jwk(), vectors("rfc7515")["signed"][1]["key"])
    return [integer(jwk, member) for jwk in jwks for member in "pq"]


def jwk_of(n, order):
    """A private JWK without primes, whose d undoes e for a modulus of any shape."""
    e = next(e for e in range(65537, 70000, 2) if gcd(e, order) == 1)
    return {"kty": "RSA", "n": b64u(n), "e": b64u(e), "d": b64u(pow(e, -1, order))}


@pytest.mark.parametrize("power", [1, 2, 3])
def test_rsa_modulus_without_two_primes_is_refused_at_once(power):
    """A prime (or a power of one) has no factor to find: looking for it must not take minutes."""
    prime = 2**2203 - 1 if power == 1 else known_primes()[0]
    jwk = jwk_of(prime**power, (prime - 1) * prime ** (power - 1))
    start = time.perf_counter()
    with pytest.raises(KeyRefused, match="product of two primes"):
        Key.from_jwk(jwk, "RS256")
    assert time.perf_counter() - start < 5


def test_rsa_modulus_of_three_or_four_primes_is_refused():
    for primes in (known_primes()[:3], known_primes()):
        with pytest.raises(KeyRefused):
            Key.from_jwk(jwk_of(prod(primes), prod(prime - 1 for prime in primes)), "RS256")


def test_oth_is_refused():
    for oth in ([], [{"r": "AQ", "d": "AQ", "t": "AQ"}], None, "x"):
        with pytest.raises(KeyRefused, match="two primes"):
            Key.from_jwk({**rsa_jwk(), "oth": oth}, "RS256")


@pytest.mark.parametrize("bits", [1024, 2047, 8193, 16384])
def test_rsa_jwk_size(bits):
    jwk = {"kty": "RSA", "n": b64u(2 ** (bits - 1) + 2**500 + 1), "e": "AQAB"}
    with pytest.raises(KeyRefused, match="8192 bits"):
        Key.from_jwk(jwk, "RS256")


@pytest.mark.parametrize("e", [0, 1, 2, 4, 65536, 2**32, 2**32 + 1])
def test_rsa_jwk_exponent(e):
    with pytest.raises(KeyRefused):
        Key.from_jwk({"kty": "RSA", "n": rsa_jwk()["n"], "e": b64u(e)}, "RS256")


@pytest.mark.parametrize("member", ["n", "e", "d", "p", "q", "dp", "dq", "qi"])
def test_rsa_numbers_have_no_leading_zeros(member):
    jwk = rsa_jwk()
    for wrong in (b64u(b"\0" + b64u_decode(jwk[member])), "", jwk[member] + "=", b64u(b"\1" * 1025)):
        with pytest.raises(KeyRefused):
            Key.from_jwk({**jwk, member: wrong}, "RS256")


def test_a_weak_rsa_pem_is_refused():
    for bits in (1024, 1536):
        private = rsa.generate_private_key(65537, bits)
        pem = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        with pytest.raises(KeyRefused, match="2048"):
            Key.from_pem(pem, "RS256")


# -- EC and OKP JWKs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", EC_NAMES)
def test_ec_coordinates_have_full_width(alg):
    width = key_for(alg)._algorithm.width
    # A key one of whose coordinates begins with a zero byte: where padding gets forgotten.
    curve = key_for(alg)._algorithm.curve
    for scalar in range(1, 5000):
        numbers = ec.derive_private_key(scalar, curve).public_key().public_numbers()
        if numbers.x < 2 ** (8 * (width - 1)) and (alg != "ES512" or numbers.x < 2**512):
            break
    jwk = {"kty": "EC", "crv": CURVES[alg], "x": b64u(numbers.x, width), "y": b64u(numbers.y, width)}
    full = {**jwk, "d": b64u(scalar, width)}
    assert Key.from_jwk(full).to_jwk(private=True) == {**full, "alg": alg}
    for member in ("x", "y", "d"):
        data = b64u_decode(full[member])
        for wrong in (data.lstrip(b"\0"), data[:-1], b"\0" + data, data + b"\0", b""):
            if wrong != data:
                with pytest.raises(KeyRefused, match=f"{width} bytes"):
                    Key.from_jwk({**full, member: b64u(wrong)})


@pytest.mark.parametrize("alg", EC_NAMES)
def test_ec_point_must_be_on_the_curve(alg):
    jwk = key_for(alg).to_jwk()
    width = key_for(alg)._algorithm.width
    for x, y in [(0, 0), (1, 1), (integer(jwk, "x"), integer(jwk, "y") ^ 1), (integer(jwk, "y"), integer(jwk, "x"))]:
        with pytest.raises(KeyRefused):
            Key.from_jwk({**jwk, "x": b64u(x, width), "y": b64u(y, width)})
    with pytest.raises(KeyRefused):
        Key.from_jwk({**jwk, "x": b64u(b"\xff" * width), "y": b64u(b"\xff" * width)})


@pytest.mark.parametrize("alg", EC_NAMES)
def test_ec_private_part_must_fit(alg):
    jwk = private_jwk(alg)
    width = key_for(alg)._algorithm.width
    for d in (0, 1, integer(jwk, "d") ^ 1, integer(private_jwk("ES256"), "x"), 2 ** (8 * width) - 1):
        with pytest.raises(KeyRefused):
            Key.from_jwk({**jwk, "d": b64u(d, width)})
    with pytest.raises(KeyRefused):
        Key.from_jwk({**jwk, "d": other_key(alg).to_jwk(True)["d"]})


def test_unsupported_curves():
    for kty, crv in [("EC", "secp256k1"), ("EC", "P-224"), ("EC", "Ed25519"), ("OKP", "Ed448"), ("OKP", "P-256")]:
        jwk = {"kty": kty, "crv": crv, "x": b64u(bytes(32)), "y": b64u(bytes(32))}
        for alg in (None, "ES256", "Ed25519"):
            with pytest.raises(KeyRefused):
                Key.from_jwk(jwk, alg)


def test_ed25519_small_order_and_non_canonical():
    p = 2**255 - 19
    for number in (0, 1, p - 1, p, p + 1, 2**255 - 1, 1 | 1 << 255, 1 << 255):
        x = b64u(number.to_bytes(32, "little"))
        for alg in (None, *ED_NAMES):
            with pytest.raises(KeyRefused):
                Key.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": x}, alg)


def test_ed25519_small_order_in_a_pem():
    prefix = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of an Ed25519 key
    good = prefix + key_for("Ed25519")._public.public_bytes_raw()
    bad = prefix + (1).to_bytes(32, "little")
    for der, accepted in ((good, True), (bad, False)):
        body = b64u(der).replace("-", "+").replace("_", "/")
        pem = f"-----BEGIN PUBLIC KEY-----\n{body}{'=' * (-len(body) % 4)}\n-----END PUBLIC KEY-----\n"
        if accepted:
            assert Key.from_pem(pem).alg == "Ed25519"
        else:
            with pytest.raises(KeyRefused, match="small order"):
                Key.from_pem(pem)


def test_ed25519_halves_must_belong_together():
    jwk = private_jwk("Ed25519")
    with pytest.raises(KeyRefused):
        Key.from_jwk({**jwk, "d": other_key("Ed25519").to_jwk(True)["d"]})
    for member in ("x", "d"):
        for size in (0, 31, 33, 64):
            with pytest.raises(KeyRefused):
                Key.from_jwk({**jwk, member: b64u(bytes(size))})


# -- use and key_ops --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", ["HS256", "RS256", "ES256", "Ed25519"])
@pytest.mark.parametrize(
    ("extra", "may_sign", "may_verify"),
    [
        ({}, True, True),
        ({"use": "sig"}, True, True),
        ({"use": "enc"}, False, False),
        ({"use": "SIG"}, False, False),
        ({"use": ""}, False, False),
        ({"key_ops": ["sign", "verify"]}, True, True),
        ({"key_ops": ["sign"]}, True, False),
        ({"key_ops": ["verify"]}, False, True),
        ({"key_ops": ["encrypt", "decrypt"]}, False, False),
        ({"key_ops": ["Sign", "VERIFY"]}, False, False),
        ({"key_ops": []}, False, False),
        ({"key_ops": ["sign", "verify"], "use": "enc"}, False, False),
        ({"key_ops": ["deriveKey", "sign", "verify"], "use": "sig"}, True, True),
    ],
)
def test_use_and_key_ops(alg, extra, may_sign, may_verify):
    token = sign(b"m", key_for(alg))
    key = Key.from_jwk({**private_jwk(alg), **extra})
    if may_sign:
        assert verify(sign(b"m", key), key_for(alg)).payload == b"m"
    else:
        with pytest.raises(KeyRefused):
            sign(b"m", key)
    for candidate in (key, KeySet([key])):
        if may_verify:
            assert verify(token, candidate).payload == b"m"
        else:
            with pytest.raises(KeyRefused):
                verify(token, candidate)


@pytest.mark.parametrize(
    ("ops", "public_ops"),
    [(["sign"], ["verify"]), (["sign", "verify"], ["verify"]), (["verify"], ["verify"]), (["unwrapKey"], []), ([], [])],
)
def test_the_public_half_of_restricted_keys(ops, public_ops):
    key = Key.from_jwk({**private_jwk("ES256"), "key_ops": ops, "use": "sig", "kid": "a"})
    jwk = key.to_jwk()
    assert jwk["key_ops"] == public_ops
    assert (jwk["use"], jwk["kid"]) == ("sig", "a")
    assert key.to_jwk(private=True)["key_ops"] == ops
    assert key.public().public().to_jwk() == jwk
    if "sign" in ops:
        assert verify(sign(b"m", key), key.public()).payload == b"m"


@pytest.mark.parametrize("key_ops", [None, "sign", {"sign": 1}, [1], ["sign", None], ["sign", "sign"], 7, True])
def test_malformed_key_ops(key_ops):
    with pytest.raises(KeyRefused):
        Key.from_jwk({**private_jwk("ES256"), "key_ops": key_ops})


@pytest.mark.parametrize("member", ["kty", "alg", "kid", "use"])
@pytest.mark.parametrize("value", [None, 7, True, ["sig"], {"a": 1}, 1.5])
def test_members_that_must_be_strings(member, value):
    with pytest.raises(KeyRefused):
        Key.from_jwk({**private_jwk("ES256"), member: value})


def test_unknown_members_are_ignored():
    jwk = {**private_jwk("ES256"), "x5c": "?", "x5t": 7, "ext": True, "": None, "nbf": 10**400, "oth": []}
    assert Key.from_jwk(jwk).to_jwk(private=True) == private_jwk("ES256")


# -- what a key gives away --------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", NAMES)
def test_repr_shows_no_secret(alg):
    key = Key.from_jwk({**private_jwk(alg), "kid": "k1"})
    secrets = [private_jwk(alg)[name] for name in SECRET_MEMBERS & set(private_jwk(alg))]
    assert secrets
    shown = " ".join([repr(key), str(key), f"{key}", repr(KeySet([key])), repr([key]), repr({"k": key})])
    assert "k1" in shown
    assert alg in shown
    for secret in secrets:
        assert secret not in shown
        assert b64u_decode(secret).hex() not in shown
        assert repr(b64u_decode(secret)) not in shown
        assert str(int.from_bytes(b64u_decode(secret), "big")) not in shown
    assert not hasattr(key, "__dict__")


@pytest.mark.parametrize("alg", HMAC_NAMES)
def test_a_shared_secret_has_no_public_form(alg):
    key = key_for(alg)
    for call in (key.public, key.to_jwk, key.to_pem, lambda: key.to_pem(private=True), KeySet([key]).to_jwks):
        with pytest.raises(JWTError):
            call()
    assert b64u_decode(key.to_jwk(private=True)["k"]) == key._private


@pytest.mark.parametrize("alg", PUBLIC_NAMES)
def test_public_forms_hold_no_secret(alg):
    key = key_for(alg)
    for jwk in (key.to_jwk(), key.public().to_jwk(), KeySet([key]).to_jwks()["keys"][0]):
        assert not SECRET_MEMBERS & set(jwk)
    assert "PRIVATE" not in key.to_pem()
    for call in (lambda: key.public().to_jwk(private=True), lambda: key.public().to_pem(private=True)):
        with pytest.raises(JWTError):
            call()
    with pytest.raises(JWTError):
        key.public().sign(b"m")
    with pytest.raises(JWTError):
        sign(b"m", key.public())


@pytest.mark.parametrize("alg", NAMES)
def test_jwk_round_trip(alg):
    key = Key.from_jwk({**private_jwk(alg), "kid": "name", "use": "sig"})
    again = Key.from_jwk(key.to_jwk(private=True))
    assert again.to_jwk(private=True) == key.to_jwk(private=True)
    assert (again.alg, again.kid) == (alg, "name")
    if alg in PUBLIC_NAMES:
        assert Key.from_jwk(key.to_jwk()).to_jwk() == key.public().to_jwk() == again.to_jwk()


@pytest.mark.parametrize("alg", PUBLIC_NAMES)
def test_pem_round_trip(alg):
    key = key_for(alg)
    private, public = key.to_pem(private=True), key.to_pem()
    assert private.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert public.startswith("-----BEGIN PUBLIC KEY-----\n")
    for form in (private, private.encode()):
        again = Key.from_pem(form, alg, kid="k")
        assert again.kid == "k"
        assert again.to_pem(private=True) == private
        assert verify(sign(b"m", again), Key.from_pem(public, alg)).payload == b"m"
    if alg not in RSA_NAMES:
        assert Key.from_pem(public).alg == {"EdDSA": "Ed25519"}.get(alg, alg)
    else:
        with pytest.raises(KeyRefused, match="pass alg="):
            Key.from_pem(public)


@pytest.mark.parametrize("alg", ["RS256", "ES256", "ES512"])
def test_traditional_pem_forms(alg):
    private = key_for(alg)._private
    form = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    assert Key.from_pem(form, alg).to_jwk(private=True) == private_jwk(alg)
    if alg == "RS256":
        pkcs1 = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)
        assert Key.from_pem(pkcs1, alg).to_jwk() == key_for(alg).to_jwk()


def pem_of(private, **options):
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        options.get("encryption", serialization.NoEncryption()),
    )


def test_pems_that_are_refused():
    good = key_for("ES256").to_pem(private=True)
    encrypted = pem_of(key_for("ES256")._private, encryption=serialization.BestAvailableEncryption(b"x"))
    body = good.splitlines()[1]
    for pem in [
        *("", b"", "x", "-----BEGIN PUBLIC KEY-----", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"),
        *("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "ü" + good, "\ud800" + good),
        *(encrypted, good.replace(body, body[::-1]), good.replace(body, body[:-8]), good.replace("PRIVATE", "PUBLIC")),
        *(good[:-30], good.replace("BEGIN", "begin"), b"\xff\xfe" + good.encode("utf-16"), "A" * 65_537),
        *(pem_of(ec.generate_private_key(ec.SECP256K1())), pem_of(x25519.X25519PrivateKey.generate())),
        *(pem_of(ed448.Ed448PrivateKey.generate()), pem_of(dsa.generate_private_key(1024))),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ ada",
    ]:
        for alg in (None, "ES256"):
            with pytest.raises(JWTError):
                Key.from_pem(pem, alg)


@pytest.mark.parametrize("pem", [None, 7, ["pem"], bytearray(b"pem"), {"kty": "EC"}, memoryview(b"x")])
def test_a_pem_is_text_or_bytes(pem):
    with pytest.raises(TypeError):
        Key.from_pem(pem)


def test_error_texts_are_one_line_and_hold_no_secret():
    jwk = private_jwk("RS256")
    texts = []
    for member in ("n", "e", "d", "p", "q", "dp", "dq", "qi"):
        for value in (jwk[member][:-1] + "\n", 7, "", None, jwk["n"], jwk[member][::-1]):
            try:
                Key.from_jwk({**jwk, member: value})
            except JWTError as error:
                texts.append(str(error))
    assert len(texts) > 30
    for text in texts:
        assert re.fullmatch(r"[^\n]+", text)
        assert len(text) < 300
        assert not any(jwk[name] in text for name in SECRET_MEMBERS & set(jwk))


@pytest.mark.parametrize("kid", [None, "", "a", "ключ", "a" * 1000, "\ud800"])
def test_kid(kid):
    key = Key.from_jwk({**private_jwk("ES256"), **({} if kid is None else {"kid": kid})})
    assert key.kid == kid
    assert key.public().kid == kid
    assert ("kid" in key.to_jwk()) == (kid is not None)


# -- thumbprints ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", NAMES)
def test_a_thumbprint_depends_on_the_key_alone(alg):
    key = key_for(alg)
    assert re.fullmatch(r"[\w-]{43}", key.thumbprint())
    assert Key.from_jwk({**private_jwk(alg), "kid": "x", "use": "sig", "extra": 1}).thumbprint() == key.thumbprint()
    assert other_key(alg).thumbprint() != key.thumbprint()
    if alg in PUBLIC_NAMES:
        assert key.public().thumbprint() == key.thumbprint()
        assert Key.from_pem(key.to_pem(), alg).thumbprint() == key.thumbprint()


# -- key sets ---------------------------------------------------------------------------------------------------


def skipped():
    good = key_for("ES256").to_jwk()
    return [
        {},
        None,
        7,
        "key",
        [good],
        without(good, "kty"),
        without(good, "x"),
        {**good, "kty": "XYZ"},
        {**good, "alg": "ES384"},
        {**good, "alg": "none"},
        {**good, "alg": "RSA-OAEP"},
        {**good, "x": good["x"] + "="},
        {**good, "kid": 7},
        {**good, "crv": "secp256k1"},
        without(key_for("RS256").to_jwk(), "alg"),
        {"kty": "RSA", "alg": "RS256", "n": b64u(2**1023 + 1), "e": "AQAB"},
        {"kty": "oct", "alg": "HS256", "k": b64u(bytes(31))},
        {"kty": "OKP", "crv": "Ed25519", "x": b64u((1).to_bytes(32, "little"))},
        {"kty": "OKP", "crv": "X25519", "x": b64u(bytes(32))},
    ]


@pytest.mark.parametrize("position", range(len(skipped())))
def test_from_jwks_leaves_out_what_it_can_not_use(position):
    good = key_for("ES256").to_jwk()
    keys = KeySet.from_jwks({"keys": [skipped()[position], good], "other": 1})
    assert [key.to_jwk() for key in keys] == [good]
    assert len(KeySet.from_jwks({"keys": [skipped()[position]]})) == 0


def test_from_jwks_leaves_out_keys_that_name_another_algorithm():
    jwks = {"keys": [key_for(alg).to_jwk() for alg in PUBLIC_NAMES]}
    assert [key.alg for key in KeySet.from_jwks(jwks)] == list(PUBLIC_NAMES)
    for alg in PUBLIC_NAMES:
        assert [key.alg for key in KeySet.from_jwks(jwks, alg)] == [alg]
    unnamed = {"keys": [without(key_for("RS256").to_jwk(), "alg")]}
    assert [key.alg for key in KeySet.from_jwks(unnamed, "PS256")] == ["PS256"]


@pytest.mark.parametrize(
    "jwks", [None, [], "{}", b"{}", 7, {}, {"keys": None}, {"keys": {}}, {"keys": "a"}, {"keys": ()}, {"Keys": []}]
)
def test_only_a_bad_container_raises(jwks):
    with pytest.raises(KeyRefused):
        KeySet.from_jwks(jwks)


def test_key_set_protocol():
    keys = [key_for("ES256"), key_for("RS256")]
    key_set = KeySet(iter(keys))
    assert list(key_set) == list(key_set) == keys
    assert len(key_set) == 2
    assert key_set.to_jwks() == {"keys": [key.to_jwk() for key in keys]}
    assert key_set.to_jwks(private=True) == {"keys": [key.to_jwk(private=True) for key in keys]}
    assert len(KeySet([])) == 0


@pytest.mark.parametrize("keys", [None, 7, ["key"], [{"kty": "oct"}], [None], [b"secret"], "abc"])
def test_a_key_set_holds_keys(keys):
    with pytest.raises(TypeError):
        KeySet(keys)


def named(alg, kid, source=key_for):
    jwk = source(alg).to_jwk(private=True)
    return Key.from_jwk(jwk if kid is None else {**jwk, "kid": kid})


def test_find_needs_exactly_one():
    a, b, c = named("ES256", "a"), named("ES256", "b", other_key), named("RS256", "a")
    keys = KeySet([a, b, c])
    assert keys.find("ES256", "a") is a
    assert keys.find("ES256", "b") is b
    assert keys.find("RS256", "a") is keys.find("RS256") is c
    for alg, kid in [("ES256", None), ("ES256", "c"), ("ES256", "A"), ("ES256", ""), ("RS256", "b"), ("none", "a")]:
        with pytest.raises(KeyRefused):
            keys.find(alg, kid)
    with pytest.raises(KeyRefused, match="more than one"):
        KeySet([a, a]).find("ES256", "a")
    with pytest.raises(KeyRefused, match="no key"):
        KeySet([]).find("ES256")


@pytest.mark.parametrize(("alg", "kid"), [(None, None), (7, "a"), (b"ES256", None), ("ES256", 7), ("ES256", b"a")])
def test_find_type_errors(alg, kid):
    with pytest.raises(TypeError):
        KeySet([]).find(alg, kid)


def test_verify_with_a_set():
    a, b, nameless = named("ES256", "a"), named("ES256", "b", other_key), named("PS256", None)
    keys = KeySet([a, b, nameless])
    assert verify(sign(b"m", a), keys).payload == b"m"
    assert verify(sign(b"m", b), keys).payload == b"m"
    assert verify(sign(b"m", nameless), keys).payload == b"m"
    # A kid must be identical: a key without one never fits a token that has one.
    with pytest.raises(KeyRefused):
        verify(sign(b"m", nameless, {"kid": "p"}), keys)
    # Without a kid two keys fit, which is as wrong as none.
    with pytest.raises(KeyRefused, match="more than one"):
        verify(forge({"alg": "ES256"}, b"m", a), keys)
    # The header's alg chooses too.
    with pytest.raises(KeyRefused):
        verify(forge({"alg": "ES384", "kid": "a"}, b"m", a), keys)
    with pytest.raises(KeyRefused):
        verify(sign(b"m", a), KeySet([]))


def test_no_trial_verification():
    """The signature fits a key of the set, yet the header points to another one: refused."""
    a, b = named("ES256", "a"), named("ES256", "b", other_key)
    with pytest.raises(JWTError):
        verify(forge({"alg": "ES256", "kid": "b"}, b"m", a), KeySet([a, b]))


def test_a_shared_secret_in_a_set_does_not_answer_for_a_public_key():
    public = key_for("RS256").public()
    confused = Key.from_secret(public.to_pem().encode())
    with pytest.raises(JWTError):
        verify(sign(b"m", confused), KeySet([public]))
    with pytest.raises(JWTError):
        verify(sign(b"m", confused), public)


# -- nothing else ever escapes ----------------------------------------------------------------------------------


@given(hostile_values)
def test_anything_as_a_jwk(value):
    with pytest.raises(JWTError):
        Key.from_jwk(value)


@given(st.lists(hostile_values, max_size=4))
def test_anything_in_a_set(values):
    assert len(KeySet.from_jwks({"keys": values})) == 0


@given(hostile_values)
def test_anything_as_a_set(value):
    with pytest.raises(JWTError):
        KeySet.from_jwks(value)
    with pytest.raises(JWTError):
        KeySet.from_jwks({"keys": value if not isinstance(value, list) else None})


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_anything_as_a_pem(value):
    for alg in (None, "RS256"):
        with pytest.raises(JWTError):
            Key.from_pem(value, alg)


@pytest.mark.parametrize("alg", ["RS256", "ES256", "ES512", "Ed25519"])
@pytest.mark.parametrize("private", [True, False])
def test_a_changed_pem_raises_nothing_else(alg, private):
    rng = random.Random(alg)
    pem = key_for(alg).to_pem(private).encode()
    for _ in range(60):
        changed = bytearray(pem)
        position = rng.randrange(28, len(pem))
        kind = rng.randrange(3)
        if kind == 0:
            changed[position] = rng.choice(b"ABCxyz019+/=\n- ")
        elif kind == 1:
            del changed[position : position + rng.randrange(1, 9)]
        else:
            changed[position:position] = rng.randbytes(3)
        try:
            Key.from_pem(bytes(changed), alg)
        except JWTError:
            continue


def jwk_bases():
    bases = [private_jwk(alg) for alg in ("HS256", "ES256", "ES512", "Ed25519")]
    return [*bases, key_for("RS256").to_jwk(), key_for("ES256").to_jwk(), key_for("Ed25519").to_jwk()]


MEMBERS = "kty alg kid use key_ops crv x y d n e k p q dp dq qi oth".split()  # noqa: SIM905


@given(st.data())
def test_a_mutated_jwk_raises_nothing_else(data):
    jwk = copy.deepcopy(data.draw(st.sampled_from(jwk_bases())))
    for _ in range(data.draw(st.integers(1, 3))):
        member = data.draw(st.sampled_from(MEMBERS))
        kind = data.draw(st.sampled_from(["delete", "replace", "swap", "edit"]))
        if kind == "delete":
            jwk.pop(member, None)
        elif kind == "replace":
            jwk[member] = data.draw(hostile_values)
        elif kind == "swap":
            other = data.draw(st.sampled_from(jwk_bases()))
            if member in other:
                jwk[member] = other[member]
        elif isinstance(jwk.get(member), str) and jwk[member]:
            position = data.draw(st.integers(0, len(jwk[member]) - 1))
            jwk[member] = jwk[member][:position] + data.draw(st.text(max_size=2)) + jwk[member][position + 1 :]
    alg = data.draw(st.sampled_from([None, "HS256", "RS256", "ES256", "Ed25519"]))
    try:
        key = Key.from_jwk(jwk, alg)
        key.thumbprint()
        KeySet([key]).to_jwks(private=key._private is not None)
        verify(sign(b"m", key), key)
    except JWTError:
        return


@pytest.mark.parametrize("member", ["n", "e", "d", "p", "q", "dp", "dq", "qi"])
@pytest.mark.parametrize(
    "value", [None, 7, "", "AA", "AQ", "AQAB", "!", [], {}, "\ud800", b"AQAB", 10**5000], ids=range(12)
)
def test_a_mutated_private_rsa_jwk(member, value):
    if value != rsa_jwk()[member]:
        with pytest.raises(KeyRefused):
            Key.from_jwk({**rsa_jwk(), member: value}, "RS256")


@pytest.mark.parametrize("member", ["n", "d", "p", "q", "dp", "dq", "qi"])
def test_members_swapped_between_two_rsa_keys(member):
    other = vectors("rfc7515")["signed"][1]["key"]
    with pytest.raises(KeyRefused):
        Key.from_jwk({**rsa_jwk(), member: other[member]}, "RS256")


@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES512", "Ed25519"])
def test_members_swapped_between_two_curve_keys(alg):
    other = other_key(alg).to_jwk(private=True)
    for member in set("xyd") & set(other):
        with pytest.raises(KeyRefused):
            Key.from_jwk({**private_jwk(alg), member: other[member]})
