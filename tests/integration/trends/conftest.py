from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.collection.conftest import MakeCloud, make_cloud
from tests.integration.trends.trend_cloud import TrendCloud
from tests.support.secrecy import everything_logged

__all__ = ["everything_logged", "make_cloud"]

MakeTrendCloud = Callable[..., TrendCloud]


@pytest.fixture
def make_trends(make_cloud: MakeCloud) -> MakeTrendCloud:
    """Makes trend ingestion over a cloud with the given sandbox."""

    def make(
        *, threads: int = 1, spacing: float = 1.0, credentials: tuple[str, ...] | None = (), **options: Any
    ) -> Any:
        trends = TrendCloud(make_cloud(**options), threads=threads, spacing=spacing)
        if credentials is not None:
            trends.store_credentials(*credentials)
        return trends

    return make
