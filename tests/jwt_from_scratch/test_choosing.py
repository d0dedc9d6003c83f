"""The forgeries of lesson 07 are no straw men: verifiers with the one mistake that they point to let them in."""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict
from jwt_from_scratch.services.forgeries import f07_choosing

FORGERIES = {one.name: one for one in f07_choosing.forgeries()}


def number(text):
    return int.from_bytes(b64u_decode(text), "big")


def fits(alg, key, message, signature, salt=32):
    """A signature check under a name that the caller vouches for, and nothing else."""
    try:
        if key["kty"] == "oct" or alg.startswith("HS"):
            secret = b64u_decode(key["k"])
            return hmac.compare_digest(hmac.new(secret, message, hashlib.sha256).digest(), signature)
        if key["kty"] == "OKP":
            Ed25519PublicKey.from_public_bytes(b64u_decode(key["x"])).verify(signature, message)
            return True
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt) if alg == "PS256" else padding.PKCS1v15()
        public = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
        public.verify(signature, message, scheme, hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def let_in(names, alg_of, **options):
    """The forgeries accepted by a verifier that uses alg_of(header's alg, key's alg) to choose the check."""
    taken = set()
    for name in names:
        one = FORGERIES[name]
        head, payload, seal = one.token.split(".")
        said = json_loads_strict(b64u_decode(head))["alg"]
        alg = alg_of(said, one.key["alg"])
        if alg and fits(alg, one.key, f"{head}.{payload}".encode(), b64u_decode(seal), **options):
            taken.add(name)
    return taken


def equal(said, named):
    return named if said == named else None


def named(*parts):
    return {name for name in FORGERIES if any(part in name for part in parts)}


def test_who_takes_any_point_for_a_key_lets_all_small_orders_in() -> None:
    small = named("Ed25519 key: ", "EdDSA key: ")
    assert len(small) == 14
    assert len({FORGERIES[name].key["x"] for name in small}) == 14
    assert let_in(small, equal) == small


def test_who_lets_the_header_choose_lets_the_other_padding_in() -> None:
    crossed = {"a PS256 key, an RS256 token", "an RS256 key, a PS256 token"}
    assert let_in(crossed, lambda said, _: said) == crossed
    assert let_in(crossed, equal) == set()


def test_who_looks_for_the_keys_name_inside_the_headers_lets_longer_names_in() -> None:
    names = named("'XXHS256XX'", "'HS256,RS256'", "'HS256 '", "'XXEd25519XX'", "'Ed25519ph'", "'PS256 RS256'")
    assert len(names) == 6
    assert let_in(names, lambda said, alg: alg if alg in said else None) == names


def test_who_looks_for_the_headers_name_inside_the_keys_lets_parts_in() -> None:
    parts = named("says 'HS'", "says 'S256'", "says ''", "says 'Ed'", "says '25519'")
    assert len(parts) == 8
    assert let_in(parts, lambda said, alg: alg if said in alg else None) == parts


def test_who_takes_an_even_exponent_lets_a_good_looking_signature_in() -> None:
    one = FORGERIES["an RS256 key whose e is 4"]
    n, e, s = (number(text) for text in (one.key["n"], one.key["e"], one.token.rpartition(".")[2]))
    digest = hashlib.sha256(one.token.rpartition(".")[0].encode()).digest()
    block = pow(s, e, n).to_bytes(256, "big")
    assert (e, n.bit_length()) == (4, 2048)
    assert block == b"\0\1" + b"\xff" * 202 + b"\0" + f07_choosing._SHA256_NAME + digest


def test_who_takes_any_salt_lets_three_lengths_in() -> None:
    salts = named("PS256 with no salt", "PS256 with a salt", "PS256 with the longest salt")
    assert let_in(salts, equal, salt=padding.PSS.AUTO) == salts
    assert let_in(salts, equal) == set()


def test_who_takes_either_name_of_ed25519_lets_the_other_one_in() -> None:
    swapped = {
        "a key that says Ed25519, a header that says EdDSA",
        "a key that says EdDSA, a header that says Ed25519",
    }
    assert let_in(swapped, lambda said, _: said) == swapped
