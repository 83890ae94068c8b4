import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from moto import mock_aws

from tests.integration.cli.moto_stack import OUTPUTS, MotoStack, play


@contextmanager
def made() -> Iterator[MotoStack]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL", "TIKTOK_COLLECTOR_STACK"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        stack = MotoStack(dict(OUTPUTS))
        stack.make()
        play(stack, patch)
        yield stack


@pytest.fixture
def stack() -> Iterator[MotoStack]:
    with made() as found:
        yield found


@pytest.fixture(scope="module")
def unchanged_stack() -> Iterator[MotoStack]:
    """For tests that put nothing in."""
    with made() as found:
        yield found
