"""The corpus of lesson 12 and the decoder that measures it: the reference refuses every attack, each defence counts."""

import random
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from jwt_from_scratch import KeySet, decode
from jwt_from_scratch.encoding import b64u_decode, json_loads_strict
from jwt_from_scratch.services.corpus import COLLEGE, FAMILIES, TOWN, World
from jwt_from_scratch.services.defences import DEFENCES, decoder

NOW = 1_800_000_000
WORLD = World.fresh(NOW)
ATTACKS, GOOD = WORLD.attacks(), [*WORLD.good(), *WORLD.random_good(40)]


def reference(token, keys, policy):
    """The reference module, its key set chosen by iss."""
    claims = json_loads_strict(b64u_decode(token.split(".")[1])) if token.count(".") else None
    if not isinstance(claims, dict) or not isinstance(claims.get("iss"), str) or claims["iss"] not in keys:
        raise ValueError("iss")
    jwks = KeySet.from_jwks(keys[claims["iss"]])
    return decode(token, jwks, issuer=claims["iss"], **policy)


def lets_in(decode, attack):
    try:
        decode(attack.token, attack.keys, attack.policy)
    except ValueError:
        return False
    return True


def test_there_are_some_eighty_attacks_each_with_its_own_name_and_rule() -> None:
    assert len(ATTACKS) >= 80
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert {attack.family for attack in ATTACKS} == set(FAMILIES)
    for attack in ATTACKS:
        assert re.fullmatch(r"RFC (8725|7519|7515|7517) §[\d.]+", attack.rule)
        assert attack.lets_in.endswith(".")
    covered = {attack.rule for attack in ATTACKS if attack.rule.startswith("RFC 8725")}
    assert covered == {f"RFC 8725 §3.{n}" for n in (1, 3, 4, 5, 7, 8, 9, 10, 11, 12)}


@pytest.mark.parametrize("decode", [reference, decoder()], ids=["reference", "all defences"])
def test_a_good_decoder_takes_every_good_token_and_no_attack(decode) -> None:
    for one in GOOD:
        assert decode(one.token, one.keys, one.policy) == one.claims, one.name
    assert [attack.name for attack in ATTACKS if lets_in(decode, attack)] == []


@pytest.mark.parametrize("name", DEFENCES)
def test_no_defence_is_spare_and_none_costs_a_good_token(name: str) -> None:
    without = decoder(name)
    assert any(lets_in(without, attack) for attack in ATTACKS)
    for one in GOOD:
        assert without(one.token, one.keys, one.policy) == one.claims, one.name


def test_most_attacks_are_held_by_one_defence() -> None:
    """So the corpus isolates what it is about; the others break the form itself or meet two walls."""
    holding = {attack.name: [name for name in DEFENCES if lets_in(decoder(name), attack)] for attack in ATTACKS}
    alone = [name for name, defences in holding.items() if len(defences) == 1]
    assert len(alone) >= 60
    nobody = {name for name, defences in holding.items() if not defences}
    assert {"exp is NaN", "two segments", "four segments", "an RSA key with e = 1"} <= nobody


def test_without_any_defence_everyone_gets_in_who_is_vital() -> None:
    nothing = decoder(*DEFENCES)
    vital = [attack for attack in ATTACKS if attack.vital]
    assert len(vital) >= 10
    assert [attack.name for attack in vital if not lets_in(nothing, attack)] == []


def test_each_grave_attack_is_held_by_the_clock_or_by_the_audience_alone() -> None:
    grave = {
        attack.name: [name for name in DEFENCES if lets_in(decoder(name), attack)] for attack in ATTACKS if attack.grave
    }
    assert sorted(grave.values()) == [["audience"], ["times"]]
    assert not any(attack.grave and attack.vital for attack in ATTACKS)


def test_a_defence_must_exist_to_be_taken_away() -> None:
    with pytest.raises(KeyError):
        decoder("walls")


def test_a_seed_makes_the_same_world_again() -> None:
    private = rsa.generate_private_key(65537, 2048)
    one, two = (World(NOW, random.Random("seed"), private) for _ in range(2))
    assert (one.keys, one.policy) == (two.keys, two.policy)
    other = World(NOW, random.Random("another"), private)
    assert other.keys != one.keys
    assert (one.good(), one.attacks()) == (two.good(), two.attacks())
    assert [good.claims for good in one.random_good(5)] == [good.claims for good in two.random_good(5)]


def test_without_a_small_key_that_attack_is_left_out() -> None:
    names = {attack.name for attack in World(NOW, random.Random(1), rsa.generate_private_key(65537, 2048)).attacks()}
    assert "an RSA key of 1024 bits" not in names
    assert len(names) == len(ATTACKS) - 1


def test_no_key_set_holds_a_private_member() -> None:
    for one in [*ATTACKS, *GOOD]:
        for jwks in one.keys.values():
            assert not any({"d", "p", "q"} & set(jwk) for jwk in jwks["keys"])
    assert set(WORLD.keys) >= {TOWN, COLLEGE}
