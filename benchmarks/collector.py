"""A collector for benchmarks: its use case without Lambda around it, its services over fakes, one fixed token."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import SecretStr

from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from tiktok_collector.clock import SystemClock
from tiktok_collector.collection.launch import Launch
from tiktok_collector.collection.report import RunReport
from tiktok_collector.collection.resumption import Resumption, ResumptionReport
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.deadline import Deadline
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.worker import WorkerEvent
from tiktok_collector.lake.objects import MultipartUpload, ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.observability import Log
from tiktok_collector.pseudonyms.keys import PseudonymKey
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import Family
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tokens.access_token import AccessToken
from tiktok_collector.tokens.client_versions import ClientCredentials
from tiktok_collector.tokens.grant import TokenEndpoint

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


class FixedKey:
    """Stands in for `PseudonymKeys`: one key for all time."""

    _KEY: Final = PseudonymKey(SecretStr("a key of no secret, of the benchmarks"), "1")

    def current(self) -> PseudonymKey:
        return self._KEY

    def version(self, _: str) -> PseudonymKey:
        return self._KEY


class Quiet:
    """A log that nobody reads."""

    def info(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Nothing."""

    def warning(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Nothing."""


@dataclass
class Collector:
    """The use case of a function, over services of the caller's choice."""

    services: CollectionServices
    log: Log = field(default_factory=Quiet)

    def extract(self, event: dict[str, Any], run_id: str, *, time_left: timedelta = timedelta(days=1)) -> RunReport:
        """What `user_extraction` does with `event` and so much time."""
        clock = self.services.clock
        deadline = Deadline(clock, clock.now() + time_left)
        parsed = parse_event(ExtractionEvent, {**event, "run_id": run_id})
        return Launch(self.services, self.log).run(parsed, request_id=run_id, deadline=deadline)

    def resume(self, *, time_left: timedelta) -> ResumptionReport:
        """What `collection_worker` does in a tick with so much time."""
        clock = self.services.clock
        deadline = Deadline(clock, clock.now() + time_left)
        return Resumption(self.services, self.log).run(WorkerEvent(), request_id="tick", deadline=deadline)


def over_fakes(
    client: Any,
    *,
    threads: int = 1,
    token: str = "",
    dynamodb: Any = None,
    s3: Any = None,
) -> CollectionServices:
    """Services over tables and a bucket in memory, without limits; TikTok is `client`."""
    dynamodb, s3, clock = dynamodb or FakeDynamoDB(), s3 or FakeS3(), SystemClock()
    tokens: Any = FixedToken(token or "none")
    keys: Any = FixedKey()
    budgets = {family: Budget(NO_LIMIT, 0) for family in Family}
    return CollectionServices(
        clock=clock,
        tasks=TaskStore(dynamodb, _TASKS, clock),
        runs=RunStore(dynamodb, _TASKS, clock),
        ledger=QuotaLedger(dynamodb, _USAGE_LOG, budgets, clock, turn_of_day=timedelta()),
        client=client,
        pages=RawPageStore(s3, _BUCKET, clock=clock),
        objects=ObjectStore(s3, _BUCKET),
        uploads=MultipartUpload(s3, _BUCKET),
        tokens=tokens,
        pseudonym_keys=keys,
        budgets=budgets,
        threads=threads,
    )


def with_token(services: CollectionServices, sandbox: str) -> CollectionServices:
    """The same services with a key, and a token of the sandbox at this address that must not expire during the run."""
    tokens: Any = FixedToken(sandbox_token(sandbox))
    keys: Any = FixedKey()
    return replace(services, tokens=tokens, pseudonym_keys=keys)


def sandbox_token(url: str) -> str:
    """A token of the sandbox, by its default credentials."""
    credentials = ClientCredentials(SecretStr("sandbox-client-key"), SecretStr("sandbox-client-secret"))
    return TokenEndpoint(url, SystemClock()).grant(credentials).access_token.get_secret_value()
