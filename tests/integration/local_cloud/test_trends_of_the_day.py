"""Trends as `make run` has them ingested and tells them, over a real collector with moto and the sandbox."""

import io
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec
import pytest
import yaml
from rich.console import Console

from local_cloud import credentials
from local_cloud.endpoint import LocalAws
from local_cloud.layout import checkout
from local_cloud.quota_today import usage_today
from local_cloud.revival import revive
from local_cloud.sandbox_process import Served
from local_cloud.stack import Stack, sandbox_parameters
from local_cloud.trends_of_the_day import TrendsOfTheDay
from sandbox.trends import credentials as sandbox_credentials
from tests.integration.collection.cloud import BUCKET, TASKS, USAGE_LOG
from tests.integration.collection.conftest import MakeCloud
from tests.integration.trends.trend_cloud import TrendCloud
from tiktok_collector.leases import Lease
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trend_lists.kinds import TrendKind, TrendSource
from tiktok_collector.trends.report import TrendReport
from tiktok_collector.trends.services import LEASE_NAME
from tiktok_collector.trends.study_polls import BUSY

NOW = datetime.now(UTC).replace(hour=13, minute=20, second=0, microsecond=0)
STUDY = {
    "countries": ["US", "GB"],
    "kinds": {"hashtag": ["creative_center", "business_api"], "sound": "business_api"},
    "acknowledge_unofficial_terms": True,
}
SETTINGS = TrendSettings(
    countries=("US", "GB"),
    periods=(7,),
    kinds={
        TrendKind.HASHTAG: (TrendSource.CREATIVE_CENTER, TrendSource.BUSINESS_API),
        TrendKind.SOUND: (TrendSource.BUSINESS_API,),
    },
    acknowledge_unofficial_terms=True,
)
STACK = Stack(
    bucket=BUCKET,
    usage_log_table=USAGE_LOG,
    tasks_table=TASKS,
    client_credentials_secret="client",
    access_token_secret="token",
    token_refresh="refresh",
    user_extraction="extraction",
    video_search="search",
    collection_worker="worker",
    quota_accounting="accounting",
    trend_ingestion="trends",
    trend_credentials_secret="trend-credentials",
    lake_curation="curation",
    data_refresh="data-refresh",
    dataset_import="import",
)
EVENT: dict[str, object] = {"study": True}


class Functions:
    """Plays Lambda: any function is trend ingestion."""

    environment: ClassVar = {"RESEARCH_DAILY_LIMIT": "1000", "FOLLOWERS_DAILY_LIMIT": "20000"}

    def __init__(self, trends: TrendCloud) -> None:
        self.answers: list[dict[str, Any]] = []
        self.trends = trends

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == STACK.trend_ingestion
        if self.answers:
            return self.answers.pop(0)
        return payload(self.trends.ingest(json.loads(Payload)))

    def get_function_configuration(self, **_: str) -> dict[str, Any]:
        return {"Environment": {"Variables": self.environment}}


def payload(report: object) -> dict[str, Any]:
    return {"Payload": io.BytesIO(msgspec.json.encode(report))}


@pytest.fixture
def trends(make_cloud: MakeCloud) -> TrendCloud:
    found = TrendCloud(make_cloud(now=NOW), spacing=0)
    found.store_credentials()
    found.study(STUDY)
    return found


@pytest.fixture
def functions(trends: TrendCloud) -> Functions:
    return Functions(trends)


@pytest.fixture
def aws(trends: TrendCloud, functions: Functions) -> LocalAws:
    cloud = trends.cloud
    found = LocalAws("")
    clients = {"s3": cloud.s3, "dynamodb": cloud.dynamodb, "lambda_": functions, "secrets": cloud.secrets}
    found.__dict__.update(clients)  # where they are cached
    return found


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=140, color_system=None)


def text(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_poll_of_the_hour_is_worked_once_and_its_lists_are_told(
    trends: TrendCloud, aws: LocalAws, console: Console
) -> None:
    day = TrendsOfTheDay(aws, STACK, SETTINGS, console)
    said = day.ingest(EVENT)
    assert said.startswith("6 of 6 lists complete, ")
    served = trends.cloud.sandbox.served().received
    assert said.endswith(f" rows, {served} requests")
    day.report()
    assert "hashtag US, 7 days" in text(console)
    assert "sound GB, 7 days" in text(console)
    again = TrendsOfTheDay(aws, STACK, SETTINGS, console)
    assert again.ingest(EVENT).endswith(" rows, 0 requests")
    assert trends.cloud.sandbox.served().received == served
    assert again.problem is None


def test_what_credentials_are_missing_for_is_told_with_its_reason_and_is_no_problem(
    trends: TrendCloud, aws: LocalAws, console: Console
) -> None:
    trends.store_credentials("creative_center")
    day = TrendsOfTheDay(aws, STACK, SETTINGS, console)
    assert day.ingest(EVENT).startswith("2 of 6 lists complete, ")
    day.report()
    assert "hashtag of business_api, 2 lists (GB, US): credentials_missing." in text(console)
    assert "sound of business_api, 2 lists (GB, US): credentials_missing." in text(console)
    assert day.problem is None


def test_a_function_that_fails_is_a_problem_in_its_own_words_and_stops_nothing(
    functions: Functions, aws: LocalAws, console: Console
) -> None:
    failure = {"Payload": io.BytesIO(b'{"errorMessage": "The secret is torn."}'), "FunctionError": "Unhandled"}
    functions.answers = [failure]
    day = TrendsOfTheDay(aws, STACK, SETTINGS, console)
    assert day.ingest(EVENT) == "failed"
    day.report()
    assert day.problem == "No trends were asked for: The secret is torn."
    assert text(console) == ""


def test_an_invocation_that_an_earlier_run_has_left_is_waited_for(
    functions: Functions, aws: LocalAws, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    monkeypatch.setattr("local_cloud.trends_of_the_day.time", SimpleNamespace(sleep=naps.append, monotonic=lambda: 0.0))
    functions.answers = [payload(TrendReport(note=BUSY, day="2026-11-21", poll="p1")) for _ in range(2)]
    assert TrendsOfTheDay(aws, STACK, SETTINGS, console).ingest(EVENT).startswith("6 of 6 lists")
    assert len(naps) == 2


def test_after_the_functions_host_died_nobody_waits_for_the_lease_that_it_held(
    trends: TrendCloud, aws: LocalAws
) -> None:
    clock = trends.cloud.clock
    lease = Lease(trends.cloud.dynamodb, TASKS, clock, name=LEASE_NAME)
    assert lease.acquire(clock.now() + timedelta(minutes=15))
    assert trends.ingest(EVENT).note == BUSY
    revive(aws, STACK, orphaned=False, outage_over=False)
    assert trends.ingest(EVENT).note == BUSY
    revive(aws, STACK, orphaned=True, outage_over=False)
    assert trends.ingest(EVENT).note is None


def test_credentials_are_renewed_after_a_day_and_not_for_nothing(trends: TrendCloud, aws: LocalAws) -> None:
    cloud, now = trends.cloud, NOW.timestamp()
    secret = cloud.secrets.create_secret(Name="empty")["ARN"]

    def version() -> str:
        return cloud.secrets.get_secret_value(SecretId=secret)["VersionId"]

    assert credentials.store_trends(aws, secret, sandbox_credentials.secret(now))
    first = version()
    assert not credentials.store_trends(aws, secret, sandbox_credentials.secret(now + 86_000))
    assert version() == first
    later = sandbox_credentials.secret(now + 86_400)
    assert credentials.store_trends(aws, secret, later)
    assert json.loads(cloud.secrets.get_secret_value(SecretId=secret)["SecretString"]) == later
    for torn in ("{}", "not json", "[]", '{"creative_center_legacy": {"headers": {"timestamp": "soon"}}}'):
        cloud.secrets.put_secret_value(SecretId=secret, SecretString=torn)
        assert credentials.store_trends(aws, secret, later)


def test_the_quota_of_trends_has_a_line_where_it_was_used(trends: TrendCloud, aws: LocalAws) -> None:
    cloud = trends.cloud
    before = [each.family for each in usage_today(aws, STACK, None)]
    trends.ingest(EVENT)

    def served(day: str, family: str) -> Served:
        found = cloud.sandbox.served(day, family=family)
        return Served(found.received, found.charged)

    after = {each.family: each for each in usage_today(aws, STACK, SimpleNamespace(served=served))}  # type: ignore[arg-type] # plays the process
    assert before == ["research", "followers"]
    assert list(after) == ["research", "followers", "creative_center", "business_api"]
    for family in ("creative_center", "business_api"):
        assert after[family].used == after[family].served != 0
        assert (after[family].limit, after[family].unknown) == (200, 0)


def test_the_parameters_for_the_sandbox_are_the_templates() -> None:
    class Loader(yaml.SafeLoader):
        """Takes CloudFormation's tags for nothing."""

    Loader.add_multi_constructor("!", lambda *_: None)
    template = yaml.load((Path(checkout()) / "template.yaml").read_text(), Loader)  # noqa: S506 - a safe loader
    wanted = sandbox_parameters("http://127.0.0.1:18480")
    assert wanted.keys() <= template["Parameters"].keys()
    urls = {name for name in template["Parameters"] if name.endswith("Url") and name != "EndpointUrl"}
    assert urls == {name for name, value in wanted.items() if value.startswith("http")}
