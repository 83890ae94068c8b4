"""A collector over fakes in a storm: its clock, its clients, and the functions that Lambda would invoke."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, override

from benchmarks.chaos.storm import Fault, Stormy
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from sandbox.testing import SandboxServer
from tests.integration.collection.cloud import USAGE_LOG, Lines
from tests.simulation.fast_cloud import FastCloud
from tiktok_collector.accounting.forecasting import Forecasting
from tiktok_collector.accounting.quota_accounting import QuotaAccounting
from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.http.answer import Answer
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import Family
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.research_api.endpoints import ENDPOINTS, Endpoint

AN_AWS_CALL: Final = 0.02
A_REQUEST: Final = 2.0
"""Seconds that they take."""

type Strikes = Callable[[str, Mapping[str, Any]], Fault | None]


class TrueTime:
    """The sandbox's clock; safe for many threads that let time pass."""

    def __init__(self, sandbox: SandboxServer) -> None:
        self._sandbox = sandbox
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The true time."""
        return self._sandbox.clock.now()

    def sleep(self, seconds: float) -> None:
        """Lets time pass for everybody."""
        if seconds > 0:
            with self._lock:
                self._sandbox.clock.advance(seconds)


class WrongClock:
    """A clock that is fast (or slow, if `ahead` is negative)."""

    def __init__(self, true: TrueTime, ahead: timedelta) -> None:
        self._true = true
        self._ahead = ahead

    def now(self) -> datetime:
        """What this clock shows."""
        return self._true.now() + self._ahead

    def sleep(self, seconds: float) -> None:
        """Lets time pass for everybody."""
        self._true.sleep(seconds)


class SlowClient(ResearchApiClient):
    """Requests to TikTok that take their time."""

    def __init__(self, inner: ResearchApiClient, true: TrueTime) -> None:
        self._inner = inner
        self._true = true

    @override
    def url(self, endpoint: Endpoint) -> str:
        return self._inner.url(endpoint)

    @override
    def send(self, endpoint: Endpoint, body: Mapping[str, Any], token: Any, *, timeout_seconds: float) -> Answer:
        self._true.sleep(A_REQUEST)
        return self._inner.send(endpoint, body, token, timeout_seconds=timeout_seconds)


class StormyCloud(FastCloud):
    """One process of a function, with a clock of its own; several may share tables and bucket.

    Args:
        sandbox: TikTok.
        dynamodb: A fake, without its storm.
        s3: Likewise.
        token: Of the sandbox.
        true: The true time.
        strikes: What happens to calls to AWS.
        ahead: How far this process's clock is ahead.
        limits: Requests a day, of both families.
        turn_of_day: How long nothing is sent on each side of midnight.
        threads: At work at once.
    """

    def __init__(
        self,
        sandbox: SandboxServer,
        *,
        dynamodb: FakeDynamoDB,
        s3: FakeS3,
        token: str,
        true: TrueTime,
        strikes: Strikes,
        ahead: timedelta = timedelta(),
        limits: tuple[int, int] = (1_000, 20_000),
        turn_of_day: timedelta = timedelta(minutes=2),
        threads: int = 1,
    ) -> None:
        def call() -> None:
            true.sleep(AN_AWS_CALL)

        super().__init__(
            sandbox,
            dynamodb=Stormy(dynamodb, strikes, call),
            s3=Stormy(s3, strikes, call),
            token=token,
            research_limit=limits[0],
            threads=threads,
        )
        self.log = Lines()
        self.limits = {Family.RESEARCH: Budget(limits[0], 0), Family.FOLLOWERS: Budget(limits[1], 0)}
        self.clock = WrongClock(true, ahead)  # type: ignore[assignment] # a clock like the shared one
        self._true = true
        self._turn_of_day = turn_of_day

    @override
    def services(self) -> CollectionServices:
        services = self.everything()
        return replace(services, client=SlowClient(services.client, self._true))

    def everything(self) -> CollectionServices:
        """The services, whose requests take no time yet."""
        return super().services()

    def accounting(self) -> QuotaAccounting:
        """What `quota_accounting` does."""
        services = self.services()
        families = {endpoint.entity: endpoint.family for endpoint in ENDPOINTS.values()}
        return QuotaAccounting(
            services.ledger,
            StoredPages(services.pages, families),
            services.objects,
            Forecasting(services.runs, services.tasks, services.objects),
            self.clock,
        )

    @override
    def ledger(self) -> QuotaLedger:
        return QuotaLedger(self.dynamodb, USAGE_LOG, self.limits, self.clock, turn_of_day=self._turn_of_day)
