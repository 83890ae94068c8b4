from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from tests.integration.quota.support import TABLE
from tests.support.clock import HandClock
from tests.support.tables import create_table, serialise_calls
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import Family
from tiktok_collector.quota.ledger import QuotaLedger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MakeLedger = Callable[..., QuotaLedger]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> "Iterator[DynamoDBClient]":
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    serialise_calls(monkeypatch)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1", config=Config(max_pool_connections=32))
        create_table(client, TABLE, "UsageLog")
        yield client


@pytest.fixture
def make_ledger(dynamodb: "DynamoDBClient", clock: HandClock) -> MakeLedger:
    def make(*, limit: int = 1_000, reserve: int = 10, turn_of_day: timedelta = timedelta(minutes=2)) -> QuotaLedger:
        budgets = {family: Budget(limit, reserve) for family in Family}
        return QuotaLedger(dynamodb, TABLE, budgets, clock, turn_of_day=turn_of_day)

    return make
