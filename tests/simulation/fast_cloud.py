"""A collector over other tables and buckets than moto's: those of the benchmarks, so fast that months can be played."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, override

from botocore.exceptions import ClientError

from benchmarks.collector import FixedKey, FixedToken
from sandbox.testing import SandboxServer
from tests.integration.collection.cloud import BUCKET, TASKS, Cloud, Lines, SharedClock
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.lake.objects import MultipartUpload, ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import Family
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore


class FastCloud(Cloud):
    """The use cases over clients of the caller's choice, with one token for all time.

    Args:
        sandbox: TikTok; its clock is the collector's.
        dynamodb: Tables as boto3's client has them, with events before and after calls.
        s3: A bucket likewise.
        token: Of the sandbox; it must not expire.
        research_limit: Requests a day.
        threads: At work at once.
    """

    def __init__(
        self, sandbox: SandboxServer, *, dynamodb: Any, s3: Any, token: str, research_limit: int, threads: int = 4
    ) -> None:
        self.sandbox = sandbox
        self.clock = SharedClock(sandbox)
        self.log = Lines()
        self.threads = threads
        self.limits = {Family.RESEARCH: Budget(research_limit, 0), Family.FOLLOWERS: Budget(20_000, 0)}
        no_secrets: Any = Watchable(object())
        self.dynamodb, self.s3, self.secrets = dynamodb, s3, no_secrets
        self.requests = 0
        self._token = token

    @override
    def services(self) -> CollectionServices:
        tokens: Any = FixedToken(self._token)
        keys: Any = FixedKey()
        return CollectionServices(
            clock=self.clock,
            tasks=TaskStore(self.dynamodb, TASKS, self.clock),
            runs=RunStore(self.dynamodb, TASKS, self.clock),
            ledger=self.ledger(),
            client=ResearchApiClient(self.sandbox.url, self.clock),
            pages=RawPageStore(self.s3, BUCKET, clock=self.clock),
            objects=ObjectStore(self.s3, BUCKET),
            uploads=MultipartUpload(self.s3, BUCKET),
            tokens=tokens,
            pseudonym_keys=keys,
            budgets=self.limits,
            threads=self.threads,
        )


class Watchable:
    """A client of the benchmarks' fakes with boto3's events around each call, as `Saboteur` needs them."""

    def __init__(self, client: object) -> None:
        self._client = client
        self._handlers: dict[str, list[Callable[..., None]]] = {"before-call": [], "after-call": []}
        self.meta = SimpleNamespace(events=self)

    def register(self, event: str, handler: Callable[..., None]) -> None:
        """Calls `handler` with every event of that name."""
        self._handlers[event].append(handler)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        model = SimpleNamespace(name=name)

        def call(*args: Any, **parameters: Any) -> Any:
            self._emit("before-call", model)
            try:
                answer = method(*args, **parameters)
            except ClientError:
                self._emit("after-call", model)
                raise
            self._emit("after-call", model)
            return answer

        return call

    def _emit(self, event: str, model: SimpleNamespace) -> None:
        for handler in self._handlers[event]:
            handler(model=model)
