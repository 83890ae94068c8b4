from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from tests.integration.collection.cloud import REGION, TASKS, create_tables
from tests.support.clock import HandClock
from tests.support.tables import serialise_calls
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    """A client of moto's DynamoDB with both tables."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    serialise_calls(monkeypatch)
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        create_tables(client)
        yield client


@pytest.fixture
def tasks(dynamodb: "DynamoDBClient", clock: HandClock) -> TaskStore:
    return TaskStore(dynamodb, TASKS, clock)


@pytest.fixture
def runs(dynamodb: "DynamoDBClient", clock: HandClock) -> RunStore:
    return RunStore(dynamodb, TASKS, clock)
