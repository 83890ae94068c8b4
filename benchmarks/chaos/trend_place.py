"""Where trend ingestion is played: the sandbox's lists behind HTTP, with AWS in a storm or in none."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from benchmarks.chaos.storm import Stormy
from benchmarks.chaos.surroundings import AN_AWS_CALL, Strikes, TrueTime
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from benchmarks.fake_secrets import FakeSecrets
from sandbox.testing import SandboxServer
from sandbox.trends.movement import DAY
from sandbox.world import World
from tests.integration.collection.cloud import BUCKET, TASKS, USAGE_LOG, Lines
from tiktok_collector.deadline import Deadline
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.trends import trend_model
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import TRENDS
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.tokens.secret_store import SecretStore
from tiktok_collector.trends.report import TrendReport
from tiktok_collector.trends.services import TrendServices, http_client
from tiktok_collector.trends.sources import TrendUrls
from tiktok_collector.trends.summaries import TrendSummaries

BEGIN: Final = datetime(2026, 11, 20, tzinfo=UTC)
DAILY_REQUESTS: Final = 40
"""Of each family; a calm day takes 25."""
_SECRET: Final = "trend-credentials"  # noqa: S105 - the secret's name
_SPACING: Final = 1.0
STUDY: Final[dict[str, Any]] = {
    "version": 1,
    "name": "storms",
    "trends": {
        "enabled": True,
        "countries": ["US", "GB"],
        "kinds": {"hashtag": ["creative_center", "business_api"]},
        "polls_per_day": 2,
        "daily_requests": DAILY_REQUESTS,
        "acknowledge_unofficial_terms": True,
    },
}


class TrendPlace:
    """Table, bucket and secret of a stack, and the sources that it asks.

    Args:
        sandbox: The sources.
        threads: Of each invocation.
    """

    def __init__(self, sandbox: SandboxServer, threads: int = 1) -> None:
        self.sandbox = sandbox
        self.threads = threads
        self.true = TrueTime(sandbox)
        self.dynamodb, self.s3, self.secrets = FakeDynamoDB(), FakeS3(self.true.now), FakeSecrets()
        self.log = Lines()
        self.renew_credentials()
        self.s3.put_object(Key="config/study.yaml", Body=json.dumps(STUDY).encode())

    def renew_credentials(self) -> None:
        """A person stores new ones, which live for days."""
        known = {"creative_center": self.sandbox.trend_login, "business_api": self.sandbox.business_credentials}
        self.secrets.put_secret_value(SecretId=_SECRET, SecretString=json.dumps(known))

    def services(self, strikes: Strikes) -> TrendServices:
        """Those of a new process, whose calls to AWS `strikes` may strike."""
        dynamodb, s3, secrets = (self._stormy(each, strikes) for each in (self.dynamodb, self.s3, self.secrets))
        url = self.sandbox.url
        return TrendServices(
            clock=self.true,
            dynamodb=dynamodb,
            usage_log_table=USAGE_LOG,
            tasks_table=TASKS,
            http=http_client(self.true),
            pages=RawPageStore(s3, BUCKET, clock=self.true),
            objects=ObjectStore(s3, BUCKET),
            secret=SecretStore(secrets, _SECRET),
            urls=TrendUrls(creative_center=url, creative_center_us=url, creative_center_eu=url, business_api=url),
            threads=self.threads,
            spacing=timedelta(seconds=_SPACING),
        )

    def ingest(self, services: TrendServices, event: dict[str, Any], seconds: float) -> TrendReport:
        """What `trend_ingestion` does with an event when it has so many seconds."""
        parsed = parse_event(trend_model(event), event)
        deadline = Deadline(self.true, self.true.now() + timedelta(seconds=seconds))
        return services.polls(self.log).run(parsed, request_id="request", deadline=deadline)

    @property
    def objects(self) -> ObjectStore:
        """The bucket, in no storm."""
        s3: Any = self.s3
        return ObjectStore(s3, BUCKET)

    @property
    def pages(self) -> RawPageStore:
        """Likewise."""
        s3: Any = self.s3
        return RawPageStore(s3, BUCKET)

    @property
    def summaries(self) -> TrendSummaries:
        """Likewise."""
        return TrendSummaries(self.objects)

    @property
    def ledger(self) -> QuotaLedger:
        """Likewise."""
        dynamodb: Any = self.dynamodb
        budgets = {family: Budget(DAILY_REQUESTS, 0) for family in TRENDS}
        return QuotaLedger(dynamodb, USAGE_LOG, budgets, self.true, turn_of_day=timedelta())

    def _stormy(self, client: Any, strikes: Strikes) -> Any:
        return Stormy(client, strikes, lambda: self.true.sleep(AN_AWS_CALL))


@contextmanager
def trend_place(world: World, *, threads: int = 1, seed: int = 1) -> Iterator[TrendPlace]:
    """A place on the first day, whose lists change at midnight alone: so a day's lists do not hang on the minute."""
    with (
        patch("sandbox.trends.world.edition", lambda _, moment: moment // DAY * DAY),
        SandboxServer(world, now=BEGIN, seed=seed) as sandbox,
    ):
        yield TrendPlace(sandbox, threads)
