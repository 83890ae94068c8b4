"""Trend ingestion over a whole collector in one process: moto for AWS, the sandbox for the sources, one clock."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.integration.collection.cloud import BUCKET, TASKS, USAGE_LOG, Cloud
from tiktok_collector.deadline import Deadline
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.trends import trend_model
from tiktok_collector.lake.gzipped import gunzipped
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.families import Family
from tiktok_collector.tokens.secret_store import SecretStore
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trend_lists.summary import ListSummary, Summary
from tiktok_collector.trends.poll import ListOutcome, Poll
from tiktok_collector.trends.report import TrendReport
from tiktok_collector.trends.services import TrendServices, http_client
from tiktok_collector.trends.sources import TrendUrls
from tiktok_collector.trends.summaries import TrendSummaries


@dataclass
class TrendCloud:
    """Sends events to trend ingestion and looks at what became of them."""

    cloud: Cloud
    threads: int = 1
    spacing: float = 1.0

    def __post_init__(self) -> None:
        secret = self.cloud.secrets.create_secret(Name="trend-credentials")
        self.secret_id: str = secret["ARN"]

    @property
    def summaries(self) -> TrendSummaries:
        """What is stored."""
        return TrendSummaries(ObjectStore(self.cloud.s3, BUCKET))

    def store_credentials(self, *names: str) -> None:
        """Puts credentials made now into the secret; without names, those of all sources."""
        sandbox = self.cloud.sandbox
        every: dict[str, Any] = {
            "creative_center": sandbox.trend_login,
            "creative_center_legacy": {"headers": sandbox.legacy_headers},
            "business_api": sandbox.business_credentials,
        }
        some = {name: every[name] for name in names or every}
        self.cloud.secrets.put_secret_value(SecretId=self.secret_id, SecretString=json.dumps(some))

    def services(self) -> TrendServices:
        """New services, as a new Lambda process has them."""
        cloud, url = self.cloud, self.cloud.sandbox.url
        return TrendServices(
            clock=cloud.clock,
            dynamodb=cloud.dynamodb,
            usage_log_table=USAGE_LOG,
            tasks_table=TASKS,
            http=http_client(cloud.clock),
            pages=RawPageStore(cloud.s3, BUCKET, clock=cloud.clock),
            objects=ObjectStore(cloud.s3, BUCKET),
            secret=SecretStore(cloud.secrets, self.secret_id),
            urls=TrendUrls(creative_center=url, creative_center_us=url, creative_center_eu=url, business_api=url),
            threads=self.threads,
            spacing=timedelta(seconds=self.spacing),
        )

    def ingest(
        self, event: dict[str, Any], *, seconds: float = 900, services: TrendServices | None = None
    ) -> TrendReport:
        """What `trend_ingestion` does with `event` when it has so many seconds."""
        services = services or self.services()
        parsed = parse_event(trend_model(event), event)
        deadline = Deadline(services.clock, services.clock.now() + timedelta(seconds=seconds))
        with services.http:
            return services.polls(self.cloud.log).run(parsed, request_id="request-1", deadline=deadline)

    def study(self, trends: dict[str, Any], **more: Any) -> None:
        """Uploads a study that asks for these trends."""
        text = json.dumps({"version": 1, "name": "trendy", "trends": {"enabled": True, **trends}, **more})
        self.cloud.s3.put_object(Bucket=BUCKET, Key="config/study.yaml", Body=text.encode())

    def poll(self, report: TrendReport) -> Poll:
        """The document of the poll that a report is about."""
        found = self.summaries.poll(report.day, report.poll)
        assert found
        return found

    def outcome(self, report: TrendReport, asked: TrendList) -> ListOutcome:
        """What the poll has of a list."""
        (found,) = [each for each in self.poll(report).lists if each.asked == asked]
        return found

    def rows(self, outcome: ListOutcome) -> list[dict[str, Any]]:
        """The stored rows of a list, as lines of JSON."""
        assert outcome.rows_key
        data = self.cloud.s3.get_object(Bucket=BUCKET, Key=outcome.rows_key)["Body"].read()
        return [json.loads(line) for line in gunzipped(data, key=outcome.rows_key).splitlines()]

    def summary(self, day: str) -> Summary:
        """The summary of a day."""
        found = self.summaries.summary(day)
        assert found
        return found

    def list_summary(self, day: str, asked: TrendList) -> ListSummary:
        """One list of the summary of a day."""
        (found,) = [each for each in self.summary(day).lists if each.asked == asked]
        return found

    def stored_keys(self, prefix: str = "trends/") -> list[str]:
        """Keys of stored objects."""
        return [each.key for each in ObjectStore(self.cloud.s3, BUCKET).keys(prefix)]

    def entries(self, family: Family = Family.CREATIVE_CENTER) -> list[UsageEntry]:
        """Today's entries of the usage log."""
        return list(self.cloud.ledger().entries(self.cloud.clock.now().date().isoformat(), family))

    def served(self, family: Family = Family.CREATIVE_CENTER) -> int:
        """How many requests of the family the sandbox has received today."""
        return self.cloud.sandbox.served(self.cloud.clock.now().date(), family=family).received

    def advance(self, **by: float) -> None:
        """Moves the clock."""
        self.cloud.sandbox.clock.advance(timedelta(**by).total_seconds())


def watched(services: TrendServices, http: Any) -> TrendServices:
    """The services with another HTTP client."""
    return replace(services, http=http)
