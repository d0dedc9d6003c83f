import pytest
from hypothesis import HealthCheck, settings
from jwt_helpers import key_for

from jwt_from_scratch import Key

settings.register_profile(
    "jwt", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("jwt")


@pytest.fixture(scope="session")
def hs256() -> Key:
    return key_for("HS256")


@pytest.fixture(scope="session")
def es256() -> Key:
    return key_for("ES256")
