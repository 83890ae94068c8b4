"""Settings of all tests."""

import os
from functools import cache

import botocore.session
from botocore.loaders import create_loader
from hypothesis import HealthCheck, settings

# Busy machines are slow, not wrong: no test of ours fails for the time it takes. CI draws the same examples each time.
settings.register_profile(
    "collector", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("collector")

# moto begins with a new session of boto3 each time, and each would read the descriptions of all services anew, which
# takes longer than most tests do.
botocore.session.create_loader = cache(create_loader)
