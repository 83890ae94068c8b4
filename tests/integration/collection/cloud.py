"""A whole collector in one process: moto for AWS, the sandbox for TikTok, one clock for both."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import boto3
import msgspec
from botocore.config import Config

from sandbox.testing import SandboxServer
from tests.support.tables import create_table
from tiktok_collector.collection.launch import Launch
from tiktok_collector.collection.report import RunReport
from tiktok_collector.collection.resumption import Resumption, ResumptionReport
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.collection.study_day import StudyDay, StudyReport
from tiktok_collector.deadline import Deadline
from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.refresh import VideoRefreshEvent
from tiktok_collector.events.search import SearchEvent
from tiktok_collector.events.study import Part, StudyEvent
from tiktok_collector.events.worker import WorkerEvent
from tiktok_collector.lake.objects import MultipartUpload, ObjectStore
from tiktok_collector.lake.raw_pages import RawPage, RawPageStore, decode_pages
from tiktok_collector.pseudonyms.keys import PseudonymKeys
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.families import Family
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tokens.access_token import AccessTokens
from tiktok_collector.tokens.grant import TokenEndpoint
from tiktok_collector.tokens.lease import TokenLease
from tiktok_collector.tokens.refresh import TokenRefresh
from tiktok_collector.tokens.secret_store import SecretStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

BUCKET = "collector-data"
USAGE_LOG = "UsageLog"
TASKS = "Tasks"
REGION: Final = "eu-west-1"
PSEUDONYM_KEY: Final = "a-key-that-the-template-would-have-made"


class SharedClock:
    """The sandbox's clock, as the collector sees it; sleeping moves it."""

    def __init__(self, sandbox: SandboxServer) -> None:
        self._sandbox = sandbox

    def now(self) -> datetime:
        return self._sandbox.clock.now()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._sandbox.clock.advance(seconds)


@dataclass
class Lines:
    """Collects log lines."""

    lines: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def info(self, msg: object, /, *, extra: Any) -> None:
        self.lines.append((str(msg), dict(extra)))

    def warning(self, msg: object, /, *, extra: Any) -> None:
        self.lines.append((str(msg), dict(extra)))


class FunctionsInProcess:
    """Stands in for Lambda: invoking any function runs the token refresh of this process."""

    def __init__(self, refresh: TokenRefresh) -> None:
        self._refresh = refresh

    def invoke(self, *, FunctionName: str, Payload: bytes, **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "token-refresh"
        try:
            report = self._refresh.run(json.loads(Payload).get("rejected_version"))
        except Exception as error:  # noqa: BLE001 - Lambda reports whatever the function raised
            failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {"FunctionError": "Unhandled", "Payload": BytesIO(json.dumps(failure).encode())}
        return {"StatusCode": 200, "Payload": BytesIO(msgspec.json.encode(report))}


class Cloud:
    """Tables, bucket and secrets in moto, and the use cases over them."""

    def __init__(self, sandbox: SandboxServer, *, research_limit: int = 1_000, threads: int = 4) -> None:
        config = Config(max_pool_connections=32, retries={"total_max_attempts": 2})
        self.sandbox = sandbox
        self.clock = SharedClock(sandbox)
        self.log = Lines()
        self.threads = threads
        self.limits = {Family.RESEARCH: Budget(research_limit, 0), Family.FOLLOWERS: Budget(20_000, 0)}
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb", region_name=REGION, config=config)
        self.s3: S3Client = boto3.client("s3", region_name=REGION, config=config)
        self.secrets = boto3.client("secretsmanager", region_name=REGION, config=config)
        create_tables(self.dynamodb)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        credentials = json.dumps({"client_key": sandbox.client_key, "client_secret": sandbox.client_secret})
        self.client_secret = self.secrets.create_secret(Name="client", SecretString=credentials)["ARN"]
        self.token_secret = self.secrets.create_secret(Name="access-token")["ARN"]
        self.pseudonym_secret = self.secrets.create_secret(Name="pseudonym-key", SecretString=PSEUDONYM_KEY)["ARN"]
        self.requests = 0

    def functions(self, refresh: TokenRefresh) -> Any:
        """The client with which `token_refresh` is invoked."""
        return FunctionsInProcess(refresh)

    def services(self) -> CollectionServices:
        """New services, as a new Lambda process has them."""
        refresh = TokenRefresh(
            credentials=SecretStore(self.secrets, self.client_secret),
            tokens=SecretStore(self.secrets, self.token_secret),
            lease=TokenLease(self.dynamodb, TASKS, self.clock),
            endpoint=TokenEndpoint(self.sandbox.url, self.clock),
            clock=self.clock,
        )
        functions = self.functions(refresh)
        return CollectionServices(
            clock=self.clock,
            tasks=TaskStore(self.dynamodb, TASKS, self.clock),
            runs=RunStore(self.dynamodb, TASKS, self.clock),
            ledger=self.ledger(),
            client=ResearchApiClient(self.sandbox.url, self.clock),
            pages=RawPageStore(self.s3, BUCKET, clock=self.clock),
            objects=ObjectStore(self.s3, BUCKET),
            uploads=MultipartUpload(self.s3, BUCKET),
            tokens=AccessTokens(self.secrets, self.token_secret, functions, "token-refresh", self.clock),
            pseudonym_keys=self.pseudonym_keys(),
            budgets=self.limits,
            threads=self.threads,
        )

    def pseudonym_keys(self) -> PseudonymKeys:
        return PseudonymKeys(SecretStore(self.secrets, self.pseudonym_secret))

    def pseudonym(self, name: str) -> str:
        """What stands for a person in pseudonymous exports."""
        return Pseudonyms(self.pseudonym_keys().current()).of_name(name)

    def ledger(self) -> QuotaLedger:
        return QuotaLedger(self.dynamodb, USAGE_LOG, self.limits, self.clock, turn_of_day=timedelta(minutes=2))

    def extract(
        self, event: dict[str, Any], *, seconds: float = 900, services: CollectionServices | None = None
    ) -> RunReport:
        """What `user_extraction` does with `event` when it has so many seconds."""
        return self._launch(parse_event(ExtractionEvent, event), seconds, services or self.services())

    def search(self, event: dict[str, Any], *, seconds: float = 900) -> RunReport:
        """What `video_search` does with `event` when it has so many seconds."""
        return self._launch(parse_event(SearchEvent, event), seconds, self.services())

    def upload_study(self, text: str, **lists: bytes) -> None:
        """Puts a study file into the bucket, with lists of accounts such as `accounts=b"..."` as `accounts.csv`."""
        for name, content in {
            "study.yaml": text.encode(),
            **{f"{key}.csv": data for key, data in lists.items()},
        }.items():
            self.s3.put_object(Bucket=BUCKET, Key=f"config/{name}", Body=content)

    def study(
        self,
        part: Part,
        *,
        plan_only: bool = False,
        seconds: float = 900,
        services: CollectionServices | None = None,
    ) -> StudyReport:
        """What `user_extraction` or `video_search` does with the study's event when it has so many seconds."""
        self.requests += 1
        deadline = Deadline(self.clock, self.clock.now() + timedelta(seconds=seconds))
        use_case = StudyDay(services or self.services(), self.log, part)
        event = StudyEvent(study=True, plan_only=plan_only)
        return use_case.run(event, request_id=f"request-{self.requests}", deadline=deadline)

    def refresh(self, event: dict[str, Any], *, seconds: float = 900) -> RunReport:
        """What `video_search` does with an event that names videos, when it has so many seconds."""
        return self._launch(parse_event(VideoRefreshEvent, event), seconds, self.services())

    def _launch(self, event: CollectionEvent, seconds: float, services: CollectionServices) -> RunReport:
        self.requests += 1
        deadline = Deadline(self.clock, self.clock.now() + timedelta(seconds=seconds))
        use_case = Launch(services, self.log)
        return use_case.run(event, request_id=f"request-{self.requests}", deadline=deadline)

    def tick(
        self, *, seconds: float = 900, recover: bool = False, services: CollectionServices | None = None
    ) -> ResumptionReport:
        """What `collection_worker` does in one tick."""
        self.requests += 1
        deadline = Deadline(self.clock, self.clock.now() + timedelta(seconds=seconds))
        use_case = Resumption(services or self.services(), self.log)
        return use_case.run(WorkerEvent(recover=recover), request_id=f"request-{self.requests}", deadline=deadline)

    def finish(self, *, most_ticks: int = 200, minutes: int = 10) -> int:
        """Ticks every ten minutes until no run is open; returns how many ticks that took."""
        for number in range(most_ticks):
            self.clock.sleep(minutes * 60)
            if self.tick().open_runs == 0:
                return number
        raise AssertionError(f"runs still open after {most_ticks} ticks")

    def lose_tables(self) -> None:
        """Both tables are empty again, as after a crash of the emulator; the bucket is not."""
        for table in (USAGE_LOG, TASKS):
            self.dynamodb.delete_table(TableName=table)
        create_tables(self.dynamodb)

    def keys(self, prefix: str = "") -> list[str]:
        return [stored.key for stored in ObjectStore(self.s3, BUCKET).keys(prefix)]

    def json(self, key: str) -> Any:
        data = ObjectStore(self.s3, BUCKET).get_bytes(key)
        assert data is not None, key
        return json.loads(data)

    def page(self, key: str) -> Any:
        (page,) = self.pages(key)
        return page

    def pages(self, key: str) -> list[RawPage]:
        data = ObjectStore(self.s3, BUCKET).get_bytes(key)
        assert data is not None, key
        return decode_pages(data, key=key)

    def export_keys(self, subject: str, kind: str = "FULL_DATA") -> list[str]:
        """The exports of an account, pseudonymous or not, or of a search."""
        names = (subject, self.pseudonym(subject)) if kind == "FULL_DATA" else (subject,)
        starts = tuple(f"exports/{name}_{kind}_" for name in names)
        return [key for key in self.keys("exports/") if key.startswith(starts)]

    def export(self, subject: str, kind: str = "FULL_DATA") -> Any:
        keys = self.export_keys(subject, kind)
        assert len(keys) == 1, keys
        return self.json(keys[0])

    def manifest(self, run_id: str) -> Any:
        return self.json(f"manifests/run={run_id}.json")

    def used(self, day: str | None = None, family: Family = Family.RESEARCH) -> int:
        return self.ledger().usage(day or self.clock.now().date().isoformat(), family).used

    def entries(self, day: str | None = None, family: Family = Family.RESEARCH) -> list[UsageEntry]:
        return list(self.ledger().entries(day or self.clock.now().date().isoformat(), family))


def create_tables(dynamodb: "DynamoDBClient") -> None:
    """Both tables as the template has them."""
    create_table(dynamodb, USAGE_LOG, "UsageLog")
    create_table(dynamodb, TASKS, "Tasks")
