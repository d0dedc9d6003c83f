import pytest
from jwt_helpers import key_for

from jwt_from_scratch import Key


@pytest.fixture(scope="session")
def hs256() -> Key:
    return key_for("HS256")


@pytest.fixture(scope="session")
def es256() -> Key:
    return key_for("ES256")
