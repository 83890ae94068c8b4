import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, Cloud
from tests.integration.collection.conftest import MakeCloud, make_cloud

__all__ = ["make_cloud"]

FIXTURES = Path(__file__).parents[2] / "fixtures" / "versions"
VERSIONS = ("ac3f113", "2ceb1cb", "3b5fd9f")
WITH_STUDIES = VERSIONS[1:]
WRITTEN = datetime(2026, 11, 20, 9, tzinfo=UTC)
SETTINGS: dict[str, Any] = {
    "archive_lag_scale": 0,
    "search_id_change_probability": 0,
    "unauthorized_endpoints": ["user/reposted_videos"],
}

Restore = Callable[[str], Cloud]


def objects_of(version: str) -> dict[str, bytes]:
    """What earlier code has put into the bucket, by key."""
    root = FIXTURES / version / "bucket"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def items_of(version: str) -> dict[str, list[dict[str, Any]]]:
    """The items of both tables as earlier code has left them."""
    items: dict[str, list[dict[str, Any]]] = json.loads((FIXTURES / version / "tables.json").read_text())
    return items


def world() -> World:
    """The world that was collected from."""
    specs = [
        AccountSpec("stormy", videos=30, days=60, followers=250, pinned=1),
        AccountSpec("calm_one", videos=6, days=60),
    ]
    return World.generate(seed=5, accounts=2, videos=2, days=90, end=date(2026, 11, 20), specs=specs)


@pytest.fixture
def restore(make_cloud: MakeCloud) -> Restore:
    """A cloud as earlier code has left it, at the moment when it did."""

    def restored(version: str) -> Cloud:
        cloud = make_cloud(world(), now=WRITTEN, settings=SETTINGS, threads=1)
        for table, items in items_of(version).items():
            for item in items:
                cloud.dynamodb.put_item(TableName=table, Item=item)
        for key, data in objects_of(version).items():
            cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=data)
        return cloud

    return restored
