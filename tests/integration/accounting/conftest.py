import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
import pytest
from moto import mock_aws

from tests.support import clock as clocks
from tests.support.tables import create_table
from tiktok_collector.accounting.forecasting import MOST_TASKS, Forecasting
from tiktok_collector.accounting.quota_accounting import QuotaAccounting
from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.lake.keys import raw_page_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import PageEnvelope, RawPageStore, encode_pages
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.entry import Outcome, UsageEntry
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.quota.reservation import Reservation
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

TABLE, TASKS, BUCKET = "usage-log", "tasks", "lake"
BODY = b'{"data":{}}'


class HandClock(clocks.HandClock):
    """S3 goes by it too."""

    def to(self, day: int, hour: int, minute: int = 0) -> None:
        self.time = datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@dataclass
class Stack:
    """The usage log and the bucket, with a worker that spends requests."""

    dynamodb: "DynamoDBClient"
    s3: "S3Client"
    clock: HandClock
    pages: int = 0
    limit: int = 1_000

    @property
    def ledger(self) -> QuotaLedger:
        budgets = {Family.RESEARCH: Budget(self.limit), Family.FOLLOWERS: Budget(20_000)}
        return QuotaLedger(self.dynamodb, TABLE, budgets, self.clock, turn_of_day=timedelta(minutes=2))

    def accounting(self, *, most_tasks: int = MOST_TASKS) -> QuotaAccounting:
        families = {"videos": Family.RESEARCH, "followers": Family.FOLLOWERS}
        stored = StoredPages(RawPageStore(self.s3, BUCKET), families)
        objects = ObjectStore(self.s3, BUCKET)
        forecasting = Forecasting(self.runs, self.tasks, objects, most_tasks=most_tasks)
        return QuotaAccounting(self.ledger, stored, objects, forecasting, self.clock)

    @property
    def runs(self) -> RunStore:
        return RunStore(self.dynamodb, TASKS, self.clock)

    @property
    def tasks(self) -> TaskStore:
        return TaskStore(self.dynamodb, TASKS, self.clock)

    def reserve(self, family: Family = Family.RESEARCH) -> Reservation:
        return self.ledger.reserve(family, WorkClass.ADHOC)[0]

    def store(self, *reservations: Reservation, dt: str | None = None) -> str:
        """Commit the pages of requests as one object; returns its key."""
        self.pages += 1
        reservation = reservations[0]
        entity = "videos" if reservation.family is Family.RESEARCH else "followers"
        key = raw_page_key(
            entity=entity, dt=dt or reservation.day, run_id="r1", task_id="t1", generation=0, page=self.pages
        )
        envelope = PageEnvelope(
            collector="0",
            source="tiktok_research_api",
            endpoint="video_query",
            entity=entity,
            url="https://open.tiktokapis.com/v2/research/video/query/",
            request={},
            retrieved_at="",
            run_id="r1",
            task_id="t1",
            generation=0,
            page=self.pages,
            request_id=reservation.request_id,
            day=reservation.day,
            family=reservation.family,
            has_more=False,
            http_status=200,
            body_sha256=hashlib.sha256(BODY).hexdigest(),
            body_bytes=len(BODY),
        )
        pages = [
            (msgspec.structs.replace(envelope, request_id=each.request_id, page=self.pages + number), BODY)
            for number, each in enumerate(reservations)
        ]
        self.pages += len(reservations) - 1
        RawPageStore(self.s3, BUCKET).put(key, encode_pages(pages))
        return key

    def settle(
        self, reservation: Reservation, outcome: Outcome = "ok", key: str | None = None, **but: Any
    ) -> UsageEntry:
        """Settle a request; `but` are fields of its entry that are not as usual."""
        entry = msgspec.structs.replace(self._entry(reservation, outcome, key), **but)
        self.ledger.settle(reservation, entry)
        return entry

    def refuse(self, error_code: str = "daily_quota_limit_exceeded") -> UsageEntry:
        """A request that the server answers with 429."""
        return self.settle(self.reserve(), "refused", http_status=429, error_code=error_code)

    def _entry(self, reservation: Reservation, outcome: Outcome, key: str | None) -> UsageEntry:
        return UsageEntry(
            request_id=reservation.request_id,
            day=reservation.day,
            family=reservation.family,
            work_class=reservation.work_class,
            run_id="r1",
            task_id="t1",
            endpoint="video_query",
            sent_at=reservation.reserved_at,
            http_status=None if outcome == "unknown" else 200,
            outcome=outcome,
            records=100 if outcome == "ok" else 0,
            key=key,
        )

    def settle_together(self, reservations: Sequence[Reservation], key: str) -> None:
        """Settle requests whose pages are in one object."""
        self.ledger.settle_together([self._entry(each, "ok", key) for each in reservations])

    def spend(self, count: int = 1, family: Family = Family.RESEARCH, **but: Any) -> None:
        """Requests that go well from end to end."""
        for _ in range(count):
            reservation = self.reserve(family)
            self.settle(reservation, key=self.store(reservation), **but)

    def spend_on_trends(self, count: int, run_id: str = "trends-20261120-p1") -> None:
        """Requests of a scheduled poll, whose pages are not among the raw ones."""
        budgets = {Family.CREATIVE_CENTER: Budget(500, 0)}
        ledger = QuotaLedger(self.dynamodb, TABLE, budgets, self.clock, turn_of_day=timedelta())
        for reservation in ledger.reserve(Family.CREATIVE_CENTER, WorkClass.SCHEDULED, count=count):
            self.settle(reservation, run_id=run_id, endpoint="list", records=20, key="trends/x")

    def forget_the_ledger(self) -> None:
        """The table falls back to nothing, as after a kill of the local cloud."""
        for item in self.dynamodb.scan(TableName=TABLE)["Items"]:
            self.dynamodb.delete_item(TableName=TABLE, Key={"pk": item["pk"], "sk": item["sk"]})


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    clock = HandClock()
    monkeypatch.setattr("moto.s3.models.utcnow", lambda: clock.now().replace(tzinfo=None))
    with mock_aws():
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        create_table(dynamodb, TABLE, "UsageLog")
        create_table(dynamodb, TASKS, "Tasks")
        s3.create_bucket(Bucket=BUCKET)
        yield Stack(dynamodb, s3, clock)
