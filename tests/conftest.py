"""Settings for all tests: the same examples on every run, and no time limit for a single example."""

import os
import tempfile

from hypothesis import HealthCheck, settings

# The grader's own key for this machine: one for these tests alone. Workers of pytest share it.
os.environ.setdefault("XDG_STATE_HOME", tempfile.mkdtemp(prefix="grader-tests-"))

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.load_profile("repeatable")
