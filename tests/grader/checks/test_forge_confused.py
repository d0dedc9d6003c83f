"""forge_confused: a role is set and not replaced, and a library may not read the token either."""

import hmac
from collections.abc import Callable

import jwt
import pytest

from grader.checks.c05_rsa import forge_confused as exercise
from grader.judging.result import FAILED, Result
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict
from tests.grader.helpers import SEEDS, judged


def result_of(function: Callable[..., str], seed: str = "self-paced") -> Result:
    return judged(exercise, function, seed)


def sealed(header: bytes, payload: bytes, secret: bytes) -> str:
    text = f"{b64u_encode(header)}.{b64u_encode(payload)}"
    return f"{text}.{b64u_encode(hmac.digest(secret, text.encode(), 'sha256'))}"


def replaces_words(token: str, public_pem: bytes) -> str:
    header, payload, _ = map(b64u_decode, token.split("."))
    return sealed(header.replace(b"RS256", b"HS256"), payload.replace(b"visitor", b"admin"), public_pem)


def changes_only_what_is_there(token: str, public_pem: bytes) -> str:
    claims = json_loads_strict(b64u_decode(token.split(".")[1]))
    if "role" in claims:
        claims["role"] = "admin"
    return sealed(b'{"alg":"HS256"}', json_dumps(claims), public_pem)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("function", "says"),
    [
        (replaces_words, "Only the role 'visitor' becomes 'admin'."),
        (changes_only_what_is_there, "A token without a role gets none."),
    ],
)
def test_a_role_is_set_and_not_replaced(function: Callable[..., str], says: str, seed: str) -> None:
    result = result_of(function, seed)
    assert (result.score, result.status) == (0, FAILED)
    assert result.mistakes[0].startswith(says)


def test_why_a_library_is_forbidden_is_true_of_reading_too() -> None:
    def reads_with_a_library(token: str, public_pem: bytes) -> str:
        claims = jwt.decode(token, options={"verify_signature": False})
        return sealed(b'{"alg":"HS256"}', json_dumps(claims | {"role": "admin"}), public_pem)

    result = result_of(reads_with_a_library)
    assert (result.score, result.status) == (0, "forbidden")
    assert "because you make this token by hand" in result.messages[0]
    assert "__" not in result.messages[0]
