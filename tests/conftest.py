"""Settings of all tests."""

import os

from hypothesis import HealthCheck, settings

from tests.support.cheap_calls import make_calls_cheap

# Busy machines are slow, not wrong: no test of ours fails for the time it takes. CI draws the same examples each time.
settings.register_profile(
    "collector", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("collector")

make_calls_cheap()
