from datetime import datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING, Any

import pytest
from moto.dynamodb.responses import DynamoHandler

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

from tiktok_collector.quota.entry import Outcome, UsageEntry
from tiktok_collector.quota.ledger import Reservation

TABLE = "usage-log"


class HandClock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def advance(self, **by: float) -> None:
        self.time += timedelta(**by)


def serialise_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each call to moto's tables atomic, as DynamoDB's are: moto checks, changes and reads in unlocked steps."""
    lock, unlocked = RLock(), DynamoHandler.call_action

    def call_action(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return unlocked(*args, **kwargs)

    monkeypatch.setattr(DynamoHandler, "call_action", call_action)


def create_usage_log(client: "DynamoDBClient", table: str = TABLE) -> None:
    client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def entry_of(
    reservation: Reservation,
    outcome: Outcome = "ok",
    http_status: int | None = 200,
    *,
    run_id: str = "run-1",
    endpoint: str = "video_query",
    records: int = 100,
) -> UsageEntry:
    return UsageEntry(
        request_id=reservation.request_id,
        day=reservation.day,
        family=reservation.family,
        work_class=reservation.work_class,
        run_id=run_id,
        task_id="task-1",
        endpoint=endpoint,
        sent_at=reservation.reserved_at,
        http_status=http_status,
        outcome=outcome,
        records=records,
        latency_ms=150,
    )
