"""How many random bits decide what a call returns."""

import hashlib
import itertools
import os
import random
import secrets
import time
import uuid
from collections.abc import Callable
from os import urandom
from typing import Any

import pytest

from grader.inside import calling, chance
from grader.inside.calling import CHANCE, RETURNED
from grader.inside.values import unpack

_counter = itertools.count()

WAYS: dict[str, tuple[Callable[[], Any], int]] = {
    "token_urlsafe": (lambda: secrets.token_urlsafe(16), 128),
    "token_hex of twelve": (lambda: secrets.token_hex(12), 96),
    "a hash of eight bytes": (lambda: hashlib.sha256(secrets.token_bytes(8)).hexdigest(), 64),
    "os.urandom": (lambda: os.urandom(32).hex(), 128),
    "urandom by its own name": (lambda: urandom(16).hex(), 128),
    "SystemRandom": (lambda: f"{random.SystemRandom().getrandbits(128):x}", 128),
    "letters chosen one by one": (lambda: "".join(secrets.choice("abcdefgh") for _ in range(50)), 128),
    "bits chosen one by one": (lambda: "".join(secrets.choice("01") for _ in range(128)), 128),
    "a UUID": (lambda: str(uuid.uuid4()), 122),
    "chance that is thrown away": (lambda: (secrets.token_bytes(16), "same")[1], 0),
    "the first byte alone": (lambda: secrets.token_bytes(16)[0], 8),
    "a hash of the time": (lambda: hashlib.sha256(str(time.time_ns()).encode()).hexdigest(), 0),
    "a counter": (lambda: next(_counter), 0),
    "a counter and chance": (lambda: f"{next(_counter)}{secrets.token_hex(16)}", 128),
    "the time and four bytes": (lambda: f"{time.time_ns()}{secrets.token_hex(4)}", 32),
    "a simulation's generator": (lambda: random.Random(4).getrandbits(200), 0),
}


@pytest.mark.parametrize(("call", "bits"), WAYS.values(), ids=WAYS)
def test_the_bits_that_decide_are_counted(call: Callable[[], Any], bits: int) -> None:
    assert chance.deciding_bits(lambda _: call(), globals()) == bits


def test_afterwards_the_system_is_asked_again() -> None:
    real = (os.urandom, urandom)

    def fails(thing: None) -> None:
        secrets.token_bytes(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        chance.deciding_bits(fails, globals())
    assert (os.urandom, urandom) == real
    assert secrets.token_hex(16) != secrets.token_hex(16)


def test_what_is_drawn_when_the_object_is_made_does_not_count() -> None:
    def hashed(key: bytes) -> str:
        return hashlib.sha256(key).hexdigest()

    assert chance.deciding_bits(hashed, globals(), lambda: secrets.token_bytes(32)) == 0
    assert chance.deciding_bits(lambda key: hashed(key + os.urandom(3)), globals(), lambda: os.urandom(32)) == 24


def test_a_step_of_a_play_asks_new_objects() -> None:
    class Store:
        def __init__(self) -> None:
            self.made = 0

        def create(self, prefix: str) -> str:
            self.made += 1
            return f"{prefix}{self.made}{secrets.token_hex(10)}"

    outcome = calling.call(Store, ((CHANCE, ((False, "create"), (False, "x"))), ("create", ((False, "y"),))), 2.0)
    assert outcome.kind == RETURNED
    (_, bits), (_, made) = unpack(outcome.packed)
    assert bits == 80
    assert made.startswith("y1")
