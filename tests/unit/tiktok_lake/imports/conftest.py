"""One connection for all tests of mapping."""

from collections.abc import Iterator

import pytest

from tests.unit.tiktok_lake.imports.mapped import mapping_engine


@pytest.fixture(scope="package", autouse=True)
def _engine() -> Iterator[None]:
    with mapping_engine():
        yield
