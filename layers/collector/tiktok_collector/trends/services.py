"""What `trend_ingestion` needs, built once per process from its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from tiktok_collector.aws import dynamodb_client, s3_client, secrets_client
from tiktok_collector.clock import Clock, SystemClock
from tiktok_collector.first_use import at_first_use
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.leases import Lease
from tiktok_collector.observability import Log
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import TRENDS
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.settings import TrendIngestionSettings
from tiktok_collector.studies.study_files import StudyFiles
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.tokens.secret_store import SecretStore
from tiktok_collector.trends.credentials import read_credentials
from tiktok_collector.trends.ingestion import TrendIngestion
from tiktok_collector.trends.sources import TrendUrls, adapters
from tiktok_collector.trends.study_polls import TrendPolls
from tiktok_collector.trends.summaries import TrendSummaries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tiktok_collector.http.client import HttpClient

LEASE_NAME: Final = "TRENDS"
MAX_BODY_BYTES: Final = 8 * 1024 * 1024
"""A list of 100 rows takes some 200 KB."""
_SETTING: Final = "CREATIVE_CENTER_URL, CREATIVE_CENTER_US_URL, CREATIVE_CENTER_EU_URL or BUSINESS_API_URL"


@dataclass(frozen=True, kw_only=True)
class TrendServices:
    """The long-lived parts; each can be replaced by a test."""

    clock: Clock
    dynamodb: "DynamoDBClient"
    usage_log_table: str
    tasks_table: str
    http: "HttpClient"
    pages: RawPageStore
    objects: ObjectStore
    secret: SecretStore
    urls: TrendUrls
    threads: int
    spacing: timedelta

    @classmethod
    def build(cls, environment: Mapping[str, str], clock: Clock | None = None) -> Self:
        """The services of the deployed function.

        Raises:
            InvalidRequest: a setting is missing or malformed; the message names it.
        """
        settings = TrendIngestionSettings.load(environment)
        clock, s3 = clock or SystemClock(), s3_client()
        return cls(
            clock=clock,
            dynamodb=dynamodb_client(),
            usage_log_table=settings.usage_log_table,
            tasks_table=settings.tasks_table,
            http=at_first_use(lambda: http_client(clock)),
            pages=RawPageStore(s3, settings.bucket, clock=clock),
            objects=ObjectStore(s3, settings.bucket),
            secret=SecretStore(at_first_use(secrets_client), settings.trend_credentials_secret),
            urls=TrendUrls(
                creative_center=str(settings.creative_center_url),
                creative_center_us=str(settings.creative_center_us_url),
                creative_center_eu=str(settings.creative_center_eu_url),
                business_api=str(settings.business_api_url),
            ),
            threads=settings.trend_threads,
            spacing=timedelta(seconds=settings.trend_spacing_seconds),
        )

    def polls(self, log: Log) -> TrendPolls:
        """The use case."""
        return TrendPolls(
            files=StudyFiles(self.objects),
            summaries=TrendSummaries(self.objects),
            ingestions=lambda settings: self._ingestion(settings, log),
            lease=Lease(self.dynamodb, self.tasks_table, self.clock, name=LEASE_NAME),
            clock=self.clock,
        )

    def _ingestion(self, settings: TrendSettings, log: Log) -> TrendIngestion:
        version = self.secret.read()
        budgets = {family: Budget(settings.daily_requests, 0) for family in TRENDS}
        return TrendIngestion(
            adapters=adapters(self.urls, read_credentials(version, self.secret.secret_id)),
            credentials=version.version_id if version else None,
            # The server's counters do not matter here: the limit is our own politeness.
            ledger=QuotaLedger(self.dynamodb, self.usage_log_table, budgets, self.clock, turn_of_day=timedelta()),
            http=self.http,
            pages=self.pages,
            objects=self.objects,
            summaries=TrendSummaries(self.objects),
            clock=self.clock,
            threads=self.threads,
            spacing=self.spacing,
            log=log,
        )


def http_client(clock: Clock) -> "HttpClient":
    """The client of all sources of trends."""
    # Imported with the first request: most ticks send none.
    from tiktok_collector.http.client import HttpClient  # noqa: PLC0415 - as said

    return HttpClient(clock, setting=_SETTING, max_body_bytes=MAX_BODY_BYTES)
