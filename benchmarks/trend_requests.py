"""One poll of 27 countries and all five kinds with 1 and with 8 threads, at 300 ms a request.

    python -m benchmarks.trend_requests

Real time, real HTTP: the sandbox answers from a process of its own and holds each answer back; tables and bucket are
fakes in memory. Spacing and budget are off, and each list ends with its first page, so that all kinds weigh the same.
"""

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Any, Final

from pydantic import SecretStr

from benchmarks.collector import NO_LIMIT, Quiet
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from benchmarks.processes import Child
from tiktok_collector.clock import SystemClock
from tiktok_collector.creative_center.legacy import LegacyHeaders
from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import TRENDS, WorkClass
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trend_lists.kinds import TrendKind, TrendSource
from tiktok_collector.trend_lists.offers import offer_of
from tiktok_collector.trends.credentials import TrendCredentials
from tiktok_collector.trends.ingestion import PollOrder, TrendIngestion
from tiktok_collector.trends.report import TrendReport
from tiktok_collector.trends.services import http_client
from tiktok_collector.trends.sources import TrendUrls, adapters
from tiktok_collector.trends.summaries import TrendSummaries

LATENCY_SECONDS: Final = 0.3
THREADS: Final = 8
_ROWS: Final = 20
"""The shortest page that the collector asks for."""
_SETTINGS: Final = TrendSettings(
    countries=tuple(sorted(offer_of(TrendSource.CREATIVE_CENTER, TrendKind.HASHTAG).countries)),
    periods=(7,),
    kinds=dict.fromkeys(TrendKind, (TrendSource.CREATIVE_CENTER_LEGACY,)),
    daily_requests=NO_LIMIT,
    acknowledge_unofficial_terms=True,
)


@dataclass(frozen=True, slots=True)
class Speedup:
    """Seconds by the clock on the wall, with the lists, requests and rows of each of the two runs."""

    alone: float
    together: float
    lists: int
    requests: int
    rows: int

    @property
    def ratio(self) -> float:
        """How many times faster the threads are; latency alone would allow as many as there are threads."""
        return self.alone / self.together


def measure() -> Speedup:
    """Both runs, one after the other, on the same sandbox."""
    with Child(_serve_trends) as tiktok:
        url, headers = tiktok.receive()
        alone, report = _poll(url, headers, 1)
        together, again = _poll(url, headers, THREADS)
    assert (report.lists, report.requests, report.rows) == (again.lists, again.requests, again.rows)
    return Speedup(alone, together, report.lists, report.requests, report.rows)


def _serve_trends(connection: Connection) -> None:
    """The target of a child that is a sandbox; sends its address and headers that are good there."""
    from sandbox.testing import SandboxServer  # noqa: PLC0415 - of that process alone
    from sandbox.world import World  # noqa: PLC0415

    world = World.generate(accounts=1, videos=1, days=10)
    faults = [{"kind": "shrunken_list", "endpoint": "legacy", "keep": _ROWS}]
    with SandboxServer(world, settings={"latency_seconds": {"*": LATENCY_SECONDS}}, faults=faults) as server:
        connection.send((server.url, server.legacy_headers))
        threading.Event().wait()


def _poll(url: str, headers: dict[str, str], threads: int) -> tuple[float, TrendReport]:
    clock = SystemClock()
    now = clock.now()
    order = PollOrder(
        day=now.date().isoformat(),
        name="p1",
        run_id=f"threads-{threads}",
        work_class=WorkClass.SCHEDULED,
        settings=_SETTINGS,
    )
    with http_client(clock) as http:
        ingestion = _ingestion(url, headers, threads, http)
        began = time.perf_counter()
        report = ingestion.run(order, Deadline(clock, now + timedelta(days=1)))
        seconds = time.perf_counter() - began
    assert report.complete == report.lists == report.requests, report
    return seconds, report


def _ingestion(url: str, headers: dict[str, str], threads: int, http: Any) -> TrendIngestion:
    clock = SystemClock()
    dynamodb: Any = FakeDynamoDB()
    s3: Any = FakeS3()
    urls = TrendUrls(creative_center=url, creative_center_us=url, creative_center_eu=url, business_api=url)
    secret = {name: SecretStr(value) for name, value in headers.items()}
    objects = ObjectStore(s3, "bucket")
    budgets = {family: Budget(NO_LIMIT, 0) for family in TRENDS}
    return TrendIngestion(
        adapters=adapters(urls, TrendCredentials(creative_center_legacy=LegacyHeaders(headers=secret))),
        credentials=None,
        ledger=QuotaLedger(dynamodb, "usage-log", budgets, clock, turn_of_day=timedelta()),
        http=http,
        pages=RawPageStore(s3, "bucket", clock=clock),
        objects=objects,
        summaries=TrendSummaries(objects),
        clock=clock,
        threads=threads,
        spacing=timedelta(),
        log=Quiet(),
    )


def main() -> None:
    """Print the figures."""
    found = measure()
    print(
        f"{found.requests} requests for {found.lists} lists, {found.rows} rows: {found.alone:.1f} s with 1 thread, "
        f"{found.together:.1f} s with {THREADS}"
    )
    print(f"speed-up {found.ratio:.1f}")


if __name__ == "__main__":
    main()
