import pytest

from jwt_from_scratch import Key
from tests.jwt_from_scratch.helpers import key_for


@pytest.fixture(scope="session")
def hs256() -> Key:
    return key_for("HS256")


@pytest.fixture(scope="session")
def es256() -> Key:
    return key_for("ES256")
