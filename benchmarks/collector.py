"""A whole collector in one process over the fakes, without a token function; TikTok is whatever client it is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import SecretStr

from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from tiktok_collector.clock import Clock
from tiktok_collector.collection.deadline import Deadline
from tiktok_collector.collection.launch import Launch
from tiktok_collector.collection.report import RunReport
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.lake.objects import MultipartUpload, ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.observability import Log
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import Family
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tokens.access_token import AccessToken

NO_LIMIT: Final = 10**9
_BUCKET: Final = "bucket"
_TASKS: Final = "tasks"
_USAGE_LOG: Final = "usage-log"


class FixedToken:
    """Stands in for `AccessTokens`: one token, which is always good."""

    def __init__(self, value: str) -> None:
        self._token = AccessToken(SecretStr(value), "1", datetime(2100, 1, 1, tzinfo=UTC))

    def get(self) -> AccessToken:
        return self._token


class Quiet:
    """A log that nobody reads."""

    def info(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Nothing."""

    def warning(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Nothing."""


@dataclass
class FakeCloud:
    """Fake table and bucket, and the use case over them."""

    clock: Clock
    client: Any
    threads: int = 1
    token: str = "token"  # noqa: S105 - not a secret
    log: Log = field(default_factory=Quiet)
    dynamodb: Any = field(default_factory=FakeDynamoDB)
    s3: Any = field(default_factory=FakeS3)

    def services(self) -> CollectionServices:
        """The services of one function."""
        tokens: Any = FixedToken(self.token)
        budgets = {family: Budget(NO_LIMIT, 0) for family in Family}
        return CollectionServices(
            clock=self.clock,
            tasks=TaskStore(self.dynamodb, _TASKS, self.clock),
            runs=RunStore(self.dynamodb, _TASKS, self.clock),
            ledger=QuotaLedger(self.dynamodb, _USAGE_LOG, budgets, self.clock, turn_of_day=timedelta()),
            client=self.client,
            pages=RawPageStore(self.s3, _BUCKET, clock=self.clock),
            objects=ObjectStore(self.s3, _BUCKET),
            uploads=MultipartUpload(self.s3, _BUCKET),
            tokens=tokens,
            threads=self.threads,
        )

    def extract(self, event: dict[str, Any], run_id: str) -> RunReport:
        """What `user_extraction` does with `event` and all the time in the world."""
        deadline = Deadline(self.clock, self.clock.now() + timedelta(days=1))
        parsed = parse_event(ExtractionEvent, {**event, "run_id": run_id})
        return Launch(self.services(), self.log).run(parsed, request_id=run_id, deadline=deadline)
