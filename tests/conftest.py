"""Settings of all tests."""

import os

from hypothesis import HealthCheck, settings

from tests.support.cheap_calls import make_calls_cheap

_CI = "CI" in os.environ

# Busy machines are slow, not wrong: no test of ours fails for the time it takes. CI draws the same examples each time,
# and half as many.
settings.register_profile(
    "collector",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=_CI,
    max_examples=50 if _CI else 100,
)
settings.load_profile("collector")

make_calls_cheap()
