from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws

from sandbox.testing import SandboxServer
from sandbox.world import World
from tests.integration.collection.cloud import Cloud
from tests.support.tables import serialise_calls

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

MakeCloud = Callable[..., Cloud]


@pytest.fixture
def make_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeCloud]:
    """Makes a cloud over a sandbox with the given world, settings and faults."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    serialise_calls(monkeypatch)
    with ExitStack() as stack:

        def make(
            world: World | None = None,
            *,
            now: datetime = NOW,
            settings: dict[str, Any] | None = None,
            faults: list[dict[str, Any]] | None = None,
            **options: Any,
        ) -> Cloud:
            # A second cloud in the same test begins anew, and the first one's server stops.
            stack.close()
            stack.enter_context(mock_aws())
            sandbox = SandboxServer(world=world, now=now, settings=settings, faults=faults or [])
            stack.enter_context(sandbox)
            return Cloud(sandbox, **options)

        yield make
