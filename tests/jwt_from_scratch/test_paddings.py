"""The paddings that lesson 05 replays are no straw men: verifiers with one mistake let them in, and nothing else."""

import hashlib

import pytest

from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_decode, json_loads_strict
from jwt_from_scratch.services.forgeries import replay
from jwt_from_scratch.services.forgeries.f05_rsa import PREFIX


def verifier(equal):
    """A verifier that is right except, for RS256, in how it compares the decrypted padding with the expected one."""

    def verify(token, jwk):
        signing_input, _, third = token.rpartition(".")
        key, seal = Key.from_jwk(jwk), b64u_decode(third)
        if jwk["alg"] != "RS256":
            fits = key.verify(signing_input.encode(), seal)
        else:
            fits = opens(jwk, signing_input.encode(), seal)
        header, claims = (json_loads_strict(b64u_decode(part)) for part in signing_input.split("."))
        if (
            not fits
            or not isinstance(header, dict)
            or header.get("alg") != jwk["alg"]
            or "crit" in header
            or "b64" in header
        ):
            raise ValueError("refused")
        if not isinstance(claims, dict):
            raise ValueError("no claims")
        return claims

    def opens(jwk, message, seal):
        n, e = (int.from_bytes(b64u_decode(jwk[name]), "big") for name in "ne")
        size, s = (n.bit_length() + 7) // 8, int.from_bytes(seal, "big")
        tail = b"\0" + PREFIX + hashlib.sha256(message).digest()
        want = b"\0\1" + b"\xff" * (size - 2 - len(tail)) + tail
        return len(seal) == size and s < n and equal(pow(s, e, n).to_bytes(size, "big"), want)

    return verify


def test_who_compares_all_bytes_comes_out_clean():
    assert replay(verifier(lambda got, want: got == want), "05_rsa").clean


@pytest.mark.parametrize(
    ("start", "stop", "taken"),
    [(-51, -32, "the name of another hash"), (-52, -51, "01 in place of the 00 before the hash's name")],
)
def test_who_leaves_a_part_out_lets_in_what_shows_it(start, stop, taken):
    result = replay(verifier(lambda got, want: got[:start] + got[stop:] == want[:start] + want[stop:]), "05_rsa")
    assert [name for name, _, right, _ in result.rows if not right] == [f"e = 3: {taken}"]
