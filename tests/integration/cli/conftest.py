import os
from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.integration.cli.moto_stack import OUTPUTS, MotoStack, play


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[MotoStack]:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL", "TIKTOK_COLLECTOR_STACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    with mock_aws():
        made = MotoStack(dict(OUTPUTS))
        made.make()
        play(made, monkeypatch)
        yield made
